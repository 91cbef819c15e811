"""Two web instances, a worker, Valkey and PostgreSQL, and everything that can be done to them."""

import asyncio
import importlib.util
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import asyncpg
import httpx
import psutil
from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.embedded import EmbeddedPostgres, EmbeddedValkey
from app.schema import migrate
from tests.chaos.recording import Connection
from tests.chaos.schedule import INSTANCES, Fault, FaultKind
from tests.chaos.wire import Wire
from tests.end_to_end.fleet import Fleet, Process, environment, free_port

WEB_INSTANCES: Final = 2
LATENCY_S: Final = 0.15
DIRECT_TIMEOUT_S: Final = 2.0


@dataclass(slots=True)
class Instance:
    """A process of the product that is started again when it was killed. port: None of a worker."""

    number: int
    ledger: Wire
    board: Wire
    front: Wire | None
    port: int | None
    skew_s: int = 0
    process: Process | None = None
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def url(self) -> str:
        """Where clients come in, through a wire."""
        assert self.front is not None
        return f"http://127.0.0.1:{self.front.port}"

    def wires(self) -> list[Wire]:
        return [wire for wire in (self.ledger, self.board, self.front) if wire is not None]


class Cluster:
    """The processes, the servers, the wires between them. Made by `open_cluster`."""

    def __init__(self, postgres: EmbeddedPostgres, valkey: EmbeddedValkey, fleet: Fleet) -> None:
        self.postgres = postgres
        self.valkey = valkey
        self.fleet = fleet
        self.instances: list[Instance] = []
        self.injected: Counter[FaultKind] = Counter()
        self.redis = Redis.from_url(
            valkey.redis_url, socket_timeout=DIRECT_TIMEOUT_S, socket_connect_timeout=1.0
        )
        self._postgres_turn = asyncio.Lock()
        self._valkey_turn = asyncio.Lock()

    @property
    def webs(self) -> list[Instance]:
        return self.instances[:WEB_INSTANCES]

    @asynccontextmanager
    async def ledger(self) -> AsyncIterator[Connection]:
        """Open a connection past all wires. Raises OSError, asyncpg errors, TimeoutError."""
        connection = await asyncpg.connect(
            self.postgres.database_url(),
            timeout=DIRECT_TIMEOUT_S,
            command_timeout=DIRECT_TIMEOUT_S,
        )
        try:
            yield connection
        finally:
            connection.terminate()

    async def launch(self, instance: Instance) -> None:
        """Start the process of *instance*; returns at once."""
        settings = {
            "SEATWIRE_DATABASE_URL": (
                f"postgresql://postgres@127.0.0.1:{instance.ledger.port}/seatwire?sslmode=disable"
            ),
            "SEATWIRE_REDIS_URL": f"redis://127.0.0.1:{instance.board.port}/0",
            **skewed_clock(instance.skew_s),
        }
        if instance.port is None:
            instance.process = await self.fleet.start_worker(
                "expiry", "reconcile", "partitions", **settings
            )
        else:
            instance.process = await self.fleet.launch_web(port=instance.port, **settings)

    async def is_up(self) -> bool:
        """Say whether all processes run, all instances sell and hear of one another, and the worker
        has looked at the ledger."""
        for instance in self.instances:
            process = instance.process
            assert process is not None
            assert process.child.returncode is None, f"instance {instance.number} ended by itself"
        ready = [await self._is_ready(instance) for instance in self.webs]
        return all(ready) and self.instances[-1].ledger.is_used

    async def _is_ready(self, instance: Instance) -> bool:
        assert instance.process is not None
        try:
            return await self.fleet.is_ready(instance.process)
        except httpx.HTTPError:
            return False

    def count(self) -> Counter[str]:
        """Return how often each fault was injected; what was to be lost counts when it was."""
        counts = Counter({str(kind): number for kind, number in self.injected.items()})
        wires = [wire for instance in self.instances for wire in instance.wires()]
        counts[FaultKind.LOSE_ACK] = sum(wire.acks_lost for wire in wires)
        counts[FaultKind.LOSE_PUSH] = sum(wire.pushes_lost for wire in wires)
        return counts

    def heal(self) -> None:
        """End every fault that does not end by itself."""
        for instance in self.instances:
            for wire in instance.wires():
                wire.heal()

    def cut_half_open(self) -> None:
        """End what a network would notice in the end: connections that lead nowhere."""
        for instance in self.instances:
            for wire in instance.wires():
                wire.cut_half_open()

    async def inject(self, fault: Fault, skew_s: int) -> None:
        """Do what *fault* says, and undo it after its time.

        skew_s: how far the clock of a process is off that this starts.
        """
        self.injected[fault.kind] += 1
        instance = self.instances[fault.instance]
        web = self.webs[fault.instance % WEB_INSTANCES]
        worker = self.instances[-1]
        match fault.kind:
            case FaultKind.KILL_WEB:
                await self._end(web, signal.SIGKILL, fault.lasts_s, skew_s)
            case FaultKind.RESTART_WEB:
                await self._end(web, signal.SIGTERM, 0, skew_s)
            case FaultKind.PAUSE_WEB:
                await _pause_instance(web, fault.lasts_s)
            case FaultKind.KILL_WORKER:
                await self._end(worker, signal.SIGKILL, fault.lasts_s, skew_s)
            case FaultKind.PAUSE_WORKER:
                await _pause_instance(worker, fault.lasts_s)
            case FaultKind.KILL_VALKEY | FaultKind.PAUSE_VALKEY:
                async with self._valkey_turn:
                    await _hurt(self.valkey, fault, kills=fault.kind is FaultKind.KILL_VALKEY)
            case FaultKind.KILL_POSTGRES | FaultKind.PAUSE_POSTGRES:
                async with self._postgres_turn:
                    await _hurt(self.postgres, fault, kills=fault.kind is FaultKind.KILL_POSTGRES)
            case FaultKind.FLUSH | FaultKind.KILL_PUBSUB:
                await self._spoil_board(fault.kind)
            case _:
                await _spoil_wires(fault, instance, web)

    async def _end(
        self, instance: Instance, signal_: signal.Signals, lasts_s: float, skew_s: int
    ) -> None:
        async with instance.turn:
            assert instance.process is not None
            await instance.process.stop(signal_)
            await asyncio.sleep(lasts_s)
            instance.skew_s = skew_s
            self.injected[FaultKind.SKEW_CLOCK] += bool(skewed_clock(skew_s))
            await self.launch(instance)

    async def _spoil_board(self, kind: FaultKind) -> None:
        try:
            if kind is FaultKind.FLUSH:
                await self.redis.flushall()
            else:
                await self.redis.execute_command("CLIENT", "KILL", "TYPE", "pubsub")  # type: ignore[no-untyped-call]
        except (RedisError, OSError):
            self.injected[kind] -= 1  # it is away already


async def _pause_instance(instance: Instance, lasts_s: float) -> None:
    async with instance.turn:
        assert instance.process is not None
        child = instance.process.child
        child.send_signal(signal.SIGSTOP)
        await asyncio.sleep(lasts_s)
        child.send_signal(signal.SIGCONT)


async def _hurt(server: EmbeddedPostgres | EmbeddedValkey, fault: Fault, *, kills: bool) -> None:
    if kills:
        await asyncio.to_thread(server.kill)
        await asyncio.sleep(fault.lasts_s)
        await asyncio.to_thread(server.start)
        return
    pid = server.pid
    assert pid is not None
    main = psutil.Process(pid)
    stopped = [main]
    main.suspend()
    for child in main.children(recursive=True):
        _signal(child, signal.SIGSTOP)
        stopped.append(child)
    await asyncio.sleep(fault.lasts_s)
    for process in stopped:
        _signal(process, signal.SIGCONT)


def _signal(process: psutil.Process, signum: signal.Signals) -> None:
    try:
        process.send_signal(signum)
    except psutil.NoSuchProcess:
        return


async def _spoil_wires(fault: Fault, instance: Instance, web: Instance) -> None:
    front = web.front
    assert front is not None
    match fault.kind:
        case FaultKind.CUT_CLIENTS:
            front.cut()
        case FaultKind.CUT_LEDGER:
            instance.ledger.cut()
        case FaultKind.CUT_BOARD:
            instance.board.cut()
        case FaultKind.HALF_OPEN_CLIENTS:
            front.go_half_open()
        case FaultKind.HALF_OPEN_LEDGER:
            instance.ledger.go_half_open()
        case FaultKind.HALF_OPEN_BOARD:
            instance.board.go_half_open()
        case FaultKind.LOSE_ACK:
            instance.ledger.acks_to_lose += 1
        case FaultKind.LOSE_PUSH:
            web.board.pushes_to_lose += 1
        case FaultKind.SLOW_LEDGER | FaultKind.SLOW_BOARD:
            is_ledger = fault.kind is FaultKind.SLOW_LEDGER
            wire = instance.ledger if is_ledger else instance.board
            wire.latency_s = LATENCY_S
            await asyncio.sleep(fault.lasts_s)
            wire.latency_s = 0.0
        case _:
            raise AssertionError(fault.kind)


def skewed_clock(skew_s: int) -> dict[str, str]:
    """Return the environment of a process whose clock is off by *skew_s*; its timers are not.

    Nothing where the library cannot be loaded.
    """
    spec = importlib.util.find_spec("libfaketime")
    if not skew_s or spec is None or spec.origin is None:
        return {}
    library = Path(spec.origin).parent / "vendor" / "libfaketime" / "src" / "libfaketime.so.1"
    if not library.exists():
        return {}
    return {
        "LD_PRELOAD": str(library),
        "FAKETIME": f"{skew_s:+d}",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


@asynccontextmanager
async def open_cluster(home: Path) -> AsyncIterator[Cluster]:
    """Run everything in *home*, with durable settings, until the block ends."""
    postgres, valkey = EmbeddedPostgres(home, durable=True), EmbeddedValkey(home)
    async with AsyncExitStack() as stack:
        for server in (postgres, valkey):
            stack.push_async_callback(asyncio.to_thread, server.stop)
            await asyncio.to_thread(server.start)
        await migrate(postgres.database_url())
        http = await stack.enter_async_context(httpx.AsyncClient(timeout=2))
        fleet = Fleet(environment(postgres.database_url(), valkey.redis_url, ""), http, home)
        stack.push_async_callback(fleet.stop)
        cluster = Cluster(postgres, valkey, fleet)
        stack.push_async_callback(cluster.redis.aclose)
        for number in range(INSTANCES):
            cluster.instances.append(await _wire_up(cluster, number, stack))
        for instance in cluster.instances:
            await cluster.launch(instance)
        yield cluster


async def _wire_up(cluster: Cluster, number: int, stack: AsyncExitStack) -> Instance:
    postgres, valkey = cluster.postgres, cluster.valkey
    port = free_port() if number < WEB_INSTANCES else None
    instance = Instance(
        number,
        Wire(str(postgres.socket_folder / postgres.socket_name)),
        Wire(str(valkey.socket_folder / valkey.socket_name)),
        None if port is None else Wire(port),
        port,
    )
    for wire in instance.wires():
        await wire.open()
        stack.push_async_callback(wire.close)
    return instance
