"""What the ledger's history says, told again by the transition table."""

from collections import Counter
from collections.abc import Iterator, Sequence

from app.domain import TRANSITIONS, EventKind, SeatStatus
from app.ledger import Event, Ledger

EVENTS_MAX = 10_000


async def history(ledger: Ledger, show: int) -> list[Event]:
    """Return every event of *show*."""
    events = await ledger.events_after(show, 0, EVENTS_MAX)
    assert len(events) < EVENTS_MAX
    return events


async def kinds(ledger: Ledger, show: int) -> list[EventKind]:
    """Return what happened to *show*, in order."""
    return [event.change.kind for event in await history(ledger, show)]


def replay(events: Sequence[Event], count: int) -> Iterator[bytes]:
    """Yield the seats of a show of *count* seats at version 0 and after each of its *events*.

    Fails when a version is missing, or when a seat was not what its transition starts from.
    """
    seats = [SeatStatus.AVAILABLE] * count
    yield bytes(seats)
    for version, event in enumerate(events, 1):
        change = event.change
        assert change.version == version, "a version is missing"
        assert list(change.seats) == sorted(set(change.seats)), change
        transition = TRANSITIONS[change.kind]
        assert transition is not None or not change.seats, change
        for seat in change.seats:
            assert transition is not None
            before, after = transition
            assert seats[seat] is before, (seat, seats[seat], change)
            seats[seat] = after
        assert Counter(seats).total() == count
        yield bytes(seats)


async def statuses(ledger: Ledger, show: int) -> bytes:
    """Return the seats of *show*, after a check that its history leads to them."""
    state = await ledger.board_state(show)
    assert state is not None
    *_, last = replay(await history(ledger, show), len(state.statuses))
    assert state.statuses == last
    return last
