"""The board follows the ledger, whatever happened to either."""

import asyncio
from pathlib import Path
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from app import board_keeper, metrics
from app.board import PostReply
from app.board_keeper import BoardKeeper
from app.changes import ChangeBatch, Position, Snapshot
from app.domain import Block, Book, ChangeShow, Hold, Release, ShowPatch, ShowStatus
from app.errors import NotFound
from app.ledger import BoardState, Ledger
from app.services import Services
from tests.integration.boards import BoardKeys, Listener, full_batch, ledger_image
from tests.integration.conftest import (
    ANN,
    BOB,
    SAM,
    Connect,
    MakeShow,
    OpenInstance,
    do,
)
from tests.integration.history import kinds


async def test_I12_a_board_that_was_lost_equals_the_ledger_again(
    services: Services, make_show: MakeShow, valkey: Redis, redis_prefix: str
) -> None:
    """With all keys gone the next reader puts the board up as the ledger has it."""
    show = await make_show()
    hold = uuid4()
    await do(services.ledger, Hold(show, hold, (1, 2), ANN))
    await do(services.ledger, Book(show, hold, uuid4(), None, ANN))
    await do(services.ledger, Hold(show, uuid4(), (5, 6), BOB))
    await do(services.ledger, Block(show, (9,), "camera", SAM))
    keys = BoardKeys(valkey, redis_prefix)
    for _ in range(2):
        await keys.lose_all()
        snapshot = await services.board_keeper.snapshot(show)
        assert snapshot.statuses[:10] == bytes([0, 2, 2, 0, 0, 1, 1, 0, 0, 3])
        assert await keys.image(show) == await ledger_image(services, show)


async def test_I12_a_board_of_which_a_part_was_lost_is_no_board(
    services: Services, make_show: MakeShow, valkey: Redis, redis_prefix: str
) -> None:
    """Without its seats, or its deadlines, a board is put up anew and never filled with zeros."""
    show = await make_show()
    await services.box_office.submit(Hold(show, uuid4(), (1,), ANN))
    keys = BoardKeys(valkey, redis_prefix)
    for seat, lost in enumerate(("seats", "until", "seats"), 2):
        await valkey.delete(keys.key(show, lost))
        await services.box_office.submit(Hold(show, uuid4(), (seat,), SAM))
        assert await keys.image(show) == await ledger_image(services, show)


async def test_I5_a_gap_is_filled_from_the_history(
    services: Services, make_show: MakeShow, valkey: Redis, redis_prefix: str
) -> None:
    """Whoever posts next brings what somebody committed and never posted; the feed hears it all."""
    show = await make_show()
    await services.board_keeper.rebuild(show)
    async with Listener(valkey, services.board.channel(show)) as listener:
        lost = uuid4()
        await do(services.ledger, Hold(show, lost, (1, 2), ANN))
        await do(services.ledger, Release(show, lost, (2,), ANN))
        await services.box_office.submit(Hold(show, uuid4(), (7,), BOB))
        heard = [m for m in await listener.heard() if isinstance(m, ChangeBatch)]
    versions = [change.version for batch in heard for change in batch.changes]
    assert versions == [1, 2, 3]
    keys = BoardKeys(valkey, redis_prefix)
    assert await keys.image(show) == await ledger_image(services, show)


async def test_I5_posts_in_any_order_end_in_the_same_board(
    services: Services, make_show: MakeShow, valkey: Redis, redis_prefix: str
) -> None:
    """Late, early and repeated posts leave the board at the ledger."""
    show = await make_show()
    await services.board_keeper.rebuild(show)
    for seat in range(6):
        await do(services.ledger, Hold(show, uuid4(), (seat,), SAM))
    whole = await full_batch(services.ledger, show)
    parts = [ChangeBatch(whole.epoch, (change,)) for change in whole.changes]
    await asyncio.gather(
        *(services.board_keeper.post(show, part) for part in (*reversed(parts), *parts))
    )
    keys = BoardKeys(valkey, redis_prefix)
    assert await keys.image(show) == await ledger_image(services, show)


async def test_a_rebuild_that_many_ask_for_is_done_once(
    services: Services, make_show: MakeShow, valkey: Redis
) -> None:
    """A hundred readers of a show without a board cost one read of the ledger."""
    show = await make_show()
    ledger = GatedLedger(services)
    ledger.before.set()
    ledger.after.set()
    keeper = BoardKeeper(services.board, ledger, services.catalog)
    async with Listener(valkey, services.board.channel(show)) as listener:
        await asyncio.gather(*(keeper.snapshot(show) for _ in range(100)))
        assert len(await listener.heard()) == 1
    assert ledger.reads == 1


class GatedLedger(Ledger):
    """The real one, which waits before or after it reads what a board is made of."""

    def __init__(self, services: Services) -> None:
        super().__init__(services.database)
        self.before, self.after, self.reached = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.reads = 0

    async def board_state(self, show: int) -> BoardState | None:
        self.reads += 1
        await self._wait(self.before)
        state = await super().board_state(show)
        await self._wait(self.after)
        return state

    async def _wait(self, gate: asyncio.Event) -> None:
        if not gate.is_set():
            self.reached.set()
        await gate.wait()


async def test_I6_a_rebuild_that_a_commit_overtook_does_not_leave_the_board_behind(
    services: Services, make_show: MakeShow, valkey: Redis, redis_prefix: str
) -> None:
    """Whoever committed while a rebuild was reading sees to it that the board has the commit."""
    show = await make_show()
    ledger = GatedLedger(services)
    ledger.before.set()
    keeper = BoardKeeper(services.board, ledger, services.catalog)
    async with asyncio.TaskGroup() as group:
        group.create_task(keeper.snapshot(show))
        await ledger.reached.wait()
        applied = await ledger.apply(show, [Hold(show, uuid4(), (1,), ANN)])
        posting = group.create_task(keeper.post(show, applied.changes, at_least=1))
        ledger.after.set()
    assert posting.done()
    keys = BoardKeys(valkey, redis_prefix)
    assert await keys.image(show) == await ledger_image(services, show)


async def test_I6_a_reader_is_not_answered_by_a_rebuild_that_is_older_than_the_question(
    services: Services, make_show: MakeShow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What somebody was told is in what the next reader gets, though a board was being put up."""
    show, has_looked = await make_show(), asyncio.Event()
    look = services.board.read

    async def noted(show: int) -> Snapshot | None:
        seen = await look(show)
        has_looked.set()
        return seen

    monkeypatch.setattr(services.board, "read", noted)
    ledger = GatedLedger(services)
    ledger.before.set()
    keeper = BoardKeeper(services.board, ledger, services.catalog)
    async with asyncio.TaskGroup() as group:
        putting_up = group.create_task(keeper.put_up(show))
        await ledger.reached.wait()
        await do(services.ledger, Hold(show, uuid4(), (1,), ANN))
        reading = group.create_task(keeper.snapshot(show))
        joining = group.create_task(keeper.put_up(show))
        await has_looked.wait()
        ledger.after.set()
    assert (await putting_up).position.version == (await joining).position.version == 0
    assert (await reading).position.version == 1


async def test_I6_a_rebuild_knows_the_status_of_its_version(
    services: Services, make_show: MakeShow, valkey: Redis, redis_prefix: str
) -> None:
    """A show that opened while its board was put up is open on the board."""
    show = await make_show(status=ShowStatus.PAUSED)
    ledger = GatedLedger(services)
    ledger.after.set()
    keeper = BoardKeeper(services.board, ledger, services.catalog)
    async with asyncio.TaskGroup() as group:
        group.create_task(keeper.rebuild(show))
        await ledger.reached.wait()
        await do(ledger, ChangeShow(show, ShowPatch(status=ShowStatus.ON_SALE), SAM))
        ledger.before.set()
    keys = BoardKeys(valkey, redis_prefix)
    image = await keys.image(show)
    assert image == await ledger_image(services, show)
    assert await services.board.claim(show, [(uuid4(), (1,))]) == [None]


async def test_a_reader_that_gives_up_does_not_stop_a_rebuild_for_others(
    services: Services, make_show: MakeShow
) -> None:
    """The first to ask goes away; the second gets the seats."""
    show = await make_show()
    ledger = GatedLedger(services)
    ledger.before.set()
    keeper = BoardKeeper(services.board, ledger, services.catalog)
    first = asyncio.create_task(keeper.snapshot(show))
    await ledger.reached.wait()
    second = asyncio.create_task(keeper.rebuild(show))
    first.cancel()
    ledger.after.set()
    assert (await second).position.version == 0
    assert first.cancelled()


async def test_I6_a_repeated_command_heals_a_board_that_missed_it(
    services: Services, make_show: MakeShow, valkey: Redis, redis_prefix: str
) -> None:
    """A hold committed by an instance that died is on the board when its buyer asks again."""
    show = await make_show()
    hold = Hold(show, uuid4(), (1, 2), ANN)
    await services.board_keeper.rebuild(show)
    await do(services.ledger, hold)
    assert (await services.box_office.submit(hold)).version == 1
    keys = BoardKeys(valkey, redis_prefix)
    assert await keys.image(show) == await ledger_image(services, show)


async def test_heal_rebuilds_what_is_too_far_behind_or_of_another_epoch(
    services: Services,
    make_show: MakeShow,
    connect: Connect,
    valkey: Redis,
    redis_prefix: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Some events are cheaper than a board, many are not; a restored ledger has another history."""
    show, connection = await make_show(), await connect()
    keys = BoardKeys(valkey, redis_prefix)
    monkeypatch.setattr(board_keeper, "FILL_EVENTS_MAX", 2)
    old = (await services.board_keeper.rebuild(show)).position
    heard: list[list[object]] = []
    async with Listener(valkey, services.board.channel(show)) as listener:
        for commits in (2, 3):
            for _ in range(commits):
                await do(
                    services.ledger,
                    Block(show, (len(await kinds(services.ledger, show)),), "", SAM),
                )
            await _heal(services, show, old)
            heard.append(list(await listener.heard()))
            assert await keys.image(show) == await ledger_image(services, show)
            old = (await ledger_image(services, show)).position
        assert not await services.board_keeper.heal(show, old, old)
        await connection.execute("UPDATE show_clocks SET epoch = epoch + 1, version = 1")
        await _heal(services, show, old)
        heard.append(list(await listener.heard()))
    assert [type(message) for messages in heard for message in messages] == [
        ChangeBatch,
        Position,
        Position,
    ]
    image = await keys.image(show)
    assert image is not None
    assert image.position == Position(old.epoch + 1, 1)


async def test_heal_puts_up_a_board_that_went_away_meanwhile(
    services: Services, make_show: MakeShow, valkey: Redis, redis_prefix: str
) -> None:
    """Events that find no board to be applied to make a whole one."""
    show = await make_show()
    keys = BoardKeys(valkey, redis_prefix)
    seen = (await services.board_keeper.rebuild(show)).position
    await do(services.ledger, Hold(show, uuid4(), (1,), ANN))
    await keys.lose_all()
    await _heal(services, show, seen)
    assert await keys.image(show) == await ledger_image(services, show)


async def _heal(services: Services, show: int, board: Position) -> None:
    """Have a board healed, which is counted."""
    ledger = await services.ledger.position(show)
    assert ledger is not None
    heals = metrics.BOARD_HEALS._value.get()
    assert await services.board_keeper.heal(show, ledger, board)
    assert metrics.BOARD_HEALS._value.get() == heals + 1


async def test_seats_are_read_from_the_ledger_while_the_board_is_away(
    services: Services, open_instance: OpenInstance, make_show: MakeShow, tmp_path: Path
) -> None:
    """A snapshot needs one of the two; a show that neither has is not found."""
    show = await make_show()
    await do(services.ledger, Hold(show, uuid4(), (1,), ANN))
    async with open_instance(redis_url=f"unix://{tmp_path}/nobody.sock") as alone:
        snapshot = await alone.board_keeper.snapshot(show)
        assert snapshot.statuses[:3] == bytes([0, 1, 0])
        assert await alone.board_keeper.rebuild(show) == snapshot
        with pytest.raises(NotFound):
            await alone.board_keeper.snapshot(404)
    with pytest.raises(NotFound):
        await services.board_keeper.snapshot(404)


async def test_a_board_is_never_loaded_backwards(services: Services, make_show: MakeShow) -> None:
    """An old picture of the ledger does not replace a newer board."""
    show = await make_show()
    old = await services.ledger.board_state(show)
    assert old is not None
    await services.box_office.submit(Hold(show, uuid4(), (1,), ANN))
    status = (await services.catalog.show(show)).status
    assert not await services.board.load(show, old, status)
    reply, version = await services.board.post(show, None)
    assert (reply, version) == (PostReply.OK, 1)
