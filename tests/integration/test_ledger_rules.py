"""Blocks, show changes, limits, owners and the history (app/ledger.py, sql/functions)."""

from uuid import uuid4

import pytest
from msgspec.structs import replace

from app.changes import Position
from app.domain import (
    Actor,
    Block,
    Book,
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
from tests.integration.history import history, replay, statuses
from tests.integration.ledger_steps import TTL_MS, TTL_S, booked, held, is_about, patch, refuses


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


async def test_I6_moved_tells_which_shows_are_elsewhere(
    ledger: Ledger, make_show: MakeShow
) -> None:
    """A show's position is its epoch and its version; one that does not exist has none."""
    one, other = await make_show(), await make_show()
    before = await ledger.live_positions()
    assert await ledger.moved(before) == {}
    await held(ledger, one, 1)
    epoch = before[one].epoch
    assert await ledger.moved(before | {404: Position(epoch, 0)}) == {
        one: Position(epoch, 1),
        404: Position(-1, 0),
    }
    assert await ledger.moved({other: Position(epoch + 1, 0)}) == {other: Position(epoch, 0)}
    assert await ledger.position(one) == Position(epoch, 1)
    assert await ledger.live_positions() == {one: Position(epoch, 1), other: before[other]}


async def test_live_positions_keep_a_show_that_just_ended(
    ledger: Ledger, make_show: MakeShow
) -> None:
    """The end of a show must reach its board even when who ended it died before posting that."""
    ended, over = await make_show(), await make_show(status=ShowStatus.CLOSED)
    version = await patch(ledger, ended, status=ShowStatus.CANCELLED)
    positions = await ledger.live_positions()
    assert positions[ended].version == version
    assert over not in positions
