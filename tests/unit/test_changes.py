"""Changes on their way: packed and unpacked, and two bits a seat."""

from typing import Final

import msgpack
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.changes import (
    Change,
    ChangeBatch,
    Position,
    after,
    pack,
    pack_statuses,
    unpack,
    unpack_statuses,
)
from app.domain import EventKind, HoldStatus
from tests.golden import Vector, named, names, vectors

HOLD: Final = "0b9f6a1e-3c1d-4f5a-9b51-2d1f0c7e8a42"
SEATS: Final = vectors("seats")

indexes = st.lists(st.integers(0, 2**31 - 1), unique=True).map(sorted).map(tuple)
kinds = st.sampled_from(EventKind)


@st.composite
def batches(draw: st.DrawFn) -> ChangeBatch:
    first = draw(st.integers(1, 2**53))
    changes = tuple(
        Change(
            version=first + place,
            kind=draw(kinds),
            seats=draw(indexes),
            hold=draw(st.none() | st.uuids().map(str)),
            holder=draw(st.none() | st.text()),
            hold_seats=draw(indexes),
            expires_in_ms=draw(st.none() | st.integers(-(2**40), 2**40)),
            detail=draw(st.none() | st.dictionaries(st.text(), st.integers(0, 9))),
        )
        for place in range(draw(st.integers(1, 5)))
    )
    return ChangeBatch(draw(st.integers(0, 2**53)), changes)


@settings(deadline=None)
@given(batches())
def test_I5_what_is_unpacked_is_what_was_packed(batch: ChangeBatch) -> None:
    assert unpack(pack(batch)) == batch


def test_I5_a_packed_batch_has_the_layout_that_board_lua_reads() -> None:
    """The versions are implied, so a hole cannot be written down."""
    held = Change(9, EventKind.HOLD, (4, 7), HOLD, "ann", (1, 4, 7), 600_000)
    extended = Change(10, EventKind.EXTEND, (), HOLD, "ann", (1, 4, 7), 600_000)
    shown = Change(11, EventKind.SHOW, (1,), detail={"show": {"status": "cancelled"}})
    assert msgpack.unpackb(pack(ChangeBatch(3, (held, extended, shown)))) == [
        3,
        9,
        [
            ["hold", [4, 7], 1, HOLD, "ann", [1, 4, 7], 600_000, None],
            ["extend", [], None, HOLD, "ann", [1, 4, 7], 600_000, None],
            ["show", [1], 0, None, None, [], None, {"show": {"status": "cancelled"}}],
        ],
    ]


def test_I12_a_rebuilt_board_tells_its_position_on_the_same_channel() -> None:
    assert unpack(msgpack.packb([3, 128])) == Position(3, 128)


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\xc1",
        msgpack.packb(3),
        msgpack.packb([3]),
        msgpack.packb([3, 9, 7]),
        msgpack.packb([3, 9, [["sell", [], None, None, None, [], None, None]]]),
        msgpack.packb([3, 9, [["hold", []]]]),
        pack(ChangeBatch(3, (Change(9, EventKind.BLOCK, (1,)),)))[:-1],
    ],
    ids=[
        "nothing",
        "not msgpack",
        "a number",
        "half a position",
        "no rows",
        "unknown kind",
        "short row",
        "cut off",
    ],
)
def test_I5_a_message_that_is_something_else_is_a_value_error(message: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # of many libraries, with many texts
        unpack(message)


def test_a_batch_knows_its_first_and_last_version() -> None:
    batch = ChangeBatch(3, tuple(Change(v, EventKind.EXTEND, ()) for v in (5, 6, 7)))
    assert (batch.first, batch.last) == (5, 7)


# What a change means


@pytest.mark.parametrize(
    ("kind", "hold_seats", "expected"),
    [
        (EventKind.HOLD, (1, 2), HoldStatus.HELD),
        (EventKind.EXTEND, (1, 2), HoldStatus.HELD),
        (EventKind.RELEASE, (2,), HoldStatus.HELD),
        (EventKind.RELEASE, (), HoldStatus.RELEASED),
        (EventKind.EXPIRE, (), HoldStatus.EXPIRED),
        (EventKind.BOOK, (1, 2), HoldStatus.BOOKED),
        (EventKind.CANCEL, (), HoldStatus.CANCELLED),
    ],
    ids=str,
)
def test_HO2_a_change_says_what_its_hold_is_now(
    kind: EventKind, hold_seats: tuple[int, ...], expected: HoldStatus
) -> None:
    """A hold of which some seats are given back is still held."""
    change = Change(1, kind, (1,), HOLD, "ann", hold_seats)
    assert change.hold_status is expected


@pytest.mark.parametrize("kind", [EventKind.BLOCK, EventKind.UNBLOCK, EventKind.SHOW], ids=str)
def test_HO2_a_change_without_a_hold_says_nothing_of_one(kind: EventKind) -> None:
    assert Change(1, kind, (1,)).hold_status is None


# Merging


def test_I5_after_keeps_what_is_later_in_order() -> None:
    changes = [Change(version, EventKind.EXTEND, ()) for version in (5, 6, 7, 8)]
    assert [change.version for change in after(changes, 6)] == [7, 8]
    assert after(changes, 8) == []


# Two bits a seat


@pytest.mark.parametrize("vector", SEATS, ids=names(SEATS))
def test_SN2_seats_are_packed_as_in_the_vectors(vector: Vector) -> None:
    statuses, packed = bytes(vector["statuses"]), bytes.fromhex(vector["packed"])
    assert pack_statuses(statuses) == packed
    assert unpack_statuses(packed, len(statuses)) == statuses


def test_SN2_the_example_of_the_document_is_the_vector() -> None:
    """Worked out there by hand."""
    vector = named("seats")["the example of docs/PROTOCOL.md"]
    assert vector["statuses"] == [0, 1, 2, 3, 2, 0, 1]
    assert (vector["packed"], vector["base64"]) == ("e412", "5BI=")


@settings(deadline=None)
@given(st.lists(st.integers(0, 3), max_size=200).map(bytes))
def test_SN2_seat_i_is_where_the_rule_says(statuses: bytes) -> None:
    packed = pack_statuses(statuses)
    assert len(packed) == (len(statuses) + 3) // 4
    found = [(packed[i >> 2] >> 2 * (i & 3)) & 3 for i in range(len(statuses))]
    assert bytes(found) == statuses
    assert unpack_statuses(packed, len(statuses)) == statuses


@settings(deadline=None)
@given(st.lists(st.integers(0, 3), max_size=50).map(bytes))
def test_SN2_the_last_byte_is_filled_up_with_zeros(statuses: bytes) -> None:
    packed = pack_statuses(statuses)
    spare = unpack_statuses(packed, 4 * len(packed))[len(statuses) :]
    assert spare == bytes(-len(statuses) % 4)
