"""Compares every show's board with the ledger and brings forward what is behind.

A board falls behind when a process dies between commit and post, or when Redis was away. The next
post of the show would heal it, too; this is for shows where no next one comes.
"""

from typing import Final

import structlog

from app.board import BoardAway
from app.services import Services
from workers.loop import repeat

INTERVAL_S: Final = 1.0

log = structlog.get_logger(__name__)


async def run(services: Services) -> None:
    """Reconcile until cancelled."""
    await repeat(lambda: reconcile(services), interval_s=INTERVAL_S)


async def reconcile(services: Services) -> bool:
    """Heal every board that is behind; a show without a board is left to whoever wants it first.

    A board may look behind only because its post is still under way; posting twice changes nothing.
    """
    try:
        ledger = await services.ledger.live_positions()
        boards = await services.board.positions(list(ledger))
        for show, board in boards.items():
            await services.board_keeper.heal(show, ledger[show], board)
    except BoardAway as error:
        log.debug("reconcile.board_away", error=repr(error))
    return False
