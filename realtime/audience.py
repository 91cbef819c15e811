"""Everybody in this instance who watches one show, and the replica they are served from.

    feed -> apply -> tick -> one frame a codec (behind the holder's own pushes) -> every socket

Rule 1: joining adds to the watchers and writes the snapshot in one loop turn, so nothing falls
between.
Rule 2: a broadcast never waits for a socket, and lets the loop turn every SLICE_S.
Rule 3: a socket that is congested or hidden costs one position; when it comes back it gets one
merged delta from there, or a snapshot.
"""

import asyncio
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import structlog

from app import metrics
from app.catalog import Catalog
from app.changes import Change, ChangeBatch, Delta, Position, Snapshot
from app.domain import EventKind, HoldStatus, Show
from app.errors import SeatwireError
from app.show_form import show_after, show_form
from realtime.connection import HOLD_PUSHES_MAX, Connection, Watcher
from realtime.protocol import Codec, Frame, Since, encode
from realtime.replica import Replica
from realtime.tick import SENDS_PER_LOOK, SLICE_S, let_turn, pause_s, sleep

# Where a screen is that has nothing: from there only a snapshot leads on.
NOWHERE: Final = Position(-1, 0)

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Way:
    """What leads watchers from one place to another: a delta, or a snapshot where it is None."""

    to: Position
    delta: Delta | None
    frames: dict[Codec, Frame] = field(default_factory=dict)


class Audience:
    """The watchers of one show; a follower of its feed."""

    def __init__(
        self,
        show: Show,
        category_names: Sequence[str],
        catalog: Catalog,
        by_holder: Mapping[str, Collection[Connection]],
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self.id = show.show
        self.members: dict[Connection, Watcher] = {}
        self.empty_since: float | None = None
        self._show = show
        self._category_names = category_names
        self._catalog = catalog
        self._by_holder = by_holder
        self._now_s = now_s
        self._edition = 0
        self._show_is_sure = True
        self._replica: Replica | None = None
        self._changed = asyncio.Event()
        self._frames: dict[tuple[Codec, int], Frame] = {}
        self._frames_at: Position | None = None
        self._nowhere = NOWHERE

    # The feed's follower.

    @property
    def position(self) -> Position | None:
        """Where the replica is; None before it is filled."""
        return None if self._replica is None else self._replica.position

    @property
    def replica(self) -> Replica:
        """The seats of the show. Only after the feed filled it."""
        if self._replica is None:
            raise RuntimeError("the replica is not filled yet")
        return self._replica

    def apply(self, batch: ChangeBatch) -> bool:
        """Take in what is new in *batch*; False when something before it is missing."""
        fresh = self.replica.apply(batch)
        if fresh is None:
            return False
        for change in fresh:
            # Most holders have their sockets elsewhere.
            if change.holder in self._by_holder or change.kind is EventKind.SHOW:
                self._take_note(change)
        if fresh:
            self._changed.set()
        return True

    def reset(self, snapshot: Snapshot, history: Sequence[ChangeBatch] = ()) -> None:
        """Take over *snapshot*, at first and when changes were lost beyond repair."""
        if self._replica is None:
            self._replica = Replica(snapshot, history)
            return
        if self._replica.is_contradicted_by(snapshot):
            # Screens are wrong at the version they have, so no delta leads on from there, and
            # what the replica remembers leads to wrong seats, too.
            self._replica = Replica(snapshot)
            self._frames_at = None
            # Another place each time: a broadcast that is under way knows a way from the last one,
            # and it leads to what was wrong again.
            self._nowhere = Position(self._nowhere.epoch - 1, 0)
            for watcher in self.members.values():
                watcher.position = self._nowhere
        self._replica.reset(snapshot)
        self._show_is_sure = False
        self._changed.set()

    # The watchers.

    @property
    def show_fields(self) -> dict[str, Any]:
        """The show as the wire has it, at the replica's position."""
        epoch, version = self.replica.position
        return show_form(replace(self._show, epoch=epoch, version=version), self._category_names)

    def take_show(self, show: Show) -> None:
        """Take over *show* as it was just read, unless a change that came by the feed is newer."""
        same_epoch = show.epoch == self._show.epoch
        if same_epoch and show.version < self._show.version:
            return
        was = replace(self._show, epoch=show.epoch, version=show.version)
        self._show = show
        if was != show:
            self._edition += 1
            self._changed.set()

    def join(self, connection: Connection, since: Since | None, reply: Frame) -> None:
        """Make *connection* a watcher: write *reply*, then what it lacks, and from then on all."""
        known = Position(since.epoch, since.version) if since else NOWHERE
        self._part_with(connection)
        watcher = Watcher(connection, known, self._edition)
        self.members[connection] = watcher
        connection.watching[self.id] = watcher
        self.empty_since = None
        connection.socket.write_all((reply, self._seats_frame(connection.codec, known)))
        watcher.position = self.replica.position
        if connection.hold_pushes:
            self._changed.set()  # a broadcast that is under way does not know this watcher

    def leave(self, connection: Connection, now_s: float) -> None:
        """Send *connection* no more of this show."""
        self._part_with(connection)
        connection.watching.pop(self.id, None)
        connection.drop_hold_pushes(self.id)
        if not self.members:
            self.empty_since = now_s

    def _part_with(self, connection: Connection) -> None:
        watcher = self.members.pop(connection, None)
        if watcher is not None:
            watcher.has_left = True

    def catch_up(self, connection: Connection) -> None:
        """Send *connection* all it has missed, merged."""
        watchers = (self.members[connection],)
        self._bring_up(watchers, self._ways_here(watchers))

    async def run(self) -> None:
        """Broadcast at every tick in which something changed, until cancelled."""
        loop = asyncio.get_running_loop()
        late_s = 0.0
        while True:
            if not self._changed.is_set():
                late_s = 0.0  # it was late in a busy time that is over
                await self._changed.wait()
            self._changed.clear()
            started_at = loop.time()
            try:
                if not self._show_is_sure:
                    await self._reload_show()
                    started_at = loop.time()
                for _ in self.broadcast(loop.time):
                    late_s += await let_turn()
            except Exception:
                log.exception("audience.broadcast_failed", show=self.id)
            late_s = await sleep(pause_s(loop.time() - started_at, late_s))

    def broadcast(self, now_s: Callable[[], float]) -> Iterator[None]:
        """Send every watcher that can take it what it lacks; yields when the loop is to turn.

        All are brought to where the show is at the start, though it may move on before the last is
        served: so they stay together, and one frame serves them all the next time, too.
        """
        watchers = tuple(self.members.values())
        ways = self._ways_here(watchers)
        slice_ends_at = now_s() + SLICE_S
        for start in range(0, len(watchers), SENDS_PER_LOOK):
            self._bring_up(watchers[start : start + SENDS_PER_LOOK], ways)
            if now_s() > slice_ends_at:
                yield
                slice_ends_at = now_s() + SLICE_S

    def _ways_here(self, watchers: Iterable[Watcher]) -> dict[Position, _Way]:
        """Return the way here from every place where one of *watchers* is that takes pushes."""
        here = self.replica.position
        ways: dict[Position, _Way] = {}
        known = here
        for watcher in watchers:
            if watcher.position is known or not watcher.connection.can_take:
                continue
            known = watcher.position
            if known != here and known not in ways:
                from_version = known.version if known.epoch == here.epoch else -1
                ways[known] = _Way(here, self.replica.delta_since(from_version))
        return ways

    def _bring_up(self, watchers: Sequence[Watcher], ways: Mapping[Position, _Way]) -> None:
        """Send each of *watchers* along its one of *ways*, unless it takes nothing now.

        Most are at the very position that the last broadcast left them at, so the way is looked up
        once for all of them. Whoever is elsewhere came or was served meanwhile.
        """
        edition = self._edition
        known: Position | None = None
        way: _Way | None = None
        sent = 0
        for watcher in watchers:
            connection = watcher.connection
            socket = connection.socket
            if watcher.has_left or socket.is_congested or not connection.visible:
                continue
            if watcher.show_edition != edition:
                self._send_show(connection, watcher)
            if watcher.position is not known:
                known = watcher.position
                way = ways.get(known)
            if connection.hold_pushes:
                self._send_hold_pushes(connection, way)
            elif way is not None:
                socket.write(self._frame_along(way, connection.codec))
            if way is not None:
                watcher.position = way.to
                sent += 1
        metrics.FRAMES_SENT.inc(sent)

    def _send_hold_pushes(self, connection: Connection, way: _Way | None) -> None:
        """Send what *connection* is to know of its holds, and in the same go what leads here."""
        pushes = connection.take_hold_pushes(self.id, self._now_s())
        frames = [encode(push, connection.codec) for push in pushes]
        if way is not None:
            frames.append(self._frame_along(way, connection.codec))
        if frames:
            connection.socket.write_all(frames)

    def _frame_along(self, way: _Way, codec: Codec) -> Frame:
        frame = way.frames.get(codec)
        if frame is None:
            if way.delta is None:
                way.to = self.replica.position
                way.frames.clear()
                frame = self._snapshot_frame(codec)
            else:
                frame = self._delta_frame(codec, way.delta)
            way.frames[codec] = frame
        return frame

    def _seats_frame(self, codec: Codec, known: Position) -> Frame:
        """Return the frame that leads from *known* to the present; each is made once."""
        here = self.replica.position
        self._forget_old_frames()
        from_version = known.version if known.epoch == here.epoch else -1
        frame = self._frames.get((codec, from_version))
        if frame is not None:
            return frame
        delta = self.replica.delta_since(from_version)
        if delta is None:
            # Not kept under from_version: clients may claim any, without end.
            return self._snapshot_frame(codec)
        frame = self._frames[codec, from_version] = self._delta_frame(codec, delta)
        return frame

    def _delta_frame(self, codec: Codec, delta: Delta) -> Frame:
        metrics.FRAMES_MADE.labels("delta").inc()
        push = {
            "push": "delta",
            "show": self.id,
            "epoch": delta.epoch,
            "from": delta.from_version,
            "to": delta.to_version,
            "seats": list(delta.seats.items()),
        }
        return encode(push, codec)

    def _forget_old_frames(self) -> None:
        here = self.replica.position
        if self._frames_at != here:
            self._frames.clear()
            self._frames_at = here

    def _snapshot_frame(self, codec: Codec) -> Frame:
        self._forget_old_frames()
        key = (codec, -1)
        frame = self._frames.get(key)
        if frame is None:
            epoch, version = self.replica.position
            metrics.FRAMES_MADE.labels("snapshot").inc()
            push = {
                "push": "snapshot",
                "show": self.id,
                "epoch": epoch,
                "version": version,
                "count": self.replica.count,
                "seats": self.replica.packed(),
            }
            frame = self._frames[key] = encode(push, codec)
        return frame

    # The show itself and its holders.

    def _take_note(self, change: Change) -> None:
        epoch = self.replica.position.epoch
        if change.kind is EventKind.SHOW and change.detail is not None:
            self._show = show_after(self._show, change.detail, Position(epoch, change.version))
            self._edition += 1
            for hold, holder, seats in change.detail["released"]:
                self._tell_holder(holder, hold, seats, HoldStatus.RELEASED, None)
        if change.hold is None or change.holder is None:
            return
        status = change.hold_status
        if status is not None:
            seats = change.hold_seats if status is HoldStatus.HELD else change.seats
            self._tell_holder(change.holder, change.hold, seats, status, change.expires_in_ms)

    def _tell_holder(
        self,
        holder: str,
        hold: str,
        seats: Iterable[int],
        status: HoldStatus,
        expires_in_ms: int | None,
    ) -> None:
        connections = self._by_holder.get(holder)
        if not connections:
            return
        push = {
            "push": "hold",
            "show": self.id,
            "hold": hold,
            "seats": list(seats),
            "status": status.value,
            "expires_in_ms": expires_in_ms,
        }
        now_s = self._now_s()
        for connection in connections:
            watcher = self.members.get(connection)
            if watcher is None:
                continue
            if connection.can_take and len(connection.hold_pushes) >= HOLD_PUSHES_MAX:
                self._send_show(connection, watcher)
                self._send_hold_pushes(connection, None)
            connection.keep_hold_push(push, now_s)

    def _send_show(self, connection: Connection, watcher: Watcher) -> None:
        if watcher.show_edition == self._edition:
            return
        push = {"push": "show", "show": self.show_fields}
        connection.socket.write(encode(push, connection.codec))
        watcher.show_edition = self._edition

    async def _reload_show(self) -> None:
        """Read the show again: a change of it may be among what was lost."""
        try:
            show = await self._catalog.show(self.id)
        except SeatwireError as error:
            log.warning("audience.show_not_read", show=self.id, error=repr(error))
            self._changed.set()
            return
        self._show_is_sure = True
        self.take_show(show)
