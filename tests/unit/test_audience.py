"""What the sockets that watch a show are sent, in bytes, without a loop."""

from itertools import count
from typing import Any, Final

import pytest

from app.changes import Change, Position, Snapshot
from app.domain import EventKind
from realtime.protocol import Codec, Since
from realtime.tick import SENDS_PER_LOOK
from tests.golden import exactly, named
from tests.house import BATCH, EPOCH, HOLD, House, Screen, show_change

PUSHES: Final = named("pushes")
REPLIES: Final = named("replies")


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
    assert payloads == [exactly(vector, codec) for vector in vectors]


@pytest.mark.parametrize("codec", Codec, ids=lambda codec: codec.name)
def test_WA2_a_watch_from_a_position_is_answered_with_what_changed(
    codec: Codec, house: House
) -> None:
    house.apply(*BATCH.changes)
    payloads = house.watch(Screen(codec=codec), Since(EPOCH, 128)).payloads()
    assert payloads[1:] == [exactly(PUSHES["delta"], codec)]


@pytest.mark.parametrize("codec", Codec, ids=lambda codec: codec.name)
def test_WA2_a_watch_from_the_present_is_answered_with_an_empty_delta(
    codec: Codec, house: House
) -> None:
    house.apply(*BATCH.changes)
    payloads = house.watch(Screen(codec=codec), Since(EPOCH, 131)).payloads()
    assert payloads[1:] == [exactly(PUSHES["delta without seats"], codec)]


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
    assert slow.payloads() == [exactly(PUSHES["delta"], Codec.JSON)]
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
    assert told == exactly(PUSHES["show"], codec)
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
    house.tick()
    why, released, anns_delta = ann.pushes()
    assert why["show"]["status"] == "cancelled"
    assert released == PUSHES["hold released"]["message"]
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


def _of_kind(pushes: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [push for push in pushes if push.get("push") == kind]
