"""Points on a command's way at which a test can have this process killed.

`SEATWIRE_FAILPOINTS=after_commit:3,before_load` kills the process, as SIGKILL does, when it comes
after a commit for the third time, or before a load for the first. Only with
`SEATWIRE_ENV=development` (app/config.py); without it a point costs one look at an empty dict.
"""

import os
import signal
from enum import StrEnum
from typing import Final


class Failpoint(StrEnum):
    """Where; the order is that of a take's way."""

    BEFORE_CLAIM = "before_claim"
    AFTER_CLAIM = "after_claim"
    BEFORE_COMMIT = "before_commit"
    AFTER_COMMIT = "after_commit"
    AFTER_POST = "after_post"
    BEFORE_REPLY = "before_reply"
    # A board that is put up anew, the ledger's seats read.
    BEFORE_LOAD = "before_load"
    # A change that has come by the channel.
    BEFORE_DELIVER = "before_deliver"
    # Due holds found, none released.
    BEFORE_EXPIRE = "before_expire"


# Point -> how many times more it is passed before it kills.
_armed: Final[dict[Failpoint, int]] = {}


def parse_failpoints(text: str) -> dict[Failpoint, int]:
    """Return how often each point named in *text* is passed. Raises ValueError."""
    wanted = {}
    for part in filter(None, text.split(",")):
        name, _, turn = part.partition(":")
        wanted[Failpoint(name)] = int(turn or 1) - 1
    return wanted


def arm(text: str) -> None:
    """Have this process killed at the points that *text* names, and at no others."""
    _armed.clear()
    _armed.update(parse_failpoints(text))


def reach(point: Failpoint) -> None:
    """Pass *point*, or die there."""
    if _armed and point in _armed:
        _armed[point] -= 1
        if _armed[point] < 0:
            os.kill(os.getpid(), signal.SIGKILL)
