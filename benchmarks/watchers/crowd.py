"""Watchers from the side of whoever measures: some swarm processes, ordered about together."""

import asyncio
import multiprocessing
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, Final

from benchmarks.watchers.swarm import Report, Target, run_swarm

LOOK_S: Final = 0.02
STOP_S: Final = 5.0


class TooSlow(Exception):
    """Raised when the watchers did not get where they were expected in time; says how far."""


@dataclass(frozen=True, slots=True)
class State:
    """How many sockets are live, frames received, and the lowest version that a watcher has."""

    live: int
    frames: int
    lowest_version: int


class Crowd:
    """Some swarms with one target. Made by `open_crowd`."""

    def __init__(self, swarms: list[tuple[BaseProcess, Connection]]) -> None:
        self._swarms = swarms

    @property
    def pids(self) -> list[int]:
        return [process.pid for process, _ in self._swarms if process.pid is not None]

    def open(self, count: int) -> None:
        """Open *count* more watchers, shared out among the swarms."""
        each, more = divmod(count, len(self._swarms))
        for number, (_, orders) in enumerate(self._swarms):
            orders.send(("open", each + (number < more)))

    def tell(self, order: str, argument: Any = None) -> None:
        """Give an order that has no answer: stall, wake, reset."""
        for _, orders in self._swarms:
            orders.send((order, argument))

    async def state(self) -> State:
        """Return how far the watchers are."""
        answers = await self._ask("state")
        lives, frames, versions = zip(*answers, strict=True)
        return State(sum(lives), sum(frames), min(versions))

    async def until_live(self, count: int, timeout_s: float) -> None:
        """Return when *count* sockets are live. Raises TooSlow."""
        state = await self.state()
        try:
            async with asyncio.timeout(timeout_s):
                while state.live < count:
                    await asyncio.sleep(LOOK_S)
                    state = await self.state()
        except TimeoutError:
            raise TooSlow(f"{state.live} of {count} live after {timeout_s} s") from None

    async def until_version(self, version: int, timeout_s: float) -> None:
        """Return when every watcher has *version*. Raises TooSlow."""
        state = await self.state()
        try:
            async with asyncio.timeout(timeout_s):
                while state.lowest_version < version:
                    await asyncio.sleep(LOOK_S)
                    state = await self.state()
        except TimeoutError:
            raise TooSlow(f"at {state.lowest_version}, not {version}, in {timeout_s} s") from None

    async def until_frames(self, frames: int, timeout_s: float) -> None:
        """Return when *frames* were received since the last reset. Raises TooSlow."""
        state = await self.state()
        try:
            async with asyncio.timeout(timeout_s):
                while state.frames < frames:
                    await asyncio.sleep(LOOK_S)
                    state = await self.state()
        except TimeoutError:
            raise TooSlow(f"{state.frames} of {frames} frames in {timeout_s} s") from None

    async def report(self) -> Report:
        """Return what all watchers have seen since the last reset."""
        whole, *others = await self._ask("report")
        for report in others:
            whole.live += report.live
            whole.frames += report.frames
            whole.faults += report.faults
            whole.refused += report.refused
            whole.outages_s += report.outages_s
            whole.snapshots += report.snapshots
            whole.received_bytes += report.received_bytes
            whole.maps = dict(Counter(whole.maps) + Counter(report.maps))
            whole.versions = dict(Counter(whole.versions) + Counter(report.versions))
            for span, times in report.arrivals.items():
                if span in whole.arrivals:
                    whole.arrivals[span].extend(times)
                else:
                    whole.arrivals[span] = times
        answer: Report = whole
        return answer

    async def _ask(self, order: str) -> list[Any]:
        self.tell(order)
        return await asyncio.to_thread(lambda: [orders.recv() for _, orders in self._swarms])


@asynccontextmanager
async def open_crowd(target: Target, *, processes: int = 1) -> AsyncIterator[Crowd]:
    """Start *processes* swarms; their watchers are opened by `Crowd.open`."""
    context = multiprocessing.get_context("spawn")
    swarms: list[tuple[BaseProcess, Connection]] = []
    for _ in range(processes):
        ours, theirs = context.Pipe()
        process: BaseProcess = context.Process(target=run_swarm, args=(target, theirs), daemon=True)
        process.start()
        theirs.close()
        swarms.append((process, ours))
    try:
        yield Crowd(swarms)
    finally:
        for process, orders in swarms:
            orders.send(("stop", None))
            await asyncio.to_thread(process.join, STOP_S)
            if process.is_alive():
                process.kill()
            orders.close()
