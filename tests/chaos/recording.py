"""Makes a history: notes what is asked and told, and reads what the ledger has in the end."""

import asyncio
import json
import time
from typing import Any, Final, TypeAlias
from uuid import UUID

import asyncpg

from app.box_office import BoxOffice
from app.changes import Position, Snapshot
from app.domain import Actor, BookingStatus, Command, EventKind, HoldStatus, Outcome
from app.errors import SeatsTaken, SeatwireError, UnknownOutcome
from tests.chaos.history import (
    Answer,
    Ending,
    Granted,
    History,
    LedgerEvent,
    Operation,
    ShowFacts,
    Sighting,
    Unanswered,
    Unknown,
)
from tests.ledger_model import Refusal

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

FACTS: Final = """
    SELECT s.hold_ttl_s, s.seats_per_hold_max, s.prices, c.epoch,
           (SELECT array_agg(x.category ORDER BY x.seat)
            FROM seats x WHERE x.show_id = s.id) AS categories
    FROM shows s JOIN show_clocks c ON c.show_id = s.id WHERE s.id = $1
"""
EVENTS: Final = """
    SELECT version, kind, actor, holder, hold_id, booking_id, seats, hold_seats, detail,
           extract(epoch FROM expires_at)::float8 AS expires_at_s,
           extract(epoch FROM at)::float8 AS at_s
    FROM seat_events WHERE show_id = $1 ORDER BY version, at
"""
STATUSES: Final = """
    SELECT c.epoch, c.version,
           (SELECT array_agg(s.status ORDER BY s.seat)
            FROM seats s WHERE s.show_id = c.show_id) AS statuses
    FROM show_clocks c WHERE c.show_id = $1
"""
HOLDS: Final = "SELECT id, status, seats FROM holds WHERE show_id = $1"
BOOKINGS: Final = """
    SELECT b.id, b.status, b.hold_id,
           (SELECT array_agg(x.seat) FROM booking_seats x
            WHERE x.show_id = b.show_id AND x.booking_id = b.id) AS seats
    FROM bookings b WHERE b.show_id = $1
"""


class Recorder:
    """Collects a history of one process's clients."""

    def __init__(self) -> None:
        self.history = History()

    async def ask(self, office: BoxOffice, command: Command) -> Outcome | None:
        """Submit *command* and note what came of it; None when it was not granted.

        When cancelled, it notes that no answer came.
        """
        outcome: Outcome | None = None
        invoked_s = time.time()
        answer: Answer
        try:
            outcome = await office.submit(command)
            answer = _granted(outcome)
        except asyncio.CancelledError:
            self.note(command, invoked_s, Unanswered())
            raise
        except UnknownOutcome:
            answer = Unknown()
        except SeatwireError as error:
            answer = Refusal(
                error.code, tuple(error.seats) if isinstance(error, SeatsTaken) else ()
            )
        self.note(command, invoked_s, answer)
        return outcome

    def note(self, command: Command, invoked_s: float, answer: Answer) -> None:
        """Note what *command* was told just now."""
        self.history.operations.append(
            Operation(
                show=command.show,
                kind=EventKind(_KINDS.get(type(command).__name__, type(command).__name__.lower())),
                actor=command.actor,
                invoked_s=invoked_s,
                completed_s=time.time(),
                answer=answer,
                hold=getattr(command, "hold", None),
                booking=getattr(command, "booking", None),
                seats=getattr(command, "seats", None),
            )
        )

    def staff(self, *actors: Actor | str) -> None:
        """Note who may act on anybody's hold."""
        self.history.staff |= {
            actor if isinstance(actor, str) else actor.holder for actor in actors
        }

    def see(self, where: str, show: int, snapshot: Snapshot, asked_s: float | None = None) -> None:
        """Note what is to be seen *where*; asked_s: since when the answer was awaited."""
        now_s = time.time()
        self.history.sightings.append(
            Sighting(where, show, snapshot.position, snapshot.statuses, now_s, asked_s or now_s)
        )

    def see_last(self, where: str, show: int, snapshot: Snapshot) -> None:
        """Note what is to be seen *where* when all is over."""
        now_s = time.time()
        self.history.last.append(
            Sighting(where, show, snapshot.position, snapshot.statuses, now_s, now_s)
        )

    async def begin(self, connection: Connection, show: int) -> None:
        """Note a show that has just been added."""
        self.history.shows[show] = await read_facts(connection, show)

    async def end(self, connection: Connection) -> History:
        """Read what the ledger has and return the history."""
        for show in self.history.shows:
            self.history.events[show] = await read_events(connection, show)
            self.history.endings[show] = await read_ending(connection, show)
        self.history.ended_s = time.time()
        return self.history


_KINDS: Final = {"ChangeShow": "show"}


async def read_facts(connection: Connection, show: int) -> ShowFacts:
    """Read a show that is as it was made."""
    row = await connection.fetchrow(FACTS, show)
    assert row is not None
    return ShowFacts(
        show=show,
        epoch=row["epoch"],
        categories=tuple(row["categories"]),
        prices=tuple(row["prices"]),
        hold_ttl_s=row["hold_ttl_s"],
        seats_per_hold_max=row["seats_per_hold_max"],
    )


async def read_events(connection: Connection, show: int) -> list[LedgerEvent]:
    """Read all of a show's history."""
    return [
        LedgerEvent(
            version=row["version"],
            kind=EventKind(row["kind"]),
            actor=row["actor"],
            at_s=row["at_s"],
            seats=tuple(row["seats"]),
            holder=row["holder"],
            hold=_uuid(row["hold_id"]),
            booking=_uuid(row["booking_id"]),
            hold_seats=tuple(row["hold_seats"]),
            expires_at_s=row["expires_at_s"],
            detail=None if row["detail"] is None else json.loads(row["detail"]),
        )
        for row in await connection.fetch(EVENTS, show)
    ]


async def read_ledger(connection: Connection, show: int) -> Snapshot:
    """Read a show's seats."""
    row = await connection.fetchrow(STATUSES, show)
    assert row is not None
    return Snapshot(Position(row["epoch"], row["version"]), bytes(row["statuses"]))


async def read_ending(connection: Connection, show: int) -> Ending:
    """Read a show in which nothing happens any more."""
    snapshot = await read_ledger(connection, show)
    holds = {
        UUID(bytes=row["id"].bytes): (HoldStatus(row["status"]), tuple(row["seats"]))
        for row in await connection.fetch(HOLDS, show)
    }
    bookings = {
        UUID(bytes=row["id"].bytes): (
            BookingStatus(row["status"]),
            UUID(bytes=row["hold_id"].bytes),
            tuple(row["seats"] or ()),
        )
        for row in await connection.fetch(BOOKINGS, show)
    }
    return Ending(snapshot.position, snapshot.statuses, holds, bookings)


def _granted(outcome: Outcome) -> Granted:
    return Granted(
        version=outcome.version,
        seats=outcome.seats or None,
        expires_in_s=None if outcome.expires_in_ms is None else outcome.expires_in_ms / 1000,
        total=outcome.total,
        booking=outcome.booking,
    )


def _uuid(value: Any) -> UUID | None:
    return None if value is None else UUID(bytes=value.bytes)
