"""Faults of a test's own servers."""

import signal
from contextlib import suppress

import psutil

from app.embedded_server import EmbeddedServer


def send_signal(server: EmbeddedServer, signum: signal.Signals) -> None:
    """Signal every process of *server*: SIGSTOP hangs it, SIGCONT has it go on."""
    if server.pid is None:
        return
    main = psutil.Process(server.pid)
    for process in (main, *main.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):  # a connection's process may just have ended
            process.send_signal(signum)
