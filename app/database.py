"""The PostgreSQL client: one pool, bounded waits, retries, and driver errors turned into ours.

Every statement sent through here may be sent twice: reads are, and the ledger's commands are made
so (same hold id, same effect). So a failure is retried whether or not it may have happened, until
the deadline; only then does it matter which: `unavailable` when it cannot have happened,
`unknown_outcome` when a statement was under way.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

import asyncpg
import structlog

from app.database_hosts import Hosts
from app.errors import SeatwireError, Unavailable, UnknownOutcome
from app.silence import Silence

Row = asyncpg.Record
T = TypeVar("T")

if TYPE_CHECKING:
    Connection = (
        asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]
    )

# A caller is told `unavailable` within a second when PostgreSQL is away, so a screen can say so
# while its user still looks at it.
RETRY_DEADLINE_S = 0.8
RETRY_BASE_S = 0.02
ACQUIRE_TIMEOUT_S = 0.5
CONNECT_TIMEOUT_S = 2.0
# When nothing is answered for so long, what comes next is not sent at all: it would hang, too, and
# its outcome not be known.
SILENCE_S_MAX = 1.0
# Longer than apply_batch's lock_timeout, so that the server's clearer error comes first.
STATEMENT_TIMEOUT_S = 4.0

# The server ends these by itself, before anything was committed.
_NOT_COMMITTED = (
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    # No such database, user or password: also for a while when one is made or changed.
    asyncpg.InvalidCatalogNameError,
    asyncpg.InvalidAuthorizationSpecificationError,
    # Only standbys answer.
    asyncpg.TargetServerAttributeNotMatched,
)
# The connection went away; a statement under way may have been committed.
_CONNECTION_LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.QueryCanceledError,
    asyncpg.InterfaceError,
    # What asyncpg says when it is asked after the server's goodbye and before the end of the line.
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)
# The server cannot: no room, no such partition, not migrated. Asking again at once does not help.
_SERVER_FAULTS = (
    asyncpg.InsufficientResourcesError,
    asyncpg.CheckViolationError,
    asyncpg.UndefinedTableError,
    asyncpg.UndefinedFunctionError,
    asyncpg.PostgresIOError,
)
# After these every pooled connection is suspect: a demoted primary keeps answering 25006 for ever.
# So it is when a statement's time is up: the others would be as deaf.
_SERVER_CHANGED = (
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.PostgresConnectionError,
    asyncpg.InternalClientError,
)

log = structlog.get_logger(__name__)


class Database:
    """A pool of connections to the ledger's database."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record]) -> None:
        self._pool = pool
        self._silence = Silence(SILENCE_S_MAX)

    @classmethod
    async def open(cls, url: str, *, connections_max: int, statement_cache_size: int) -> Self:
        """Make the pool; connects on first use, so a server may start before its database."""
        pool = asyncpg.create_pool(
            url,
            connect=cast(Any, Hosts(url).connect),  # its stub wants another signature
            min_size=0,
            max_size=connections_max,
            timeout=CONNECT_TIMEOUT_S,
            command_timeout=STATEMENT_TIMEOUT_S,
            statement_cache_size=statement_cache_size,
            init=_prepare_connection,
            reset=_leave_as_it_is,
            server_settings={"application_name": "seatwire"},
        )
        await pool
        return cls(pool)

    async def close(self) -> None:
        """Wait a moment for running statements, then close every connection."""
        try:
            async with asyncio.timeout(STATEMENT_TIMEOUT_S):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()

    async def fetch(self, query: str, *args: Any, changes: bool = False) -> list[Row]:
        """Run *query* and return its rows. Raises Unavailable.

        changes: whether it changes anything: then it raises UnknownOutcome when its answer is lost.
        """
        return await self._run(lambda connection: connection.fetch(query, *args), changes=changes)

    async def fetchrow(
        self, query: str, *args: Any, changes: bool = False, repeatable: bool = True
    ) -> Row | None:
        """Run *query* and return its first row. Raises Unavailable.

        changes: as of `fetch`. repeatable: whether running it twice is the same as once; else it is
        not tried again once it may have been committed.
        """
        return await self._run(
            lambda connection: connection.fetchrow(query, *args),
            changes=changes,
            repeatable=repeatable,
        )

    async def in_transaction(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """Run *work* in one transaction, once. Raises Unavailable or UnknownOutcome."""

        async def once(connection: Connection) -> T:
            async with connection.transaction():
                return await work(connection)

        return await self._run(once, changes=True, deadline_s=0)

    async def at_one_moment(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """Run *work*, which only reads, on one unchanging view of everything.

        Raises Unavailable.
        """

        async def once(connection: Connection) -> T:
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                return await work(connection)

        return await self._run(once, changes=False, deadline_s=0)

    async def _run(
        self,
        work: Callable[[Connection], Awaitable[T]],
        *,
        changes: bool,
        deadline_s: float = RETRY_DEADLINE_S,
        repeatable: bool = True,
    ) -> T:
        if self._silence.is_on:
            raise _final(in_doubt=False)
        with self._silence.question():
            return await self._ask(
                work, changes=changes, deadline_s=deadline_s, repeatable=repeatable
            )

    async def _ask(
        self,
        work: Callable[[Connection], Awaitable[T]],
        *,
        changes: bool,
        deadline_s: float,
        repeatable: bool,
    ) -> T:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + deadline_s
        attempt = 0
        under_way = False
        while True:
            began = False
            try:
                rest_s = deadline - loop.time() if attempt else ACQUIRE_TIMEOUT_S
                async with self._connection(min(rest_s, ACQUIRE_TIMEOUT_S)) as connection:
                    began = True
                    return await work(connection)
            except (*_NOT_COMMITTED, *_CONNECTION_LOST) as error:
                if isinstance(error, ValueError):
                    raise  # an argument that cannot be sent; asyncpg calls it an InterfaceError
                under_way |= began and isinstance(error, _CONNECTION_LOST)
                if isinstance(error, _SERVER_CHANGED) or (
                    began and isinstance(error, TimeoutError)
                ):
                    await self._pool.expire_connections()
                pause_s = random.uniform(0, RETRY_BASE_S * 2**attempt)
                if loop.time() + pause_s > deadline or (under_way and not repeatable):
                    log.warning("ledger.unreachable", error=repr(error), under_way=under_way)
                    raise _final(in_doubt=under_way and changes) from error
            except _SERVER_FAULTS as error:
                log.exception("ledger.fault", under_way=under_way)
                raise _final(in_doubt=under_way and changes) from error
            await asyncio.sleep(pause_s)
            attempt += 1

    @asynccontextmanager
    async def _connection(self, timeout_s: float) -> Any:
        connection = await self._pool.acquire(timeout=timeout_s)
        try:
            yield connection
        except asyncio.CancelledError:
            # Its release would wait for the server's word, and failing that raise in place of this.
            connection.terminate()
            raise
        finally:
            await self._pool.release(connection, timeout=ACQUIRE_TIMEOUT_S)


def _final(*, in_doubt: bool) -> SeatwireError:
    if in_doubt:
        return UnknownOutcome("The answer was lost; ask again with the same id.")
    return Unavailable("The ledger cannot be reached right now; nothing has happened.")


async def _prepare_connection(connection: Connection) -> None:
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", encoder=json.dumps, decoder=json.loads
    )


async def _leave_as_it_is(_connection: Connection) -> None:
    """Spare every release a round trip: nothing here changes a session beyond its transaction,
    and the pool rolls back what was left open."""
