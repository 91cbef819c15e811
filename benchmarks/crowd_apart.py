"""A crowd of watchers in a process of its own, who may buy.

What such a crowd has to read keeps its process busy for milliseconds at a time. Answers to others
are measured in another process, which it does not delay.
"""

import asyncio
import multiprocessing
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from time import perf_counter
from typing import Any, Final

import uvloop

from app.changes import Position
from benchmarks.buyers import Buyer, Sale, SocketBuyer, buy_at_a_rate, pairs_of
from benchmarks.screens import blank
from benchmarks.wire import open_wires

ANSWER_TIMEOUT_S: Final = 90.0
AGREE_TIMEOUT_S: Final = 10.0
END_TIMEOUT_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Order:
    """What the crowd is to do: each of *tokens* watches *show*; they may buy *per_s* pairs."""

    port: int
    show: int
    seats: int
    tokens: Sequence[str | None]
    per_s: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Crowd:
    """A crowd that watches."""

    pid: int
    pipe: Connection
    order: Order

    async def buy(self) -> tuple[Sale, float]:
        """Have it buy; return what came of it and how many seconds it took."""
        self.pipe.send("buy")
        sale, took_s = await _receive(self.pipe, self.order.seconds + ANSWER_TIMEOUT_S)
        return sale, took_s

    async def count_agreeing(self, position: Position, statuses: bytes) -> int:
        """Return how many of its screens are at *position* with *statuses*, now or soon."""
        self.pipe.send((position, statuses))
        count: int = await _receive(self.pipe)
        return count


@asynccontextmanager
async def crowd_apart(order: Order) -> AsyncIterator[Crowd]:
    """Have a crowd in a process of its own while the block runs."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_run, args=(theirs, order), name="crowd")
    process.start()
    theirs.close()
    try:
        await _receive(ours)
        assert process.pid is not None
        yield Crowd(process.pid, ours, order)
    finally:
        ours.close()
        process.join(END_TIMEOUT_S)
        if process.is_alive():
            process.kill()
            process.join()


def _run(pipe: Connection, order: Order) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(pipe, order))


async def _serve(pipe: Connection, order: Order) -> None:
    wires = await open_wires(order.port, list(order.tokens), order.show, blank())
    buyers: list[Buyer] = [SocketBuyer(wire) for wire in wires]
    pipe.send("watching")
    while (present := await _receive(pipe, order.seconds + ANSWER_TIMEOUT_S)) == "buy":
        sale = Sale()
        pairs = iter(pairs_of(order.show, order.seats))
        took_s = await buy_at_a_rate(sale, buyers, pairs, per_s=order.per_s, seconds=order.seconds)
        pipe.send((sale, took_s))
    ends_at = perf_counter() + AGREE_TIMEOUT_S
    while True:
        agreeing = sum((wire.screen.position, wire.screen.seats) == present for wire in wires)
        if agreeing == len(wires) or perf_counter() > ends_at:
            break
        await asyncio.sleep(0.1)
    pipe.send(agreeing)
    for wire in wires:
        wire.close()


async def _receive(pipe: Connection, timeout_s: float = ANSWER_TIMEOUT_S) -> Any:
    """Return what the other process says next. Raises TimeoutError or EOFError."""
    if not await asyncio.to_thread(pipe.poll, timeout_s):
        raise TimeoutError("the other process says nothing")
    return pipe.recv()
