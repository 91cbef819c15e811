"""Thousands of watchers in one process: one epoll loop, one socket a watcher, nothing else.

A watcher behaves as a page does: it continues from its position, moves when it is told `goaway`
(new socket first), and comes back with full jitter when its socket is cut or refused. What it
receives is checked: a delta must continue its map.
"""

import errno
import heapq
import json
import random
import select
import socket
import time
from array import array
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from multiprocessing.connection import Connection
from typing import Any, Final

from benchmarks.watchers.frames import FrameTable, Kind, Maps, Seen, masked

READ_BYTES: Final = 262_144
# A page waits between nothing and this before it comes back, doubling with each failure.
BACKOFF_S: Final = 1.0
BACKOFF_S_MAX: Final = 30.0
POLL_EVENTS_MAX: Final = 1_024
POLL_S: Final = 0.05

_UPGRADE: Final = (
    "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Version: 13\r\n{extra}\r\n"
)


class Dialect(Enum):
    """What is spoken once a socket is open."""

    SEATWIRE = auto()
    PLAIN = auto()
    SOCKETIO = auto()


@dataclass(frozen=True, slots=True)
class Target:
    """Where watchers connect. show: for Seatwire. opening_max: handshakes under way at once.

    receive_bytes: how much the kernel keeps for a watcher that does not read; None: its default.
    """

    port: int
    path: str = "/ws"
    dialect: Dialect = Dialect.SEATWIRE
    show: int = 0
    opening_max: int = 128
    receive_bytes: int | None = None


@dataclass(slots=True)
class Report:
    """What the swarm has seen since it was last reset.

    arrivals: (version before, version after) -> when watchers got that, seconds since 1970.
    maps: seat maps that watchers have now -> how many. outages_s: from a cut to live again.
    """

    live: int
    frames: int
    faults: list[str]
    refused: Counter[str]
    arrivals: dict[tuple[int, int], "array[float]"]
    maps: dict[bytes, int]
    versions: dict[int, int]
    outages_s: list[float]
    snapshots: int
    received_bytes: int


class _Stage(Enum):
    CONNECTING = auto()
    SHAKING = auto()
    JOINING = auto()
    LIVE = auto()


@dataclass(slots=True, eq=False)
class _Watcher:
    version: int = -1
    epoch: int = 0
    map_id: int = 0
    link: "_Link | None" = None
    lost_at: float | None = None
    failures: int = 0
    stalled: bool = False


@dataclass(slots=True, eq=False)
class _Link:
    sock: socket.socket
    watcher: _Watcher
    stage: _Stage = _Stage.CONNECTING
    rest: bytes = b""
    is_second: bool = False


@dataclass(order=True, slots=True)
class _Alarm:
    at: float
    number: int
    act: Callable[[], None] = field(compare=False)


class Swarm:
    """The watchers of one process. `serve` answers the orders that come by *orders*."""

    def __init__(self, target: Target, orders: Connection) -> None:
        self._target = target
        self._orders = orders
        self._table = FrameTable(parse=target.dialect is Dialect.SEATWIRE)
        self._maps = Maps()
        self._epoll = select.epoll()
        self._links: dict[int, _Link] = {}
        # Their numbers may be taken again before the events that were meant for them are read.
        self._closed: set[int] = set()
        self._watchers: list[_Watcher] = []
        self._wanted: list[_Watcher] = []
        self._opening = 0
        self._alarms: list[_Alarm] = []
        self._alarm_count = 0
        self._live = 0
        self._stopping = False
        self._jumps: dict[tuple[int, int], array[float]] = {}
        self._reset()

    def _reset(self) -> None:
        for seen in self._table.seen.values():
            seen.arrivals = array("d")
        self._jumps.clear()
        self._frames = 0
        self._bytes = 0
        self._snapshots = 0
        self._faults: list[str] = []
        self._refused: Counter[str] = Counter()
        self._outages_s: list[float] = []

    def serve(self) -> None:
        """Run until told to stop."""
        control = self._orders.fileno()
        self._epoll.register(control, select.EPOLLIN)
        while not self._stopping:
            self._closed.clear()
            for fd, _mask in self._epoll.poll(POLL_S, POLL_EVENTS_MAX):
                if fd == control:
                    self._obey(self._orders.recv())
                elif fd not in self._closed and (link := self._links.get(fd)) is not None:
                    self._look(link)
            self._ring()
            self._open_more()
        for link in list(self._links.values()):
            link.sock.close()

    def _obey(self, order: tuple[str, Any]) -> None:
        match order:
            case ("open", int(count)):
                fresh = [_Watcher() for _ in range(count)]
                self._watchers += fresh
                self._wanted += fresh
            case ("stall", float(share)):
                for watcher in self._watchers[: round(share * len(self._watchers))]:
                    self._stall(watcher)
            case ("wake", _):
                for watcher in self._watchers:
                    self._wake(watcher)
            case ("reset", _):
                self._reset()
            case ("state", _):
                self._orders.send((self._live, self._frames, self._lowest_version()))
            case ("report", _):
                self._orders.send(self._report())
            case ("stop", _):
                self._stopping = True

    # Opening and losing sockets.

    def _open_more(self) -> None:
        while self._wanted and self._opening < self._target.opening_max:
            watcher = self._wanted.pop()
            if watcher.link is None:  # it may have moved meanwhile
                self._open(watcher)

    def _open(self, watcher: _Watcher, *, is_second: bool = False) -> None:
        sock = socket.socket()
        sock.setblocking(False)
        if self._target.receive_bytes is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self._target.receive_bytes)
        code = sock.connect_ex(("127.0.0.1", self._target.port))
        link = _Link(sock, watcher, is_second=is_second)
        if not is_second:
            watcher.link = link
        self._opening += 1
        self._links[sock.fileno()] = link
        self._epoll.register(sock.fileno(), select.EPOLLOUT)
        if code not in (0, errno.EINPROGRESS):
            self._drop(link, f"connect: {errno.errorcode[code]}")

    def _drop(self, link: _Link, why: str, wait_s: float = 0.0) -> None:
        """Close *link*; unless another one has taken over, its watcher comes back."""
        if not self._forget(link):
            return
        watcher = link.watcher
        if link.stage is not _Stage.LIVE:
            self._opening -= 1
            self._refused[why] += 1
        if link.stage is _Stage.LIVE and watcher.link is link:
            self._live -= 1
            watcher.lost_at = time.time()
        if watcher.link is not link and not link.is_second:
            return  # it has moved
        if link.is_second and watcher.link is not None:
            self._later(wait_s + BACKOFF_S * random.random(), lambda: self._move(watcher))
            return
        watcher.link = None
        watcher.failures += 1
        longest_s = min(BACKOFF_S_MAX, BACKOFF_S * 2 ** (watcher.failures - 1))
        self._later(wait_s + longest_s * random.random(), lambda: self._wanted.append(watcher))

    def _forget(self, link: _Link) -> bool:
        """Close *link* and return whether it was open."""
        fd = link.sock.fileno()
        if self._links.pop(fd, None) is None:
            return False
        self._closed.add(fd)
        link.sock.close()
        return True

    def _move(self, watcher: _Watcher) -> None:
        if watcher.link is not None:
            self._open(watcher, is_second=True)

    def _later(self, wait_s: float, act: Callable[[], None]) -> None:
        self._alarm_count += 1
        heapq.heappush(self._alarms, _Alarm(time.time() + wait_s, self._alarm_count, act))

    def _ring(self) -> None:
        now = time.time()
        while self._alarms and self._alarms[0].at <= now:
            heapq.heappop(self._alarms).act()

    def _stall(self, watcher: _Watcher) -> None:
        if watcher.link is not None and watcher.link.stage is _Stage.LIVE:
            watcher.stalled = True
            self._epoll.modify(watcher.link.sock.fileno(), 0)

    def _wake(self, watcher: _Watcher) -> None:
        if watcher.stalled and watcher.link is not None:
            watcher.stalled = False
            self._epoll.modify(watcher.link.sock.fileno(), select.EPOLLIN)

    # Reading.

    def _look(self, link: _Link) -> None:
        if link.stage is _Stage.CONNECTING:
            self._shake(link)
            return
        try:
            data = link.sock.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError as error:
            self._drop(link, f"read: {error.strerror}")
            return
        now = time.time()
        if not data:
            self._drop(link, "closed")
            return
        self._bytes += len(data)
        if link.stage is _Stage.SHAKING:
            data = self._upgraded(link, link.rest + data)
            if not data:
                return
        elif link.rest:
            data = link.rest + data
        seen = self._table.seen.get(data)
        if seen is not None:
            link.rest = b""
            self._take(link, seen, now)
            return
        found, link.rest = self._table.split(data)
        for seen in found:
            self._take(link, seen, now)

    def _shake(self, link: _Link) -> None:
        code = link.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            self._drop(link, f"connect: {errno.errorcode.get(code, code)}")
            return
        extra = ""
        if self._target.dialect is Dialect.SEATWIRE:
            extra = "Sec-WebSocket-Protocol: seatwire.v1.json\r\n"
        link.stage = _Stage.SHAKING
        self._epoll.modify(link.sock.fileno(), select.EPOLLIN)
        upgrade = _UPGRADE.format(path=self._target.path, port=self._target.port, extra=extra)
        self._send(link, upgrade.encode())

    def _upgraded(self, link: _Link, data: bytes) -> bytes:
        """Take the answer to the upgrade; return what came after it."""
        head, end, rest = data.partition(b"\r\n\r\n")
        if not end:
            link.rest = data
            return b""
        link.rest = b""
        status = head.split(b" ", 2)[1].decode()
        if status != "101":
            self._drop(link, f"status {status}", _retry_after_s(head))
            return b""
        link.stage = _Stage.JOINING
        if link.is_second:
            self._take_over(link)
        match self._target.dialect:
            case Dialect.SEATWIRE:
                self._send(link, masked('{"op":"hello"}') + self._watch(link.watcher))
            case Dialect.PLAIN:
                self._joined(link)
            case Dialect.SOCKETIO:
                self._send(link, masked("40"))
        return rest

    def _watch(self, watcher: _Watcher) -> bytes:
        message: dict[str, Any] = {"op": "watch", "show": self._target.show}
        if watcher.version >= 0:
            message["since"] = {"epoch": watcher.epoch, "version": watcher.version}
        return masked(json.dumps(message))

    def _take_over(self, link: _Link) -> None:
        """Let go of the old socket as the new one is about to watch, as a page does."""
        watcher, old = link.watcher, link.watcher.link
        watcher.link = link
        link.is_second = False
        if old is not None and self._forget(old):
            self._live -= old.stage is _Stage.LIVE

    def _joined(self, link: _Link) -> None:
        link.stage = _Stage.LIVE
        self._opening -= 1
        watcher = link.watcher
        watcher.failures = 0
        self._live += 1
        if watcher.lost_at is not None:
            self._outages_s.append(time.time() - watcher.lost_at)
            watcher.lost_at = None

    def _take(self, link: _Link, seen: Seen, now: float) -> None:
        self._frames += 1
        watcher = link.watcher
        if seen.kind is Kind.DELTA:
            if watcher.version != seen.from_version:
                self._faults.append(
                    f"had {watcher.version}, got {seen.from_version}-{seen.to_version}"
                )
                return
            seen.arrivals.append(now)
            watcher.version = seen.to_version
            watcher.map_id = self._maps.after(watcher.map_id, seen)
            if link.stage is _Stage.JOINING:
                self._joined(link)
        elif seen.kind is Kind.SNAPSHOT:
            self._snapshots += 1
            if seen.to_version > watcher.version >= 0:
                self._jumped(watcher.version, seen.to_version, now)
            watcher.version, watcher.epoch = seen.to_version, seen.message["epoch"]
            watcher.map_id = self._maps.after(watcher.map_id, seen)
            if link.stage is _Stage.JOINING:
                self._joined(link)
        else:
            self._take_other(link, seen)

    def _jumped(self, from_version: int, to_version: int, now: float) -> None:
        self._jumps.setdefault((from_version, to_version), array("d")).append(now)

    def _take_other(self, link: _Link, seen: Seen) -> None:
        if seen.kind is Kind.GOAWAY:
            delay_s = seen.message["delay_ms"] / 1000
            self._later(delay_s, lambda: self._move(link.watcher))
        elif seen.kind is Kind.CLOSE:
            self._drop(link, f"close {seen.close_code}")
        elif self._target.dialect is Dialect.SOCKETIO:
            text = seen.message.get("text", b"")
            if text.startswith(b"40"):
                self._joined(link)
            elif text == b"2":
                self._send(link, masked("3"))

    def _send(self, link: _Link, data: bytes) -> None:
        try:
            link.sock.send(data)
        except OSError as error:
            self._drop(link, f"write: {error.strerror}")

    # Telling.

    def _lowest_version(self) -> int:
        return min((watcher.version for watcher in self._watchers), default=-1)

    def _report(self) -> Report:
        arrivals = {key: array("d", times) for key, times in self._jumps.items()}
        for seen in self._table.seen.values():
            if seen.kind is Kind.DELTA and seen.arrivals:
                span = seen.from_version, seen.to_version
                arrivals.setdefault(span, array("d")).extend(seen.arrivals)
        maps = Counter(watcher.map_id for watcher in self._watchers)
        return Report(
            live=self._live,
            frames=self._frames,
            faults=self._faults[:20],
            refused=self._refused,
            arrivals=arrivals,
            maps={self._maps[map_id]: count for map_id, count in maps.items()},
            versions=dict(Counter(watcher.version for watcher in self._watchers)),
            outages_s=self._outages_s,
            snapshots=self._snapshots,
            received_bytes=self._bytes,
        )


def _retry_after_s(head: bytes) -> float:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"retry-after":
            return float(value)
    return 0.0


def run_swarm(target: Target, orders: Connection) -> None:
    """Be a swarm process until told to stop, or until whoever gives the orders is gone."""
    try:
        Swarm(target, orders).serve()
    except (EOFError, KeyboardInterrupt):
        return
