"""Shows, their seats and their history."""

import base64
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from app.changes import pack_statuses
from app.domain import Actor
from app.errors import NotFound
from app.http.parsing import number_in_query, show_id
from app.http.replies import REVALIDATE, not_modified, reply, tagged_reply
from app.ledger import Event
from app.services import Services
from app.show_form import rfc3339, show_form

# The next ones to start; a house with more shows than this sends its visitors elsewhere first.
SHOWS_LISTED_MAX: Final = 200
EVENTS_MAX: Final = 1_000


async def list_shows(services: Services, request: Request, _actor: Actor) -> Response:
    forms = [
        show_form(show, await services.catalog.category_names(show.plan_hash))
        for show in await services.catalog.shows(SHOWS_LISTED_MAX)
    ]
    return tagged_reply(request, {"shows": forms})


async def read_show(services: Services, request: Request, _actor: Actor) -> Response:
    show = await services.catalog.show(show_id(request))
    form = show_form(show, await services.catalog.category_names(show.plan_hash))
    return tagged_reply(request, form)


async def read_seats(services: Services, request: Request, _actor: Actor) -> Response:
    """Answer the statuses of all seats, two bits a seat as in a snapshot push."""
    snapshot = await services.board_keeper.snapshot(show_id(request))
    (epoch, version), statuses = snapshot.position, snapshot.statuses
    etag = f'"{epoch}.{version}"'
    unchanged = not_modified(request, etag, REVALIDATE)
    if unchanged is not None:
        return unchanged
    seats = {
        "epoch": epoch,
        "version": version,
        "count": len(statuses),
        "seats": base64.b64encode(pack_statuses(statuses)).decode(),
    }
    return reply(seats, headers={**REVALIDATE, "ETag": etag})


async def read_events(services: Services, request: Request, _actor: Actor) -> Response:
    """Answer up to EVENTS_MAX events later than `after`; `version` is where the show is by now."""
    show = show_id(request)
    after = number_in_query(request, "after", default=0)
    events = await services.ledger.events_after(show, after, EVENTS_MAX)
    position = await services.ledger.position(show)
    if position is None:
        raise NotFound(f"There is no show {show}.")
    return reply({"events": [_event_form(event) for event in events], "version": position.version})


def _event_form(event: Event) -> dict[str, Any]:
    change = event.change
    return {
        "version": change.version,
        "kind": change.kind,
        "actor": event.actor,
        "holder": change.holder,
        "hold": change.hold,
        "booking": event.booking,
        "seats": change.seats,
        "at": rfc3339(event.at),
        "detail": change.detail,
    }
