"""What the hub knows of one socket: its codec, whose it is, what it watches and how far it is."""

from dataclasses import dataclass, field
from typing import Any, Final

from app.changes import Position
from app.domain import Actor
from realtime.protocol import Codec
from realtime.socket import Socket

# Holds that changed while their holder's socket could take nothing; a holder has far fewer.
MISSED_HOLDS_MAX: Final = 64


@dataclass(slots=True, eq=False)
class Connection:
    """One socket. Compared by identity."""

    socket: Socket
    codec: Codec
    opened_at: float
    actor: Actor | None = None
    visible: bool = True
    congested_since: float | None = None
    watching: dict[int, "Watcher"] = field(default_factory=dict)
    # hold -> (when the push was missed, the push)
    missed_holds: dict[str, tuple[float, dict[str, Any]]] = field(default_factory=dict)

    @property
    def can_take(self) -> bool:
        """Whether pushes may be written now; otherwise they are merged and sent later."""
        return self.visible and not self.socket.is_congested

    def miss_hold(self, push: dict[str, Any], now_s: float) -> None:
        """Keep the latest push about a hold for later; the oldest goes when there are too many."""
        hold = push["hold"]
        self.missed_holds.pop(hold, None)
        if len(self.missed_holds) >= MISSED_HOLDS_MAX:
            del self.missed_holds[next(iter(self.missed_holds))]
        self.missed_holds[hold] = now_s, push

    def take_missed_holds(self, now_s: float) -> list[dict[str, Any]]:
        """Return what was kept, each with the time its hold has left now, and keep it no more."""
        pushes = []
        for missed_at, push in self.missed_holds.values():
            expires_in_ms = push["expires_in_ms"]
            if expires_in_ms is not None:
                expires_in_ms = max(0, expires_in_ms - round((now_s - missed_at) * 1000))
            pushes.append({**push, "expires_in_ms": expires_in_ms})
        self.missed_holds.clear()
        return pushes


@dataclass(slots=True, eq=False)
class Watcher:
    """How far one socket is with one show. has_left: it watches this show no more."""

    connection: Connection
    position: Position
    show_edition: int
    has_left: bool = False
