"""Holds: seats that are somebody's for a while."""

from typing import Final
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import Response

from app.auth import require_own
from app.domain import Actor, Extend, Hold, HoldStatus, Release
from app.errors import HoldGone, HoldLimit, NotFound
from app.http.forms import HoldForm, ReleaseForm
from app.http.parsing import decode, read_body, read_form, seat_indexes, show_id, uuid_in_path
from app.http.replies import hold_form, reply
from app.services import Services
from app.show_form import SEATS_PER_HOLD_MAX

_READABLE: Final = (HoldStatus.HELD, HoldStatus.BOOKED)


async def add_hold(services: Services, request: Request, actor: Actor) -> Response:
    """Make a hold, or add seats to the hold of that id; asking again changes nothing."""
    show = show_id(request)
    form = await read_form(request, HoldForm)
    seats = await seat_indexes(form.seats, services.catalog, show)
    if len(seats) > SEATS_PER_HOLD_MAX:
        raise HoldLimit(f"No hold has more than {SEATS_PER_HOLD_MAX} seats.")
    command = Hold(show, form.hold or uuid4(), seats, actor)
    return reply(hold_form(await services.box_office.submit(command)), 201)


async def read_hold(services: Services, request: Request, actor: Actor) -> Response:
    """Answer a hold that is held or booked; of any other say what became of it.

    A booked one names its booking: whoever lost the answer to a booking finds it here.
    """
    hold = await services.ledger.hold(show_id(request), uuid_in_path(request, "hold"))
    if hold is None:
        raise NotFound("There is no such hold.")
    require_own(actor, hold.holder)
    if hold.status not in _READABLE:
        raise HoldGone(f"This hold is gone: {hold.status}.", hold_status=hold.status)
    is_held = hold.status is HoldStatus.HELD
    form = {
        "hold": hold.hold,
        "seats": hold.seats,
        "expires_in_ms": hold.expires_in_ms if is_held else None,
        "total": hold.total,
        "version": hold.version,
        "status": hold.status,
    }
    if hold.booking is not None:
        form["booking"] = hold.booking
    return reply(form)


async def release_hold(services: Services, request: Request, actor: Actor) -> Response:
    """Give back the seats the body names, or all when there is no body."""
    show, hold = show_id(request), uuid_in_path(request, "hold")
    body = await read_body(request)
    form = decode(body, ReleaseForm) if body else ReleaseForm()
    seats = None
    if form.seats is not None:
        seats = await seat_indexes(form.seats, services.catalog, show)
    outcome = await services.box_office.submit(Release(show, hold, seats, actor))
    return reply({"version": outcome.version})


async def extend_hold(services: Services, request: Request, actor: Actor) -> Response:
    command = Extend(show_id(request), uuid_in_path(request, "hold"), actor)
    outcome = await services.box_office.submit(command)
    return reply({"expires_in_ms": outcome.expires_in_ms})
