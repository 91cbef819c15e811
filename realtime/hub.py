"""All sockets of this instance and the shows they watch.

The hub opens a show's audience when its first watcher comes and closes it a while after the last
one left; it beats the pulse of every socket, cuts those that drain nothing, and says goodbye
before a restart.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Container, Iterable, Sequence
from typing import Any, Final

import structlog

from app import metrics
from app.cancellation import pause
from app.catalog import Catalog
from app.domain import Actor, Role
from app.feed import Feed
from realtime.admission import Admission
from realtime.audience import Audience
from realtime.close_codes import CloseCode
from realtime.connection import Connection
from realtime.garbage import ClosedSockets
from realtime.protocol import Codec, Frame, encode
from realtime.tick import SENDS_PER_LOOK, SLICE_S

# A reload of the page or a short loss of the network should find the replica still filled.
LINGER_S: Final = 30.0
HELLO_TIMEOUT_S: Final = 10.0
# A phone that has read nothing for so long is out of reach; its buyer sees "stale" by then.
CONGESTED_S_MAX: Final = 20.0
# Sockets that may open at once, as seconds of the pace at which they may open one after another.
BURST_S: Final = 1.0
# An instance that is full, or about to stop, is not asked again at once.
FULL_RETRY_S: Final = 5.0
# The pulse goes round in this many parts, so that it never blocks the loop for all sockets at once.
PULSE_PARTS: Final = 20
# How fast sockets are asked to move when the instance goes: a third as fast as another admits them,
# so that changes reach screens in the meantime.
GOAWAY_PER_S: Final = 350
GOAWAY_S_MAX: Final = 15.0
# The last to be asked still needs the time to open its new socket.
MOVE_S: Final = 2.0

log = structlog.get_logger(__name__)


class Hub:
    """Connections and audiences of one instance. `run` must be running."""

    def __init__(
        self,
        feed: Feed,
        catalog: Catalog,
        *,
        pulse_ms: int,
        watchers_max: int,
        sockets_per_s: int,
    ) -> None:
        self._feed = feed
        self._catalog = catalog
        self._pulse_ms = pulse_ms
        self._watchers_max = watchers_max
        self._admission = Admission(sockets_per_s, max(1, round(sockets_per_s * BURST_S)))
        self._audiences: dict[int, Audience] = {}
        self._opening: dict[int, asyncio.Task[Audience]] = {}
        self._closing: dict[int, asyncio.Event] = {}
        self._broadcasts: dict[int, asyncio.Task[None]] = {}
        self._parts: list[set[Connection]] = [set() for _ in range(PULSE_PARTS)]
        self._next_part = 0
        self._by_holder: dict[str, set[Connection]] = {}
        self._leaving = False
        self._emptied = asyncio.Event()
        self._closed_sockets = ClosedSockets()

    def admit(self) -> float | None:
        """Let one more socket in and return None, or return in how many seconds to come back."""
        if self._leaving or self.connection_count >= self._watchers_max:
            metrics.SOCKETS_REFUSED.labels("full").inc()
            return FULL_RETRY_S
        retry_in_s = self._admission.enter(asyncio.get_running_loop().time())
        if retry_in_s is not None:
            metrics.SOCKETS_REFUSED.labels("pace").inc()
        return retry_in_s

    @property
    def connection_count(self) -> int:
        return sum(map(len, self._parts))

    @property
    def connections(self) -> Iterable[Connection]:
        return (connection for part in self._parts for connection in part)

    def watcher_counts(self) -> dict[int, int]:
        """Return how many sockets of this instance watch each show."""
        return {show: len(audience.members) for show, audience in self._audiences.items()}

    async def run(self) -> None:
        """Beat the pulse until cancelled, then close every audience."""
        try:
            while True:
                for part in self._parts:
                    await pause(self._pulse_ms / 1000 / PULSE_PARTS)
                    try:
                        await self._beat(part)
                        await self._close_empty()
                        if not self._leaving:  # its memory goes soon, and screens would wait
                            self._closed_sockets.collect_when_due()
                    except Exception:
                        log.exception("hub.pulse_failed")
        finally:
            for show in list(self._audiences):
                await self._close(show)

    # Connections.

    def add(self, connection: Connection) -> None:
        """Take in a new socket."""
        self._parts[self._next_part].add(connection)
        self._next_part = (self._next_part + 1) % PULSE_PARTS
        connection.socket.on_drain(lambda: self._resume(connection))
        metrics.WATCHERS.inc()

    def greet(self, connection: Connection, actor: Actor, *, visible: bool) -> None:
        """Note whose socket it is; its holder hears of its holds from now on."""
        if connection.actor is not None and connection.actor.holder != actor.holder:
            connection.hold_pushes.clear()  # they are not the new holder's business
        self._forget_holder(connection)
        connection.actor = actor
        if actor.role is not Role.ANONYMOUS:
            self._by_holder.setdefault(actor.holder, set()).add(connection)
        self.set_visible(connection, visible)

    def set_visible(self, connection: Connection, value: bool) -> None:
        """Send pushes to *connection*, with all it missed, or stop sending them."""
        connection.visible = value
        if value:
            self._resume(connection)

    def remove(self, connection: Connection) -> None:
        """Forget a socket that is gone."""
        now_s = asyncio.get_running_loop().time()
        for show in tuple(connection.watching):
            self._audiences[show].leave(connection, now_s)
        self._forget_holder(connection)
        for part in self._parts:
            part.discard(connection)
        metrics.WATCHERS.dec()
        self._closed_sockets.add()
        if self._leaving and self.connection_count == 0:
            self._emptied.set()

    def _forget_holder(self, connection: Connection) -> None:
        if connection.actor is None:
            return
        sockets = self._by_holder.get(connection.actor.holder)
        if sockets is not None:
            sockets.discard(connection)
            if not sockets:
                del self._by_holder[connection.actor.holder]

    def _resume(self, connection: Connection) -> None:
        """Send *connection* now all it lacks, because it was congested or hidden."""
        connection.congested_since = None
        if not connection.can_take:
            return
        for show in connection.watching:
            self._audiences[show].catch_up(connection)

    # Audiences.

    async def audience(self, show: int) -> Audience:
        """Return the audience of *show*, filled and live; opens it when it is the first.

        Raises NotFound or Unavailable.
        """
        while (closed := self._closing.get(show)) is not None:
            await closed.wait()
        audience = self._audiences.get(show)
        if audience is not None:
            return audience
        task = self._opening.get(show)
        if task is None:
            task = asyncio.create_task(self._open(show), name=f"open {show}")
            self._opening[show] = task
            task.add_done_callback(lambda _: self._opening.pop(show))
        return await asyncio.shield(task)

    async def _open(self, show: int) -> Audience:
        record = await self._catalog.show(show)
        names = await self._catalog.category_names(record.plan_hash)
        audience = Audience(record, names, self._catalog, self._by_holder)
        await self._feed.follow(show, audience)
        try:
            # Whatever changed meanwhile came before the feed.
            audience.take_show(await self._catalog.show(show))
        except BaseException:
            await self._feed.unfollow(show)
            raise
        audience.empty_since = asyncio.get_running_loop().time()
        self._audiences[show] = audience
        self._broadcasts[show] = asyncio.create_task(audience.run(), name=f"audience {show}")
        return audience

    async def _close_empty(self) -> None:
        now_s = asyncio.get_running_loop().time()
        for show, audience in list(self._audiences.items()):
            if audience.empty_since is not None and now_s - audience.empty_since > LINGER_S:
                await self._close(show)

    async def _close(self, show: int) -> None:
        closed = self._closing[show] = asyncio.Event()
        try:
            del self._audiences[show]
            task = self._broadcasts.pop(show)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await self._feed.unfollow(show)
        finally:
            del self._closing[show]
            closed.set()

    # The pulse.

    async def _beat(self, part: set[Connection]) -> None:
        now_s = asyncio.get_running_loop().time()
        frames: dict[tuple[Any, ...], Frame] = {}
        time_ms = int(time.time() * 1000)
        doubtful = {show for show in self._audiences if not self._feed.is_sure(show)}
        async for connection in _in_slices(tuple(part)):
            if connection.actor is None:
                if now_s - connection.opened_at > HELLO_TIMEOUT_S:
                    connection.socket.close(CloseCode.NO_HELLO)
            elif connection.socket.is_congested:
                self._check_draining(connection, now_s)
            elif connection.visible:
                connection.socket.write(_pulse_frame(connection, time_ms, doubtful, frames))

    def _check_draining(self, connection: Connection, now_s: float) -> None:
        if connection.congested_since is None:
            connection.congested_since = now_s
        elif now_s - connection.congested_since > CONGESTED_S_MAX:
            log.info("socket.cut", reason=CloseCode.NOT_DRAINING.reason)
            connection.socket.abort()

    # Before a restart.

    async def say_goodbye(self) -> None:
        """Ask every socket to move, spread over time; then close what is left."""
        self._leaving = True
        connections = list(self.connections)
        if not connections:
            return
        window_s = min(GOAWAY_S_MAX, len(connections) / GOAWAY_PER_S)
        async for connection in _in_slices(connections):
            delay_ms = round(random.uniform(0, window_s) * 1000)
            if connection.can_take:
                push = {"push": "goaway", "delay_ms": delay_ms}
                connection.socket.write(encode(push, connection.codec))
        await self._wait_until_empty(window_s + MOVE_S)
        async for connection in _in_slices(list(self.connections)):
            connection.socket.close(CloseCode.RESTART)

    async def _wait_until_empty(self, timeout_s: float) -> None:
        try:
            async with asyncio.timeout(timeout_s):
                await self._emptied.wait()
        except TimeoutError:
            log.info("hub.not_empty", connections=self.connection_count)


async def _in_slices(connections: Sequence[Connection]) -> AsyncIterator[Connection]:
    """Yield each of *connections*, and let the loop turn every SLICE_S."""
    loop = asyncio.get_running_loop()
    slice_ends_at = loop.time() + SLICE_S
    for looked_at, connection in enumerate(connections):
        yield connection
        if looked_at % SENDS_PER_LOOK == 0 and loop.time() > slice_ends_at:
            await asyncio.sleep(0)
            slice_ends_at = loop.time() + SLICE_S


def _pulse_frame(
    connection: Connection,
    time_ms: int,
    doubtful: Container[int],
    frames: dict[tuple[Any, ...], Frame],
) -> Frame:
    """Return the pulse of *connection*, which keeps silent about *doubtful* shows; sockets that are
    equally far share one frame."""
    shows = tuple(
        (show, watcher.position.version)
        for show, watcher in connection.watching.items()
        if show not in doubtful
    )
    key: tuple[Codec, tuple[tuple[int, int], ...]] = (connection.codec, shows)
    frame = frames.get(key)
    if frame is None:
        versions = {str(show): version for show, version in shows}
        push = {"push": "pulse", "shows": versions, "time_ms": time_ms}
        frame = frames[key] = encode(push, connection.codec)
    return frame
