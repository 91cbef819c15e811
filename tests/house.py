"""A show's audience on one side and what its sockets were sent on the other; no loop, no network.

The show is the one of the golden vectors: seven seats at version 128.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final, cast

from app.catalog import Catalog
from app.changes import Change, ChangeBatch, Position, Snapshot
from app.domain import Actor, EventKind, Role, Show, ShowStatus
from realtime.audience import Audience
from realtime.close_codes import CloseCode
from realtime.connection import Connection
from realtime.protocol import Codec, Frame, Since, encode
from realtime.session import ok_reply

SHOW: Final = 42
EPOCH: Final = 1_750_000_000
STATUSES: Final = bytes([0, 1, 2, 3, 2, 0, 1])

HOLD: Final = "0b9f6a1e-3c1d-4f5a-9b51-2d1f0c7e8a42"
# What "delta" in the vectors tells.
BATCH: Final = ChangeBatch(
    EPOCH,
    (
        Change(129, EventKind.HOLD, (0, 5), HOLD, "ann", (0, 5), 600_000),
        Change(130, EventKind.UNBLOCK, (3,)),
        Change(131, EventKind.EXTEND, (), HOLD, "ann", (0, 5), 600_000),
    ),
)


class RecordingSocket:
    """A socket whose other end is a list; it is congested when the test says so."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.writes: list[int] = []  # how many frames each had
        self.is_congested = False

    def write(self, frame: Frame) -> None:
        self.write_all((frame,))

    def write_all(self, frames: Sequence[Frame]) -> None:
        self.frames.extend(frames)
        self.writes.append(len(frames))

    def on_drain(self, callback: Callable[[], None]) -> None:
        self.drain = callback

    async def drained(self) -> None:
        raise NotImplementedError  # nothing here waits

    def on_message(self, take: Callable[[str | bytes], bool]) -> None:
        raise NotImplementedError  # nothing here sends

    def close(self, code: CloseCode) -> None:
        raise NotImplementedError  # nothing here closes

    def abort(self) -> None:
        raise NotImplementedError  # nothing here closes


class Screen:
    """A connection and what came out of it since last looked at."""

    def __init__(self, holder: str = "", codec: Codec = Codec.JSON) -> None:
        self.socket = RecordingSocket()
        self.connection = Connection(self.socket, codec, 0.0)
        self.connection.actor = Actor(holder, Role.BUYER if holder else Role.ANONYMOUS)

    def payloads(self) -> list[bytes]:
        payloads = [frame.payload for frame in self.socket.frames]
        self.socket.frames.clear()
        return payloads

    def pushes(self) -> list[dict[str, Any]]:
        return [json.loads(payload) for payload in self.payloads()]


_CATEGORY_NAMES: Final = ("Stalls", "Balcony")


class House:
    """A show's audience and all who have a socket."""

    def __init__(self) -> None:
        self.screens: list[Screen] = []
        self.now_s = 0.0
        self._by_holder: dict[str, list[Connection]] = {}
        # The catalog is asked only when changes were lost beyond repair.
        self.audience = Audience(
            _show(), _CATEGORY_NAMES, cast(Catalog, None), self._by_holder, lambda: self.now_s
        )
        self.audience.reset(Snapshot(Position(EPOCH, 128), STATUSES))

    def enter(self, screen: Screen) -> Screen:
        """Give *screen* a socket that watches nothing yet."""
        self.screens.append(screen)
        actor = screen.connection.actor
        if actor is not None and actor.holder:
            self._by_holder.setdefault(actor.holder, []).append(screen.connection)
        return screen

    def watch(self, screen: Screen, since: Since | None = None) -> Screen:
        """Have *screen* watch, and forget what it was sent for that."""
        if screen not in self.screens:
            self.enter(screen)
        reply = encode(ok_reply(2, show=self.audience.show_fields), screen.connection.codec)
        self.audience.join(screen.connection, since, reply)
        return screen

    def apply(self, *changes: Change) -> None:
        assert self.audience.apply(ChangeBatch(EPOCH, changes))

    def tick(self) -> None:
        """Send what the broadcast sends to every watcher that can take it."""
        for _ in self.audience.broadcast(lambda: 0.0):
            raise AssertionError("a clock that stands still leaves no slice")


def show_change(
    version: int,
    seats: tuple[int, ...] = (),
    released: list[list[Any]] | None = None,
    **changed: Any,
) -> Change:
    """A `show` event as sql/functions/change_show.sql logs it."""
    show = replace(_show(), **changed)
    fields = {
        "title": show.title,
        "starts_at": show.starts_at.isoformat(),
        "currency": show.currency,
        "prices": list(show.prices),
        "status": str(show.status),
        "hold_ttl_s": show.hold_ttl_s,
        "seats_per_hold_max": show.seats_per_hold_max,
        "message": show.message,
    }
    return Change(
        version, EventKind.SHOW, seats, detail={"show": fields, "released": released or []}
    )


def _show() -> Show:
    return Show(
        show=SHOW,
        venue=7,
        title="Die Zauberflöte – 🎭",
        starts_at=datetime(2031, 5, 1, 18, 30, tzinfo=UTC),
        currency="EUR",
        prices=(4_500, 2_500),
        status=ShowStatus.ON_SALE,
        hold_ttl_s=600,
        seats_per_hold_max=10,
        message=None,
        plan_hash="a1" * 32,
        count=len(STATUSES),
        epoch=EPOCH,
        version=128,
    )
