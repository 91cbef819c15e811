"""Of several database servers the first good one is used, whatever the others do."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import pytest

from app.database import Database
from app.database_hosts import Host, read_hosts
from app.errors import Unavailable
from tests.integration.conftest import WAIT_S

STARTING_UP: Final = b"SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0"


class Stranger:
    """A server that takes connections and is of no use. says: None when it hangs."""

    def __init__(self, folder: Path, says: bytes | None) -> None:
        self.host = Host(str(folder), 5432)
        self.says = says
        self.visits = 0

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["Stranger"]:
        path = f"{self.host.name}/.s.PGSQL.{self.host.port}"
        async with await asyncio.start_unix_server(self._take, path):
            yield self

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.visits += 1
        if self.says is not None:
            writer.write(b"E" + (len(self.says) + 4).to_bytes(4) + self.says)
        else:
            await reader.read()  # until it hangs up
        writer.close()


@pytest.mark.parametrize("says", [STARTING_UP, None], ids=["starting up", "hung"])
async def test_a_host_that_is_of_no_use_keeps_nobody_from_the_next(
    database_url: str, tmp_path: Path, says: bytes | None
) -> None:
    """The good one is found behind it, and is asked first from then on."""
    (good,) = read_hosts(database_url)
    async with Stranger(tmp_path, says).listening() as stranger:
        database = await _open(database_url, [stranger.host, good])
        async with asyncio.timeout(WAIT_S):
            await asyncio.gather(*(database.fetch("SELECT pg_sleep(0.05)") for _ in range(4)))
        visits = stranger.visits
        assert visits >= 1
        await database.close()
        database = await _open(database_url, [good, stranger.host])
        await database.fetch("SELECT 1")
        assert stranger.visits == visits
        await database.close()


async def test_without_a_good_host_the_ledger_is_unavailable(
    database_url: str, tmp_path: Path
) -> None:
    """A server that takes no writes is none; nothing has happened, and that is certain."""
    (good,) = read_hosts(database_url)
    async with Stranger(tmp_path, STARTING_UP).listening() as stranger:
        for hosts, target in (([stranger.host] * 2, "read-write"), ([good] * 2, "read-only")):
            database = await _open(database_url, hosts, target)
            with pytest.raises(Unavailable):
                await database.fetch("SELECT 1")
            await database.close()


async def _open(url: str, hosts: list[Host], target: str = "read-write") -> Database:
    names, ports = zip(*hosts, strict=True)
    query = f"host={','.join(names)}&port={','.join(map(str, ports))}"
    parts = urlsplit(url)
    account = parts.netloc.rpartition("@")[0] + "@"
    several = parts._replace(netloc=account, query=f"{query}&target_session_attrs={target}")
    return await Database.open(urlunsplit(several), connections_max=4, statement_cache_size=100)
