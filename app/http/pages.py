"""The pages, what they are made of, and what they may do (Content-Security-Policy)."""

import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from app.config import Settings, project_root
from app.domain import Actor
from app.errors import NotFound, Unavailable
from app.http.parsing import show_id, uuid_in_path
from app.http.replies import REVALIDATE, document_reply
from app.http.static_files import StaticFolder
from app.services import Services

STATIC_FOLDER: Final[Path] = project_root() / "static"

_HOST: Final = re.compile(r"[A-Za-z0-9.-]+(?::\d+)?|\[[0-9A-Fa-f:.]+\](?::\d+)?", re.ASCII)
_WITHOUT_PAGES: Final = ("/api/", "/static/")
_READING: Final = ("GET", "HEAD")
_FILE_HEADERS: Final = {
    # A drawing opened by itself is a page, too; a page's own policy governs what it loads.
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}


def open_folder(settings: Settings) -> StaticFolder:
    """Read the static files; while developing, changes to them show without a restart."""
    return StaticFolder(STATIC_FOLDER, follows_changes=settings.env == "development")


async def static_file(_services: Services, request: Request, _actor: Actor) -> Response:
    found = _folder(request).find(request.path_params["path"])
    if found is None:
        raise NotFound("There is no such file.")
    file, cache_control = found
    headers = {**_FILE_HEADERS, "Cache-Control": cache_control}
    return document_reply(request, file, file.etag, file.media_type, headers)


async def home_page(services: Services, request: Request, _actor: Actor) -> Response:
    return _page(request, "index.html", services.settings.origins)


async def show_page(services: Services, request: Request, _actor: Actor) -> Response:
    await _require_show(services, request)
    return _page(request, "show.html", services.settings.origins)


async def booking_page(services: Services, request: Request, _actor: Actor) -> Response:
    """Answer the page of any booking of a show; the page asks for it with its buyer's token."""
    await _require_show(services, request)
    uuid_in_path(request, "booking")
    return _page(request, "booking.html", services.settings.origins)


async def kiosk_page(services: Services, request: Request, _actor: Actor) -> Response:
    """Answer the page of a show for the foyer."""
    await _require_show(services, request)
    return _page(request, "kiosk.html")


async def admin_page(_services: Services, request: Request, _actor: Actor) -> Response:
    return _page(request, "admin.html")


def missing_page(request: Request) -> Response | None:
    """Return the page that says that there is nothing here, if a browser asks for one."""
    path = request.url.path
    wants_page = "text/html" in request.headers.get("accept", "")
    if not wants_page or path.startswith(_WITHOUT_PAGES) or request.method not in _READING:
        return None
    page = _folder(request).page("missing.html")
    if page is None:
        return None
    headers = {"Cache-Control": "no-store", **_page_headers(request)}
    return Response(page.plain, 404, headers, page.media_type)


def page_policy(host: str, embedders: Sequence[str]) -> str:
    """Return the Content-Security-Policy of a page.

    host: of the server as the browser names it: not every browser takes 'self' for sockets.
    embedders: origins that may show the page in a frame, beside its own; none at all when empty.
    """
    sockets = f" ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
    ancestors = " ".join(("'self'", *embedders)) if embedders else "'none'"
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "font-src 'self'",
            "img-src 'self' blob: data:",  # QR codes, which are fetched with a token
            f"connect-src 'self'{sockets}",
            "base-uri 'none'",
            "form-action 'self'",
            f"frame-ancestors {ancestors}",
        )
    )


async def _require_show(services: Services, request: Request) -> None:
    """Raise NotFound when there is no show of the path's id.

    A page is there also when the ledger is not: it says itself that it waits.
    """
    with suppress(Unavailable):
        await services.catalog.seat_count(show_id(request))


def _page(request: Request, name: str, embedders: Sequence[str] = ()) -> Response:
    page = _folder(request).page(name)
    if page is None:
        raise NotFound("There is no such page.")
    headers = {**REVALIDATE, **_page_headers(request, embedders)}
    return document_reply(request, page, page.etag, page.media_type, headers)


def _page_headers(request: Request, embedders: Sequence[str] = ()) -> dict[str, str]:
    return {
        "Content-Security-Policy": page_policy(request.headers.get("host", ""), embedders),
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }


def _folder(request: Request) -> StaticFolder:
    folder = request.app.state.static_folder
    assert isinstance(folder, StaticFolder)
    return folder
