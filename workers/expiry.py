"""Releases holds past their time, through the box office.

Any number may run at once: the ledger checks each hold again under the show's clock row, and a
hold that another worker has expired already is simply not there any more. Without any, a lapsed
hold ends when somebody wants its seats.
"""

import asyncio
from typing import Final

from app import metrics
from app.domain import Actor, Expire, Role
from app.errors import HoldGone
from app.services import Services
from workers.loop import repeat

# With a commit of some milliseconds this keeps a hold well within 2 s of its time.
INTERVAL_S: Final = 0.5
HOLDS_MAX: Final = 1_000

ACTOR: Final = Actor("worker:expiry", Role.STAFF)


async def run(services: Services) -> None:
    """Expire due holds until cancelled."""
    await repeat(lambda: expire_due(services), interval_s=INTERVAL_S)


async def expire_due(services: Services) -> bool:
    """Expire the holds that are due now, the oldest first; True when there are more.

    Raises the first error that is not about one hold alone.
    """
    due = await services.ledger.due_holds(HOLDS_MAX)
    metrics.DUE_HOLDS.set(len(due))
    if not due:
        return False
    answers = await asyncio.gather(
        *(services.box_office.submit(Expire(show, hold, ACTOR)) for show, hold in due),
        return_exceptions=True,
    )
    for answer in answers:
        if not isinstance(answer, BaseException):
            metrics.HOLDS_EXPIRED.inc()
        elif not isinstance(answer, HoldGone):
            raise answer
    return len(due) == HOLDS_MAX
