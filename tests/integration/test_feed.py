"""Repairs of what the feed missed."""

import asyncio
from collections.abc import Sequence
from uuid import uuid4

import pytest

from app import feed
from app.changes import ChangeBatch, Position, Snapshot
from app.domain import Actor, Hold, Role
from app.services import Services
from realtime.replica import Replica
from tests.integration.conftest import MakeShow, OpenInstance, eventually

ANN = Actor("ann", Role.BUYER)


class Screen:
    """Follows a show, and misses the first message. gaps: how often something was missing."""

    def __init__(self) -> None:
        self._replica: Replica | None = None
        self._has_missed = False
        self.gaps = 0

    @property
    def position(self) -> Position | None:
        return None if self._replica is None else self._replica.position

    def apply(self, batch: ChangeBatch) -> bool:
        assert self._replica is not None
        is_missed, self._has_missed = not self._has_missed, True
        if is_missed or self._replica.apply(batch) is None:
            self.gaps += 1
            return False
        return True

    def reset(self, snapshot: Snapshot, history: Sequence[ChangeBatch] = ()) -> None:
        self._replica = Replica(snapshot, history)


async def test_I6_what_is_missed_while_a_repair_is_under_way_is_repaired_after_it(
    services: Services,
    open_instance: OpenInstance,
    make_show: MakeShow,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The repair has read before that; no later message and no comparison has to come first."""
    monkeypatch.setattr(feed, "WATCH_INTERVAL_S", 3_600.0)
    monkeypatch.setattr(feed, "SILENCE_MAX_S", 3_600.0)
    show, screen = await make_show(), Screen()
    has_read, may_go_on = asyncio.Event(), asyncio.Event()
    async with open_instance() as instance:
        log_after = instance.board.log_after

        async def read_slowly(show: int, version: int) -> list[ChangeBatch]:
            batches = await log_after(show, version)
            has_read.set()
            await may_go_on.wait()
            return batches

        monkeypatch.setattr(instance.board, "log_after", read_slowly)
        running = asyncio.create_task(instance.feed.run())
        try:
            await eventually(lambda: _true(instance.feed.is_live))
            await instance.feed.follow(show, screen)
            await services.box_office.submit(Hold(show, uuid4(), (1,), ANN))
            await has_read.wait()
            await services.box_office.submit(Hold(show, uuid4(), (2,), ANN))
            await eventually(lambda: _true(screen.gaps == 2))
            may_go_on.set()
            await eventually(lambda: _true(_version(screen) == 2))
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


def _version(screen: Screen) -> int | None:
    return None if screen.position is None else screen.position.version


async def _true(value: bool) -> bool:
    return value
