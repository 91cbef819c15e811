"""A loop whose clock jumps to the next timer, so that seconds pass in no time and always alike."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class _Jumping(selectors.DefaultSelector):
    now_s = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise RuntimeError("nothing is left that could happen")
        self.now_s += timeout
        return super().select(0)


class DrivenLoop(asyncio.SelectorEventLoop):
    """Runs what is due and, when nothing is, moves its clock to what comes next."""

    def __init__(self) -> None:
        self.clock = _Jumping()
        super().__init__(self.clock)

    def time(self) -> float:
        return self.clock.now_s

    def spend(self, seconds: float) -> None:
        """Let time pass as if something had kept the processor that long."""
        self.clock.now_s += seconds


def run_driven(work: Coroutine[Any, Any, T]) -> T:
    """Run *work* on a loop of this kind."""
    with asyncio.Runner(loop_factory=DrivenLoop) as runner:
        return runner.run(work)


def driven_loop() -> DrivenLoop:
    """Return the running loop."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, DrivenLoop)
    return loop
