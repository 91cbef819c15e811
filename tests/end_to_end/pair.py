"""A primary and its streaming standby, which a test may kill, stop and promote."""

import shutil
import signal
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncpg

from app.embedded import EmbeddedPostgres
from tests.end_to_end.faults import send_signal


class Standby(EmbeddedPostgres):
    """A copy of *primary* that follows it until it is promoted."""

    def __init__(self, home: Path, primary: EmbeddedPostgres) -> None:
        super().__init__(home, durable=False)
        self._primary = primary

    def _initialize(self, account: dict[str, Any]) -> None:
        unfinished = self.folder.with_suffix(".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        if account:
            shutil.chown(unfinished, account["user"], account["group"])
        source = self._primary.database_url("postgres")
        options = ("--write-recovery-conf", "--checkpoint=fast", "--no-sync")
        self._run("pg_basebackup", "-D", str(unfinished), "-d", source, *options, **account)
        unfinished.rename(self.folder)

    def _is_ready(self, pid: int) -> bool:
        lines = self._pid_file()
        return len(lines) >= 8 and lines[7].strip() in ("ready", "standby")


class Pair:
    """Two servers, and the URL that names both."""

    def __init__(self, home: Path) -> None:
        self.primary = EmbeddedPostgres(home / "primary", durable=False)
        self.standby = Standby(home / "standby", self.primary)
        for folder in (home / "primary", home / "standby"):
            folder.mkdir()

    @property
    def database_url(self) -> str:
        folders = ",".join(quote(str(s.socket_folder)) for s in (self.primary, self.standby))
        return f"postgresql://postgres@/seatwire?host={folders}&port=5432,5432"

    def start(self) -> None:
        self.primary.start()
        self.standby.start()

    def stop(self) -> None:
        send_signal(self.primary, signal.SIGCONT)
        for server in (self.standby, self.primary):
            server.stop()

    async def wait_until_copied(self) -> None:
        """Return when the standby has all that is committed by now."""
        here = await _ask(self.primary, "SELECT pg_current_wal_lsn()::text")
        query = "SELECT pg_last_wal_replay_lsn() >= $1::text::pg_lsn"
        while not await _ask(self.standby, query, here):
            pass

    async def promote(self) -> None:
        """Make the standby a primary, whatever the other one does."""
        assert await _ask(self.standby, "SELECT pg_promote()")

    async def demote(self) -> None:
        """Have the primary refuse writes, as one that was replaced, and keep its connections."""
        await _ask(self.primary, "ALTER SYSTEM SET default_transaction_read_only = on")
        await _ask(self.primary, "SELECT pg_reload_conf()")


async def _ask(server: EmbeddedPostgres, query: str, *args: object) -> Any:
    connection = await asyncpg.connect(server.database_url())
    try:
        return await connection.fetchval(query, *args)
    finally:
        await connection.close()
