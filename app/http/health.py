"""For the machines that watch over us: alive, ready, measured."""

import asyncio
import os
from pathlib import Path

import psutil
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from starlette.requests import Request
from starlette.responses import Response

from app.board import BoardAway
from app.domain import Actor
from app.errors import SeatwireError
from app.http.replies import reply
from app.metrics import TASKS
from app.services import Services


async def healthz(_services: Services, _request: Request, _actor: Actor) -> Response:
    """Answer: the process is alive."""
    return reply({"alive": True})


async def readyz(services: Services, _request: Request, _actor: Actor) -> Response:
    """Say of each part whether it is ready; 503 only without the ledger: the sale goes on without
    the rest."""
    ledger, board = await asyncio.gather(_ledger(services), _board(services))
    is_ready = ledger == "ok"
    feed = "ok" if services.feed.is_live else "this instance does not hear itself"
    parts = {"ready": is_ready, "ledger": ledger, "board": board, "feed": feed}
    return reply(parts, 200 if is_ready else 503, {"Cache-Control": "no-store"})


async def metrics(_services: Services, _request: Request, _actor: Actor) -> Response:
    """Answer the counts of all processes of this machine, when they share a folder for them."""
    TASKS.set(len(asyncio.all_tasks()))
    body = await asyncio.to_thread(_collect)
    return Response(body, media_type=CONTENT_TYPE_LATEST)


async def _ledger(services: Services) -> str:
    try:
        is_ready = await services.ledger.is_ready()
    except SeatwireError as error:
        return error.message
    return "ok" if is_ready else "not migrated, or without this month's partitions"


async def _board(services: Services) -> str:
    try:
        await services.board.ping()
    except BoardAway:
        return "does not answer"
    return "ok"


def _collect() -> bytes:
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY)
    _forget_the_dead(Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]))
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # prometheus_client leaves it untyped
    return generate_latest(registry)


def _forget_the_dead(folder: Path) -> None:
    """Count no more the sockets of processes that were killed and could not take them back."""
    pids = {file.stem.rpartition("_")[2] for file in folder.glob("gauge_live*_*.db")}
    for pid in pids:
        if pid.isdecimal() and not psutil.pid_exists(int(pid)):
            mark_process_dead(int(pid), str(folder))  # type: ignore[no-untyped-call]  # left untyped
