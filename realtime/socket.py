"""The uvicorn WebSocket protocol, opened so that one frame can be written to many sockets.

uvicorn frames every message for every connection anew and awaits each send. Here the hub writes the
same ready-made bytes to every transport. That is sound because (uvicorn 0.54, websockets 17):
1. uvicorn never fragments and flushes its own frames in the call that makes them, so ours never
   land inside another;
2. per-message deflate is off, so a frame carries no state of its connection;
3. nothing is written once a close frame has been sent or the transport is closing.

The first byte the kernel does not take pauses writing: from then on the socket is *congested*, gets
nothing that can be merged later, and is caught up when it drains.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from realtime.close_codes import CloseCode
from realtime.protocol import Frame

EXTENSION: Final = "seatwire.socket"


# Messages of one read that are taken in at once; those of a flood wait for their socket's turn.
TAKEN_AT_ONCE_MAX: Final = 8

# Of the protocol's own close codes the one for text that is none (RFC 6455, section 7.4.1).
NOT_UTF8: Final = 1007


class Socket(Protocol):
    """Where frames of one connection go."""

    is_congested: bool
    """Whether earlier frames have not all been handed to the kernel yet."""

    def write(self, frame: Frame) -> None:
        """Send *frame* after what was written before; dropped when the socket is closing."""

    def write_all(self, frames: Sequence[Frame]) -> None:
        """Send *frames*, in one go where it can be."""

    def on_drain(self, callback: Callable[[], None]) -> None:
        """Call *callback* each time the socket stops being congested."""

    async def drained(self) -> None:
        """Return when the socket is not congested, or closed."""

    def on_message(self, take: Callable[[str | bytes], bool]) -> None:
        """Offer every message to *take* as it comes. What it declines is received as ever, and what
        comes behind that, too. Some sockets offer nothing."""

    def close(self, code: CloseCode) -> None:
        """Start to close."""

    def abort(self) -> None:
        """Cut the connection; what was not sent is lost."""


class SharedFrameProtocol(WebSocketsSansIOProtocol):
    """One server-side WebSocket; a `Socket` that the endpoint finds in its scope's extensions."""

    # Plain attributes, kept up to date by the events below, because they are asked for every frame
    # of every socket.
    is_congested = False
    _is_open = True
    _drain_callback: Callable[[], None] | None = None
    _take: Callable[[str | bytes], bool] | None = None
    _takes_left = TAKEN_AT_ONCE_MAX

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._write = self.transport.write
        self.transport.set_write_buffer_limits(high=0)

    async def run_asgi(self) -> None:
        extensions: dict[str, Any] = self.scope["extensions"]
        extensions[EXTENSION] = {"socket": self}
        await super().run_asgi()

    def pause_writing(self) -> None:
        super().pause_writing()
        self.is_congested = True
        # A pong answers each ping whether it is read or not: who does not read is not read either.
        self.transport.pause_reading()

    def resume_writing(self) -> None:
        super().resume_writing()
        self.is_congested = False
        if not self.read_paused and not self.transport.is_closing():
            self.transport.resume_reading()
        if self._drain_callback is not None and self._is_open:
            self._drain_callback()

    def connection_lost(self, exc: Exception | None) -> None:
        self._is_open = False
        self.is_congested = False
        self._drain_callback = None
        self._take = None
        super().connection_lost(exc)

    def shutdown(self) -> None:
        self._is_open = False
        super().shutdown()

    def handle_close(self, event: Any) -> None:
        self._is_open = False
        super().handle_close(event)

    def data_received(self, data: bytes) -> None:
        self._takes_left = TAKEN_AT_ONCE_MAX
        super().data_received(data)

    def send_receive_event_to_app(self) -> None:
        """Hand a message on: at once, without a turn of the loop, when it may be. Text that is not
        UTF-8 ends the socket; whose client sends it must not fill our log with errors, as uvicorn
        has it."""
        data = b"".join(self.frames)
        message: str | bytes = data
        if self.curr_msg_data_type == "text":
            try:
                message = data.decode()
            except UnicodeDecodeError:
                if not self.close_sent:
                    self.frames = []
                    self.conn.send_close(NOT_UTF8)
                    self.handle_parser_exception()
                    return
        if self._is_taken(message):
            self.frames = []
        else:
            super().send_receive_event_to_app()

    def _is_taken(self, message: str | bytes) -> bool:
        if self._take is None or not self._is_open:
            return False
        if not self._takes_left or not self.queue.empty():
            return False
        self._takes_left -= 1
        return self._take(message)

    def handle_parser_exception(self) -> None:
        self._is_open = False
        super().handle_parser_exception()

    def write(self, frame: Frame) -> None:
        if self._is_open:
            self._write(frame.wire)

    def write_all(self, frames: Sequence[Frame]) -> None:
        if self._is_open:
            self._write(b"".join([frame.wire for frame in frames]))

    def on_drain(self, callback: Callable[[], None]) -> None:
        self._drain_callback = callback

    def on_message(self, take: Callable[[str | bytes], bool]) -> None:
        self._take = take

    async def drained(self) -> None:
        await self.writable.wait()

    def close(self, code: CloseCode) -> None:
        if not self._is_open:
            return
        self._is_open = False
        # What uvicorn does for `websocket.close`; the application, waiting in receive(), hears of
        # it.
        self.queue.put_nowait(
            {"type": "websocket.disconnect", "code": int(code), "reason": code.reason}
        )
        self.conn.send_close(int(code), code.reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self.close_timer = self.loop.call_later(self.close_timeout, self.transport.abort)

    def abort(self) -> None:
        self._is_open = False
        self.transport.abort()


class QueuedSocket:
    """The same for any other ASGI server: a bounded queue and a task that sends what is in it."""

    def __init__(self, send: Callable[[dict[str, Any]], Any], *, frames_max: int = 256) -> None:
        self._send = send
        self._frames: asyncio.Queue[Frame | CloseCode | None] = asyncio.Queue(frames_max)
        self._writable = asyncio.Event()
        self._writable.set()
        self._drain_callback: Callable[[], None] | None = None
        self.is_congested = False
        self.is_closing = False

    async def run(self) -> None:
        """Send what is written until closed."""
        try:
            while (item := await self._frames.get()) is not None:
                await self._send(_asgi_message(item))
                if isinstance(item, CloseCode):
                    return
                if self._frames.empty():
                    self._drained()
        except OSError:
            pass  # the peer is gone, as receive() says to the reader, too
        finally:
            self._drain_callback = None
            self._drained()

    def _drained(self) -> None:
        was_congested = self.is_congested
        self.is_congested = False
        self._writable.set()
        if was_congested and self._drain_callback is not None:
            self._drain_callback()

    def write(self, frame: Frame) -> None:
        if self._frames.full():
            return  # the reader answers nothing more until this has drained
        self._frames.put_nowait(frame)
        self.is_congested = True
        self._writable.clear()

    def write_all(self, frames: Sequence[Frame]) -> None:
        for frame in frames:
            self.write(frame)

    def on_drain(self, callback: Callable[[], None]) -> None:
        self._drain_callback = callback

    async def drained(self) -> None:
        await self._writable.wait()

    def on_message(self, take: Callable[[str | bytes], bool]) -> None:
        pass

    def close(self, code: CloseCode) -> None:
        self.is_closing = True
        while self._frames.full():
            self._frames.get_nowait()
        self._frames.put_nowait(code)

    def abort(self) -> None:
        while not self._frames.empty():
            self._frames.get_nowait()
        self._frames.put_nowait(None)


def _asgi_message(item: Frame | CloseCode) -> dict[str, Any]:
    if isinstance(item, CloseCode):
        return {"type": "websocket.close", "code": int(item), "reason": item.reason}
    content = {"text": item.payload.decode()} if item.is_text else {"bytes": item.payload}
    return {"type": "websocket.send", **content}
