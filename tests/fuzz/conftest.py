from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.domain import Role
from tests.conftest import Servers
from tests.end_to_end.fleet import Fleet, Process, open_fleet


@dataclass(frozen=True, slots=True)
class Target:
    """An instance of the test's own, and a show on sale there with a hold and a booking."""

    fleet: Fleet
    web: Process
    show: int
    hold: str
    booking: str

    def defects(self) -> list[str]:
        """Return the lines of the instance's log that tell of a defect."""
        lines = (self.fleet.logs / "0-serve.log").read_text().splitlines()
        return [line for line in lines if "Traceback" in line or '"level":"error"' in line]


@pytest.fixture
async def target(
    servers: Servers, database_url: str, redis_prefix: str, tmp_path: Path
) -> AsyncIterator[Target]:
    async with open_fleet(database_url, servers.redis_url, redis_prefix, tmp_path) as fleet:
        # Nobody waits for an allowance here; that it counts is tested elsewhere.
        web = await fleet.start_web(
            SEATWIRE_MESSAGES_BURST="100000", SEATWIRE_SOCKETS_PER_S="100000"
        )
        show = await fleet.add_show(web.url, rows=4, seats=10, seats_per_hold_max=40)
        holds = f"/shows/{show}/holds"
        hold = await fleet.post(web.url, holds, {"seats": [0, 1]}, role=Role.STAFF)
        sold = await fleet.post(web.url, holds, {"seats": [2]}, role=Role.STAFF)
        booking = await fleet.post(
            web.url, f"/shows/{show}/bookings", {"hold": sold["hold"]}, role=Role.ADMIN
        )
        yield Target(fleet, web, show, hold["hold"], booking["booking"])
