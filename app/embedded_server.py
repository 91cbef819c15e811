"""A server process of ours: found by its mark, started, waited for, stopped.

The mark is a hash of the server's folder that stands in its command line. Pid files can outlive
their process and name a stranger; a process with our mark is always ours.
"""

import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar, Final, Self

import psutil

Say = Callable[[str], None]

# A socket's path ends at 103 bytes on macOS, at 107 on Linux.
SOCKET_PATH_BYTES_MAX: Final = 103
# Replaying a full write-ahead log after a crash takes most of this on a slow disk.
START_WAIT_S: Final = 120.0
STOP_WAIT_S: Final = 20.0
KILL_WAIT_S: Final = 10.0
POLL_S: Final = 0.02
LOG_TAIL_LINES: Final = 20

# Neither PGOPTIONS nor anybody's locale changes what a server does.
PLAIN_ENVIRONMENT: Final = {"PATH": os.defpath, "LC_ALL": "C"}


class EmbeddedError(Exception):
    """Raised when a server cannot be started or stopped; says what its log says."""


class EmbeddedServer(ABC):
    """What the servers share. A subclass says how to prepare and start its own kind."""

    title: ClassVar[str]
    folder_name: ClassVar[str]
    program: ClassVar[str]
    socket_name: ClassVar[str]
    stop_signal: ClassVar[signal.Signals]

    def __init__(self, home: Path, *, say: Say = lambda _: None) -> None:
        self.home = home.resolve()
        self.folder = self.home / self.folder_name
        self.log = self.home / f"{self.folder_name}.log"
        self._say = say
        self._mark = f"seatwire-{hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16]}"
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """The server's main process, whoever started it; None when it does not run."""
        main = self._main(self._processes())
        return None if main is None else int(main.pid)

    @property
    def socket_folder(self) -> Path:
        """Where the socket is: the server's own folder, or a short private one.

        The short one is for paths that are too long, or have the comma that separates hosts in a
        database URL.
        """
        if _fits(self.folder / self.socket_name):
            return self.folder
        short = Path(tempfile.gettempdir()).resolve() / self._mark
        return short if _fits(short / self.socket_name) else Path("/tmp") / self._mark

    def start(self) -> None:
        """Start the server and wait until it answers. Raises EmbeddedError.

        One that an earlier run left behind is stopped first.
        """
        if self._processes():
            self._say(f"{self.title}: stopping the one that an earlier run left behind")
            self.stop()
        try:
            self._prepare()
            with self.log.open("ab") as log:
                # A session of its own: Ctrl-C in the terminal is for us alone.
                self._child = subprocess.Popen(
                    self._command(),
                    cwd=self.folder,
                    env=PLAIN_ENVIRONMENT,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    **self._account(),
                )
            self._wait_until_ready(self._child)
        except BaseException:
            self.kill()
            raise
        self._say(f"{self.title}: running")

    def stop(self) -> None:
        """Stop the server and wait until all its processes are gone; kill it if it takes long."""
        main = self._main(self._processes())
        if main is not None:
            _send(main, self.stop_signal)
            deadline = time.monotonic() + STOP_WAIT_S
            while self._processes() and time.monotonic() < deadline:
                time.sleep(POLL_S)
        if self._processes():
            self._say(f"{self.title}: killing what does not stop")
            self.kill()
        self._reap()
        self._say(f"{self.title}: stopped")
        if self.socket_folder != self.folder:
            shutil.rmtree(self.socket_folder, ignore_errors=True)

    def kill(self) -> None:
        """End the server as a crash does: SIGKILL to all its processes, the main one first."""
        deadline = time.monotonic() + KILL_WAIT_S
        while processes := self._processes():
            main = self._main(processes)
            for process in sorted(processes, key=lambda process: process != main):
                _send(process, signal.SIGKILL)
            if time.monotonic() > deadline:
                raise EmbeddedError(f"{self.title} is still there after SIGKILL")
            time.sleep(POLL_S)
        self._reap()

    def restart(self) -> None:
        self.stop()
        self.start()

    def _reap(self) -> None:
        """Wait for our own child, whose command line is gone a moment before it is."""
        if self._child is not None:
            self._child.wait(KILL_WAIT_S)
            self._child = None

    def _processes(self) -> list[psutil.Process]:
        """Return all living processes of this server, those of earlier runs too."""
        found = []
        for process in psutil.process_iter(["name"]):
            if process.info["name"] != self.program:
                continue
            try:
                if any(self._mark in word for word in process.cmdline()):
                    found.append(process)
            except psutil.Error:
                continue  # gone meanwhile, or another user's
        # After the search: a child that it did not find has ended, and is taken note of here.
        if self._child is not None and self._child.poll() is not None:
            self._child = None
        return found

    def _wait_until_ready(self, child: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_WAIT_S
        while not self._is_ready(child.pid):
            if child.poll() is not None:
                self._fail(f"ended with exit code {child.returncode} while starting")
            if time.monotonic() > deadline:
                self._fail(f"does not answer after {START_WAIT_S:.0f} s")
            time.sleep(POLL_S)

    def _fail(self, what: str) -> None:
        lines = self.log.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:]
        tail = "\n".join(f"  {line}" for line in lines)
        raise EmbeddedError(f"{self.title} {what}; the end of {self.log}:\n{tail}")

    def _make_socket_folder(self, owner: int) -> None:
        """Make the short folder, if one is needed, for the user *owner* alone."""
        folder = self.socket_folder
        if folder == self.folder:
            return
        folder.mkdir(mode=0o700, exist_ok=True)
        # Anybody may have made a folder of this name in the temporary folder before us.
        status = folder.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid not in (owner, os.geteuid()):
            raise EmbeddedError(f"{self.title}: {folder} is not ours; remove it")
        folder.chmod(0o700)
        if status.st_uid != owner:
            os.chown(folder, owner, -1)

    def _account(self) -> dict[str, Any]:
        """Return the arguments of Popen that choose another user."""
        return {}

    def _main(self, processes: Sequence[psutil.Process]) -> psutil.Process | None:
        """Return the one of *processes* that the others come from."""
        return processes[0] if processes else None

    @abstractmethod
    def _prepare(self) -> None:
        """Make folders and settings; nothing of this server is running."""

    @abstractmethod
    def _command(self) -> list[str]:
        """Return the command line; the mark must be in it."""

    @abstractmethod
    def _is_ready(self, pid: int) -> bool:
        """Say whether the server with that main process answers."""


def wheel_folder(package: str) -> Path:
    """Return the folder of an installed package without importing it. Raises EmbeddedError."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise EmbeddedError(
            f"the package {package.replace('_', '-')} is not installed: run servers of your own "
            "and set SEATWIRE_DATABASE_URL and SEATWIRE_REDIS_URL"
        )
    return Path(spec.origin).resolve().parent


def user_name(uid: int) -> str:
    """Return the name of a user, or the number of one without a name."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _fits(path: Path) -> bool:
    return len(os.fsencode(path)) <= SOCKET_PATH_BYTES_MAX and "," not in str(path)


def _send(process: psutil.Process, signum: signal.Signals) -> None:
    try:
        process.send_signal(signum)
    except psutil.NoSuchProcess:
        return
