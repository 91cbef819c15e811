"""The same application under a server that does not have our WebSocket class."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from typing import Any
from uuid import uuid4

import pytest
import uvicorn
import websockets
from websockets.asyncio.client import connect

from app.config import Settings
from app.main import Application, listen, running_instance
from tests.conftest import Servers
from tests.end_to_end.fleet import SECRET, Fleet, Process, eventually

ServeStandard = Callable[..., AbstractAsyncContextManager[str]]


@pytest.fixture
def serve_standard(servers: Servers, database_url: str, redis_prefix: str) -> ServeStandard:
    """Serves under uvicorn's own classes, with settings of the caller's; yields the URL."""

    @asynccontextmanager
    async def serve(**changes: Any) -> AsyncIterator[str]:
        settings = Settings.model_validate(
            {
                "database_url": database_url,
                "redis_url": servers.redis_url,
                "redis_prefix": redis_prefix,
                "secret": SECRET,
                **changes,
            }
        )
        listener = listen("127.0.0.1", 0)
        async with running_instance(settings) as (services, hub):
            server = uvicorn.Server(
                uvicorn.Config(
                    Application(services, hub),
                    ws="websockets-sansio",
                    lifespan="off",
                    log_config=None,
                    timeout_graceful_shutdown=1,
                )
            )
            server.capture_signals = nullcontext  # type: ignore[method-assign,assignment]
            serving = asyncio.create_task(server.serve(sockets=[listener]))
            await eventually(lambda: _has_started(server))
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
            server.should_exit = True
            await serving

    return serve


@pytest.mark.parametrize("codec", ["json", "msgpack"])
async def test_sockets_work_without_the_shared_frame(
    fleet: Fleet, serve_standard: ServeStandard, codec: str
) -> None:
    """Without the extension frames go through the ASGI server one by one, to the same effect."""
    helper = await fleet.start_web()
    show = await fleet.add_show(helper.url)
    async with serve_standard() as url:
        process = Process(helper.child, url)
        async with (
            fleet.buyer(process, codec=codec) as client,  # type: ignore[arg-type]
            fleet.buyer(helper) as other,
        ):
            await client.watch(show)
            held = await client.ask("hold", show=show, hold=str(uuid4()), seats=[1])
            assert held["seats"] == [1]
            await other.ask("hold", show=show, hold=str(uuid4()), seats=[2])
            await client.until(lambda: bytes(client.screens[show].statuses[:3]) == b"\0\1\1")


async def test_HS5_what_comes_too_early_is_closed_with_1013_and_a_time(
    serve_standard: ServeStandard,
) -> None:
    async with serve_standard(sockets_per_s=1) as url, AsyncExitStack() as stack:
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await _open_many(stack, url.replace("http", "ws") + "/ws")
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1013
        assert int(closed.value.rcvd.reason.removeprefix("retry_in_ms=")) > 0


async def _open_many(stack: AsyncExitStack, url: str) -> None:
    for _ in range(1_000):
        socket = await stack.enter_async_context(connect(url))
        await socket.send('{"op": "hello"}')
        await socket.recv()


async def _has_started(server: uvicorn.Server) -> bool:
    return server.started
