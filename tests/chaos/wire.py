"""A TCP proxy on loopback that does what networks do, when it is told to."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

CHUNK_BYTES: Final = 65_536
# ReadyForQuery, outside a transaction: what was asked is done, and committed.
READY: Final = b"Z\0\0\0\5I"
# Only the arguments of apply_batch have the kinds of commands in them, each after its length.
COMMANDS: Final = tuple(
    len(kind).to_bytes(4, "big") + kind
    for kind in (
        b"hold",
        b"release",
        b"extend",
        b"expire",
        b"book",
        b"cancel",
        b"block",
        b"unblock",
    )
)
PUSH: Final = b"smessage\r\n"


class Link:
    """One connection through a wire, from a client to a server."""

    def __init__(self, client: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        self.client = client
        self.server = server
        self.is_half_open = False
        self.is_losing = False

    def cut(self) -> None:
        self.client.transport.abort()
        self.server.transport.abort()


class Wire:
    """Carries bytes between clients of `port` and one server.

    target: the path of a unix socket, or a port on loopback.
    """

    def __init__(self, target: str | int) -> None:
        self._target = target
        self._links: set[Link] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        # Seconds since 1970: when connections were made half open the last time.
        self.half_open_at = 0.0
        self.port = 0
        self.latency_s = 0.0
        self.acks_to_lose = 0
        self.pushes_to_lose = 0
        self.acks_lost = 0
        self.pushes_lost = 0

    async def open(self) -> None:
        """Listen on a port of its own."""
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Stop listening and cut every connection."""
        assert self._server is not None
        self._server.close()
        self.cut()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    def cut(self) -> None:
        """Cut every connection; new ones can be made."""
        for link in tuple(self._links):
            link.cut()

    def go_half_open(self) -> None:
        """Swallow what present connections say from now on, and leave them open."""
        self.half_open_at = time.time()
        for link in self._links:
            link.is_half_open = True

    @property
    def is_used(self) -> bool:
        """Whether somebody is connected, and not in vain."""
        return any(not link.is_half_open for link in self._links)

    def cut_half_open(self) -> None:
        """Cut the connections that are half open, as the network does when it is back."""
        for link in tuple(self._links):
            if link.is_half_open:
                link.cut()

    def heal(self) -> None:
        """Do no more harm; what is half open stays so, as it would."""
        self.latency_s = 0.0
        self.acks_to_lose = 0
        self.pushes_to_lose = 0

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        link = None
        try:
            to_reader, to_writer = await self._connect()
            link = Link(writer, to_writer)
            self._links.add(link)
            up = asyncio.create_task(self._ask(link, reader))
            down = asyncio.create_task(self._answer(link, to_reader))
            await asyncio.wait({up, down}, return_when=asyncio.FIRST_COMPLETED)
            up.cancel()
            down.cancel()
            await asyncio.gather(up, down, return_exceptions=True)
        except (OSError, asyncio.CancelledError):
            pass  # nobody at the other end, or the wire is being closed
        finally:
            writer.transport.abort()
            if link is not None:
                link.cut()
                self._links.discard(link)
            self._tasks.discard(task)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self._target, int):
            return await asyncio.open_connection("127.0.0.1", self._target)
        return await asyncio.open_unix_connection(self._target)

    async def _ask(self, link: Link, reader: asyncio.StreamReader) -> None:
        while data := await _read(reader):
            if link.is_half_open:
                continue
            if self.acks_to_lose and any(kind in data for kind in COMMANDS):
                self.acks_to_lose -= 1
                link.is_losing = True
            await self._pass_on(link.server, data)

    async def _answer(self, link: Link, reader: asyncio.StreamReader) -> None:
        while data := await _read(reader):
            if link.is_half_open:
                continue
            if link.is_losing:
                if data.endswith(READY):
                    self.acks_lost += 1
                    return  # and so the connection is cut, with the answer
                continue
            if self.pushes_to_lose and PUSH in data:
                data = b"".join(self._without_lost(data))
            await self._pass_on(link.client, data)

    async def _pass_on(self, writer: asyncio.StreamWriter, data: bytes) -> None:
        if self.latency_s:
            await asyncio.sleep(self.latency_s)
        writer.write(data)
        with suppress(OSError):  # it was cut meanwhile, and whoever reads will see that
            await writer.drain()

    def _without_lost(self, data: bytes) -> Iterator[bytes]:
        """Leave out whole published messages; what is no message, or not all of one, stays."""
        for message in split_replies(data):
            if self.pushes_to_lose and PUSH in message and message.endswith(b"\r\n"):
                self.pushes_to_lose -= 1
                self.pushes_lost += 1
            else:
                yield message


async def _read(reader: asyncio.StreamReader) -> bytes:
    """Return some bytes, or none when the connection is over, however it ended."""
    with suppress(OSError):
        return await reader.read(CHUNK_BYTES)
    return b""


def split_replies(data: bytes) -> Iterator[bytes]:
    """Split what Redis says into whole replies; the rest, if the last is not whole, comes last.

    Knows arrays and pushes of bulk strings and numbers, which is all a subscriber hears.
    """
    start = 0
    while start < len(data):
        end = _reply_end(data, start)
        yield data[start:] if end is None else data[start:end]
        start = len(data) if end is None else end


def _reply_end(data: bytes, start: int) -> int | None:
    line_end = data.find(b"\r\n", start)
    if line_end < 0:
        return None
    kind, here = data[start : start + 1], line_end + 2
    if kind == b"$":
        here += int(data[start + 1 : line_end]) + 2
        return here if here <= len(data) else None
    if kind in b"*>":
        for _ in range(int(data[start + 1 : line_end])):
            end = _reply_end(data, here)
            if end is None:
                return None
            here = end
    return here
