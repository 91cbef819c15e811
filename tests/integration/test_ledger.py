"""The ledger's commands, one at a time (app/ledger.py, sql/functions)."""

from uuid import uuid4

import pytest
from msgspec.structs import replace

from app.domain import (
    HOLD_EXTENSION_FACTOR,
    Block,
    Book,
    BookingStatus,
    Cancel,
    EventKind,
    Expire,
    Extend,
    Hold,
    HoldStatus,
    Release,
)
from app.errors import (
    HoldGone,
    SeatsTaken,
    SeatwireError,
)
from app.ledger import Ledger
from tests.integration.conftest import (
    ANN,
    BOB,
    SAM,
    SEATS,
    WORKER,
    MakeShow,
    PassTime,
    do,
)
from tests.integration.history import history, kinds, statuses
from tests.integration.ledger_steps import TTL_MS, TTL_S, booked, held, is_about, patch, refuses


async def test_hold_takes_seats_and_says_for_how_long_and_how_much(
    ledger: Ledger, make_show: MakeShow
) -> None:
    """A hold has its seats, their price in all, a whole hold_ttl_s, and the next version."""
    show, hold = await make_show(), uuid4()
    outcome = await do(ledger, Hold(show, hold, (3, 4, 15), ANN))
    assert (outcome.version, outcome.hold, outcome.booking) == (1, hold, None)
    assert (outcome.seats, outcome.total) == ((3, 4, 15), 13_000)
    assert outcome.expires_in_ms == TTL_MS
    seats = await statuses(ledger, show)
    assert [seat for seat in range(SEATS) if seats[seat] == 1] == [3, 4, 15]

    state = await ledger.hold(show, hold)
    assert state is not None
    assert (state.holder, state.status, state.booking) == ("ann", HoldStatus.HELD, None)
    assert (state.seats, state.total, state.version) == ((3, 4, 15), 13_000, 1)
    assert is_about(state.expires_in_ms, TTL_MS)


async def test_hold_adds_to_the_hold_of_that_id(
    ledger: Ledger, make_show: MakeShow, pass_time: PassTime
) -> None:
    """Added seats share the deadline that the hold has; seats it has already count once."""
    show = await make_show()
    hold = await held(ledger, show, 8, 9)
    await pass_time(show, 300)
    outcome = await do(ledger, Hold(show, hold, (2, 9), ANN))
    assert (outcome.version, sorted(outcome.seats), outcome.total) == (2, [2, 8, 9], 15_000)
    assert is_about(outcome.expires_in_ms, TTL_MS - 300_000)
    (_, added) = await history(ledger, show)
    assert added.change.seats == (2,)
    assert sorted(added.change.hold_seats) == [2, 8, 9]


async def test_I2_hold_gets_all_its_seats_or_none(ledger: Ledger, make_show: MakeShow) -> None:
    """One seat that is not to be had refuses the hold, and the answer names all such seats."""
    show = await make_show()
    await held(ledger, show, 1, actor=BOB)
    await booked(ledger, show, 2, actor=BOB)
    await do(ledger, Block(show, (3,), "pillar", SAM))
    hold = uuid4()
    error = await refuses(ledger, Hold(show, hold, (0, 1, 2, 3, 4), ANN), SeatsTaken)
    assert error.fields == {"seats": [1, 2, 3]}
    assert await ledger.hold(show, hold) is None


async def test_I2_a_hold_that_cannot_grow_stays_as_it_is(
    ledger: Ledger, make_show: MakeShow
) -> None:
    """Seats that cannot all be added leave the hold with the seats it had."""
    show = await make_show()
    await held(ledger, show, 1, actor=BOB)
    hold = await held(ledger, show, 5)
    await refuses(ledger, Hold(show, hold, (0, 1), ANN), SeatsTaken)
    state = await ledger.hold(show, hold)
    assert state is not None
    assert (state.seats, state.version) == ((5,), 2)


@pytest.mark.parametrize("again", [(4, 5), (5,)], ids=["all seats", "some seats"])
async def test_I8_hold_asked_again_answers_as_the_first_time(
    ledger: Ledger, make_show: MakeShow, again: tuple[int, ...]
) -> None:
    """A repeated hold is answered with the hold it made, at the version at which it did."""
    show, hold = await make_show(), uuid4()
    first = await do(ledger, Hold(show, hold, (4, 5), ANN))
    await held(ledger, show, 9, actor=BOB)
    applied = await ledger.apply(show, [Hold(show, hold, again, ANN)])
    (second,) = applied.answers
    assert applied.changes is None
    assert not isinstance(second, SeatwireError)
    assert is_about(second.expires_in_ms, TTL_MS)
    assert replace(second, expires_in_ms=first.expires_in_ms) == first


async def test_I8_a_hold_id_belongs_to_its_show(ledger: Ledger, make_show: MakeShow) -> None:
    """The same id in another show is another hold."""
    one, other, hold = await make_show(), await make_show(), uuid4()
    await held(ledger, one, 1, hold=hold)
    await held(ledger, other, 2, hold=hold, actor=BOB)
    await do(ledger, Release(one, hold, None, ANN))
    state = await ledger.hold(other, hold)
    assert state is not None
    assert (state.holder, state.status, state.seats) == ("bob", HoldStatus.HELD, (2,))


async def test_release_gives_back_the_whole_hold(ledger: Ledger, make_show: MakeShow) -> None:
    """Without seats a release frees all, and the hold is gone for good."""
    show = await make_show()
    hold = await held(ledger, show, 4, 5)
    outcome = await do(ledger, Release(show, hold, None, ANN))
    assert (outcome.version, outcome.expires_in_ms) == (2, None)
    assert await statuses(ledger, show) == bytes(SEATS)
    state = await ledger.hold(show, hold)
    assert state is not None
    assert state.status is HoldStatus.RELEASED
    await refuses(ledger, Hold(show, hold, (4,), ANN), HoldGone)
    await refuses(ledger, Book(show, hold, uuid4(), None, ANN), HoldGone)
    await refuses(ledger, Extend(show, hold, ANN), HoldGone)


async def test_release_gives_back_some_seats_of_a_hold(ledger: Ledger, make_show: MakeShow) -> None:
    """The hold goes on with the others, at their prices and with its deadline."""
    show = await make_show()
    hold = await held(ledger, show, 4, 5, 14)
    outcome = await do(ledger, Release(show, hold, (5, 4), ANN))
    assert (outcome.version, outcome.seats, outcome.total) == (2, (14,), 3_000)
    assert is_about(outcome.expires_in_ms, TTL_MS)
    await held(ledger, show, 4, 5, actor=BOB)
    state = await ledger.hold(show, hold)
    assert state is not None
    assert (state.status, state.seats, state.total) == (HoldStatus.HELD, (14,), 3_000)


async def test_release_of_the_last_seats_ends_the_hold(ledger: Ledger, make_show: MakeShow) -> None:
    """A hold without seats is released, whichever way its seats were named."""
    show = await make_show()
    hold = await held(ledger, show, 4, 5)
    await do(ledger, Release(show, hold, (4,), ANN))
    outcome = await do(ledger, Release(show, hold, (5,), ANN))
    assert outcome.expires_in_ms is None
    state = await ledger.hold(show, hold)
    assert state is not None
    assert state.status is HoldStatus.RELEASED
    assert (await history(ledger, show))[-1].change.hold_status is HoldStatus.RELEASED


async def test_I8_release_asked_again_changes_nothing(ledger: Ledger, make_show: MakeShow) -> None:
    """A repeated release, whole or of some seats, is no error and no event."""
    show = await make_show()
    hold = await held(ledger, show, 4, 5)
    some = Release(show, hold, (4,), ANN)
    assert (await do(ledger, some)).version == (await do(ledger, some)).version == 2
    whole = Release(show, hold, None, ANN)
    assert (await do(ledger, whole)).version == (await do(ledger, whole)).version == 3
    assert len(await history(ledger, show)) == 3


async def test_release_leaves_seats_alone_that_are_not_in_the_hold(
    ledger: Ledger, make_show: MakeShow
) -> None:
    """Somebody else's seat in a release is not released."""
    show = await make_show()
    await held(ledger, show, 7, actor=BOB)
    hold = await held(ledger, show, 4)
    assert (await do(ledger, Release(show, hold, (7, 8), ANN))).version == 2
    assert await kinds(ledger, show) == [EventKind.HOLD, EventKind.HOLD]


async def test_extend_gives_a_whole_ttl_from_now(
    ledger: Ledger, make_show: MakeShow, pass_time: PassTime
) -> None:
    """An extended hold lasts hold_ttl_s from now on, its seats with it."""
    show = await make_show()
    hold = await held(ledger, show, 4, 5)
    await pass_time(show, 500)
    outcome = await do(ledger, Extend(show, hold, ANN))
    assert (outcome.version, outcome.total) == (2, 10_000)
    assert is_about(outcome.expires_in_ms, TTL_MS)
    await pass_time(show, 500)
    await refuses(ledger, Hold(show, uuid4(), (4,), BOB), SeatsTaken)


async def test_extend_ends_at_the_cap_and_never_moves_back(
    ledger: Ledger, make_show: MakeShow, pass_time: PassTime
) -> None:
    """However often it is extended, a hold lasts HOLD_EXTENSION_FACTOR times its time at most."""
    show = await make_show()
    hold = await held(ledger, show, 4)
    for _ in range(HOLD_EXTENSION_FACTOR):
        await pass_time(show, 500)
        outcome = await do(ledger, Extend(show, hold, ANN))
    assert is_about(outcome.expires_in_ms, HOLD_EXTENSION_FACTOR * TTL_MS - 1_500_000)
    await patch(ledger, show, hold_ttl_s=10)
    outcome = await do(ledger, Extend(show, hold, ANN))
    assert is_about(outcome.expires_in_ms, HOLD_EXTENSION_FACTOR * TTL_MS - 1_500_000)
    await pass_time(show, 300)
    await refuses(ledger, Extend(show, hold, ANN), HoldGone)


async def test_I7_expire_ends_a_hold_past_its_time(
    ledger: Ledger, make_show: MakeShow, pass_time: PassTime
) -> None:
    """An expired hold gives all its seats back, and it says so before anybody expires it."""
    show = await make_show()
    hold = await held(ledger, show, 5, 4)
    await do(ledger, Hold(show, hold, (2,), ANN))
    await pass_time(show, TTL_S)
    state = await ledger.hold(show, hold)
    assert state is not None
    assert (state.status, state.expires_in_ms) == (HoldStatus.EXPIRED, 0)
    assert await ledger.due_holds(10) == [(show, hold)]
    outcome = await do(ledger, Expire(show, hold, WORKER))
    assert (outcome.version, sorted(outcome.seats)) == (3, [2, 4, 5])
    assert await statuses(ledger, show) == bytes(SEATS)
    assert await ledger.due_holds(10) == []
    (*_, event) = await history(ledger, show)
    assert (event.actor, event.change.holder) == (WORKER.holder, "ann")
    assert event.change.hold_status is HoldStatus.EXPIRED


async def test_I7_expire_never_ends_a_hold_early(ledger: Ledger, make_show: MakeShow) -> None:
    """A hold that is not due, is no more, or never was answers hold_gone and nothing happens."""
    show = await make_show()
    hold = await held(ledger, show, 4)
    assert await ledger.due_holds(10) == []
    await refuses(ledger, Expire(show, hold, WORKER), HoldGone)
    await do(ledger, Book(show, hold, uuid4(), None, ANN))
    await refuses(ledger, Expire(show, hold, WORKER), HoldGone)
    await refuses(ledger, Expire(show, uuid4(), WORKER), HoldGone)


async def test_I7_a_lapsed_hold_can_do_nothing_any_more(
    ledger: Ledger, make_show: MakeShow, pass_time: PassTime
) -> None:
    """From its time on a hold is gone, whether or not a worker has come by."""
    show = await make_show()
    hold = await held(ledger, show, 4)
    await pass_time(show, TTL_S)
    await refuses(ledger, Book(show, hold, uuid4(), None, ANN), HoldGone)
    await refuses(ledger, Extend(show, hold, ANN), HoldGone)
    await refuses(ledger, Release(show, hold, None, ANN), HoldGone)
    await refuses(ledger, Hold(show, hold, (5,), ANN), HoldGone)


async def test_I7_a_lapsed_hold_makes_way_at_once(
    ledger: Ledger, make_show: MakeShow, pass_time: PassTime
) -> None:
    """A wanted seat of a lapsed hold is taken in the same step: first expire, then hold."""
    show = await make_show()
    lapsed = await held(ledger, show, 3, 4, 5)
    await pass_time(show, TTL_S)
    hold = uuid4()
    applied = await ledger.apply(show, [Hold(show, hold, (4, 9), BOB)])
    (outcome,) = applied.answers
    assert not isinstance(outcome, SeatwireError)
    assert (outcome.version, outcome.seats) == (3, (4, 9))
    assert applied.changes is not None
    expire, taken = applied.changes.changes
    assert (expire.kind, expire.version, expire.hold) == (EventKind.EXPIRE, 2, str(lapsed))
    assert expire.seats == (3, 4, 5)
    assert (taken.kind, taken.version, taken.hold) == (EventKind.HOLD, 3, str(hold))
    assert await kinds(ledger, show) == [EventKind.HOLD, EventKind.EXPIRE, EventKind.HOLD]
    await statuses(ledger, show)


async def test_I7_staff_block_the_seats_of_a_lapsed_hold(
    ledger: Ledger, make_show: MakeShow, pass_time: PassTime
) -> None:
    """A lapsed hold keeps nobody from a seat, staff neither."""
    show = await make_show()
    await held(ledger, show, 3, 4)
    await pass_time(show, TTL_S)
    await do(ledger, Block(show, (4,), "camera", SAM))
    assert await kinds(ledger, show) == [EventKind.HOLD, EventKind.EXPIRE, EventKind.BLOCK]


async def test_book_makes_a_hold_a_booking(ledger: Ledger, make_show: MakeShow) -> None:
    """The whole hold becomes a booking, with its total and contact."""
    show = await make_show()
    hold, booking = await held(ledger, show, 15, 4), uuid4()
    outcome = await do(ledger, Book(show, hold, booking, "ann@example.org", ANN))
    assert (outcome.version, outcome.hold, outcome.booking) == (2, hold, booking)
    assert (sorted(outcome.seats), outcome.total, outcome.expires_in_ms) == ([4, 15], 8_000, None)
    state = await ledger.booking(show, booking)
    assert state is not None
    assert (state.hold, state.holder, state.status) == (hold, "ann", BookingStatus.CONFIRMED)
    assert (state.seats, state.total, state.contact) == ((4, 15), 8_000, "ann@example.org")
    made_of = await ledger.hold(show, hold)
    assert made_of is not None
    assert (made_of.status, made_of.booking) == (HoldStatus.BOOKED, booking)
    seats = await statuses(ledger, show)
    assert (seats[4], seats[15], sum(seats)) == (2, 2, 4)


async def test_I8_book_asked_again_answers_the_booking_it_made(
    ledger: Ledger, make_show: MakeShow
) -> None:
    """A hold is booked at most once, whatever booking id is offered the next time."""
    show = await make_show()
    hold = await held(ledger, show, 4)
    first = await do(ledger, Book(show, hold, uuid4(), "first", ANN))
    offered = uuid4()
    assert await do(ledger, Book(show, hold, offered, "second", ANN)) == first
    assert await ledger.booking(show, offered) is None
    await refuses(ledger, Release(show, hold, None, ANN), HoldGone)


async def test_cancel_gives_the_seats_of_a_booking_back(
    ledger: Ledger, make_show: MakeShow
) -> None:
    """A cancelled booking stays on record; its seats are for sale; cancelling again is no error."""
    show = await make_show()
    booking = await booked(ledger, show, 15, 4)
    outcome = await do(ledger, Cancel(show, booking, ANN))
    assert (outcome.version, sorted(outcome.seats)) == (3, [4, 15])
    assert await do(ledger, Cancel(show, booking, ANN)) == outcome
    state = await ledger.booking(show, booking)
    assert state is not None
    assert (state.status, state.seats, state.total) == (BookingStatus.CANCELLED, (4, 15), 8_000)
    hold = await ledger.hold(show, state.hold)
    assert hold is not None
    assert hold.status is HoldStatus.CANCELLED
    await refuses(ledger, Book(show, state.hold, uuid4(), None, ANN), HoldGone)
    await held(ledger, show, 4, 15, actor=BOB)
    await statuses(ledger, show)
