"""A socket of the load generator: `seatwire.v1.msgpack` with as little work as possible.

The generator shares the machine with the servers it measures, so this knows just what it needs:
frames that are not fragmented, a masking key of zeros (RFC 6455 asks for a key, and zero is one),
pushes told apart by their first bytes.
"""

import asyncio
import struct
from collections.abc import Callable
from itertools import count
from typing import Any, Final, cast

import msgspec

from benchmarks.screens import ScreenState

Answer = dict[str, Any]
OnAnswer = Callable[[Answer], None]

OPENING_AT_ONCE: Final = 64
ANSWER_TIMEOUT_S: Final = 20.0

_UPGRADE: Final = (
    "GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Protocol: seatwire.v1.msgpack\r\n\r\n"
)
_NO_MASK: Final = bytes(4)
# A map of a few fields (one byte) whose first key is `push` with this value.
_PUSH: Final = b"\xa4push"
_SEATS: Final = (b"\xa4push\xa5delta", b"\xa4push\xa8snapshot")
_GOAWAY: Final = b"\xa4push\xa6goaway"

_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(dict[str, Any]).decode


class Wire(asyncio.Protocol):
    """One socket. screen: what it sees of the one show it may watch."""

    def __init__(self, port: int, screen: ScreenState) -> None:
        self.screen = screen
        self.frame_count = 0
        self.closed_early = False
        self.fault: Exception | None = None
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._port = port
        self._refs = count()
        self._waiting: dict[int, OnAnswer] = {}
        self._buffer = b""
        self._is_open = False
        self._closing = False
        self._transport: asyncio.Transport

    def ask(self, op: str, on_answer: OnAnswer, **fields: Any) -> None:
        """Send a command; *on_answer* gets its answer, whether it says yes or no."""
        ref = next(self._refs)
        self._waiting[ref] = on_answer
        payload = _encode({"op": op, "ref": ref, **fields})
        size = len(payload)
        header = (
            struct.pack("!BB", 0x82, 0x80 | size)
            if size < 126
            else struct.pack("!BBH", 0x82, 0x80 | 126, size)
        )
        self._transport.write(header + _NO_MASK + payload)

    async def answer(self, op: str, **fields: Any) -> Answer:
        """Send a command and return its answer."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self.ask(op, answer.set_result, **fields)
        async with asyncio.timeout(ANSWER_TIMEOUT_S):
            return await answer

    def close(self) -> None:
        self._closing = True
        self._transport.close()

    # asyncio's side.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(_UPGRADE.format(port=self._port).encode())

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed_early = not self._closing
        if not self.opened.done():
            self.opened.set_exception(ConnectionError("the socket was not opened"))

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer + data if self._buffer else data
        at = 0
        if not self._is_open:
            head, mark, buffer = buffer.partition(b"\r\n\r\n")
            if not mark:
                self._buffer = head
                return
            if b" 101 " not in head:
                self.opened.set_exception(ConnectionError(head.decode()))
                return
            self._is_open = True
            self.opened.set_result(None)
        end = len(buffer)
        while end - at >= 2:
            size, start = buffer[at + 1], at + 2
            if size == 126:
                start += 2
                size = int.from_bytes(buffer[at + 2 : start], "big")
            elif size == 127:
                start += 8
                size = int.from_bytes(buffer[at + 2 : start], "big")
            if start + size > end:
                break
            if buffer[at] == 0x82:
                self._take(buffer[start : start + size])
            at = start + size
        self._buffer = buffer[at:] if at < end else b""

    def _take(self, payload: bytes) -> None:
        self.frame_count += 1
        if not payload.startswith(_PUSH, 1):
            answer = _decode(payload)
            self._waiting.pop(answer["ref"])(answer)
        elif payload.startswith(_SEATS, 1):
            try:
                self.screen = self.screen.after(payload)
            except Exception as error:
                self.fault = error
                self.close()
        elif payload.startswith(_GOAWAY, 1):
            self.fault = ConnectionError("the instance went away")


async def open_wires(
    port: int, tokens: list[str | None], show: int | None, blank: ScreenState
) -> list[Wire]:
    """Open a socket for each of *tokens*, which watches *show* if there is one."""
    loop = asyncio.get_running_loop()
    slots = asyncio.Semaphore(OPENING_AT_ONCE)

    async def open_one(token: str | None) -> Wire:
        async with slots:
            _, wire = await loop.create_connection(lambda: Wire(port, blank), "127.0.0.1", port)
            await wire.opened
            hello = {} if token is None else {"token": token}
            require(await wire.answer("hello", **hello))
            if show is not None:
                require(await wire.answer("watch", show=show))
            return wire

    return await asyncio.gather(*map(open_one, tokens))


def require(answer: Answer) -> Answer:
    """Return *answer*. Raises RuntimeError when it says no."""
    if not answer["ok"]:
        raise RuntimeError(str(answer["error"]))
    return answer
