"""Instances that tell each other who watches."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from redis.asyncio import Redis

from app.presence import REPORT_TTL_MS
from app.services import Services
from tests.integration.conftest import OpenInstance, eventually


@asynccontextmanager
async def reporting(services: Services, watchers: dict[int, int]) -> AsyncIterator[None]:
    """Have an instance report *watchers*, and whatever they become, while the block runs."""
    task = asyncio.create_task(services.presence.run(lambda: watchers))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_each_instance_knows_the_watchers_and_refusals_of_all(
    open_instance: OpenInstance,
) -> None:
    async with open_instance() as one, open_instance() as two:
        two.box_office.refusals.add(7, "seats_taken")
        async with reporting(one, {7: 3, 8: 1}), reporting(two, {7: 2}):

            async def both_know() -> bool:
                views = [await services.presence.of(7) for services in (one, two)]
                expected = {one.instance: 3, two.instance: 2}
                return all(view.watchers == expected for view in views)

            await eventually(both_know)
            view = await one.presence.of(7)
            assert view.watcher_count == 5
            assert view.refusals == {"seats_taken": 1}
            assert (await two.presence.of(8)).watchers == {one.instance: 1, two.instance: 0}


async def test_an_instance_that_says_nothing_any_more_is_forgotten(
    open_instance: OpenInstance, valkey: Redis, redis_prefix: str
) -> None:
    async with open_instance() as one:
        await one.board.report("gone", b"\x82\xa8watchers\x80\xa8refusals\x80", REPORT_TTL_MS)
        assert (await one.presence.of(7)).watchers == {one.instance: 0, "gone": 0}
        key = f"{redis_prefix}{{instances}}:gone"
        assert 0 < await valkey.pttl(key) <= REPORT_TTL_MS
        await valkey.delete(key)
        assert (await one.presence.of(7)).watchers == {one.instance: 0}
        assert await one.board.reports() == {}
        assert not await valkey.exists(f"{redis_prefix}{{instances}}")


async def test_without_the_board_an_instance_knows_of_itself(open_instance: OpenInstance) -> None:
    async with open_instance(redis_url="redis://127.0.0.1:1") as one:
        async with reporting(one, {7: 3}):

            async def knows() -> bool:
                return (await one.presence.of(7)).watchers == {one.instance: 3}

            await eventually(knows)
