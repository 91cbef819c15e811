"""What the hub knows of one socket: its codec, whose it is, what it watches and how far it is."""

from dataclasses import dataclass, field
from typing import Any, Final

from app.changes import Position
from app.domain import Actor
from realtime.protocol import Codec
from realtime.socket import Socket

# Of how many holds a socket that takes nothing is told when it does again; buyers have far fewer.
HOLD_PUSHES_MAX: Final = 64


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
    # hold -> (when the push was made, the push)
    hold_pushes: dict[str, tuple[float, dict[str, Any]]] = field(default_factory=dict)

    @property
    def can_take(self) -> bool:
        """Whether pushes may be written now; otherwise they are merged and sent later."""
        return self.visible and not self.socket.is_congested

    def keep_hold_push(self, push: dict[str, Any], now_s: float) -> None:
        """Keep the latest push about a hold until it is taken; of too many the oldest goes."""
        hold = push["hold"]
        self.hold_pushes.pop(hold, None)
        if len(self.hold_pushes) >= HOLD_PUSHES_MAX:
            del self.hold_pushes[next(iter(self.hold_pushes))]
        self.hold_pushes[hold] = now_s, push

    def take_hold_pushes(self, show: int, now_s: float) -> list[dict[str, Any]]:
        """Return what was kept about *show*, each with the time its hold has left now, and keep it
        no more."""
        pushes = []
        for made_at, push in self.hold_pushes.values():
            if push["show"] != show:
                continue
            expires_in_ms = push["expires_in_ms"]
            if expires_in_ms is not None:
                expires_in_ms = max(0, expires_in_ms - round((now_s - made_at) * 1000))
            pushes.append({**push, "expires_in_ms": expires_in_ms})
        self.drop_hold_pushes(show)
        return pushes

    def drop_hold_pushes(self, show: int) -> None:
        """Keep nothing more about *show*."""
        self.hold_pushes = {
            hold: kept for hold, kept in self.hold_pushes.items() if kept[1]["show"] != show
        }


@dataclass(slots=True, eq=False)
class Watcher:
    """How far one socket is with one show. has_left: it watches this show no more."""

    connection: Connection
    position: Position
    show_edition: int
    has_left: bool = False
