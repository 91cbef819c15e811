"""Notices when something that is asked leaves every question unanswered."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from types import TracebackType


class Silence:
    """Watches questions to one server; calls *on_silence* again and again while none is answered.

    after_s: how long nothing may be heard while something is asked; also the time between calls.
    """

    def __init__(self, after_s: float, on_silence: Callable[[], None] = lambda: None) -> None:
        self._after_s = after_s
        self._on_silence = on_silence
        self._open_questions = 0
        self._heard_at = 0.0
        self._alarm: asyncio.TimerHandle | None = None

    @property
    def is_on(self) -> bool:
        """Whether something is asked and nothing has been answered for too long."""
        silent_s = asyncio.get_running_loop().time() - self._heard_at
        return self._open_questions > 0 and silent_s >= self._after_s

    def question(self) -> AbstractContextManager[None]:
        """Count the block as a question; its end, whatever it is, as an answer."""
        return self

    def __enter__(self) -> None:
        loop = asyncio.get_running_loop()
        if not self._open_questions:
            self._heard_at = loop.time()
        self._open_questions += 1
        if self._alarm is None:
            self._alarm = loop.call_later(self._after_s, self._look)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._open_questions -= 1
        self._heard_at = asyncio.get_running_loop().time()

    def _look(self) -> None:
        self._alarm = None
        if not self._open_questions:
            return
        loop = asyncio.get_running_loop()
        rest_s = self._heard_at + self._after_s - loop.time()
        if self.is_on:
            rest_s = self._after_s
            self._on_silence()
        self._alarm = loop.call_later(rest_s, self._look)
