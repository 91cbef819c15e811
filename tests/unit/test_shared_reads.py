"""Many who ask at the same time cost one read, and none of them gets an old answer."""

import asyncio

import pytest

from app.shared_reads import SharedReads


class Source:
    """A number that grows, read through a gate."""

    def __init__(self) -> None:
        self.number = 0
        self.reads = 0
        self.gate = asyncio.Event()
        self.shared = SharedReads(self._read)

    async def _read(self, key: str) -> tuple[str, int]:
        self.reads += 1
        number = self.number
        await self.gate.wait()
        if number < 0:
            raise ValueError("no number")
        return key, number

    async def ask(self, key: str = "a") -> "asyncio.Task[tuple[str, int]]":
        """Ask, and return when the question has been put."""
        task = asyncio.create_task(self.shared.get(key))
        for _ in range(5):
            await asyncio.sleep(0)
        return task


async def test_a_thousand_questions_are_two_reads() -> None:
    """Those who ask while a read is under way share the next one."""
    source = Source()
    tasks = [await source.ask() for _ in range(1_000)]
    assert source.reads == 1
    source.gate.set()
    assert {await task for task in tasks} == {("a", 0)}
    assert source.reads == 2


async def test_an_answer_is_never_older_than_its_question() -> None:
    """What had happened before somebody asked is in what they get."""
    source = Source()
    early = await source.ask()
    source.number = 7
    late = await source.ask()
    source.gate.set()
    assert (await early, await late) == (("a", 0), ("a", 7))


async def test_keys_do_not_wait_for_one_another() -> None:
    """Each has a read of its own."""
    source = Source()
    tasks = [await source.ask(key) for key in "ab"]
    assert source.reads == 2
    source.gate.set()
    assert [await task for task in tasks] == [("a", 0), ("b", 0)]


async def test_a_failed_read_is_told_to_all_who_shared_it_and_not_remembered() -> None:
    """The next to ask has the source read again."""
    source = Source()
    source.number = -1
    tasks = [await source.ask() for _ in range(3)]
    source.gate.set()
    for task in tasks:
        with pytest.raises(ValueError, match="no number"):
            await task
    source.number = 3
    assert await source.shared.get("a") == ("a", 3)


async def test_one_who_gives_up_leaves_the_answer_to_the_others() -> None:
    """Cancelling a question does not cancel its read."""
    source = Source()
    hasty, patient = await source.ask(), await source.ask()
    hasty.cancel()
    source.gate.set()
    assert await patient == ("a", 0)


async def test_who_joins_a_read_gets_what_it_has() -> None:
    """It costs no further read; when none is under way it is a question like any other."""
    source = Source()
    early = await source.ask()
    source.number = 7
    joined = asyncio.create_task(source.shared.join("a"))
    await asyncio.sleep(0)
    source.gate.set()
    assert (await early, await joined) == (("a", 0), ("a", 0))
    assert source.reads == 1
    assert await source.shared.join("a") == ("a", 7)
