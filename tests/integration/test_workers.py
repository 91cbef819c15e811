"""What runs without sockets: expiry, reconciliation, partitions."""

import asyncio
from pathlib import Path
from typing import Final
from uuid import uuid4

from redis.asyncio import Redis

from app.domain import (
    ChangeShow,
    EventKind,
    Expire,
    Hold,
    HoldStatus,
    ShowPatch,
    ShowStatus,
)
from app.services import Services
from tests.integration.boards import BoardKeys, ledger_image
from tests.integration.conftest import (
    ANN,
    BOB,
    SAM,
    WORKER,
    Connect,
    MakeShow,
    OpenInstance,
    PassTime,
    do,
    eventually,
)
from tests.integration.history import kinds
from workers import expiry, partitions
from workers.expiry import Expirer
from workers.reconcile import Reconciler

LATENESS_S: Final = """
    SELECT extract(epoch FROM e.at - h.expires_at)::float8 AS late_s
    FROM seat_events e JOIN holds h ON h.show_id = e.show_id AND h.id = e.hold_id
    WHERE e.kind = 'expire'
"""
RESTORED_TO_THE_START: Final = """
    WITH holds AS (DELETE FROM holds WHERE show_id = $1),
    events AS (DELETE FROM seat_events WHERE show_id = $1),
    clock AS (UPDATE show_clocks SET version = 0, epoch = epoch + 1 WHERE show_id = $1)
    UPDATE seats SET status = 0, hold_id = NULL, locked_until = NULL, version = 0 WHERE show_id = $1
"""


async def test_I7_several_workers_expire_a_hold_once(
    services: Services, open_instance: OpenInstance, make_show: MakeShow, pass_time: PassTime
) -> None:
    """Two workers that look at the same moment leave one event."""
    show = await make_show()
    hold = uuid4()
    await do(services.ledger, Hold(show, hold, (1, 2), ANN))
    await pass_time(show, 601)
    async with open_instance() as other:
        await asyncio.gather(*(Expirer(s).look() for s in (services, other)))
    assert await kinds(services.ledger, show) == [EventKind.HOLD, EventKind.EXPIRE]
    state = await services.ledger.hold(show, hold)
    assert state is not None
    assert state.status is HoldStatus.EXPIRED


async def test_I7_workers_release_a_hold_at_its_time_and_not_before(
    services: Services, open_instance: OpenInstance, make_show: MakeShow, connect: Connect
) -> None:
    """With two workers running, holds of a second end no sooner and at most two seconds later."""
    show, connection = await make_show(hold_ttl_s=1), await connect()
    for seat in range(5):
        await services.box_office.submit(Hold(show, uuid4(), (seat,), SAM))

    async def all_expired() -> bool:
        return (await kinds(services.ledger, show)).count(EventKind.EXPIRE) == 5

    async with open_instance() as other:
        workers = [asyncio.create_task(expiry.run(s)) for s in (services, other)]
        await eventually(all_expired)
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
    lateness = await connection.fetch(LATENESS_S)
    assert len(lateness) == 5
    assert all(0 <= row["late_s"] <= 2 for row in lateness)


async def test_I7_a_hold_that_is_not_due_is_left_alone(
    services: Services, make_show: MakeShow
) -> None:
    """Never early."""
    show = await make_show()
    await do(services.ledger, Hold(show, uuid4(), (1,), ANN))
    assert not await Expirer(services).look()
    assert await kinds(services.ledger, show) == [EventKind.HOLD]


async def test_I13_a_show_that_is_stuck_does_not_keep_others_from_expiring(
    services: Services, make_show: MakeShow, pass_time: PassTime, connect: Connect
) -> None:
    """While somebody sits on one show's clock the holds of another end."""
    stuck, other = await make_show(), await make_show()
    for show in (stuck, other):
        await do(services.ledger, Hold(show, uuid4(), (1,), ANN))
        await pass_time(show, 601)
    expirer = Expirer(services)
    blocker = await connect()
    async with blocker.transaction():
        await blocker.execute("SELECT 1 FROM show_clocks WHERE show_id = $1 FOR UPDATE", stuck)
        await expirer.look()
        assert await kinds(services.ledger, other) == [EventKind.HOLD, EventKind.EXPIRE]
        assert await kinds(services.ledger, stuck) == [EventKind.HOLD]

    async def is_expired() -> bool:
        await expirer.look()
        return await kinds(services.ledger, stuck) == [EventKind.HOLD, EventKind.EXPIRE]

    await eventually(is_expired)


async def test_I12_a_board_that_missed_a_post_is_brought_up(
    services: Services, make_show: MakeShow, valkey: Redis, redis_prefix: str
) -> None:
    """What was committed without a post is on the board after two looks, and not after one."""
    show = await make_show()
    await services.box_office.submit(Hold(show, uuid4(), (1,), ANN))
    await do(services.ledger, Hold(show, uuid4(), (2, 3), BOB))
    keys = BoardKeys(valkey, redis_prefix)
    reconciler = Reconciler(services)
    await reconciler.look()
    assert await keys.image(show) != await ledger_image(services, show)
    await reconciler.look()
    assert await keys.image(show) == await ledger_image(services, show)


async def test_I12_the_end_of_a_show_reaches_its_board(
    services: Services, make_show: MakeShow, valkey: Redis, redis_prefix: str
) -> None:
    """A cancellation that was committed and never posted is brought up like anything else."""
    show = await make_show()
    await services.box_office.submit(Hold(show, uuid4(), (1,), ANN))
    await do(services.ledger, ChangeShow(show, ShowPatch(status=ShowStatus.CANCELLED), SAM))
    keys = BoardKeys(valkey, redis_prefix)
    reconciler = Reconciler(services)
    for _ in range(2):
        await reconciler.look()
    image = await keys.image(show)
    assert image == await ledger_image(services, show)
    assert image is not None
    assert (image.status, sum(image.statuses)) == ("cancelled", 0)


async def test_I12_a_restored_ledger_replaces_the_board(
    services: Services, make_show: MakeShow, connect: Connect, valkey: Redis, redis_prefix: str
) -> None:
    """With a new epoch the board follows the ledger even to a lower version."""
    show, connection = await make_show(), await connect()
    for seat in range(3):
        await services.box_office.submit(Hold(show, uuid4(), (seat,), SAM))
    await connection.execute(RESTORED_TO_THE_START, show)
    reconciler = Reconciler(services)
    for _ in range(2):
        await reconciler.look()
    image = await BoardKeys(valkey, redis_prefix).image(show)
    assert image == await ledger_image(services, show)
    assert image is not None
    assert (image.position.version, sum(image.statuses)) == (0, 0)


async def test_the_reconciler_goes_on_when_the_board_is_away(
    services: Services, open_instance: OpenInstance, make_show: MakeShow, tmp_path: Path
) -> None:
    """Without Redis a look does nothing and is no failure."""
    await make_show()
    async with open_instance(redis_url=f"unix://{tmp_path}/nobody.sock") as alone:
        reconciler = Reconciler(alone)
        for _ in range(2):
            assert not await reconciler.look()


async def test_reconciling_leaves_a_show_without_a_board_alone(
    services: Services, make_show: MakeShow, valkey: Redis, redis_prefix: str
) -> None:
    """A thousand shows that nobody looks at cost no boards."""
    show = await make_show()
    await do(services.ledger, Hold(show, uuid4(), (1,), ANN))
    reconciler = Reconciler(services)
    for _ in range(3):
        await reconciler.look()
    assert await BoardKeys(valkey, redis_prefix).image(show) is None


async def test_the_partitions_worker_makes_what_is_missing(
    services: Services, connect: Connect
) -> None:
    """A partition that is not there yet is made ahead of its month."""
    connection = await connect()
    last = await connection.fetchval(
        "SELECT max(inhrelid::regclass::text) FROM pg_inherits"
        " WHERE inhparent = 'seat_events'::regclass"
    )
    await connection.execute(f"DROP TABLE {last}")
    assert not await partitions.make_ahead(services)
    assert await connection.fetchval("SELECT to_regclass($1) IS NOT NULL", last)


async def test_an_expire_command_for_a_hold_that_is_gone_changes_nothing(
    services: Services, make_show: MakeShow
) -> None:
    """Workers may be late."""
    show = await make_show()
    answer = services.box_office.submit(Expire(show, uuid4(), WORKER))
    await asyncio.wait([answer])
    assert answer.exception() is not None
    assert await kinds(services.ledger, show) == []
