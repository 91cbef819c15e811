"""What answers look like: JSON bodies, and what a client has already."""

import hashlib
import re
from typing import Any, Final, Protocol

import msgspec
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

from app.domain import BookingState, Outcome
from app.references import References
from app.show_form import rfc3339

REVALIDATE: Final = {"Cache-Control": "no-cache"}


class Document(Protocol):
    """Bytes that are sent as they are, or compressed where that saves something."""

    @property
    def plain(self) -> bytes: ...
    @property
    def gzipped(self) -> bytes | None: ...


def reply(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return *body* as JSON."""
    return Response(msgspec.json.encode(body), status, headers, "application/json")


def tagged_reply(request: Request, body: Any) -> Response:
    """Return *body* as JSON with an ETag of what it says, or 304 when the client has it."""
    encoded = msgspec.json.encode(body)
    etag = f'"{hashlib.sha256(encoded).hexdigest()[:32]}"'
    unchanged = not_modified(request, etag, REVALIDATE)
    if unchanged is not None:
        return unchanged
    return Response(encoded, 200, {**REVALIDATE, "ETag": etag}, "application/json")


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


def document_reply(
    request: Request, document: Document, name: str, media_type: str, headers: dict[str, str]
) -> Response:
    """Return *document* in the coding the client takes, or 304 when it has it.

    name: what the document and no other has, such as its hash.
    """
    gzipped = document.gzipped if _takes_gzip(request.headers) else None
    etag = f'"{name}"' if gzipped is None else f'"{name}-gzip"'
    headers = {**headers, "Vary": "Accept-Encoding"}
    unchanged = not_modified(request, etag, headers)
    if unchanged is not None:
        return unchanged
    body = document.plain if gzipped is None else gzipped
    headers |= {"ETag": etag, "Content-Length": str(len(body))}
    if gzipped is not None:
        headers["Content-Encoding"] = "gzip"
    return Response(b"" if request.method == "HEAD" else body, 200, headers, media_type)


def _takes_gzip(headers: Headers) -> bool:
    for offer in headers.get("accept-encoding", "").lower().split(","):
        coding, _, weight = offer.partition(";")
        if coding.strip() in ("gzip", "*"):
            return re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", weight) is None
    return False


def booking_form(booking: BookingState, references: References) -> dict[str, Any]:
    """Return a booking on the wire."""
    return {
        "booking": booking.booking,
        "reference": references.make(booking.show, booking.booking),
        "hold": booking.hold,
        "holder": booking.holder,
        "seats": booking.seats,
        "total": booking.total,
        "status": booking.status,
        "version": booking.version,
        "created_at": rfc3339(booking.created_at),
        "contact": booking.contact,
    }
