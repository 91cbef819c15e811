"""From a request to typed values: who asks, the ids in the path, the body, seats by index or label.

Everything here raises a SeatwireError that says what is wrong and where.
"""

import re
from collections.abc import Sequence
from typing import Final, TypeVar
from uuid import UUID

import msgspec
from starlette.requests import Request

from app.auth import ANONYMOUS, Action, Tokens, require
from app.catalog import Catalog
from app.domain import SEATS_PER_COMMAND_MAX, Actor
from app.errors import BadMessage, NotFound, TooLarge, Unauthorized
from app.plans import SeatingPlan

T = TypeVar("T")

# SEATS_PER_COMMAND_MAX seat indexes of five digits fit.
BODY_BYTES_MAX: Final = 64 * 1024
# Four times the plan of a stadium of 40,000 seats.
VENUE_BODY_BYTES_MAX: Final = 32 * 1024 * 1024
BIGINT_MAX: Final = 2**63 - 1

_WHOLE_NUMBER: Final = re.compile(r"[0-9]{1,19}", re.ASCII)
# How msgspec says where: a path into the document, or a byte of it.
_PLACE: Final = re.compile(r" - at `(?P<path>[^`]*)`$| \((?P<byte>byte \d+)\)$")


def identify(request: Request, tokens: Tokens, action: Action) -> Actor:
    """Return who asks, if they may do *action*. Raises Unauthorized or Forbidden.

    A token counts in the Authorization header only: URLs end up in logs and histories. One that
    is sent must be valid, even where none is needed.
    """
    header = request.headers.get("authorization")
    actor = ANONYMOUS if header is None else tokens.verify(_bearer(header)).actor
    require(actor, action)
    return actor


def show_id(request: Request) -> int:
    """Return the show of the path. Raises NotFound for what cannot be a show's id."""
    return _id_in_path(request, "show")


def venue_id(request: Request) -> int:
    """Return the venue of the path. Raises NotFound for what cannot be a venue's id."""
    return _id_in_path(request, "venue")


def uuid_in_path(request: Request, name: str) -> UUID:
    """Return the id *name* of the path. Raises NotFound for what is no UUID."""
    try:
        return msgspec.convert(request.path_params[name], UUID)
    except msgspec.ValidationError:
        raise NotFound(f"There is no such {name}.") from None


def seat_in_path(request: Request, plan: SeatingPlan) -> int:
    """Return the seat of the path: digits are an index, all else a label. Raises NotFound."""
    seat = request.path_params["seat"]
    number = _whole_number(seat)
    index = plan.index_of(seat) if number is None else number
    if index is None or index >= plan.count:
        raise NotFound(f"The plan has no seat {_shown(seat)}.")
    return index


def limit_in_query(request: Request, default: int, maximum: int) -> int:
    """Return the `limit` of the query. Raises BadMessage when it is not from 1 to *maximum*."""
    limit = number_in_query(request, "limit", default)
    if not 1 <= limit <= maximum:
        raise BadMessage(f"`limit` must be from 1 to {maximum:,}.", where="limit")
    return limit


def number_in_query(request: Request, name: str, default: int) -> int:
    """Return a whole number of the query. Raises BadMessage."""
    text = request.query_params.get(name)
    number = default if text is None else _whole_number(text)
    if number is None:
        raise BadMessage(f"`{name}` must be a whole number from 0.", where=name)
    return number


async def read_form(request: Request, form: type[T], *, bytes_max: int = BODY_BYTES_MAX) -> T:
    """Return the body as *form*. Raises BadMessage or TooLarge."""
    return decode(await read_body(request, bytes_max), form)


async def read_body(request: Request, bytes_max: int = BODY_BYTES_MAX) -> bytes:
    """Return the body; reading stops at *bytes_max*. Raises TooLarge."""
    declared = _whole_number(request.headers.get("content-length", ""))
    if declared is not None and declared > bytes_max:
        raise _too_large(bytes_max)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > bytes_max:
            raise _too_large(bytes_max)
    return bytes(body)


def _too_large(bytes_max: int) -> TooLarge:
    return TooLarge(f"The body is longer than {bytes_max:,} bytes.", bytes_max=bytes_max)


def decode(body: bytes, form: type[T]) -> T:
    """Return JSON as *form*. Raises BadMessage; `where` is the place of the fault."""
    try:
        return msgspec.json.decode(body, type=form)
    except msgspec.DecodeError as error:
        text = str(error)
        place = _PLACE.search(text)
        where = (place["path"] or place["byte"]) if place else "$"
        message = text[: place.start()] if place else text
        raise BadMessage(f"{message}, at {where}.", where=where) from None
    except RecursionError:
        raise BadMessage("The body is nested too deeply.", where="$") from None


async def seat_indexes(seats: Sequence[int | str], catalog: Catalog, show: int) -> tuple[int, ...]:
    """Return the indexes of *seats*, each given by index or by label, in ascending order.

    Raises BadMessage that names the seat which the plan does not have, or which stands twice;
    NotFound (the show).
    """
    count = await catalog.seat_count(show)
    if not seats:
        raise BadMessage("Name at least one seat.", where="$.seats")
    if len(seats) > SEATS_PER_COMMAND_MAX:
        raise BadMessage(f"No more than {SEATS_PER_COMMAND_MAX:,} seats at once.", where="$.seats")
    # Only labels need the plan, which takes long to read for the first time.
    by_label: dict[str, int | None] = {}
    if labels := [seat for seat in seats if isinstance(seat, str)]:
        plan = await catalog.plan_of(show)
        by_label = {label: plan.index_of(label) for label in labels}
    indexes: set[int] = set()
    for place, seat in enumerate(seats):
        index = by_label[seat] if isinstance(seat, str) else seat
        where = f"$.seats[{place}]"
        if index is None or index >= count:
            raise BadMessage(f"The plan has no seat {_shown(seat)}.", seat=seat, where=where)
        if index in indexes:
            raise BadMessage(f"The seat {_shown(seat)} is named twice.", seat=seat, where=where)
        indexes.add(index)
    return tuple(sorted(indexes))


def _id_in_path(request: Request, name: str) -> int:
    number = _whole_number(request.path_params[name])
    if number is None:
        raise NotFound(f"There is no such {name}.")
    return number


def _bearer(header: str) -> str:
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthorized("Send the token as `Authorization: Bearer …`.")
    return token.strip()


def _whole_number(text: str) -> int | None:
    if not _WHOLE_NUMBER.fullmatch(text) or int(text) > BIGINT_MAX:
        return None
    return int(text)


def _shown(seat: int | str) -> str:
    return f"“{seat}”" if isinstance(seat, str) else str(seat)
