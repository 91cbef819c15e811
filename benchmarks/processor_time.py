"""How much processor time the parts of an installation have used."""

import os
from collections.abc import Mapping, Sequence
from typing import Final

import psutil

from app.embedded import EmbeddedServers

POSTGRES: Final = "PostgreSQL"
VALKEY: Final = "Valkey"


class ProcessorTime:
    """Seconds of user and system time by part, since this was made.

    parts: process ids by the name of their part, beside the servers. What a process has started
    counts for its part, unless the process is this one, which has started them all.
    """

    def __init__(self, servers: EmbeddedServers, parts: Mapping[str, Sequence[int]]) -> None:
        self._roots = {name: [psutil.Process(pid) for pid in pids] for name, pids in parts.items()}
        for name, server in ((POSTGRES, servers.postgres), (VALKEY, servers.valkey)):
            assert server.pid is not None
            self._roots[name] = [psutil.Process(server.pid)]
        self._started = self._read()

    def spent_s(self) -> dict[str, float]:
        """Return what each part has used."""
        return {name: spent - self._started[name] for name, spent in self._read().items()}

    def _read(self) -> dict[str, float]:
        return {name: sum(map(_seconds, roots)) for name, roots in self._roots.items()}


def _seconds(root: psutil.Process) -> float:
    """Return what a process, its living children and its ended ones have used."""
    times = root.cpu_times()
    if root.pid == os.getpid():
        return float(times.user + times.system)
    ended: float = times.children_user + times.children_system
    living = 0.0
    for process in (root, *root.children(recursive=True)):
        try:
            own = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        living += own.user + own.system
    return living + ended
