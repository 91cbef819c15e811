"""What a request is told that the server no longer waits for when it stops."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import msgspec

from app.domain import EventKind, Role
from app.http import http_app
from app.services import Services
from tests.integration.conftest import Connect, MakeShow, eventually
from tests.integration.history import kinds

IS_WAITING = """
    SELECT EXISTS (SELECT FROM pg_stat_activity
                   WHERE datname = current_database() AND wait_event_type = 'Lock')
"""


class Asked:
    """One request, and what was sent in answer."""

    def __init__(self, services: Services, show: int, hold: UUID) -> None:
        token = services.tokens.issue(Role.BUYER).token
        self._body = msgspec.json.encode({"hold": str(hold), "seats": [1]})
        self._scope: dict[str, Any] = {
            "type": "http",
            "method": "POST",
            "path": f"/api/v1/shows/{show}/holds",
            "query_string": b"",
            "headers": [(b"authorization", f"Bearer {token}".encode())],
            "http_version": "1.1",
        }
        self.sent: list[Any] = []
        answer = http_app(services)(self._scope, self._receive, self._send)
        self.task: asyncio.Future[None] = asyncio.ensure_future(answer)

    async def _receive(self) -> dict[str, Any]:
        return {"type": "http.request", "body": self._body, "more_body": False}

    async def _send(self, message: Any) -> None:
        self.sent.append(message)


async def test_I9_a_request_cut_short_by_a_stop_is_told_that_nobody_knows(
    services: Services, make_show: MakeShow, connect: Connect
) -> None:
    """The hold is under way when the server gives up on it; it is made, and not called failed."""
    show, hold, blocker = await make_show(), uuid4(), await connect()
    other = await connect()

    async def is_waiting() -> bool:
        return bool(await other.fetchval(IS_WAITING))

    async with blocker.transaction():
        await blocker.execute("SELECT FROM show_clocks WHERE show_id = $1 FOR UPDATE", show)
        asked = Asked(services, show, hold)
        await eventually(is_waiting)
        asked.task.cancel("timeout graceful shutdown exceeded")
        await asyncio.wait({asked.task})
    assert asked.sent[0]["status"] == 503
    assert msgspec.json.decode(asked.sent[1]["body"])["code"] == "unknown_outcome"

    async def is_held() -> bool:
        return await kinds(services.ledger, show) == [EventKind.HOLD]

    await eventually(is_held)
