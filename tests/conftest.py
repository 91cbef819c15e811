"""One PostgreSQL and one Valkey for the whole test run, started when a test first asks for them.

Each test gets a database of its own, cloned from one that was migrated once, and a prefix of its
own for its keys. SEATWIRE_TEST_DATABASE_URL and SEATWIRE_TEST_REDIS_URL name servers to use
instead; the former must be allowed to create databases.

The process that started pytest makes the pair's folder and stops the pair. Its xdist workers find
the folder in the environment; the first that needs the pair starts it.
"""

import asyncio
import fcntl
import functools
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
import redis

from app.embedded import EmbeddedPostgres, EmbeddedValkey

TEST_HOME = "SEATWIRE_TEST_HOME"
MEMORY_BYTES_MIN = 2 << 30
DATABASE_URL = os.environ.get("SEATWIRE_TEST_DATABASE_URL")
REDIS_URL = os.environ.get("SEATWIRE_TEST_REDIS_URL")


@dataclass(frozen=True, slots=True)
class Servers:
    """Where the run's servers are. template: the migrated database that tests get clones of."""

    database_url: str
    redis_url: str
    template: str

    def url_of(self, database: str) -> str:
        """Return the URL of another database on the same server."""
        return urlunsplit(urlsplit(self.database_url)._replace(path=f"/{database}"))


def pytest_configure(config: pytest.Config) -> None:
    if _is_worker(config):
        return
    os.environ[TEST_HOME] = tempfile.mkdtemp(prefix="seatwire-test-", dir=_fast_folder())
    # So that `kill` and `timeout` end a run as Ctrl-C does: with its servers stopped.
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_unconfigure(config: pytest.Config) -> None:
    if _is_worker(config):
        return
    home = Path(os.environ[TEST_HOME])
    with _one_at_a_time(home):
        if (home / "migrated").exists() and DATABASE_URL:
            _run_program("dropdb", "--force", _template_name())
        for server in _pair():
            server.stop()
    shutil.rmtree(home)


@pytest.fixture(scope="session")
def servers() -> Servers:
    """The run's servers; the first test that asks has them started."""
    home = Path(os.environ[TEST_HOME])
    postgres, valkey = _pair()
    found = Servers(
        DATABASE_URL or postgres.database_url(),
        REDIS_URL or valkey.redis_url,
        _template_name(),
    )
    with _one_at_a_time(home):
        if not DATABASE_URL and postgres.pid is None:
            postgres.start()
        if not REDIS_URL and valkey.pid is None:
            valkey.start()
        if not (home / "migrated").exists():
            _run_program("dropdb", "--if-exists", "--force", found.template)
            _run_program("createdb", found.template)
            _migrate(found.url_of(found.template))
            (home / "migrated").touch()
    return found


@pytest.fixture
def database_url(servers: Servers) -> Iterator[str]:
    """A migrated database that only this test knows."""
    name = f"{servers.template}_{_worker_name()}_{next(_counter)}"
    _run_program("createdb", "--template", servers.template, name)
    try:
        yield servers.url_of(name)
    finally:
        _run_program("dropdb", "--force", name)


@pytest.fixture
def redis_prefix(servers: Servers) -> Iterator[str]:
    """A prefix that only this test's keys have; they are removed at its end."""
    prefix = f"{servers.template}-{_worker_name()}-{next(_counter)}:"
    yield prefix
    with redis.Redis.from_url(servers.redis_url) as client:
        for key in client.scan_iter(f"{prefix}*", count=1_000):
            client.delete(key)


_counter = itertools.count(1)


def _fast_folder() -> Path | None:
    """Return a folder in memory, if there is a roomy one: a clone is hundreds of new files."""
    memory = Path("/dev/shm")
    if memory.is_dir() and shutil.disk_usage(memory).free >= MEMORY_BYTES_MIN:
        return memory
    return None


def _worker_name() -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


@functools.cache
def _pair() -> tuple[EmbeddedPostgres, EmbeddedValkey]:
    """Return the run's pair, started or not; it stays while the process does."""
    home = Path(os.environ[TEST_HOME])
    return EmbeddedPostgres(home, durable=False), EmbeddedValkey(home)


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def _template_name() -> str:
    """Name the template after the run, so that runs may share a server."""
    return Path(os.environ[TEST_HOME]).name.replace("-", "_")


@contextmanager
def _one_at_a_time(home: Path) -> Iterator[None]:
    with (home / "turn").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


def _run_program(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs, as a fixture that is no coroutine can."""
    postgres, _ = _pair()
    server = DATABASE_URL or postgres.database_url()
    subprocess.run(
        [str(postgres.programs / program), "--maintenance-db", server, *arguments],
        check=True,
        timeout=60,
    )


def _migrate(database_url: str) -> None:
    from app.schema import migrate  # tests without a server do not need it

    # A thread of its own, because the first test that asks may have set up its event loop here.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, migrate(database_url)).result()
