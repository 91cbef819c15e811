"""Plans: a hash names one document for ever."""

import re
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

from app.domain import Actor
from app.errors import NotFound
from app.http.replies import not_modified
from app.services import Services

_HASH: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_FOR_EVER: Final = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Vary": "Accept-Encoding",
}


async def read_plan(services: Services, request: Request, _actor: Actor) -> Response:
    plan_hash = request.path_params["hash"]
    if not _HASH.fullmatch(plan_hash):
        raise NotFound("There is no plan with that hash.")
    document = await services.catalog.plan_document(plan_hash)
    gzip = _takes_gzip(request.headers)
    etag = f'"{plan_hash}-gzip"' if gzip else f'"{plan_hash}"'
    unchanged = not_modified(request, etag, _FOR_EVER)
    if unchanged is not None:
        return unchanged
    headers = {**_FOR_EVER, "ETag": etag}
    if gzip:
        headers["Content-Encoding"] = "gzip"
    body = document.gzipped if gzip else document.plain
    return Response(body, 200, headers, "application/json")


def _takes_gzip(headers: Headers) -> bool:
    for offer in headers.get("accept-encoding", "").lower().split(","):
        coding, _, weight = offer.partition(";")
        if coding.strip() in ("gzip", "*"):
            return re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", weight) is None
    return False
