"""The pages and what they are made of: files under static/, always revalidated."""

import os
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from app.config import project_root
from app.domain import Actor
from app.http.parsing import show_id
from app.services import Services

STATIC_FOLDER: Final[Path] = project_root() / "static"

# Sockets may go to another instance's address, so any host is allowed for them; code may not.
_CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "connect-src 'self' ws: wss:",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_HEADERS: Final = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": _CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class StaticFolder(StaticFiles):
    """Serves a folder with the headers of our pages; unchanged files are answered 304."""

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers.update(_HEADERS)
        return response


STATIC: Final = StaticFolder(directory=STATIC_FOLDER)


async def home_page(_services: Services, request: Request, _actor: Actor) -> Response:
    return await STATIC.get_response("index.html", request.scope)


async def show_page(_services: Services, request: Request, _actor: Actor) -> Response:
    """Answer the page of any show; the page finds out whether it exists."""
    show_id(request)
    return await STATIC.get_response("show.html", request.scope)
