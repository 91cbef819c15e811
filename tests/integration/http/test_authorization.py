"""Who may do what: every route, asked by every role."""

from collections.abc import Iterator
from typing import Final
from uuid import uuid4

import httpx
import jwt
import pytest

from app.domain import Role
from app.http.routes import ROUTES
from tests.integration.http.conftest import Api

SHOW: Final = "/api/v1/shows/{show}"
PUBLIC: Final = frozenset(Role)
SELLERS: Final = PUBLIC - {Role.ANONYMOUS}
STAFF: Final = frozenset({Role.STAFF, Role.ADMIN})
ADMIN: Final = frozenset({Role.ADMIN})

# The API's promise, written out a second time: changing who may do what takes two edits.
MAY: Final = {
    ("POST", "/api/v1/sessions"): PUBLIC,
    ("POST", "/api/v1/venues"): ADMIN,
    ("GET", "/api/v1/venues/{venue}"): PUBLIC,
    ("POST", "/api/v1/plans/check"): ADMIN,
    ("GET", "/api/v1/plans/{hash}"): PUBLIC,
    ("GET", "/api/v1/shows"): PUBLIC,
    ("POST", "/api/v1/shows"): ADMIN,
    ("GET", SHOW): PUBLIC,
    ("PATCH", SHOW): STAFF,
    ("GET", f"{SHOW}/seats"): PUBLIC,
    ("GET", f"{SHOW}/seats/{{seat:path}}"): STAFF,
    ("GET", f"{SHOW}/sales"): STAFF,
    ("GET", f"{SHOW}/change-preview"): STAFF,
    ("GET", f"{SHOW}/events"): STAFF,
    ("GET", f"{SHOW}/holds"): STAFF,
    ("POST", f"{SHOW}/holds"): SELLERS,
    ("GET", f"{SHOW}/holds/{{hold}}"): SELLERS,
    ("DELETE", f"{SHOW}/holds/{{hold}}"): SELLERS,
    ("POST", f"{SHOW}/holds/{{hold}}/extend"): SELLERS,
    ("GET", f"{SHOW}/bookings"): STAFF,
    ("POST", f"{SHOW}/bookings"): SELLERS,
    ("GET", f"{SHOW}/bookings/{{booking}}"): SELLERS,
    ("DELETE", f"{SHOW}/bookings/{{booking}}"): SELLERS,
    ("GET", f"{SHOW}/bookings/{{booking}}/qr.svg"): SELLERS,
    ("GET", f"{SHOW}/bookings/{{booking}}/calendar.ics"): SELLERS,
    ("GET", "/api/v1/references/{reference}"): STAFF,
    ("POST", f"{SHOW}/blocks"): STAFF,
    ("DELETE", f"{SHOW}/blocks"): STAFF,
    ("GET", "/openapi.json"): PUBLIC,
    ("GET", "/healthz"): PUBLIC,
    ("GET", "/readyz"): PUBLIC,
    ("GET", "/metrics"): PUBLIC,
    ("GET", "/static/{path:path}"): PUBLIC,
    ("GET", "/"): PUBLIC,
    ("GET", "/shows/{show}"): PUBLIC,
    ("GET", "/shows/{show}/bookings/{booking}"): PUBLIC,
    ("GET", "/kiosk/{show}"): PUBLIC,
    ("GET", "/admin"): PUBLIC,
}


def routes() -> Iterator[tuple[str, str]]:
    for path, entries in ROUTES.items():
        for method in entries:
            yield method, path


async def ask(api: Api, method: str, path: str, show: int, role: Role) -> httpx.Response:
    """Ask with a path in which only the show exists, and with no body that could do anything."""
    headers = {} if role is Role.ANONYMOUS else {"Authorization": f"Bearer {api.token(role)}"}
    names = {"show": show, "hold": uuid4(), "booking": uuid4(), "seat": 0, "venue": 1, "path": "x"}
    url = path.replace(":path", "").format(**names, hash="0" * 64, reference="A")
    return await api.client.request(method, url, headers=headers)


def test_every_route_has_its_line_in_the_table() -> None:
    assert set(routes()) == MAY.keys()


async def test_each_role_may_do_what_the_table_says_and_nothing_else(api: Api, show: int) -> None:
    for method, path in routes():
        for role in Role:
            response = await ask(api, method, path, show, role)
            refused = response.status_code in (401, 403)
            assert refused == (role not in MAY[method, path]), (method, path, role, response.text)
    assert (await api.do("GET", f"/shows/{show}"))["version"] == 0


async def test_without_a_token_401_with_too_small_a_role_403(api: Api, show: int) -> None:
    path = f"/shows/{show}/blocks"
    nobody = await api.ask("POST", path)
    assert (nobody.status_code, nobody.json()["code"]) == (401, "unauthorized")
    assert nobody.headers["www-authenticate"] == 'Bearer realm="seatwire"'
    assert await api.refusal("POST", path, who=Role.BUYER) == (403, "forbidden")


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer x.y.z",
        "Basic YWRhOmFkYQ==",
        f"Bearer {'x' * 10_000}",
        "Bearer t\u00f6ken",
        f"Bearer {jwt.encode({'sub': 'ada', 'role': 'admin'}, 'x' * 32, 'HS256')}",
    ],
)
async def test_a_token_that_is_sent_must_be_valid_even_to_watch(
    api: Api, show: int, header: str
) -> None:
    response = await api.client.get(
        f"/api/v1/shows/{show}", headers=[(b"authorization", header.encode("latin-1"))]
    )
    assert (response.status_code, response.json()["code"]) == (401, "unauthorized")
    assert response.headers["www-authenticate"].endswith('error="invalid_token"')


async def test_a_token_in_the_url_is_no_token(api: Api, show: int) -> None:
    token = api.token(Role.ADMIN)
    for query in (f"token={token}", f"access_token={token}"):
        assert await api.refusal("GET", f"/shows/{show}/events?{query}") == (401, "unauthorized")
