"""The embedded pair: kept data, crashes, leftovers, names that are too long, two at once."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import asyncpg
import psutil
import pytest
import redis

from app.embedded import (
    EmbeddedPostgres,
    EmbeddedServers,
    EmbeddedValkey,
    HomeInUse,
    embedded_servers,
    home_lock,
)
from app.embedded_server import SOCKET_PATH_BYTES_MAX, EmbeddedError

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as another user")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home for this module's tests, which leave its servers stopped."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def pair(home: Path) -> Iterator[EmbeddedServers]:
    with embedded_servers(home, durable=False) as servers:
        yield servers


async def add_row(pair: EmbeddedServers, text: str) -> None:
    connection = await asyncpg.connect(pair.database_url)
    await connection.execute("CREATE TABLE IF NOT EXISTS kept (text text)")
    await connection.execute("INSERT INTO kept VALUES ($1)", text)
    await connection.close()


async def rows(pair: EmbeddedServers) -> set[str]:
    connection = await asyncpg.connect(pair.database_url)
    found = await connection.fetch("SELECT text FROM kept")
    await connection.close()
    return {row["text"] for row in found}


def answers(url: str) -> bool:
    with redis.Redis.from_url(url) as client:
        return bool(client.ping())


async def test_second_start_keeps_the_database(home: Path) -> None:
    """Stopping and starting again is no loss, and says so in few words."""
    with embedded_servers(home, durable=False) as pair:
        await add_row(pair, "second start")
    said: list[str] = []
    with embedded_servers(home, durable=False, say=said.append) as pair:
        assert "second start" in await rows(pair)
        assert answers(pair.redis_url)
    assert said == [
        "PostgreSQL: running",
        "Valkey: running",
        "Valkey: stopped",
        "PostgreSQL: stopped",
    ]


async def test_start_after_kill_keeps_what_was_committed(pair: EmbeddedServers) -> None:
    """SIGKILL of every process loses nothing that PostgreSQL acknowledged."""
    await add_row(pair, "before the kill")
    pair.postgres.kill()
    pair.valkey.kill()
    assert pair.postgres.pid is None
    assert pair.valkey.pid is None
    pair.postgres.start()
    pair.valkey.start()
    assert "before the kill" in await rows(pair)
    assert answers(pair.redis_url)


def test_start_stops_what_an_earlier_run_left_behind(pair: EmbeddedServers, home: Path) -> None:
    """A run that was killed leaves its servers; the next one must not share them."""
    before = (pair.postgres.pid, pair.valkey.pid)
    with EmbeddedPostgres(home, durable=False) as postgres, EmbeddedValkey(home) as valkey:
        assert not {None, *before} & {postgres.pid, valkey.pid}
        assert answers(valkey.redis_url)


def test_orphans_of_a_killed_postmaster_do_not_block_the_start(pair: EmbeddedServers) -> None:
    main = pair.postgres.pid
    assert main is not None
    psutil.Process(main).kill()
    pair.postgres.start()
    assert pair.postgres.pid not in (None, main)


def test_pid_file_that_names_a_stranger_does_not_block_the_start(
    pair: EmbeddedServers,
) -> None:
    """After a crash the pid may belong to anything, even to a process of the same user."""
    pair.postgres.kill()
    folder = pair.postgres.folder
    # Root runs PostgreSQL as the folder's owner, who could signal this process.
    owner = {"user": folder.stat().st_uid} if os.geteuid() == 0 else {}
    stranger = subprocess.Popen(["sleep", "600"], **owner)  # type: ignore[call-overload]
    try:
        for name in ("postmaster.pid", ".s.PGSQL.5432.lock"):
            lines = (folder / name).read_text().splitlines()
            (folder / name).write_text("\n".join([str(stranger.pid), *lines[1:], ""]))
        pair.postgres.start()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_server_of_a_renamed_home_keeps_its_data_to_itself(tmp_path: Path) -> None:
    """Two servers at one data folder would ruin it."""
    first = EmbeddedPostgres(tmp_path / "a", durable=False)
    first.home.mkdir()
    first.start()
    try:
        first.home.rename(tmp_path / "b")
        with pytest.raises(EmbeddedError, match="shared memory block .* still in use"):
            EmbeddedPostgres(tmp_path / "b", durable=False).start()
    finally:
        (tmp_path / "b").rename(first.home)
        first.stop()


async def test_home_with_a_long_and_odd_name(tmp_path: Path) -> None:
    """The sockets move to a short private folder, which goes away with the servers."""
    home = tmp_path / ('it\'s, "odd" 50% ' + "x" * SOCKET_PATH_BYTES_MAX)
    with embedded_servers(home, durable=False) as pair:
        await add_row(pair, "far away")
        assert await rows(pair) == {"far away"}
        assert answers(pair.redis_url)
        folders = [pair.postgres.socket_folder, pair.valkey.socket_folder]
        assert [folder.stat().st_mode & 0o777 for folder in folders] == [0o700, 0o700]
        assert not any(folder.is_relative_to(home) for folder in folders)
    assert not any(folder.exists() for folder in folders)


def test_a_short_folder_that_is_not_ours_is_refused(tmp_path: Path) -> None:
    """Whoever owns the socket's folder could put a server of their own in our place."""
    home = tmp_path / ("x" * SOCKET_PATH_BYTES_MAX)
    home.mkdir()
    valkey = EmbeddedValkey(home)
    valkey.socket_folder.symlink_to(tmp_path)
    try:
        with pytest.raises(EmbeddedError, match="is not ours"):
            valkey.start()
    finally:
        valkey.socket_folder.unlink()


def test_nothing_listens_on_a_port(pair: EmbeddedServers) -> None:
    for server in (pair.postgres, pair.valkey):
        process = psutil.Process(server.pid)
        assert process.net_connections(kind="inet") == []
        assert server.folder.stat().st_mode & 0o077 == 0


def test_second_run_in_one_home_is_refused(pair: EmbeddedServers, home: Path) -> None:
    with pytest.raises(HomeInUse, match=f"process {os.getpid()}"), embedded_servers(home):
        pass
    assert pair.postgres.pid is not None


def test_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    program = f"""
from pathlib import Path
from app.embedded import home_lock
with home_lock(Path({str(tmp_path)!r})):
    print("held", flush=True)
    input()
"""
    holder = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(HomeInUse, match=f"process {holder.pid}"), home_lock(tmp_path):
            pass
        holder.kill()
    with home_lock(tmp_path):
        pass


def test_failed_start_shows_the_log_and_leaves_nothing(home: Path, pair: EmbeddedServers) -> None:
    pair.postgres.stop()
    version = pair.postgres.folder / "PG_VERSION"
    text = version.read_text()
    version.write_text("9.6\n")
    try:
        with pytest.raises(EmbeddedError, match="incompatible with server"):
            pair.postgres.start()
        assert pair.postgres.pid is None
    finally:
        version.write_text(text)


def test_pgport_of_the_environment_changes_nothing(
    pair: EmbeddedServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPORT", "1")
    assert "port=5432" in pair.database_url
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(pair.postgres.socket_folder / ".s.PGSQL.5432"))


@as_root
def test_parent_folders_get_the_permission_to_pass_and_no_other(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    said: list[str] = []
    home = closed / "home"
    home.mkdir(mode=0o700)
    with suppress(KeyboardInterrupt), EmbeddedPostgres(home, durable=False, say=said.append):
        raise KeyboardInterrupt
    assert [folder.stat().st_mode & 0o777 for folder in (closed, home)] == [0o701, 0o701]
    assert str(closed) in said[0]
