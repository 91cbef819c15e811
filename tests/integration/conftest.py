"""The parts of an instance on real servers, and shows to try them on."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol, TypeAlias

import asyncpg
import pytest
from redis.asyncio import Redis

from app.catalog import Catalog
from app.config import Settings
from app.domain import Actor, Command, Outcome, Role, ShowStatus
from app.errors import SeatwireError
from app.ledger import Ledger
from app.plans import parse_plan
from app.services import Services, open_services
from tests.conftest import Servers
from tests.small_plan import small_plan

ANN: Final = Actor("ann", Role.BUYER)
BOB: Final = Actor("bob", Role.BUYER)
SAM: Final = Actor("sam", Role.STAFF)
WORKER: Final = Actor("worker:test", Role.STAFF)

STARTS_AT: Final = datetime(2031, 5, 1, 18, 30, tzinfo=UTC)
# Minor units. The plan's first half of the rows is "Front".
PRICES: Final = {"Front": 5000, "Back": 3000}
SEATS: Final = 20
WAIT_S: Final = 10.0
POLL_S: Final = 0.01

SHIFT_HOLDS: Final = """
    UPDATE holds SET created_at = created_at - $2::interval, expires_at = expires_at - $2
    WHERE show_id = $1
"""
SHIFT_SEATS: Final = """
    UPDATE seats SET locked_until = locked_until - $2::interval WHERE show_id = $1 AND status = 1
"""

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Connect = Callable[[], Awaitable[Connection]]


class MakeShow(Protocol):
    """Adds a show to the ledger and returns its id; seats 0…9 cost 5000 when it has 20 of them."""

    async def __call__(
        self,
        *,
        seats: int = SEATS,
        status: ShowStatus = ShowStatus.ON_SALE,
        hold_ttl_s: int = 600,
        seats_per_hold_max: int = 10,
    ) -> int: ...


class PassTime(Protocol):
    """Makes the holds of a show *seconds* older, as if that time had passed."""

    async def __call__(self, show: int, seconds: int) -> None: ...


class OpenInstance(Protocol):
    """Opens another instance of the same installation; *changes* are to its settings."""

    def __call__(self, **changes: Any) -> AbstractAsyncContextManager[Services]: ...


@pytest.fixture
def open_instance(database_url: str, redis_prefix: str, servers: Servers) -> OpenInstance:
    def open_one(**changes: Any) -> AbstractAsyncContextManager[Services]:
        settings = {
            "database_url": database_url,
            "redis_url": servers.redis_url,
            "redis_prefix": redis_prefix,
            "secret": "a secret of the tests, long enough",
        }
        return open_services(Settings.model_validate(settings | changes))

    return open_one


@pytest.fixture
async def services(open_instance: OpenInstance) -> AsyncIterator[Services]:
    async with open_instance() as services:
        yield services


@pytest.fixture
def ledger(services: Services) -> Ledger:
    return services.ledger


@pytest.fixture
def make_show(services: Services) -> MakeShow:
    async def make(
        *,
        seats: int = SEATS,
        status: ShowStatus = ShowStatus.ON_SALE,
        hold_ttl_s: int = 600,
        seats_per_hold_max: int = 10,
    ) -> int:
        return await add_show(
            services.catalog,
            seats=seats,
            status=status,
            hold_ttl_s=hold_ttl_s,
            seats_per_hold_max=seats_per_hold_max,
        )

    return make


@pytest.fixture
async def connect(database_url: str) -> AsyncIterator[Connect]:
    """Opens connections of the test's own to its database."""
    async with AsyncExitStack() as stack:

        async def connect() -> Connection:
            connection = await asyncpg.connect(database_url)
            stack.push_async_callback(connection.close)
            return connection

        yield connect


@pytest.fixture
async def pass_time(connect: Connect) -> PassTime:
    connection = await connect()

    async def pass_time(show: int, seconds: int) -> None:
        past = timedelta(seconds=seconds)
        async with connection.transaction():
            await connection.execute(SHIFT_HOLDS, show, past)
            await connection.execute(SHIFT_SEATS, show, past)

    return pass_time


@pytest.fixture
async def valkey(servers: Servers) -> AsyncIterator[Redis]:
    """A client of the test's own."""
    async with Redis.from_url(servers.redis_url) as client:
        yield client


async def add_show(
    catalog: Catalog,
    *,
    seats: int,
    status: ShowStatus,
    hold_ttl_s: int,
    seats_per_hold_max: int,
) -> int:
    """Add a venue of two rows and a show in it."""
    assert seats % 2 == 0, "two rows of the same length"
    venue = await catalog.add_venue("Hall", parse_plan(small_plan(2, seats // 2)))
    show = await catalog.add_show(
        venue=venue,
        title="Hamlet",
        starts_at=STARTS_AT,
        prices=PRICES,
        status=status,
        hold_ttl_s=hold_ttl_s,
        seats_per_hold_max=seats_per_hold_max,
    )
    return show.show


def buyer(name: str) -> Actor:
    return Actor(name, Role.BUYER)


async def do(ledger: Ledger, command: Command) -> Outcome:
    """Carry out one command in a batch of its own and return its outcome, or raise its refusal."""
    (answer,) = (await ledger.apply(command.show, [command])).answers
    if isinstance(answer, SeatwireError):
        raise answer
    return answer


async def eventually(condition: Callable[[], Awaitable[bool]]) -> None:
    """Return when *condition* holds; fail the test when it does not within WAIT_S."""
    async with asyncio.timeout(WAIT_S):
        while True:
            if await condition():
                return
            await asyncio.sleep(POLL_S)
