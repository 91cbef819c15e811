"""A process dies at each boundary of a command's way; the others go on, and nothing is wrong.

The victim is a real process that kills itself there; who survives runs in the test.
"""

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import pytest
from redis.asyncio import Redis
from websockets.exceptions import WebSocketException

from app.changes import Snapshot
from app.client import Client
from app.config import Settings, SettingsError, settings_from_environ
from app.domain import Book, Command, EventKind, Hold
from app.failpoints import Failpoint
from app.services import Services
from tests.chaos.checker import UNHURRIED, check
from tests.chaos.history import Lost
from tests.chaos.recording import Connection, Recorder
from tests.conftest import Servers
from tests.end_to_end.fleet import Fleet, Process, open_fleet
from tests.integration.boards import BoardKeys, ledger_image
from tests.integration.conftest import ANN, BOB, WORKER, Connect, MakeShow, eventually
from workers.expiry import Expirer
from workers.reconcile import Reconciler

# So long a dying process may take to be gone.
END_S: Final = 10.0
OTHER_SEAT: Final = 9
ON_A_TAKES_WAY: Final = (
    Failpoint.BEFORE_CLAIM,
    Failpoint.AFTER_CLAIM,
    Failpoint.BEFORE_COMMIT,
    Failpoint.AFTER_COMMIT,
    Failpoint.AFTER_POST,
    Failpoint.BEFORE_REPLY,
)
COMMITTED: Final = (Failpoint.AFTER_COMMIT, Failpoint.AFTER_POST, Failpoint.BEFORE_REPLY)


@pytest.fixture
async def fleet(
    servers: Servers, database_url: str, redis_prefix: str, tmp_path: Path
) -> AsyncIterator[Fleet]:
    async with open_fleet(database_url, servers.redis_url, redis_prefix, tmp_path) as fleet:
        yield fleet


@dataclass
class Survivors:
    """Another instance and a worker, and what is noted of all."""

    services: Services
    fleet: Fleet
    show: int
    recorder: Recorder
    connection: Connection
    keys: BoardKeys

    async def ask_the_victim(self, client: Client, command: Hold | Book) -> None:
        """Ask; no answer will come."""
        invoked_s = time.time()
        fields = {"show": command.show, "hold": str(command.hold)}
        if isinstance(command, Hold):
            reply = client.ask("hold", **fields, seats=list(command.seats))
        else:
            reply = client.ask("book", **fields)
        with pytest.raises(WebSocketException):
            await reply
        self.recorder.note(command, invoked_s, Lost())

    async def ask(self, command: Command) -> bool:
        return await self.recorder.ask(self.services.box_office, command) is not None

    async def events(self) -> list[EventKind]:
        events = await self.services.ledger.events_after(self.show, 0, 1_000)
        return [event.change.kind for event in events]

    async def recover(self) -> None:
        """Do what the workers do until the board is what the ledger says."""
        reconciler = Reconciler(self.services)

        async def is_whole() -> bool:
            await reconciler.look()
            image = await self.keys.image(self.show)
            return image == await ledger_image(self.services, self.show)

        await eventually(is_whole)

    async def judge(self, died_s: float) -> None:
        self.recorder.history.disturbances.append((died_s, time.time()))
        board = await self.services.board.read(self.show)
        assert board is not None
        self.recorder.see_last("board", self.show, board)
        assert check(await self.recorder.end(self.connection), UNHURRIED) == []


@pytest.fixture
async def survivors(
    services: Services,
    fleet: Fleet,
    make_show: MakeShow,
    connect: Connect,
    valkey: Redis,
    redis_prefix: str,
) -> Survivors:
    show, connection, recorder = await make_show(), await connect(), Recorder()
    recorder.staff("ledger", "worker:expiry", WORKER)
    await recorder.begin(connection, show)
    keys = BoardKeys(valkey, redis_prefix)
    return Survivors(services, fleet, show, recorder, connection, keys)


async def _start_victim(fleet: Fleet, failpoints: str) -> Process:
    return await fleet.start_web(SEATWIRE_ENV="development", SEATWIRE_FAILPOINTS=failpoints)


async def _has_died(process: Process) -> None:
    code = await asyncio.wait_for(process.child.wait(), END_S)
    assert code == -signal.SIGKILL, "it ended, but not at the failpoint"


@pytest.mark.parametrize("point", ON_A_TAKES_WAY)
async def test_I3_I9_a_take_survives_a_crash(survivors: Survivors, point: Failpoint) -> None:
    """Asked again with the same id, elsewhere, the take is granted, once; nobody else gets in."""
    show, hold = survivors.show, uuid4()
    await survivors.services.board_keeper.rebuild(show)
    victim = await _start_victim(survivors.fleet, point)
    died_s = time.time()
    async with survivors.fleet.buyer(victim, holder=ANN.holder) as client:
        await survivors.ask_the_victim(client, Hold(show, hold, (1, 2), ANN))
    await _has_died(victim)
    assert await survivors.events() == ([EventKind.HOLD] if point in COMMITTED else [])
    assert await survivors.ask(Hold(show, uuid4(), (OTHER_SEAT,), BOB))
    if point in COMMITTED:
        assert not await survivors.ask(Hold(show, uuid4(), (2, 3), BOB))
    assert await survivors.ask(Hold(show, hold, (1, 2), ANN))
    await survivors.recover()
    assert await survivors.ask(Book(show, hold, UUID(int=0), None, ANN))
    await survivors.judge(died_s)


@pytest.mark.parametrize("point", [Failpoint.BEFORE_COMMIT, *COMMITTED])
async def test_I4_I8_a_booking_survives_a_crash(survivors: Survivors, point: Failpoint) -> None:
    """Booked again with the same hold, elsewhere, there is one booking."""
    show, hold = survivors.show, uuid4()
    assert await survivors.ask(Hold(show, hold, (1, 2), ANN))
    victim = await _start_victim(survivors.fleet, point)
    died_s = time.time()
    async with survivors.fleet.buyer(victim, holder=ANN.holder) as client:
        await survivors.ask_the_victim(client, Book(show, hold, UUID(int=0), None, ANN))
    await _has_died(victim)
    assert await survivors.ask(Book(show, hold, uuid4(), None, ANN))
    assert await survivors.events() == [EventKind.HOLD, EventKind.BOOK]
    await survivors.recover()
    await survivors.judge(died_s)


async def test_I12_a_crash_while_a_board_is_put_up_leaves_none(survivors: Survivors) -> None:
    """The next who wants the board puts it up, whole."""
    show, hold = survivors.show, uuid4()
    victim = await _start_victim(survivors.fleet, Failpoint.BEFORE_LOAD)
    died_s = time.time()
    async with survivors.fleet.buyer(victim, holder=ANN.holder) as client:
        await survivors.ask_the_victim(client, Hold(show, hold, (1, 2), ANN))
    await _has_died(victim)
    assert await survivors.services.board.read(show) is None
    assert await survivors.ask(Hold(show, hold, (1, 2), ANN))
    await survivors.recover()
    await survivors.judge(died_s)


async def test_I5_I6_a_screen_goes_on_where_its_instance_died(survivors: Survivors) -> None:
    """An instance dies as it hears of a change; another one brings the screen up."""
    show, fleet = survivors.show, survivors.fleet
    victim = await _start_victim(fleet, Failpoint.BEFORE_DELIVER)
    died_s = time.time()
    async with fleet.buyer(victim) as client:
        await client.watch(show)
        assert await survivors.ask(Hold(show, uuid4(), (1, 2), ANN))
        await _has_died(victim)
        screen = client.screens[show]
    other = await fleet.start_web()
    async with fleet.buyer(other) as client:
        client.screens[show] = screen
        await client.watch(show, since=screen.position)
        assert screen.position is not None
        seen = Snapshot(screen.position, bytes(screen.statuses))
        survivors.recorder.see_last("screen", show, seen)
    await survivors.judge(died_s)


async def test_I7_a_hold_expires_although_a_worker_died_at_it(
    survivors: Survivors, make_show: MakeShow
) -> None:
    """Another worker finds it due; not before its time."""
    survivors.show = show = await make_show(hold_ttl_s=1)
    await survivors.recorder.begin(survivors.connection, show)
    died_s = time.time()
    assert await survivors.ask(Hold(show, uuid4(), (1, 2), ANN))
    victim = await survivors.fleet.start_worker(
        "expiry", SEATWIRE_ENV="development", SEATWIRE_FAILPOINTS=Failpoint.BEFORE_EXPIRE
    )
    await _has_died(victim)
    assert await survivors.events() == [EventKind.HOLD]
    await Expirer(survivors.services).look()
    assert await survivors.events() == [EventKind.HOLD, EventKind.EXPIRE]
    assert await survivors.ask(Hold(show, uuid4(), (1, 2), BOB))
    await survivors.judge(died_s)


def test_failpoints_are_for_development(monkeypatch: pytest.MonkeyPatch) -> None:
    """In production a process that is told to kill itself does not start."""
    for name, value in {
        "SEATWIRE_DATABASE_URL": "postgresql://x/y",
        "SEATWIRE_REDIS_URL": "redis://x",
        "SEATWIRE_SECRET": "a secret that only tests use, 32 bytes",
        "SEATWIRE_FAILPOINTS": "after_commit:2",
    }.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match="SEATWIRE_FAILPOINTS: it is for tests"):
        settings_from_environ()
    monkeypatch.setenv("SEATWIRE_ENV", "development")
    assert isinstance(settings_from_environ(), Settings)
    monkeypatch.setenv("SEATWIRE_FAILPOINTS", "after_lunch")
    with pytest.raises(SettingsError, match="SEATWIRE_FAILPOINTS"):
        settings_from_environ()
