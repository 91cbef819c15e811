"""An installation to measure: durable PostgreSQL, Valkey, web instances on one port, one worker.

All of it are real processes in a temporary folder, as `seatwire up` runs them.
"""

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

import httpx
import psutil
from prometheus_client.parser import text_string_to_metric_families

from app.auth import Tokens
from app.config import Settings, project_root
from app.domain import Role, SeatStatus, ShowStatus
from app.embedded import EmbeddedServers, embedded_servers
from app.plans import parse_plan
from app.schema import migrate
from app.services import Services, open_services
from benchmarks.processor_time import ProcessorTime
from benchmarks.wire import Wire
from tests.small_plan import small_plan

INSTANCES: Final = "instances"
WORKER: Final = "worker"
GENERATOR: Final = "generator"

ROW_SEATS: Final = 100
PRICES: Final = {"Front": 5_000, "Back": 3_000}
START_TIMEOUT_S: Final = 30.0
STOP_TIMEOUT_S: Final = 20.0
AGREE_TIMEOUT_S: Final = 10.0
TOKEN_TTL_S: Final = 3_600
_SECRET: Final = "of a benchmark, long enough for a key"


class Disagreement(Exception):
    """Raised when the ledger, the board and the screens differ after a run."""


@dataclass(slots=True)
class Installation:
    """The parts, and the ways in.

    services: this process's own, for setting up and comparing. generators: who makes the load.
    """

    servers: EmbeddedServers
    services: Services
    port: int
    instances: list[int]
    worker: int
    logs: Path
    generators: list[int]

    async def add_shows(self, count: int, seats: int, **fields: Any) -> list[int]:
        """Add a venue of *seats* seats and *count* shows on sale in it."""
        rows, row_seats = (1, seats) if seats < ROW_SEATS else (seats // ROW_SEATS, ROW_SEATS)
        plan = parse_plan(small_plan(rows, row_seats))
        catalog = self.services.catalog
        venue = await catalog.add_venue("Hall", plan)
        names = await catalog.category_names(plan.hash)
        shows = []
        for _ in range(count):
            show = await catalog.add_show(
                venue=venue,
                title="On sale",
                starts_at=datetime(2031, 5, 1, tzinfo=UTC),
                prices={name: PRICES[name] for name in names},
                status=ShowStatus.ON_SALE,
                **fields,
            )
            await self.services.board_keeper.rebuild(show.show)
            shows.append(show.show)
        return shows

    def tokens(self, count: int) -> list[str]:
        """Return tokens of so many new buyers."""
        issuer = Tokens(_SECRET, TOKEN_TTL_S)
        return [issuer.issue(Role.BUYER).token for _ in range(count)]

    def processor_time(self) -> ProcessorTime:
        parts = {INSTANCES: self.instances, WORKER: [self.worker], GENERATOR: self.generators}
        return ProcessorTime(self.servers, parts)

    async def counted(self, name: str, **labels: str) -> float:
        """Return what a counter of the instances says, summed over the labels not given."""
        async with httpx.AsyncClient(timeout=10) as http:
            text = (await http.get(f"http://127.0.0.1:{self.port}/metrics")).text
        return sum(
            sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )

    async def compare(self, show: int, wires: Iterable[Wire], *, booked: int | None = None) -> int:
        """Compare ledger, board and screens at rest; return how many screens agreed.

        booked: how many seats must be booked. Raises Disagreement.
        """
        state = await self.services.ledger.board_state(show)
        assert state is not None
        if booked is not None and state.statuses.count(SeatStatus.BOOKED) != booked:
            found = state.statuses.count(SeatStatus.BOOKED)
            raise Disagreement(f"show {show}: {booked} seats were sold, {found} are booked")
        ends_at = time.monotonic() + AGREE_TIMEOUT_S
        while True:
            board = await self.services.board.read(show)
            faults = [
                wire
                for wire in wires
                if (wire.screen.position, wire.screen.seats) != (state.position, state.statuses)
            ]
            is_board_right = board is not None and (
                (board.position, board.statuses) == (state.position, state.statuses)
            )
            if is_board_right and not faults:
                return len(list(wires))
            if time.monotonic() > ends_at:
                where = [(wire.screen.position, wire.fault) for wire in faults[:3]]
                raise Disagreement(
                    f"show {show}: ledger {state.position}, board right: {is_board_right}, "
                    f"{len(faults)} screens differ, such as {where}"
                )
            await asyncio.sleep(0.1)


@asynccontextmanager
async def installation(instance_count: int = 2) -> AsyncIterator[Installation]:
    """Run an installation while the block runs."""
    with tempfile.TemporaryDirectory(prefix="seatwire-bench-") as folder:
        home = Path(folder)
        with embedded_servers(home) as servers:
            await migrate(servers.database_url)
            with _running(home, servers, instance_count) as (port, children):
                *instances, worker = (child.pid for child in children)
                await _wait_until_listening(instances, port)
                settings = Settings.model_validate(_settings(servers))
                async with open_services(settings) as services:
                    generators = [os.getpid()]
                    yield Installation(servers, services, port, instances, worker, home, generators)


def _settings(servers: EmbeddedServers) -> dict[str, str]:
    return {
        "database_url": servers.database_url,
        "redis_url": servers.redis_url,
        "secret": _SECRET,
    }


@contextmanager
def _running(home: Path, servers: EmbeddedServers, instance_count: int) -> Any:
    """Run the processes; yields the port and the processes, the worker last."""
    port = _free_port()
    metrics = home / "metrics"
    metrics.mkdir()
    environment = {
        **os.environ,
        **{f"SEATWIRE_{name.upper()}": value for name, value in _settings(servers).items()},
        "SEATWIRE_PORT": str(port),
        # How fast sockets may open is measured elsewhere.
        "SEATWIRE_SOCKETS_PER_S": "20000",
        "PROMETHEUS_MULTIPROC_DIR": str(metrics),
    }
    commands = [["serve"]] * instance_count + [["work", "expiry", "reconcile", "partitions"]]
    children: list[subprocess.Popen[bytes]] = []
    try:
        for number, command in enumerate(commands):
            with (home / f"{number}-{command[0]}.log").open("wb") as log:
                children.append(_start(command, environment, log))
        yield port, children
    finally:
        for child in children:
            child.terminate()
        for child in children:
            try:
                child.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def _start(
    command: list[str], environment: dict[str, str], log: IO[bytes]
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "app.cli", *command],
        cwd=project_root(),
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
    )


async def _wait_until_listening(instances: list[int], port: int) -> None:
    """Return when every instance listens: whoever comes earlier leaves some without sockets."""
    async with asyncio.timeout(START_TIMEOUT_S):
        for pid in instances:
            while not any(  # noqa: ASYNC110  # another process; no event tells
                it.status == psutil.CONN_LISTEN and it.laddr.port == port
                for it in psutil.Process(pid).net_connections("tcp")
            ):
                await asyncio.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
