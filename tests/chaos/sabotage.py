"""Deliberate bugs: the product's parts, each with one thing wrong. Tests alone build with them.

They show that the checker finds what it is for; no code of the product knows of them.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from redis.asyncio import Redis

from app.board import Board, Take, _load_scripts
from app.board_keeper import BoardKeeper
from app.box_office import BoxOffice
from app.changes import Change, ChangeBatch, Position
from app.database import ACQUIRE_TIMEOUT_S, Database, Row
from app.desk import Ticket
from app.domain import Actor, Command, Expire, Outcome, Role
from app.errors import SeatsTaken, SeatwireError
from app.feed import Feed
from app.services import Services
from app.sql import SQL_FOLDER
from realtime.replica import Replica
from tests.chaos.recording import Connection, Recorder

TTL_EXPIRER: Final = Actor("worker:ttl", Role.STAFF)

# Function -> what is written there, and what the bug has instead.
NO_GUARD: Final = (
    "take_holds",
    {
        " FILTER (WHERE s.status = 0)": "",
        "FILTER (WHERE s.status <> 0 AND s.hold_id IS DISTINCT FROM c.hold_id)": (
            "FILTER (WHERE false)"
        ),
    },
)
ANYBODY_RELEASES: Final = (
    "release_holds",
    {"WHEN h.holder <> c.actor AND NOT c.staff THEN 'forbidden'": ""},
)
EXPIRES_ANY_TIME: Final = (
    "expire_holds",
    {"WHERE h.status = 'held' AND h.expires_at <= p_now": "WHERE h.status = 'held'"},
)
# The worker's own statement, past apply_batch and so past the clock row.
EXPIRE_WITHOUT_CLOCK: Final = """
    SELECT expire_holds($1, clock_timestamp(), ARRAY[0], ARRAY[$2::uuid], '{}', 'worker:hasty')
"""
WAITS_FOR_LOCK: Final = """
    SELECT EXISTS (SELECT FROM pg_stat_activity
                   WHERE datname = current_database() AND wait_event_type = 'Lock')
"""


async def install(connection: Connection, bug: tuple[str, dict[str, str]]) -> None:
    """Replace a function of the ledger, in this database alone, by one with *bug*."""
    function, changes = bug
    text = (SQL_FOLDER / "functions" / f"{function}.sql").read_text()
    for right, wrong in changes.items():
        assert right in text, f"{function}.sql no longer says {right!r}"
        text = text.replace(right, wrong)
    await connection.execute(text)


class EagerDatabase(Database):
    """Acknowledges before the commit, which is lost: the process dies between the two."""

    async def fetch(self, query: str, *args: Any, changes: bool = False) -> list[Row]:
        async with self._connection(ACQUIRE_TIMEOUT_S) as connection:
            transaction = connection.transaction()
            await transaction.start()
            rows: list[Row] = await connection.fetch(query, *args)
            await transaction.rollback()
            return rows


class ForgetfulKeeper(BoardKeeper):
    """Forgets the claims of takes that the ledger refused."""

    async def post(
        self,
        show: int,
        batch: ChangeBatch | None,
        *,
        unclaimed: Sequence[Take] = (),
        at_least: int = 0,
    ) -> None:
        await super().post(show, batch, at_least=at_least)


class OneQueueOffice(BoxOffice):
    """Has one queue for all shows: each command waits until the one before it is answered."""

    def __init__(self, *parts: Any, **more: Any) -> None:
        super().__init__(*parts, **more)
        self._turn = asyncio.Lock()

    def submit(self, command: Command) -> asyncio.Future[Outcome]:
        return asyncio.ensure_future(self._submit_in_turn(command))

    async def _submit_in_turn(self, command: Command) -> Outcome:
        async with self._turn:
            return await super().submit(command)


class DeafOffice(BoxOffice):
    """Forgets to answer those who lost at the claim."""

    def _refuse(self, ticket: Ticket, error: SeatwireError) -> None:
        if not isinstance(error, SeatsTaken):
            super()._refuse(ticket, error)


class UnorderedBoard(Board):
    """Applies and publishes whatever comes, in the order in which it comes."""

    def __init__(self, client: Redis, *, prefix: str) -> None:
        super().__init__(client, prefix=prefix)
        text = _load_scripts()["post"]
        for right, wrong in {
            "if first > version + 1 then": "if false then",
            "for i = version - first + 2,": "for i = math.max(1, version - first + 2),",
        }.items():
            assert right in text, f"board.lua no longer says {right!r}"
            text = text.replace(right, wrong)
        self._post = client.register_script(text)


class LossyFeed(Feed):
    """Loses the next change, as a channel may. No bug: the honest follower survives it."""

    losing = False

    def _receive_of(self, show: int, kind: str, channel: bytes, data: bytes) -> None:
        if self.losing and kind == "smessage":
            self.losing = False
            return
        super()._receive_of(show, kind, channel, data)


class GapBlindReplica(Replica):
    """Takes what comes for what is next."""

    def apply(self, batch: ChangeBatch) -> list[Change] | None:
        epoch, version = self.position
        if batch.first > version + 1:
            self.position = Position(epoch, batch.first - 1)
        return super().apply(batch)


class TtlExpirer:
    """Takes a hold that Redis no longer has for one whose time is over."""

    def __init__(self, services: Services, client: Redis) -> None:
        self._services = services
        self._client = client

    async def look(self, show: int, recorder: Recorder) -> None:
        """Expire every hold of *show* that Redis has forgotten."""
        state = await self._services.ledger.board_state(show)
        assert state is not None
        key = f"{self._services.settings.redis_prefix}{{show:{show}}}:holds"
        for id_, *_ in state.holds:
            reply: Any = self._client.hexists(key, id_)
            if not await reply:
                try:
                    await self._services.box_office.submit(Expire(show, UUID(id_), TTL_EXPIRER))
                except SeatwireError:
                    continue  # the honest ledger says that it is not due
