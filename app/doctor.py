"""The doctor: whether ledger, history and board of a show say the same, and since when they do not.

The history is told again from its first version (app/replay.py) and the ledger's tables must be
what it says; the board must be what the ledger is. Only the board and missing partitions can be
healed: what is wrong in the ledger is for people to judge, nothing is made up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from app.board import Board, BoardAway
from app.board_keeper import BoardKeeper
from app.changes import Position
from app.database import Database, Row
from app.domain import HoldStatus, SeatStatus
from app.errors import NotFound
from app.ledger import Ledger, change_of
from app.replay import Fault, HoldRecord, Replay, SeatRecord
from app.schema import PARTITION_MONTHS_AHEAD
from app.show_form import rfc3339
from app.sql import load_queries

if TYPE_CHECKING:
    from app.database import Connection

# Faults of a show that are told one by one; the others are counted.
FAULTS_TOLD_MAX: Final = 20
EVENTS_AT_ONCE: Final = 1_000
# Over the whole history of a show; the sale is not kept waiting meanwhile.
STATEMENT_TIMEOUT_S: Final = 120.0
# The reconcile worker needs up to 2.5 s; a board that is behind for longer is left behind.
BEHIND_S_MAX: Final = 3.0
POLL_S: Final = 0.1


@dataclass(slots=True)
class Findings:
    """What is wrong: some faults, how many in all, and when their versions were."""

    told: list[Fault] = field(default_factory=list)
    count: int = 0
    times: dict[int, datetime] = field(default_factory=dict)

    def add(self, faults: Iterable[Fault]) -> None:
        """Count *faults* and keep the first ones."""
        for fault in faults:
            self.count += 1
            if len(self.told) < FAULTS_TOLD_MAX:
                self.told.append(fault)


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found about one show. board: what is wrong with its board; healed: it was."""

    show: int
    title: str
    count: int
    version: int
    ledger: Findings
    board: Findings
    healed: bool

    @property
    def is_well(self) -> bool:
        return self.ledger.count == 0 and (self.board.count == 0 or self.healed)


class Doctor:
    """Examines shows, while they are on sale or not."""

    def __init__(
        self, database: Database, ledger: Ledger, board: Board, board_keeper: BoardKeeper
    ) -> None:
        self._database = database
        self._ledger = ledger
        self._board = board
        self._board_keeper = board_keeper
        self._queries = load_queries("doctor")

    async def shows(self) -> list[int]:
        """Return every show."""
        return [row["id"] for row in await self._database.fetch(self._queries["shows"])]

    async def missing_partitions(self) -> list[str]:
        """Return the partitions that should be there by now."""
        query = self._queries["missing_partitions"]
        return [row["name"] for row in await self._database.fetch(query, PARTITION_MONTHS_AHEAD)]

    async def examine(self, show: int, *, fix: bool = False) -> Examination:
        """Compare all there is of *show*; with *fix* put up a board anew that is wrong.

        Raises NotFound, and Unavailable when the ledger is away. A board that is away is no fault.
        """
        ledger, changed_at = Findings(), {}  # type: tuple[Findings, dict[int, int]]

        async def read(connection: Connection) -> Row:
            row = await connection.fetchrow(self._queries["show"], show)
            if row is None:
                raise NotFound(f"There is no show {show}.")
            await self._examine_ledger(connection, show, row, ledger, changed_at)
            return row

        row = await self._database.at_one_moment(read)
        board = await self._examine_board(show, changed_at)
        healed = False
        if fix and board.count:
            await self._board_keeper.put_up_anew(show)
            healed = (await self._examine_board(show, changed_at)).count == 0
        for findings in (ledger, board):
            await self._add_times(show, findings)
        return Examination(
            show, row["title"], row["seat_count"], row["version"] or 0, ledger, board, healed
        )

    async def _examine_ledger(
        self,
        connection: Connection,
        show: int,
        row: Row,
        findings: Findings,
        changed_at: dict[int, int],
    ) -> None:
        queries = self._queries
        replay = Replay(row["seat_count"])
        events = connection.cursor(
            self._queries["events"], show, prefetch=EVENTS_AT_ONCE, timeout=STATEMENT_TIMEOUT_S
        )
        async for event in events:
            findings.add(replay.apply(change_of(event), event["booking_id"], event["expires_at"]))
        if row["version"] is None:
            findings.add([Fault("clock", "the show has no row in show_clocks")])
        elif row["version"] != replay.version:
            what = f"it is at version {row['version']}, the history ends at {replay.version}"
            findings.add([Fault("clock", what, min(row["version"], replay.version) + 1)])

        async def ask(query: str, *args: object) -> list[Row]:
            return await connection.fetch(query, show, *args, timeout=STATEMENT_TIMEOUT_S)

        seats = await ask(queries["seats"])
        changed_at.update((seat["seat"], seat["version"]) for seat in seats)
        findings.add(replay.compare_seats(map(_seat_record, seats)))
        findings.add(replay.compare_holds(map(_hold_record, await ask(queries["holds"]))))
        for stray in await ask(queries["stray_holds"], FAULTS_TOLD_MAX):
            what = f"hold {stray['id']} is {stray['status']}; its last event says otherwise"
            findings.add([Fault("holds", what, stray["version"])])
        for stray in await ask(queries["stray_bookings"], FAULTS_TOLD_MAX):
            what = f"booking {stray['id']} {stray['what']}"
            findings.add([Fault("bookings", what, stray["version"])])
        for stray in await ask(queries["unbooked_holds"], FAULTS_TOLD_MAX):
            what = f"hold {stray['id']} is booked and has no booking"
            findings.add([Fault("bookings", what, stray["version"])])

    async def _examine_board(self, show: int, changed_at: dict[int, int]) -> Findings:
        findings = Findings()
        try:
            image = await self._board.image(show)
            state = await self._ledger.board_state(show)
            if image is None or state is None:
                return findings
            faults = await self._board_keeper.compare(show, image, state)
            for fault in faults or ():
                since = None if fault.seat is None else changed_at.get(fault.seat)
                findings.add([Fault(fault.where, fault.what, since, fault.seat)])
            here = await self._wait_for_board(show, state.position)
        except BoardAway:
            return findings
        if here is not None and here != state.position and here < state.position:
            what = f"it is at version {here.version}, the ledger at {state.position.version}"
            findings.add([Fault("board", what, here.version + 1)])
        elif faults is None and image.position > state.position:
            what = (
                f"it is at {tuple(image.position)}, ahead of the ledger at {tuple(state.position)}"
            )
            findings.add([Fault("board", f"{what}: a restored ledger needs a new epoch")])
        return findings

    async def _wait_for_board(self, show: int, wanted: Position) -> Position | None:
        """Return where the board is once it is at *wanted*, or after BEHIND_S_MAX."""
        deadline = asyncio.get_running_loop().time() + BEHIND_S_MAX
        while True:
            here = (await self._board.positions([show])).get(show)
            if here is None or here >= wanted or asyncio.get_running_loop().time() > deadline:
                return here
            await asyncio.sleep(POLL_S)

    async def _add_times(self, show: int, findings: Findings) -> None:
        versions = [fault.version for fault in findings.told if fault.version is not None]
        rows = await self._database.fetch(self._queries["times"], show, versions)
        findings.times |= {row["version"]: row["at"] for row in rows}


def report_lines(examination: Examination) -> list[str]:
    """Return what is to be said of a show."""
    count = examination.ledger.count + examination.board.count
    head = f"show {examination.show}, {examination.title}: {examination.count:,} seats"
    found = {0: "ok", 1: "1 fault"}.get(count, f"{count:,} faults")
    lines = [f"{head}, version {examination.version:,}: {found}"]
    for findings in (examination.ledger, examination.board):
        for fault in findings.told:
            since = "" if fault.version is None else f"; since version {fault.version:,}"
            at = None if fault.version is None else findings.times.get(fault.version)
            lines.append(f"  {fault.where}: {fault.what}{since}{f', {rfc3339(at)}' if at else ''}")
        if findings.count > len(findings.told):
            lines.append(f"  and {findings.count - len(findings.told):,} more")
    if examination.healed:
        lines.append("  healed: the board is put up anew")
    return lines


def _seat_record(row: Row) -> SeatRecord:
    return SeatRecord(
        row["seat"],
        SeatStatus(row["status"]),
        row["hold_id"],
        row["booking_id"],
        row["version"],
        row["locked_until"],
    )


def _hold_record(row: Row) -> tuple[UUID, HoldRecord]:
    record = HoldRecord(
        frozenset(row["seats"]),
        HoldStatus(row["status"]),
        row["version"],
        row["booking_id"],
        row["expires_at"],
    )
    return row["id"], record
