"""A chaos run: faults by a seed, buyers and watchers all the while, and the verdict."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Final

from app.board import Board, BoardAway
from app.changes import Snapshot
from app.domain import EventKind
from tests.chaos.buyers import Buyer, Crowd, Staff
from tests.chaos.checker import check
from tests.chaos.cluster import WEB_INSTANCES, Cluster, open_cluster
from tests.chaos.history import (
    Bounds,
    Granted,
    Lost,
    Operation,
    Unanswered,
    Unknown,
)
from tests.chaos.recording import Recorder, read_ledger
from tests.chaos.report import Report
from tests.chaos.rush import rush
from tests.chaos.schedule import HEAVY, Round, schedule
from tests.chaos.watchers import LEDGER_AWAY, Auditor, Watcher
from tests.end_to_end.fleet import eventually
from tests.ledger_model import Refusal

# A hot hall, where everybody wants the same seats, and one with room. (rows, seats a row)
HALLS: Final = ((3, 10), (10, 20))
HOLD_TTL_S: Final = 3
SEATS_PER_HOLD_MAX: Final = 6
BUYERS: Final = 12
WATCHERS: Final = 4
# So long a repair is none; what is promised is less, and measured.
REPAIR_S_MAX: Final = 30.0
START_S_MAX: Final = 60.0
# Promises in calm times hold on a machine that other things run on, too.
BOUNDS: Final = Bounds(slack_s=1.0)

# This process carries all wires. When it does not get to run for so long servers look dead to the
# instances, and what comes of that is over a second later.
BEAT_S: Final = 0.1
STALL_S: Final = 0.3
STALL_OVER_S: Final = 1.0
# Connections to the ledger that are cut at the end of a repair are still asked on by whoever has
# not noticed, and who waits behind that question is told the same.
CUT_OVER_S: Final = 0.2

Say = Callable[[str], None]


class Run:
    """One run on a cluster that is up."""

    def __init__(self, cluster: Cluster, seed: int, bounds: Bounds, say: Say) -> None:
        self._cluster = cluster
        self._bounds = bounds
        self._say = say
        self._recorder = Recorder()
        self._recorder.staff("worker:expiry", "ledger")
        self._report = Report(seed)
        self._crowd = Crowd(cluster, self._recorder, [])
        self._watchers: list[Watcher] = []
        self._board = Board(cluster.redis)

    async def play(self, rounds: AsyncIterator[Round]) -> Report:
        """Let everybody in, carry out *rounds*, let everybody leave, and judge."""
        await eventually(self._cluster.is_up, timeout_s=START_S_MAX)
        await self._add_shows()
        started_s = time.monotonic()
        async with self._open_doors():
            await eventually(self._is_right, timeout_s=START_S_MAX)
            async for round_ in rounds:
                await self._carry_out(round_)
                self._report.rounds += 1
        self._report.lasted_s = time.monotonic() - started_s
        return await self._judge()

    async def _add_shows(self) -> None:
        process = self._cluster.webs[0].process
        assert process is not None
        for rows, seats in HALLS:
            show = await self._cluster.fleet.add_show(
                process.url,
                rows=rows,
                seats=seats,
                hold_ttl_s=HOLD_TTL_S,
                seats_per_hold_max=SEATS_PER_HOLD_MAX,
            )
            self._crowd.shows.append(show)
            async with self._cluster.ledger() as connection:
                await self._recorder.begin(connection, show)

    @asynccontextmanager
    async def _open_doors(self) -> AsyncIterator[None]:
        """Have everybody in until the block ends; then wait until all screens are right."""
        seed = self._report.seed
        self._watchers = [
            Watcher(self._crowd, number, seed, "msgpack" if number % 2 else "json")
            for number in range(WATCHERS)
        ]
        buyers = [Buyer(self._crowd, number, seed) for number in range(BUYERS)]
        runs = [it.run() for it in self._watchers]
        async with asyncio.TaskGroup() as group:
            runs += [Auditor(self._crowd).run(), self._note_stalls()]
            looking = [group.create_task(run) for run in runs]
            buying = [group.create_task(it.run()) for it in buyers]
            buying.append(group.create_task(Staff(self._crowd, seed).run()))
            try:
                yield
                self._crowd.leaving = True
                await asyncio.wait(buying, timeout=REPAIR_S_MAX)
                await eventually(self._is_at_rest, timeout_s=REPAIR_S_MAX)
            finally:
                for task in (*buying, *looking):
                    task.cancel()

    async def _note_stalls(self) -> None:
        """Note as disturbed when this process was kept from running, until cancelled."""
        while True:
            began_s, began = time.time(), time.monotonic()
            await asyncio.sleep(BEAT_S)
            late_s = time.monotonic() - began - BEAT_S
            if late_s > STALL_S:
                ended_s = time.time() + STALL_OVER_S
                self._recorder.history.disturbances.append((began_s, ended_s))
                self._report.stalls_s.append(late_s)

    async def _carry_out(self, round_: Round) -> None:
        began_s = time.time()
        began = asyncio.get_running_loop().time()
        async with asyncio.TaskGroup() as group:
            for fault in round_.faults:
                await asyncio.sleep(began + fault.at_s - asyncio.get_running_loop().time())
                group.create_task(self._cluster.inject(fault, round_.skews_s[fault.instance]))
        self._cluster.heal()
        healed = time.monotonic()
        await eventually(self._is_up_to_date_now(), timeout_s=REPAIR_S_MAX)
        took_s = time.monotonic() - healed
        # Pooled connections that nobody has used since would do harm in calm times.
        self._cluster.cut_half_open()
        self._recorder.history.disturbances.append((began_s, time.time() + CUT_OVER_S))
        heavy = " + ".join(sorted({f.kind for f in round_.faults if f.kind in HEAVY}))
        self._report.repairs.append((heavy, took_s))
        self._say(f"round {round_.number}: {len(round_.faults)} faults, {heavy}: {took_s:.2f} s")
        if round_.rush_at is not None:
            await self._have_a_rush(round_.number, round_.rush_at)
        await asyncio.sleep(round_.calm_s)

    async def _have_a_rush(self, number: int, instance: int) -> None:
        name = f"rush/{self._report.seed}/{number}"
        web = self._cluster.webs[instance % WEB_INSTANCES]
        await rush(self._crowd, self._crowd.shows[-1], web, name)
        self._report.rushes += 1

    def _is_up_to_date_now(self) -> Callable[[], Awaitable[bool]]:
        """Return whether all shows what the ledger had when it could first be asked."""
        wanted: dict[int, int] = {}

        async def is_up_to_date() -> bool:
            if not await self._cluster.is_up():
                return False
            if not wanted:
                wanted.update(await self._versions())
            return bool(wanted) and await self._all_have(wanted)

        return is_up_to_date

    async def _is_right(self) -> bool:
        return await self._all_have(await self._versions())

    async def _is_at_rest(self) -> bool:
        """Say whether no hold is open and everything shows the ledger's last version."""
        try:
            async with self._cluster.ledger() as connection:
                open_holds = await connection.fetchval(
                    "SELECT count(*) FROM holds WHERE status = 'held'"
                )
        except LEDGER_AWAY:
            return False
        return not open_holds and await self._is_right()

    async def _versions(self) -> dict[int, int]:
        try:
            async with self._cluster.ledger() as connection:
                rows = await connection.fetch("SELECT show_id, version FROM show_clocks")
        except LEDGER_AWAY:
            return {}
        return {row["show_id"]: row["version"] for row in rows}

    async def _all_have(self, wanted: dict[int, int]) -> bool:
        if not wanted:
            return False
        for watcher in self._watchers:
            for show, version in wanted.items():
                screen = None if watcher.client is None else watcher.client.screens.get(show)
                if screen is None or screen.position is None or screen.position.version < version:
                    return False
        try:
            boards = await self._board.positions(list(wanted))
        except BoardAway:
            return False
        return all(show in boards and boards[show].version >= wanted[show] for show in wanted)

    async def _judge(self) -> Report:
        history, report = self._recorder.history, self._report
        async with self._cluster.ledger() as connection:
            await self._see_last(connection)
            await self._recorder.end(connection)
        report.injected.update(self._cluster.count())
        for operation in history.operations:
            report.outcomes[operation.kind, _word(operation.answer)] += 1
            self._time_in_rushes(operation)
        for events in history.events.values():
            report.events.update(EventKind(event.kind) for event in events)
        report.sightings = len(history.sightings)
        report.violations = check(history, self._bounds)
        return report

    def _time_in_rushes(self, operation: Operation) -> None:
        took_s = operation.completed_s - operation.invoked_s
        for show, rushes in self._recorder.history.rushes.items():
            if any(since_s <= operation.invoked_s <= until_s for since_s, until_s in rushes):
                rushed = operation.show == show
                (self._report.rushed_s if rushed else self._report.beside_s).append(took_s)

    async def _see_last(self, connection: Any) -> None:
        for show in self._crowd.shows:
            self._recorder.see_last("ledger", show, await read_ledger(connection, show))
            board = await self._board.read(show)
            assert board is not None
            self._recorder.see_last("board", show, board)
            for number, watcher in enumerate(self._watchers):
                if watcher.last is not None:
                    screen = watcher.last.screens[show]
                    assert screen.position is not None
                    seen = Snapshot(screen.position, bytes(screen.statuses))
                    self._recorder.see_last(f"screen {number}", show, seen)


def _word(answer: Granted | Refusal | Unknown) -> str:
    if isinstance(answer, Refusal):
        return answer.code
    match answer:
        case Granted():
            return "ok"
        case Lost():
            return "connection lost"
        case Unanswered():
            return "no answer"
    return "unknown_outcome"


async def run_chaos(
    home: Path,
    seed: int,
    *,
    seconds: float | None = None,
    rounds: int | None = None,
    bounds: Bounds = BOUNDS,
    say: Say,
) -> Report:
    """Run everything in *home* for some *seconds* or *rounds*, and return the report."""

    async def until_over() -> AsyncIterator[Round]:
        ends_at = None if seconds is None else time.monotonic() + seconds
        for round_ in islice(schedule(seed), rounds):
            if ends_at is not None and time.monotonic() > ends_at:
                return
            yield round_

    async with open_cluster(home) as cluster:
        return await Run(cluster, seed, bounds, say).play(until_over())
