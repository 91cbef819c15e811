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

import msgspec
from msgspec import Struct

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


class Change(Struct, frozen=True):
    """One version of a show; a struct, since each instance reads every one of them.

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
        return _STATUS_AFTER[self.kind]

    @property
    def hold_status(self) -> HoldStatus | None:
        """The status of the change's hold after it; None when the change is about no hold."""
        if self.hold is None:
            return None
        if self.kind is EventKind.RELEASE and self.hold_seats:
            return HoldStatus.HELD
        return _HOLD_STATUS_AFTER.get(self.kind)


_STATUS_AFTER = {
    kind: None if transition is None else transition[1] for kind, transition in TRANSITIONS.items()
}
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


class _Row(Struct, array_like=True):
    """A change as it travels."""

    kind: EventKind
    seats: tuple[int, ...]
    status: SeatStatus | None
    hold: str | None
    holder: str | None
    hold_seats: tuple[int, ...]
    expires_in_ms: int | None
    detail: dict[str, Any] | None


class _Message(Struct, array_like=True):
    """What a show's channel carries: a batch, or (no rows) the position of a board."""

    epoch: int
    first: int
    rows: list[_Row] | str | None = None


_decode = msgspec.msgpack.Decoder(_Message).decode


def pack(batch: ChangeBatch) -> bytes:
    """Encode a batch for the board: [epoch, first, [[kind, seats, status, hold, …] …]].

    board.lua reads the same layout; versions are implied, they are consecutive.
    """
    rows = [
        _Row(
            change.kind,
            change.seats,
            change.status,
            change.hold,
            change.holder,
            change.hold_seats,
            change.expires_in_ms,
            change.detail,
        )
        for change in batch.changes
    ]
    return msgspec.msgpack.encode(_Message(batch.epoch, batch.first, rows))


def unpack(message: bytes) -> ChangeBatch | Position | Replaced:
    """Decode a message of a show's channel.

    That is what `pack` made, or the position of a board that was just put up, perhaps in the place
    of a wrong one (board.lua: load).
    Raises ValueError when it is something else.
    """
    try:
        decoded = _decode(message)
    except msgspec.DecodeError as error:
        raise ValueError("not a message of a show's channel") from error
    rows = decoded.rows
    if rows is None:
        return Position(decoded.epoch, decoded.first)
    if rows == "anew":
        return Replaced(Position(decoded.epoch, decoded.first))
    if isinstance(rows, str) or not rows:
        raise ValueError("not a message of a show's channel")
    changes = [
        Change(
            version,
            row.kind,
            row.seats,
            row.hold,
            row.holder,
            row.hold_seats,
            row.expires_in_ms,
            row.detail,
        )
        for version, row in enumerate(rows, decoded.first)
    ]
    return ChangeBatch(decoded.epoch, tuple(changes))


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
