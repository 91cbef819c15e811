"""When Python looks for cycles of garbage in a process with thousands of sockets.

A full collection looks at every object of every socket, some hundred each: 315 ms at 10,000
sockets, in which nothing else happens, and a fifth of all CPU while they open. Objects of an open
socket are not garbage, so it is made when sockets have closed, not when objects have been made.
"""

import gc
from typing import Final

# Young objects are looked at often enough that requests and tasks leave no heap behind, in about a
# millisecond.
_YOUNG_MAX: Final = 10_000
_MIDDLE_MAX: Final = 20
# In practice never.
_OLD_MAX: Final = 1_000_000
# What so many closed sockets may leave in cycles is some 100 MiB at most. An instance that goes
# does not collect: all its sockets may leave as much, for the seconds until it has ended.
CLOSED_MAX: Final = 5_000


def leave_the_old_alone() -> None:
    """Take what there is now for permanent, and stop full collections on allocation."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG_MAX, _MIDDLE_MAX, _OLD_MAX)


class ClosedSockets:
    """Counts closed sockets, and collects fully when there were CLOSED_MAX of them."""

    def __init__(self) -> None:
        self._since_collected = 0

    def add(self) -> None:
        """Count one more."""
        self._since_collected += 1

    def collect_when_due(self) -> bool:
        """Collect if enough sockets have closed; return whether it did."""
        if self._since_collected < CLOSED_MAX:
            return False
        self._since_collected = 0
        gc.collect()
        return True
