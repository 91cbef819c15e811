"""The database is brought to this release, whoever asks and however often."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final
from uuid import uuid4

import asyncpg
import pytest

from app import schema
from app.schema import migrate
from app.sql import SQL_FOLDER
from tests.conftest import Servers
from tests.integration.conftest import Connect

PROCESSES: Final = 4
OLDER_FUNCTION: Final = """
    CREATE OR REPLACE FUNCTION ensure_partitions(months_ahead integer) RETURNS integer
    LANGUAGE sql AS 'SELECT -1';
    UPDATE migrations SET digest = 'older' WHERE name = 'function ensure_partitions';
"""
ONE_EVENT_EVERY_TWELVE_HOURS: Final = """
    INSERT INTO seat_events (show_id, version, kind, actor, seats, hold_seats, at)
    SELECT 1, row_number() OVER (), 'block', 'sam', '{}', '{}', t
    FROM generate_series(date_trunc('month', clock_timestamp(), 'UTC'),
                         date_trunc('month', clock_timestamp(), 'UTC') + interval '420 days',
                         interval '12 hours') AS t
"""
EVENTS_OUTSIDE_THE_PARTITION_OF_THEIR_MONTH: Final = """
    SELECT at, tableoid::regclass FROM seat_events
    WHERE tableoid::regclass::text <> to_char(at AT TIME ZONE 'UTC', '"seat_events_"YYYY_MM')
"""


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
    await connection.execute(OLDER_FUNCTION)
    assert await migrate(database_url) == ["function ensure_partitions"]
    assert await connection.fetchval("SELECT ensure_partitions(3)") == 0
    assert await migrate(database_url) == []


async def test_a_migration_that_fails_leaves_the_database_as_it_was(
    database_url: str, connect: Connect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What came before the fault in the same run is undone with it."""
    shutil.copytree(SQL_FOLDER, tmp_path / "sql")
    monkeypatch.setattr(schema, "SQL_FOLDER", tmp_path / "sql")
    migrations = tmp_path / "sql" / "migrations"
    (migrations / "9001_fine.sql").write_text("CREATE TABLE fine ();")
    (migrations / "9002_faulty.sql").write_text("CREATE TABLE faulty (;")
    connection = await connect()
    with pytest.raises(asyncpg.PostgresSyntaxError):
        await migrate(database_url)
    assert await connection.fetchval("SELECT to_regclass('fine')") is None
    (migrations / "9002_faulty.sql").write_text("CREATE TABLE faulty ();")
    assert await migrate(database_url) == ["9001_fine", "9002_faulty"]


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


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Berlin"])
async def test_partitions_are_months_of_utc_wherever_the_server_is(
    empty_database: str, zone: str
) -> None:
    """No day of the months ahead is without a partition, or in two, in any time zone."""
    connection = await asyncpg.connect(empty_database)
    name = await connection.fetchval("SELECT current_database()")
    await connection.execute(f"""ALTER DATABASE "{name}" SET timezone = '{zone}'""")
    await connection.close()
    await migrate(empty_database)
    connection = await asyncpg.connect(empty_database)
    try:
        assert await connection.fetchval("SHOW timezone") == zone
        await connection.execute("SELECT ensure_partitions(14)")
        await connection.execute(ONE_EVENT_EVERY_TWELVE_HOURS)
        misplaced = await connection.fetch(EVENTS_OUTSIDE_THE_PARTITION_OF_THEIR_MONTH)
        assert misplaced == []
    finally:
        await connection.close()


async def test_partitions_are_made_while_somebody_reads(connect: Connect) -> None:
    """A long report does not stop the next month from coming, nor the sale behind it."""
    reader, maker = await connect(), await connect()
    async with reader.transaction():
        for table in ("bookings", "booking_seats", "seat_events"):
            await reader.fetch(f"SELECT FROM {table}")
        assert await maker.fetchval("SELECT ensure_partitions(5)", timeout=5) == 6


async def test_I1_the_table_itself_refuses_a_seat_that_is_two_things(connect: Connect) -> None:
    """A seat's row cannot say held without a hold, or booked without a booking."""
    connection = await connect()
    await connection.execute("INSERT INTO seats (show_id, seat, category) VALUES (1, 0, 0)")
    for broken in ("status = 1", "status = 2", "hold_id = gen_random_uuid()", "status = 4"):
        with pytest.raises(asyncpg.CheckViolationError):
            await connection.execute(f"UPDATE seats SET {broken}")  # noqa: S608  # from the line above
    with pytest.raises(asyncpg.UniqueViolationError):
        await connection.execute("INSERT INTO seats (show_id, seat, category) VALUES (1, 0, 0)")
