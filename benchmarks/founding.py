"""The road not taken: each hold in a SERIALIZABLE transaction of its own.

A per-show advisory lock, SKIP LOCKED and retries. It keeps no versions, no history and no board,
so it does less for a hold than the ledger does.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any, Final

import asyncpg

from app.domain import Hold
from app.sql import read_blocks

# 4 to 32 were tried; more connections only made more serialization failures.
CONNECTIONS: Final = 8

_STATEMENTS: Final = read_blocks(Path(__file__).with_name("founding.sql"))


async def hold_for_a_while(database_url: str, holds: list[Hold], seconds: float) -> tuple[int, int]:
    """Make *holds*, taken from the end, for some seconds; return (made, tries that failed)."""
    ends_at = time.perf_counter() + seconds
    counts = [0, 0]

    async def work(connection: asyncpg.Connection[Any]) -> None:
        while holds and time.perf_counter() < ends_at:
            hold = holds.pop()
            while not await _try(connection, hold):
                counts[1] += 1
            counts[0] += 1

    connections = [await asyncpg.connect(database_url) for _ in range(CONNECTIONS)]
    try:
        async with asyncio.TaskGroup() as group:
            for connection in connections:
                group.create_task(work(connection))
    finally:
        for connection in connections:
            await connection.close()
    return counts[0], counts[1]


async def _try(connection: asyncpg.Connection[Any], hold: Hold) -> bool:
    """Make one hold; False when it must be tried again."""
    try:
        async with connection.transaction(isolation="serializable"):
            await connection.execute(_STATEMENTS["lock_show"], hold.show)
            free = await connection.fetch(_STATEMENTS["lock_seats"], hold.show, hold.seats)
            if len(free) < len(hold.seats):
                return False
            await connection.execute(_STATEMENTS["hold_seats"], hold.show, hold.seats, hold.hold)
            prices = [0] * len(hold.seats)
            await connection.execute(
                _STATEMENTS["add_hold"],
                *(hold.show, hold.seats, hold.hold, hold.actor.holder, prices),
            )
    except asyncpg.SerializationError:
        return False
    return True
