"""How often this process refused a command, by show and code, for the box office's screens."""

from collections import Counter, OrderedDict
from typing import Final

# Whoever makes up show ids must not fill the memory.
SHOWS_MAX: Final = 1_000


class Refusals:
    """Counts since the process started, of the SHOWS_MAX shows that refused something last."""

    def __init__(self) -> None:
        self._counts: OrderedDict[int, Counter[str]] = OrderedDict()

    def add(self, show: int, code: str) -> None:
        """Count one refusal."""
        counts = self._counts.setdefault(show, Counter())
        counts[code] += 1
        self._counts.move_to_end(show)
        if len(self._counts) > SHOWS_MAX:
            self._counts.popitem(last=False)

    def counts(self) -> dict[int, dict[str, int]]:
        """Return the counts of each show by code."""
        return {show: dict(counts) for show, counts in self._counts.items()}
