"""python-socketio with its Redis manager: one `emit` to everybody a tick."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator

import socketio
from starlette.applications import Starlette

from benchmarks.rivals.serving import serve
from benchmarks.rivals.ticks import ticks

server = socketio.AsyncServer(
    async_mode="asgi",
    client_manager=socketio.AsyncRedisManager(os.environ["RIVAL_REDIS_URL"]),
)


async def broadcast_for_ever() -> None:
    """Emit every tick."""
    async for payload in ticks(os.environ["RIVAL_REDIS_URL"]):
        await server.emit("delta", payload.decode())


@contextlib.asynccontextmanager
async def lifespan(_app: Starlette) -> AsyncIterator[None]:
    """Broadcast while the application runs."""
    task = asyncio.create_task(broadcast_for_ever())
    yield
    task.cancel()


app = socketio.ASGIApp(server, Starlette(lifespan=lifespan))

if __name__ == "__main__":
    serve(app)
