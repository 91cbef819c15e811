"""What watchers of one show live through: holds, many changes, stalled readers, restarts.

Every run ends with all maps compared to the ledger; one that differs fails the run.
"""

import asyncio
import random
import signal
import statistics
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final
from uuid import UUID, uuid4

from app.client import Client, open_client
from app.domain import Actor, Hold, Release, Role
from app.errors import SeatwireError
from benchmarks.delivery import Delivery, check_equal, delivery
from benchmarks.processes import memory_bytes
from benchmarks.stage import Stage
from benchmarks.watchers.crowd import Crowd, open_crowd
from benchmarks.watchers.swarm import Target
from tests.end_to_end.fleet import Process, free_port

ROWS: Final = 200
SEATS_PER_ROW: Final = 200
OPEN_S: Final = 60.0
SETTLE_S: Final = 20.0
WRITERS: Final = 10
HOLDS: Final = 40
STALLED_SHARE: Final = 0.05
STALLED_RECEIVE_BYTES: Final = 4_096
SWARMS: Final = 2


@asynccontextmanager
async def instances(stage: Stage, count: int) -> AsyncIterator[tuple[int, list[Process], int]]:
    """Have *count* instances on one port; yields port, processes and a show of 40,000 seats."""
    port = free_port()
    processes = [await stage.fleet.start_web(port=port) for _ in range(count)]
    show = await stage.fleet.add_show(processes[0].url, rows=ROWS, seats=SEATS_PER_ROW)
    try:
        yield port, processes, show
    finally:
        for process in processes:
            if process.child.returncode is None:
                process.child.kill()
            await process.child.wait()


@asynccontextmanager
async def watching(
    port: int, show: int, count: int, *, receive_bytes: int | None = None
) -> AsyncIterator[Crowd]:
    """Have *count* live watchers."""
    target = Target(port, show=show, receive_bytes=receive_bytes)
    async with open_crowd(target, processes=SWARMS) as crowd:
        crowd.open(count)
        await crowd.until_live(count, OPEN_S)
        yield crowd


async def holds_one_after_another(stage: Stage, watchers: int) -> Delivery:
    """Have 10 buyers make 40 holds in turn over sockets; return how late watchers saw them."""
    async with AsyncExitStack() as stack:
        port, processes, show = await stack.enter_async_context(instances(stage, 2))
        writers = [
            await stack.enter_async_context(
                open_client(processes[0].url, token=stage.fleet.token(Role.BUYER, f"buyer {n}"))
            )
            for n in range(WRITERS)
        ]
        crowd = await stack.enter_async_context(watching(port, show, watchers))
        crowd.tell("reset")
        for number in range(HOLDS):
            writer = writers[number % WRITERS]
            seats = [number * 100]
            await writer.ask("hold", show=show, hold=str(uuid4()), seats=seats)
        await crowd.until_version(HOLDS, SETTLE_S)
        report = await crowd.report()
        await check_equal(stage, show, report)
        return await delivery(stage, show, report, 0)


class Changes:
    """Holds and releases of random pairs of seats, at a pace, as another instance makes them."""

    def __init__(self, stage: Stage, show: int, *, seats_per_s: int) -> None:
        self._box_office = stage.services.box_office
        self._show = show
        self._pause_s = 2 / seats_per_s
        self._held: list[tuple[UUID, Actor]] = []
        self._free = list(range(0, ROWS * SEATS_PER_ROW, 2))
        random.shuffle(self._free)
        self.made = 0
        self.refused = 0
        self.version = 0

    async def run(self, seconds: float) -> None:
        """Make changes for *seconds* and return when the last one is answered."""
        loop = asyncio.get_running_loop()
        ends_at, next_at = loop.time() + seconds, loop.time()
        async with asyncio.TaskGroup() as group:
            while next_at < ends_at:
                await asyncio.sleep(max(0.0, next_at - loop.time()))
                next_at += self._pause_s
                group.create_task(self._change())

    async def _change(self) -> None:
        try:
            if len(self._held) < 200 or random.random() < 0.5:
                await self._hold()
            else:
                hold, actor = self._held.pop(random.randrange(len(self._held)))
                release = Release(self._show, hold, None, actor)
                self.version = max(self.version, (await self._box_office.submit(release)).version)
            self.made += 1
        except SeatwireError:
            self.refused += 1

    async def _hold(self) -> None:
        hold, actor = uuid4(), Actor(uuid4().hex, Role.BUYER)
        seat = self._free.pop()
        command = Hold(self._show, hold, (seat, seat + 1), actor)
        self.version = max(self.version, (await self._box_office.submit(command)).version)
        self._held.append((hold, actor))


async def many_changes(
    stage: Stage, watchers: int, *, seats_per_s: int, seconds: float, say: Callable[[str], None]
) -> Delivery:
    """Change *seats_per_s* seats a second; return how late watchers saw it."""
    async with AsyncExitStack() as stack:
        port, processes, show = await stack.enter_async_context(instances(stage, 2))
        crowd = await stack.enter_async_context(watching(port, show, watchers))
        changes = Changes(stage, show, seats_per_s=seats_per_s)
        await changes.run(5)
        crowd.tell("reset")
        from_version = changes.version
        memory = asyncio.create_task(_memories(processes, seconds))
        await changes.run(seconds)
        await crowd.until_version(changes.version, SETTLE_S)
        report = await crowd.report()
        await check_equal(stage, show, report)
        say(f"  {2 * changes.made / (seconds + 5):,.0f} seats a second, {changes.refused} refused")
        say(f"  {report.live:,} of {watchers:,} still live, cut: {dict(report.refused)}")
        say(f"  instance memory over time, MiB: {await memory}")
        say(f"  {report.frames / watchers / seconds:.1f} frames a second and watcher")
        return await delivery(stage, show, report, from_version)


async def _memories(processes: list[Process], seconds: float) -> list[list[int]]:
    """Return the memory of each instance in MiB, six times in *seconds*."""
    seen = []
    for _ in range(6):
        seen.append([memory_bytes(process.child.pid) >> 20 for process in processes])
        await asyncio.sleep(seconds / 6)
    return seen


async def stalled_readers(
    stage: Stage, watchers: int, *, seconds: float, say: Callable[[str], None]
) -> tuple[Delivery, Delivery]:
    """Stall one in twenty; return how late the others saw changes, without and with it."""
    stalled_count = round(watchers * STALLED_SHARE)
    async with AsyncExitStack() as stack:
        port, processes, show = await stack.enter_async_context(instances(stage, 2))
        crowd = await stack.enter_async_context(watching(port, show, watchers - stalled_count))
        stalled = await stack.enter_async_context(
            watching(port, show, stalled_count, receive_bytes=STALLED_RECEIVE_BYTES)
        )
        changes = Changes(stage, show, seats_per_s=200)
        await changes.run(5)
        seen = []
        for is_stalled in (False, True):
            if is_stalled:
                stalled.tell("stall", 1.0)
            crowd.tell("reset")
            stalled.tell("reset")
            from_version = changes.version
            before = [memory_bytes(process.child.pid) for process in processes]
            await changes.run(seconds)
            await crowd.until_version(changes.version, SETTLE_S)
            grown = sum(memory_bytes(p.child.pid) for p in processes) - sum(before)
            seen.append(await delivery(stage, show, await crowd.report(), from_version))
            say(f"  memory grew by {grown / 1024 / stalled_count:.1f} KiB for each stalled reader")
        stalled.tell("reset")
        stalled.tell("wake")
        await stalled.until_version(changes.version, SETTLE_S)
        report = await stalled.report()
        await check_equal(stage, show, report)
        await check_equal(stage, show, await crowd.report())
        longest = max(to - from_ for from_, to in report.arrivals)
        say(
            f"  woken: {report.live} of {stalled_count} live, "
            f"{report.frames / stalled_count:.1f} frames each, the longest of {longest} versions"
        )
        return seen[0], seen[1]


async def opening(stage: Stage, watchers: int, say: Callable[[str], None]) -> None:
    """Open all watchers at once, weigh them, then kill their instance: all come back at once."""
    async with AsyncExitStack() as stack:
        port, processes, show = await stack.enter_async_context(instances(stage, 1))
        (first,) = processes
        target = Target(port, show=show, opening_max=watchers)
        crowd = await stack.enter_async_context(open_crowd(target, processes=SWARMS))
        crowd.open(20)
        await crowd.until_live(20, OPEN_S)
        before = memory_bytes(first.child.pid)
        started_at = time.monotonic()
        crowd.open(watchers)
        await crowd.until_live(watchers + 20, OPEN_S)
        took_s = time.monotonic() - started_at
        report = await crowd.report()
        say(f"  one instance: {watchers:,} at once live in {took_s:.1f} s, {dict(report.refused)}")
        each = (memory_bytes(first.child.pid) - before) / watchers / 1024
        say(f"  {each:.1f} KiB of process memory for each idle watcher")

        second = await stage.fleet.start_web(port=port)
        processes.append(second)
        took = _asking(stage, second, show)
        crowd.tell("reset")
        first.child.kill()
        await first.child.wait()
        started_at = time.monotonic()
        async with took as hold_times_s:
            await asyncio.sleep(1.0)
            await crowd.until_live(watchers + 20, OPEN_S)
        settled_s = time.monotonic() - started_at
        report = await crowd.report()
        ordered = sorted(hold_times_s)
        p95_ms = ordered[int(0.95 * len(ordered))] * 1000
        say(
            f"  killed: all {watchers:,} live again on the other after {settled_s:.1f} s "
            f"(median {statistics.median(report.outages_s):.1f} s), {dict(report.refused)}"
        )
        say(f"  meanwhile {len(ordered)} holds through it, p95 {p95_ms:.0f} ms")
        version = await stage.fleet.version(second, show)
        await crowd.until_version(version, SETTLE_S)
        await check_equal(stage, show, await crowd.report())


@asynccontextmanager
async def _asking(stage: Stage, process: Process, show: int) -> AsyncIterator[list[float]]:
    """Hold seats over a socket of *process* ten times a second; yields how long each took, in s."""
    times_s: list[float] = []
    token = stage.fleet.token(Role.STAFF, "box office")

    async def ask(client: Client) -> None:
        for number in range(10_000):
            asked_at = time.monotonic()
            await client.ask("hold", show=show, hold=str(uuid4()), seats=[number])
            times_s.append(time.monotonic() - asked_at)
            await asyncio.sleep(0.1)

    async with open_client(process.url, token=token) as client:
        task = asyncio.create_task(ask(client))
        try:
            yield times_s
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def rolling_restart(stage: Stage, watchers: int, say: Callable[[str], None]) -> Delivery:
    """Replace both instances one after the other while seats change; return how late all saw it."""
    async with AsyncExitStack() as stack:
        port, processes, show = await stack.enter_async_context(instances(stage, 2))
        crowd = await stack.enter_async_context(watching(port, show, watchers))
        changes = Changes(stage, show, seats_per_s=100)
        await changes.run(3)
        crowd.tell("reset")
        from_version = changes.version
        restart = asyncio.create_task(_replace_all(stage, port, processes, say))
        while not restart.done():
            await changes.run(1.0)
        await restart
        await changes.run(3.0)
        await crowd.until_version(changes.version, SETTLE_S)
        report = await crowd.report()
        await check_equal(stage, show, report)
        say(
            f"  {report.live:,} live, {report.snapshots} snapshots, "
            f"{len(report.outages_s)} were without a socket, {dict(report.refused)}"
        )
        return await delivery(stage, show, report, from_version)


async def _replace_all(
    stage: Stage, port: int, processes: list[Process], say: Callable[[str], None]
) -> None:
    for old in tuple(processes):
        processes.append(await stage.fleet.start_web(port=port))
        started_at = time.monotonic()
        old.child.send_signal(signal.SIGTERM)
        code = await asyncio.wait_for(old.child.wait(), 60)
        say(f"  an instance stopped with {code} after {time.monotonic() - started_at:.1f} s")
