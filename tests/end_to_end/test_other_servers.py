"""The same application under a server that does not have our WebSocket class."""

import asyncio
from contextlib import nullcontext
from uuid import uuid4

import pytest
import uvicorn

from app.config import Settings
from app.main import Application, listen, running_instance
from tests.conftest import Servers
from tests.end_to_end.fleet import SECRET, Fleet, Process, eventually


@pytest.mark.parametrize("codec", ["json", "msgpack"])
async def test_sockets_work_without_the_shared_frame(
    fleet: Fleet, servers: Servers, database_url: str, redis_prefix: str, codec: str
) -> None:
    """Without the extension frames go through the ASGI server one by one, to the same effect."""
    helper = await fleet.start_web()
    show = await fleet.add_show(helper.url)
    settings = Settings.model_validate(
        {
            "database_url": database_url,
            "redis_url": servers.redis_url,
            "redis_prefix": redis_prefix,
            "secret": SECRET,
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
        process = Process(helper.child, f"http://127.0.0.1:{listener.getsockname()[1]}")
        async with (
            fleet.buyer(process, codec=codec) as client,  # type: ignore[arg-type]
            fleet.buyer(helper) as other,
        ):
            await client.watch(show)
            held = await client.ask("hold", show=show, hold=str(uuid4()), seats=[1])
            assert held["seats"] == [1]
            await other.ask("hold", show=show, hold=str(uuid4()), seats=[2])
            await client.until(lambda: bytes(client.screens[show].statuses[:3]) == b"\0\1\1")
        server.should_exit = True
        await serving


async def _has_started(server: uvicorn.Server) -> bool:
    return server.started
