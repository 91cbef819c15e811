"""What rivals are told to send to all their watchers: one message on one Redis channel a tick."""

from collections.abc import AsyncIterator
from typing import Final

from redis.asyncio import Redis

CHANNEL: Final = "seatwire-bench-ticks"


def framed(payload: bytes) -> bytes:
    """Return the WebSocket text frame around *payload*, of up to 64 KiB."""
    size = len(payload)
    head = bytes([0x81, size]) if size < 126 else b"\x81\x7e" + size.to_bytes(2)
    return head + payload


async def ticks(redis_url: str) -> AsyncIterator[bytes]:
    """Yield the payload of every tick."""
    async with Redis.from_url(redis_url, socket_timeout=None) as client, client.pubsub() as pubsub:
        await pubsub.subscribe(CHANNEL)
        async for message in pubsub.listen():
            if message["type"] == "message":
                yield message["data"]
