"""Sessions of buyers nobody knows by name."""

from starlette.requests import Request
from starlette.responses import Response

from app.domain import Actor, Role
from app.http.replies import reply
from app.services import Services


async def begin_session(services: Services, _request: Request, _actor: Actor) -> Response:
    """Make a buyer: a token, for whom, and how long it lasts in seconds."""
    return reply(services.tokens.issue(Role.BUYER)._asdict(), 201, {"Cache-Control": "no-store"})
