"""What many screens of one show see, at the cost of one.

The server sends the same bytes to every socket that is equally far, so screens that have received
the same frames share one state. A frame is decoded and applied once; every further socket finds
its next state by the frame's bytes. States that no screen is at any more are forgotten, the latest
of a show a little later: sockets that are read one after another are rarely at the same frame.
"""

from collections import deque
from typing import Any, Final
from weakref import WeakValueDictionary

import msgpack

from app.changes import Position, unpack_statuses


class OutOfOrder(Exception):
    """Raised when a delta does not continue the screen it was sent to."""


STATES_KEPT: Final = 64


class ScreenState:
    """All statuses of a show, one byte a seat, at a position."""

    __slots__ = ("__weakref__", "_latest", "_next", "position", "seats")

    def __init__(
        self, position: Position, seats: bytes, latest: "deque[ScreenState] | None" = None
    ) -> None:
        self.position: Final = position
        self.seats: Final = seats
        self._latest = deque[ScreenState](maxlen=STATES_KEPT) if latest is None else latest
        self._next: WeakValueDictionary[bytes, ScreenState] = WeakValueDictionary()

    def after(self, payload: bytes) -> "ScreenState":
        """Return the state that a `snapshot` or `delta` push leads to. Raises OutOfOrder."""
        state = self._next.get(payload)
        if state is None:
            state = self._next[payload] = self._apply(msgpack.unpackb(payload))
            self._latest.append(state)
        return state

    def _apply(self, push: dict[str, Any]) -> "ScreenState":
        if push["push"] == "snapshot":
            seats = unpack_statuses(push["seats"], push["count"])
            return ScreenState(Position(push["epoch"], push["version"]), seats, self._latest)
        if Position(push["epoch"], push["from"]) != self.position:
            raise OutOfOrder(f"a delta from {push['from']} for a screen at {self.position}")
        changed = bytearray(self.seats)
        for seat, status in push["seats"]:
            changed[seat] = status
        return ScreenState(Position(push["epoch"], push["to"]), bytes(changed), self._latest)


def blank() -> ScreenState:
    """Return the state of screens that have received nothing; one for each show."""
    return ScreenState(Position(-1, -1), b"")
