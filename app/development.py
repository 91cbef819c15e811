"""`seatwire up`: everything on one machine with one command, and nothing left of it afterwards.

PostgreSQL and Valkey, the schema, the demo shows, then the Procfile's processes on one port; in
the reverse order at the end. A signal only sets a flag, which every wait looks at: raised as an
exception it could come between the start of a server and our taking note of it.
"""

import errno
import http.client
import io
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final, Self, TextIO

from app.config import project_root
from app.embedded import EmbeddedPostgres, EmbeddedValkey, home_lock
from app.embedded_server import EmbeddedError, Say
from app.processes import ProcfileRun, stop_leftovers

PORTS_TRIED: Final = 50
READY_WAIT_S: Final = 60.0
TOOL_STOP_WAIT_S: Final = 10.0
POLL_S: Final = 0.1


class DevelopmentError(Exception):
    """Raised when something that `up` runs fails or ends by itself; says which."""


class _Stopped(Exception):
    """Raised where the run notices that it was asked to stop."""


def up(home: Path, port: int, web_count: int = 2) -> int:
    """Run everything until Ctrl-C; return the exit code, 0 when asked to stop and 1 after a fault.

    *port*: the one to try first; the next free one is used when it is taken.
    """
    with _StopRequest() as stop:
        screen = _Screen(sys.stdout, stop)

        def say(text: str) -> None:
            print(text, file=screen)

        try:
            _run(home.resolve(), port, web_count, stop=stop, say=say, screen=screen)
        except _Stopped:
            say("Stopped: nothing is left running, the data stays")
        except (DevelopmentError, EmbeddedError, OSError) as error:
            say(f"seatwire up: {error}")
            return 1
    return 0


def read_development_environment(home: Path) -> dict[str, str]:
    """Return the settings that a running `up` wrote for other terminals; empty without one."""
    try:
        lines = (home / "development.env").read_text().splitlines()
    except FileNotFoundError:
        return {}
    return dict(line.split("=", 1) for line in lines)


def _run(
    home: Path, port: int, web_count: int, *, stop: "_StopRequest", say: Say, screen: "_Screen"
) -> None:
    """Start one thing after the other and watch them. Raises _Stopped or what went wrong."""
    with home_lock(home), ExitStack() as stack:
        stop_leftovers(home / "processes", say)
        settings = {"SEATWIRE_ENV": "development", "SEATWIRE_HOME": str(home)}
        settings |= _servers(home, stack, stop=stop, say=say)
        settings["SEATWIRE_SECRET"] = os.environ.get("SEATWIRE_SECRET") or _secret(home)
        settings["SEATWIRE_PORT"] = str(_free_port(port, say))
        settings["PROMETHEUS_MULTIPROC_DIR"] = str(_empty_folder(home / "metrics"))

        file = home / "development.env"
        stack.callback(file.unlink, missing_ok=True)
        _write_private(file, "".join(f"{name}={value}\n" for name, value in settings.items()))

        environment = {
            **os.environ,
            **settings,
            "PATH": os.pathsep.join((str(_programs()), os.environ.get("PATH", os.defpath))),
            "PYTHONUNBUFFERED": "1",
        }
        for command in ("migrate", "demo"):
            say(f"Running seatwire {command}")
            _run_tool(command, environment, stop)
        processes = ProcfileRun(
            project_root() / "Procfile",
            counts={"web": web_count},
            environment=environment,
            record=home / "processes",
            screen=screen,
        )
        stack.callback(processes.stop)
        stack.callback(say, "Stopping")
        processes.start()
        _watch(processes, int(settings["SEATWIRE_PORT"]), stop=stop, say=say)


def _servers(home: Path, stack: ExitStack, *, stop: "_StopRequest", say: Say) -> dict[str, str]:
    """Start the servers that the environment does not name, and return where they are."""
    names = ("SEATWIRE_DATABASE_URL", "SEATWIRE_REDIS_URL")
    urls = {name: os.environ[name] for name in names if os.environ.get(name)}
    for name in urls:
        say(f"Using the server that {name} names")
    if "SEATWIRE_DATABASE_URL" not in urls:
        postgres = stack.enter_context(EmbeddedPostgres(home, say=say))
        urls["SEATWIRE_DATABASE_URL"] = postgres.database_url()
        stop.check()
    if "SEATWIRE_REDIS_URL" not in urls:
        valkey = stack.enter_context(EmbeddedValkey(home, say=say))
        urls["SEATWIRE_REDIS_URL"] = valkey.redis_url
        stop.check()
    return urls


def _watch(processes: ProcfileRun, port: int, *, stop: "_StopRequest", say: Say) -> None:
    """Print what the processes say, and the addresses once they answer, until something ends."""
    deadline = time.monotonic() + READY_WAIT_S
    is_ready = False
    while True:
        processes.pump(POLL_S)
        stop.check()
        for name, code in processes.ended.items():
            raise DevelopmentError(f"{name} ended by itself with exit code {code}")
        if is_ready:
            continue
        answer = _readiness(port)
        if answer == "":
            say(_addresses(port))
            is_ready = True
        elif time.monotonic() > deadline:
            raise DevelopmentError(f"not ready after {READY_WAIT_S:.0f} s: {answer}")


def _readiness(port: int) -> str:
    """Return why the web processes are not ready, "" when they are."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1.0)
    try:
        connection.request("GET", "/readyz")
        response = connection.getresponse()
        body = response.read().decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return str(error) or type(error).__name__
    finally:
        connection.close()
    return "" if response.status == 200 else body or f"status {response.status}"


def _addresses(port: int) -> str:
    address = f"http://127.0.0.1:{port}"
    return f"""
Seatwire is ready.
  shows            {address}/
  a seat map       {address}/shows/1   (open it in two windows)
  metrics          {address}/metrics
  an admin token   .venv/bin/seatwire token --role admin
Ctrl-C stops everything.
"""


def _run_tool(command: str, environment: dict[str, str], stop: "_StopRequest") -> None:
    """Run a command of ours to its end, or to ours."""
    process = subprocess.Popen(
        [sys.executable, "-m", "app.cli", command],
        cwd=project_root(),
        env=environment,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while process.poll() is None:
            stop.check()
            time.sleep(POLL_S)
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(TOOL_STOP_WAIT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    if process.returncode != 0:
        raise DevelopmentError(f"seatwire {command} failed with exit code {process.returncode}")


def _programs() -> Path:
    """Return the folder of this environment's scripts, `seatwire` among them."""
    return Path(sys.executable).parent


def _free_port(first: int, say: Say) -> int:
    """Return *first*, or the next port that nobody listens on."""
    for port in range(first, min(first + PORTS_TRIED, 65_535) + 1):
        # Without SO_REUSEPORT, so that servers who share a port count too; with SO_REUSEADDR, so
        # that connections of our last run, which the kernel remembers for a minute, do not.
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise DevelopmentError(f"port {port}: {error.strerror}") from None
                continue
        if port != first:
            say(f"Port {first} is taken, using {port}")
        return port
    raise DevelopmentError(f"no port is free from {first} on; set SEATWIRE_PORT")


def _secret(home: Path) -> str:
    """Return the home's secret, made once: tokens outlive a restart."""
    path = home / "secret"
    if not path.exists():
        _write_private(path, secrets.token_hex(32))
    return path.read_text().strip()


def _write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    unfinished = path.with_name(f"{path.name}.new")
    unfinished.unlink(missing_ok=True)
    with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    unfinished.replace(path)


def _empty_folder(path: Path) -> Path:
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir()
    return path


class _StopRequest:
    """Notes, while it is entered, that a signal asked us to stop."""

    def __init__(self) -> None:
        self._is_made = False
        self._handlers: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # `nohup` has us ignore the last one.
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
                self._handlers[number] = signal.signal(number, lambda *_: self.make())
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)

    def make(self) -> None:
        self._is_made = True

    def check(self) -> None:
        """Raise _Stopped when the request was made."""
        if self._is_made:
            raise _Stopped


class _Screen(io.TextIOBase):
    """Standard output, which may go away: that asks us to stop and must not break the stopping."""

    def __init__(self, stream: TextIO, stop: _StopRequest) -> None:
        self._stream = stream
        self._stop = stop

    def isatty(self) -> bool:
        return self._stream.isatty()

    def write(self, text: str) -> int:
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError:
            # What is still in the buffer must go somewhere when the interpreter ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())
            self._stop.make()
        return len(text)
