"""What the processes of a machine count together."""

import signal
from pathlib import Path

from tests.end_to_end.fleet import Fleet, Process


async def test_a_killed_instance_s_sockets_are_counted_no_more(
    fleet: Fleet, tmp_path: Path
) -> None:
    """It could not say that they are gone; whoever is asked next finds out."""
    folder = tmp_path / "metrics"
    folder.mkdir()
    fleet.environment["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    one, two = await fleet.start_web(), await fleet.start_web()
    async with fleet.buyer(one), fleet.buyer(two), fleet.buyer(two):
        assert await _sockets(fleet, one) == 3
        await two.stop(signal.SIGKILL)
        assert await _sockets(fleet, one) == 1


async def _sockets(fleet: Fleet, process: Process) -> float:
    text = (await fleet.http.get(f"{process.url}/metrics")).text
    (line,) = [line for line in text.splitlines() if line.startswith("seatwire_watchers ")]
    return float(line.split()[1])
