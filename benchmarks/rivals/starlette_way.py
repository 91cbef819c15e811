"""The usual Starlette way: a set of sockets, and `await send_bytes` to each in turn."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from benchmarks.rivals.serving import serve
from benchmarks.rivals.ticks import ticks

watchers: set[WebSocket] = set()


async def watch(websocket: WebSocket) -> None:
    """Keep a watcher until it leaves."""
    await websocket.accept()
    watchers.add(websocket)
    try:
        while True:
            await websocket.receive_text()
    except WebSocketDisconnect:
        watchers.discard(websocket)


async def broadcast_for_ever() -> None:
    """Send every tick to every watcher."""
    async for payload in ticks(os.environ["RIVAL_REDIS_URL"]):
        for websocket in tuple(watchers):
            await websocket.send_bytes(payload)


@contextlib.asynccontextmanager
async def lifespan(_app: Starlette) -> AsyncIterator[None]:
    """Broadcast while the application runs."""
    task = asyncio.create_task(broadcast_for_ever())
    yield
    task.cancel()


app = Starlette(routes=[WebSocketRoute("/ws", watch)], lifespan=lifespan)

if __name__ == "__main__":
    serve(app)
