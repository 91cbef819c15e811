"""Compares every show's board with the ledger and brings forward what is behind.

A board falls behind when a process dies between commit and post, or when Redis was away. The next
post of the show would heal it, too; this is for shows where no next one comes.

A board at the right version may still be wrong: a key was lost, or somebody wrote to it. So each
look also compares one board with the ledger seat by seat, another one each time.
"""

from collections.abc import Sequence
from typing import Final

import structlog

from app import metrics
from app.board import BoardAway
from app.changes import Position
from app.services import Services
from workers.loop import repeat

INTERVAL_S: Final = 1.0

log = structlog.get_logger(__name__)


async def run(services: Services) -> None:
    """Reconcile until cancelled."""
    reconciler = Reconciler(services)
    await repeat(reconciler.look, interval_s=INTERVAL_S)


class Reconciler:
    """Remembers where the ledger was a look ago: a board behind that was left behind."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._seen: dict[int, Position] = {}
        self._checked = 0

    async def look(self) -> bool:
        """Heal every board that has not come up to where the ledger was at the last look.

        A show without a board is left to whoever wants it first.
        """
        ledger = await self._services.ledger.live_positions()
        try:
            boards = await self._services.board.positions(list(ledger))
            for show, board in boards.items():
                seen = self._seen.get(show)
                if seen is not None and board < seen:
                    await self._services.board_keeper.heal(show, ledger[show], board)
            await self._check_next(sorted(boards))
        except BoardAway as error:
            log.debug("reconcile.board_away", error=repr(error))
        self._seen = ledger
        return False

    async def _check_next(self, shows: Sequence[int]) -> None:
        """Compare the board of the show that comes after the last one that was compared."""
        if not shows:
            return
        self._checked = next((show for show in shows if show > self._checked), shows[0])
        if await self._services.board_keeper.check(self._checked) is not None:
            metrics.BOARD_CHECKS.inc()
