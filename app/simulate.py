"""The rehearsal: buyers over real sockets against a running server, and the check that all agree.

Every buyer looks at its own screen, takes seats that are free there, and then books them, gives
them back or walks away. At the end the ledger, the board and every screen must show the same
seats.
"""

import asyncio
import random
import time
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Final
from uuid import uuid4

import httpx
from rich.console import Console
from rich.live import Live
from rich.table import Table
from websockets.exceptions import WebSocketException

from app.client import Client, OutOfOrder, Refused, Screen, open_client
from app.config import Settings
from app.domain import SeatStatus
from app.errors import SeatwireError
from app.services import Services, open_services

# What a buyer does with a hold, and how long it thinks in between.
BOOK_SHARE: Final = 0.6
RELEASE_SHARE: Final = 0.3
THINK_S_MEAN: Final = 0.5
SEATS_MAX: Final = 4
OPENING_AT_ONCE: Final = 20
SETTLE_TIMEOUT_S: Final = 5.0
REFRESH_PER_S: Final = 4


class SimulationFailed(Exception):
    """Raised when the rehearsal cannot take place; says why."""


@dataclass(slots=True)
class Tally:
    """What the buyers met: answers by op and code, and how long each took, in seconds."""

    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    took_s: dict[str, list[float]] = field(default_factory=dict)

    def add(self, op: str, outcome: str, took_s: float) -> None:
        """Count one answer."""
        self.outcomes[op, outcome] += 1
        self.took_s.setdefault(op, []).append(took_s)


async def simulate(settings: Settings, *, show: int, buyers: int, seconds: int) -> bool:
    """Run the rehearsal on *show*, print what came of it, and return whether all agree.

    Raises SimulationFailed when the server or the show is not there.
    """
    url = f"http://{settings.host}:{settings.port}"
    console = Console()
    tally = Tally()
    async with AsyncExitStack() as stack:
        services = await stack.enter_async_context(open_services(settings))
        try:
            await services.catalog.show(show)
            clients = await _open_clients(stack, url, show, buyers)
        except (SeatwireError, OSError, httpx.HTTPError, Refused, WebSocketException) as error:
            raise SimulationFailed(f"no rehearsal at {url}: {error}") from error
        console.print(f"{buyers} buyers at {url}, show {show}, {seconds} s")
        ends_at = time.monotonic() + seconds
        with Live(console=console, refresh_per_second=REFRESH_PER_S, transient=True) as live:
            async with asyncio.TaskGroup() as group:
                for client in clients:
                    group.create_task(_buy(client, show, tally, ends_at))
                group.create_task(_show_progress(live, tally, ends_at))
        console.print(_table(tally))
        faults = await _disagreements(services, show, clients)
    for fault in faults:
        console.print(f"[red]{fault}[/red]")
    if not faults:
        console.print(f"all agree: ledger, board and {len(clients)} screens")
    return not faults


async def _open_clients(stack: AsyncExitStack, url: str, show: int, buyers: int) -> list[Client]:
    http = await stack.enter_async_context(httpx.AsyncClient(base_url=url, timeout=10))
    slots = asyncio.Semaphore(OPENING_AT_ONCE)

    async def open_one(number: int) -> Client:
        async with slots:
            session = (await http.post("/api/v1/sessions")).raise_for_status().json()
            client = await stack.enter_async_context(
                open_client(url, token=session["token"], codec="msgpack" if number % 2 else "json")
            )
            await client.watch(show)
            return client

    return await asyncio.gather(*map(open_one, range(buyers)))


async def _buy(client: Client, show: int, tally: Tally, ends_at: float) -> None:
    screen = client.screens[show]
    while time.monotonic() < ends_at and client.fault is None:
        await asyncio.sleep(random.expovariate(1 / THINK_S_MEAN))
        seats = _choose(screen)
        if not seats:
            continue
        hold = str(uuid4())
        if not await _ask(client, tally, "hold", show=show, hold=hold, seats=seats):
            continue
        await asyncio.sleep(random.expovariate(1 / THINK_S_MEAN))
        fate = random.random()
        if fate < BOOK_SHARE:
            await _ask(client, tally, "book", show=show, hold=hold)
        elif fate < BOOK_SHARE + RELEASE_SHARE:
            await _ask(client, tally, "release", show=show, hold=hold)


def _choose(screen: Screen) -> list[int]:
    """Return some neighbouring seats that are free on *screen*; none when a few looks find none."""
    count = random.randint(1, SEATS_MAX)
    for _ in range(20):
        first = random.randrange(len(screen.statuses))
        seats = screen.statuses[first : first + count]
        if len(seats) == count and not any(seats):
            return list(range(first, first + count))
    first_free = screen.statuses.find(int(SeatStatus.AVAILABLE))
    return [] if first_free < 0 else [first_free]


async def _ask(client: Client, tally: Tally, op: str, **fields: object) -> bool:
    started_at = time.perf_counter()
    try:
        await client.ask(op, **fields)
        outcome = "ok"
    except Refused as error:
        outcome = error.code
    except (WebSocketException, TimeoutError) as error:
        outcome = type(error).__name__
    tally.add(op, outcome, time.perf_counter() - started_at)
    return outcome == "ok"


async def _show_progress(live: Live, tally: Tally, ends_at: float) -> None:
    while (left_s := ends_at - time.monotonic()) > 0:
        counts = tally.outcomes
        live.update(
            f"{left_s:4.0f} s left   holds {counts['hold', 'ok']:,}   "
            f"conflicts {counts['hold', 'seats_taken']:,}   bookings {counts['book', 'ok']:,}"
        )
        await asyncio.sleep(1 / REFRESH_PER_S)


def _table(tally: Tally) -> Table:
    table = Table("", "ok", "refused", "p50 ms", "p95 ms", "p99 ms")
    for op, times in tally.took_s.items():
        refused = ", ".join(
            f"{code} {count:,}"
            for (name, code), count in tally.outcomes.items()
            if name == op and code != "ok"
        )
        ranks = sorted(times)
        quantiles = (ranks[int(share * (len(ranks) - 1))] for share in (0.5, 0.95, 0.99))
        row = [f"{quantile * 1000:.1f}" for quantile in quantiles]
        table.add_row(op, f"{tally.outcomes[op, 'ok']:,}", refused, *row)
    return table


async def _disagreements(services: Services, show: int, clients: list[Client]) -> list[str]:
    """Return what differs once everything has settled; nothing when all agree."""
    state = await services.ledger.board_state(show)
    assert state is not None
    settled_by = time.monotonic() + SETTLE_TIMEOUT_S
    faults: list[str] = []
    while time.monotonic() < settled_by:
        state = await services.ledger.board_state(show)
        assert state is not None
        board = await services.board.read(show)
        faults = []
        if board is None or board.position != state.position or board.statuses != state.statuses:
            faults.append(f"the board differs from the ledger at {state.position}")
        for number, client in enumerate(clients):
            screen = client.screens[show]
            if isinstance(client.fault, OutOfOrder):
                faults.append(f"screen {number}: {client.fault}")
            elif screen.position != state.position or screen.statuses != state.statuses:
                faults.append(f"screen {number} is at {screen.position}, not {state.position}")
        if not faults:
            break
        await asyncio.sleep(0.1)
    return faults
