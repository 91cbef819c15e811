"""The words of a sale: statuses, who acts, what can be asked, what comes of it. Pure.

Life of a seat:   available -> held (hold) -> booked (book)
                  held -> available (release, expire); booked -> available (cancel)
                  available -> blocked (block) -> available (unblock)
Life of a hold:   held -> released | expired | booked; booked -> cancelled with its booking
"""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Final
from uuid import UUID

from msgspec import Struct


class SeatStatus(IntEnum):
    """The wire's number for a seat; the same number stands in SQL, Lua and JavaScript."""

    AVAILABLE = 0
    HELD = 1
    BOOKED = 2
    BLOCKED = 3


class ShowStatus(StrEnum):
    SCHEDULED = "scheduled"
    ON_SALE = "on_sale"
    PAUSED = "paused"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"
    CLOSED = "closed"


class HoldStatus(StrEnum):
    HELD = "held"
    RELEASED = "released"
    EXPIRED = "expired"
    BOOKED = "booked"
    CANCELLED = "cancelled"


class BookingStatus(StrEnum):
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class EventKind(StrEnum):
    """What can happen to a show; each happening has its own version."""

    HOLD = "hold"
    RELEASE = "release"
    EXTEND = "extend"
    EXPIRE = "expire"
    BOOK = "book"
    CANCEL = "cancel"
    BLOCK = "block"
    UNBLOCK = "unblock"
    SHOW = "show"


# kind -> (what a touched seat was, what it is after); None: the seats stay as they are.
TRANSITIONS: Final[dict[EventKind, tuple[SeatStatus, SeatStatus] | None]] = {
    EventKind.HOLD: (SeatStatus.AVAILABLE, SeatStatus.HELD),
    EventKind.RELEASE: (SeatStatus.HELD, SeatStatus.AVAILABLE),
    EventKind.EXTEND: None,
    EventKind.EXPIRE: (SeatStatus.HELD, SeatStatus.AVAILABLE),
    EventKind.BOOK: (SeatStatus.HELD, SeatStatus.BOOKED),
    EventKind.CANCEL: (SeatStatus.BOOKED, SeatStatus.AVAILABLE),
    EventKind.BLOCK: (SeatStatus.AVAILABLE, SeatStatus.BLOCKED),
    EventKind.UNBLOCK: (SeatStatus.BLOCKED, SeatStatus.AVAILABLE),
    # A cancelled show ends its holds in the same event that cancels it.
    EventKind.SHOW: (SeatStatus.HELD, SeatStatus.AVAILABLE),
}


class Role(StrEnum):
    ANONYMOUS = "anonymous"
    BUYER = "buyer"
    KIOSK = "kiosk"
    STAFF = "staff"
    ADMIN = "admin"


class Actor(Struct, frozen=True):
    """Who asks: `holder` is the token's subject; staff may act on anybody's hold."""

    holder: str
    role: Role

    @property
    def is_staff(self) -> bool:
        return self.role in (Role.STAFF, Role.ADMIN)


# A hold lasts at most this many times the show's hold_ttl_s, however often it is extended:
# a buyer who needs longer has left (Revel: 10 minutes, 30 at most).
HOLD_EXTENSION_FACTOR: Final = 3

# More seats than this in one command would not fit a 4 KiB client message anyway; staff who
# block a whole stand over HTTP do it in parts.
SEATS_PER_COMMAND_MAX: Final = 10_000


class Hold(Struct, frozen=True):
    """Hold *seats*, or add them to the hold of that id; all or none."""

    show: int
    hold: UUID
    seats: tuple[int, ...]
    actor: Actor


class Release(Struct, frozen=True):
    """Give back *seats* of a hold, or all of it when None."""

    show: int
    hold: UUID
    seats: tuple[int, ...] | None
    actor: Actor


class Extend(Struct, frozen=True):
    """Let a hold last a whole hold_ttl_s from now, up to its cap."""

    show: int
    hold: UUID
    actor: Actor


class Expire(Struct, frozen=True):
    """Give back a hold whose time has passed; nothing happens to one whose time has not."""

    show: int
    hold: UUID
    actor: Actor


class Book(Struct, frozen=True):
    """Make a hold a booking. *booking* is the id it gets unless the hold already has one."""

    show: int
    hold: UUID
    booking: UUID
    contact: str | None
    actor: Actor


class Cancel(Struct, frozen=True):
    """Cancel a booking and give its seats back."""

    show: int
    booking: UUID
    actor: Actor


class Block(Struct, frozen=True):
    """Take *seats* off sale; all or none."""

    show: int
    seats: tuple[int, ...]
    reason: str
    actor: Actor


class Unblock(Struct, frozen=True):
    """Put blocked *seats* back on sale; those that are not blocked stay as they are."""

    show: int
    seats: tuple[int, ...]
    reason: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class ShowPatch:
    """The fields of a show to change; None leaves a field as it is, "" clears the message.

    prices: whole minor units by category index; None leaves a category's price as it is.
    """

    title: str | None = None
    starts_at: datetime | None = None
    currency: str | None = None
    prices: tuple[int | None, ...] | None = None
    status: ShowStatus | None = None
    hold_ttl_s: int | None = None
    seats_per_hold_max: int | None = None
    message: str | None = None


class ChangeShow(Struct, frozen=True):
    """Change a show; cancelling it ends its open holds in the same step."""

    show: int
    patch: ShowPatch
    actor: Actor


Command = Hold | Release | Extend | Expire | Book | Cancel | Block | Unblock | ChangeShow


class Outcome(Struct, frozen=True):
    """What a command that was carried out answers.

    version: the show's version at which it took effect (for a repeated command: at which it
    first did). seats: all seats of the hold or booking, or the seats blocked. total: whole
    minor units. expires_in_ms: None where there is no live hold.
    """

    version: int
    seats: tuple[int, ...] = ()
    hold: UUID | None = None
    booking: UUID | None = None
    expires_in_ms: int | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class HoldState:
    """A hold as the ledger has it."""

    show: int
    hold: UUID
    holder: str
    status: HoldStatus
    seats: tuple[int, ...]
    total: int
    version: int
    expires_in_ms: int
    booking: UUID | None


@dataclass(frozen=True, slots=True)
class BookingState:
    """A booking as the ledger has it."""

    show: int
    booking: UUID
    hold: UUID
    holder: str
    status: BookingStatus
    seats: tuple[int, ...]
    total: int
    version: int
    contact: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Show:
    """A show as the ledger has it. prices: whole minor units, by category index."""

    show: int
    venue: int
    title: str
    starts_at: datetime
    currency: str
    prices: tuple[int, ...]
    status: ShowStatus
    hold_ttl_s: int
    seats_per_hold_max: int
    message: str | None
    plan_hash: str
    count: int
    epoch: int
    version: int
