"""`python -m workers NAME…`: runs the named workers in one process until SIGINT or SIGTERM."""

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine, Sequence
from typing import Final

import structlog

from app.config import Settings, SettingsError, settings_from_environ
from app.logs import configure_logs
from app.services import Services, open_services
from workers import expiry, partitions, reconcile

WORKERS: Final[dict[str, Callable[[Services], Coroutine[None, None, None]]]] = {
    "expiry": expiry.run,
    "reconcile": reconcile.run,
    "partitions": partitions.run,
}

log = structlog.get_logger(__name__)


async def work(settings: Settings, names: Sequence[str]) -> None:
    """Run the workers *names* until SIGINT or SIGTERM. Raises KeyError for an unknown name."""
    runs = [WORKERS[name] for name in names]
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_ in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signal_, stop.set)
    async with open_services(settings) as services, asyncio.TaskGroup() as group:
        tasks = [group.create_task(run(services)) for run in runs]
        log.info("workers.started", workers=list(names))
        await stop.wait()
        for task in tasks:
            task.cancel()
    log.info("workers.stopped", workers=list(names))


def main(names: Sequence[str]) -> int:
    """Run the workers *names*; return the exit code."""
    unknown = [name for name in names if name not in WORKERS]
    if unknown or not names:
        print(f"workers: {', '.join(WORKERS)}; unknown: {', '.join(unknown)}", file=sys.stderr)
        return 2
    try:
        settings = settings_from_environ()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    configure_logs(settings.log_level)
    asyncio.run(work(settings, names))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
