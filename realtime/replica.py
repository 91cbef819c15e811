"""A show's seats in this process. Pure.

Rule 1: the position only moves forward within an epoch, and only by what continues it.
Rule 2: `delta_since(v)` applied to the seats at v gives the seats at the replica's position.
Rule 3: what is too old to tell from memory is answered with None, and its asker gets a snapshot.
"""

from collections import deque
from collections.abc import Sequence
from itertools import takewhile
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

# Versions kept for delta_since. Beyond this a delta would hardly be smaller than a snapshot.
RECENT_VERSIONS_MAX: Final = 2_048


class _Step(NamedTuple):
    """What leads from a version to another: statuses by seat. Mostly one change, one version."""

    from_version: int
    to_version: int
    seats: dict[int, int]


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
        for change in fresh:
            self._advance(change.version, _statuses_after(change))
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
        self._advance(snapshot.position.version, changed)

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
        steps = list(takewhile(lambda step: step.to_version > version, reversed(self._recent)))
        if steps and steps[-1].from_version != version:
            return None  # inside a step that a reset made, nobody knows what was there
        seats: dict[int, int] = {}
        for step in reversed(steps):
            seats.update(step.seats)
        if len(seats) > self._delta_seats_max():
            return None
        return Delta(epoch, version, here, seats)

    def _remember(self, history: Sequence[ChangeBatch]) -> None:
        """Keep of *history* what leads to the position without a hole."""
        epoch, _ = self.position
        changes = [c for batch in history if batch.epoch == epoch for c in batch.changes]
        for change in reversed(changes):
            if change.version == self._floor and len(self._recent) < RECENT_VERSIONS_MAX:
                self._floor -= 1
                self._recent.appendleft(_Step(self._floor, change.version, _statuses_after(change)))

    def _advance(self, version: int, seats: dict[int, int]) -> None:
        for seat, status in seats.items():
            self._statuses[seat] = status
        self._recent.append(_Step(self.position.version, version, seats))
        self.position = Position(self.position.epoch, version)
        if len(self._recent) > RECENT_VERSIONS_MAX:
            self._floor = self._recent.popleft().to_version

    def _delta_seats_max(self) -> int:
        # In JSON a seat of a delta takes some ten bytes, one of a snapshot a third of a byte.
        return 16 + self.count // 30


def _statuses_after(change: Change) -> dict[int, int]:
    status = change.status
    return {} if status is None else dict.fromkeys(change.seats, int(status))
