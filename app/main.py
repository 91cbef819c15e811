"""The web process: what answers on the port, put together.

Unlike the rest of `app` this module, like the command line, may import `realtime`.
"""

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from typing import Final

import structlog
import uvicorn
import uvloop
from starlette.types import ASGIApp, Receive, Scope, Send

from app.config import Settings
from app.http import http_app
from app.http.protocol import BoundedHttpProtocol
from app.services import Services, open_services
from realtime.endpoint import Endpoint
from realtime.hub import Hub
from realtime.protocol import FRAME_BYTES_MAX
from realtime.socket import SharedFrameProtocol

SOCKET_PATH: Final = "/ws"
# Connections the kernel keeps for us while the loop is busy; a reconnect storm comes all at once.
ACCEPT_BACKLOG: Final = 4_096
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
            http=BoundedHttpProtocol,
            ws=SharedFrameProtocol,
            ws_max_size=FRAME_BYTES_MAX,
            ws_per_message_deflate=False,
            # The pulse tells dead peers from quiet ones, without two timers for each socket.
            ws_ping_interval=None,
            access_log=False,
            log_config=None,
            lifespan="off",
            server_header=False,
            backlog=ACCEPT_BACKLOG,
            timeout_graceful_shutdown=STOP_TIMEOUT_S,
        )
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
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise PortTaken(f"cannot listen on {host}:{port}: {error.strerror}") from error
    return listener


def run(settings: Settings) -> None:
    """Run a web process until it is told to stop."""
    listener = listen(settings.host, settings.port)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(settings, listener))
