"""Commands pass one door, in batches, in order, and each gets its answer."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import pytest
from redis.asyncio import Redis

from app import box_office
from app.board import Board
from app.box_office import BoxOffice
from app.desk import BATCH_COMMANDS_ENOUGH
from app.domain import (
    Block,
    Book,
    Cancel,
    ChangeShow,
    Command,
    Extend,
    Hold,
    Outcome,
    Release,
    ShowPatch,
    ShowStatus,
)
from app.errors import (
    HoldLimit,
    NotFound,
    RateLimited,
    SeatsTaken,
    ShowClosed,
    Unavailable,
)
from app.ledger import Applied, Ledger
from app.services import Services
from tests.integration.boards import BoardKeys
from tests.integration.conftest import (
    ANN,
    BOB,
    SAM,
    Connect,
    MakeShow,
    OpenInstance,
    buyer,
    eventually,
)


class CountingLedger(Ledger):
    """The real one, which notes its batches and waits at a gate."""

    def __init__(self, services: Services) -> None:
        super().__init__(services.database)
        self.batches: list[list[Command]] = []
        self.reached = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()
        self.under_way: list[Command] = []
        self.beside_show_changes: list[Command] = []

    async def apply(self, show: int, commands: Sequence[Command]) -> Applied:
        self.batches.append(list(commands))
        if any(isinstance(command, ChangeShow) for command in (*self.under_way, *commands)):
            self.beside_show_changes += self.under_way
        self.under_way += commands
        self.reached.set()
        await self.gate.wait()
        try:
            return await super().apply(show, commands)
        finally:
            for command in commands:
                self.under_way.remove(command)


class CountingBoard(Board):
    """The real one, which counts how often it was asked for seats."""

    claims = 0

    async def claim(
        self, show: int, takes: Sequence[tuple[UUID, tuple[int, ...]]]
    ) -> list[SeatsTaken | ShowClosed | None] | None:
        self.claims += 1
        return await super().claim(show, takes)


@pytest.fixture
def counting(services: Services) -> CountingLedger:
    return CountingLedger(services)


@pytest.fixture
async def office(services: Services, counting: CountingLedger) -> AsyncIterator[BoxOffice]:
    async with _office(services, counting) as office:
        yield office


@asynccontextmanager
async def _office(services: Services, ledger: Ledger) -> AsyncIterator[BoxOffice]:
    office = BoxOffice(ledger, services.board, services.board_keeper, batches_max=2)
    yield office
    await office.close()


async def test_what_queues_while_a_batch_is_under_way_is_the_next_batch(
    office: BoxOffice, counting: CountingLedger, make_show: MakeShow
) -> None:
    """Ten holds that come during a commit are committed together."""
    show = await make_show()
    counting.gate.clear()
    first = office.submit(Hold(show, uuid4(), (0,), buyer("first")))
    await counting.reached.wait()
    others = [office.submit(Hold(show, uuid4(), (n,), buyer(f"b{n}"))) for n in range(1, 11)]
    counting.gate.set()
    await asyncio.gather(first, *others)
    assert [len(batch) for batch in counting.batches] == [1, 10]


async def test_commands_of_one_hold_are_carried_out_in_the_order_they_came(
    office: BoxOffice, services: Services, make_show: MakeShow
) -> None:
    """Hold, give one back, add another, book: sent without waiting, done in that order."""
    show = await make_show()
    hold = uuid4()
    answers = await asyncio.gather(
        office.submit(Hold(show, hold, (1, 2), ANN)),
        office.submit(Release(show, hold, (2,), ANN)),
        office.submit(Hold(show, hold, (3,), ANN)),
        office.submit(Book(show, hold, uuid4(), None, ANN)),
    )
    assert [answer.version for answer in answers] == [1, 2, 3, 4]
    assert answers[-1].seats == (1, 3)


async def test_a_booking_may_be_cancelled_before_its_answer_has_come(
    office: BoxOffice, make_show: MakeShow
) -> None:
    """A cancellation that names a booking under way waits for it."""
    show = await make_show()
    hold, booking = uuid4(), uuid4()
    await office.submit(Hold(show, hold, (1,), ANN))
    answers = await asyncio.gather(
        office.submit(Book(show, hold, booking, None, SAM)),
        office.submit(Cancel(show, booking, SAM)),
    )
    assert [answer.version for answer in answers] == [2, 3]


async def test_I13_a_show_that_is_stuck_does_not_keep_another_waiting(
    office: BoxOffice, counting: CountingLedger, make_show: MakeShow, connect: Connect
) -> None:
    """While somebody sits on one show's clock, commands on another are carried out."""
    stuck, other = await make_show(), await make_show()
    blocker = await connect()
    async with blocker.transaction():
        await blocker.execute("SELECT FROM show_clocks WHERE show_id = $1 FOR UPDATE", stuck)
        waiting = office.submit(Hold(stuck, uuid4(), (1,), ANN))
        await counting.reached.wait()
        for seat in range(5):
            await office.submit(Hold(other, uuid4(), (seat,), SAM))
        assert not waiting.done()
    assert (await waiting).version == 1


async def test_an_unknown_show_is_not_found(office: BoxOffice, counting: CountingLedger) -> None:
    """With or without a claim on the board; and it leaves no board behind."""
    for command in (Hold(404, uuid4(), (1,), ANN), Release(404, uuid4(), None, ANN)):
        with pytest.raises(NotFound):
            await office.submit(command)


async def test_what_a_buyer_gives_back_counts_for_what_the_buyer_holds_next(
    office: BoxOffice, make_show: MakeShow
) -> None:
    """Ten seats given back and ten others held, without waiting between."""
    show = await make_show(seats_per_hold_max=10)
    first = uuid4()
    await office.submit(Hold(show, first, tuple(range(10)), ANN))
    answers = await asyncio.gather(
        office.submit(Release(show, first, None, ANN)),
        office.submit(Hold(show, uuid4(), tuple(range(5, 15)), ANN)),
    )
    assert answers[1].seats == tuple(range(5, 15))


async def test_I1_rivals_for_one_seat_have_their_answer_from_the_board(
    office: BoxOffice, counting: CountingLedger, make_show: MakeShow
) -> None:
    """Of 150 holds on one seat one reaches the ledger."""
    show = await make_show()
    answers = await asyncio.gather(
        *(office.submit(Hold(show, uuid4(), (4,), buyer(str(n)))) for n in range(150)),
        return_exceptions=True,
    )
    assert sum(isinstance(answer, Outcome) for answer in answers) == 1
    assert sum(isinstance(answer, SeatsTaken) for answer in answers) == 149
    assert sum(len(batch) for batch in counting.batches) == 1


async def test_I1_rivals_meet_in_one_claim(
    services: Services, counting: CountingLedger, make_show: MakeShow, valkey: Redis
) -> None:
    """Losers learn at once and together, not one trip to the board after the other."""
    show = await make_show()
    await services.board_keeper.rebuild(show)
    board = CountingBoard(valkey, prefix=services.settings.redis_prefix)
    office = BoxOffice(counting, board, services.board_keeper, batches_max=2)
    await asyncio.gather(
        *(office.submit(Hold(show, uuid4(), (n, 4), buyer(str(n)))) for n in (0, 1, 2, 3)),
        return_exceptions=True,
    )
    assert board.claims == 1
    assert [len(batch) for batch in counting.batches] == [1]
    await office.close()
    await board.close()


async def test_I9_while_the_ledger_is_silent_who_waits_is_told_so(
    office: BoxOffice, counting: CountingLedger, make_show: MakeShow
) -> None:
    """What was not sent is `unavailable`, at every show; what was sent is answered in the end."""
    show, other = await make_show(), await make_show()
    counting.gate.clear()
    sent = office.submit(Hold(show, uuid4(), (0,), ANN))
    await counting.reached.wait()
    waiting = [office.submit(Hold(show, uuid4(), (n,), buyer(str(n)))) for n in range(1, 9)]
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert all(isinstance(answer, Unavailable) for answer in answers)
    with pytest.raises(Unavailable):
        await office.submit(Hold(other, uuid4(), (0,), BOB))
    assert [len(batch) for batch in counting.batches] == [1]

    async def is_desk_closed() -> bool:
        return f"desk {other}" not in {task.get_name() for task in asyncio.all_tasks()}

    await eventually(is_desk_closed)  # nothing is left to do there
    counting.gate.set()
    assert (await sent).version == 1
    assert (await office.submit(Hold(show, uuid4(), (9,), BOB))).version == 2


async def test_what_the_ledger_refuses_is_claimed_no_longer(
    office: BoxOffice, make_show: MakeShow, valkey: Redis, redis_prefix: str
) -> None:
    """Seats of a hold that is too large are for others as soon as that is said."""
    show = await make_show(seats_per_hold_max=2)
    await office.submit(Hold(show, uuid4(), (9,), BOB))
    with pytest.raises(HoldLimit):
        await office.submit(Hold(show, uuid4(), (1, 2, 3), ANN))
    assert await BoardKeys(valkey, redis_prefix).claims(show) == set()


async def test_a_command_waits_for_one_that_waits(
    office: BoxOffice, counting: CountingLedger, make_show: MakeShow
) -> None:
    """What shares a seat with a command that had to wait does not overtake it."""
    show, hold = await make_show(), uuid4()
    await office.submit(Hold(show, hold, (4, 5), ANN))
    answers = await asyncio.gather(
        office.submit(Extend(show, hold, SAM)),
        office.submit(Release(show, hold, (5,), SAM)),
        office.submit(Block(show, (5,), "camera", SAM)),
    )
    assert [answer.version for answer in answers] == [2, 3, 4]
    assert [len(batch) for batch in counting.batches] == [1, 1, 1, 1]


async def test_nothing_is_under_way_beside_a_show_change(
    office: BoxOffice, counting: CountingLedger, make_show: MakeShow
) -> None:
    """Not even when whole batches wait, which otherwise go into the ledger beside each other."""
    show = await make_show(seats=500)
    counting.gate.clear()
    before = office.submit(Hold(show, uuid4(), (0,), ANN))
    await counting.reached.wait()
    others = [ChangeShow(show, ShowPatch(message="Welcome"), SAM)] + [
        Hold(show, uuid4(), (seat,), buyer(str(seat)))
        for seat in range(1, BATCH_COMMANDS_ENOUGH + 50)
    ]
    asked = [office.submit(command) for command in others]
    for _ in range(50):
        await asyncio.sleep(0)
    counting.gate.set()
    await asyncio.gather(before, *asked)
    assert counting.beside_show_changes == []


async def test_a_show_change_is_a_batch_of_its_own(
    office: BoxOffice, counting: CountingLedger, make_show: MakeShow
) -> None:
    """What came before a pause is held, what came after is not."""
    show = await make_show()
    pause = ChangeShow(show, ShowPatch(status=ShowStatus.PAUSED), SAM)
    answers = await asyncio.gather(
        office.submit(Hold(show, uuid4(), (1,), ANN)),
        office.submit(pause),
        office.submit(Hold(show, uuid4(), (2,), BOB)),
        return_exceptions=True,
    )
    assert isinstance(answers[0], Outcome)
    assert isinstance(answers[2], ShowClosed)
    assert [pause] in counting.batches


async def test_a_full_queue_refuses_at_once(
    office: BoxOffice,
    counting: CountingLedger,
    make_show: MakeShow,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Beyond its bound a queue says when to come back instead of growing."""
    monkeypatch.setattr(box_office, "QUEUE_COMMANDS_MAX", 3)
    show = await make_show()
    counting.gate.clear()
    waiting = [office.submit(Hold(show, uuid4(), (n,), buyer(str(n)))) for n in range(3)]
    with pytest.raises(RateLimited):
        office.submit(Hold(show, uuid4(), (9,), BOB))
    counting.gate.set()
    await asyncio.gather(*waiting)


async def test_without_a_board_rivals_meet_in_the_ledger(
    open_instance: OpenInstance, make_show: MakeShow, tmp_path: object
) -> None:
    """With Redis away takes go straight to the ledger, and one wins."""
    show = await make_show()
    async with open_instance(redis_url=f"unix://{tmp_path}/nobody.sock") as services:
        answers = await asyncio.gather(
            *(
                services.box_office.submit(Hold(show, uuid4(), (1, 2), buyer(str(n))))
                for n in range(10)
            ),
            return_exceptions=True,
        )
    assert sum(isinstance(answer, Outcome) for answer in answers) == 1
    assert sum(isinstance(answer, SeatsTaken) for answer in answers) == 9


async def test_without_a_ledger_a_command_is_refused_and_its_claims_end(
    services: Services,
    open_instance: OpenInstance,
    make_show: MakeShow,
    valkey: Redis,
    redis_prefix: str,
    tmp_path: object,
) -> None:
    """`unavailable` comes within a moment, and the seat is to be had elsewhere at once."""
    show = await make_show()
    await services.board_keeper.rebuild(show)
    nowhere = f"postgresql://postgres@/x?host={tmp_path}"
    async with asyncio.timeout(5), open_instance(database_url=nowhere) as cut_off:
        with pytest.raises(Unavailable):
            await cut_off.box_office.submit(Hold(show, uuid4(), (1,), ANN))
    assert await BoardKeys(valkey, redis_prefix).claims(show) == set()
    await services.box_office.submit(Hold(show, uuid4(), (1,), BOB))


async def test_closing_finishes_what_is_queued_and_takes_no_more(
    services: Services, counting: CountingLedger, make_show: MakeShow
) -> None:
    """An instance that stops keeps its word to those it has heard."""
    show = await make_show()
    async with _office(services, counting) as office:
        waiting = [office.submit(Hold(show, uuid4(), (n,), buyer(str(n)))) for n in range(5)]
        await office.close()
        assert [(await answer).seats for answer in waiting] == [(n,) for n in range(5)]
        with pytest.raises(Unavailable):
            office.submit(Hold(show, uuid4(), (9,), BOB))
