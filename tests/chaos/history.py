"""What was asked, what was told, what was seen, and what the ledger says happened. Pure.

All times are seconds since 1970: clients and ledger must share one machine, and so one clock.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from app.changes import Position
from app.domain import Actor, BookingStatus, EventKind, HoldStatus
from tests.ledger_model import Refusal


@dataclass(frozen=True, slots=True)
class Granted:
    """An answer that said yes; None stands for what this kind of answer does not say."""

    version: int | None = None
    seats: tuple[int, ...] | None = None
    expires_in_s: float | None = None
    total: int | None = None
    booking: UUID | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """An answer that said that nobody knows."""


@dataclass(frozen=True, slots=True)
class Lost(Unknown):
    """No answer: its connection is gone, or nothing is heard on it any more."""


@dataclass(frozen=True, slots=True)
class Unanswered(Unknown):
    """No answer for as long as clients wait, on a connection that lives."""


Answer = Granted | Refusal | Unknown


@dataclass(frozen=True, slots=True)
class Operation:
    """One asking and its answer; a retry is another one with the same ids.

    hold: of a hold, release, extend or book. booking: of a cancel. seats: None where the kind
    names none, or for all of a hold.
    """

    show: int
    kind: EventKind
    actor: Actor
    invoked_s: float
    completed_s: float
    answer: Answer
    hold: UUID | None = None
    booking: UUID | None = None
    seats: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class LedgerEvent:
    """A row of seat_events."""

    version: int
    kind: EventKind
    actor: str
    at_s: float
    seats: tuple[int, ...] = ()
    holder: str | None = None
    hold: UUID | None = None
    booking: UUID | None = None
    hold_seats: tuple[int, ...] = ()
    expires_at_s: float | None = None
    detail: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one screen, board or reading of the ledger showed.

    where: names one socket, or one reader; its positions never go back. since_s: when it was known
    to show this; until_s: how long it is known to have shown nothing newer. A reading is known when
    it is answered, and is as new as its asking.
    """

    where: str
    show: int
    position: Position
    statuses: bytes
    since_s: float
    until_s: float


@dataclass(frozen=True, slots=True)
class OrderFault:
    """A push that did not continue what its client had."""

    where: str
    text: str
    at_s: float


@dataclass(frozen=True, slots=True)
class ShowFacts:
    """A show as it went on sale, all seats free at version 0. prices: by category."""

    show: int
    epoch: int
    categories: tuple[int, ...]
    prices: tuple[int, ...]
    hold_ttl_s: int
    seats_per_hold_max: int


@dataclass(frozen=True, slots=True)
class Ending:
    """A show in the ledger when all was over. bookings: (status, hold, seats) by booking."""

    position: Position
    statuses: bytes
    holds: Mapping[UUID, tuple[HoldStatus, tuple[int, ...]]]
    bookings: Mapping[UUID, tuple[BookingStatus, UUID, tuple[int, ...]]]


@dataclass(slots=True)
class History:
    """All of one run. disturbances: from the start of a fault until its repair.

    rushes: by show, from the first of too many questions until all of them were answered.
    last: what board and screens showed when all was over, by name; each must be the ending's.
    """

    shows: dict[int, ShowFacts] = field(default_factory=dict)
    staff: set[str] = field(default_factory=set)
    operations: list[Operation] = field(default_factory=list)
    events: dict[int, list[LedgerEvent]] = field(default_factory=dict)
    sightings: list[Sighting] = field(default_factory=list)
    faults: list[OrderFault] = field(default_factory=list)
    disturbances: list[tuple[float, float]] = field(default_factory=list)
    rushes: dict[int, list[tuple[float, float]]] = field(default_factory=dict)
    endings: dict[int, Ending] = field(default_factory=dict)
    last: list[Sighting] = field(default_factory=list)
    ended_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long what is promised may take when nothing disturbs it, in seconds.

    dead_s: a connection may be gone before its client knows. slack_s: between two readings of one
    clock, and for a busy machine.
    """

    screen_s: float = 1.0
    expiry_s: float = 2.0
    answer_s: float = 1.0
    board_s: float = 2.0
    dead_s: float = 2.0
    slack_s: float = 0.5


@dataclass(frozen=True, slots=True)
class Violation:
    """A promise that was not kept. invariant: its id. ids: versions, holds, bookings, screens."""

    invariant: str
    what: str
    show: int
    ids: tuple[object, ...]
    at_s: float

    def __str__(self) -> str:
        ids = ", ".join(map(str, self.ids))
        return f"{self.invariant} show {self.show} at {self.at_s:.3f}: {self.what} [{ids}]"


class Calm:
    """The stretches of time in which nothing was disturbed."""

    def __init__(self, disturbances: Iterable[tuple[float, float]]) -> None:
        self._starts: list[float] = []
        self._ends: list[float] = []
        for start, end in sorted(disturbances):
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)

    def longest(self, since_s: float, until_s: float) -> float:
        """Return the longest undisturbed stretch between two times; at most 0 when there is none.

        Takes time in proportion to the disturbances between the two.
        """
        place = bisect_right(self._ends, since_s)
        longest, here = 0.0, since_s
        while place < len(self._starts) and self._starts[place] < until_s:
            longest = max(longest, self._starts[place] - here)
            here = self._ends[place]
            place += 1
        return max(longest, until_s - here)

    def is_whole(self, since_s: float, until_s: float) -> bool:
        """Tell whether nothing was disturbed between two times."""
        place = bisect_right(self._ends, since_s)
        return place >= len(self._starts) or self._starts[place] >= until_s
