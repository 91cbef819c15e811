"""`python -m tests.chaos.soak --minutes M`: hours of buyers who come and go, and nothing may grow.

Every so often one row: memory, descriptors and tasks of each process, the hot tables' size and dead
rows, Valkey's memory, the longest log and the claims left. At the end each is called flat or not:
its last third against its middle third, when everything is warm.
"""

import argparse
import asyncio
import re
import shutil
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from random import Random
from statistics import median
from typing import Any, Final

import psutil

from app.board import CLAIM_TTL_MS
from app.client import CodecName, open_client
from app.domain import Command
from tests.chaos.buyers import AWAY, Buyer, Crowd, Staff
from tests.chaos.cluster import Cluster, open_cluster
from tests.chaos.history import Answer
from tests.chaos.recording import Recorder
from tests.chaos.run import HALLS, HOLD_TTL_S, SEATS_PER_HOLD_MAX, START_S_MAX
from tests.end_to_end.fleet import eventually

MINUTES_DEFAULT: Final = 60.0
SEED: Final = 1
BUYERS: Final = 12
VISITORS: Final = 30
STAY_S: Final = (1.0, 8.0)
SAMPLES: Final = 60
SAMPLE_S_MIN: Final = 5.0
# What may be more in the end: a share of what it was, or so much at least.
GROWTH: Final = 0.05
ROOM: Final = {"mb": 3.0, "fds": 6.0, "tasks": 10.0, "kb": 2_048.0, "rows": 2_000.0, "log": 150.0}
TABLES: Final = """
    SELECT relname, n_dead_tup, pg_total_relation_size(relid) / 1024 AS kb
    FROM pg_stat_user_tables WHERE relname IN ('seats', 'show_clocks')
"""
TASKS: Final = re.compile(r"^seatwire_tasks (\S+)", re.MULTILINE)


class Forgetful(Recorder):
    """Counts what is told, and keeps none of it: this process must not grow, either."""

    def __init__(self) -> None:
        super().__init__()
        self.answers = 0

    def note(self, command: Command, invoked_s: float, answer: Answer) -> None:
        self.answers += 1


async def visit(crowd: Crowd, number: int) -> None:
    """Come, look at every show for a while, go, and come again."""
    random = Random(f"{SEED}/visitor/{number}")
    while not crowd.leaving:
        codec: CodecName = "json" if random.random() < 0.5 else "msgpack"
        with suppress(*AWAY):
            async with open_client(random.choice(crowd.cluster.webs).url, codec=codec) as client:
                for show in crowd.shows:
                    await client.watch(show)
                await asyncio.sleep(random.uniform(*STAY_S))


async def sample(cluster: Cluster, shows: list[int]) -> dict[str, float]:
    """Measure everything once. The unit is the last word of each name."""
    row: dict[str, float] = {}
    for instance in cluster.instances:
        assert instance.process is not None
        name = "worker" if instance.port is None else f"web{instance.number}"
        process = psutil.Process(instance.process.child.pid)
        row[f"{name} mb"] = process.memory_info().rss / 2**20
        row[f"{name} fds"] = process.num_fds()
        if instance.port is not None:
            text = (await cluster.fleet.http.get(f"{instance.process.url}/metrics")).text
            found = TASKS.search(text)
            assert found is not None
            row[f"{name} tasks"] = float(found[1])
    async with cluster.ledger() as connection:
        for table in await connection.fetch(TABLES):
            row[f"{table['relname']} kb"] = float(table["kb"])
            row[f"{table['relname']} dead rows"] = float(table["n_dead_tup"])
    memory: Any = await cluster.redis.info("memory")
    row["valkey mb"] = memory["used_memory"] / 2**20
    row["longest log"] = max([await cluster.redis.xlen(f"{{show:{show}}}:log") for show in shows])
    return row


async def claims_left(cluster: Cluster, shows: list[int]) -> int:
    """Count claims; soon after nobody asks for anything any more there is none."""
    counts: list[Any] = [cluster.redis.hlen(f"{{show:{show}}}:claims") for show in shows]
    return sum([int(await count) for count in counts])


async def _claims_left_at_rest(cluster: Cluster, shows: list[int]) -> int:
    """Return how many claims outlive the time that any may have."""

    async def is_none() -> bool:
        return await claims_left(cluster, shows) == 0

    with suppress(TimeoutError):
        await eventually(is_none, timeout_s=2 * CLAIM_TTL_MS / 1000)
    return await claims_left(cluster, shows)


def verdict(rows: list[dict[str, float]]) -> dict[str, tuple[float, float, bool]]:
    """Return for each measure its middle, its end, and whether it is flat."""
    third = len(rows) // 3
    found = {}
    for name in rows[0]:
        middle = median(row[name] for row in rows[third : 2 * third])
        end = median(row[name] for row in rows[2 * third :])
        room = max(ROOM[name.split()[-1]], GROWTH * middle)
        found[name] = (middle, end, end <= middle + room)
    return found


async def soak(home: Path, minutes: float) -> bool:
    """Run for *minutes*, print, and return whether everything is flat."""
    async with open_cluster(home) as cluster:
        await eventually(cluster.is_up, timeout_s=START_S_MAX)
        recorder = Forgetful()
        crowd = Crowd(cluster, recorder, [])
        await _add_shows(crowd)
        rows = []
        interval_s = max(SAMPLE_S_MIN, minutes * 60 / SAMPLES)
        ends_at = time.monotonic() + minutes * 60
        async with asyncio.TaskGroup() as group:
            visitors = [group.create_task(visit(crowd, number)) for number in range(VISITORS)]
            for number in range(BUYERS):
                group.create_task(Buyer(crowd, number, SEED).run())
            group.create_task(Staff(crowd, SEED).run())
            try:
                while time.monotonic() < ends_at:
                    await asyncio.sleep(interval_s)
                    rows.append(await sample(cluster, crowd.shows))
                    _say(rows, recorder.answers)
            finally:
                crowd.leaving = True  # also when somebody failed: then all end, and it is told
            for visitor in visitors:
                visitor.cancel()
        left = await _claims_left_at_rest(cluster, crowd.shows)
    found = verdict(rows)
    for name, (middle, end, is_flat) in found.items():
        print(f"{name:24} {middle:12,.1f} {end:12,.1f}  {'flat' if is_flat else 'GROWS'}")
    print(f"{recorder.answers:,} answers in {minutes:g} minutes; {left} claims left")
    return left == 0 and all(is_flat for _, _, is_flat in found.values())


async def _add_shows(crowd: Crowd) -> None:
    process = crowd.cluster.webs[0].process
    assert process is not None
    for rows, seats in HALLS:
        show = await crowd.cluster.fleet.add_show(
            process.url,
            rows=rows,
            seats=seats,
            hold_ttl_s=HOLD_TTL_S,
            seats_per_hold_max=SEATS_PER_HOLD_MAX,
        )
        crowd.shows.append(show)
        async with crowd.cluster.ledger() as connection:
            await crowd.recorder.begin(connection, show)


def _say(rows: list[dict[str, float]], answers: int) -> None:
    if len(rows) == 1:
        print("answers", *rows[0], sep=" | ")
    print(f"{answers:,}", *(f"{value:,.1f}" for value in rows[-1].values()), sep=" | ", flush=True)


def main() -> int:
    """Soak; exit code 1 when something grows."""
    parser = argparse.ArgumentParser(prog="tests.chaos.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=MINUTES_DEFAULT)
    minutes = parser.parse_args().minutes
    home = Path(tempfile.mkdtemp(prefix="seatwire-soak-"))
    try:
        return 0 if asyncio.run(soak(home, minutes)) else 1
    finally:
        shutil.rmtree(home)


if __name__ == "__main__":
    sys.exit(main())
