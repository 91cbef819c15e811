"""A primary goes, its standby takes over, and the sale follows it."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final
from uuid import uuid4

import pytest

from app.client import Client, Refused
from app.schema import migrate
from tests.conftest import Servers
from tests.end_to_end.faults import send_signal
from tests.end_to_end.fleet import Fleet, Process, open_fleet
from tests.end_to_end.pair import Pair

# Promised are 10 s after the promotion; the rest is for a busy machine.
FOLLOWED_WITHIN_S: Final = 30.0


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    pair = Pair(tmp_path)
    pair.start()
    try:
        yield pair
    finally:
        pair.stop()


@pytest.fixture
async def fleet(
    servers: Servers, pair: Pair, redis_prefix: str, tmp_path: Path
) -> AsyncIterator[Fleet]:
    await migrate(pair.database_url)
    async with open_fleet(pair.database_url, servers.redis_url, redis_prefix, tmp_path) as fleet:
        yield fleet


@pytest.mark.parametrize("fate", ["killed", "hung", "read-only"])
async def test_I4_a_promoted_standby_is_followed(fleet: Fleet, pair: Pair, fate: str) -> None:
    """Whatever became of the primary, 25006 included, holds are taken again; nothing is lost."""
    web, _ = await asyncio.gather(fleet.start_web(), fleet.start_worker("expiry", "reconcile"))
    show = await fleet.add_show(web.url)
    async with fleet.buyer(web) as buyer, fleet.buyer(web) as watcher:
        await watcher.watch(show)
        hold = str(uuid4())
        await buyer.ask("hold", show=show, hold=hold, seats=[0])
        await buyer.ask("book", show=show, hold=hold)
        await pair.wait_until_copied()
        await _end(pair, fate)
        promoted_at = time.monotonic()
        await _hold(buyer, show, 1)
        print(f"measured: {fate}, followed {time.monotonic() - promoted_at:.2f} s after promotion")
        await watcher.until(lambda: watcher.screens[show].statuses[1] == 1)
        assert watcher.screens[show].statuses[0] == 2
        # No connection of the pool leads to the old one.
        await asyncio.gather(*(_hold(buyer, show, seat) for seat in range(2, 8)))
        await _all_versions_are_there(fleet, web, show)


async def _end(pair: Pair, fate: str) -> None:
    if fate == "killed":
        await asyncio.to_thread(pair.primary.kill)
    elif fate == "hung":
        send_signal(pair.primary, signal.SIGSTOP)
    await pair.promote()
    if fate == "read-only":
        await pair.demote()


async def _hold(buyer: Client, show: int, seat: int) -> None:
    """Hold a seat, as a client does: again with the same id until it is certain."""
    hold = str(uuid4())
    async with asyncio.timeout(FOLLOWED_WITHIN_S):
        while True:
            try:
                await buyer.ask("hold", show=show, hold=hold, seats=[seat])
                return
            except Refused as refused:
                if refused.code not in ("unavailable", "unknown_outcome"):
                    raise
                await asyncio.sleep(0.1)


async def _all_versions_are_there(fleet: Fleet, web: Process, show: int) -> None:
    history = await fleet.ask("GET", web.url, f"/shows/{show}/events?after=0")
    versions = [event["version"] for event in history["events"]]
    assert versions == list(range(1, history["version"] + 1))
    assert len(versions) == 9
