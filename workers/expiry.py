"""Releases holds past their time, through the box office.

Any number may run at once: the ledger checks each hold again under the show's clock row, and a
hold that another worker has expired already is simply not there any more. Without any, a lapsed
hold ends when somebody wants its seats.
"""

import asyncio
from collections import Counter
from functools import partial
from typing import Final
from uuid import UUID

import structlog

from app import metrics
from app.domain import Actor, Expire, Outcome, Role
from app.errors import HoldGone, RateLimited
from app.failpoints import Failpoint, reach
from app.services import Services
from workers.loop import repeat

# With a commit of some milliseconds this keeps a hold well within 2 s of its time.
INTERVAL_S: Final = 0.5
HOLDS_MAX: Final = 2_000
# Of one show at a look, so that one with many, or one that is stuck, leaves room for the others.
HOLDS_PER_SHOW_MAX: Final = 200
# A show that takes longer is left to itself; the next look passes it over until it has answered.
PATIENCE_S: Final = 0.5

ACTOR: Final = Actor("worker:expiry", Role.STAFF)

log = structlog.get_logger(__name__)


async def run(services: Services) -> None:
    """Expire due holds until cancelled."""
    expirer = Expirer(services)
    await repeat(expirer.look, interval_s=INTERVAL_S)


class Expirer:
    """Remembers which shows have not answered yet."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._unanswered: Counter[int] = Counter()

    async def look(self) -> bool:
        """Expire the holds that are due, each show's oldest first; True when there are more."""
        due = await self._services.ledger.due_holds(HOLDS_MAX, HOLDS_PER_SHOW_MAX)
        metrics.DUE_HOLDS.set(len(due))
        if due:
            reach(Failpoint.BEFORE_EXPIRE)
        stuck = set(self._unanswered)
        answers = []
        for show, hold in due:
            if show in stuck:
                continue
            try:
                answers.append(self._expire(show, hold))
            except RateLimited:
                stuck.add(show)  # its queue is full; the other shows are not
        if not answers:
            return False
        await asyncio.wait(answers, timeout=PATIENCE_S)
        return len(due) == HOLDS_MAX and not self._unanswered

    def _expire(self, show: int, hold: UUID) -> asyncio.Future[Outcome]:
        answer = self._services.box_office.submit(Expire(show, hold, ACTOR))
        self._unanswered[show] += 1
        answer.add_done_callback(partial(self._take_answer, show))
        return answer

    def _take_answer(self, show: int, answer: asyncio.Future[Outcome]) -> None:
        self._unanswered[show] -= 1
        if not self._unanswered[show]:
            del self._unanswered[show]
        error = None if answer.cancelled() else answer.exception()
        if error is None:
            metrics.HOLDS_EXPIRED.inc()
        elif not isinstance(error, HoldGone):
            log.warning("expiry.failed", show=show, error=repr(error))
