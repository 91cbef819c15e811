"""Compares every show's board with the ledger and brings forward what is behind.

A board falls behind when a process dies between commit and post, or when Redis was away. The next
post of the show would heal it, too; this is for shows where no next one comes.
"""

from typing import Final

import structlog

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
        except BoardAway as error:
            log.debug("reconcile.board_away", error=repr(error))
        self._seen = ledger
        return False
