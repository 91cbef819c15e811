"""When changes are broadcast, on a clock that the test drives."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import cast

import pytest

from app.catalog import Catalog
from app.changes import Change, ChangeBatch, Position, Snapshot
from app.domain import EventKind, Show
from app.errors import Unavailable
from realtime.protocol import Frame
from realtime.tick import (
    SENDS_PER_LOOK,
    SLICE_S,
    TICK_PER_BROADCAST,
    TICK_PER_LAG,
    TICK_S_MAX,
    TICK_S_MIN,
    TICK_S_THRIFTY,
    TURN_S_IDLE,
    TURNS_MAX,
    let_turn,
    pause_s,
)
from tests.driven_clock import driven_loop, run_driven
from tests.house import EPOCH, House, RecordingSocket, Screen


class TimedSocket(RecordingSocket):
    """Notes when it was written to. cost_s: how long that keeps the processor."""

    def __init__(self, cost_s: float = 0.0) -> None:
        super().__init__()
        self.cost_s = cost_s
        self.times_s: list[float] = []

    def write_all(self, frames: Sequence[Frame]) -> None:
        super().write_all(frames)
        driven_loop().spend(self.cost_s)
        self.times_s.append(driven_loop().time())


def _watching(house: House, count: int = 1, cost_s: float = 0.0) -> list[TimedSocket]:
    sockets = []
    for _ in range(count):
        screen, socket = Screen(), TimedSocket()
        screen.connection.socket = screen.socket = socket
        house.watch(screen)
        socket.frames.clear()
        socket.times_s.clear()
        socket.cost_s = cost_s
        sockets.append(socket)
    return sockets


def _change(version: int, seat: int = 0) -> Change:
    kind = EventKind.BLOCK if version % 2 else EventKind.UNBLOCK
    return Change(version, kind, (seat,))


@asynccontextmanager
async def _broadcasting(house: House) -> AsyncIterator[None]:
    task = asyncio.create_task(house.audience.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _spans(house: House, socket: RecordingSocket) -> Sequence[tuple[int, int]]:
    screen = next(it for it in house.screens if it.socket is socket)
    return [(push["from"], push["to"]) for push in screen.pushes()]


@pytest.mark.parametrize(
    ("took_s", "tick_s"),
    [
        (0.0, TICK_S_MIN),
        (0.004, 0.004 * TICK_PER_BROADCAST),
        (0.05, TICK_S_THRIFTY),
        (0.2, 0.4),
        (TICK_S_MAX * 4, TICK_S_MAX * 5),
    ],
)
def test_DL4_the_longer_a_broadcast_takes_the_longer_the_tick(took_s: float, tick_s: float) -> None:
    """Small ones take a small part of the time, big ones half of it, and no pause is longer than
    TICK_S_MAX."""
    assert took_s + pause_s(took_s, 0.0) == pytest.approx(tick_s)


def test_DL4_a_loop_that_comes_late_gathers_for_longer() -> None:
    """Frames are what a busy loop can do less of; a stall of seconds silences nobody."""
    assert pause_s(0.0, 0.001) == TICK_S_MIN
    assert pause_s(0.01, 0.04) == pytest.approx(TICK_PER_LAG * 0.04)
    assert pause_s(0.1, 5.0) == pytest.approx(TICK_S_MAX - 0.1)


def test_DL4_the_first_change_is_sent_at_once_and_later_ones_gather() -> None:
    async def play() -> None:
        house = House()
        (socket,) = _watching(house)
        async with _broadcasting(house):
            await asyncio.sleep(1)
            house.apply(_change(129))
            await asyncio.sleep(0.01)
            house.apply(_change(130, seat=2))
            await asyncio.sleep(0.01)
            house.apply(_change(131, seat=2))
            await asyncio.sleep(1)
        assert socket.times_s == pytest.approx([1.0, 1.0 + TICK_S_MIN])
        assert _spans(house, socket) == [(128, 129), (129, 131)]

    run_driven(play())


def test_DL4_the_longer_a_broadcast_the_fewer_frames_and_none_is_lost() -> None:
    """Conflation: 40 changes in 2 s reach a big audience in few frames that continue each other."""

    async def play() -> None:
        house = House()
        sockets = _watching(house, 100, cost_s=0.002)
        async with _broadcasting(house):
            for version in range(129, 169):
                house.apply(_change(version))
                await asyncio.sleep(0.05)
            await asyncio.sleep(2)
        for socket in sockets:
            spans = _spans(house, socket)
            assert 2 <= len(spans) <= 10
            assert [128, *(to for _, to in spans)] == [*(start for start, _ in spans), 168]

    run_driven(play())


def test_DL4_a_ledger_that_is_slow_to_say_no_does_not_make_frames_rarer() -> None:
    """While a show cannot be read again its seats are told all the same."""

    async def play() -> None:
        class SlowCatalog:
            async def show(self, _: int) -> Show:
                await asyncio.sleep(2)
                raise Unavailable("The ledger does not answer right now.")

        house = House()
        house.audience._catalog = cast(Catalog, SlowCatalog())
        house.audience._show_is_sure = False
        (socket,) = _watching(house)
        async with _broadcasting(house):
            for version in range(129, 209):
                house.apply(_change(version))
                await asyncio.sleep(0.1)
        assert len(socket.times_s) >= 3

    run_driven(play())


def test_DL4_a_broadcast_lets_the_loop_turn_between_slices() -> None:
    async def play() -> None:
        house = House()
        sockets = _watching(house, 10 * SENDS_PER_LOOK, cost_s=SLICE_S / SENDS_PER_LOOK * 1.5)
        house.apply(_change(129))
        served = [
            sum(len(socket.frames) for socket in sockets)
            for _ in house.audience.broadcast(driven_loop().time)
        ]
        assert served == [SENDS_PER_LOOK * n for n in range(1, 11)]

    run_driven(play())


def test_DL4_a_busy_loop_gets_several_turns_between_slices() -> None:
    """What an answer still needs comes before the next frames; a loop at rest is not waited for."""

    async def play() -> None:
        loop, steps = driven_loop(), list[float]()

        def work() -> None:
            loop.spend(2 * TURN_S_IDLE)
            steps.append(loop.time())
            loop.call_soon(work)

        loop.call_soon(work)
        assert await let_turn() == pytest.approx(TURNS_MAX * 2 * TURN_S_IDLE)
        assert len(steps) == TURNS_MAX

    async def rest() -> None:
        turns = 0

        def count() -> None:
            nonlocal turns
            turns += 1
            driven_loop().call_soon(count)

        driven_loop().call_soon(count)
        assert await let_turn() == 0
        assert turns == 1

    run_driven(play())
    run_driven(rest())


def test_DL5_who_stalls_gets_one_merged_delta_when_it_reads_again() -> None:
    async def play() -> None:
        house = House()
        reads, stalls = _watching(house, 2)
        stalls.is_congested = True
        async with _broadcasting(house):
            for version in range(129, 139):
                house.apply(_change(version))
                await asyncio.sleep(0.1)
            assert stalls.frames == []
            stalls.is_congested = False
            stalled = next(it for it in house.screens if it.socket is stalls)
            house.audience.catch_up(stalled.connection)
        assert _spans(house, stalls) == [(128, 138)]
        assert len(_spans(house, reads)) == 10

    run_driven(play())


def test_I5_a_gap_is_asked_for_again_and_filled_without_a_frame_too_many() -> None:
    """What does not continue is refused; what the repair brings is one delta on from before."""

    async def play() -> None:
        house = House()
        (socket,) = _watching(house)
        async with _broadcasting(house):
            assert not house.audience.apply(ChangeBatch(EPOCH, (_change(130),)))
            await asyncio.sleep(1)
            assert socket.frames == []
            house.apply(_change(129), _change(130, seat=2))
            await asyncio.sleep(1)
        assert _spans(house, socket) == [(128, 130)]

    run_driven(play())


def test_DL5_what_joins_while_a_broadcast_is_under_way_misses_nothing() -> None:
    async def play() -> None:
        house = House()
        _watching(house, 2 * SENDS_PER_LOOK, cost_s=SLICE_S)
        house.apply(_change(129))
        under_way = house.audience.broadcast(driven_loop().time)
        next(under_way)
        house.apply(_change(130, seat=2))
        (late,) = _watching(house)
        for _ in under_way:
            pass
        assert late.frames == []
        for _ in house.audience.broadcast(driven_loop().time):
            pass
        assert late.frames == []
        assert house.audience.replica.position == Position(EPOCH, 130)
        house.apply(_change(131))
        for _ in house.audience.broadcast(driven_loop().time):
            pass
        assert _spans(house, late) == [(130, 131)]

    run_driven(play())


def test_I6_seats_that_were_wrong_at_their_version_are_sent_again_whole() -> None:
    """No delta leads on from what was wrong, not even from before."""
    house = House()
    screen = house.watch(Screen())
    house.apply(_change(129))
    house.tick()
    screen.payloads()
    true = bytes([2, 1, 2, 3, 2, 0, 1])
    house.audience.reset(Snapshot(Position(EPOCH, 129), true))
    house.tick()
    (push,) = screen.pushes()
    assert (push["push"], push["version"]) == ("snapshot", 129)
    assert house.audience.replica.statuses == true
    assert house.audience.replica.delta_since(128) is None


def test_SN1_after_a_loss_beyond_repair_everybody_gets_all_seats() -> None:
    house = House()
    screen = house.watch(Screen())
    screen.payloads()
    house.audience.reset(Snapshot(Position(EPOCH + 1, 5), bytes(7)))
    house.tick()
    (push,) = screen.pushes()
    assert (push["push"], push["epoch"], push["version"]) == ("snapshot", EPOCH + 1, 5)
