"""How an instance that stops lets its sockets go, on a clock that the test drives."""

import asyncio
import gc
import json
from collections import Counter
from contextlib import suppress
from typing import Final, cast
from unittest.mock import patch

import pytest

from app.catalog import Catalog
from app.feed import Feed
from realtime.close_codes import CloseCode
from realtime.garbage import CLOSED_MAX
from realtime.hub import GOAWAY_PER_S, GOAWAY_S_MAX, MOVE_S, PULSE_PARTS, Hub
from tests.driven_clock import driven_loop, run_driven
from tests.house import RecordingSocket, Screen

PULSE_MS: Final = 5_000


class ClosingSocket(RecordingSocket):
    """Notes with which code it was closed, and when."""

    def __init__(self) -> None:
        super().__init__()
        self.closed: tuple[CloseCode, float] | None = None

    def close(self, code: CloseCode) -> None:
        self.closed = (code, driven_loop().time())


def _hub_with(count: int) -> tuple[Hub, list[Screen]]:
    """Return a hub in which nobody watches anything, so that it asks neither feed nor catalog."""
    hub = Hub(
        cast(Feed, None),
        cast(Catalog, None),
        pulse_ms=PULSE_MS,
        watchers_max=100_000,
        sockets_per_s=1_000,
    )
    screens = [Screen() for _ in range(count)]
    for screen in screens:
        screen.connection.socket = screen.socket = ClosingSocket()
        hub.add(screen.connection)
    return hub, screens


def _closed(screen: Screen) -> tuple[CloseCode, float] | None:
    return cast(ClosingSocket, screen.socket).closed


def _delay_s(screen: Screen) -> float:
    (push,) = screen.pushes()
    assert push["push"] == "goaway"
    return float(push["delay_ms"]) / 1000


def test_GO1_sockets_are_asked_to_move_at_a_pace_and_none_is_closed_that_does() -> None:
    async def play() -> None:
        hub, screens = _hub_with(2_000)
        goodbye = asyncio.create_task(hub.say_goodbye())
        await asyncio.sleep(0)
        delays_s = {screen.connection: _delay_s(screen) for screen in screens}
        seconds = Counter(int(delay_s) for delay_s in delays_s.values())
        assert max(seconds.values()) < 1.25 * GOAWAY_PER_S
        for connection, delay_s in sorted(delays_s.items(), key=lambda item: item[1]):
            await asyncio.sleep(max(0.0, delay_s - driven_loop().time()))
            hub.remove(connection)
        await goodbye
        assert driven_loop().time() == max(delays_s.values())
        assert {_closed(screen) for screen in screens} == {None}

    run_driven(play())


def test_GO1_even_the_largest_instance_is_gone_in_bounded_time() -> None:
    async def play() -> None:
        hub, screens = _hub_with(10_000)
        await hub.say_goodbye()
        assert max(map(_delay_s, screens)) <= GOAWAY_S_MAX
        assert driven_loop().time() == GOAWAY_S_MAX + MOVE_S

    run_driven(play())


def test_GO2_who_stays_or_is_hidden_is_closed_with_1012_at_the_end() -> None:
    async def play() -> None:
        hub, (stays, hidden) = _hub_with(2)
        hidden.connection.visible = False
        await hub.say_goodbye()
        ends_at = 2 / GOAWAY_PER_S + MOVE_S
        assert json.loads(stays.payloads()[0])["push"] == "goaway"
        assert hidden.payloads() == []
        assert _closed(stays) == _closed(hidden) == (CloseCode.RESTART, ends_at)

    run_driven(play())


@pytest.mark.parametrize("leaves", [False, True])
def test_an_instance_that_goes_does_not_stop_to_collect_garbage(leaves: bool) -> None:
    """Its memory is free soon; its last screens would wait some 300 ms."""

    async def play() -> None:
        hub, screens = _hub_with(CLOSED_MAX)
        goodbye = asyncio.create_task(hub.say_goodbye()) if leaves else None
        await asyncio.sleep(0)
        for screen in screens:
            hub.remove(screen.connection)
        run = asyncio.create_task(hub.run())
        with patch.object(gc, "collect") as collect:
            await asyncio.sleep(PULSE_MS / 1000)
        assert collect.called is not leaves
        run.cancel()
        await asyncio.wait({run, *([goodbye] if goodbye else [])})

    run_driven(play())


def test_the_pulse_ends_though_its_cancellation_was_lost_on_the_way() -> None:
    """A write to Redis may lose it (app/cancellation.py), as an audience is closed."""

    async def lose_cancellation() -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(1)

    async def play() -> None:
        hub, _ = _hub_with(0)
        with patch.object(hub, "_close_empty", lose_cancellation):
            run = asyncio.create_task(hub.run())
            await asyncio.sleep(PULSE_MS / 1000 / PULSE_PARTS + 0.5)
            run.cancel()
            await asyncio.wait({run}, timeout=PULSE_MS / 1000)
        assert run.done()

    run_driven(play())


def test_HS5_an_instance_that_goes_lets_nobody_in() -> None:
    async def play() -> None:
        hub, _ = _hub_with(1)
        assert hub.admit() is None
        goodbye = asyncio.create_task(hub.say_goodbye())
        await asyncio.sleep(0)
        assert hub.admit() is not None
        await goodbye

    run_driven(play())
