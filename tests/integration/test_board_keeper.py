"""The board follows the ledger, whatever happened to either."""

import asyncio
from uuid import uuid4

from redis.asyncio import Redis

from app.board import PostReply
from app.changes import ChangeBatch
from app.domain import Block, Book, Hold, Release
from app.services import Services
from tests.integration.boards import BoardKeys, Listener, full_batch, ledger_image
from tests.integration.conftest import ANN, BOB, SAM, MakeShow, do


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
    async with Listener(valkey, services.board.channel(show)) as listener:
        await asyncio.gather(*(services.board_keeper.rebuild(show) for _ in range(100)))
        assert len(await listener.heard()) == 1


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
