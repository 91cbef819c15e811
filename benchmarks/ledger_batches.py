"""Durable two-seat holds a second on one show, by batch size; one process, fsync on.

    python -m benchmarks.ledger_batches

Starts a PostgreSQL of its own in a temporary folder, adds a show of 40,000 seats for each batch
size, and holds different random pairs of seats for some seconds.
"""

import asyncio
import random
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import uuid4

from app.catalog import Catalog
from app.database import Database
from app.domain import Actor, Hold, Outcome, Role, ShowStatus
from app.embedded import EmbeddedPostgres
from app.ledger import Ledger
from app.plans import parse_plan
from app.schema import migrate
from benchmarks.machine import describe_machine
from tests.small_plan import small_plan

BATCH_SIZES: Final = (1, 10, 50, 200)
SECONDS: Final = 4.0
ROWS: Final = 200
SEATS_PER_ROW: Final = 200


async def measure(database_url: str) -> None:
    """Print a line for each batch size."""
    await migrate(database_url)
    database = await Database.open(database_url, connections_max=2, statement_cache_size=100)
    try:
        ledger, catalog = Ledger(database), Catalog(database)
        venue = await catalog.add_venue("Hall", parse_plan(small_plan(ROWS, SEATS_PER_ROW)))
        for size in BATCH_SIZES:
            show = await catalog.add_show(
                venue=venue,
                title="Bench",
                starts_at=datetime(2031, 5, 1, tzinfo=UTC),
                status=ShowStatus.ON_SALE,
            )
            held, took_s = await hold_for_a_while(ledger, show.show, size)
            print(f"batch {size:>3}: {held / took_s:>8,.0f} holds/s")
    finally:
        await database.close()


async def hold_for_a_while(ledger: Ledger, show: int, size: int) -> tuple[int, float]:
    """Return how many holds were made in how many seconds."""
    free = list(range(ROWS * SEATS_PER_ROW))
    random.shuffle(free)
    started_at = time.perf_counter()
    held = 0
    while time.perf_counter() - started_at < SECONDS and len(free) >= 2 * size:
        holds = [_hold(show, (free.pop(), free.pop())) for _ in range(size)]
        applied = await ledger.apply(show, holds)
        held += sum(isinstance(answer, Outcome) for answer in applied.answers)
    return held, time.perf_counter() - started_at


def _hold(show: int, seats: tuple[int, int]) -> Hold:
    return Hold(show, uuid4(), seats, Actor(uuid4().hex, Role.BUYER))


def main() -> None:
    """Run the measurement."""
    print(describe_machine())
    with tempfile.TemporaryDirectory(prefix="seatwire-bench-") as home:
        postgres = EmbeddedPostgres(Path(home))
        with postgres:
            asyncio.run(measure(postgres.database_url()))


if __name__ == "__main__":
    main()
