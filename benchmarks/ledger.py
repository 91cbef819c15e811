"""Durable two-seat holds a second on one show, in one process, fsync on.

    python -m benchmarks.ledger [--seconds 5]

Starts a PostgreSQL and a Valkey of its own in a temporary folder and measures, one after another
and each on a new show of 100,000 seats:

1. the ledger alone, by commands in a batch;
2. the box office: claim on the board, commit in the ledger, post to the board, answer; with as
   many holds under way as the first column says;
3. the founding design, a SERIALIZABLE transaction for each hold (benchmarks/founding.py), and the
   box office at full batches, in turns.

The processor time of a hold is split by who spends it. Ends with an error when the ledger, the
board and the answers differ.
"""

import argparse
import asyncio
import os
import random
import tempfile
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Final
from uuid import uuid4

import uvloop

from app.config import Settings
from app.desk import BATCH_COMMANDS_MAX, BATCHES_UNDER_WAY_MAX
from app.domain import Actor, Hold, Outcome, Role, SeatStatus, ShowStatus
from app.embedded import EmbeddedServers, embedded_servers
from app.plans import parse_plan
from app.schema import migrate
from app.services import Services, open_services
from benchmarks import founding
from benchmarks.machine import describe_machine
from benchmarks.processor_time import POSTGRES, VALKEY, ProcessorTime
from realtime.garbage import leave_the_old_alone
from tests.small_plan import small_plan

BATCH_SIZES: Final = (1, 10, 50, 200)
UNDER_WAY: Final = (1, 10, 100, 1_000)
# More than four batches of what is enough, so that those beyond are longer.
FULL: Final = BATCHES_UNDER_WAY_MAX * BATCH_COMMANDS_MAX
TURNS: Final = 5
ROWS: Final = 250
SEATS_PER_ROW: Final = 400
PYTHON: Final = "Python"


@dataclass(slots=True)
class Bench:
    """What the measurements share."""

    servers: EmbeddedServers
    services: Services
    venue: int
    seconds: float

    async def add_show(self) -> int:
        show = await self.services.catalog.add_show(
            venue=self.venue,
            title="Bench",
            starts_at=datetime(2031, 5, 1, tzinfo=UTC),
            status=ShowStatus.ON_SALE,
        )
        return show.show

    def processor_time(self) -> ProcessorTime:
        return ProcessorTime(self.servers, {PYTHON: [os.getpid()]})


def holds_of_pairs(show: int) -> list[Hold]:
    """Return a hold of two random seats for every two seats of *show*, each by another buyer."""
    seats = list(range(ROWS * SEATS_PER_ROW))
    random.shuffle(seats)
    pairs = zip(seats[::2], seats[1::2], strict=True)
    return [
        Hold(show, uuid4(), (min(pair), max(pair)), Actor(uuid4().hex, Role.BUYER))
        for pair in pairs
    ]


async def measure_founding(bench: Bench, database_url: str) -> float:
    """Print the founding design's line and return its holds a second."""
    holds = holds_of_pairs(await bench.add_show())
    clock, started_at = bench.processor_time(), time.perf_counter()
    made, failed = await founding.hold_for_a_while(database_url, holds, bench.seconds)
    rate = print_line("founding design", made, time.perf_counter() - started_at, clock)
    print(f"  {founding.CONNECTIONS} connections; {failed / max(1, made):.2f} retries a hold")
    return rate


async def measure_ledger(bench: Bench, size: int) -> None:
    """Print the ledger's line for one size of batch."""
    show = await bench.add_show()
    holds = holds_of_pairs(show)
    clock, started_at, made = bench.processor_time(), time.perf_counter(), 0
    while time.perf_counter() - started_at < bench.seconds and len(holds) >= size:
        batch = [holds.pop() for _ in range(size)]
        applied = await bench.services.ledger.apply(show, batch)
        made += sum(isinstance(answer, Outcome) for answer in applied.answers)
    print_line(f"ledger, batch {size}", made, time.perf_counter() - started_at, clock)


async def measure_box_office(bench: Bench, under_way: int) -> float:
    """Print the box office's line for so many holds under way; return its holds a second."""
    show = await bench.add_show()
    await bench.services.board_keeper.rebuild(show)
    holds = holds_of_pairs(show)
    office = bench.services.box_office
    clock, started_at = bench.processor_time(), time.perf_counter()
    ends_at = started_at + bench.seconds
    answers: deque[asyncio.Future[Outcome]] = deque()
    made = 0
    while holds and time.perf_counter() < ends_at:
        while holds and len(answers) < under_way:
            answers.append(office.submit(holds.pop()))
        await answers.popleft()
        made += 1
    made += len(await asyncio.gather(*answers))
    rate = print_line(
        f"box office, {under_way} under way", made, time.perf_counter() - started_at, clock
    )
    await compare(bench.services, show, made)
    return rate


async def compare(services: Services, show: int, made: int) -> None:
    """Raise SystemExit when ledger, board and answers differ."""
    state, board = await services.ledger.board_state(show), await services.board.read(show)
    if state is None or board is None:
        raise SystemExit(f"show {show} has no ledger or no board")
    if (board.position, board.statuses) != (state.position, state.statuses):
        raise SystemExit(f"the board is at {board.position}, the ledger at {state.position}")
    held = state.statuses.count(SeatStatus.HELD)
    if held != 2 * made or state.position.version != made:
        raise SystemExit(f"{made} holds were answered, {held} seats are held")


def print_line(name: str, made: int, took_s: float, clock: ProcessorTime) -> float:
    """Print holds a second and the microseconds of processor time a hold; return the former."""
    spent = clock.spent_s()
    micros = {part: spent_s / max(1, made) * 1e6 for part, spent_s in spent.items()}
    parts = "".join(f"{micros[part]:>12,.0f}" for part in (PYTHON, POSTGRES, VALKEY))
    print(f"{name:<28}{made / took_s:>10,.0f}{parts}", flush=True)
    return made / took_s


async def measure(servers: EmbeddedServers, seconds: float) -> None:
    """Print all lines."""
    settings = Settings.model_validate(
        {
            "database_url": servers.database_url,
            "redis_url": servers.redis_url,
            "secret": "of a benchmark, long enough for a key",
        }
    )
    await migrate(servers.database_url)
    print(f"{'':<28}{'holds/s':>10}{'us Python':>12}{'PostgreSQL':>12}{'Valkey':>12}")
    async with open_services(settings) as services:
        plan = parse_plan(small_plan(ROWS, SEATS_PER_ROW))
        bench = Bench(servers, services, await services.catalog.add_venue("Hall", plan), seconds)
        leave_the_old_alone()  # as an instance does
        for size in BATCH_SIZES:
            await measure_ledger(bench, size)
        for under_way in UNDER_WAY:
            await measure_box_office(bench, under_way)
        # In turns, so that both have the machine in the same mood.
        founding_rates, rates = [], []
        for _ in range(TURNS):
            founding_rates.append(await measure_founding(bench, servers.database_url))
            rates.append(await measure_box_office(bench, FULL))
    ratio = median(rates) / median(founding_rates)
    print(f"box office : founding design = {ratio:.1f} : 1, by the medians of {TURNS} turns")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the measurement."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--seconds", type=float, default=5.0, help="for each line, or until a show is sold out"
    )
    seconds = parser.parse_args(arguments).seconds
    print(describe_machine())
    with tempfile.TemporaryDirectory(prefix="seatwire-bench-") as home:
        with embedded_servers(Path(home)) as servers:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(measure(servers, seconds))


if __name__ == "__main__":
    main()
