"""The HTTP API of one instance on real servers, without a port between."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import httpx
import pytest

from app.config import Settings
from app.domain import Role, ShowStatus
from app.http import http_app
from app.plans import SeatingPlan, parse_plan
from app.services import Services, open_services
from tests.conftest import Servers

SECRET: Final = "a secret of the tests, long enough"
ORIGIN: Final = "https://tickets.example"
STARTS_AT: Final = datetime(2031, 5, 1, 18, 30, tzinfo=UTC)
SEATS_PER_ROW: Final = 6
PRICES: Final = {"Stalls": 4500, "Balcony": 2500}
# Row 1 are seats 0…5, labels A-1…A-6, in the stalls; row 2 are seats 6…11, B-1…B-6, in the balcony.
PLAN: Final[dict[str, Any]] = {
    "name": "Small house",
    "size": {"width": 200, "height": 100},
    "categories": [{"name": name, "color": "#884422"} for name in PRICES],
    "zones": [
        {
            "name": "House",
            "position": {"x": 0, "y": 0},
            "rows": [
                {
                    "row_number": row,
                    "position": {"x": 0, "y": 20 * place},
                    "seats": [
                        {
                            "seat_guid": f"{row}-{number}",
                            "seat_number": str(number),
                            "position": {"x": 20 * number, "y": 0},
                            "category": category,
                        }
                        for number in range(1, SEATS_PER_ROW + 1)
                    ],
                }
                for place, (row, category) in enumerate([("A", "Stalls"), ("B", "Balcony")])
            ],
        }
    ],
}


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
async def services(
    database_url: str, redis_prefix: str, servers: Servers
) -> AsyncIterator[Services]:
    settings = Settings.model_validate(
        {
            "database_url": database_url,
            "redis_url": servers.redis_url,
            "redis_prefix": redis_prefix,
            "secret": SECRET,
            "origins": ORIGIN,
        }
    )
    async with open_services(settings) as services:
        yield services


@pytest.fixture
async def api(services: Services) -> AsyncIterator[Api]:
    transport = httpx.ASGITransport(http_app(services))
    async with httpx.AsyncClient(transport=transport, base_url="http://seats.example") as client:
        yield Api(services, client)


@pytest.fixture(scope="session")
def plan() -> SeatingPlan:
    return parse_plan(PLAN)


@pytest.fixture
async def show(services: Services, plan: SeatingPlan) -> int:
    """A show on sale: 12 seats, up to 4 in a hold, held for a minute."""
    venue = await services.catalog.add_venue("Small house", plan)
    added = await services.catalog.add_show(
        venue=venue,
        title="The Tempest",
        starts_at=STARTS_AT,
        prices=PRICES,
        status=ShowStatus.ON_SALE,
        hold_ttl_s=60,
        seats_per_hold_max=4,
    )
    return added.show
