"""An on-sale grows no queue without bound, starves no other show and stops no reader."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest

from app import box_office, desk
from app.board import Board
from app.board_keeper import BoardKeeper
from app.box_office import BoxOffice
from app.changes import ChangeBatch
from app.domain import Book, Command, Hold, Outcome
from app.errors import RateLimited
from app.ledger import Applied, Ledger
from app.services import Services
from tests.integration.conftest import ANN, Connect, MakeShow, OpenInstance, buyer, eventually


class GatedLedger(Ledger):
    """The real one, which notes the batches it is given and lets each through at a word."""

    def __init__(self, services: Services) -> None:
        super().__init__(services.database)
        self.shows: list[int] = []
        self.batches: list[list[Command]] = []
        self._places = asyncio.Semaphore(0)

    def let_through(self, count: int = 1) -> None:
        for _ in range(count):
            self._places.release()

    async def given(self, count: int) -> None:
        """Return when *count* batches have come."""

        async def enough() -> bool:
            return len(self.batches) >= count

        await eventually(enough)

    async def apply(self, show: int, commands: Sequence[Command]) -> Applied:
        self.shows.append(show)
        self.batches.append(list(commands))
        await self._places.acquire()
        return await super().apply(show, commands)


class GatedKeeper(BoardKeeper):
    """The real one, which waits at a gate before it posts."""

    def __init__(self, services: Services, board: Board) -> None:
        super().__init__(board, services.ledger, services.catalog)
        self.gate = asyncio.Event()
        self.gate.set()
        self.posted: list[int] = []

    async def post(self, show: int, batch: ChangeBatch | None, **more: Any) -> None:
        await self.gate.wait()
        if batch is not None:
            self.posted += [change.version for change in batch.changes]
        await super().post(show, batch, **more)


@pytest.fixture
def ledger(services: Services) -> GatedLedger:
    return GatedLedger(services)


@pytest.fixture
def keeper(services: Services) -> GatedKeeper:
    return GatedKeeper(services, services.board)


@pytest.fixture
async def office(
    services: Services, ledger: GatedLedger, keeper: GatedKeeper
) -> AsyncIterator[BoxOffice]:
    async with _office(services, ledger, keeper, batches_max=1) as office:
        yield office


@asynccontextmanager
async def _office(
    services: Services, ledger: GatedLedger, keeper: GatedKeeper, *, batches_max: int
) -> AsyncIterator[BoxOffice]:
    office = BoxOffice(ledger, services.board, keeper, batches_max=batches_max)
    yield office
    ledger.let_through(1_000)
    keeper.gate.set()
    await office.close()


def _hold(office: BoxOffice, show: int, seat: int, name: str = "") -> asyncio.Future[Outcome]:
    return office.submit(Hold(show, uuid4(), (seat,), buyer(name or f"buyer {show} {seat}")))


async def test_while_a_batch_is_posted_the_next_is_committed(
    office: BoxOffice, ledger: GatedLedger, keeper: GatedKeeper, make_show: MakeShow
) -> None:
    """The board does not hold the ledger up; posts and answers keep their order."""
    show = await make_show()
    ledger.let_through(2)
    keeper.gate.clear()
    answers = [_hold(office, show, 0)]
    await ledger.given(1)
    answers.append(_hold(office, show, 1))
    await ledger.given(2)
    assert not any(answer.done() for answer in answers)
    keeper.gate.set()
    await asyncio.wait(answers, return_when=asyncio.FIRST_COMPLETED)
    assert answers[0].done()
    await answers[1]
    assert keeper.posted == [1, 2]


async def test_what_shares_a_hold_with_a_batch_under_way_waits_for_its_answer(
    office: BoxOffice, ledger: GatedLedger, keeper: GatedKeeper, make_show: MakeShow
) -> None:
    """A booking sent behind its hold is not in the ledger before the hold is on the board."""
    show, hold = await make_show(), uuid4()
    ledger.let_through(3)
    keeper.gate.clear()
    first = office.submit(Hold(show, hold, (0,), ANN))
    await ledger.given(1)
    booking = office.submit(Book(show, hold, uuid4(), None, ANN))
    other = _hold(office, show, 1)
    await ledger.given(2)
    assert [type(command) for batch in ledger.batches for command in batch] == [Hold, Hold]
    assert not first.done()
    keeper.gate.set()
    assert [(await answer).version for answer in (first, other, booking)] == [1, 2, 3]


async def test_a_batch_of_enough_is_claimed_while_another_is_in_the_ledger(
    office: BoxOffice,
    services: Services,
    ledger: GatedLedger,
    make_show: MakeShow,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A smaller one waits, because more may join it."""
    monkeypatch.setattr(desk, "BATCH_COMMANDS_ENOUGH", 3)
    show = await make_show()
    await services.board_keeper.rebuild(show)
    claims = _count_claims(services.board, monkeypatch)
    answers = [_hold(office, show, 0)]
    await ledger.given(1)
    answers += [_hold(office, show, seat) for seat in (1, 2)]
    await _turn_the_loop()
    assert claims == [1]
    answers.append(_hold(office, show, 3))

    async def is_claimed() -> bool:
        return claims == [1, 3]

    await eventually(is_claimed)
    assert len(ledger.batches) == 1
    ledger.let_through(2)
    assert [(await answer).version for answer in answers] == [1, 2, 3, 4]


async def test_I13_a_hot_show_lets_another_in_after_its_batch(
    office: BoxOffice,
    services: Services,
    ledger: GatedLedger,
    make_show: MakeShow,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With one place in the ledger and five batches queued, the other show is the next but one."""
    monkeypatch.setattr(desk, "BATCH_COMMANDS_MAX", 4)
    monkeypatch.setattr(desk, "BATCH_COMMANDS_ENOUGH", 4)
    hot, other = await make_show(), await make_show()
    for show in (hot, other):
        await services.board_keeper.rebuild(show)
    claims = _count_claims(services.board, monkeypatch)
    rush = [_hold(office, hot, seat) for seat in range(20)]
    await ledger.given(1)
    late = _hold(office, other, 0)

    async def is_claimed() -> bool:
        return 1 in claims

    await eventually(is_claimed)
    await _turn_the_loop()
    ledger.let_through(6)
    await asyncio.gather(*rush, late)
    assert ledger.shows.index(other) <= 2
    assert ledger.shows.count(hot) == 5


async def test_a_full_queue_says_when_to_come_back(
    office: BoxOffice,
    ledger: GatedLedger,
    make_show: MakeShow,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The bound is of one show; another one's commands are taken meanwhile."""
    monkeypatch.setattr(box_office, "QUEUE_COMMANDS_MAX", 5)
    show, other = await make_show(), await make_show()
    answers = [_hold(office, show, 0)]
    await ledger.given(1)
    answers += [_hold(office, show, seat) for seat in range(1, 6)]
    with pytest.raises(RateLimited) as refused:
        _hold(office, show, 6)
    assert refused.value.as_dict()["retry_in_ms"] > 0
    answers.append(_hold(office, other, 0))
    ledger.let_through(10)
    await asyncio.gather(*answers)


async def test_I13_who_has_waited_too_long_in_a_queue_is_told_to_ask_again(
    office: BoxOffice,
    ledger: GatedLedger,
    make_show: MakeShow,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No question waits for a queue to become short; nothing has happened of it."""
    show = await make_show()
    first = _hold(office, show, 0)
    await ledger.given(1)
    second = _hold(office, show, 1)
    monkeypatch.setattr(desk, "QUEUE_S_MAX", 0.0)
    ledger.let_through(1)
    with pytest.raises(RateLimited):
        await second
    assert (await first).version == 1
    assert len(ledger.batches) == 1


async def test_a_claim_takes_many_rivals_at_once(
    office: BoxOffice, services: Services, ledger: GatedLedger, make_show: MakeShow
) -> None:
    """Of as many buyers of one seat as a claim has room for, all but one are answered by it."""
    show = await make_show()
    await services.board_keeper.rebuild(show)
    crowd = 1 + desk.RIVALS_MAX
    answers = [_hold(office, show, 7, f"rival {n}") for n in range(crowd)]
    await ledger.given(1)
    assert sum(answer.done() for answer in answers) == crowd - 1
    assert [len(batch) for batch in ledger.batches] == [1]
    ledger.let_through()
    outcomes = await asyncio.gather(*answers, return_exceptions=True)
    assert sum(isinstance(outcome, Outcome) for outcome in outcomes) == 1


async def test_readers_do_not_wait_for_writers(
    open_instance: OpenInstance, make_show: MakeShow, connect: Connect
) -> None:
    """With every place for batches stuck behind a lock, seats, shows and lists are still read."""
    stuck = [await make_show() for _ in range(4)]
    blocker, observer = await connect(), await connect()
    async with open_instance(database_connections_max=4) as services:
        for show in stuck:
            await services.board_keeper.rebuild(show)
        async with blocker.transaction():
            await blocker.execute("SELECT FROM show_clocks FOR UPDATE")
            waiting = [_hold(services.box_office, show, 0) for show in stuck]
            await eventually(_is_waiting_for(observer, 2))
            for show in stuck:
                assert (await services.board_keeper.snapshot(show)).statuses
                assert (await services.catalog.show(show)).show == show
            assert await services.catalog.shows(10)
            assert not any(answer.done() for answer in waiting)
        await asyncio.gather(*waiting)


def _count_claims(board: Board, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that gets the size of every claim that was answered."""
    sizes: list[int] = []
    claim = board.claim

    async def counted(show: int, takes: Sequence[Any]) -> Any:
        replies = await claim(show, takes)
        sizes.append(len(takes))
        return replies

    monkeypatch.setattr(board, "claim", counted)
    return sizes


def _is_waiting_for(connection: Any, count: int) -> Any:
    """Return a condition: so many statements of this database wait for a lock."""

    async def is_so() -> bool:
        waiting: int = await connection.fetchval(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return waiting >= count

    return is_so


async def _turn_the_loop() -> None:
    """Let everything that can go on without an answer from outside do so."""
    for _ in range(20):
        await asyncio.sleep(0)
