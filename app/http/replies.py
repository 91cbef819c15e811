"""What answers look like: JSON bodies, and what a client has already."""

from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from app.domain import Outcome

REVALIDATE: Final = {"Cache-Control": "no-cache"}


def reply(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return *body* as JSON."""
    return Response(msgspec.json.encode(body), status, headers, "application/json")


def not_modified(request: Request, etag: str, headers: dict[str, str]) -> Response | None:
    """Return 304 when the client has what *etag* (with its quotes) stands for, else None."""
    wanted = request.headers.get("if-none-match")
    if wanted is None:
        return None
    known = {tag.strip().removeprefix("W/") for tag in wanted.split(",")}
    if etag in known or "*" in known:
        return Response(status_code=304, headers={**headers, "ETag": etag})
    return None


def hold_form(outcome: Outcome) -> dict[str, Any]:
    """Return what a hold answers."""
    return {
        "hold": outcome.hold,
        "seats": outcome.seats,
        "expires_in_ms": outcome.expires_in_ms,
        "total": outcome.total,
        "version": outcome.version,
    }


def booking_form(outcome: Outcome) -> dict[str, Any]:
    """Return what a booking answers."""
    return {
        "booking": outcome.booking,
        "seats": outcome.seats,
        "total": outcome.total,
        "version": outcome.version,
    }
