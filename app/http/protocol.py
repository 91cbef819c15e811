"""uvicorn's HTTP protocol with a bound on the head of a request, which httptools does not have."""

from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# Our own requests have under 2 KiB; proxies commonly stop at 8 to 64.
HEAD_BYTES_MAX: Final = 65_536

_TOO_LARGE: Final = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-length: 0\r\nconnection: close\r\n\r\n"
)


class BoundedHttpProtocol(HttpToolsProtocol):
    """Answers 431 and closes when a request's head does not end within HEAD_BYTES_MAX."""

    _head_bytes = 0
    _in_head = True

    def data_received(self, data: bytes) -> None:
        if self._in_head:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES_MAX + len(data):
                self.transport.write(_TOO_LARGE)
                self.transport.close()
                return
        super().data_received(data)

    def on_message_begin(self) -> None:
        self._in_head, self._head_bytes = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head = False
        super().on_headers_complete()
