"""The checker is worth what it catches: each bug, switched on, breaks the promise it should.

Every scene is played twice, with and without the bug; without it nothing may be found.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from app.board import Take
from app.board_keeper import BoardKeeper
from app.box_office import BoxOffice
from app.changes import ChangeBatch, Position, Snapshot
from app.database import Database, Row
from app.domain import Command, Expire, Hold, Release
from app.ledger import Applied, Ledger
from app.services import Services
from realtime.replica import Replica
from tests.chaos import sabotage
from tests.chaos.checker import UNHURRIED, check
from tests.chaos.history import Bounds
from tests.chaos.recording import Connection, Recorder
from tests.integration.boards import BoardKeys
from tests.integration.conftest import (
    ANN,
    BOB,
    SAM,
    WORKER,
    Connect,
    MakeShow,
    OpenInstance,
    eventually,
)

# Of a client whose question was forgotten.
PATIENCE_S: Final = 1.0

honest_and_not: Final = pytest.mark.parametrize("sabotaged", [False, True], ids=["honest", "bug"])


@dataclass
class Scene:
    """One show, what is noted of it, and a connection of the test's own."""

    services: Services
    show: int
    recorder: Recorder
    connection: Connection

    async def verdict(self, bounds: Bounds = UNHURRIED) -> set[str]:
        """Return the invariants that the checker finds broken."""
        history = await self.recorder.end(self.connection)
        return {violation.invariant for violation in check(history, bounds)}

    async def ask(self, command: Command) -> bool:
        return await self.recorder.ask(self.services.box_office, command) is not None


@pytest.fixture
async def scene(services: Services, make_show: MakeShow, connect: Connect) -> Scene:
    recorder, connection = Recorder(), await connect()
    show = await make_show()
    recorder.staff(SAM, WORKER, sabotage.TTL_EXPIRER, "worker:hasty", "ledger")
    await recorder.begin(connection, show)
    return Scene(services, show, recorder, connection)


@honest_and_not
async def test_acknowledged_before_the_commit(
    scene: Scene, database_url: str, sabotaged: bool
) -> None:
    """I3: a hold that was granted is not there."""
    kind = sabotage.EagerDatabase if sabotaged else Database
    database = await kind.open(database_url, connections_max=2, statement_cache_size=100)
    office = BoxOffice(
        Ledger(database), scene.services.board, scene.services.board_keeper, batches_max=1
    )
    await scene.ask(Hold(scene.show, uuid4(), (1,), ANN))
    await scene.recorder.ask(office, Hold(scene.show, uuid4(), (2,), BOB))
    await office.close()
    await database.close()
    assert await scene.verdict() == ({"I3"} if sabotaged else set())


@honest_and_not
async def test_no_unique_guard(
    scene: Scene, open_instance: OpenInstance, tmp_path: Path, sabotaged: bool
) -> None:
    """I1: one seat, two holds. Redis is away, so the guard alone stands between the two."""
    if sabotaged:
        await sabotage.install(scene.connection, sabotage.NO_GUARD)
    async with open_instance(redis_url=f"unix://{tmp_path}/nobody.sock") as alone:
        for buyer in (ANN, BOB):
            await scene.recorder.ask(alone.box_office, Hold(scene.show, uuid4(), (1,), buyer))
    assert await scene.verdict() == ({"I1"} if sabotaged else set())


@honest_and_not
async def test_redis_trusted_to_know_when_a_hold_ends(
    scene: Scene, valkey: Redis, redis_prefix: str, sabotaged: bool
) -> None:
    """I7: what Redis has lost is released before its time."""
    if sabotaged:
        await sabotage.install(scene.connection, sabotage.EXPIRES_ANY_TIME)
    await scene.ask(Hold(scene.show, uuid4(), (1, 2), ANN))
    await BoardKeys(valkey, redis_prefix).lose_all()
    await sabotage.TtlExpirer(scene.services, valkey).look(scene.show, scene.recorder)
    assert await scene.verdict() == ({"I7"} if sabotaged else set())


class Screen:
    """A follower with one replica."""

    def __init__(self, kind: type[Replica]) -> None:
        self._kind = kind
        self.replica: Replica | None = None

    @property
    def position(self) -> Position | None:
        return None if self.replica is None else self.replica.position

    def apply(self, batch: ChangeBatch) -> bool:
        assert self.replica is not None
        return self.replica.apply(batch) is not None

    def reset(self, snapshot: Snapshot, history: Sequence[ChangeBatch] = ()) -> None:
        if self.replica is None:
            self.replica = self._kind(snapshot, history)
        else:
            self.replica.reset(snapshot)


@honest_and_not
async def test_a_gap_ignored(scene: Scene, sabotaged: bool) -> None:
    """I6: a screen that has not heard of version 1 and calls itself at 2."""
    services, show = scene.services, scene.show
    feed = sabotage.LossyFeed(services.board, services.board_keeper, services.ledger, instance="x")
    screen = Screen(sabotage.GapBlindReplica if sabotaged else Replica)
    running = asyncio.create_task(feed.run())
    await eventually(lambda: _is_live(feed))
    await feed.follow(show, screen)
    feed.losing = True
    await scene.ask(Hold(show, uuid4(), (1,), ANN))
    await scene.ask(Hold(show, uuid4(), (2,), BOB))
    await eventually(lambda: _is_at(screen, 2))
    assert not feed.losing
    assert screen.replica is not None
    scene.recorder.see("screen", show, Snapshot(screen.replica.position, screen.replica.statuses))
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert await scene.verdict() == ({"I6"} if sabotaged else set())


async def _is_live(feed: sabotage.LossyFeed) -> bool:
    return feed.is_live


async def _is_at(screen: Screen, version: int) -> bool:
    return screen.position is not None and screen.position.version == version


@honest_and_not
async def test_published_out_of_order(
    scene: Scene, valkey: Redis, redis_prefix: str, sabotaged: bool
) -> None:
    """I6, I12: the board is at version 2 without the seats of version 1."""
    services, show = scene.services, scene.show
    await services.board_keeper.rebuild(show)
    board = services.board
    if sabotaged:
        board = sabotage.UnorderedBoard(valkey, prefix=redis_prefix)
    keeper = BoardKeeper(board, services.ledger, services.catalog)
    batches = []
    for seat in (1, 2):
        command = Hold(show, uuid4(), (seat,), SAM)
        ledger = NotedLedger(services.database)
        assert await scene.recorder.ask(_office(services, ledger), command) is not None
        batches.append(ledger.batches[0])
    for batch in reversed(batches):
        await keeper.post(show, batch)
    snapshot = await services.board.read(show)
    assert snapshot is not None
    scene.recorder.see("board", show, snapshot)
    scene.recorder.see_last("board", show, snapshot)
    assert await scene.verdict() == ({"I6", "I12"} if sabotaged else set())


class NotedLedger(Ledger):
    """The real one, which notes what changed."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.batches: list[ChangeBatch] = []

    async def apply(self, show: int, commands: Sequence[Command]) -> Applied:
        applied = await super().apply(show, commands)
        assert applied.changes is not None
        self.batches.append(applied.changes)
        return applied


class SilentKeeper(BoardKeeper):
    """Posts nothing: the test does, in an order of its own."""

    async def post(
        self,
        show: int,
        batch: ChangeBatch | None,
        *,
        unclaimed: Sequence[Take] = (),
        at_least: int = 0,
    ) -> None:
        """Leave the board as it is."""


def _office(services: Services, ledger: Ledger) -> BoxOffice:
    keeper = SilentKeeper(services.board, services.ledger, services.catalog)
    return BoxOffice(ledger, services.board, keeper, batches_max=1)


@honest_and_not
async def test_released_by_somebody_else(scene: Scene, sabotaged: bool) -> None:
    """I10: Bob gives back what Ann holds."""
    if sabotaged:
        await sabotage.install(scene.connection, sabotage.ANYBODY_RELEASES)
    hold = uuid4()
    await scene.ask(Hold(scene.show, hold, (1, 2), ANN))
    assert await scene.ask(Release(scene.show, hold, None, BOB)) is sabotaged
    assert await scene.verdict() == ({"I10"} if sabotaged else set())


@honest_and_not
async def test_expiry_without_the_clock_row(
    make_show: MakeShow, scene: Scene, connect: Connect, sabotaged: bool
) -> None:
    """I5: an expiry that did not wait for its turn takes the version of a hold under way."""
    show = await make_show(hold_ttl_s=1)
    await scene.recorder.begin(scene.connection, show)
    lapsed, fresh = Hold(show, uuid4(), (1,), ANN), Hold(show, uuid4(), (2,), BOB)
    await scene.ask(lapsed)
    await eventually(lambda: _is_due(scene, show))
    busy, worker = await connect(), await connect()
    async with busy.transaction():
        await busy.execute("SELECT FROM show_clocks WHERE show_id = $1 FOR UPDATE", show)
        asked = asyncio.create_task(
            worker.execute(sabotage.EXPIRE_WITHOUT_CLOCK, show, lapsed.hold)
            if sabotaged
            else scene.services.ledger.apply(show, [Expire(show, lapsed.hold, WORKER)])
        )
        await eventually(lambda: _is_waiting(scene))
        await _take_under_lock(busy, scene, fresh)
    await asked
    assert await scene.verdict() == ({"I5"} if sabotaged else set())


async def _take_under_lock(busy: Connection, scene: Scene, take: Hold) -> None:
    """Take in the transaction that has the clock row already."""

    class OneConnection(Database):
        async def fetch(self, query: str, *args: object, changes: bool = False) -> list[Row]:
            rows: list[Row] = await busy.fetch(query, *args)
            return rows

    database = OneConnection(scene.services.database._pool)
    office = BoxOffice(
        Ledger(database), scene.services.board, scene.services.board_keeper, batches_max=1
    )
    assert await scene.recorder.ask(office, take) is not None


async def _is_due(scene: Scene, show: int) -> bool:
    return any(of == show for of, _ in await scene.services.ledger.due_holds(10))


async def _is_waiting(scene: Scene) -> bool:
    return bool(await scene.connection.fetchval(sabotage.WAITS_FOR_LOCK))


@honest_and_not
async def test_a_claim_forgotten(scene: Scene, sabotaged: bool) -> None:
    """I9: a seat is called taken that nobody has, and nobody is about to have."""
    services, show = scene.services, scene.show
    kind = sabotage.ForgetfulKeeper if sabotaged else BoardKeeper
    keeper = kind(services.board, services.ledger, services.catalog)
    office = BoxOffice(services.ledger, services.board, keeper, batches_max=1)
    await services.board_keeper.rebuild(show)
    await scene.recorder.ask(office, Hold(show, uuid4(), tuple(range(11)), ANN))
    await scene.recorder.ask(office, Hold(show, uuid4(), (1,), BOB))
    assert await scene.verdict() == ({"I9"} if sabotaged else set())


@honest_and_not
async def test_one_queue_for_all_shows(
    make_show: MakeShow, scene: Scene, connect: Connect, sabotaged: bool
) -> None:
    """I13: a show that cannot go on keeps the buyers of another one waiting."""
    services, calm, stuck = scene.services, scene.show, await make_show()
    await scene.recorder.begin(scene.connection, stuck)
    kind = sabotage.OneQueueOffice if sabotaged else BoxOffice
    office = kind(services.ledger, services.board, services.board_keeper, batches_max=2)
    blocker, began_s = await connect(), time.time()
    async with blocker.transaction():
        await blocker.execute("SELECT FROM show_clocks WHERE show_id = $1 FOR UPDATE", stuck)
        first = asyncio.create_task(scene.recorder.ask(office, Hold(stuck, uuid4(), (1,), ANN)))
        await eventually(lambda: _is_waiting(scene))
        await scene.recorder.ask(office, Hold(calm, uuid4(), (1,), BOB))
    await first
    scene.recorder.history.rushes[stuck] = [(began_s, time.time())]
    bounds = replace(UNHURRIED, answer_s=0.5)  # the ledger waits 2 s for a lock
    assert await scene.verdict(bounds) == ({"I13"} if sabotaged else set())


@honest_and_not
async def test_a_question_forgotten(scene: Scene, sabotaged: bool) -> None:
    """I13: who lost a seat at the claim is told nothing."""
    services, show = scene.services, scene.show
    kind = sabotage.DeafOffice if sabotaged else BoxOffice
    office = kind(services.ledger, services.board, services.board_keeper, batches_max=1)
    asked = [
        asyncio.create_task(scene.recorder.ask(office, Hold(show, uuid4(), (1,), buyer)))
        for buyer in (ANN, BOB)
    ]
    _, waiting = await asyncio.wait(asked, timeout=PATIENCE_S if sabotaged else None)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert await scene.verdict() == ({"I13"} if sabotaged else set())
