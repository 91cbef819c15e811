"""What changed in a show, in the order of its versions, and how it travels. Pure.

A committed command is one Change with one version. Changes leave the ledger in batches, cross the
board's channel packed (msgpack), are applied to every replica in order, and reach screens merged
into a Delta:  commit -> Change -> pack -> unpack -> replica -> Delta -> frame.

Why a position has an epoch: after a restore from a backup the ledger may be at version 90 while a
screen that saw the lost future says "I have 100". Without the epoch it would ignore 91…100, all of
them new. A restored ledger gets a new epoch, and positions of the old one are answered with a
snapshot.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgpack

from app.domain import TRANSITIONS, EventKind, HoldStatus, SeatStatus


class Position(NamedTuple):
    """A place in a show's history; positions of different epochs do not compare."""

    epoch: int
    version: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A show's seats at a position; one byte a seat."""

    position: Position
    statuses: bytes


@dataclass(frozen=True, slots=True)
class Replaced:
    """A board that was wrong at this position and is right by now."""

    position: Position


@dataclass(frozen=True, slots=True)
class Change:
    """One version of a show.

    seats: those whose status changed, ascending. hold_seats: all seats the hold has after the
    change. expires_in_ms: from the moment the change was read or committed; only intervals travel.
    detail: the changed show (kind `show`) or the reason (kinds `block`, `unblock`).
    """

    version: int
    kind: EventKind
    seats: tuple[int, ...]
    hold: str | None = None
    holder: str | None = None
    hold_seats: tuple[int, ...] = ()
    expires_in_ms: int | None = None
    detail: dict[str, Any] | None = None

    @property
    def status(self) -> SeatStatus | None:
        """The status every seat of the change has now; None when seats keep theirs."""
        transition = TRANSITIONS[self.kind]
        return None if transition is None else transition[1]

    @property
    def hold_status(self) -> HoldStatus | None:
        """The status of the change's hold after it; None when the change is about no hold."""
        if self.hold is None:
            return None
        if self.kind is EventKind.RELEASE and self.hold_seats:
            return HoldStatus.HELD
        return _HOLD_STATUS_AFTER.get(self.kind)


_HOLD_STATUS_AFTER = {
    EventKind.HOLD: HoldStatus.HELD,
    EventKind.EXTEND: HoldStatus.HELD,
    EventKind.RELEASE: HoldStatus.RELEASED,
    EventKind.EXPIRE: HoldStatus.EXPIRED,
    EventKind.BOOK: HoldStatus.BOOKED,
    EventKind.CANCEL: HoldStatus.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class ChangeBatch:
    """Changes with consecutive versions, never empty."""

    epoch: int
    changes: tuple[Change, ...]

    @property
    def first(self) -> int:
        return self.changes[0].version

    @property
    def last(self) -> int:
        return self.changes[-1].version


@dataclass(frozen=True, slots=True)
class Delta:
    """The merged effect of versions from+1…to: absolute statuses by seat index."""

    epoch: int
    from_version: int
    to_version: int
    seats: dict[int, int] = field(default_factory=dict)


def pack(batch: ChangeBatch) -> bytes:
    """Encode a batch for the board: [epoch, first, [[kind, seats, status, hold, …] …]].

    board.lua reads the same layout; versions are implied, they are consecutive.
    """
    rows = [
        [
            change.kind.value,
            change.seats,
            None if change.status is None else int(change.status),
            change.hold,
            change.holder,
            change.hold_seats,
            change.expires_in_ms,
            change.detail,
        ]
        for change in batch.changes
    ]
    packed: bytes = msgpack.packb([batch.epoch, batch.first, rows])
    return packed


def unpack(message: bytes) -> ChangeBatch | Position | Replaced:
    """Decode a message of a show's channel.

    That is what `pack` made, or the position of a board that was just put up, perhaps in the place
    of a wrong one (board.lua: load).
    Raises ValueError when it is something else.
    """
    try:
        epoch, first, *rest = msgpack.unpackb(message)
        if not rest:
            return Position(epoch, first)
        if rest == ["anew"]:
            return Replaced(Position(epoch, first))
        changes = tuple(_change(version, *row) for version, row in enumerate(rest[0], first))
    except TypeError as error:
        raise ValueError("not a message of a show's channel") from error
    return ChangeBatch(epoch, changes)


def _change(
    version: int,
    kind: str,
    seats: list[int],
    _status: int | None,
    hold: str | None,
    holder: str | None,
    hold_seats: list[int],
    expires_in_ms: int | None,
    detail: dict[str, Any] | None,
) -> Change:
    return Change(
        version=version,
        kind=EventKind(kind),
        seats=tuple(seats),
        hold=hold,
        holder=holder,
        hold_seats=tuple(hold_seats),
        expires_in_ms=expires_in_ms,
        detail=detail,
    )


def after(changes: Iterable[Change], version: int) -> list[Change]:
    """Return the changes later than *version*, in order."""
    return [change for change in changes if change.version > version]


def pack_statuses(statuses: bytes) -> bytes:
    """Pack one byte a seat into two bits a seat, four seats a byte, lowest bits first.

    Adds four strided slices as whole numbers: about 100 times faster than a loop over seats.
    """
    padded = statuses + bytes(-len(statuses) % 4)
    total = 0
    for lane in range(4):
        total |= int.from_bytes(padded[lane::4], "little") << (2 * lane)
    return total.to_bytes(len(padded) // 4, "little")


# By lane: what each of the 256 bytes says of its seat there.
_STATUS_OF_BYTE = [bytes((byte >> (2 * lane)) & 3 for byte in range(256)) for lane in range(4)]


def unpack_statuses(packed: bytes, count: int) -> bytes:
    """Undo `pack_statuses` for *count* seats."""
    seats = bytearray(len(packed) * 4)
    for lane, statuses in enumerate(_STATUS_OF_BYTE):
        seats[lane::4] = packed.translate(statuses)
    return bytes(seats[:count])
