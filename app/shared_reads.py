"""One read for all who ask at the same time, for coroutines."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class SharedReads(Generic[K, V]):
    """However many ask for a key, one read of it is under way and at most one more is to follow.

    Nobody who does not ask for it (`join`) gets an answer from a read that had begun before: what a
    caller knows to have happened is in it.
    """

    def __init__(self, read: Callable[[K], Coroutine[Any, Any, V]]) -> None:
        self._read = read
        self._under_way: dict[K, asyncio.Task[V]] = {}
        self._to_follow: dict[K, asyncio.Task[V]] = {}

    async def get(self, key: K) -> V:
        """Return the value of *key* as of now. Raises whatever its read raises."""
        task = self._to_follow.get(key)
        if task is None:
            before = self._under_way.get(key)
            task = asyncio.create_task(self._read_after(before, key), name=f"read {key}")
            (self._under_way if before is None else self._to_follow)[key] = task
        # One caller that gives up must not take the answer away from the others.
        return await asyncio.shield(task)

    async def join(self, key: K) -> V:
        """Return the value of *key* as a read under way has it, or else as of now.

        Raises whatever that read raises.
        """
        task = self._under_way.get(key)
        return await (self.get(key) if task is None else asyncio.shield(task))

    async def _read_after(self, before: asyncio.Task[V] | None, key: K) -> V:
        if before is not None:
            await asyncio.wait({before})
            self._under_way[key] = self._to_follow.pop(key)
        try:
            return await self._read(key)
        finally:
            del self._under_way[key]
