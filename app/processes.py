"""The Procfile's processes: started, printed, stopped together.

Honcho reads the Procfile, starts each process in a session of its own and prints its lines. Its
Manager does not fit a clean stop: it forks once for each process, and the forks keep our lock; a
signal that comes before the last process has started ends in a KeyError; it does not know SIGHUP;
and it kills a process that will not stop only after another one has stopped.
"""

import io
import json
import os
import queue
import signal
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import psutil
from honcho.colour import get_colours
from honcho.environ import expand_processes, parse_procfile
from honcho.printer import Printer
from honcho.process import Process

# A web process tells its screens where to go next and waits for them (uvicorn's own limit is less).
STOP_WAIT_S: Final = 20.0
KILL_WAIT_S: Final = 5.0
# A process that says more than we can print waits for us.
EVENTS_MAX: Final = 1_000


class ProcfileRun:
    """One run of all processes of a Procfile. *record* remembers them for `stop_leftovers`."""

    def __init__(
        self,
        procfile: Path,
        *,
        counts: Mapping[str, int],
        environment: Mapping[str, str],
        record: Path,
        screen: io.TextIOBase,
    ) -> None:
        expanded = expand_processes(
            parse_procfile(procfile.read_text()).processes,
            concurrency=counts,
            # Honcho would give each process a PORT of its own; ours share one.
            env={name: value for name, value in environment.items() if name != "PORT"},
        )
        self._processes = [
            Process(it.cmd, name=it.name, env=it.env, colour=colour, cwd=str(procfile.parent))
            for it, colour in zip(expanded, get_colours(), strict=False)
        ]
        self._record = record
        self._printer = Printer(screen, width=max(len(it.name) for it in expanded))
        self._events: queue.Queue[Any] = queue.Queue(maxsize=EVENTS_MAX)
        self._pids: dict[str, int] = {}
        self._stopping = False
        # name -> exit code, in the order in which they ended
        self.ended: dict[str, int] = {}

    def start(self) -> None:
        """Start every process; `pump` prints what they say."""
        for process in self._processes:
            threading.Thread(target=process.run, args=(self._events,), daemon=True).start()

    def pump(self, seconds: float) -> None:
        """Print what the processes said, and wait at most *seconds* for them to say something."""
        try:
            event = self._events.get(timeout=seconds)
            for _ in range(EVENTS_MAX):
                self._take(event)
                event = self._events.get_nowait()
        except queue.Empty:
            return

    def stop(self) -> None:
        """End all processes and wait until they are gone: SIGTERM first, SIGKILL if it must be."""
        self._stopping = True
        for signum, wait_s in ((signal.SIGTERM, STOP_WAIT_S), (signal.SIGKILL, KILL_WAIT_S)):
            for name, pid in self._pids.items():
                if name not in self.ended:
                    _signal_group(pid, signum)
            deadline = time.monotonic() + wait_s
            while len(self.ended) < len(self._processes) and time.monotonic() < deadline:
                self.pump(0.1)
        self._record.unlink(missing_ok=True)

    def _take(self, event: Any) -> None:
        if event.type == "line":
            self._printer.write(event)
        elif event.type == "stop":
            self.ended[event.name] = event.data["returncode"]
        else:
            self._pids[event.name] = event.data["pid"]
            self._write_record()
            if self._stopping:
                _signal_group(event.data["pid"], signal.SIGTERM)

    def _write_record(self) -> None:
        created = {}
        for pid in self._pids.values():
            try:
                created[pid] = psutil.Process(pid).create_time()
            except psutil.NoSuchProcess:
                continue
        self._record.write_text(json.dumps(created))


def stop_leftovers(record: Path, say: Callable[[str], None]) -> None:
    """Stop the processes of a run that was killed. A stranger with a reused pid is left alone."""
    try:
        recorded = json.loads(record.read_text())
    except FileNotFoundError:
        return
    left = []
    for pid, created in recorded.items():
        try:
            process = psutil.Process(int(pid))
            is_alive = process.status() != psutil.STATUS_ZOMBIE
            if is_alive and process.create_time() == created:
                left.append(process)
        except psutil.NoSuchProcess:
            continue
    if left:
        say("Stopping the processes that an earlier run left behind")
    for signum, wait_s in ((signal.SIGTERM, STOP_WAIT_S), (signal.SIGKILL, KILL_WAIT_S)):
        for process in left:
            _signal_group(process.pid, signum)
        _, left = psutil.wait_procs(left, timeout=wait_s)
    record.unlink()


def _signal_group(pid: int, signum: signal.Signals) -> None:
    """Signal a process and its children; each was started as the leader of its own group."""
    try:
        os.killpg(pid, signum)
    except ProcessLookupError:
        return
