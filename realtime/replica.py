"""A show's seats in this process. Pure.

Rule 1: the position only moves forward within an epoch, and only by what continues it.
Rule 2: `delta_since(v)` applied to the seats at v gives the seats at the replica's position.
Rule 3: what is too old to tell from memory is answered with None, and its asker gets a snapshot.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from app.changes import (
    Change,
    ChangeBatch,
    Delta,
    Position,
    Snapshot,
    after,
    pack_statuses,
)

# How many versions delta_since looks back. Beyond this a delta would hardly be smaller than a
# snapshot.
RECENT_VERSIONS_MAX: Final = 2_048


class _Step(NamedTuple):
    """What leads from a version to another: statuses by seat, mostly of a batch.

    has_all: whether every seat that changed on the way is among them, though it may have changed
    back. Then they lead on from anywhere within, too.
    """

    from_version: int
    to_version: int
    seats: dict[int, int]
    has_all: bool


class Replica:
    """The statuses of one show at a position, and what changed lately."""

    def __init__(self, snapshot: Snapshot, history: Sequence[ChangeBatch] = ()) -> None:
        self.position = snapshot.position
        self._statuses = bytearray(snapshot.statuses)
        # Each leads on from the one before.
        self._recent: deque[_Step] = deque()
        self._floor = snapshot.position.version
        self._remember(history)

    @property
    def count(self) -> int:
        return len(self._statuses)

    @property
    def statuses(self) -> bytes:
        return bytes(self._statuses)

    def packed(self) -> bytes:
        """Return all seats, two bits each."""
        return pack_statuses(self.statuses)

    def apply(self, batch: ChangeBatch) -> list[Change] | None:
        """Take in what is new in *batch* and return it; None when something is missing."""
        epoch, version = self.position
        if batch.epoch != epoch or batch.first > version + 1:
            return None
        fresh = after(batch.changes, version)
        if fresh:
            self._advance(fresh[-1].version, _statuses_after(fresh), has_all=True)
        return fresh

    def reset(self, snapshot: Snapshot) -> None:
        """Take over *snapshot*; within an epoch its difference becomes one recent change.

        A snapshot of the same epoch that is not newer is ignored.
        """
        if snapshot.position.epoch != self.position.epoch or len(snapshot.statuses) != self.count:
            self.__init__(snapshot)  # type: ignore[misc]  # a new epoch is a new replica
            return
        if snapshot.position.version <= self.position.version:
            return
        changed = {
            seat: new
            for seat, (old, new) in enumerate(zip(self._statuses, snapshot.statuses, strict=True))
            if old != new
        }
        self._advance(snapshot.position.version, changed, has_all=False)

    def is_contradicted_by(self, snapshot: Snapshot) -> bool:
        """Return whether *snapshot* has other seats for the same position."""
        return snapshot.position == self.position and snapshot.statuses != self.statuses

    def delta_since(self, version: int) -> Delta | None:
        """Return what changed after *version*.

        None when memory does not reach back that far, when *version* lies in the future, or when a
        snapshot is smaller.
        """
        epoch, here = self.position
        if not self._floor <= version <= here:
            return None
        steps: list[_Step] = []
        for step in reversed(self._recent):
            if step.to_version <= version:
                break
            steps.append(step)
        if steps and steps[-1].from_version != version and not steps[-1].has_all:
            return None
        seats: dict[int, int] = {}
        for step in reversed(steps):
            seats.update(step.seats)
        if len(seats) > self._delta_seats_max():
            return None
        return Delta(epoch, version, here, seats)

    def _remember(self, history: Sequence[ChangeBatch]) -> None:
        """Keep of *history* what leads to the position without a hole."""
        epoch, version = self.position
        for batch in reversed(history):
            is_next = batch.epoch == epoch and batch.last == self._floor
            if is_next and batch.last > version - RECENT_VERSIONS_MAX:
                self._floor = batch.first - 1
                step = _Step(self._floor, batch.last, _statuses_after(batch.changes), True)
                self._recent.appendleft(step)

    def _advance(self, version: int, seats: dict[int, int], *, has_all: bool) -> None:
        for seat, status in seats.items():
            self._statuses[seat] = status
        self._recent.append(_Step(self.position.version, version, seats, has_all))
        self.position = Position(self.position.epoch, version)
        while self._recent[0].to_version <= version - RECENT_VERSIONS_MAX:
            self._floor = self._recent.popleft().to_version

    def _delta_seats_max(self) -> int:
        # In JSON a seat of a delta takes some ten bytes, one of a snapshot a third of a byte.
        return 16 + self.count // 30


def _statuses_after(changes: Iterable[Change]) -> dict[int, int]:
    statuses: dict[int, int] = {}
    for change in changes:
        status = change.status
        if status is not None:
            statuses.update(dict.fromkeys(change.seats, int(status)))
    return statuses
