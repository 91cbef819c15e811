"""Django Channels with channels_redis: one `group_send` a tick."""

import asyncio
import os
from typing import Any

import django
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import get_channel_layer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.urls import path

from benchmarks.rivals.serving import serve
from benchmarks.rivals.ticks import ticks

GROUP = "show"

settings.configure(
    CHANNEL_LAYERS={
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {
                # redis-py's own bounds, 100 connections and 5 s, stop it at some hundred watchers.
                "hosts": [
                    {
                        "address": os.environ["RIVAL_REDIS_URL"],
                        "max_connections": 1_000,
                        "socket_timeout": None,
                    }
                ],
                "group_expiry": 3_600,
            },
        }
    }
)
django.setup()


class Watcher(AsyncWebsocketConsumer):  # type: ignore[misc]  # Channels has no types
    """One watcher, in the show's group."""

    broadcast: "asyncio.Task[None] | None" = None

    async def connect(self) -> None:
        """Join the group; the first one starts the broadcast."""
        if Watcher.broadcast is None:
            Watcher.broadcast = asyncio.create_task(broadcast_for_ever())
        await self.channel_layer.group_add(GROUP, self.channel_name)
        await self.accept()

    async def disconnect(self, _code: int) -> None:
        """Leave the group."""
        await self.channel_layer.group_discard(GROUP, self.channel_name)

    async def delta(self, event: dict[str, Any]) -> None:
        """Send what the group was sent."""
        await self.send(text_data=event["text"])


async def broadcast_for_ever() -> None:
    """Send every tick to the group."""
    layer = get_channel_layer()
    async for payload in ticks(os.environ["RIVAL_REDIS_URL"]):
        await layer.group_send(GROUP, {"type": "delta", "text": payload.decode()})


app = ProtocolTypeRouter({"websocket": URLRouter([path("ws", Watcher.as_asgi())])})

if __name__ == "__main__":
    serve(app)
