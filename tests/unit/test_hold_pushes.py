"""What holders are told of their holds, and when."""

from itertools import count
from typing import Final, cast

import pytest

from app.catalog import Catalog
from app.changes import Change
from app.domain import Actor, EventKind, Role
from app.feed import Feed
from realtime.connection import HOLD_PUSHES_MAX
from realtime.hub import Hub
from realtime.protocol import Codec
from realtime.tick import SENDS_PER_LOOK
from tests.golden import exactly, named
from tests.house import BATCH, HOLD, House, Screen, show_change

PUSHES: Final = named("pushes")
MADE: Final = PUSHES["hold made"]["message"]


@pytest.fixture
def house() -> House:
    return House()


@pytest.mark.parametrize(
    ("kind", "hold_seats", "expires_in_ms", "name"),
    [
        (EventKind.HOLD, (0, 5), 600_000, "hold made"),
        (EventKind.RELEASE, (), None, "hold released"),
        (EventKind.EXPIRE, (), None, "hold expired"),
        (EventKind.BOOK, (0, 5), None, "hold booked"),
        (EventKind.CANCEL, (), None, "hold cancelled"),
    ],
    ids=str,
)
def test_HO2_the_holder_is_told_what_the_hold_is_now(
    kind: EventKind,
    hold_seats: tuple[int, ...],
    expires_in_ms: int | None,
    name: str,
    house: House,
) -> None:
    screens = [house.watch(Screen("ann", codec)) for codec in Codec]
    for screen in screens:
        screen.payloads()
    house.apply(Change(129, kind, (0, 5), HOLD, "ann", hold_seats, expires_in_ms))
    house.tick()
    for screen in screens:
        told, _delta = screen.payloads()
        assert told == exactly(PUSHES[name], screen.connection.codec)


@pytest.mark.parametrize("kind", [EventKind.RELEASE, EventKind.EXTEND], ids=str)
def test_HO2_a_hold_that_goes_on_is_told_with_the_seats_it_has(
    kind: EventKind, house: House
) -> None:
    """Not those that were given back, nor those that changed: an extension changes none."""
    screen = house.watch(Screen("ann"))
    screen.payloads()
    house.apply(Change(129, kind, (5,), HOLD, "ann", (0, 1), 7_000))
    house.tick()
    push, _delta = screen.pushes()
    assert push == {**MADE, "seats": [0, 1], "expires_in_ms": 7_000}


def test_HO1_only_the_holders_sockets_that_watch_the_show_are_told(house: House) -> None:
    one, two = house.watch(Screen("ann")), house.watch(Screen("ann"))
    others = [house.watch(Screen("bob")), house.watch(Screen()), house.enter(Screen("ann"))]
    for screen in (one, two, *others):
        screen.payloads()
    house.apply(*BATCH.changes[:1])
    house.tick()
    told = [[push for push in it.pushes() if push["push"] == "hold"] for it in (one, two, *others)]
    assert told == [[MADE], [MADE], [], [], []]


def test_HO1_a_block_is_nobodys_hold(house: House) -> None:
    screens = [house.watch(Screen("ann")), house.watch(Screen())]
    for screen in screens:
        screen.payloads()
    house.apply(Change(129, EventKind.BLOCK, (0,)))
    house.tick()
    assert [[push["push"] for push in it.pushes()] for it in screens] == [["delta"], ["delta"]]


@pytest.mark.parametrize("codec", Codec, ids=lambda codec: codec.name)
def test_HO3_a_hold_push_comes_with_the_delta_of_its_change_and_before_it(
    codec: Codec, house: House
) -> None:
    """Both go to the socket in one write."""
    screen = house.watch(Screen("ann", codec))
    screen.payloads()
    screen.socket.writes.clear()
    house.apply(*BATCH.changes[:1])
    assert screen.payloads() == []
    house.tick()
    assert screen.socket.writes == [2]
    told, delta = screen.payloads()
    assert told == exactly(PUSHES["hold made"], codec)
    assert b"delta" in delta


def test_HO3_of_two_changes_of_a_hold_within_a_tick_the_latest_is_told(house: House) -> None:
    screen = house.watch(Screen("ann"))
    screen.payloads()
    house.apply(
        Change(129, EventKind.HOLD, (0, 5), HOLD, "ann", (0, 5), 600_000),
        Change(130, EventKind.BOOK, (0, 5), HOLD, "ann"),
    )
    house.tick()
    booked, delta = screen.pushes()
    assert (booked["hold"], booked["status"]) == (HOLD, "booked")
    assert (delta["from"], delta["to"]) == (128, 130)


def test_HO3_a_socket_of_several_shows_is_told_of_a_hold_at_the_tick_of_its_show(
    house: House,
) -> None:
    """So that what comes first, such as why a show ended, comes first."""
    screen = house.watch(Screen("ann"))
    screen.payloads()
    elsewhere = {**MADE, "show": 43, "hold": HOLD.replace("0b", "1b")}
    screen.connection.keep_hold_push(elsewhere, 0.0)
    house.tick()
    assert screen.payloads() == []
    house.apply(*BATCH.changes[:1])
    house.tick()
    assert [push["push"] for push in screen.pushes()] == ["hold", "delta"]
    (kept,) = screen.connection.take_hold_pushes(43, 0.0)
    assert kept["show"] == 43


def test_HO1_who_stops_to_watch_is_told_no_more_of_the_show(house: House) -> None:
    screen = house.watch(Screen("ann"))
    screen.payloads()
    house.apply(*BATCH.changes[:1])
    hub = _hub(house)
    house.audience.leave(screen.connection, 0.0)
    hub.set_visible(screen.connection, True)
    assert screen.payloads() == []
    assert screen.connection.hold_pushes == {}


def test_HO4_of_what_a_hidden_holder_missed_the_latest_of_each_hold_is_kept(
    house: House,
) -> None:
    screen = house.watch(Screen("ann"))
    screen.payloads()
    screen.connection.visible = False
    other = HOLD.replace("0b", "1b")
    house.apply(
        BATCH.changes[0],
        Change(130, EventKind.HOLD, (3,), other, "ann", (3,), 600_000),
        Change(131, EventKind.EXPIRE, (0, 5), HOLD, "ann"),
    )
    assert screen.payloads() == []
    hub = _hub(house)
    hub.set_visible(screen.connection, False)
    assert screen.payloads() == []
    hub.set_visible(screen.connection, True)
    told = [(push["hold"], push["status"]) for push in screen.pushes() if push["push"] == "hold"]
    assert told == [(other, "held"), (HOLD, "expired")]
    hub.set_visible(screen.connection, True)
    assert screen.payloads() == []


def test_SH2_who_comes_back_before_the_tick_hears_first_why_a_hold_has_ended(house: House) -> None:
    screen = house.watch(Screen("ann"))
    house.apply(*BATCH.changes)
    house.tick()
    screen.payloads()
    house.apply(show_change(132, (0, 5), [[HOLD, "ann", [0, 5]]], status="cancelled"))
    _hub(house).set_visible(screen.connection, True)
    assert [push["push"] for push in screen.pushes()] == ["show", "hold", "delta"]


def test_HO1_a_socket_that_reads_is_told_of_every_hold_however_many_change_at_once(
    house: House,
) -> None:
    """Staff may hold for many people."""
    screen = house.watch(Screen("ann"))
    screen.payloads()
    holds = [HOLD.replace("0b9f", f"{number:04x}") for number in range(2 * HOLD_PUSHES_MAX + 3)]
    house.apply(
        *(
            Change(version, EventKind.EXTEND, (), hold, "ann", (0,), 1_000)
            for version, hold in enumerate(holds, 129)
        )
    )
    house.tick()
    *told, delta = screen.pushes()
    assert [push["hold"] for push in told] == holds
    assert delta["push"] == "delta"


def test_HO1_who_watches_again_while_a_broadcast_is_under_way_is_told_all_the_same(
    house: House,
) -> None:
    for _ in range(2 * SENDS_PER_LOOK):
        house.watch(Screen())
    screen = house.watch(Screen("ann"))
    screen.payloads()
    house.apply(*BATCH.changes[:1])
    moments = count()
    house.audience._changed.clear()
    under_way = house.audience.broadcast(lambda: next(moments))
    next(under_way)
    house.watch(screen)
    for _ in under_way:
        pass
    assert [push.get("push") for push in screen.pushes()] == [None, "snapshot"]
    assert house.audience._changed.is_set()
    house.tick()
    assert screen.pushes() == [MADE]


def test_HO4_the_time_a_hold_has_left_is_counted_down_while_it_waits() -> None:
    connection = Screen("ann").connection
    connection.keep_hold_push(MADE, now_s=1_000.0)
    (push,) = connection.take_hold_pushes(MADE["show"], now_s=1_090.25)
    assert push == {**MADE, "expires_in_ms": 600_000 - 90_250}
    connection.keep_hold_push(MADE, now_s=1_000.0)
    (push,) = connection.take_hold_pushes(MADE["show"], now_s=9_999.0)
    assert push["expires_in_ms"] == 0


def test_HO4_a_hold_without_a_time_stays_without() -> None:
    connection = Screen("ann").connection
    connection.keep_hold_push(PUSHES["hold booked"]["message"], now_s=1_000.0)
    assert connection.take_hold_pushes(MADE["show"], now_s=2_000.0) == [
        PUSHES["hold booked"]["message"]
    ]


def test_HO4_of_too_many_missed_holds_the_oldest_go() -> None:
    connection = Screen("ann").connection
    for number in range(HOLD_PUSHES_MAX + 2):
        connection.keep_hold_push({**MADE, "hold": str(number)}, now_s=0.0)
    kept = [push["hold"] for push in connection.take_hold_pushes(MADE["show"], now_s=0.0)]
    assert kept == [str(number) for number in range(2, HOLD_PUSHES_MAX + 2)]


def test_HE5_what_one_holder_missed_is_not_told_to_the_next(house: House) -> None:
    screen = house.watch(Screen("ann"))
    screen.payloads()
    screen.connection.keep_hold_push(MADE, now_s=0.0)
    _hub(house).greet(screen.connection, Actor("bob", Role.BUYER), visible=True)
    assert screen.payloads() == []


def test_HE5_a_hello_that_says_visible_brings_what_was_missed(house: House) -> None:
    screen = house.watch(Screen("ann"))
    screen.payloads()
    screen.connection.visible = False
    screen.connection.keep_hold_push(PUSHES["hold booked"]["message"], now_s=0.0)
    hub = _hub(house)
    hub.greet(screen.connection, Actor("ann", Role.BUYER), visible=False)
    assert screen.payloads() == []
    hub.greet(screen.connection, Actor("ann", Role.BUYER), visible=True)
    assert screen.pushes() == [PUSHES["hold booked"]["message"]]


def _hub(house: House) -> Hub:
    """A hub that has the audience of *house*, so that it asks neither feed nor catalog."""
    hub = Hub(
        cast(Feed, None),
        cast(Catalog, None),
        pulse_ms=5_000,
        watchers_max=10,
        sockets_per_s=100,
    )
    hub._audiences[house.audience.id] = house.audience
    return hub
