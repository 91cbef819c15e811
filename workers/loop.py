"""A worker's life: do its work, wait, do it again; a failure is logged and the next turn comes."""

import random
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from app.cancellation import pause
from app.errors import SeatwireError

# Several workers of one kind should not all look at the same moment.
JITTER: Final = 0.2
FAILURE_PAUSE_S: Final = 1.0

log = structlog.get_logger(__name__)


async def repeat(work: Callable[[], Awaitable[bool]], *, interval_s: float) -> None:
    """Run *work* until cancelled, every *interval_s* on average, at once when it says there is
    more."""
    while True:
        pause_s = interval_s
        try:
            if await work():
                pause_s = 0
        except SeatwireError as error:
            log.warning("worker.failed", error=repr(error))
            pause_s = max(interval_s, FAILURE_PAUSE_S)
        except Exception:
            log.exception("worker.failed")
            pause_s = max(interval_s, FAILURE_PAUSE_S)
        await pause(pause_s * random.uniform(1 - JITTER, 1 + JITTER))
