"""Bookings: seats that are sold."""

from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response

from app.auth import require_own
from app.domain import Actor, Book, Cancel
from app.errors import NotFound
from app.http.forms import BookForm
from app.http.parsing import read_form, show_id, uuid_in_path
from app.http.replies import booking_form, reply
from app.services import Services
from app.show_form import rfc3339


async def add_booking(services: Services, request: Request, actor: Actor) -> Response:
    """Book a whole hold; asking again answers the booking it has."""
    show = show_id(request)
    form = await read_form(request, BookForm)
    command = Book(show, form.hold, uuid4(), form.contact, actor)
    return reply(booking_form(await services.box_office.submit(command)), 201)


async def read_booking(services: Services, request: Request, actor: Actor) -> Response:
    booking = await services.ledger.booking(show_id(request), uuid_in_path(request, "booking"))
    if booking is None:
        raise NotFound("There is no such booking.")
    require_own(actor, booking.holder)
    form = {
        "booking": booking.booking,
        "hold": booking.hold,
        "seats": booking.seats,
        "total": booking.total,
        "status": booking.status,
        "version": booking.version,
        "created_at": rfc3339(booking.created_at),
        "contact": booking.contact,
    }
    return reply(form)


async def cancel_booking(services: Services, request: Request, actor: Actor) -> Response:
    command = Cancel(show_id(request), uuid_in_path(request, "booking"), actor)
    outcome = await services.box_office.submit(command)
    return reply({"version": outcome.version})
