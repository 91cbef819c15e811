"""The API's own description, served at /openapi.json: OpenAPI 3.1, made from the forms of bodies
and answers.

What stands here and what is routed are compared by a test, and so is every answer with its form.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from app.auth import ROLES, Action
from app.domain import Role, ShowStatus
from app.http import answers, forms
from app.http.bookings import BOOKINGS_DEFAULT, BOOKINGS_MAX

JSON: Final = "application/json"
PROBLEM: Final = "application/problem+json"
HTML: Final = "text/html"

_SHOW: Final = "/api/v1/shows/{show}"


@dataclass(frozen=True, slots=True)
class Operation:
    """What one method of one path takes and answers.

    answer: a form, or None when only media_type says what it is. others: further statuses that
    come with the same form (503) or with none (304). query: parameters by name, as schemas.
    """

    summary: str
    answer: type | None = None
    status: int = 200
    media_type: str = JSON
    body: type | dict[str, Any] | None = None
    body_is_optional: bool = False
    others: tuple[int, ...] = ()
    query: Mapping[str, dict[str, Any]] | None = None


def _page(summary: str) -> Operation:
    return Operation(summary, media_type=HTML, others=(304,))


OPERATIONS: Final[dict[tuple[str, str], Operation]] = {
    ("POST", "/api/v1/sessions"): Operation(
        "Begin an anonymous buyer's session", answers.SessionAnswer, 201
    ),
    ("POST", "/api/v1/venues"): Operation(
        "Add a venue with its plan", answers.VenueAnswer, 201, body=forms.VenueForm
    ),
    ("GET", "/api/v1/venues/{venue}"): Operation(
        "Read a venue", answers.NamedVenueAnswer, others=(304,)
    ),
    ("POST", "/api/v1/plans/check"): Operation(
        "Say what a plan would be; nothing is kept", answers.PlanAnswer, body={"type": "object"}
    ),
    ("GET", "/api/v1/plans/{hash}"): Operation("Read a plan's document", others=(304,)),
    ("GET", "/api/v1/shows"): Operation("List the shows", answers.ShowsAnswer),
    ("POST", "/api/v1/shows"): Operation(
        "Add a show", answers.ShowAnswer, 201, body=forms.ShowForm
    ),
    ("GET", _SHOW): Operation("Read a show", answers.ShowAnswer),
    ("PATCH", _SHOW): Operation(
        "Change a show", answers.ChangedShowAnswer, body=forms.ShowPatchForm
    ),
    ("GET", f"{_SHOW}/seats"): Operation(
        "Read the statuses of all seats", answers.SeatsAnswer, others=(304,)
    ),
    ("GET", f"{_SHOW}/seats/{{seat}}"): Operation("Read one seat", answers.SeatAnswer),
    ("GET", f"{_SHOW}/sales"): Operation("Say how a show sells", answers.SalesAnswer),
    ("GET", f"{_SHOW}/change-preview"): Operation(
        "Say what a change would touch",
        answers.PreviewAnswer,
        query={"status": {"enum": [status.value for status in ShowStatus]}},
    ),
    ("GET", f"{_SHOW}/events"): Operation(
        "Read the history",
        answers.EventsAnswer,
        query={"after": {"type": "integer", "minimum": 0, "default": 0}},
    ),
    ("GET", f"{_SHOW}/holds"): Operation("List the live holds", answers.HoldsAnswer),
    ("POST", f"{_SHOW}/holds"): Operation(
        "Hold seats, or add them to a hold", answers.HoldAnswer, 201, body=forms.HoldForm
    ),
    ("GET", f"{_SHOW}/holds/{{hold}}"): Operation("Read a hold", answers.HoldStateAnswer),
    ("DELETE", f"{_SHOW}/holds/{{hold}}"): Operation(
        "Release seats of a hold, or all",
        answers.VersionAnswer,
        body=forms.ReleaseForm,
        body_is_optional=True,
    ),
    ("POST", f"{_SHOW}/holds/{{hold}}/extend"): Operation("Extend a hold", answers.ExtendedAnswer),
    ("GET", f"{_SHOW}/bookings"): Operation(
        "List the latest bookings",
        answers.BookingsAnswer,
        query={
            "limit": {
                "type": "integer",
                "minimum": 1,
                "maximum": BOOKINGS_MAX,
                "default": BOOKINGS_DEFAULT,
            }
        },
    ),
    ("POST", f"{_SHOW}/bookings"): Operation(
        "Book a hold", answers.BookedAnswer, 201, body=forms.BookForm
    ),
    ("GET", f"{_SHOW}/bookings/{{booking}}"): Operation("Read a booking", answers.BookingAnswer),
    ("DELETE", f"{_SHOW}/bookings/{{booking}}"): Operation(
        "Cancel a booking", answers.VersionAnswer
    ),
    ("GET", f"{_SHOW}/bookings/{{booking}}/qr.svg"): Operation(
        "Draw a booking's reference", media_type="image/svg+xml"
    ),
    ("GET", f"{_SHOW}/bookings/{{booking}}/calendar.ics"): Operation(
        "Read a booking as a calendar file", media_type="text/calendar"
    ),
    ("GET", "/api/v1/references/{reference}"): Operation(
        "Say which booking a reference stands for", answers.ReferenceAnswer
    ),
    ("POST", f"{_SHOW}/blocks"): Operation(
        "Take seats off sale", answers.VersionAnswer, 201, body=forms.BlockForm
    ),
    ("DELETE", f"{_SHOW}/blocks"): Operation(
        "Put seats back on sale", answers.VersionAnswer, body=forms.BlockForm
    ),
    ("GET", "/openapi.json"): Operation("Read this description", others=(304,)),
    ("GET", "/healthz"): Operation("Say that the process is alive", answers.AliveAnswer),
    ("GET", "/readyz"): Operation("Say what is ready", answers.ReadyAnswer, others=(503,)),
    ("GET", "/metrics"): Operation("Read the counts", media_type="text/plain"),
    ("GET", "/static/{path}"): Operation("Read a static file", media_type="*/*", others=(304,)),
    ("GET", "/"): _page("The list of shows"),
    ("GET", "/shows/{show}"): _page("A show's page"),
    ("GET", "/shows/{show}/bookings/{booking}"): _page("A booking's page"),
    ("GET", "/kiosk/{show}"): _page("A show's page for the foyer"),
    ("GET", "/admin"): _page("The box office"),
}

_PARAMETERS: Final[dict[str, dict[str, Any]]] = {
    "show": {"type": "integer", "minimum": 1},
    "venue": {"type": "integer", "minimum": 1},
    "hold": {"type": "string", "format": "uuid"},
    "booking": {"type": "string", "format": "uuid"},
    "hash": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
    "seat": {"type": "string", "minLength": 1, "description": "An index, or a label."},
    "reference": {"type": "string", "minLength": 1},
    "path": {"type": "string", "minLength": 1},
}


def description(actions: Mapping[tuple[str, str], Action | None]) -> bytes:
    """Return the document. actions: what each method and path of OPERATIONS asks for, as routed."""
    types = {t for op in OPERATIONS.values() for t in (op.body, op.answer) if isinstance(t, type)}
    _, components = msgspec.json.schema_components(
        sorted((*types, answers.Problem), key=lambda t: t.__name__),
        ref_template="#/components/schemas/{name}",
    )
    paths: dict[str, dict[str, Any]] = {}
    for (method, path), operation in OPERATIONS.items():
        described = _describe(path, operation, actions[method, path])
        paths.setdefault(path, {})[method.lower()] = described
    document = {
        "openapi": "3.1.0",
        "info": {
            "title": "Seatwire",
            "version": "1",
            "description": "Seat maps and ticket booking. What is live goes by the socket at /ws.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            },
        },
    }
    # The end of a text in Python's patterns, which those of JSON Schema write in another way.
    return msgspec.json.encode(document).replace(rb"\\Z", b"$")


def _describe(path: str, operation: Operation, action: Action | None) -> dict[str, Any]:
    described: dict[str, Any] = {
        "summary": operation.summary,
        "parameters": _parameters(path, operation),
        "responses": _responses(operation),
        "security": _security(action),
    }
    if action is not None and Role.ANONYMOUS not in ROLES[action]:
        roles = ", ".join(role.value for role in Role if role in ROLES[action])
        described["description"] = f"Roles: {roles}."
    if operation.body is not None:
        described["requestBody"] = {
            "required": not operation.body_is_optional,
            "content": {JSON: {"schema": _schema(operation.body)}},
        }
    return described


def _parameters(path: str, operation: Operation) -> list[dict[str, Any]]:
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": _PARAMETERS[name]}
        for name in re.findall(r"{(\w+)}", path)
    ]
    in_query = [
        {"name": name, "in": "query", "schema": schema}
        for name, schema in (operation.query or {}).items()
    ]
    return in_path + in_query


def _responses(operation: Operation) -> dict[str, Any]:
    content: dict[str, Any] = {operation.media_type: {}}
    if operation.answer is not None:
        content = {operation.media_type: {"schema": _schema(operation.answer)}}
    responses: dict[str, Any] = {
        str(operation.status): {"description": "Done.", "content": content},
        "default": {
            "description": "Refused; `code` says why.",
            "content": {PROBLEM: {"schema": _schema(answers.Problem)}},
        },
    }
    for status in operation.others:
        responses[str(status)] = (
            {"description": "You have it already."}
            if status == 304
            else {"description": "Not now.", "content": content}
        )
    return responses


def _security(action: Action | None) -> list[dict[str, list[str]]]:
    if action is None:
        return []
    token: dict[str, list[str]] = {"bearer": []}
    return [{}, token] if Role.ANONYMOUS in ROLES[action] else [token]


def _schema(form: type | dict[str, Any]) -> dict[str, Any]:
    if isinstance(form, dict):
        return form
    return {"$ref": f"#/components/schemas/{form.__name__}"}
