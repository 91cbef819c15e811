"""The checker alone, on histories made by hand: a good one passes, and each spoilt one does not.

The spoilt ones are of kinds that no deliberate bug brings about.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

import pytest

from app.changes import Position
from app.domain import Actor, BookingStatus, EventKind, HoldStatus, Role
from tests.chaos.checker import check
from tests.chaos.history import (
    Calm,
    Ending,
    Granted,
    History,
    LedgerEvent,
    Lost,
    Operation,
    OrderFault,
    ShowFacts,
    Sighting,
    Unanswered,
    Unknown,
)
from tests.ledger_model import Refusal

SHOW: Final = 1
EPOCH: Final = 5
ANN: Final = Actor("ann", Role.BUYER)
BOB: Final = Actor("bob", Role.BUYER)
SAM: Final = Actor("sam", Role.STAFF)
SOLD, LAPSED = UUID(int=1), UUID(int=2)
BOOKING: Final = UUID(int=9)
TTL_S: Final = 60
END_S: Final = 200.0

HELD, BOOKED = HoldStatus.HELD, HoldStatus.BOOKED


def good() -> History:
    """Ann holds two seats and books them; Bob holds one, asks again, and lets it lapse."""
    return History(
        shows={SHOW: ShowFacts(SHOW, EPOCH, (0, 0, 0, 0), (50,), TTL_S, 3)},
        staff={"worker:expiry"},
        operations=[
            _op(EventKind.HOLD, ANN, 10.0, Granted(1, (0, 1), 60.0, 100), SOLD, (0, 1)),
            _op(EventKind.HOLD, BOB, 11.0, Refusal("seats_taken", (1,)), UUID(int=3), (1, 2)),
            _op(EventKind.HOLD, BOB, 20.0, Unknown(), LAPSED, (2,)),
            _op(EventKind.HOLD, BOB, 21.0, Granted(2, (2,), 59.0, 50), LAPSED, (2,)),
            _op(EventKind.BOOK, ANN, 30.0, Granted(3, (0, 1), None, 100, BOOKING), SOLD),
            _op(EventKind.EXTEND, BOB, 40.0, Granted(expires_in_s=60.0), LAPSED),
            _op(EventKind.BOOK, BOB, 150.0, Refusal("hold_gone"), LAPSED),
        ],
        events={
            SHOW: [
                _event(1, EventKind.HOLD, "ann", 10.05, SOLD, (0, 1), (0, 1), 70.05),
                _event(2, EventKind.HOLD, "bob", 20.05, LAPSED, (2,), (2,), 80.05),
                _event(3, EventKind.BOOK, "ann", 30.05, SOLD, (0, 1), (0, 1)),
                _event(4, EventKind.EXTEND, "bob", 40.05, LAPSED, (), (2,), 100.05),
                _event(5, EventKind.EXPIRE, "worker:expiry", 101.0, LAPSED, (2,), ()),
            ]
        },
        sightings=[
            _seen(0, b"\0\0\0\0", 1.0, 10.1),
            _seen(1, b"\1\1\0\0", 10.1, 20.2),
            _seen(2, b"\1\1\1\0", 20.2, 30.1),
            _seen(4, b"\2\2\1\0", 40.1, 101.1),
            _seen(5, b"\2\2\0\0", 101.1, END_S),
        ],
        endings={
            SHOW: Ending(
                Position(EPOCH, 5),
                b"\2\2\0\0",
                {SOLD: (BOOKED, (0, 1)), LAPSED: (HoldStatus.EXPIRED, (2,))},
                {BOOKING: (BookingStatus.CONFIRMED, SOLD, (0, 1))},
            )
        },
        last=[_seen(5, b"\2\2\0\0", END_S, END_S)],
        ended_s=END_S,
    )


def _op(
    kind: EventKind,
    actor: Actor,
    at_s: float,
    answer: Any,
    hold: UUID,
    seats: tuple[int, ...] | None = None,
) -> Operation:
    return Operation(SHOW, kind, actor, at_s, at_s + 0.1, answer, hold, None, seats)


def _event(
    version: int,
    kind: EventKind,
    actor: str,
    at_s: float,
    hold: UUID,
    seats: tuple[int, ...],
    hold_seats: tuple[int, ...],
    expires_at_s: float | None = None,
) -> LedgerEvent:
    holder = "ann" if hold == SOLD else "bob"
    booking = BOOKING if kind is EventKind.BOOK else None
    return LedgerEvent(
        version, kind, actor, at_s, seats, holder, hold, booking, hold_seats, expires_at_s
    )


def _seen(version: int, statuses: bytes, since_s: float, until_s: float) -> Sighting:
    return Sighting("screen", SHOW, Position(EPOCH, version), statuses, since_s, until_s)


def _change(list_name: str, place: int, **changes: Any) -> Callable[[History], None]:
    def spoil(history: History) -> None:
        values = getattr(history, list_name)
        values = values[SHOW] if isinstance(values, dict) else values
        values[place] = replace(values[place], **changes)

    return spoil


def _end(**changes: Any) -> Callable[[History], None]:
    def spoil(history: History) -> None:
        history.endings[SHOW] = replace(history.endings[SHOW], **changes)

    return spoil


def _lose_version_3(history: History) -> None:
    del history.events[SHOW][2]


def _push_out_of_order(history: History) -> None:
    history.faults.append(OrderFault("screen", "at 3, got 5", 50.0))


def _nobody_asked_to_book(history: History) -> None:
    del history.operations[4]


def _leave_overdue(history: History) -> None:
    history.events[SHOW].pop()
    del history.sightings[4:]
    _end(
        position=Position(EPOCH, 4),
        statuses=b"\2\2\1\0",
        holds={SOLD: (BOOKED, (0, 1)), LAPSED: (HELD, (2,))},
    )(history)
    history.last = [_seen(4, b"\2\2\1\0", END_S, END_S)]


def _block_in_vain(history: History) -> None:
    block = _op(EventKind.BLOCK, SAM, 160.0, Granted(5), UUID(int=6), (3,))
    history.operations.append(replace(block, hold=None))


SPOILT: Final[dict[str, tuple[str, Callable[[History], None]]]] = {
    "a version is missing": ("I5", _lose_version_3),
    "a push does not continue the screen": ("I5", _push_out_of_order),
    "a version goes back on a screen": ("I5", _change("sightings", 3, since_s=0.5)),
    "a version that never was": ("I5", _change("sightings", 4, position=Position(EPOCH, 6))),
    "another epoch": ("I5", _change("sightings", 4, position=Position(6, 5))),
    "asked after it had been told": ("I5", _change("sightings", 2, since_s=19.0)),
    "a screen is wrong": ("I6", _change("sightings", 1, statuses=b"\1\0\0\0")),
    "a seat is missing on a screen": ("I11", _change("sightings", 1, statuses=b"\1\1\0")),
    "a screen is behind": ("I6", _change("sightings", 1, until_s=29.0)),
    "the end of a screen differs": ("I6", _change("last", 0, statuses=b"\2\2\1\0")),
    "the end of a board differs": (
        "I12",
        _change("last", 0, where="board", position=Position(EPOCH, 4)),
    ),
    "the seats are not those of the events": ("I1", _end(statuses=b"\2\2\1\0")),
    "a hold has lost a seat": (
        "I2",
        _end(holds={SOLD: (BOOKED, (0,)), LAPSED: (HoldStatus.EXPIRED, (2,))}),
    ),
    "a hold has no event": (
        "I2",
        _end(
            holds={
                SOLD: (BOOKED, (0, 1)),
                LAPSED: (HoldStatus.EXPIRED, (2,)),
                UUID(int=7): (HELD, (3,)),
            }
        ),
    ),
    "a booking is lost": ("I4", _end(bookings={})),
    "a booking has lost a seat": (
        "I2",
        _end(bookings={BOOKING: (BookingStatus.CONFIRMED, SOLD, (0,))}),
    ),
    "an event moved other seats": ("I2", _change("events", 2, seats=(0,))),
    "an event names another holder": ("I10", _change("events", 2, holder="bob")),
    "expired too early": ("I7", _change("events", 4, at_s=99.0)),
    "expired too late": ("I7", _change("events", 4, at_s=104.0)),
    "a deadline is not what was told": (
        "I7",
        _change("operations", 3, answer=Granted(2, (2,), 75.0, 50)),
    ),
    "an extension that was told did not happen": (
        "I9",
        _change("operations", 5, answer=Granted(expires_in_s=80.0)),
    ),
    "called gone while live": ("I3", _change("operations", 6, invoked_s=50.0, completed_s=50.1)),
    "called unknown while there": ("I4", _change("operations", 6, answer=Refusal("not_found"))),
    "forbidden to the holder": ("I10", _change("operations", 6, answer=Refusal("forbidden"))),
    "told another booking": (
        "I8",
        _change("operations", 4, answer=Granted(3, (0, 1), None, 100, UUID(int=8))),
    ),
    "told another total": (
        "I2",
        _change("operations", 0, answer=Granted(1, (0, 1), 60.0, 150)),
    ),
    "a free seat called taken": (
        "I9",
        _change("operations", 1, answer=Refusal("seats_taken", (2,)), seats=(1, 2)),
    ),
    "called closed while on sale": (
        "I9",
        _change("operations", 1, answer=Refusal("show_closed")),
    ),
    "called too many": ("I9", _change("operations", 1, answer=Refusal("hold_limit"))),
    "called unavailable for no reason": (
        "I9",
        _change("operations", 1, answer=Refusal("unavailable")),
    ),
    "called failed, but done": ("I9", _change("operations", 4, answer=Refusal("unavailable"))),
    "nobody asked": ("I9", _nobody_asked_to_book),
    "asked by somebody else": ("I9", _change("operations", 4, actor=BOB)),
    "told of what was not then": (
        "I9",
        _change("operations", 3, invoked_s=150.0, completed_s=150.1),
    ),
    "told other seats": ("I2", _change("operations", 0, answer=Granted(1, (0, 2), 60.0, 100))),
    "refused for seats that nobody asked for": (
        "I9",
        _change("operations", 1, answer=Refusal("seats_taken", (3,))),
    ),
    "granted, but there is no such hold": ("I3", _change("operations", 0, hold=UUID(int=7))),
    "granted as what is something else": (
        "I4",
        _change("operations", 4, answer=Granted(4, (0, 1), None, 100, BOOKING)),
    ),
    "refused for no reason that exists": (
        "I9",
        _change("operations", 1, answer=Refusal("no problem+json")),
    ),
    "a seat that was blocked is free": ("I9", _block_in_vain),
    "the clock is ahead of the events": ("I5", _end(position=Position(EPOCH, 6))),
    "a hold is overdue in the end": ("I7", _leave_overdue),
    "a booking is called cancelled": (
        "I4",
        _end(bookings={BOOKING: (BookingStatus.CANCELLED, SOLD, (0, 1))}),
    ),
    "a hold has other seats after its event": ("I2", _change("events", 1, hold_seats=(2, 3))),
    "a deadline is not that of the rules": ("I7", _change("events", 1, expires_at_s=90.0)),
    "a late answer": ("I13", _change("operations", 1, completed_s=25.0)),
    "no answer": ("I13", _change("operations", 2, answer=Unanswered(), completed_s=28.0)),
    "a connection lost for no reason": ("I13", _change("operations", 2, answer=Lost())),
    "turned away for no reason": ("I13", _change("operations", 1, answer=Refusal("rate_limited"))),
}


def test_a_good_history_passes() -> None:
    assert check(good()) == []


@pytest.mark.parametrize("what", SPOILT)
def test_a_spoilt_history_does_not(what: str) -> None:
    invariant, spoil = SPOILT[what]
    history = good()
    spoil(history)
    assert invariant in {violation.invariant for violation in check(history)}


def test_every_promise_is_among_the_spoilt() -> None:
    assert {invariant for invariant, _ in SPOILT.values()} == {f"I{n}" for n in range(1, 14)}


def test_what_is_late_while_something_is_disturbed_is_forgiven() -> None:
    """A bound is for calm times: it begins anew when the disturbance is over."""
    history = good()
    _change("events", 4, at_s=110.0)(history)
    _change("sightings", 3, until_s=110.1)(history)
    _change("sightings", 4, since_s=110.1)(history)
    history.disturbances.append((100.0, 108.5))
    assert check(history) == []


def test_I13_no_answer_at_all_is_not_forgiven_whatever_is_disturbed() -> None:
    """Only a connection that was lost with the answer is an excuse."""
    history = good()
    history.disturbances.append((0.0, END_S))
    _change("operations", 2, answer=Lost())(history)
    assert check(history) == []
    _change("operations", 2, answer=Unanswered())(history)
    assert {violation.invariant for violation in check(history)} == {"I13"}


def test_I13_a_rush_excuses_answers_of_its_own_show_and_of_no_other() -> None:
    """There they may come late, and say that it is too much."""
    for changes in {"completed_s": 15.0}, {"answer": Refusal("rate_limited")}:
        history = good()
        _change("operations", 1, **changes)(history)
        history.rushes[SHOW + 1] = [(9.0, 16.0)]
        assert {violation.invariant for violation in check(history)} == {"I13"}
        history.rushes[SHOW] = [(9.0, 16.0)]
        assert check(history) == []


def test_the_calm_between_disturbances_is_measured() -> None:
    calm = Calm([(10.0, 12.0), (11.0, 15.0), (18.0, 20.0)])
    assert calm.longest(0.0, 5.0) == 5.0
    assert calm.longest(9.0, 30.0) == 10.0
    assert calm.longest(12.0, 19.0) == 3.0
    assert calm.longest(10.5, 14.0) <= 0.0
    assert calm.is_whole(15.0, 18.0)
    assert not calm.is_whole(15.0, 18.1)
