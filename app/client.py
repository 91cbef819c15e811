"""A client of the wire, for the rehearsal, the benchmarks and the tests: one socket, either codec.

It keeps a `Screen` for each show it watches, strictly: a delta that does not continue the screen
is an error, because a server that sends one is wrong.
"""

import asyncio
import base64
import json
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final, Literal

import msgpack
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from app.changes import Position, unpack_statuses

CodecName = Literal["json", "msgpack"]

REPLY_TIMEOUT_S: Final = 10.0
# A server that is gone does not answer the close, either.
CLOSE_TIMEOUT_S: Final = 1.0
# Pushes kept for whoever wants to look at them; older ones have done their work on the screens.
PUSHES_KEPT_MAX: Final = 1_000


class Refused(Exception):
    """Raised when a reply says no. code: the stable code; error: the whole error."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(f"{error['code']}: {error['message']}")
        self.code: str = error["code"]
        self.error = error


class OutOfOrder(Exception):
    """Raised when a delta does not continue the screen it is for."""


class Screen:
    """What one client sees of one show: statuses, one byte a seat, at a position."""

    def __init__(self) -> None:
        self.position: Position | None = None
        self.statuses = bytearray()
        self.delta_count = 0
        self.snapshot_count = 0

    def take_snapshot(self, push: dict[str, Any]) -> None:
        """Replace the screen by a `snapshot` push."""
        packed = push["seats"]
        if isinstance(packed, str):
            packed = base64.b64decode(packed)
        self.statuses = bytearray(unpack_statuses(packed, push["count"]))
        self.position = Position(push["epoch"], push["version"])
        self.snapshot_count += 1

    def take_delta(self, push: dict[str, Any]) -> None:
        """Apply a `delta` push. Raises OutOfOrder."""
        if self.position != (push["epoch"], push["from"]):
            raise OutOfOrder(f"at {self.position}, got {push['epoch']}.{push['from']}")
        for seat, status in push["seats"]:
            self.statuses[seat] = status
        self.position = Position(push["epoch"], push["to"])
        self.delta_count += 1


class Client:
    """One socket. Made by `open_client`."""

    def __init__(self, connection: ClientConnection, codec: CodecName) -> None:
        self._connection = connection
        self._codec = codec
        self._refs = 0
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._news = asyncio.Condition()
        self.screens: dict[int, Screen] = {}
        self.pushes: deque[dict[str, Any]] = deque(maxlen=PUSHES_KEPT_MAX)
        self.fault: OutOfOrder | None = None
        # Seconds since 1970; a client that hears nothing for two pulses is cut off.
        self.heard_at = time.time()

    async def ask(self, op: str, **fields: Any) -> dict[str, Any]:
        """Send a message and return its reply. Raises Refused, ConnectionClosed, TimeoutError."""
        reply = await self.send(op, **fields)
        async with asyncio.timeout(REPLY_TIMEOUT_S):
            return await reply

    async def send(self, op: str, **fields: Any) -> asyncio.Future[dict[str, Any]]:
        """Send a message and return its reply to come."""
        self._refs += 1
        reply: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[self._refs] = reply
        await self.send_raw(_encode({"op": op, "ref": self._refs, **fields}, self._codec))
        return reply

    async def send_raw(self, data: str | bytes) -> None:
        """Send *data* as one message, whatever it is."""
        await self._connection.send(data)

    async def watch(self, show: int, since: Position | None = None) -> dict[str, Any]:
        """Watch *show* and return it; its screen is filled when this returns.

        since: a position whose seats are on the screen already.
        """
        screen = self.screens.setdefault(show, Screen())
        before = screen.snapshot_count + screen.delta_count
        fields = {} if since is None else {"since": since._asdict()}
        reply = await self.ask("watch", show=show, **fields)
        await self.until(lambda: screen.snapshot_count + screen.delta_count > before)
        shown: dict[str, Any] = reply["show"]
        return shown

    async def until(
        self, condition: Callable[[], bool], timeout_s: float = REPLY_TIMEOUT_S
    ) -> None:
        """Return when *condition* holds, looked at after every message. Raises TimeoutError."""
        async with asyncio.timeout(timeout_s), self._news:
            await self._news.wait_for(lambda: self.fault is not None or condition())
        if self.fault is not None:
            raise self.fault

    def pushed(self, kind: str) -> list[dict[str, Any]]:
        """Return the pushes of *kind* that were kept, oldest first."""
        return [push for push in self.pushes if push["push"] == kind]

    async def close(self) -> None:
        """Close the socket."""
        await self._connection.close()

    async def read(self) -> None:
        """Take in messages until the socket closes."""
        try:
            async for data in self._connection:
                self.heard_at = time.time()
                self._take(_decode(data, self._codec))
                async with self._news:
                    self._news.notify_all()
        except ConnectionClosed:
            pass
        finally:
            for reply in self._waiting.values():
                if not reply.done():
                    reply.set_exception(ConnectionClosed(None, None))
                    reply.exception()  # nobody may be waiting for it any more

    def _take(self, message: dict[str, Any]) -> None:
        kind = message.get("push")
        if kind is None:
            self._answer(message)
            return
        self.pushes.append(message)
        if kind not in ("snapshot", "delta"):
            return
        screen = self.screens.setdefault(message["show"], Screen())
        try:
            if kind == "snapshot":
                screen.take_snapshot(message)
            else:
                screen.take_delta(message)
        except OutOfOrder as error:
            self.fault = error

    def _answer(self, message: dict[str, Any]) -> None:
        reply = self._waiting.pop(message["ref"], None) if message["ref"] else None
        if reply is None or reply.done():
            self.pushes.append({"push": "unasked", **message})
        elif message["ok"]:
            reply.set_result(message)
        else:
            reply.set_exception(Refused(message["error"]))
            reply.exception()


@asynccontextmanager
async def open_client(
    url: str, *, token: str | None = None, codec: CodecName = "json", greet: bool = True
) -> AsyncIterator[Client]:
    """Connect to `url`/ws, say hello, and read until the block ends."""
    async with connect(
        f"{url.replace('http', 'ws', 1)}/ws",
        subprotocols=[f"seatwire.v1.{codec}"],  # type: ignore[list-item]  # a NewType of str
        compression=None,
        max_size=None,
        ping_interval=None,
        close_timeout=CLOSE_TIMEOUT_S,
    ) as connection:
        client = Client(connection, codec)
        reader = asyncio.create_task(client.read(), name="client reader")
        try:
            if greet:
                await client.ask("hello", **({} if token is None else {"token": token}))
            yield client
        finally:
            await client.close()
            await reader


def _encode(message: dict[str, Any], codec: CodecName) -> str | bytes:
    if codec == "json":
        return json.dumps(message)
    packed: bytes = msgpack.packb(message)
    return packed


def _decode(data: str | bytes, codec: CodecName) -> dict[str, Any]:
    decoded: dict[str, Any] = json.loads(data) if codec == "json" else msgpack.unpackb(data)
    return decoded
