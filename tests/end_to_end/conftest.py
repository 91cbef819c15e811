from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.conftest import Servers
from tests.end_to_end.fleet import Fleet, environment


@pytest.fixture
async def fleet(
    servers: Servers, database_url: str, redis_prefix: str, tmp_path: Path
) -> AsyncIterator[Fleet]:
    """Processes of this test alone; none is running yet."""
    async with httpx.AsyncClient(timeout=10) as http:
        fleet = Fleet(environment(database_url, servers.redis_url, redis_prefix), http, tmp_path)
        try:
            yield fleet
        finally:
            await fleet.stop()
