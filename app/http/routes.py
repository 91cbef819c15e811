"""The HTTP API in one table: path, method, what is asked for (app/auth.py says who may), and the
function that answers.

    observed -> CORS -> last handler -> handlers of known errors -> route -> identify -> function
"""

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Final

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from app.auth import ANONYMOUS, Action
from app.domain import Actor
from app.errors import SeatwireError, Unavailable, UnknownOutcome
from app.http import (
    admin,
    bookings,
    health,
    holds,
    pages,
    plans,
    sales,
    sessions,
    shows,
    tickets,
)
from app.http.observing import Observed
from app.http.openapi import description
from app.http.parsing import identify
from app.http.problems import HANDLERS, LAST_HANDLERS
from app.http.replies import REVALIDATE, not_modified
from app.services import Services

Answer = Callable[[Services, Request, Actor], Awaitable[Response]]
# What is asked for; None where nobody is asked for a token, not even for a valid one.
Entry = tuple[Action | None, Answer]

_SHOW: Final = "/api/v1/shows/{show}"
_CONVERTER: Final = re.compile(r":\w+")


async def read_description(_services: Services, request: Request, _actor: Actor) -> Response:
    """Answer what this table says, as OpenAPI."""
    document, etag = _description()
    unchanged = not_modified(request, etag, REVALIDATE)
    if unchanged is not None:
        return unchanged
    return Response(document, 200, {**REVALIDATE, "ETag": etag}, "application/json")


# Paths are tried in this order: what an on-sale asks comes first.
ROUTES: Final[dict[str, dict[str, Entry]]] = {
    f"{_SHOW}/holds": {
        "GET": (Action.OVERSEE, sales.list_holds),
        "POST": (Action.HOLD, holds.add_hold),
    },
    f"{_SHOW}/bookings": {
        "GET": (Action.OVERSEE, bookings.list_bookings),
        "POST": (Action.BOOK, bookings.add_booking),
    },
    "/api/v1/sessions": {"POST": (None, sessions.begin_session)},
    "/api/v1/venues": {"POST": (Action.ADD_VENUE, admin.add_venue)},
    "/api/v1/venues/{venue}": {"GET": (Action.WATCH, plans.read_venue)},
    "/api/v1/plans/check": {"POST": (Action.ADD_VENUE, admin.check_plan)},
    "/api/v1/plans/{hash}": {"GET": (Action.WATCH, plans.read_plan)},
    "/api/v1/shows": {
        "GET": (Action.WATCH, shows.list_shows),
        "POST": (Action.ADD_SHOW, admin.add_show),
    },
    _SHOW: {
        "GET": (Action.WATCH, shows.read_show),
        "PATCH": (Action.CHANGE_SHOW, admin.change_show),
    },
    f"{_SHOW}/seats": {"GET": (Action.WATCH, shows.read_seats)},
    f"{_SHOW}/seats/{{seat:path}}": {"GET": (Action.OVERSEE, sales.read_seat)},
    f"{_SHOW}/sales": {"GET": (Action.OVERSEE, sales.read_sales)},
    f"{_SHOW}/change-preview": {"GET": (Action.OVERSEE, sales.preview_change)},
    f"{_SHOW}/events": {"GET": (Action.READ_EVENTS, shows.read_events)},
    f"{_SHOW}/holds/{{hold}}": {
        "GET": (Action.READ_SALE, holds.read_hold),
        "DELETE": (Action.RELEASE, holds.release_hold),
    },
    f"{_SHOW}/holds/{{hold}}/extend": {"POST": (Action.EXTEND, holds.extend_hold)},
    f"{_SHOW}/bookings/{{booking}}": {
        "GET": (Action.READ_SALE, bookings.read_booking),
        "DELETE": (Action.CANCEL, bookings.cancel_booking),
    },
    f"{_SHOW}/bookings/{{booking}}/qr.svg": {"GET": (Action.READ_SALE, tickets.read_qr_code)},
    f"{_SHOW}/bookings/{{booking}}/calendar.ics": {
        "GET": (Action.READ_SALE, tickets.read_calendar),
    },
    "/api/v1/references/{reference}": {"GET": (Action.OVERSEE, tickets.read_reference)},
    f"{_SHOW}/blocks": {
        "POST": (Action.BLOCK, admin.block_seats),
        "DELETE": (Action.BLOCK, admin.unblock_seats),
    },
    "/openapi.json": {"GET": (None, read_description)},
    "/healthz": {"GET": (None, health.healthz)},
    "/readyz": {"GET": (None, health.readyz)},
    "/metrics": {"GET": (None, health.metrics)},
    "/static/{path:path}": {"GET": (None, pages.static_file)},
    "/": {"GET": (None, pages.home_page)},
    "/shows/{show}": {"GET": (None, pages.show_page)},
    "/shows/{show}/bookings/{booking}": {"GET": (None, pages.booking_page)},
    "/kiosk/{show}": {"GET": (None, pages.kiosk_page)},
    "/admin": {"GET": (None, pages.admin_page)},
}


@cache
def _description() -> tuple[bytes, str]:
    """Return the description of ROUTES and its ETag."""
    document = description(
        {
            (method, _CONVERTER.sub("", path)): action
            for path, entries in ROUTES.items()
            for method, (action, _) in entries.items()
        }
    )
    return document, f'"{hashlib.sha256(document).hexdigest()[:16]}"'


def http_app(services: Services) -> ASGIApp:
    """Return the application that answers HTTP; it opens and closes nothing."""
    application = Starlette(
        routes=[_route(services, path, ROUTES[path]) for path in ROUTES],
        middleware=[
            Middleware(Observed),
            Middleware(
                CORSMiddleware,
                allow_origins=services.settings.origins,
                allow_methods=["GET", "POST", "PATCH", "DELETE"],
                allow_headers=["Authorization", "Content-Type", "If-None-Match", "X-Request-ID"],
                expose_headers=["ETag", "Retry-After", "X-Request-ID"],
            ),
            Middleware(ExceptionMiddleware, handlers=LAST_HANDLERS),
        ],
        exception_handlers=HANDLERS,
    )
    application.state.static_folder = pages.open_folder(services.settings)
    return application


def _route(services: Services, path: str, entries: dict[str, Entry]) -> Route:
    """Return one route for all methods of *path*, so that 405 names every one of them."""

    async def answer(request: Request) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        action, function = entries[method]
        actor = ANONYMOUS
        if action is not None:
            actor = identify(request, services.tokens, action)
        try:
            return await function(services, request, actor)
        except asyncio.CancelledError:
            raise _unanswered(method) from None  # the server stops, and waits no longer

    return Route(path, answer, methods=list(entries))


def _unanswered(method: str) -> SeatwireError:
    if method == "GET":
        return Unavailable("This instance is shutting down; ask another one.")
    return UnknownOutcome("The answer was lost; ask again with the same id.")
