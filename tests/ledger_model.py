"""What the ledger promises, in memory: one show, without time's passing by itself. Pure.

The ledger is compared with it step by step, and histories of real runs are told to it again.

Seats move by app.domain.TRANSITIONS alone; the rest is who may do what, and when.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, assert_never
from uuid import UUID

from app.domain import (
    HOLD_EXTENSION_FACTOR,
    TRANSITIONS,
    Actor,
    Block,
    Book,
    Cancel,
    Command,
    EventKind,
    Expire,
    Extend,
    Hold,
    HoldStatus,
    Release,
    Role,
    SeatStatus,
    ShowPatch,
    ShowStatus,
    Unblock,
)

LIMITED_ROLES: Final = (Role.BUYER, Role.KIOSK)
BatchCommand = Hold | Release | Extend | Expire | Book | Cancel | Block | Unblock


@dataclass
class ModelHold:
    """prices: by seat, in the order in which the seats came. Times in seconds of the model."""

    holder: str
    prices: dict[int, int]
    created_s: float
    expires_s: float
    version: int
    status: HoldStatus = HoldStatus.HELD
    booking: UUID | None = None

    @property
    def seats(self) -> tuple[int, ...]:
        return tuple(sorted(self.prices))

    @property
    def total(self) -> int:
        return sum(self.prices.values())


@dataclass(frozen=True)
class Refusal:
    """A command that was not carried out. seats: those that are taken, for `seats_taken`."""

    code: str
    seats: tuple[int, ...] = ()


@dataclass(frozen=True)
class Done:
    """A command that was carried out. version: None when the ledger may choose it."""

    version: int | None
    seats: tuple[int, ...] | None = None
    total: int | None = None
    booking: UUID | None = None
    expires_s: float | None = None


@dataclass(frozen=True)
class Happening:
    """An event of the history."""

    version: int
    kind: EventKind
    seats: tuple[int, ...]
    hold: UUID | None = None
    holder: str | None = None
    hold_seats: tuple[int, ...] = ()


Answer = Refusal | Done


@dataclass
class Model:
    """A show's seats, holds and bookings. open_holds: by holder, those whose status is held."""

    prices: list[int]
    categories: list[int]
    hold_ttl_s: int
    seats_per_hold_max: int
    status: ShowStatus = ShowStatus.ON_SALE
    version: int = 0
    now_s: float = 0
    seats: list[SeatStatus] = field(default_factory=list)
    owners: dict[int, UUID] = field(default_factory=dict)
    holds: dict[UUID, ModelHold] = field(default_factory=dict)
    open_holds: dict[str, set[UUID]] = field(default_factory=dict)
    bookings: dict[UUID, UUID] = field(default_factory=dict)
    happenings: list[Happening] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.seats = self.seats or [SeatStatus.AVAILABLE] * len(self.categories)

    def is_lapsed(self, hold: UUID) -> bool:
        """Tell whether the hold's time has passed and nobody has noticed."""
        known = self.holds[hold]
        return known.status is HoldStatus.HELD and known.expires_s <= self.now_s

    def expire_wanted(self, seats: Iterable[int], order: Sequence[UUID]) -> None:
        """End the lapsed holds that keep any of *seats*, in that *order*."""
        lapsed = {self.owners[seat] for seat in seats if self._seat(seat) is SeatStatus.HELD}
        for hold in sorted(filter(self.is_lapsed, lapsed), key=order.index):
            self._end(EventKind.EXPIRE, hold, HoldStatus.EXPIRED)

    def apply(self, command: BatchCommand) -> Answer:
        """Carry out *command*, or leave everything as it is."""
        match command:
            case Hold():
                return self._take(command)
            case Release():
                return self._release(command)
            case Extend():
                return self._extend(command)
            case Expire():
                return self._expire(command)
            case Book():
                return self._book(command)
            case Cancel():
                return self._cancel(command)
            case Block():
                return self._block(command)
            case Unblock():
                return self._unblock(command)
        assert_never(command)

    def change_show(self, patch: ShowPatch) -> None:
        """Change the show; a cancellation ends every hold, lapsed ones as well."""
        self.version += 1
        self.status = patch.status or self.status
        for category, price in enumerate(patch.prices or ()):
            self.prices[category] = self.prices[category] if price is None else price
        ended: list[int] = []
        if patch.status is ShowStatus.CANCELLED:
            for id_ in [id_ for open_ in self.open_holds.values() for id_ in open_]:
                hold = self.holds[id_]
                hold.version = self.version
                ended.extend(hold.seats)
                self._close(id_, HoldStatus.RELEASED)
        self._move(EventKind.SHOW, ended)
        self.happenings.append(Happening(self.version, EventKind.SHOW, tuple(sorted(ended))))

    def _take(self, command: Hold) -> Answer:
        known = self.holds.get(command.hold)
        if any(self._seat(seat) is None for seat in command.seats):
            return Refusal("bad_message")
        if known is not None and known.holder != command.actor.holder:
            return Refusal("forbidden")
        if known is not None and not self._is_live(command.hold):
            return Refusal("hold_gone")
        fresh = [s for s in command.seats if self.owners.get(s) != command.hold]
        taken = [s for s in fresh if self._seat(s) is not SeatStatus.AVAILABLE]
        if known is not None and not fresh:
            return self._done_hold(known)
        if self.status is not ShowStatus.ON_SALE:
            return Refusal("show_closed")
        if taken:
            return Refusal("seats_taken", tuple(sorted(taken)))
        if self._is_over_limit(command, len(fresh)):
            return Refusal("hold_limit")
        self.version += 1
        if known is None:
            expires_s = self.now_s + self.hold_ttl_s
            known = ModelHold(command.actor.holder, {}, self.now_s, expires_s, 0)
            self.holds[command.hold] = known
            self.open_holds.setdefault(command.actor.holder, set()).add(command.hold)
        known.version = self.version
        known.prices |= {seat: self.prices[self.categories[seat]] for seat in fresh}
        self._move(EventKind.HOLD, fresh, command.hold)
        self._log(EventKind.HOLD, fresh, command.hold)
        return self._done_hold(known)

    def _is_over_limit(self, command: Hold, more: int) -> bool:
        known = self.holds.get(command.hold)
        if more + (0 if known is None else len(known.prices)) > self.seats_per_hold_max:
            return True
        has = sum(
            len(self.holds[id_].prices)
            for id_ in self.open_holds.get(command.actor.holder, ())
            if self._is_live(id_)
        )
        limited = command.actor.role in LIMITED_ROLES
        return limited and has + more > self.seats_per_hold_max

    def _release(self, command: Release) -> Answer:
        refusal = self._refuse(command.hold, command.actor)
        if refusal is not None:
            return refusal
        hold = self.holds[command.hold]
        if hold.status is HoldStatus.RELEASED:
            return Done(hold.version)
        if not self._is_live(command.hold):
            return Refusal("hold_gone")
        freed = [s for s in hold.seats if command.seats is None or s in command.seats]
        if freed:
            self.version += 1
            hold.version = self.version
            for seat in freed:
                del hold.prices[seat]
            self._move(EventKind.RELEASE, freed)
            self._log(EventKind.RELEASE, freed, command.hold)
        if hold.prices:
            return self._done_hold(hold)
        self._close(command.hold, HoldStatus.RELEASED)
        return Done(hold.version)

    def _extend(self, command: Extend) -> Answer:
        refusal = self._refuse(command.hold, command.actor)
        if refusal is not None:
            return refusal
        if not self._is_live(command.hold):
            return Refusal("hold_gone")
        hold = self.holds[command.hold]
        cap_s = hold.created_s + HOLD_EXTENSION_FACTOR * self.hold_ttl_s
        hold.expires_s = max(hold.expires_s, min(self.now_s + self.hold_ttl_s, cap_s))
        self.version += 1
        hold.version = self.version
        self._log(EventKind.EXTEND, (), command.hold)
        return self._done_hold(hold)

    def _expire(self, command: Expire) -> Answer:
        if command.hold not in self.holds or not self.is_lapsed(command.hold):
            return Refusal("hold_gone")
        self._end(EventKind.EXPIRE, command.hold, HoldStatus.EXPIRED)
        return Done(self.version, self.holds[command.hold].seats)

    def _book(self, command: Book) -> Answer:
        refusal = self._refuse(command.hold, command.actor)
        if refusal is not None:
            return refusal
        hold = self.holds[command.hold]
        if hold.status is not HoldStatus.BOOKED:
            if not self._is_live(command.hold):
                return Refusal("hold_gone")
            hold.booking = command.booking
            self.bookings[command.booking] = command.hold
            self.version += 1
            hold.version = self.version
            self._close(command.hold, HoldStatus.BOOKED)
            self._move(EventKind.BOOK, hold.seats, command.hold)
            self._log(EventKind.BOOK, hold.seats, command.hold)
        return Done(hold.version, hold.seats, hold.total, hold.booking)

    def _cancel(self, command: Cancel) -> Answer:
        if command.booking not in self.bookings:
            return Refusal("not_found")
        id_ = self.bookings[command.booking]
        hold = self.holds[id_]
        if hold.holder != command.actor.holder and not command.actor.is_staff:
            return Refusal("forbidden")
        if hold.status is HoldStatus.BOOKED:
            self._end(EventKind.CANCEL, id_, HoldStatus.CANCELLED)
        return Done(hold.version, hold.seats, hold.total, command.booking)

    def _block(self, command: Block) -> Answer:
        now = [self._seat(seat) for seat in command.seats]
        if None in now:
            return Refusal("bad_message")
        taken = [
            seat
            for seat, status in zip(command.seats, now, strict=True)
            if status in (SeatStatus.HELD, SeatStatus.BOOKED)
        ]
        if taken:
            return Refusal("seats_taken", tuple(sorted(taken)))
        return self._switch(EventKind.BLOCK, command.seats)

    def _unblock(self, command: Unblock) -> Answer:
        if any(self._seat(seat) is None for seat in command.seats):
            return Refusal("bad_message")
        return self._switch(EventKind.UNBLOCK, command.seats)

    def _switch(self, kind: EventKind, seats: Iterable[int]) -> Answer:
        transition = TRANSITIONS[kind]
        assert transition is not None
        moved = sorted(seat for seat in seats if self._seat(seat) is transition[0])
        if not moved:
            return Done(None, ())
        self.version += 1
        self._move(kind, moved)
        self.happenings.append(Happening(self.version, kind, tuple(moved)))
        return Done(self.version, tuple(moved))

    def _refuse(self, hold: UUID, actor: Actor) -> Refusal | None:
        if hold not in self.holds:
            return Refusal("not_found")
        if self.holds[hold].holder != actor.holder and not actor.is_staff:
            return Refusal("forbidden")
        return None

    def _is_live(self, hold: UUID) -> bool:
        return self.holds[hold].status is HoldStatus.HELD and not self.is_lapsed(hold)

    def _done_hold(self, hold: ModelHold) -> Done:
        return Done(hold.version, hold.seats, hold.total, None, hold.expires_s)

    def _end(self, kind: EventKind, hold: UUID, status: HoldStatus) -> None:
        ended = self.holds[hold]
        self.version += 1
        ended.version = self.version
        self._close(hold, status)
        self._move(kind, ended.seats)
        self._log(kind, ended.seats, hold)

    def _close(self, hold: UUID, status: HoldStatus) -> None:
        self.holds[hold].status = status
        self.open_holds[self.holds[hold].holder].discard(hold)

    def _seat(self, seat: int) -> SeatStatus | None:
        return self.seats[seat] if 0 <= seat < len(self.seats) else None

    def _move(self, kind: EventKind, seats: Iterable[int], owner: UUID | None = None) -> None:
        transition = TRANSITIONS[kind]
        assert transition is not None
        before, after = transition
        for seat in seats:
            assert self.seats[seat] is before
            self.seats[seat] = after
            self.owners.pop(seat, None)
            if owner is not None:
                self.owners[seat] = owner

    def _log(self, kind: EventKind, seats: Iterable[int], hold: UUID) -> None:
        known = self.holds[hold]
        kept = known.seats if known.status in (HoldStatus.HELD, HoldStatus.BOOKED) else ()
        self.happenings.append(
            Happening(self.version, kind, tuple(sorted(seats)), hold, known.holder, kept)
        )


def keys(command: Command) -> set[object]:
    """Return what no other command of a batch may name."""
    named: set[object] = set(getattr(command, "seats", None) or ())
    for name in ("hold", "booking"):
        named.add(getattr(command, name, None))
    if isinstance(command, Hold):
        named.add(command.actor.holder)
    return named - {None}
