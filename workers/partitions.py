"""Makes the monthly partitions of bookings and events ahead of time."""

from typing import Final

import structlog

from app.schema import PARTITION_MONTHS_AHEAD
from app.services import Services
from workers.loop import repeat

INTERVAL_S: Final = 3_600.0

log = structlog.get_logger(__name__)


async def run(services: Services) -> None:
    """Keep partitions made until cancelled."""
    await repeat(lambda: make_ahead(services), interval_s=INTERVAL_S)


async def make_ahead(services: Services) -> bool:
    """Make what is missing up to PARTITION_MONTHS_AHEAD months from now."""
    made = await services.ledger.ensure_partitions(PARTITION_MONTHS_AHEAD)
    if made:
        log.info("partitions.made", count=made)
    return False
