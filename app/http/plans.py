"""Venues, and their plans: a hash names one document for ever."""

import re
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from app.domain import Actor
from app.errors import NotFound
from app.http.parsing import venue_id
from app.http.replies import document_reply, tagged_reply
from app.services import Services

_HASH: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_FOR_EVER: Final = {"Cache-Control": "public, max-age=31536000, immutable"}


async def read_venue(services: Services, request: Request, _actor: Actor) -> Response:
    venue = await services.catalog.venue(venue_id(request))
    form = {
        "venue": venue.venue,
        "name": venue.name,
        "plan_hash": venue.plan_hash,
        "count": venue.count,
    }
    return tagged_reply(request, form)


async def read_plan(services: Services, request: Request, _actor: Actor) -> Response:
    plan_hash = request.path_params["hash"]
    if not _HASH.fullmatch(plan_hash):
        raise NotFound("There is no plan with that hash.")
    document = await services.catalog.plan_document(plan_hash)
    return document_reply(request, document, plan_hash, "application/json", _FOR_EVER)
