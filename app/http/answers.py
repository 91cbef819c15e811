"""What the bodies of answers look like, for those who read the API's description.

The functions of the API make their answers themselves; a test holds every answer against these.
"""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from app.domain import BookingStatus, EventKind, HoldStatus, SeatStatus, ShowStatus

Count = Annotated[int, Meta(ge=0)]
MinorUnits = Annotated[int, Meta(ge=0)]
Hash = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class Answer(Struct, forbid_unknown_fields=True, frozen=True):
    """Base of all answers."""


class SessionAnswer(Answer, frozen=True):
    token: str
    holder: str
    expires_in: Count


class ShowAnswer(Answer, frozen=True):
    show: int
    venue: int
    title: str
    starts_at: datetime
    currency: str
    prices: dict[str, MinorUnits]
    status: ShowStatus
    hold_ttl_s: int
    seats_per_hold_max: int
    message: str | None
    plan_hash: Hash
    count: Count
    epoch: Count
    version: Count


class ShowsAnswer(Answer, frozen=True):
    shows: list[ShowAnswer]


class ChangedShowAnswer(ShowAnswer, frozen=True):
    reached: Count


class SeatsAnswer(Answer, frozen=True):
    """seats: base64 of two bits a seat, four seats a byte, lowest bits first."""

    epoch: Count
    version: Count
    count: Count
    seats: str


class HoldAnswer(Answer, frozen=True):
    hold: UUID
    seats: list[Count]
    expires_in_ms: Count | None
    total: MinorUnits
    version: Count


class HoldStateAnswer(HoldAnswer, frozen=True):
    status: HoldStatus
    booking: UUID | UnsetType = UNSET


class LiveHoldAnswer(HoldAnswer, frozen=True):
    holder: str


class HoldsAnswer(Answer, frozen=True):
    holds: list[LiveHoldAnswer]


class VersionAnswer(Answer, frozen=True):
    version: Count


class ExtendedAnswer(Answer, frozen=True):
    expires_in_ms: Count


class BookedAnswer(Answer, frozen=True):
    booking: UUID
    reference: str
    seats: list[Count]
    total: MinorUnits
    version: Count


class BookingAnswer(BookedAnswer, frozen=True):
    hold: UUID
    holder: str
    status: BookingStatus
    created_at: datetime
    contact: str | None


class ReferenceAnswer(BookingAnswer, frozen=True):
    show: int


class BookingsAnswer(Answer, frozen=True):
    bookings: list[BookingAnswer]


class SeatAnswer(Answer, frozen=True):
    seat: Count
    label: str
    name: str
    category: str
    price: MinorUnits
    status: SeatStatus
    hold: UUID | UnsetType = UNSET
    booking: UUID | UnsetType = UNSET
    holder: str | UnsetType = UNSET
    expires_in_ms: int | UnsetType = UNSET
    reason: str | UnsetType = UNSET


class CategoryAnswer(Answer, frozen=True):
    name: str
    price: MinorUnits
    available: Count
    held: Count
    booked: Count
    blocked: Count
    revenue: MinorUnits


class LapsingAnswer(Answer, frozen=True):
    hold: UUID
    holder: str
    seats: list[Count]
    expires_in_ms: int


class InstanceAnswer(Answer, frozen=True):
    instance: str
    watchers: Count


class SalesAnswer(Answer, frozen=True):
    categories: list[CategoryAnswer]
    bookings_by_minute: list[Count]
    lapsing: list[LapsingAnswer]
    refusals: dict[str, Count]
    instances: list[InstanceAnswer]
    watchers: Count
    version: Count


class PreviewAnswer(Answer, frozen=True):
    open_holds: Count
    held_seats: Count
    bookings: Count
    holds_end: bool
    watchers: Count


class EventAnswer(Answer, frozen=True):
    version: Count
    kind: EventKind
    actor: str
    holder: str | None
    hold: UUID | None
    booking: UUID | None
    seats: list[Count]
    at: datetime
    detail: dict[str, Any] | None


class EventsAnswer(Answer, frozen=True):
    events: list[EventAnswer]
    version: Count


class VenueAnswer(Answer, frozen=True):
    venue: int
    plan_hash: Hash
    count: Count


class NamedVenueAnswer(VenueAnswer, frozen=True):
    name: str


class PlanCategoryAnswer(Answer, frozen=True):
    name: str
    color: str
    count: Count


class PlanAnswer(Answer, frozen=True):
    name: str
    count: Count
    hash: Hash
    categories: list[PlanCategoryAnswer]


class AliveAnswer(Answer, frozen=True):
    alive: bool


class ReadyAnswer(Answer, frozen=True):
    ready: bool
    ledger: str
    board: str
    feed: str


class Problem(Struct, frozen=True):
    """RFC 9457, with a stable `code` and the fields of that code."""

    type: str
    title: str
    status: Annotated[int, Meta(ge=400, le=599)]
    detail: str
    code: str
