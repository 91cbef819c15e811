"""What the bodies of requests look like.

Unknown fields are refused: a misspelt one must not pass unseen.
"""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from app.domain import ShowStatus
from app.http.parsing import BIGINT_MAX
from app.show_form import (
    CURRENCY_DEFAULT,
    HOLD_TTL_S_DEFAULT,
    HOLD_TTL_S_MAX,
    HOLD_TTL_S_MIN,
    MESSAGE_CHARS_MAX,
    PRICE_MAX,
    SEATS_PER_HOLD_DEFAULT,
    SEATS_PER_HOLD_MAX,
    TITLE_CHARS_MAX,
)

LABEL_CHARS_MAX: Final = 200
NAME_CHARS_MAX: Final = 200
CONTACT_CHARS_MAX: Final = 500
REASON_CHARS_MAX: Final = 500
# Outside these years a date is a slip of the pen, and some have no UTC form at all.
YEAR_MIN: Final = 1970
YEAR_MAX: Final = 2999

SeatName = (
    Annotated[int, Meta(ge=0, le=BIGINT_MAX)]
    | Annotated[str, Meta(min_length=1, max_length=LABEL_CHARS_MAX)]
)
Currency = Annotated[str, Meta(pattern=r"^[A-Z]{3}\Z")]
HoldTtl = Annotated[int, Meta(ge=HOLD_TTL_S_MIN, le=HOLD_TTL_S_MAX)]
SeatsPerHold = Annotated[int, Meta(ge=1, le=SEATS_PER_HOLD_MAX)]
Prices = dict[str, Annotated[int, Meta(ge=0, le=PRICE_MAX)]]
Moment = Annotated[datetime, Meta(tz=True)]


class Form(Struct, forbid_unknown_fields=True, frozen=True):
    """Base of all bodies."""


class HoldForm(Form, frozen=True):
    seats: list[SeatName]
    hold: UUID | None = None


class ReleaseForm(Form, frozen=True):
    seats: list[SeatName] | None = None


class BookForm(Form, frozen=True):
    hold: UUID
    contact: str | None = None

    def __post_init__(self) -> None:
        _check_text("contact", self.contact, CONTACT_CHARS_MAX)


class BlockForm(Form, frozen=True):
    seats: list[SeatName]
    reason: str = ""

    def __post_init__(self) -> None:
        _check_text("reason", self.reason, REASON_CHARS_MAX)


class VenueForm(Form, frozen=True):
    """plan: as it came, so that its faults are found by the plan's own reader."""

    name: str
    plan: Raw

    def __post_init__(self) -> None:
        _check_line("name", self.name, NAME_CHARS_MAX)


class ShowForm(Form, frozen=True):
    venue: Annotated[int, Meta(ge=1, le=BIGINT_MAX)]
    title: str
    starts_at: Moment
    currency: Currency = CURRENCY_DEFAULT
    prices: Prices = {}
    status: ShowStatus = ShowStatus.SCHEDULED
    hold_ttl_s: HoldTtl = HOLD_TTL_S_DEFAULT
    seats_per_hold_max: SeatsPerHold = SEATS_PER_HOLD_DEFAULT
    message: str | None = None

    def __post_init__(self) -> None:
        _check_line("title", self.title, TITLE_CHARS_MAX)
        _check_year("starts_at", self.starts_at)
        _check_text("message", self.message, MESSAGE_CHARS_MAX)


class ShowPatchForm(Form, frozen=True):
    """A field that is missing stays as it is; a message that is null or empty is taken away."""

    title: str | UnsetType = UNSET
    starts_at: Moment | UnsetType = UNSET
    currency: Currency | UnsetType = UNSET
    prices: Prices | UnsetType = UNSET
    status: ShowStatus | UnsetType = UNSET
    hold_ttl_s: HoldTtl | UnsetType = UNSET
    seats_per_hold_max: SeatsPerHold | UnsetType = UNSET
    message: str | None | UnsetType = UNSET

    def __post_init__(self) -> None:
        if all(getattr(self, name) is UNSET for name in self.__struct_fields__):
            raise ValueError("Name at least one field to change")
        if self.prices == {}:
            raise ValueError("`prices` must name at least one category")
        if self.title is not UNSET:
            _check_line("title", self.title, TITLE_CHARS_MAX)
        if self.starts_at is not UNSET:
            _check_year("starts_at", self.starts_at)
        if self.message is not UNSET:
            _check_text("message", self.message, MESSAGE_CHARS_MAX)


def _check_line(name: str, value: str, chars_max: int) -> None:
    if not value.strip():
        raise ValueError(f"`{name}` must not be empty")
    if not value.isprintable():
        raise ValueError(f"`{name}` must be one line without control characters")
    _check_text(name, value, chars_max)


def _check_text(name: str, value: str | None, chars_max: int) -> None:
    if value is None:
        return
    if len(value) > chars_max:
        raise ValueError(f"`{name}` must have no more than {chars_max:,} characters")
    if "\0" in value:
        raise ValueError(f"`{name}` must not contain the character NUL")


def _check_year(name: str, value: datetime) -> None:
    if not YEAR_MIN <= value.year <= YEAR_MAX:
        raise ValueError(f"`{name}` must be in the years {YEAR_MIN} to {YEAR_MAX}")
