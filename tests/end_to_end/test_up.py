"""`seatwire up` as a person runs it: start, look, Ctrl-C; and what goes wrong with it."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home for this module's tests; the first start loads the demo shows."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


def environment(home: Path, port: int) -> dict[str, str]:
    """Return an environment that names nothing of ours but the home and the port."""
    foreign = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SEATWIRE_", "PROMETHEUS_"))
    }
    return {**foreign, "SEATWIRE_HOME": str(home), "SEATWIRE_PORT": str(port)}


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "app.cli", *words]


class Up:
    """A running `seatwire up`, and what it has said until it was ready."""

    def __init__(self, home: Path, port: int) -> None:
        self.process = subprocess.Popen(
            command("up"),
            env=environment(home, port),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # As in a terminal: a group that one Ctrl-C reaches.
            start_new_session=True,
        )
        assert self.process.stdout is not None
        self.said = ""
        for line in self.process.stdout:
            self.said += line
            if "Ctrl-C stops" in line:
                break
        found = re.search(r"http://127\.0\.0\.1:(\d+)/\n", self.said)
        assert found, self.said
        self.port = int(found[1])
        self.family = psutil.Process(self.process.pid).children(recursive=True)

    def ended(self, signum: signal.Signals | None = None) -> str:
        """Send a signal to the group, wait for the end, and return what was said until then."""
        if signum is not None:
            os.killpg(self.process.pid, signum)
        rest, _ = self.process.communicate()
        return rest

    def survivors(self) -> list[psutil.Process]:
        return [process for process in self.family if is_alive(process)]


def is_alive(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@contextmanager
def running(home: Path, port: int) -> Iterator[Up]:
    up = Up(home, port)
    try:
        yield up
    finally:
        if up.process.poll() is None:
            up.ended(signal.SIGTERM)


def shows(port: int) -> list[int]:
    answer = httpx.get(f"http://127.0.0.1:{port}/api/v1/shows", timeout=30)
    return [show["show"] for show in answer.raise_for_status().json()["shows"]]


def test_one_command_runs_everything_and_ctrl_c_ends_it(home: Path, port: int) -> None:
    """Pages answer, other terminals find the servers, and no process is left."""
    with running(home, port) as up:
        assert up.port == port
        assert {"postgres", "valkey-server"} <= {process.name() for process in up.family}
        assert httpx.get(f"http://127.0.0.1:{port}/").status_code == 200
        assert shows(port)

        file = home / "development.env"
        assert file.stat().st_mode & 0o777 == 0o600
        token = subprocess.run(
            command("token", "--role", "admin"),
            env=environment(home, port),
            capture_output=True,
            check=True,
            text=True,
        )
        assert token.stdout.count(".") == 2

        second = subprocess.run(
            command("up"), env=environment(home, port), capture_output=True, text=True
        )
        assert second.returncode == 1
        assert f"already running in {home} (process {up.process.pid})" in second.stdout

        said = up.ended(signal.SIGINT)
        assert up.process.returncode == 0, said
        assert "nothing is left running" in said
        assert up.survivors() == []
        assert not file.exists()


def test_end_of_one_process_ends_all(home: Path, port: int) -> None:
    """A run that lost a part says which, and fails."""
    with running(home, port) as up:
        victim = next(process for process in up.family if "serve" in process.cmdline())
        victim.kill()
        said = up.ended()
        assert up.process.returncode == 1
        assert re.search(r"web\.[12] ended by itself", said)
        assert up.survivors() == []


def test_start_after_kill_takes_the_next_port_and_keeps_the_shows(home: Path, port: int) -> None:
    """What a killed run left behind is stopped; a port that is taken is named."""
    with running(home, port) as killed:
        before = shows(killed.port)
        killed.process.kill()
        killed.process.communicate()
        with socket.create_server(("127.0.0.1", port + 1)), running(home, port + 1) as up:
            assert f"Port {port + 1} is taken, using {up.port}" in up.said
            assert "an earlier run left behind" in up.said
            assert killed.survivors() == []
            assert shows(up.port) == before
            # The terminal was closed.
            up.ended(signal.SIGHUP)
            assert up.process.returncode == 0
            assert up.survivors() == []
