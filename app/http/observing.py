"""A request's id, its line in the log, and its count."""

import re
from functools import cache
from time import perf_counter
from typing import Final
from uuid import uuid4

import structlog
from prometheus_client import Counter
from starlette.datastructures import Headers, MutableHeaders
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import metrics

_SANE_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
# Asked every few seconds by machines, or dozens of times by a page; at info they would bury the
# rest.
_QUIET_ROUTES: Final = ("/healthz", "/readyz", "/metrics", "/static/{path:path}")

log = structlog.get_logger(__name__)


class Observed:
    """Gives each HTTP request an id, and tells of its end: route, status, duration.

    Never the path as asked, the query, the headers or the body: tokens and names may stand there.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        status = 0

        async def send_observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            started = perf_counter()
            try:
                await self._app(scope, receive, send_observed)
            finally:
                _tell(scope, status, perf_counter() - started)


def _tell(scope: Scope, status: int, duration_s: float) -> None:
    """Log and count a request; status 0: it ended without an answer."""
    matched = scope.get("route")
    route = matched.path if isinstance(matched, Route) else "unmatched"
    _meter(route, status).inc()
    tell = log.debug if route in _QUIET_ROUTES else log.info
    tell(
        "http.request",
        method=scope["method"],
        route=route,
        status=status,
        duration_ms=round(duration_s * 1000, 1),
    )


@cache
def _meter(route: str, status: int) -> Counter:
    """Return what counts such requests; finding it takes longer than counting."""
    return metrics.REQUESTS.labels(route, str(status))


def _request_id(scope: Scope) -> str:
    offered = Headers(scope=scope).get("x-request-id", "")
    return offered if _SANE_ID.fullmatch(offered) else uuid4().hex
