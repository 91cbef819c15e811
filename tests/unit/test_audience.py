"""What the sockets that watch a show are sent, in bytes, without a loop."""

from itertools import count
from typing import Any, Final, cast

import pytest

from app.catalog import Catalog
from app.changes import Change, ChangeBatch, Position, Snapshot
from app.domain import Actor, EventKind, Role
from app.feed import Feed
from realtime.audience import SENDS_PER_LOOK
from realtime.connection import MISSED_HOLDS_MAX
from realtime.hub import Hub
from realtime.protocol import Codec, Since
from tests.golden import named
from tests.house import EPOCH, House, Screen, show_change

HOLD: Final = "0b9f6a1e-3c1d-4f5a-9b51-2d1f0c7e8a42"
PUSHES: Final = named("pushes")
REPLIES: Final = named("replies")
MADE: Final = PUSHES["hold made"]["message"]
# What "delta" in the vectors tells.
BATCH: Final = ChangeBatch(
    EPOCH,
    (
        Change(129, EventKind.HOLD, (0, 5), HOLD, "ann", (0, 5), 600_000),
        Change(130, EventKind.UNBLOCK, (3,)),
        Change(131, EventKind.EXTEND, (), HOLD, "ann", (0, 5), 600_000),
    ),
)


@pytest.fixture
def house() -> House:
    return House()


# Joining


@pytest.mark.parametrize("codec", Codec, ids=lambda codec: codec.name)
def test_WA1_a_watch_is_answered_with_the_show_and_then_all_seats(
    codec: Codec, house: House
) -> None:
    payloads = house.watch(Screen(codec=codec)).payloads()
    vectors = [REPLIES["watch"], PUSHES["snapshot of seven seats"]]
    assert payloads == [_exactly(vector, codec) for vector in vectors]


@pytest.mark.parametrize("codec", Codec, ids=lambda codec: codec.name)
def test_WA2_a_watch_from_a_position_is_answered_with_what_changed(
    codec: Codec, house: House
) -> None:
    house.apply(*BATCH.changes)
    payloads = house.watch(Screen(codec=codec), Since(EPOCH, 128)).payloads()
    assert payloads[1:] == [_exactly(PUSHES["delta"], codec)]


@pytest.mark.parametrize("codec", Codec, ids=lambda codec: codec.name)
def test_WA2_a_watch_from_the_present_is_answered_with_an_empty_delta(
    codec: Codec, house: House
) -> None:
    house.apply(*BATCH.changes)
    payloads = house.watch(Screen(codec=codec), Since(EPOCH, 131)).payloads()
    assert payloads[1:] == [_exactly(PUSHES["delta without seats"], codec)]


@pytest.mark.parametrize(
    "since",
    [Since(EPOCH, 127), Since(EPOCH, 132), Since(EPOCH - 1, 131), Since(EPOCH + 1, 131)],
    ids=["forgotten", "of the future", "of an older epoch", "of a newer epoch"],
)
def test_WA2_a_position_that_cannot_be_continued_gets_all_seats(since: Since, house: House) -> None:
    house.apply(*BATCH.changes)
    _, push = house.watch(Screen(), since).pushes()
    assert (push["push"], push["epoch"], push["version"]) == ("snapshot", EPOCH, 131)


def test_WA3_watching_again_is_answered_like_the_first_time(house: House) -> None:
    screen = house.watch(Screen())
    first = screen.payloads()
    house.watch(screen)
    assert screen.payloads() == first
    house.apply(*BATCH.changes)
    house.tick()
    assert len(_of_kind(screen.pushes(), "delta")) == 1


def test_WA4_who_has_left_is_sent_nothing_more(house: House) -> None:
    screen = house.watch(Screen("ann"))
    screen.payloads()
    house.audience.leave(screen.connection, 0.0)
    house.apply(*BATCH.changes)
    house.tick()
    assert screen.payloads() == []


# Deltas


def test_DL1_each_delta_begins_where_the_last_one_ended(house: House) -> None:
    screen = house.watch(Screen())
    screen.payloads()
    for change in BATCH.changes:
        house.apply(change)
        house.tick()
    spans = [(push["from"], push["to"]) for push in screen.pushes()]
    assert spans == [(128, 129), (129, 130), (130, 131)]


def test_DL1_without_a_change_nothing_is_sent(house: House) -> None:
    screen = house.watch(Screen())
    screen.payloads()
    house.tick()
    assert screen.payloads() == []


def test_DL2_one_frame_is_made_for_all_who_are_equally_far(house: House) -> None:
    screens = [house.watch(Screen()) for _ in range(3)]
    for screen in screens:
        screen.payloads()
    house.apply(*BATCH.changes)
    house.tick()
    first, *others = [screen.socket.frames for screen in screens]
    assert len(first) == 1
    assert all(frames[0] is first[0] for frames in others)


def test_DL5_who_could_take_nothing_gets_one_merged_delta(house: House) -> None:
    slow, quick = house.watch(Screen()), house.watch(Screen())
    slow.payloads()
    slow.socket.is_congested = True
    for change in BATCH.changes:
        house.apply(change)
        house.tick()
    assert slow.payloads() == []
    slow.socket.is_congested = False
    house.tick()
    assert slow.payloads() == [_exactly(PUSHES["delta"], Codec.JSON)]
    assert len(_of_kind(quick.pushes(), "delta")) == 3


def test_SN1_when_changes_are_lost_beyond_memory_a_new_epoch_sends_all_seats(
    house: House,
) -> None:
    screen = house.watch(Screen())
    screen.payloads()
    house.audience.reset(Snapshot(Position(EPOCH + 1, 3), bytes(7)))
    house.tick()
    (push,) = screen.pushes()
    assert (push["push"], push["epoch"], push["version"]) == ("snapshot", EPOCH + 1, 3)


def test_I6_seats_put_right_twice_in_one_broadcast_are_right_on_every_screen(
    house: House,
) -> None:
    """Whoever is served after the second time gets what is right then, not what was the first."""
    screens = [house.watch(Screen()) for _ in range(2 * SENDS_PER_LOOK)]
    now = Position(EPOCH, 128)
    house.audience.reset(Snapshot(now, bytes(7)))
    broadcast = house.audience.broadcast(count().__next__)
    next(broadcast)
    right = bytes([0, 0, 0, 0, 0, 0, 2])
    house.audience.reset(Snapshot(now, right))
    for _ in broadcast:
        pass
    house.tick()
    for screen in screens:
        *_, seats = screen.payloads()
        assert seats == house.watch(screen).payloads()[-1]


# The holder's own


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
    for screen in screens:
        assert screen.payloads() == [_exactly(PUSHES[name], screen.connection.codec)]


@pytest.mark.parametrize("kind", [EventKind.RELEASE, EventKind.EXTEND], ids=str)
def test_HO2_a_hold_that_goes_on_is_told_with_the_seats_it_has(
    kind: EventKind, house: House
) -> None:
    """Not those that were given back, nor those that changed: an extension changes none."""
    screen = house.watch(Screen("ann"))
    screen.payloads()
    house.apply(Change(129, kind, (5,), HOLD, "ann", (0, 1), 7_000))
    (push,) = screen.pushes()
    assert push == {**MADE, "seats": [0, 1], "expires_in_ms": 7_000}


def test_HO1_only_the_holders_sockets_that_watch_the_show_are_told(house: House) -> None:
    one, two = house.watch(Screen("ann")), house.watch(Screen("ann"))
    others = [house.watch(Screen("bob")), house.watch(Screen()), house.enter(Screen("ann"))]
    for screen in (one, two, *others):
        screen.payloads()
    house.apply(*BATCH.changes[:1])
    assert one.pushes() == two.pushes() == [MADE]
    assert [screen.pushes() for screen in others] == [[], [], []]


def test_HO1_a_block_is_nobodys_hold(house: House) -> None:
    screens = [house.watch(Screen("ann")), house.watch(Screen())]
    for screen in screens:
        screen.payloads()
    house.apply(Change(129, EventKind.BLOCK, (0,)))
    assert [screen.pushes() for screen in screens] == [[], []]


def test_HO3_a_hold_push_does_not_wait_for_the_tick(house: House) -> None:
    screen = house.watch(Screen("ann"))
    screen.payloads()
    house.apply(*BATCH.changes[:1])
    assert [push["push"] for push in screen.pushes()] == ["hold"]
    house.tick()
    assert [push["push"] for push in screen.pushes()] == ["delta"]


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
    hub = _hub()
    hub.set_visible(screen.connection, False)
    assert screen.payloads() == []
    screen.connection.watching.clear()
    hub.set_visible(screen.connection, True)
    told = [(push["hold"], push["status"]) for push in screen.pushes()]
    assert told == [(other, "held"), (HOLD, "expired")]
    hub.set_visible(screen.connection, True)
    assert screen.payloads() == []


def test_HO4_the_time_a_hold_has_left_is_counted_down_while_it_waits() -> None:
    connection = Screen("ann").connection
    connection.miss_hold(MADE, now_s=1_000.0)
    (push,) = connection.take_missed_holds(now_s=1_090.25)
    assert push == {**MADE, "expires_in_ms": 600_000 - 90_250}
    connection.miss_hold(MADE, now_s=1_000.0)
    (push,) = connection.take_missed_holds(now_s=9_999.0)
    assert push["expires_in_ms"] == 0


def test_HO4_a_hold_without_a_time_stays_without() -> None:
    connection = Screen("ann").connection
    connection.miss_hold(PUSHES["hold booked"]["message"], now_s=1_000.0)
    assert connection.take_missed_holds(now_s=2_000.0) == [PUSHES["hold booked"]["message"]]


def test_HO4_of_too_many_missed_holds_the_oldest_go() -> None:
    connection = Screen("ann").connection
    for number in range(MISSED_HOLDS_MAX + 2):
        connection.miss_hold({**MADE, "hold": str(number)}, now_s=0.0)
    kept = [push["hold"] for push in connection.take_missed_holds(now_s=0.0)]
    assert kept == [str(number) for number in range(2, MISSED_HOLDS_MAX + 2)]


def test_HE5_what_one_holder_missed_is_not_told_to_the_next() -> None:
    screen = Screen("ann")
    screen.connection.miss_hold(MADE, now_s=0.0)
    _hub().greet(screen.connection, Actor("bob", Role.BUYER), visible=True)
    assert screen.payloads() == []


def test_HE5_a_hello_that_says_visible_brings_what_was_missed() -> None:
    screen = Screen("ann")
    screen.connection.visible = False
    screen.connection.miss_hold(PUSHES["hold booked"]["message"], now_s=0.0)
    hub = _hub()
    hub.greet(screen.connection, Actor("ann", Role.BUYER), visible=False)
    assert screen.payloads() == []
    hub.greet(screen.connection, Actor("ann", Role.BUYER), visible=True)
    assert screen.pushes() == [PUSHES["hold booked"]["message"]]


# The show itself


@pytest.mark.parametrize("codec", Codec, ids=lambda codec: codec.name)
def test_SH1_a_changed_show_is_sent_whole_to_all_and_to_late_joiners(
    codec: Codec, house: House
) -> None:
    screen = house.watch(Screen(codec=codec))
    screen.payloads()
    house.apply(*BATCH.changes, show_change(132, status="paused", message="Doors open at 18:00."))
    house.tick()
    told, _ = screen.payloads()
    assert told == _exactly(PUSHES["show"], codec)
    reply, _ = house.watch(Screen()).pushes()
    assert reply["show"] == PUSHES["show"]["message"]["show"]


def test_SH1_an_unchanged_show_is_not_sent_again(house: House) -> None:
    screen = house.watch(Screen())
    house.apply(show_change(129, status="paused"))
    house.tick()
    screen.payloads()
    house.apply(Change(130, EventKind.EXTEND, ()))
    house.tick()
    assert [push["push"] for push in screen.pushes()] == ["delta"]


def test_SH2_changes_while_a_socket_takes_nothing_come_as_one(house: House) -> None:
    screen = house.watch(Screen())
    screen.payloads()
    screen.connection.visible = False
    house.apply(show_change(129, status="paused"), show_change(130, status="closed"))
    house.tick()
    screen.connection.visible = True
    house.tick()
    told = [push["show"]["status"] for push in _of_kind(screen.pushes(), "show")]
    assert told == ["closed"]


def test_SH2_a_cancellation_ends_holds_and_frees_their_seats(house: House) -> None:
    ann, bob = house.watch(Screen("ann")), house.watch(Screen("bob"))
    house.apply(*BATCH.changes)
    house.tick()
    for screen in (ann, bob):
        screen.payloads()
    house.apply(show_change(132, (0, 5), [[HOLD, "ann", [0, 5]]], status="cancelled"))
    why, released = ann.pushes()
    assert why["show"]["status"] == "cancelled"
    assert released == PUSHES["hold released"]["message"]
    house.tick()
    (anns_delta,) = ann.pushes()
    show, bobs_delta = bob.pushes()
    assert show["show"]["status"] == "cancelled"
    assert sorted(anns_delta["seats"]) == sorted(bobs_delta["seats"]) == [[0, 0], [5, 0]]


# Who is not looking


def test_VI1_a_hidden_screen_is_sent_nothing_but_the_answer_to_its_watch(house: House) -> None:
    screen = Screen("ann")
    screen.connection.visible = False
    house.watch(screen)
    assert [push.get("push") for push in screen.pushes()] == [None, "snapshot"]
    house.apply(*BATCH.changes, show_change(132, status="paused"))
    house.tick()
    assert screen.payloads() == []


def _exactly(vector: dict[str, Any], codec: Codec) -> bytes:
    text: str = vector["json"]
    return text.encode() if codec is Codec.JSON else bytes.fromhex(vector["msgpack"])


def _of_kind(pushes: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [push for push in pushes if push.get("push") == kind]


def _hub() -> Hub:
    """A hub in which nobody watches anything, so that it asks neither feed nor catalog."""
    return Hub(
        cast(Feed, None),
        cast(Catalog, None),
        pulse_ms=5_000,
        watchers_max=10,
        sockets_per_s=100,
    )
