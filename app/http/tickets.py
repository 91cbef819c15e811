"""What a buyer takes away: a QR code for the door, a date for the calendar; and the door's side."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Final

import segno
from starlette.requests import Request
from starlette.responses import Response

from app.calendar_file import CalendarEvent, calendar_file
from app.domain import Actor, BookingState, BookingStatus, Show, ShowStatus
from app.errors import NotFound
from app.http.bookings import own_booking
from app.http.replies import booking_form, reply
from app.plans import SeatingPlan
from app.services import Services

# Somebody's own: no cache between may keep it.
_PRIVATE: Final = {"Cache-Control": "private, no-cache"}
# Modules of white around the code; readers want four.
_BORDER: Final = 4
# A date that has moved to nobody knows when.
_UNSURE: Final = (ShowStatus.POSTPONED,)


async def read_qr_code(services: Services, request: Request, actor: Actor) -> Response:
    """Answer the booking's reference as a QR code, black on white whatever the page's colours."""
    booking = await own_booking(services, request, actor)
    code = segno.make_qr(services.references.make(booking.show, booking.booking), error="m")
    drawing = BytesIO()
    code.save(drawing, kind="svg", border=_BORDER, dark="#000", light="#fff", omitsize=True)
    return Response(drawing.getvalue(), 200, _PRIVATE, "image/svg+xml")


async def read_calendar(services: Services, request: Request, actor: Actor) -> Response:
    """Answer the booking's show as a calendar file; asked again later it updates the same entry."""
    booking = await own_booking(services, request, actor)
    show = await services.catalog.show(booking.show)
    plan = await services.catalog.plan(show.plan_hash)
    venue = await services.catalog.venue(show.venue)
    reference = services.references.make(booking.show, booking.booking)
    event = CalendarEvent(
        uid=f"{booking.booking}@seatwire",
        sequence=show.version,
        starts_at=show.starts_at,
        made_at=datetime.now(UTC),
        title=show.title,
        place=venue.name,
        notes="\n".join((*_seat_names(booking, plan), reference)),
        status=_event_status(booking, show),
    )
    headers = {**_PRIVATE, "Content-Disposition": 'attachment; filename="booking.ics"'}
    return Response(calendar_file(event), 200, headers, "text/calendar")


async def read_reference(services: Services, request: Request, _actor: Actor) -> Response:
    """Answer the booking a reference stands for, as the ledger has it now."""
    found = services.references.read(request.path_params["reference"])
    if found is None:
        raise NotFound("This is no booking reference of ours.")
    show, booking_id = found
    booking = await services.ledger.booking(show, booking_id)
    if booking is None:
        raise NotFound("There is no such booking.")
    return reply({"show": show, **booking_form(booking, services.references)})


def _seat_names(booking: BookingState, plan: SeatingPlan) -> list[str]:
    return [plan.seat_name(seat) for seat in booking.seats]


def _event_status(booking: BookingState, show: Show) -> str:
    if booking.status is BookingStatus.CANCELLED or show.status is ShowStatus.CANCELLED:
        return "CANCELLED"
    return "TENTATIVE" if show.status in _UNSURE else "CONFIRMED"
