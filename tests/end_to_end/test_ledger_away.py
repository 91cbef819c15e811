"""The sale while PostgreSQL is away, in all the ways in which it can be, and when it is back."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final
from uuid import uuid4

import pytest

from app.client import Client, Refused
from app.embedded import EmbeddedPostgres
from app.schema import migrate
from tests.conftest import Servers
from tests.end_to_end.faults import send_signal
from tests.end_to_end.fleet import Fleet, Process, eventually, open_fleet

# Promised are 1 s and 5 s; the rest is for a busy machine. What was measured is printed.
TOLD_WITHIN_S: Final = 3.0
BACK_WITHIN_S: Final = 15.0
# A statement that was on its way when the server hung: its own time, and that to give it up.
UNKNOWN_WITHIN_S: Final = 12.0
HELD: Final = 1


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    """A PostgreSQL of this test alone, which it may kill and stop."""
    server = EmbeddedPostgres(tmp_path, durable=False)
    server.start()
    try:
        yield server
    finally:
        send_signal(server, signal.SIGCONT)
        server.stop()


@pytest.fixture
async def fleet(
    servers: Servers, postgres: EmbeddedPostgres, redis_prefix: str, tmp_path: Path
) -> AsyncIterator[Fleet]:
    url = postgres.database_url()
    await migrate(url)
    async with open_fleet(url, servers.redis_url, redis_prefix, tmp_path) as fleet:
        yield fleet


@pytest.mark.parametrize("fate", ["killed", "hung"])
async def test_PU3_without_postgresql_takes_are_refused_and_everything_resumes(
    fleet: Fleet, postgres: EmbeddedPostgres, fate: str
) -> None:
    """`unavailable` with a time to come back; the map stays and is in doubt; then all goes on."""
    one, two, _ = await asyncio.gather(
        fleet.start_web(), fleet.start_web(), fleet.start_worker("expiry", "reconcile")
    )
    show = await fleet.add_show(one.url, seats_per_hold_max=50)
    async with fleet.buyer(one) as buyer, fleet.buyer(two) as other:
        await asyncio.gather(buyer.watch(show), other.watch(show))
        await _hold(buyer, show, 0)
        await other.until(lambda: other.screens[show].statuses[0] == HELD)

        if fate == "killed":
            await asyncio.to_thread(postgres.kill)
        else:
            send_signal(postgres, signal.SIGSTOP)
        sent = await buyer.send("hold", show=show, hold=str(uuid4()), seats=[1])
        # This one waits behind it; the other instance has to find out for itself first.
        told_s = [await _refusal(buyer, show, 2)]
        await eventually(lambda: _is_known(fleet, two), timeout_s=UNKNOWN_WITHIN_S)
        told_s.append(await _refusal(other, show, 3))
        print(f"measured: {fate}, refused after {max(told_s):.2f} s")
        await asyncio.gather(*(_doubts(client, show) for client in (buyer, other)))
        assert buyer.screens[show].statuses == other.screens[show].statuses
        assert buyer.screens[show].statuses[0] == HELD
        async with asyncio.timeout(UNKNOWN_WITHIN_S):
            await asyncio.wait([sent])

        if fate == "killed":
            await asyncio.to_thread(postgres.start)
        else:
            send_signal(postgres, signal.SIGCONT)
        back_at = time.monotonic()
        await asyncio.gather(_hold(buyer, show, 10), _hold(other, show, 11))
        print(f"measured: {fate}, held again {time.monotonic() - back_at:.2f} s after its return")
        await asyncio.gather(*(_is_sure(client, show) for client in (buyer, other)))
        print(f"measured: {fate}, screens sure {time.monotonic() - back_at:.2f} s after its return")
        # As many at once as the pools have connections, and more.
        seats = range(12, 36)
        await asyncio.gather(*(_hold((buyer, other)[seat % 2], show, seat) for seat in seats))
        await asyncio.gather(*(_sees(client, show, 35) for client in (buyer, other)))


async def _is_known(fleet: Fleet, process: Process) -> bool:
    """Whether an instance says of itself that it does not reach the ledger."""
    response = await fleet.http.get(f"{process.url}/readyz")
    return response.status_code == 503


async def _refusal(client: Client, show: int, seat: int) -> float:
    """Return after how many seconds a take is told `unavailable`, with when to come back."""
    asked_at = time.monotonic()
    async with asyncio.timeout(TOLD_WITHIN_S):
        with pytest.raises(Refused) as refused:
            await client.ask("hold", show=show, hold=str(uuid4()), seats=[seat])
    assert refused.value.code == "unavailable"
    assert refused.value.error["retry_in_ms"] > 0
    return time.monotonic() - asked_at


async def _hold(client: Client, show: int, seat: int) -> None:
    """Hold a seat, as a client does: again with the same id until it is certain."""
    hold = str(uuid4())
    async with asyncio.timeout(BACK_WITHIN_S):
        while True:
            try:
                await client.ask("hold", show=show, hold=hold, seats=[seat])
                return
            except Refused as refused:
                if refused.code not in ("unavailable", "unknown_outcome"):
                    raise
                await asyncio.sleep(0.1)


async def _sees(client: Client, show: int, seat: int) -> None:
    await client.until(lambda: client.screens[show].statuses[seat] == HELD)


async def _doubts(client: Client, show: int) -> None:
    await client.until(lambda: str(show) not in client.pushed("pulse")[-1]["shows"])


async def _is_sure(client: Client, show: int) -> None:
    await client.until(lambda: str(show) in client.pushed("pulse")[-1]["shows"])
