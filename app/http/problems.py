"""Errors as application/problem+json (RFC 9457): our code beside the standard members."""

import math
from typing import Any, Final

import msgspec
import structlog
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ExceptionHandler

from app.errors import (
    BadMessage,
    Forbidden,
    NotFound,
    SeatwireError,
    TooLarge,
    Unauthorized,
)
from app.http.pages import missing_page

_TITLES: Final = {
    "bad_message": "The request is not valid",
    "too_large": "The request is too large",
    "unauthorized": "A valid token is needed",
    "forbidden": "Not allowed",
    "not_found": "Not found",
    "seats_taken": "Seats are taken",
    "hold_gone": "The hold is gone",
    "hold_limit": "Too many seats",
    "show_closed": "The show is not on sale",
    "rate_limited": "Too many requests",
    "unavailable": "Not available right now",
    "unknown_outcome": "The outcome is not known",
    "internal": "Something went wrong",
}
# The framework's own refusals, in our words.
_BY_STATUS: Final[dict[int, type[SeatwireError]]] = {
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    413: TooLarge,
}

log = structlog.get_logger(__name__)


async def on_seatwire_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, SeatwireError)
    page = missing_page(request) if isinstance(error, NotFound) else None
    if page is not None:
        return page
    headers = {}
    if error.temporary:
        headers["Retry-After"] = str(max(1, math.ceil(error.fields.get("retry_in_ms", 0) / 1000)))
    if isinstance(error, Unauthorized):
        sent = "authorization" in request.headers
        headers["WWW-Authenticate"] = (
            'Bearer realm="seatwire", error="invalid_token"' if sent else 'Bearer realm="seatwire"'
        )
    return _problem(error.code, error.http_status, error.message, error.fields, headers)


async def on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    page = missing_page(request) if error.status_code == 404 else None
    if page is not None:
        return page
    code = _BY_STATUS.get(error.status_code, BadMessage).code
    headers = dict(error.headers or {})
    return _problem(code, error.status_code, f"{error.detail}.", {}, headers)


async def on_disconnect(request: Request, _: Exception) -> Response:
    return await on_seatwire_error(request, BadMessage("The body ended early."))


async def on_unexpected_error(_: Request, error: Exception) -> Response:
    """Answer 500 and say nothing of what happened; the log has it under the request's id."""
    log.error("http.failed", exc_info=error)
    return _problem("internal", 500, "It is logged under the request's id.", {}, {})


HANDLERS: Final[dict[Any, ExceptionHandler]] = {
    SeatwireError: on_seatwire_error,
    HTTPException: on_http_exception,
    ClientDisconnect: on_disconnect,
}
# Kept apart: Starlette would raise the error again after answering, and the server log it again.
LAST_HANDLERS: Final[dict[Any, ExceptionHandler]] = {Exception: on_unexpected_error}


def _problem(
    code: str, status: int, detail: str, fields: dict[str, Any], headers: dict[str, str]
) -> Response:
    problem = {
        **fields,
        "type": f"urn:seatwire:problem:{code}",
        "title": _TITLES[code],
        "status": status,
        "detail": detail,
        "code": code,
    }
    headers.setdefault("Cache-Control", "no-store")
    return Response(msgspec.json.encode(problem), status, headers, "application/problem+json")
