"""What one change costs and how late it is on ten thousand screens.

    python -m benchmarks.fanout [cost|holds|many|stalled|opening|restart …] [--watchers N …]

Real processes and sockets, durable PostgreSQL, Valkey; everything on this machine, the watchers
included. Without arguments all parts, `cost` at 1,000, 5,000 and 10,000 watchers: half an hour.
`cost` needs the packages of benchmarks/requirements.lock; `make bench` installs them.
"""

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

import uvloop

from app.open_files import raise_open_files
from benchmarks import fanout_runs
from benchmarks.fanout_cost import compare
from benchmarks.machine import describe_machine
from benchmarks.stage import Stage, open_stage

WATCHERS: Final = (1_000, 5_000, 10_000)
CHANGED_SEATS_PER_S: Final = 1_000
# No part takes longer on two cores; what hangs is to end.
PART_TIMEOUT_S: Final = 900.0


async def cost(stage: Stage, watchers: int, _seconds: float) -> None:
    """Print what a frame costs each contender."""
    for it in await compare(stage, watchers):
        print(f"  {it.name:32}{it.cost_us:8.1f} us a frame{it.of_floor:8.2f} x the floor")


async def holds(stage: Stage, watchers: int, _seconds: float) -> None:
    """Print how late single holds are."""
    print(f"  {await fanout_runs.holds_one_after_another(stage, watchers)}")


async def many(stage: Stage, watchers: int, seconds: float) -> None:
    """Print how late many changes a second are."""
    seen = await fanout_runs.many_changes(
        stage, watchers, seats_per_s=CHANGED_SEATS_PER_S, seconds=seconds, say=print
    )
    print(f"  {seen}")


async def stalled(stage: Stage, watchers: int, seconds: float) -> None:
    """Print how late changes are without and with stalled readers."""
    without, with_ = await fanout_runs.stalled_readers(
        stage, watchers, seconds=seconds / 2, say=print
    )
    print(f"  all read: {without}\n  5 % stalled: {with_}")


async def opening(stage: Stage, watchers: int, _seconds: float) -> None:
    """Print how long connecting takes, what watchers weigh, and how a storm settles."""
    await fanout_runs.opening(stage, watchers, print)


async def restart(stage: Stage, watchers: int, _seconds: float) -> None:
    """Print what a rolling restart does to screens."""
    print(f"  {await fanout_runs.rolling_restart(stage, watchers, print)}")


Part = Callable[[Stage, int, float], Awaitable[None]]
PARTS: Final[dict[str, Part]] = {
    part.__name__: part for part in (cost, holds, many, stalled, opening, restart)
}


async def _run(names: list[str], watchers: list[int], seconds: float) -> None:
    for name in names:
        counts = watchers if name == "cost" else [max(watchers)]
        for count in counts:
            print(f"{name}, {count:,} watchers")
            started_at = time.monotonic()
            async with asyncio.timeout(PART_TIMEOUT_S), open_stage() as stage:
                await PARTS[name](stage, count, seconds)
            print(f"  ({time.monotonic() - started_at:.0f} s)")


def main() -> None:
    """Run the named parts, or all."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("parts", nargs="*", metavar="part", help=", ".join(PARTS))
    parser.add_argument("--watchers", type=int, nargs="+", default=list(WATCHERS))
    parser.add_argument("--seconds", type=float, default=60.0, help="how long `many` lasts")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.parts if name not in PARTS]
    if unknown:
        parser.error(f"there is no {unknown[0]!r}; choose from {', '.join(PARTS)}")
    raise_open_files()
    print(describe_machine(), flush=True)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_run(arguments.parts or list(PARTS), arguments.watchers, arguments.seconds))


if __name__ == "__main__":
    main()
