"""The floor: one loop of `socket.send` over all watchers, and nothing around it.

    python -m benchmarks.rivals.floor PORT REDIS_URL

The upgrade is answered once and never looked at again. Every message on the channel is sent to
every socket, framed once.
"""

import base64
import contextlib
import hashlib
import socket
import sys
import threading

import redis

from app.open_files import raise_open_files
from benchmarks.rivals.ticks import CHANNEL, framed

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def accept_for_ever(listener: socket.socket, watchers: list[socket.socket]) -> None:
    """Take every watcher in."""
    while True:
        sock, _ = listener.accept()
        head = sock.recv(4_096)
        if not head:
            continue  # somebody looked whether we listen
        key = next(line[19:] for line in head.split(b"\r\n") if line.startswith(b"Sec-WebSocket-K"))
        accept = base64.b64encode(hashlib.sha1(key + _GUID).digest())
        sock.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
        )
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setblocking(False)
        watchers.append(sock)


def main() -> None:
    """Serve until killed."""
    raise_open_files()
    watchers: list[socket.socket] = []
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=4_096)
    threading.Thread(target=accept_for_ever, args=(listener, watchers), daemon=True).start()
    with (
        redis.Redis.from_url(sys.argv[2], socket_timeout=None) as client,
        client.pubsub() as pubsub,
    ):
        pubsub.subscribe(CHANNEL)
        for message in pubsub.listen():
            if message["type"] != "message":
                continue
            frame = framed(message["data"])
            for sock in watchers:
                with contextlib.suppress(BlockingIOError):
                    sock.send(frame)


if __name__ == "__main__":
    main()
