"""The bounded cache."""

import asyncio

import pytest

from app.recent import Recent


class Source:
    """Loads squares, counts how often, and waits until it may go on."""

    def __init__(self) -> None:
        self.loads: list[int] = []
        self.started = asyncio.Event()
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()

    async def load(self, key: int) -> int:
        self.loads.append(key)
        self.started.set()
        await self.may_go_on.wait()
        if key < 0:
            raise LookupError(key)
        return key * key


async def test_a_value_is_loaded_once() -> None:
    source = Source()
    recent = Recent(source.load, entries_max=2)
    assert [await recent.get(3), await recent.get(3)] == [9, 9]
    assert source.loads == [3]


async def test_the_value_asked_for_longest_ago_goes_first() -> None:
    source = Source()
    recent = Recent(source.load, entries_max=2)
    for key in (1, 2, 1, 3, 1, 2):
        await recent.get(key)
    assert source.loads == [1, 2, 3, 2]


async def test_all_who_ask_at_once_share_one_load_even_if_one_gives_up() -> None:
    source = Source()
    source.may_go_on.clear()
    recent = Recent(source.load, entries_max=2)
    asking = [asyncio.create_task(recent.get(4)) for _ in range(3)]
    await source.started.wait()
    asking[0].cancel()
    source.may_go_on.set()
    results = await asyncio.gather(*asking, return_exceptions=True)
    assert isinstance(results[0], asyncio.CancelledError)
    assert results[1:] == [16, 16]
    assert source.loads == [4]


async def test_a_failure_is_not_remembered() -> None:
    source = Source()
    recent = Recent(source.load, entries_max=2)
    for _ in range(2):
        with pytest.raises(LookupError):
            await recent.get(-1)
    assert source.loads == [-1, -1]
