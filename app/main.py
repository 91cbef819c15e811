"""The web process: what answers on the port, put together.

Unlike the rest of `app` this module, like the command line, may import `realtime`.
"""

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import Any, Final, cast

import structlog
import uvicorn
import uvloop
from starlette.types import ASGIApp, Receive, Scope, Send

from app.config import Settings
from app.http import http_app
from app.http.protocol import BoundedHttpProtocol
from app.open_files import raise_open_files
from app.services import Services, open_services
from realtime.endpoint import Endpoint
from realtime.garbage import leave_the_old_alone
from realtime.hub import Hub
from realtime.protocol import FRAME_BYTES_MAX
from realtime.socket import SharedFrameProtocol

SOCKET_PATH: Final = "/ws"
# Connections the kernel keeps for us while the loop is busy; a reconnect storm comes all at once.
ACCEPT_BACKLOG: Final = 4_096
# What every accepted socket takes over from the listening one. The kernel's queue of unsent bytes
# is bounded, else "the first unsent byte" that marks a slow watcher would come only after megabytes
# of old news. A peer that is gone without a word is found after 30 s, also when nothing is sent to
# it (a hidden tab), and data that nobody acknowledges is given up after 20 s.
TCP_OPTIONS: Final = {
    "TCP_NOTSENT_LOWAT": 16_384,
    "TCP_KEEPIDLE": 15,
    "TCP_KEEPINTVL": 5,
    "TCP_KEEPCNT": 3,
    "TCP_USER_TIMEOUT": 20_000,
}
# How long a stop waits for HTTP answers under way, after the sockets have moved.
STOP_TIMEOUT_S: Final = 3

log = structlog.get_logger(__name__)


class PortTaken(Exception):
    """Raised when the port cannot be listened on; says which."""


class Application:
    """The ASGI application: `/ws` goes to the endpoint, everything else to the HTTP side.

    Sockets pass no middleware: each would cost every watcher a coroutine for hours.
    """

    def __init__(self, services: Services, hub: Hub) -> None:
        self._http: ASGIApp = http_app(services)
        self._endpoint = Endpoint(services, hub)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self._http(scope, receive, send)
        elif scope["path"] == SOCKET_PATH:
            await self._endpoint(scope, receive, send)
        else:
            await receive()
            await send({"type": "websocket.close", "code": 1000})  # before accept: HTTP 403


class Server(uvicorn.Server):
    """uvicorn, saying goodbye to every socket before it closes any."""

    def __init__(self, config: uvicorn.Config, hub: Hub) -> None:
        super().__init__(config)
        self._hub = hub

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, ask the sockets to move, then shut down as uvicorn does."""
        for server in self.servers:
            server.close()
        await self._hub.say_goodbye()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on SIGINT and SIGTERM; unlike uvicorn's own, do not raise them again afterwards,
        because closing the services still comes."""
        loop = asyncio.get_running_loop()
        for signal_ in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(signal_, self.handle_exit, signal_, None)
        try:
            yield
        finally:
            for signal_ in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(signal_)


@contextlib.asynccontextmanager
async def running_instance(settings: Settings) -> AsyncIterator[tuple[Services, Hub]]:
    """Open the services and run the feed, the hub and its reports while the block runs.

    A background task that ends by itself is a defect and ends the block with its exception.
    """
    async with open_services(settings) as services, asyncio.TaskGroup() as group:
        hub = Hub(
            services.feed,
            services.catalog,
            pulse_ms=settings.pulse_ms,
            watchers_max=settings.watchers_max,
            sockets_per_s=settings.sockets_per_s,
        )
        tasks = [
            group.create_task(services.feed.run(), name="feed"),
            group.create_task(hub.run(), name="hub"),
            group.create_task(services.presence.run(hub.watcher_counts), name="presence"),
        ]
        yield services, hub
        for task in reversed(tasks):
            task.cancel()


async def serve(settings: Settings, listener: socket.socket) -> None:
    """Serve on *listener* until SIGINT or SIGTERM."""
    async with running_instance(settings) as (services, hub):
        config = uvicorn.Config(
            Application(services, hub),
            # uvicorn calls it as it would call the class.
            http=cast(Any, partial(BoundedHttpProtocol, admit=hub.admit)),
            ws=SharedFrameProtocol,
            ws_max_size=FRAME_BYTES_MAX,
            ws_per_message_deflate=False,
            # The pulse tells dead peers from quiet ones, without two timers for each socket.
            ws_ping_interval=None,
            access_log=False,
            log_config=None,
            lifespan="off",
            server_header=False,
            # Nothing here asks for a client's address, and it would cost every watcher a coroutine.
            proxy_headers=False,
            backlog=ACCEPT_BACKLOG,
            timeout_graceful_shutdown=STOP_TIMEOUT_S,
        )
        leave_the_old_alone()
        log.info("instance.started", instance=services.instance, port=listener.getsockname()[1])
        await Server(config, hub).serve(sockets=[listener])
        log.info("instance.stopped", instance=services.instance)


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that shares its port with the other instances on this machine.

    Raises PortTaken when somebody else has it.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in TCP_OPTIONS.items():
        if hasattr(socket, name):  # Linux has them all
            listener.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise PortTaken(f"cannot listen on {host}:{port}: {error.strerror}") from error
    return listener


def run(settings: Settings) -> None:
    """Run a web process until it is told to stop."""
    raise_open_files()
    listener = listen(settings.host, settings.port)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(settings, listener))
