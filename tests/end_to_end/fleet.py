"""Real processes of the product on a test's own database and keys."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx
import psutil

from app.auth import Tokens
from app.client import Client, CodecName, open_client
from app.config import project_root
from app.domain import Role
from tests.small_plan import small_plan

SECRET: Final = "a secret that only tests use, 32 bytes"
START_TIMEOUT_S: Final = 20.0
STOP_TIMEOUT_S: Final = 10.0


@dataclass(slots=True)
class Process:
    """One process of the product. url: where it serves, if it does."""

    child: asyncio.subprocess.Process
    url: str

    async def stop(self, signal_: signal.Signals = signal.SIGTERM) -> int:
        """Send *signal_* and return the exit code."""
        if self.child.returncode is None:
            self.child.send_signal(signal_)
        return await asyncio.wait_for(self.child.wait(), STOP_TIMEOUT_S)


@dataclass(slots=True)
class Fleet:
    """The processes of one test, and the ways in."""

    environment: dict[str, str]
    http: httpx.AsyncClient
    logs: Path
    processes: list[Process] = field(default_factory=list)

    async def start_web(self, *, port: int | None = None, **settings: str) -> Process:
        """Start a web instance on *port*, or on a free one; returns when it is ready."""
        process = await self.launch_web(port=port, **settings)
        await eventually(lambda: self.is_ready(process), timeout_s=START_TIMEOUT_S)
        return process

    async def launch_web(self, *, port: int | None = None, **settings: str) -> Process:
        """Start a web instance on *port*, or on a free one; returns at once."""
        port = port or free_port()
        environment = {**self.environment, "SEATWIRE_PORT": str(port), **settings}
        return await self._start(["serve"], f"http://127.0.0.1:{port}", environment)

    async def start_worker(self, *names: str, **settings: str) -> Process:
        """Start one worker process."""
        return await self._start(["work", *names], "", {**self.environment, **settings})

    async def run_tool(self, *command: str) -> tuple[int, str]:
        """Run a command to its end, and return its exit code and what it said."""
        process = await self._start(list(command), "", self.environment)
        code = await asyncio.wait_for(process.child.wait(), START_TIMEOUT_S)
        return code, (self.logs / f"{len(self.processes) - 1}-{command[0]}.log").read_text()

    async def add_show(self, url: str, *, rows: int = 5, seats: int = 10, **fields: Any) -> int:
        """Add a venue and a show on sale of *rows* times *seats*, and return the show."""
        venue = await self.post(url, "/venues", {"name": "Hall", "plan": small_plan(rows, seats)})
        show = {
            "venue": venue["venue"],
            "title": "A show",
            "starts_at": datetime(2031, 5, 1, 18, 30, tzinfo=UTC).isoformat(),
            "prices": {"Front": 5_000, "Back": 3_000},
            "status": "on_sale",
            **fields,
        }
        added = await self.post(url, "/shows", show)
        number: int = added["show"]
        return number

    async def post(
        self, url: str, path: str, body: dict[str, Any], *, role: Role = Role.ADMIN
    ) -> dict[str, Any]:
        """POST and return the answer; anything but success fails the test."""
        return await self.ask("POST", url, path, body, role=role)

    async def ask(
        self,
        method: str,
        url: str,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        role: Role = Role.ADMIN,
    ) -> dict[str, Any]:
        """Ask and return the answer; anything but success fails the test."""
        response = await self.http.request(
            method,
            f"{url}/api/v1{path}",
            json=body,
            headers={"Authorization": f"Bearer {self.token(role)}"},
        )
        assert response.is_success, response.text
        answer: dict[str, Any] = response.json()
        return answer

    def token(self, role: Role = Role.BUYER, holder: str | None = None, ttl_s: int = 600) -> str:
        """Return a token."""
        return Tokens(SECRET, ttl_s).issue(role, holder, ttl_s).token

    @asynccontextmanager
    async def buyer(
        self, process: Process, *, holder: str | None = None, codec: CodecName = "json"
    ) -> AsyncIterator[Client]:
        """Open a buyer's socket."""
        async with open_client(process.url, token=self.token(holder=holder), codec=codec) as client:
            yield client

    async def version(self, process: Process, show: int) -> int:
        """Return the ledger's version of *show*."""
        version: int = (await self.ask("GET", process.url, f"/shows/{show}"))["version"]
        return version

    async def stop(self) -> None:
        """End every process that still runs."""
        for process in self.processes:
            if process.child.returncode is None:
                process.child.kill()
            await process.child.wait()

    async def _start(self, command: list[str], url: str, environment: dict[str, str]) -> Process:
        log = (self.logs / f"{len(self.processes)}-{command[0]}.log").open("wb")
        with log:
            child = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "app.cli",
                *command,
                cwd=project_root(),
                env=environment,
                stdout=log,
                stderr=log,
            )
        process = Process(child, url)
        self.processes.append(process)
        return process

    async def is_ready(self, process: Process) -> bool:
        """Say whether an instance sells, and hears of what the others sell."""
        assert process.child.returncode is None, f"the process ended; its log is in {self.logs}"
        if not _listens(process):
            return False  # whoever answers on its port is another instance
        try:
            ready = (await self.http.get(f"{process.url}/readyz")).json()
        except httpx.TransportError:
            return False
        return bool(ready["ready"] and ready["feed"] == "ok")


@asynccontextmanager
async def open_fleet(
    database_url: str, redis_url: str, redis_prefix: str, logs: Path
) -> AsyncIterator[Fleet]:
    """Have processes on a database and keys until the block ends; none is running yet."""
    async with httpx.AsyncClient(timeout=10) as http:
        fleet = Fleet(environment(database_url, redis_url, redis_prefix), http, logs)
        try:
            yield fleet
        finally:
            await fleet.stop()


async def eventually(
    condition: Callable[[], Awaitable[bool]], *, timeout_s: float = STOP_TIMEOUT_S
) -> None:
    """Return when *condition* holds; ask it again and again. Raises TimeoutError."""
    async with asyncio.timeout(timeout_s):
        while not await condition():  # noqa: ASYNC110  # it asks other processes; no event tells
            await asyncio.sleep(0.05)


def environment(database_url: str, redis_url: str, redis_prefix: str) -> dict[str, str]:
    """Return what a process of the product needs to know."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {
        **kept,
        "SEATWIRE_DATABASE_URL": database_url,
        "SEATWIRE_REDIS_URL": redis_url,
        "SEATWIRE_REDIS_PREFIX": redis_prefix,
        "SEATWIRE_SECRET": SECRET,
        "SEATWIRE_PULSE_MS": "500",
    }


def _listens(process: Process) -> bool:
    try:
        connections = psutil.Process(process.child.pid).net_connections("tcp")
    except psutil.Error:
        return False  # it has just ended
    return any(connection.status == psutil.CONN_LISTEN for connection in connections)


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
