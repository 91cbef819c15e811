"""The database is brought to this release, whoever asks and however often."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest

from app.schema import migrate
from tests.conftest import Servers
from tests.integration.conftest import Connect

PROCESSES = 4


@pytest.fixture
async def empty_database(servers: Servers) -> AsyncIterator[str]:
    """A database in which nothing is."""
    name = f"empty_{uuid4().hex}"
    admin = await asyncpg.connect(servers.database_url)
    await admin.execute(f"CREATE DATABASE {name}")
    try:
        yield servers.url_of(name)
    finally:
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await admin.close()


async def test_a_second_migration_finds_nothing_to_do(empty_database: str) -> None:
    """Migrating twice is migrating once."""
    assert (await migrate(empty_database))[0] == "0001_core"
    assert await migrate(empty_database) == []


async def test_several_that_migrate_at_once_apply_each_step_once(empty_database: str) -> None:
    """One does the work, the others wait and find nothing left."""
    applied = await asyncio.gather(*(migrate(empty_database) for _ in range(PROCESSES)))
    assert sorted(map(bool, applied)) == [False] * (PROCESSES - 1) + [True]


async def test_a_function_whose_text_changed_is_replaced(
    database_url: str, connect: Connect
) -> None:
    """Functions follow the files; a database with an older text gets the new one."""
    connection = await connect()
    await connection.execute(
        "UPDATE migrations SET digest = 'older' WHERE name = 'function apply_batch'"
    )
    assert await migrate(database_url) == ["function apply_batch"]


async def test_partitions_are_there_for_this_month_and_three_ahead(connect: Connect) -> None:
    """Bookings and events find a partition from the start."""
    connection = await connect()
    for table in ("bookings", "booking_seats", "seat_events"):
        count = await connection.fetchval(
            "SELECT count(*) FROM pg_inherits WHERE inhparent = $1::regclass", table
        )
        assert count == 4
    assert await connection.fetchval("SELECT ensure_partitions(3)") == 0
    assert await connection.fetchval("SELECT ensure_partitions(5)") == 6


async def test_I1_the_table_itself_refuses_a_seat_that_is_two_things(connect: Connect) -> None:
    """A seat's row cannot say held without a hold, or booked without a booking."""
    connection = await connect()
    await connection.execute("INSERT INTO seats (show_id, seat, category) VALUES (1, 0, 0)")
    for broken in ("status = 1", "status = 2", "hold_id = gen_random_uuid()", "status = 4"):
        with pytest.raises(asyncpg.CheckViolationError):
            await connection.execute(f"UPDATE seats SET {broken}")  # noqa: S608  # from the line above
    with pytest.raises(asyncpg.UniqueViolationError):
        await connection.execute("INSERT INTO seats (show_id, seat, category) VALUES (1, 0, 0)")
