"""The HTTP API of one instance on real servers, without a port between."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final

import httpx
import pytest

from app.domain import Role
from app.http import http_app
from app.services import Services
from tests.integration.conftest import MakeShow, OpenInstance
from tests.small_plan import small_plan

ORIGIN: Final = "https://tickets.example"
PLAN: Final = small_plan(2, 6)


@dataclass(frozen=True, slots=True)
class Api:
    """Asks the API. `who` is a holder's name, or a role, or nobody."""

    services: Services
    client: httpx.AsyncClient

    def token(self, who: str | Role) -> str:
        """Return a token: of that role, or of the buyer of that name."""
        if isinstance(who, Role):
            return self.services.tokens.issue(who).token
        return self.services.tokens.issue(Role.BUYER, who).token

    async def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        who: str | Role | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        """Ask for /api/v1*path*; a body of bytes is sent as it is, any other as JSON."""
        sent = dict(headers or {})
        if who is not None:
            sent["Authorization"] = f"Bearer {self.token(who)}"
        content = body if isinstance(body, bytes) else None
        json = None if isinstance(body, bytes) else body
        url = f"/api/v1{path}"
        return await self.client.request(method, url, json=json, content=content, headers=sent)

    async def do(
        self, method: str, path: str, body: object = None, *, who: str | Role | None = None
    ) -> dict[str, Any]:
        """Ask and return the answer's body; anything but success fails the test."""
        response = await self.ask(method, path, body, who=who)
        assert response.is_success, response.text
        answer: dict[str, Any] = response.json()
        return answer

    async def refusal(
        self, method: str, path: str, body: object = None, *, who: str | Role | None = None
    ) -> tuple[int, str]:
        """Ask and return status and code of the problem."""
        response = await self.ask(method, path, body, who=who)
        assert response.headers["content-type"] == "application/problem+json", response.text
        return response.status_code, response.json()["code"]


@pytest.fixture
async def services(open_instance: OpenInstance) -> AsyncIterator[Services]:
    async with open_instance(origins=ORIGIN) as services:
        yield services


@pytest.fixture
async def api(services: Services) -> AsyncIterator[Api]:
    transport = httpx.ASGITransport(http_app(services))
    async with httpx.AsyncClient(transport=transport, base_url="http://seats.example") as client:
        yield Api(services, client)


@pytest.fixture
async def show(make_show: MakeShow) -> int:
    """A show on sale: 12 seats, up to 4 in a hold, held for a minute."""
    return await make_show(seats=12, hold_ttl_s=60, seats_per_hold_max=4)
