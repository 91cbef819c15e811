"""The ledger: what is true. One method per named query of sql/queries/ledger.sql.

A batch of commands on one show is one statement and one transaction
(sql/functions/apply_batch.sql); it comes back as an answer for every command and the changes that
now have versions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any, Final, assert_never
from uuid import UUID

from app.changes import Change, ChangeBatch, Position
from app.database import Database, Row
from app.domain import (
    HOLD_EXTENSION_FACTOR,
    Block,
    Book,
    BookingState,
    BookingStatus,
    Cancel,
    ChangeShow,
    Command,
    EventKind,
    Expire,
    Extend,
    Hold,
    HoldState,
    HoldStatus,
    Outcome,
    Release,
    Role,
    Unblock,
)
from app.errors import (
    BadMessage,
    Forbidden,
    HoldGone,
    HoldLimit,
    NotFound,
    SeatsTaken,
    SeatwireError,
    ShowClosed,
)
from app.sql import load_queries

# Roles that sell to one person at a time; box-office staff serve several.
_LIMITED_ROLES: Final = (Role.BUYER, Role.KIOSK)


@dataclass(frozen=True, slots=True)
class Applied:
    """What a batch came to: an answer per command, in order, and what changed, if anything."""

    answers: list[Outcome | SeatwireError]
    changes: ChangeBatch | None


@dataclass(frozen=True, slots=True)
class BoardState:
    """A show at one moment, enough to rebuild its board.

    statuses: one byte a seat. holds: (id, holder, seats, expires_in_ms), live ones only.
    """

    position: Position
    statuses: bytes
    holds: list[tuple[str, str, tuple[int, ...], int]]


@dataclass(frozen=True, slots=True)
class Event:
    """A row of the history."""

    change: Change
    actor: str
    booking: UUID | None
    at: datetime


class Ledger:
    """Commands and reads on the ledger. All methods raise Unavailable when it is away."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queries = load_queries("ledger")

    async def apply(self, show: int, commands: Sequence[Command]) -> Applied:
        """Carry out *commands* on *show*, all in one transaction.

        No two may name the same seat, hold, booking or holder. A ChangeShow stands alone.
        Raises Unavailable (nothing happened) or UnknownOutcome (ask again with the same ids).
        """
        if isinstance(commands[0], ChangeShow):
            return await self._change_show(commands[0])
        rows = await self._database.fetch(
            self._queries["apply_batch"],
            show,
            *_arrays(commands),
            HOLD_EXTENSION_FACTOR,
            changes=True,
        )
        if not rows:
            return Applied([NotFound(f"There is no show {show}.") for _ in commands], None)
        answered = sorted((row for row in rows if row["ord"] is not None), key=itemgetter("ord"))
        answers = [_answer(row) for row in answered]
        fresh = sorted((row for row in rows if row["kind"]), key=itemgetter("version"))
        if not fresh:
            return Applied(answers, None)
        return Applied(answers, ChangeBatch(fresh[0]["epoch"], tuple(map(change_of, fresh))))

    async def _change_show(self, command: ChangeShow) -> Applied:
        patch = command.patch
        row = await self._database.fetchrow(
            self._queries["change_show"],
            command.show,
            command.actor.holder,
            patch.title,
            patch.starts_at,
            patch.currency,
            patch.prices,
            patch.status,
            patch.hold_ttl_s,
            patch.seats_per_hold_max,
            patch.message,
            changes=True,
            repeatable=False,
        )
        if row is None:
            return Applied([NotFound(f"There is no show {command.show}.")], None)
        change = Change(row["version"], EventKind.SHOW, tuple(row["seats"]), detail=row["detail"])
        return Applied([Outcome(change.version)], ChangeBatch(row["epoch"], (change,)))

    async def position(self, show: int) -> Position | None:
        """Return where *show* is, or None when there is no such show."""
        row = await self._database.fetchrow(self._queries["position"], show)
        return None if row is None else Position(row["epoch"], row["version"])

    async def moved(self, known: Mapping[int, Position]) -> dict[int, Position]:
        """Return where those shows are that are elsewhere than *known*.

        A show that does not exist is nowhere: at version 0 of epoch -1.
        """
        epochs = [position.epoch for position in known.values()]
        versions = [position.version for position in known.values()]
        rows = await self._database.fetch(self._queries["moved"], list(known), epochs, versions)
        return {row["show_id"]: Position(row["epoch"], row["version"]) for row in rows}

    async def live_positions(self) -> dict[int, Position]:
        """Return where every show is that may still change, or that did within the hour."""
        rows = await self._database.fetch(self._queries["live_positions"])
        return {row["show_id"]: Position(row["epoch"], row["version"]) for row in rows}

    async def board_state(self, show: int) -> BoardState | None:
        """Return all that the board of *show* is made of, at one moment."""
        row = await self._database.fetchrow(self._queries["board_state"], show)
        if row is None:
            return None
        return BoardState(
            Position(row["epoch"], row["version"]),
            bytes(row["statuses"]),
            [(id_, holder, tuple(seats), ms) for id_, holder, seats, ms in row["holds"]],
        )

    async def events_after(self, show: int, version: int, limit: int) -> list[Event]:
        """Return up to *limit* events of *show* later than *version*, in order."""
        rows = await self._database.fetch(self._queries["events_after"], show, version, limit)
        return [Event(change_of(row), row["actor"], row["booking_id"], row["at"]) for row in rows]

    async def hold(self, show: int, hold: UUID) -> HoldState | None:
        """Return a hold, live or not."""
        row = await self._database.fetchrow(self._queries["hold"], show, hold)
        if row is None:
            return None
        return HoldState(
            show=show,
            hold=hold,
            holder=row["holder"],
            status=HoldStatus(row["status"]),
            seats=tuple(row["seats"]),
            total=row["total"],
            version=row["version"],
            expires_in_ms=max(0, row["expires_in_ms"]),
            booking=row["booking_id"],
        )

    async def booking(self, show: int, booking: UUID) -> BookingState | None:
        """Return a booking, confirmed or cancelled."""
        row = await self._database.fetchrow(self._queries["booking"], show, booking)
        if row is None:
            return None
        return BookingState(
            show=show,
            booking=booking,
            hold=row["hold_id"],
            holder=row["holder"],
            status=BookingStatus(row["status"]),
            seats=tuple(row["seats"]),
            total=row["total"],
            version=row["version"],
            contact=row["contact"],
            created_at=row["created_at"],
        )

    async def due_holds(self, limit: int, per_show: int | None = None) -> list[tuple[int, UUID]]:
        """Return (show, hold) of up to *limit* holds whose time has passed, oldest first.

        per_show: at most so many of one show.
        """
        rows = await self._database.fetch(self._queries["due_holds"], limit, per_show or limit)
        return [(row["show_id"], row["id"]) for row in rows]

    async def ensure_partitions(self, months_ahead: int) -> int:
        """Make missing partitions up to *months_ahead*; return how many were made."""
        row = await self._database.fetchrow(
            self._queries["ensure_partitions"], months_ahead, changes=True
        )
        assert row is not None
        made: int = row["made"]
        return made

    async def is_ready(self) -> bool:
        """Return whether the schema is there, with this month's partitions."""
        row = await self._database.fetchrow(self._queries["ping"])
        return row is not None and bool(row["ready"])


def _arrays(commands: Sequence[Command]) -> tuple[list[Any], ...]:
    """Return apply_batch's arrays: one entry per command, and (ord, seat) pairs."""
    kinds: list[EventKind] = []
    ids: list[UUID | None] = []
    flags: list[bool] = []
    bookings: list[UUID | None] = []
    notes: list[str | None] = []
    seat_ords: list[int] = []
    seats: list[int] = []
    for ord_, command in enumerate(commands):
        kind, id_, flag, booking, note, wanted = _columns(command)
        kinds.append(kind)
        ids.append(id_)
        flags.append(flag)
        bookings.append(booking)
        notes.append(note)
        seat_ords.extend([ord_] * len(wanted))
        seats.extend(wanted)
    actors = [command.actor.holder for command in commands]
    staff = [command.actor.is_staff for command in commands]
    return kinds, ids, actors, staff, flags, bookings, notes, seat_ords, seats


_Columns = tuple[EventKind, UUID | None, bool, UUID | None, str | None, tuple[int, ...]]


def _columns(command: Command) -> _Columns:
    """Return a command's kind, id, flag, booking, note and seats."""
    match command:
        case Hold(hold=hold, seats=seats, actor=actor):
            return EventKind.HOLD, hold, actor.role in _LIMITED_ROLES, None, None, seats
        case Release(hold=hold, seats=seats):
            return EventKind.RELEASE, hold, seats is None, None, None, seats or ()
        case Extend(hold=hold):
            return EventKind.EXTEND, hold, False, None, None, ()
        case Expire(hold=hold):
            return EventKind.EXPIRE, hold, False, None, None, ()
        case Book(hold=hold, booking=booking, contact=contact):
            return EventKind.BOOK, hold, False, booking, contact, ()
        case Cancel(booking=booking):
            return EventKind.CANCEL, booking, False, None, None, ()
        case Block(seats=seats, reason=reason):
            return EventKind.BLOCK, None, False, None, reason, seats
        case Unblock(seats=seats, reason=reason):
            return EventKind.UNBLOCK, None, False, None, reason, seats
        case ChangeShow():
            raise ValueError("a ChangeShow is not part of a batch")
    assert_never(command)


def _answer(row: Row) -> Outcome | SeatwireError:
    if row["code"] is not None:
        return _refusal(row)
    expires_in_ms = row["expires_in_ms"]
    return Outcome(
        version=row["version"],
        seats=tuple(row["hold_seats"] or row["seats"] or ()),
        hold=row["hold_id"],
        booking=row["booking_id"],
        expires_in_ms=None if expires_in_ms is None else max(0, expires_in_ms),
        total=row["total"],
    )


def _refusal(row: Row) -> SeatwireError:
    match row["code"]:
        case "seats_taken":
            return SeatsTaken(row["taken"])
        case "hold_gone":
            return HoldGone("This hold has expired, was released, or is booked already.")
        case "hold_limit":
            return HoldLimit("That is more seats than one may hold for this show.")
        case "forbidden":
            return Forbidden("This belongs to somebody else.")
        case "show_closed":
            return ShowClosed(row["detail"]["status"])
        case "bad_message":
            return BadMessage("The plan of this show has no such seat.")
        case "not_found":
            return NotFound("There is no such hold or booking.")
    raise ValueError(f"apply_batch answered an unknown code: {row['code']}")


def change_of(row: Row) -> Change:
    """Return what a row of the history, or of a batch's results, says has changed."""
    hold = row["hold_id"]
    return Change(
        version=row["version"],
        kind=EventKind(row["kind"]),
        seats=tuple(sorted(row["seats"] or ())),
        hold=None if hold is None else str(hold),
        holder=row["holder"],
        hold_seats=tuple(row["hold_seats"] or ()),
        expires_in_ms=row["expires_in_ms"],
        detail=row["detail"],
    )
