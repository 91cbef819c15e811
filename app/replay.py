"""A show's history told again from its first version, and how the ledger differs from it. Pure.

Of the past it keeps one number a seat and the holds that still have seats, so a show of any age
takes no more memory than its seats.
"""

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.changes import Change
from app.domain import TRANSITIONS, EventKind, HoldStatus, SeatStatus


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that differs. version: since when, as far as that can be told; seat: of which."""

    where: str
    what: str
    version: int | None = None
    seat: int | None = None


@dataclass(slots=True)
class HoldRecord:
    """A hold that has seats, as the history or the ledger has it."""

    seats: frozenset[int]
    status: HoldStatus
    version: int
    booking: UUID | None
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class SeatRecord:
    """A row of `seats`."""

    seat: int
    status: SeatStatus
    hold: UUID | None
    booking: UUID | None
    version: int
    locked_until: datetime | None


class Replay:
    """The seats and holds of a show of *count* seats after the events applied so far."""

    def __init__(self, count: int) -> None:
        self.version = 0
        self.holds: dict[UUID, HoldRecord] = {}
        self._statuses = [SeatStatus.AVAILABLE] * count
        self._owners: list[UUID | None] = [None] * count
        self._since = array("q", bytes(8 * count))

    def apply(
        self, change: Change, booking: UUID | None, expires_at: datetime | None
    ) -> Iterator[Fault]:
        """Take in the next event; yield what is wrong with it, then go on as it says."""
        if change.version != self.version + 1:
            yield Fault("history", f"the version after {self.version} is missing", change.version)
        self.version = change.version
        hold = None if change.hold is None else UUID(change.hold)
        yield from self._move(change, hold)
        if change.kind is EventKind.SHOW and change.detail is not None:
            for ended, _, _ in change.detail["released"]:
                self.holds.pop(UUID(ended), None)
        if hold is not None:
            yield from self._note_hold(change, hold, booking, expires_at)

    def _move(self, change: Change, hold: UUID | None) -> Iterator[Fault]:
        transition = TRANSITIONS[change.kind]
        for seat in change.seats if transition is not None else change.hold_seats:
            if not 0 <= seat < len(self._statuses):
                yield Fault("history", f"there is no seat {seat}", change.version)
                continue
            self._since[seat] = change.version
            if transition is None:
                continue
            before, after = transition
            was, owner = self._statuses[seat], self._owners[seat]
            if was is not before or (owner is not None and hold not in (None, owner)):
                what = f"{change.kind} of seat {seat}, which was {was.name.lower()} ({owner})"
                yield Fault("history", what, change.version)
            self._statuses[seat] = after
            has_owner = after in (SeatStatus.HELD, SeatStatus.BOOKED)
            self._owners[seat] = hold if has_owner else None

    def _note_hold(
        self, change: Change, hold: UUID, booking: UUID | None, expires_at: datetime | None
    ) -> Iterator[Fault]:
        known = self.holds.get(hold)
        if known is None and change.kind is not EventKind.HOLD:
            yield Fault(
                "history", f"{change.kind} of hold {hold}, which has no seats", self.version
            )
        status = change.hold_status
        if status not in (HoldStatus.HELD, HoldStatus.BOOKED):
            self.holds.pop(hold, None)
            return
        seats = frozenset(change.hold_seats)
        self.holds[hold] = HoldRecord(seats, status, change.version, booking, expires_at)

    # What the ledger has must be what its history says.

    def compare_seats(self, rows: Iterable[SeatRecord]) -> Iterator[Fault]:
        """Yield how *rows*, all seats of the show, differ."""
        count = 0
        for row in rows:
            count += 1
            if not 0 <= row.seat < len(self._statuses):
                yield Fault("seats", f"the plan has no seat {row.seat}", row.version)
                continue
            known, since = self._seat(row.seat), self._since[row.seat]
            if known != row:
                yield Fault("seats", f"{_told(row)}; its history says {_told(known)}", since)
        if count != len(self._statuses):
            yield Fault("seats", f"{count} seats; the plan has {len(self._statuses)}")

    def _seat(self, seat: int) -> SeatRecord:
        owner = self._owners[seat]
        hold = None if owner is None else self.holds.get(owner)
        is_held = self._statuses[seat] is SeatStatus.HELD
        return SeatRecord(
            seat,
            self._statuses[seat],
            owner,
            None if hold is None else hold.booking,
            self._since[seat],
            hold.expires_at if hold is not None and is_held else None,
        )

    def compare_holds(self, rows: Iterable[tuple[UUID, HoldRecord]]) -> Iterator[Fault]:
        """Yield how *rows*, all holds that are held or booked, differ."""
        missing = dict(self.holds)
        for hold, row in rows:
            known = missing.pop(hold, None)
            if known is None:
                what = f"hold {hold} is {row.status}; its history has it ended, or not at all"
                yield Fault("holds", what, row.version)
            elif not _is_same(known, row):
                what = f"hold {hold}: {_told_hold(row)}; its history says {_told_hold(known)}"
                yield Fault("holds", what, known.version)
        for hold, known in missing.items():
            what = f"hold {hold} is not there; its history says {_told_hold(known)}"
            yield Fault("holds", what, known.version)


def _is_same(known: HoldRecord, row: HoldRecord) -> bool:
    if known.status is HoldStatus.BOOKED:
        # The deadline of a booked hold is over and done with.
        return (known.seats, known.status, known.version, known.booking) == (
            row.seats,
            row.status,
            row.version,
            row.booking,
        )
    return known == row


def _told(row: SeatRecord) -> str:
    parts = [f"seat {row.seat} is {row.status.name.lower()}"]
    if row.hold is not None:
        parts.append(f"by hold {row.hold}")
    if row.booking is not None:
        parts.append(f"booking {row.booking}")
    if row.locked_until is not None:
        parts.append(f"until {row.locked_until:%H:%M:%S.%f}")
    return ", ".join((*parts, f"version {row.version}"))


def _told_hold(row: HoldRecord) -> str:
    return f"{row.status}, seats {sorted(row.seats)}, booking {row.booking}, version {row.version}"
