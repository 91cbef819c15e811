"""Stopping the background loops of an instance."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final

import pytest

from app.services import Services
from tests.integration.conftest import WAIT_S, OpenInstance
from workers.loop import repeat

# A question to Redis takes some ten turns of the loop, and each is tried.
TURNS: Final = 60
PAUSE_S: Final = 60.0


def _presence(services: Services) -> Coroutine[Any, Any, None]:
    return services.presence.run(dict)


def _feed(services: Services) -> Coroutine[Any, Any, None]:
    return services.feed.run()


def _worker(services: Services) -> Coroutine[Any, Any, None]:
    async def ask() -> bool:
        await services.board.reports()
        return False

    return repeat(ask, interval_s=PAUSE_S)


@pytest.mark.parametrize("loop_of", [_presence, _feed, _worker])
async def test_a_loop_ends_whenever_it_is_told_to(
    open_instance: OpenInstance, loop_of: Callable[[Services], Coroutine[Any, Any, None]]
) -> None:
    """Whatever it waits for just then, and though that may be there in the same moment."""
    async with open_instance() as services:
        for turns in range(TURNS):
            task = asyncio.create_task(loop_of(services))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait({task}, timeout=WAIT_S)
            assert task.done(), f"told after {turns} turns"
