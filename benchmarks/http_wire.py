"""An HTTP connection of the load generator: keep-alive, one request at a time."""

import asyncio
from collections.abc import Callable
from typing import Any, Final, cast

import msgspec

OnResponse = Callable[[int, bytes], None]

_LENGTH: Final = b"content-length: "
_encode: Final = msgspec.json.Encoder().encode


class HttpWire(asyncio.Protocol):
    """One connection; its token goes with every request."""

    def __init__(self, port: int, token: str | None) -> None:
        authorization = "" if token is None else f"Authorization: Bearer {token}\r\n"
        self._headers = f"Host: 127.0.0.1:{port}\r\n{authorization}"
        self._on_response: OnResponse | None = None
        self._buffer = b""
        self._transport: asyncio.Transport

    def ask(self, method: str, path: str, body: Any, on_response: OnResponse) -> None:
        """Send a request; *on_response* gets the status and the body."""
        content = b"" if body is None else _encode(body)
        self._on_response = on_response
        head = (
            f"{method} /api/v1{path} HTTP/1.1\r\n{self._headers}"
            f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        self._transport.write(head.encode() + content)

    def close(self) -> None:
        self._transport.close()

    # asyncio's side.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, mark, rest = self._buffer.partition(b"\r\n\r\n")
        if not mark:
            return
        _, found, after = head.lower().partition(_LENGTH)
        size = int(after.partition(b"\r\n")[0]) if found else 0
        if len(rest) < size:
            return
        self._buffer = b""
        on_response, self._on_response = self._on_response, None
        assert on_response is not None
        on_response(int(head[9:12]), rest[:size])


async def open_http_wires(port: int, tokens: list[str | None]) -> list[HttpWire]:
    """Open a connection for each of *tokens*."""
    loop = asyncio.get_running_loop()
    wires = [HttpWire(port, token) for token in tokens]
    for wire in wires:
        await loop.create_connection(lambda wire=wire: wire, "127.0.0.1", port)  # type: ignore[misc]
    return wires
