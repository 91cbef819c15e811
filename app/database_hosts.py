"""Which server of a database URL to connect to: the first that answers and takes writes.

A URL may name several, a primary and its standbys in any order. asyncpg asks them in turn, so one
that hangs, or whose packets get lost, would keep us from the one behind it for as long as we are
willing to wait at all. Here each has a short head start on the next, and the last one that was good
is asked first.
"""

import asyncio
from collections import deque
from itertools import cycle
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg
import structlog

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]

PORT_DEFAULT: Final = 5432
# A healthy server answers within some milliseconds; behind TLS and a password some tens.
HEAD_START_S: Final = 0.15

log = structlog.get_logger(__name__)


class Host(NamedTuple):
    """Where a server listens; a name that begins with a slash is the folder of a unix socket."""

    name: str
    port: int


class Hosts:
    """The servers that a URL names, the last good one first."""

    def __init__(self, url: str) -> None:
        self._hosts = read_hosts(url)
        self._names_target = "target_session_attrs" in parse_qs(urlsplit(url).query)

    async def connect(self, url: str, **options: Any) -> "Connection":
        """Return a connection to the first good server.

        Raises what the last one said when none is good, and TimeoutError when they do not answer in
        time (options: those of asyncpg.connect).
        """
        if len(self._hosts) < 2:
            connection: Connection = await asyncpg.connect(url, **options)
            return connection
        if not self._names_target:
            options["target_session_attrs"] = "read-write"
        waiting = deque(self._hosts)
        attempts: dict[asyncio.Task[Connection], Host] = {}
        refusal: BaseException = OSError("no server answered")
        try:
            while waiting or attempts:
                if waiting:
                    host = waiting.popleft()
                    attempt = asyncpg.connect(url, host=host.name, port=host.port, **options)
                    attempts[asyncio.ensure_future(attempt)] = host
                done, _ = await asyncio.wait(
                    attempts,
                    timeout=HEAD_START_S if waiting else None,
                    return_when=asyncio.FIRST_COMPLETED,
                )
                for task in done:
                    if (error := task.exception()) is None:
                        self._prefer(attempts.pop(task))
                        return task.result()
                    log.debug("ledger.host_refused", host=attempts.pop(task), error=repr(error))
                    refusal = error
            raise refusal
        finally:
            await _give_up(attempts)

    def _prefer(self, host: Host) -> None:
        if host != self._hosts[0]:
            log.warning("ledger.host_changed", host=host)
            self._hosts.remove(host)
            self._hosts.insert(0, host)


def read_hosts(url: str) -> list[Host]:
    """Return the servers that *url* names; none when it leaves that to the environment."""
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    ports = query.get("port", [""])[-1].split(",")
    listed = unquote(parts.netloc.rpartition("@")[2]) or query.get("host", [""])[-1]
    names = [name for name in listed.split(",") if name]
    return [_read_host(name, port) for name, port in zip(names, cycle(ports), strict=False)]


def _read_host(text: str, port: str) -> Host:
    """Return the host in `name`, `name:port`, `[address]`, `[address]:port` or `/folder`."""
    name, colon, own_port = text.rpartition(":")
    if colon and own_port.isdecimal() and not text.startswith("/"):
        text, port = name, own_port
    return Host(text.strip("[]"), int(port or PORT_DEFAULT))


async def _give_up(attempts: "dict[asyncio.Task[Connection], Host]") -> None:
    for task in attempts:
        task.cancel()
    for late in await asyncio.gather(*attempts, return_exceptions=True):
        if not isinstance(late, BaseException):
            late.terminate()
