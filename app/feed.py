"""The feed: a show's changes, in order, in every instance that follows it.

    board's channel -> Feed -> follower.apply, in version order

Pub/sub may lose messages without a word, so nothing here trusts it:
1. A batch that does not continue what the follower has is a gap: repaired at once.
2. A second `ssubscribe` confirmation means that the connection was lost and made again: repaired.
3. Every WATCH_INTERVAL_S the followers are compared with the ledger: one that has not come up to
   what was seen a turn ago is repaired, unless its messages may still be on their way to us.
4. Every WATCH_INTERVAL_S the instance publishes to itself. What was published before a probe that
   has been heard is not on its way any more. When no probe comes back the connection is half open
   and is made anew.
A repair reads what is missing and hands it to the follower; no watcher is disconnected.

`is_sure` tells of which shows the comparison has succeeded lately.
"""

import asyncio
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Final, Protocol

import structlog
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from app import metrics
from app.board import Board, BoardAway
from app.board_keeper import FILL_EVENTS_MAX, BoardKeeper
from app.cancellation import end_if_cancelled, pause
from app.changes import ChangeBatch, Position, Replaced, Snapshot, unpack
from app.errors import SeatwireError
from app.failpoints import Failpoint, reach
from app.ledger import Ledger

WATCH_INTERVAL_S: Final = 0.8
# Two probes may be lost to a busy loop before the connection is called dead.
SILENCE_MAX_S: Final = 2.0
# Some comparisons may fail or be late in a busy moment before screens are told to doubt.
SURE_S_MAX: Final = 3.0
# So that clients of an instance that died resume here with a delta: some seconds of a busy show.
RECENT_BATCHES: Final = 100
RECONNECT_PAUSE_S: Final = 0.25
CONFIRM_TIMEOUT_S: Final = 1.0

log = structlog.get_logger(__name__)


class Follower(Protocol):
    """Who keeps a show's seats up to date from its feed."""

    @property
    def position(self) -> Position | None:
        """Where the follower is; None before its first reset."""

    def apply(self, batch: ChangeBatch) -> bool:
        """Take in what is new in *batch*; return False when something before it is missing."""

    def reset(self, snapshot: Snapshot, history: Sequence[ChangeBatch] = ()) -> None:
        """Replace all seats. history: some batches that led to *snapshot*, or a little beyond."""


class Feed:
    """Follows shows for this instance. `run` must be running for anything to arrive."""

    def __init__(
        self, board: Board, board_keeper: BoardKeeper, ledger: Ledger, *, instance: str
    ) -> None:
        self._board = board
        self._board_keeper = board_keeper
        self._ledger = ledger
        self._probe_channel = board.probe_channel(instance).encode()
        self._followers: dict[int, Follower] = {}
        self._shows: dict[bytes, int] = {}
        self._early: dict[int, list[ChangeBatch]] = {}
        self._confirmed: dict[bytes, asyncio.Event] = {}
        self._repairs: dict[int, asyncio.Task[None]] = {}
        self._pubsub: PubSub | None = None
        self._heard_at = 0.0
        # When the last probe that came back was published.
        self._heard_probe_at = 0.0
        self._board_is_away = False
        self._compare_now = asyncio.Event()
        self._sure_at: dict[int, float] = {}
        # Shows whose seats here may be wrong, because they came from a board that was.
        self._distrusted: set[int] = set()
        # Shows that missed something while their repair was under way.
        self._to_repair_again: set[int] = set()

    @property
    def is_live(self) -> bool:
        """Whether this instance has heard itself lately."""
        silent_s = asyncio.get_running_loop().time() - self._heard_at
        return self._pubsub is not None and silent_s < SILENCE_MAX_S + WATCH_INTERVAL_S

    def is_sure(self, show: int) -> bool:
        """Whether *show* was found up to date with the ledger within SURE_S_MAX."""
        now_s = asyncio.get_running_loop().time()
        return now_s - self._sure_at.get(show, -SURE_S_MAX) < SURE_S_MAX

    async def run(self) -> None:
        """Read the channels and watch over them until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._read_for_ever(), name="feed reader")
            group.create_task(self._probe_for_ever(), name="feed probe")
            group.create_task(self._compare_for_ever(), name="feed comparison")

    async def follow(self, show: int, follower: Follower) -> None:
        """Bring *follower* to the present of *show* and keep it there.

        Subscribes first and reads the seats after, so that nothing falls between.
        Raises NotFound or Unavailable.
        """
        channel = self._board.channel(show).encode()
        confirmed = self._confirmed[channel] = asyncio.Event()
        self._shows[channel] = show
        self._followers[show] = follower
        self._early[show] = []
        try:
            if await self._subscribe(channel):
                await _wait(confirmed, CONFIRM_TIMEOUT_S)
            snapshot = await self._board_keeper.snapshot(show)
            follower.reset(snapshot, await self._read_recent(show))
            self._sure_at[show] = asyncio.get_running_loop().time()
        except BaseException:
            await self.unfollow(show)
            raise
        for batch in self._early.pop(show):
            self._deliver(show, batch)

    async def unfollow(self, show: int) -> None:
        """Stop following *show*."""
        channel = self._board.channel(show).encode()
        for table in (self._followers, self._early, self._sure_at):
            table.pop(show, None)
        self._distrusted.discard(show)
        self._to_repair_again.discard(show)
        self._shows.pop(channel, None)
        self._confirmed.pop(channel, None)
        repair = self._repairs.pop(show, None)
        if repair is not None:
            repair.cancel()
        if self._pubsub is not None:
            try:
                await self._pubsub.sunsubscribe(channel)
            except (RedisError, OSError):
                log.info("feed.away")  # the next connection will not subscribe to it

    async def _subscribe(self, channel: bytes) -> bool:
        if self._pubsub is None:
            return False
        try:
            await self._pubsub.ssubscribe(channel)
        except (RedisError, OSError):
            return False  # the reader will notice, too, and subscribes to everything anew
        return True

    async def _read_for_ever(self) -> None:
        while True:
            pubsub = self._board.pubsub()
            try:
                channels = tuple(self._shows)
                await pubsub.ssubscribe(self._probe_channel, *channels)
                end_if_cancelled()
                self._heard_at = asyncio.get_running_loop().time()
                for event in self._confirmed.values():
                    event.clear()
                self._pubsub = pubsub
                late = self._shows.keys() - set(channels)
                if late:
                    await pubsub.ssubscribe(*late)
                    end_if_cancelled()
                self._repair_all()
                await self._read(pubsub)
            except (RedisError, OSError, TimeoutError) as error:
                log.warning("feed.lost", error=repr(error))
            finally:
                self._pubsub = None
                await pubsub.aclose()  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
            await pause(RECONNECT_PAUSE_S)

    async def _read(self, pubsub: PubSub) -> None:
        # One limit for all messages between two probes; a timeout for each costs more than reading.
        async with asyncio.timeout_at(self._heard_at + SILENCE_MAX_S) as limit:
            while True:
                message = await pubsub.get_message(timeout=None)
                if message is None:
                    continue
                self._receive(message["type"], message["channel"], message["data"])
                if message["channel"] == self._probe_channel:
                    limit.reschedule(self._heard_at + SILENCE_MAX_S)

    def _receive(self, kind: str, channel: bytes, data: bytes) -> None:
        if channel == self._probe_channel:
            self._heard_at = asyncio.get_running_loop().time()
            if kind == "smessage":
                self._heard_probe_at = float(data)
                metrics.FEED_LAG_SECONDS.observe(self._heard_at - self._heard_probe_at)
            return
        show = self._shows.get(channel)
        if show is None:
            return
        try:
            self._receive_of(show, kind, channel, data)
        except Exception:
            # Perhaps a message of another release; the repair reads the seats themselves.
            log.exception("feed.message_not_taken", show=show)
            self._repair(show)

    def _receive_of(self, show: int, kind: str, channel: bytes, data: bytes) -> None:
        if kind == "ssubscribe":
            confirmed = self._confirmed[channel]
            if confirmed.is_set():
                self._repair(show)
            confirmed.set()
        elif kind == "smessage":
            message = unpack(data)
            if isinstance(message, ChangeBatch):
                reach(Failpoint.BEFORE_DELIVER)
                self._deliver(show, message)
            elif isinstance(message, Replaced):
                self._distrusted.add(show)
                self._repair(show)
            elif message != self._followers[show].position:
                self._repair(show)

    def _deliver(self, show: int, batch: ChangeBatch) -> None:
        early = self._early.get(show)
        if early is not None:
            early.append(batch)
        elif not self._followers[show].apply(batch):
            self._repair(show)

    async def _probe_for_ever(self) -> None:
        loop = asyncio.get_running_loop()
        channel = self._probe_channel.decode()
        while True:
            try:
                await self._board.probe(channel, str(loop.time()).encode())
                self._board_is_away = False
            except BoardAway as error:
                log.debug("feed.not_probed", error=repr(error))
                self._board_is_away = True
                self._compare_now.set()
            except Exception:
                log.exception("feed.not_probed")
            await pause(WATCH_INTERVAL_S)

    async def _compare_for_ever(self) -> None:
        loop = asyncio.get_running_loop()
        seen: dict[int, Position] = {}
        seen_at = loop.time()
        while True:
            asked_at = loop.time()
            try:
                seen = await self._compare(seen, seen_at)
                seen_at = loop.time()
            except SeatwireError as error:
                log.debug("feed.not_compared", error=repr(error))
            except Exception:
                log.exception("feed.not_compared")
            await self._wait_for_turn(asked_at + WATCH_INTERVAL_S)

    async def _wait_for_turn(self, until: float) -> None:
        end_if_cancelled()
        try:
            async with asyncio.timeout_at(until):
                await self._compare_now.wait()
        except TimeoutError:
            pass  # nobody was in a hurry
        self._compare_now.clear()

    async def _compare(self, seen: dict[int, Position], seen_at: float) -> dict[int, Position]:
        """Repair followers that have not come up to where the ledger was *seen*, note of the others
        that they are sure, and return where it is now. Raises Unavailable."""
        followed = {
            show: follower.position
            for show, follower in self._followers.items()
            if follower.position is not None and show not in self._early
        }
        present = followed | await self._ledger.moved(followed)
        now_s = asyncio.get_running_loop().time()
        is_all_here = self._heard_probe_at > seen_at
        for show in followed:
            follower = self._followers.get(show)
            if follower is None or follower.position is None:
                continue
            is_behind = show not in seen or _is_behind(follower.position, seen[show])
            if not is_behind:
                self._sure_at[show] = now_s
            is_lost = is_behind and show in seen and is_all_here
            is_cut_off = self._board_is_away and _is_behind(follower.position, present[show])
            if is_lost or is_cut_off or show in self._distrusted:
                self._repair(show)
        return present

    def _repair_all(self) -> None:
        for show in list(self._followers):
            self._repair(show)

    def _repair(self, show: int) -> None:
        """Bring *show* to the present, after the repair that is under way if there is one: that may
        have read before what is missed now."""
        if show in self._early or show not in self._followers:
            return
        if show in self._repairs:
            self._to_repair_again.add(show)
            return
        task = asyncio.create_task(self._bring_up(show), name=f"repair {show}")
        self._repairs[show] = task
        task.add_done_callback(partial(self._end_repair, show))

    def _end_repair(self, show: int, task: asyncio.Task[None]) -> None:
        if self._repairs.get(show) is not task:
            return  # the show was left, and perhaps is followed again
        del self._repairs[show]
        if show in self._to_repair_again:
            self._to_repair_again.discard(show)
            self._repair(show)

    async def _bring_up(self, show: int) -> None:
        follower = self._followers[show]
        position = follower.position
        if position is None:
            return
        metrics.FEED_REPAIRS.inc()
        is_distrusted = show in self._distrusted
        self._distrusted.discard(show)
        try:
            if not is_distrusted and await self._bring_up_by_log(show, follower, position):
                return
        except Exception:
            log.exception("feed.log_not_taken", show=show)
        try:
            snapshot = await self._board_keeper.snapshot(show)
        except SeatwireError as error:
            log.warning("feed.repair_failed", show=show, error=repr(error))
            if is_distrusted:
                self._distrusted.add(show)
            return
        if self._followers.get(show) is not follower:
            return
        if is_distrusted or snapshot.position != follower.position:
            log.info("feed.reset", show=show, had=follower.position, now=snapshot.position)
            follower.reset(snapshot)

    async def _bring_up_by_log(self, show: int, follower: Follower, position: Position) -> bool:
        """Apply what the log has; return whether that reached the present of the same epoch."""
        try:
            present = (await self._board.positions([show])).get(show)
            batches = await self._board.log_after(show, position.version)
        except BoardAway:
            present = await self._ledger.position(show)
            batches = await self._read_history(show, position)
        if present is None or present.epoch != position.epoch:
            return False
        in_order = _apply_all(follower, batches)
        now_at = follower.position
        return in_order and now_at is not None and now_at.version >= present.version

    async def _read_recent(self, show: int) -> list[ChangeBatch]:
        try:
            return await self._board.recent_log(show, RECENT_BATCHES)
        except (BoardAway, ValueError) as error:
            log.info("feed.no_history", show=show, error=repr(error))
            return []

    async def _read_history(self, show: int, position: Position) -> list[ChangeBatch]:
        events = await self._ledger.events_after(show, position.version, FILL_EVENTS_MAX)
        if not events:
            return []
        return [ChangeBatch(position.epoch, tuple(event.change for event in events))]


def _apply_all(follower: Follower, batches: Iterable[ChangeBatch]) -> bool:
    return all(follower.apply(batch) for batch in batches)


def _is_behind(position: Position, seen: Position) -> bool:
    return position.epoch != seen.epoch or position.version < seen.version


async def _wait(event: asyncio.Event, timeout_s: float) -> None:
    try:
        async with asyncio.timeout(timeout_s):
            await event.wait()
    except TimeoutError:
        log.info("feed.unconfirmed")  # the version check finds what is lost meanwhile
