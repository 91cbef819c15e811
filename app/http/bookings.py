"""Bookings: seats that are sold."""

from typing import Final
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response

from app.auth import require_own
from app.domain import Actor, Book, BookingState, Cancel
from app.errors import NotFound
from app.http.forms import BookForm
from app.http.parsing import limit_in_query, read_form, show_id, uuid_in_path
from app.http.replies import booking_form, reply
from app.services import Services

BOOKINGS_DEFAULT: Final = 50
BOOKINGS_MAX: Final = 500


async def add_booking(services: Services, request: Request, actor: Actor) -> Response:
    """Book a whole hold; asking again answers the booking it has."""
    show = show_id(request)
    form = await read_form(request, BookForm)
    outcome = await services.box_office.submit(Book(show, form.hold, uuid4(), form.contact, actor))
    assert outcome.booking is not None
    booking = {
        "booking": outcome.booking,
        "reference": services.references.make(show, outcome.booking),
        "seats": outcome.seats,
        "total": outcome.total,
        "version": outcome.version,
    }
    return reply(booking, 201)


async def list_bookings(services: Services, request: Request, _actor: Actor) -> Response:
    """Answer a show's bookings, newest first, cancelled ones too."""
    show = (await services.catalog.show(show_id(request))).show
    limit = limit_in_query(request, BOOKINGS_DEFAULT, BOOKINGS_MAX)
    bookings = await services.sales.latest_bookings(show, limit)
    return reply({"bookings": [booking_form(b, services.references) for b in bookings]})


async def read_booking(services: Services, request: Request, actor: Actor) -> Response:
    booking = await own_booking(services, request, actor)
    return reply(booking_form(booking, services.references))


async def cancel_booking(services: Services, request: Request, actor: Actor) -> Response:
    command = Cancel(show_id(request), uuid_in_path(request, "booking"), actor)
    outcome = await services.box_office.submit(command)
    return reply({"version": outcome.version})


async def own_booking(services: Services, request: Request, actor: Actor) -> BookingState:
    """Return the booking of the path. Raises NotFound, or Forbidden when it is somebody else's."""
    booking = await services.ledger.booking(show_id(request), uuid_in_path(request, "booking"))
    if booking is None:
        raise NotFound("There is no such booking.")
    require_own(actor, booking.holder)
    return booking
