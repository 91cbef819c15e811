"""Opens what a process needs and closes it in reverse; the object graph, in one place."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError

from app.auth import Tokens
from app.board import ANSWER_TIMEOUT_S, Board
from app.board_keeper import BoardKeeper
from app.box_office import BoxOffice
from app.catalog import Catalog
from app.config import Settings
from app.database import Database
from app.doctor import Doctor
from app.failpoints import arm
from app.feed import Feed
from app.ledger import Ledger
from app.presence import Presence
from app.references import References
from app.sales import Sales

REDIS_CONNECTIONS_MAX: Final = 64
# Connections of the pool that batches leave to reads.
READ_CONNECTIONS: Final = 2


@dataclass(frozen=True, slots=True)
class Services:
    """The parts of one process."""

    settings: Settings
    instance: str
    database: Database
    ledger: Ledger
    board: Board
    board_keeper: BoardKeeper
    catalog: Catalog
    box_office: BoxOffice
    feed: Feed
    tokens: Tokens
    sales: Sales
    references: References
    presence: Presence
    doctor: Doctor


@asynccontextmanager
async def open_services(settings: Settings) -> AsyncIterator[Services]:
    """Build the parts from *settings*; nothing is contacted before it is used."""
    arm(settings.failpoints)
    async with AsyncExitStack() as stack:
        database = await Database.open(
            settings.database_url.get_secret_value(),
            connections_max=settings.database_connections_max,
            statement_cache_size=settings.database_statement_cache_size,
        )
        stack.push_async_callback(database.close)
        client = Redis.from_pool(
            BlockingConnectionPool.from_url(
                settings.redis_url.get_secret_value(),
                max_connections=REDIS_CONNECTIONS_MAX,
                timeout=ANSWER_TIMEOUT_S,
                socket_timeout=ANSWER_TIMEOUT_S,
                socket_connect_timeout=ANSWER_TIMEOUT_S,
                # One more try covers a connection the server closed while it was idle.
                retry=Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,)),
            )
        )
        stack.push_async_callback(client.aclose)

        instance = uuid4().hex[:8]
        ledger = Ledger(database)
        catalog = Catalog(database)
        board = Board(client, prefix=settings.redis_prefix)
        stack.push_async_callback(board.close)
        board_keeper = BoardKeeper(board, ledger, catalog)
        box_office = BoxOffice(
            ledger,
            board,
            board_keeper,
            batches_max=max(1, settings.database_connections_max - READ_CONNECTIONS),
        )
        stack.push_async_callback(box_office.close)
        secret = settings.secret.get_secret_value()
        yield Services(
            settings=settings,
            instance=instance,
            database=database,
            ledger=ledger,
            board=board,
            board_keeper=board_keeper,
            catalog=catalog,
            box_office=box_office,
            feed=Feed(board, board_keeper, ledger, instance=instance),
            tokens=Tokens(secret, settings.session_ttl_s),
            sales=Sales(database),
            references=References(secret),
            presence=Presence(board, box_office.refusals, instance=instance),
            doctor=Doctor(database, ledger, board, board_keeper),
        )
