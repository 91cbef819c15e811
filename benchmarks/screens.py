"""What many screens of one show see, at the cost of one.

The server sends the same bytes to every socket that is equally far, so screens that have received
the same frames share one state. A frame is decoded and applied once; every further socket finds
its next state by the frame's bytes. States that no screen is at any more are forgotten.
"""

from typing import Any, Final
from weakref import WeakValueDictionary

import msgpack

from app.changes import Position, unpack_statuses


class OutOfOrder(Exception):
    """Raised when a delta does not continue the screen it was sent to."""


class ScreenState:
    """All statuses of a show, one byte a seat, at a position."""

    __slots__ = ("__weakref__", "position", "seats", "_next")

    def __init__(self, position: Position, seats: bytes) -> None:
        self.position: Final = position
        self.seats: Final = seats
        self._next: WeakValueDictionary[bytes, ScreenState] = WeakValueDictionary()

    def after(self, payload: bytes) -> "ScreenState":
        """Return the state that a `snapshot` or `delta` push leads to. Raises OutOfOrder."""
        state = self._next.get(payload)
        if state is None:
            state = self._next[payload] = self._apply(msgpack.unpackb(payload))
        return state

    def _apply(self, push: dict[str, Any]) -> "ScreenState":
        if push["push"] == "snapshot":
            seats = unpack_statuses(push["seats"], push["count"])
            return ScreenState(Position(push["epoch"], push["version"]), seats)
        if Position(push["epoch"], push["from"]) != self.position:
            raise OutOfOrder(f"a delta from {push['from']} for a screen at {self.position}")
        changed = bytearray(self.seats)
        for seat, status in push["seats"]:
            changed[seat] = status
        return ScreenState(Position(push["epoch"], push["to"]), bytes(changed))


def blank() -> ScreenState:
    """Return the state of screens that have received nothing; one for each show."""
    return ScreenState(Position(-1, -1), b"")
