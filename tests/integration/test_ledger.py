"""The ledger's commands, one at a time (app/ledger.py, sql/functions)."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.domain import (
    HOLD_EXTENSION_FACTOR,
    Actor,
    Block,
    Book,
    BookingStatus,
    Cancel,
    ChangeShow,
    Command,
    EventKind,
    Expire,
    Extend,
    Hold,
    HoldStatus,
    Release,
    Role,
    ShowPatch,
    ShowStatus,
    Unblock,
)
from app.errors import (
    BadMessage,
    Forbidden,
    HoldGone,
    HoldLimit,
    NotFound,
    SeatsTaken,
    SeatwireError,
    ShowClosed,
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
from tests.integration.history import history, kinds, replay, statuses

TTL_S = 600
TTL_MS = TTL_S * 1000
# How far a deadline may be off because the test itself takes time.
SLACK_MS = 20_000


async def held(
    ledger: Ledger, show: int, *seats: int, actor: Actor = ANN, hold: UUID | None = None
) -> UUID:
    """Hold *seats* and return the id of the hold."""
    hold = hold or uuid4()
    await do(ledger, Hold(show, hold, seats, actor))
    return hold


async def booked(ledger: Ledger, show: int, *seats: int, actor: Actor = ANN) -> UUID:
    """Book *seats* and return the id of the booking."""
    hold = await held(ledger, show, *seats, actor=actor)
    outcome = await do(ledger, Book(show, hold, uuid4(), None, actor))
    assert outcome.booking is not None
    return outcome.booking


async def patch(ledger: Ledger, show: int, **fields: Any) -> int:
    """Change the show and return the version of that."""
    return (await do(ledger, ChangeShow(show, ShowPatch(**fields), SAM))).version


async def refuses(ledger: Ledger, command: Command, error: type[SeatwireError]) -> SeatwireError:
    """Return the refusal of *command*, after a check that nothing has happened."""
    before = await ledger.board_state(command.show)
    with pytest.raises(error) as caught:
        await do(ledger, command)
    after = await ledger.board_state(command.show)
    assert before is not None
    assert after is not None
    assert (before.position, before.statuses) == (after.position, after.statuses)
    return caught.value


def is_about(milliseconds: int | None, expected: int) -> bool:
    """Tell whether a deadline is what was expected, a little of it gone."""
    return milliseconds is not None and expected - SLACK_MS < milliseconds <= expected


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


async def test_block_takes_seats_off_sale_and_unblock_puts_them_back(
    ledger: Ledger, make_show: MakeShow
) -> None:
    """Blocks are for all their seats or none; what is blocked already is no obstacle."""
    show = await make_show()
    assert (await do(ledger, Block(show, (1, 2), "pillar", SAM))).seats == (1, 2)
    assert (await do(ledger, Block(show, (1, 2), "pillar", SAM))).version == 1
    assert (await do(ledger, Block(show, (2, 3), "camera", SAM))).version == 2
    await held(ledger, show, 4)
    error = await refuses(ledger, Block(show, (4, 5), "camera", SAM), SeatsTaken)
    assert error.fields == {"seats": [4]}
    assert (await do(ledger, Unblock(show, (2, 4, 5), "gone", SAM))).version == 4
    assert (await do(ledger, Unblock(show, (2, 4, 5), "gone", SAM))).version == 4
    seats = await statuses(ledger, show)
    assert list(seats[1:6]) == [3, 0, 3, 1, 0]
    events = [event.change for event in await history(ledger, show)]
    assert [event.seats for event in events] == [(1, 2), (3,), (4,), (2,)]
    assert events[1].detail == {"reason": "camera"}


async def test_a_show_that_is_not_on_sale_refuses_holds_and_says_why(
    ledger: Ledger, make_show: MakeShow
) -> None:
    """The refusal carries the show's status."""
    for status in set(ShowStatus) - {ShowStatus.ON_SALE}:
        show = await make_show(status=status)
        error = await refuses(ledger, Hold(show, uuid4(), (1,), ANN), ShowClosed)
        assert error.fields == {"show_status": status.value}


async def test_holds_survive_a_pause(ledger: Ledger, make_show: MakeShow) -> None:
    """While a show is paused a hold cannot grow, but it can be asked again, extended and booked."""
    show = await make_show()
    hold = await held(ledger, show, 4)
    await patch(ledger, show, status=ShowStatus.PAUSED)
    await refuses(ledger, Hold(show, hold, (5,), ANN), ShowClosed)
    assert (await do(ledger, Hold(show, hold, (4,), ANN))).version == 1
    await do(ledger, Extend(show, hold, ANN))
    await do(ledger, Book(show, hold, uuid4(), None, ANN))
    assert (await statuses(ledger, show))[4] == 2


async def test_cancelling_a_show_ends_its_holds(
    ledger: Ledger, make_show: MakeShow, pass_time: PassTime
) -> None:
    """One event cancels the show and releases every hold, and says whose; bookings stay."""
    show = await make_show()
    await booked(ledger, show, 1)
    lapsed = await held(ledger, show, 17)
    await pass_time(show, TTL_S)
    await do(ledger, Block(show, (2,), "pillar", SAM))
    anns = await held(ledger, show, 6, 5)
    bobs = await held(ledger, show, 9, actor=BOB)
    applied = await ledger.apply(
        show, [ChangeShow(show, ShowPatch(status=ShowStatus.CANCELLED, message="ill"), SAM)]
    )
    assert applied.changes is not None
    (change,) = applied.changes.changes
    assert (change.kind, change.version, change.seats) == (EventKind.SHOW, 7, (5, 6, 9, 17))
    assert change.detail is not None
    assert change.detail["show"]["status"] == "cancelled"
    assert change.detail["show"]["message"] == "ill"
    released = {hold: (holder, sorted(s)) for hold, holder, s in change.detail["released"]}
    assert released == {
        str(lapsed): ("ann", [17]),
        str(anns): ("ann", [5, 6]),
        str(bobs): ("bob", [9]),
    }
    assert await ledger.due_holds(10) == []
    seats = await statuses(ledger, show)
    assert (seats[1], seats[2], sum(seats)) == (2, 3, 5)
    for hold, actor in ((anns, ANN), (bobs, BOB)):
        state = await ledger.hold(show, hold)
        assert state is not None
        assert state.status is HoldStatus.RELEASED
        await refuses(ledger, Book(show, hold, uuid4(), None, actor), HoldGone)
        assert (await do(ledger, Release(show, hold, None, actor))).expires_in_ms is None


async def test_no_hold_is_larger_than_the_show_allows(ledger: Ledger, make_show: MakeShow) -> None:
    """seats_per_hold_max bounds every hold, at once or by growing, for staff as well."""
    show = await make_show(seats_per_hold_max=3)
    for actor in (ANN, SAM):
        await refuses(ledger, Hold(show, uuid4(), (0, 1, 2, 3), actor), HoldLimit)
    hold = await held(ledger, show, 0, 1, actor=SAM)
    await refuses(ledger, Hold(show, hold, (2, 3), SAM), HoldLimit)
    await do(ledger, Hold(show, hold, (1, 2), SAM))


@pytest.mark.parametrize("role", [Role.BUYER, Role.KIOSK])
async def test_a_holder_has_no_more_seats_in_all_than_one_hold_may(
    ledger: Ledger, make_show: MakeShow, pass_time: PassTime, role: Role
) -> None:
    """Several holds count together as long as they last; bookings do not count."""
    show, actor = await make_show(seats_per_hold_max=3), Actor("kim", role)
    first = await held(ledger, show, 0, 1, actor=actor)
    await refuses(ledger, Hold(show, uuid4(), (2, 3), actor), HoldLimit)
    second = await held(ledger, show, 2, actor=actor)
    await refuses(ledger, Hold(show, second, (3,), actor), HoldLimit)
    await do(ledger, Book(show, first, uuid4(), None, actor))
    await do(ledger, Hold(show, second, (3, 4), actor))
    await pass_time(show, TTL_S)
    await held(ledger, show, 5, 6, 7, actor=actor)


async def test_staff_hold_for_several_people(ledger: Ledger, make_show: MakeShow) -> None:
    """The limit per holder is not for staff; seats held elsewhere are in another show."""
    show, other = await make_show(seats_per_hold_max=2), await make_show(seats_per_hold_max=2)
    for seat in (0, 2, 4):
        await held(ledger, show, seat, seat + 1, actor=SAM)
    await held(ledger, show, 10, 11, actor=ANN)
    await held(ledger, other, 10, 11, actor=ANN)


async def test_I10_only_the_holder_or_staff_may(ledger: Ledger, make_show: MakeShow) -> None:
    """Somebody else's hold or booking is out of reach; staff may do everything but grow a hold."""
    show = await make_show()
    hold, booking = await held(ledger, show, 4, 5), await booked(ledger, show, 9)
    own: list[Command] = [
        Release(show, hold, (5,), BOB),
        Extend(show, hold, BOB),
        Book(show, hold, uuid4(), None, BOB),
        Cancel(show, booking, BOB),
    ]
    for command in (*own, Hold(show, hold, (6,), BOB), Hold(show, hold, (4,), BOB)):
        await refuses(ledger, command, Forbidden)
    await refuses(ledger, Hold(show, hold, (6,), SAM), Forbidden)
    for command in own:
        await do(ledger, replace(command, actor=SAM))
    events = await history(ledger, show)
    assert [event.actor for event in events[-4:]] == ["sam"] * 4
    assert [event.change.holder for event in events[-4:]] == ["ann"] * 4


async def test_I10_staff_book_for_the_holder(ledger: Ledger, make_show: MakeShow) -> None:
    """A booking by staff belongs to the holder, who may cancel it."""
    show = await make_show()
    hold, booking = await held(ledger, show, 4), uuid4()
    await do(ledger, Book(show, hold, booking, None, SAM))
    state = await ledger.booking(show, booking)
    assert state is not None
    assert state.holder == "ann"
    await do(ledger, Cancel(show, booking, ANN))


async def test_the_price_is_the_one_at_which_a_seat_was_held(
    ledger: Ledger, make_show: MakeShow
) -> None:
    """A price change is for holds to come: each seat keeps what it cost when it was held."""
    show = await make_show()
    hold = await held(ledger, show, 4, 14)
    await patch(ledger, show, prices=(9_000, None))
    outcome = await do(ledger, Hold(show, hold, (5, 15), ANN))
    assert outcome.total == 5_000 + 3_000 + 9_000 + 3_000
    await do(ledger, Release(show, hold, (14,), ANN))
    outcome = await do(ledger, Book(show, hold, uuid4(), None, ANN))
    assert outcome.total == 17_000
    assert outcome.booking is not None
    booking = await ledger.booking(show, outcome.booking)
    assert booking is not None
    assert booking.total == 17_000


async def test_I5_versions_have_no_holes_and_I11_seats_add_up_at_each(
    ledger: Ledger, make_show: MakeShow, pass_time: PassTime
) -> None:
    """The history goes by one, and every step starts from what the one before left."""
    show = await make_show()
    lapsed = await held(ledger, show, 1, 2)
    await pass_time(show, TTL_S)
    kept = await held(ledger, show, 2, 3, actor=BOB)
    await do(ledger, Release(show, kept, (3,), BOB))
    await refuses(ledger, Release(show, lapsed, None, ANN), HoldGone)
    booking = await booked(ledger, show, 3, 15)
    await do(ledger, Block(show, (0, 19), "camera", SAM))
    await do(ledger, Cancel(show, booking, ANN))
    await do(ledger, Unblock(show, (0,), "gone", SAM))
    last = await patch(ledger, show, status=ShowStatus.CANCELLED)
    events = await history(ledger, show)
    assert [event.change.version for event in events] == list(range(1, last + 1))
    maps = list(replay(events, SEATS))
    assert len(maps) == last + 1
    assert maps[-1] == await statuses(ledger, show) == bytes(SEATS - 1) + b"\3"


async def test_events_after_a_version_come_in_order_and_in_pages(
    ledger: Ledger, make_show: MakeShow
) -> None:
    """A reader gets what is later than its version, at most as much as it asked for."""
    show, other = await make_show(), await make_show()
    for seat in range(6):
        await held(ledger, show, seat, actor=SAM)
    await held(ledger, other, 0)
    page = await ledger.events_after(show, 2, 3)
    assert [event.change.version for event in page] == [3, 4, 5]
    assert [event.change.seats for event in page] == [(2,), (3,), (4,)]
    assert is_about(page[0].change.expires_in_ms, TTL_MS)
    assert await ledger.events_after(show, 6, 3) == []
    assert await ledger.events_after(-1, 0, 3) == []


async def test_an_unknown_show_is_not_found(ledger: Ledger) -> None:
    """Every command on a show that does not exist says so."""
    nowhere: list[Command] = [
        Hold(404, uuid4(), (1,), ANN),
        Release(404, uuid4(), (1,), ANN),
        Extend(404, uuid4(), ANN),
        Expire(404, uuid4(), WORKER),
        Book(404, uuid4(), uuid4(), None, ANN),
        Cancel(404, uuid4(), ANN),
        Block(404, (1,), "", SAM),
        Unblock(404, (1,), "", SAM),
        ChangeShow(404, ShowPatch(title="Macbeth"), SAM),
    ]
    for command in nowhere:
        with pytest.raises(NotFound, match="show 404"):
            await do(ledger, command)
    assert await ledger.position(404) is None
    assert await ledger.board_state(404) is None


async def test_an_unknown_hold_or_booking_is_not_found(ledger: Ledger, make_show: MakeShow) -> None:
    """Release, extend, book and cancel need something to act on."""
    show = await make_show()
    nothing: list[Command] = [
        Release(show, uuid4(), None, ANN),
        Extend(show, uuid4(), SAM),
        Book(show, uuid4(), uuid4(), None, ANN),
        Cancel(show, uuid4(), SAM),
    ]
    for command in nothing:
        await refuses(ledger, command, NotFound)
    assert await ledger.hold(show, uuid4()) is None
    assert await ledger.booking(show, uuid4()) is None


async def test_a_seat_beyond_the_plan_is_a_bad_message(ledger: Ledger, make_show: MakeShow) -> None:
    """One such seat refuses the whole command."""
    show = await make_show()
    await do(ledger, Block(show, (2,), "", SAM))
    for seat in (SEATS, -1, 2**31 - 1):
        await refuses(ledger, Hold(show, uuid4(), (1, seat), ANN), BadMessage)
        await refuses(ledger, Block(show, (1, 2, seat), "", SAM), BadMessage)
        await refuses(ledger, Unblock(show, (2, seat), "", SAM), BadMessage)


async def test_positions_are_those_of_shows_that_exist(ledger: Ledger, make_show: MakeShow) -> None:
    """A show's position is its epoch and its version."""
    one, other = await make_show(), await make_show()
    await held(ledger, one, 1)
    positions = await ledger.positions([one, other, 404])
    assert set(positions) == {one, other}
    assert (positions[one].version, positions[other].version) == (1, 0)
    assert await ledger.position(one) == positions[one]
    assert await ledger.live_positions() == positions


async def test_live_positions_keep_a_show_that_just_ended(
    ledger: Ledger, make_show: MakeShow
) -> None:
    """The end of a show must reach its board even when who ended it died before posting that."""
    ended, over = await make_show(), await make_show(status=ShowStatus.CLOSED)
    version = await patch(ledger, ended, status=ShowStatus.CANCELLED)
    positions = await ledger.live_positions()
    assert positions[ended].version == version
    assert over not in positions
