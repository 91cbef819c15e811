"""uvicorn's HTTP protocol with two bounds more: on the head of a request, and on upgrades.

An upgrade that is refused here costs a tenth of one that is refused by the application.
"""

import math
from collections.abc import Callable
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# Our own requests have under 2 KiB; proxies commonly stop at 8 to 64.
HEAD_BYTES_MAX: Final = 65_536

_TOO_LARGE: Final = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-length: 0\r\nconnection: close\r\n\r\n"
)
_COME_BACK: Final = (
    "HTTP/1.1 503 Service Unavailable\r\nretry-after: {}\r\n"
    "content-length: 0\r\nconnection: close\r\n\r\n"
)


class BoundedHttpProtocol(HttpToolsProtocol):
    """Answers 431 and closes when a request's head does not end within HEAD_BYTES_MAX.

    admit: asked for every WebSocket; returns None to let it in, or in how many seconds its client
    should come back, which it is told with a 503.
    """

    _head_bytes = 0
    _in_head = True

    def __init__(self, *args: Any, admit: Callable[[], float | None], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._admit = admit

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

    def handle_websocket_upgrade(self) -> None:
        retry_in_s = self._admit()
        if retry_in_s is None:
            super().handle_websocket_upgrade()
            return
        self.transport.write(_COME_BACK.format(math.ceil(retry_in_s)).encode())
        self.transport.close()
