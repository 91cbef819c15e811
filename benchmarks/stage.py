"""What a measurement with real processes stands on: durable servers and instances of its own."""

import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from app.config import Settings, settings_from_environ
from app.domain import Actor, Hold, Role
from app.embedded import EmbeddedPostgres, EmbeddedValkey
from app.schema import migrate
from app.services import Services, open_services
from tests.end_to_end.fleet import Fleet, open_fleet


@dataclass(frozen=True, slots=True)
class Stage:
    """Servers, a fleet of processes on them, and the services of the measuring process itself."""

    fleet: Fleet
    services: Services
    redis_url: str
    postgres_pid: int
    valkey_pid: int

    async def hold(self, show: int, *seats: int) -> int:
        """Hold *seats* for a new buyer, as another instance would; return the version."""
        command = Hold(show, uuid4(), seats, Actor(uuid4().hex, Role.BUYER))
        return (await self.services.box_office.submit(command)).version

    async def statuses(self, show: int) -> bytes:
        """Return what the ledger says of every seat."""
        state = await self.services.ledger.board_state(show)
        assert state is not None
        return state.statuses


@asynccontextmanager
async def open_stage(**settings: str) -> AsyncIterator[Stage]:
    """Have PostgreSQL (fsync on), Valkey and no instance yet, until the block ends.

    settings: environment of every process that the fleet starts.
    """
    with tempfile.TemporaryDirectory(prefix="seatwire-bench-") as folder:
        home = Path(folder)
        postgres, valkey = EmbeddedPostgres(home), EmbeddedValkey(home)
        with postgres, valkey:
            assert postgres.pid is not None
            assert valkey.pid is not None
            await migrate(postgres.database_url())
            async with AsyncExitStack() as stack:
                logs = home / "logs"
                logs.mkdir()
                fleet = await stack.enter_async_context(
                    open_fleet(postgres.database_url(), valkey.redis_url, "", logs)
                )
                fleet.environment |= {"SEATWIRE_PULSE_MS": "5000", **settings}
                services = await stack.enter_async_context(
                    open_services(_settings(fleet.environment))
                )
                yield Stage(fleet, services, valkey.redis_url, postgres.pid, valkey.pid)


def _settings(environment: dict[str, str]) -> Settings:
    os.environ.update({k: v for k, v in environment.items() if k.startswith("SEATWIRE_")})
    return settings_from_environ()
