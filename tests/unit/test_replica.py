"""A show's seats in this process: what it takes in, and what it can tell of the past."""

from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.changes import Change, ChangeBatch, Delta, Position, Snapshot, unpack_statuses
from app.domain import TRANSITIONS, EventKind, SeatStatus
from realtime.replica import RECENT_VERSIONS_MAX, Replica

EPOCH: Final = 7
FIRST: Final = 128
COUNT: Final = 12

# Kinds by the status they leave their seats in, and one that leaves them alone.
KINDS: Final = (EventKind.RELEASE, EventKind.HOLD, EventKind.BOOK, EventKind.BLOCK)

happenings = st.lists(
    st.tuples(st.sampled_from(EventKind), st.frozensets(st.integers(0, COUNT - 1), max_size=4)),
    max_size=30,
)


def replica(count: int = COUNT) -> Replica:
    return Replica(Snapshot(Position(EPOCH, FIRST), bytes(count)))


def change(version: int, kind: EventKind, *seats: int) -> Change:
    return Change(version, kind, seats)


def batch(*changes: Change, epoch: int = EPOCH) -> ChangeBatch:
    return ChangeBatch(epoch, changes)


def seats_after(statuses: bytes, delta: Delta) -> bytes:
    """Apply *delta* as a screen does."""
    changed = bytearray(statuses)
    for seat, status in delta.seats.items():
        changed[seat] = status
    return bytes(changed)


# Taking in


def test_I5_a_batch_that_continues_is_taken_in() -> None:
    subject = replica()
    held = change(129, EventKind.HOLD, 3, 4)
    booked = change(130, EventKind.BOOK, 4)
    assert subject.apply(batch(held, booked)) == [held, booked]
    assert subject.position == Position(EPOCH, 130)
    assert subject.statuses == bytes([0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0])


@pytest.mark.parametrize("kind", EventKind, ids=str)
def test_I5_every_kind_leaves_its_seats_as_the_transitions_say(kind: EventKind) -> None:
    subject = Replica(Snapshot(Position(EPOCH, FIRST), bytes([1] * COUNT)))
    subject.apply(batch(change(129, kind, 5)))
    transition = TRANSITIONS[kind]
    assert subject.statuses[5] == (1 if transition is None else transition[1])
    assert subject.statuses.count(1) >= COUNT - 1


def test_I5_a_gap_is_not_papered_over() -> None:
    subject = replica()
    assert subject.apply(batch(change(130, EventKind.HOLD, 3))) is None
    assert (subject.position, subject.statuses) == (Position(EPOCH, FIRST), bytes(COUNT))


def test_I5_a_batch_that_comes_twice_changes_nothing() -> None:
    subject = replica()
    held = batch(change(129, EventKind.HOLD, 3))
    subject.apply(held)
    subject.apply(batch(change(130, EventKind.RELEASE, 3)))
    assert subject.apply(held) == []
    assert (subject.position, subject.statuses[3]) == (Position(EPOCH, 130), 0)


def test_I5_of_a_batch_that_overlaps_only_what_is_new_is_taken_in() -> None:
    """The old part is older than the seat's present status."""
    subject = replica()
    subject.apply(batch(change(129, EventKind.HOLD, 3), change(130, EventKind.RELEASE, 3)))
    fresh = change(131, EventKind.HOLD, 4)
    overlapping = batch(change(129, EventKind.HOLD, 3), change(130, EventKind.RELEASE, 3), fresh)
    assert subject.apply(overlapping) == [fresh]
    assert (subject.statuses[3], subject.statuses[4]) == (0, 1)


@pytest.mark.parametrize("epoch", [EPOCH - 1, EPOCH + 1])
def test_I5_a_batch_of_another_epoch_is_not_taken_in(epoch: int) -> None:
    subject = replica()
    assert subject.apply(batch(change(129, EventKind.HOLD, 3), epoch=epoch)) is None
    assert (subject.position, subject.statuses) == (Position(EPOCH, FIRST), bytes(COUNT))


# Starting over


def test_I5_a_newer_snapshot_is_taken_over_and_remembered_as_one_change() -> None:
    """So that screens at an older version get a delta, not all seats."""
    subject = replica()
    subject.apply(batch(change(129, EventKind.HOLD, 3)))
    later = bytes([0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3])
    subject.reset(Snapshot(Position(EPOCH, 500), later))
    assert (subject.position, subject.statuses) == (Position(EPOCH, 500), later)
    assert subject.delta_since(129) == Delta(EPOCH, 129, 500, {1: 2, 3: 0, 11: 3})
    assert subject.delta_since(FIRST) == Delta(EPOCH, FIRST, 500, {1: 2, 3: 0, 11: 3})


def test_I6_other_seats_at_the_same_version_contradict() -> None:
    replica = Replica(Snapshot(Position(7, 5), bytes(4)))
    assert not replica.is_contradicted_by(Snapshot(Position(7, 5), bytes(4)))
    assert not replica.is_contradicted_by(Snapshot(Position(7, 4), bytes([0, 2, 0, 0])))
    assert replica.is_contradicted_by(Snapshot(Position(7, 5), bytes([0, 2, 0, 0])))


@pytest.mark.parametrize("version", [FIRST, FIRST + 1])
def test_I5_a_snapshot_that_is_not_newer_is_ignored(version: int) -> None:
    subject = replica()
    subject.apply(batch(change(129, EventKind.HOLD, 3)))
    subject.reset(Snapshot(Position(EPOCH, version), bytes([2] * COUNT)))
    assert subject.position == Position(EPOCH, 129)
    assert list(subject.statuses).count(SeatStatus.BOOKED) == 0


def test_I5_a_snapshot_of_another_epoch_begins_a_new_history() -> None:
    """Even with a lower version: the two do not compare."""
    subject = replica()
    subject.apply(batch(change(129, EventKind.HOLD, 3)))
    subject.reset(Snapshot(Position(EPOCH + 1, 5), bytes([3] * COUNT)))
    assert (subject.position, subject.statuses) == (Position(EPOCH + 1, 5), bytes([3] * COUNT))
    assert subject.delta_since(4) is None
    assert subject.apply(batch(change(6, EventKind.UNBLOCK, 0), epoch=EPOCH + 1)) is not None


def test_I5_a_snapshot_of_another_size_begins_a_new_history() -> None:
    subject = replica()
    subject.reset(Snapshot(Position(EPOCH, 129), bytes(COUNT + 1)))
    assert (subject.count, subject.delta_since(FIRST)) == (COUNT + 1, None)


# Telling of the past


def test_WA2_a_delta_leads_from_the_version_asked_for_to_the_present() -> None:
    subject = replica()
    subject.apply(batch(change(129, EventKind.HOLD, 3, 4), change(130, EventKind.EXTEND)))
    subject.apply(batch(change(131, EventKind.BOOK, 3), change(132, EventKind.HOLD, 5)))
    assert subject.delta_since(128) == Delta(EPOCH, 128, 132, {3: 2, 4: 1, 5: 1})
    assert subject.delta_since(130) == Delta(EPOCH, 130, 132, {3: 2, 5: 1})
    # From within a batch it has all that the batch touched.
    assert subject.delta_since(131) == Delta(EPOCH, 131, 132, {3: 2, 5: 1})


def test_WA2_from_the_present_the_delta_is_empty() -> None:
    assert replica().delta_since(FIRST) == Delta(EPOCH, FIRST, FIRST, {})


@pytest.mark.parametrize("version", [-1, 0, FIRST - 1, FIRST + 2, 10**9])
def test_WA2_a_version_before_memory_or_in_the_future_has_no_delta(version: int) -> None:
    subject = replica()
    subject.apply(batch(change(129, EventKind.HOLD, 3)))
    assert subject.delta_since(version) is None


def test_WA2_memory_is_bounded_and_what_is_forgotten_has_no_delta() -> None:
    subject = replica(1)
    for version in range(FIRST + 1, FIRST + RECENT_VERSIONS_MAX + 11):
        kind = EventKind.HOLD if version % 2 else EventKind.RELEASE
        subject.apply(batch(change(version, kind, 0)))
    oldest = FIRST + 10
    last = FIRST + RECENT_VERSIONS_MAX + 10
    assert subject.delta_since(oldest - 1) is None
    assert subject.delta_since(oldest) == Delta(EPOCH, oldest, last, {0: subject.statuses[0]})


def test_WA2_more_seats_than_a_snapshot_is_worth_have_no_delta() -> None:
    count = 3_000
    most = 16 + count // 30
    subject = replica(count)
    subject.apply(batch(change(129, EventKind.HOLD, *range(most))))
    subject.apply(batch(change(130, EventKind.HOLD, most)))
    assert subject.delta_since(FIRST) is None
    delta = subject.delta_since(129)
    assert delta is not None
    assert delta.seats == {most: 1}


def test_WA2_of_the_history_a_replica_keeps_what_leads_to_its_seats() -> None:
    """A client of an instance that died resumes on one that has just begun to follow the show."""
    history = [
        batch(change(100, EventKind.HOLD, 9)),
        batch(change(126, EventKind.HOLD, 1, 2)),
        batch(change(127, EventKind.RELEASE, 2), change(128, EventKind.HOLD, 3)),
        batch(change(129, EventKind.HOLD, 4)),
    ]
    statuses = bytes([0, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0])
    subject = Replica(Snapshot(Position(EPOCH, FIRST), statuses), history)
    assert subject.statuses == statuses
    assert subject.delta_since(125) == Delta(EPOCH, 125, 128, {1: 1, 2: 0, 3: 1})
    assert subject.delta_since(127) == Delta(EPOCH, 127, 128, {2: 0, 3: 1})
    assert subject.delta_since(124) is None


def test_WA2_the_history_of_another_epoch_is_not_kept() -> None:
    history = [batch(change(128, EventKind.HOLD, 3), epoch=EPOCH - 1)]
    subject = Replica(Snapshot(Position(EPOCH, FIRST), bytes(COUNT)), history)
    assert subject.delta_since(127) is None


def test_WA2_a_long_history_is_kept_only_as_far_as_memory_goes() -> None:
    """And the bound still holds after it."""
    first = 10_000 - RECENT_VERSIONS_MAX - 50
    history = [batch(change(v, EventKind.EXTEND)) for v in range(first, 10_001)]
    subject = Replica(Snapshot(Position(EPOCH, 10_000), bytes(COUNT)), history)
    oldest = 10_000 - RECENT_VERSIONS_MAX
    assert subject.delta_since(oldest) is not None
    assert subject.delta_since(oldest - 1) is None
    subject.apply(batch(change(10_001, EventKind.EXTEND)))
    assert subject.delta_since(oldest) is None
    assert subject.delta_since(oldest + 1) is not None


@settings(deadline=None)
@given(happenings, st.data())
def test_I5_seats_of_any_version_and_the_delta_since_are_the_present_seats(
    happened: list[tuple[EventKind, frozenset[int]]], data: st.DataObject
) -> None:
    """apply(snapshot(n), delta n…m) == snapshot(m), for every n in memory.

    The changes come in batches of any size, some of them twice or overlapping.
    """
    subject = replica()
    changes = [
        Change(version, kind, tuple(sorted(seats)))
        for version, (kind, seats) in enumerate(happened, FIRST + 1)
    ]
    seats_at = {FIRST: subject.statuses}
    done = 0
    while done < len(changes):
        start = data.draw(st.integers(0, done), label="first of the batch")
        end = data.draw(st.integers(done + 1, len(changes)), label="end of the batch")
        assert subject.apply(batch(*changes[start:end])) == changes[done:end]
        seats_at[subject.position.version] = subject.statuses
        done = end
    for version, statuses in seats_at.items():
        delta = subject.delta_since(version)
        assert delta is not None
        assert (delta.epoch, delta.from_version) == (EPOCH, version)
        assert delta.to_version == subject.position.version
        assert seats_after(statuses, delta) == subject.statuses


@settings(deadline=None)
@given(st.integers(1, 60), st.data())
def test_SN2_a_packed_replica_unpacks_to_its_seats(count: int, data: st.DataObject) -> None:
    subject = replica(count)
    kinds = data.draw(st.lists(st.sampled_from(KINDS), min_size=count, max_size=count))
    subject.apply(batch(*(change(FIRST + 1 + seat, kind, seat) for seat, kind in enumerate(kinds))))
    expected = bytes(KINDS.index(kind) for kind in kinds)
    assert subject.statuses == expected
    assert unpack_statuses(subject.packed(), count) == expected
