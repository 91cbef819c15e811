"""Health, logs of requests, other origins, and errors nobody expected."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from typing import Any
from uuid import uuid4

import httpx
import pytest
import structlog

from app.domain import Command
from app.errors import RateLimited, SeatwireError, Unavailable, UnknownOutcome
from app.http import http_app
from app.logs import configure_logs
from app.services import Services, open_services
from tests.integration.http.conftest import ORIGIN, Api


@pytest.fixture
def logs() -> Iterator[StringIO]:
    """Everything that is logged, one JSON object a line."""
    handlers = logging.root.handlers[:]
    level = logging.root.level
    stream = StringIO()
    configure_logs("info", stream)
    yield stream
    structlog.reset_defaults()
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


def lines_of(logs: StringIO, event: str) -> list[dict[str, Any]]:
    lines = map(json.loads, logs.getvalue().splitlines())
    return [line for line in lines if line["event"] == event]


class RefusingBoxOffice:
    """A box office in trouble: every command ends in *error*."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def submit(self, _command: Command) -> None:
        raise self._error


def client_of(services: Services) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(http_app(services))
    return httpx.AsyncClient(transport=transport, base_url="http://seats.example")


async def hold_in_trouble(api: Api, show: int, error: Exception) -> httpx.Response:
    office: Any = RefusingBoxOffice(error)
    headers = {"Authorization": f"Bearer {api.token('ada')}"}
    async with client_of(replace(api.services, box_office=office)) as client:
        url = f"/api/v1/shows/{show}/holds"
        return await client.post(url, json={"seats": [0]}, headers=headers)


@pytest.mark.parametrize(
    ("error", "status", "retry_after"),
    [
        (RateLimited(1_200), 429, "2"),
        (Unavailable("away", retry_in_ms=1), 503, "1"),
        (UnknownOutcome("lost"), 503, "1"),
    ],
)
async def test_a_temporary_error_says_when_to_come_back(
    api: Api, show: int, error: SeatwireError, status: int, retry_after: str
) -> None:
    response = await hold_in_trouble(api, show, error)
    assert response.status_code == status
    assert response.json()["code"] == error.code
    assert response.headers["retry-after"] == retry_after


async def test_an_unexpected_error_is_logged_under_its_request_and_says_nothing(
    api: Api, show: int, logs: StringIO
) -> None:
    response = await hold_in_trouble(api, show, RuntimeError("canary"))
    assert (response.status_code, response.json()["code"]) == (500, "internal")
    assert "canary" not in response.text
    (failure,) = lines_of(logs, "http.failed")
    assert failure["request_id"] == response.headers["x-request-id"]
    assert "RuntimeError: canary" in failure["exception"]


async def test_a_request_leaves_one_line_without_what_was_sent(
    api: Api, show: int, logs: StringIO
) -> None:
    token = api.token("canary-holder")
    response = await api.client.post(
        f"/api/v1/shows/{show}/holds?canary-query={token}",
        json={"seats": ["canary-label"], "hold": str(uuid4())},
        headers={"Authorization": f"Bearer {token}", "X-Request-ID": "request-7"},
    )
    assert response.headers["x-request-id"] == "request-7"
    (line,) = lines_of(logs, "http.request")
    assert line["duration_ms"] >= 0
    assert {key: line[key] for key in ("event", "method", "route", "status", "request_id")} == {
        "event": "http.request",
        "method": "POST",
        "route": "/api/v1/shows/{show}/holds",
        "status": 400,
        "request_id": "request-7",
    }
    assert "canary" not in str(line)
    assert token not in str(line)


async def test_a_request_id_that_is_not_sane_is_replaced(api: Api) -> None:
    for offered in ("", "x" * 65, "a b", "{}"):
        response = await api.client.get("/healthz", headers={"X-Request-ID": offered})
        assert len(response.headers["x-request-id"]) == 32


async def test_requests_are_counted_by_route_never_by_path(api: Api, show: int) -> None:
    await api.ask("GET", f"/shows/{show}")
    await api.client.get("/nowhere/canary")
    await api.client.get("/static/canary.js")
    response = await api.client.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain")
    counts = response.text
    assert 'seatwire_http_requests_total{route="/api/v1/shows/{show}",status="200"}' in counts
    assert 'seatwire_http_requests_total{route="unmatched",status="404"}' in counts
    assert 'seatwire_http_requests_total{route="/static/{path:path}",status="404"}' in counts
    assert "canary" not in counts


async def test_ready_says_what_each_part_is_up_to(api: Api) -> None:
    alive = await api.client.get("/healthz")
    assert alive.status_code == 200
    response = await api.client.get("/readyz")
    assert response.status_code == 200
    parts = response.json()
    assert (parts["ready"], parts["ledger"], parts["board"]) == (True, "ok", "ok")
    assert parts["feed"] != "ok"  # nobody runs it here


async def test_not_ready_without_the_ledger_but_without_the_board(services: Services) -> None:
    settings = services.settings.model_dump()
    database_url = services.settings.database_url.get_secret_value()
    for changes, status in (
        ({"database_url": "postgresql://nobody@127.0.0.1:1/nowhere"}, 503),
        ({"database_url": database_url.replace("?", "_missing?")}, 503),
        ({"redis_url": "redis://127.0.0.1:1"}, 200),
    ):
        changed = type(services.settings).model_validate({**settings, **changes})
        async with open_services(changed) as others, client_of(others) as client:
            response = await client.get("/readyz")
        parts = response.json()
        assert response.status_code == status
        assert parts["ready"] == (status == 200)
        assert (parts["ledger"] == "ok") == (status == 200)
        assert (parts["board"] == "ok") == (status == 503)


async def test_another_origin_may_ask_only_when_it_is_allowed(api: Api, show: int) -> None:
    path = f"/shows/{show}/seats"
    allowed = await api.ask("GET", path, headers={"Origin": ORIGIN})
    assert allowed.headers["access-control-allow-origin"] == ORIGIN
    assert "ETag" in allowed.headers["access-control-expose-headers"]
    stranger = await api.ask("GET", path, headers={"Origin": "https://elsewhere.example"})
    assert "access-control-allow-origin" not in stranger.headers

    asked = {"Origin": ORIGIN, "Access-Control-Request-Method": "PATCH"}
    preflight = await api.ask("OPTIONS", path, headers=asked)
    assert preflight.status_code == 200
    assert "PATCH" in preflight.headers["access-control-allow-methods"]
