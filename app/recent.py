"""A bounded cache of things that never change, for coroutines."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Keeps the *entries_max* values asked for last and loads the others.

    However many ask for a missing value at the same time, it is loaded once. A failed load is
    raised to all who waited for it and is not remembered.
    """

    def __init__(self, load: Callable[[K], Coroutine[Any, Any, V]], *, entries_max: int) -> None:
        self._load = load
        self._entries_max = entries_max
        self._values: OrderedDict[K, V] = OrderedDict()
        self._loads: dict[K, asyncio.Task[V]] = {}

    async def get(self, key: K) -> V:
        """Return the value of *key*. Raises whatever its load raises."""
        value = self.known(key)
        if value is not None:
            return value
        load = self._loads.get(key)
        if load is None:
            load = asyncio.create_task(self._fill(key), name=f"load {key}")
            self._loads[key] = load
            load.add_done_callback(lambda _: self._loads.pop(key))
        # One caller that gives up must not take the load away from the others.
        return await asyncio.shield(load)

    def known(self, key: K) -> V | None:
        """Return the value of *key* when it is kept here."""
        if key not in self._values:
            return None
        self._values.move_to_end(key)
        return self._values[key]

    async def _fill(self, key: K) -> V:
        value = self._values[key] = await self._load(key)
        if len(self._values) > self._entries_max:
            self._values.popitem(last=False)
        return value
