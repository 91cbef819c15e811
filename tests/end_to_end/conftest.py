from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import Servers
from tests.end_to_end.fleet import Fleet, open_fleet


@pytest.fixture
async def fleet(
    servers: Servers, database_url: str, redis_prefix: str, tmp_path: Path
) -> AsyncIterator[Fleet]:
    """Processes of this test alone; none is running yet."""
    async with open_fleet(database_url, servers.redis_url, redis_prefix, tmp_path) as fleet:
        yield fleet
