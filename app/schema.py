"""Brings a database to the schema of this release: numbered migrations, then the functions.

Migrations in `sql/migrations` run once each, in order. The functions in `sql/functions` are
replaced whenever their text changed. One transaction under an advisory lock: safe to run twice and
by two processes at once, and a failure leaves the database as it was.
"""

from __future__ import annotations

import hashlib

import asyncpg

from app.database_hosts import Hosts
from app.sql import SQL_FOLDER, load_queries

# Partitions are made this far ahead; the partitions worker keeps it so (workers/partitions.py).
PARTITION_MONTHS_AHEAD = 3


async def migrate(database_url: str) -> list[str]:
    """Apply what is missing and return its names, in order; nothing when up to date."""
    connection = await Hosts(database_url).connect(database_url, timeout=10)
    try:
        async with connection.transaction():
            return await _migrate(connection, load_queries("schema"))
    finally:
        await connection.close()


async def _migrate(
    connection: asyncpg.Connection[asyncpg.Record], queries: dict[str, str]
) -> list[str]:
    await connection.execute(queries["lock"])
    await connection.execute(queries["prepare"])
    known = {row["name"]: row["digest"] for row in await connection.fetch(queries["applied"])}
    migrations = sorted((SQL_FOLDER / "migrations").glob("*.sql"))
    functions = sorted((SQL_FOLDER / "functions").glob("*.sql"))
    texts = {path.stem: path.read_text() for path in migrations}
    texts |= {f"function {path.stem}": path.read_text() for path in functions}

    applied = []
    for name, text in texts.items():
        digest = hashlib.sha256(text.encode()).hexdigest()
        if known.get(name) == digest or (name in known and not name.startswith("function ")):
            continue
        await connection.execute(text)
        await connection.execute(queries["record"], name, digest)
        applied.append(name)
    await connection.fetchval(queries["ensure_partitions"], PARTITION_MONTHS_AHEAD)
    return applied
