"""A show's queue in the box office: who goes next, who waits for whom, what is under way.

Rule 1: no two commands under way share a seat, hold, booking or holder; the later one waits until
the earlier is answered, and everything behind it that shares its keys waits, too. Holds that are
rivals for a seat meet at the claim: the board lets one through, the others have their answer at
once.
Rule 2: a command that is alone goes at once; who comes while a batch is under way waits until
GATHER_S after that began, even when it is answered sooner: that is what fills batches.
"""

import asyncio
import itertools
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from time import perf_counter
from typing import Final, assert_never

from app.domain import (
    Block,
    Book,
    Cancel,
    ChangeShow,
    Command,
    Expire,
    Extend,
    Hold,
    Outcome,
    Release,
    Unblock,
)

# The set-wise statements gain little beyond this, and every command of a batch waits for the whole
# of it.
BATCH_COMMANDS_MAX: Final = 400
BATCH_SEATS_MAX: Final = 4_000
# Holds that share seats with others of the same claim: nearly all of them end there.
RIVALS_MAX: Final = 800
# Of one show: one is claimed, two are in the ledger, one is posted. The ledger takes one at a time
# itself; the second is there when the first is committed, without a round trip between.
BATCHES_UNDER_WAY_MAX: Final = 4
BATCHES_IN_LEDGER_MAX: Final = 2
# Who comes while a batch is under way waits for company until so long after it began: a command
# that is alone costs five times what one of ten does (docs/PERFORMANCE.md).
GATHER_S: Final = 0.04
# Whoever has waited so long is told to ask again: a queue can be long without being full when its
# commands must wait for one another, as those of one buyer do.
QUEUE_S_MAX: Final = 2.0


@dataclass(slots=True)
class Ticket:
    """A command in the queue. keys: what no other under way may name. queued_at: perf_counter's."""

    command: Command
    keys: frozenset[object]
    answer: asyncio.Future[Outcome]
    queued_at: float


class Desk:
    """One show's queue, and what of it is under way.

    moved: set when there may be something new to do.
    """

    def __init__(self) -> None:
        self.queue: deque[Ticket] = deque()
        self.task: asyncio.Task[None] | None = None
        # Each step takes batches in order.
        self.ledger_turn = asyncio.Semaphore(BATCHES_IN_LEDGER_MAX)
        self.board_turn = asyncio.Lock()
        self.under_way = 0
        self.before_commit = 0
        self.moved = asyncio.Event()
        self._filled = asyncio.Event()
        self.began_at = 0.0
        self._unsent: list[list[Ticket]] = []
        self._batches: list[list[Ticket]] = []
        # What the batches under way name; the seats of their holds are claimed, and apart.
        self._busy: set[object] = set()
        self._claimed: set[object] = set()

    def add(self, ticket: Ticket) -> None:
        """Queue *ticket*."""
        self.queue.append(ticket)
        self.moved.set()
        if len(self.queue) == BATCH_COMMANDS_MAX:
            self._filled.set()

    def next_batch(self) -> tuple[list[Ticket], list[Ticket]]:
        """Take the next batch and the rivals of its holds off the queue; nothing while more may
        join it, because the ledger is not free yet, or while all must wait."""
        is_full = len(self.queue) >= BATCH_COMMANDS_MAX
        if self._batches and isinstance(self._batches[-1][0].command, ChangeShow):
            return [], []
        if self.under_way >= BATCHES_UNDER_WAY_MAX or (self.before_commit and not is_full):
            return [], []
        batch, rivals = _next_batch(self.queue, self._busy, self._claimed)
        if batch or rivals:
            self.began_at = perf_counter()
        return batch, rivals

    def gather_s(self, now_s: float) -> float:
        """Return for how long others may still join the queue before the next batch begins."""
        if not self.under_way or len(self.queue) >= BATCH_COMMANDS_MAX:
            return 0.0
        return self.began_at + GATHER_S - now_s

    async def gather(self, pause_s: float) -> None:
        """Wait for *pause_s*, or until a whole batch has come together."""
        if len(self.queue) >= BATCH_COMMANDS_MAX:
            return
        self._filled.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(pause_s):
                await self._filled.wait()

    def enter(self, batch: list[Ticket]) -> None:
        """Note that *batch* is claimed and on its way."""
        self.under_way += 1
        self.before_commit += 1
        self._unsent.append(batch)
        self._batches.append(batch)
        for ticket in batch:
            seats = _seats_to_take(ticket)
            self._claimed.update(seats)
            self._busy.update(ticket.keys.difference(seats))

    def send(self, batch: list[Ticket]) -> bool:
        """Note that *batch* goes to the ledger now; False when it was given up."""
        if batch not in self._unsent:
            return False
        self._unsent.remove(batch)
        return True

    def give_up_late(self) -> Iterator[Ticket]:
        """Take off the queue what has waited in it for too long."""
        since = perf_counter() - QUEUE_S_MAX
        while self.queue and self.queue[0].queued_at < since:
            yield self.queue.popleft()

    def give_up_waiting(self) -> list[Ticket]:
        """Return what has not been sent to the ledger, and never will be."""
        waiting = [*itertools.chain.from_iterable(self._unsent), *self.queue]
        self._unsent.clear()
        self.queue.clear()
        return waiting

    def leave_ledger(self) -> None:
        """Note that a batch is committed."""
        self.before_commit -= 1
        self.moved.set()

    def leave(self, batch: list[Ticket]) -> None:
        """Note that *batch* is answered."""
        self.under_way -= 1
        self._batches = [other for other in self._batches if other is not batch]
        for ticket in batch:
            seats = _seats_to_take(ticket)
            self._claimed.difference_update(seats)
            self._busy.difference_update(ticket.keys.difference(seats))
        # A seat may be in two batches: refused by the ledger in one, claimed by the next then.
        for ticket in itertools.chain.from_iterable(self._batches):
            self._claimed.update(_seats_to_take(ticket))
        self.moved.set()


def _next_batch(
    queue: deque[Ticket], under_way: set[object], claimed: set[object]
) -> tuple[list[Ticket], list[Ticket]]:
    """Take the next batch off *queue*, in order, and the rivals of its holds.

    No two of the batch share a key, or have one that is under way; a rival is a hold that shares
    seats with other holds, perhaps claimed ones, and nothing else with anybody. A ChangeShow stands
    alone.
    """
    batch: list[Ticket] = []
    rivals: list[Ticket] = []
    waiting: list[Ticket] = []
    busy, wanted = set(under_way), set(claimed)
    seats = 0
    while (
        queue
        and len(batch) < BATCH_COMMANDS_MAX
        and len(rivals) < RIVALS_MAX
        and len(waiting) < BATCH_COMMANDS_MAX
        and seats < BATCH_SEATS_MAX
    ):
        command, keys = queue[0].command, queue[0].keys
        if isinstance(command, ChangeShow):
            if not (batch or waiting or rivals or under_way or claimed):
                return [queue.popleft()], []
            break
        ticket = queue.popleft()
        seats += len(keys)
        is_hold = isinstance(command, Hold)
        if not busy.isdisjoint(keys) or not (is_hold or wanted.isdisjoint(keys)):
            waiting.append(ticket)
            busy |= keys
        elif isinstance(command, Hold):
            (batch if wanted.isdisjoint(keys) else rivals).append(ticket)
            wanted.update(command.seats)
            busy |= keys.difference(command.seats)
        else:
            batch.append(ticket)
            busy |= keys
    queue.extendleft(reversed(waiting))
    return batch, rivals


def keys_of(command: Command) -> frozenset[object]:
    """Return what no other command of the same batch may name; ints are seats.

    A buyer is a key, too: what one gives back, or books, counts for what one may hold next. Staff
    serve many at once and have no such limit.
    """
    holder = () if command.actor.is_staff else (command.actor.holder,)
    match command:
        case Hold(hold=hold, seats=seats):
            return frozenset((hold, command.actor.holder, *seats))
        case Release(hold=hold, seats=seats):
            return frozenset((hold, *holder, *(seats or ())))
        case Extend(hold=hold) | Expire(hold=hold):
            return frozenset((hold, *holder))
        case Book(hold=hold, booking=booking):
            return frozenset((hold, booking, *holder))
        case Cancel(booking=booking):
            return frozenset((booking, *holder))
        case Block(seats=seats) | Unblock(seats=seats):
            return frozenset(seats)
        case ChangeShow():
            return frozenset()
    assert_never(command)


def _seats_to_take(ticket: Ticket) -> tuple[int, ...]:
    return ticket.command.seats if isinstance(ticket.command, Hold) else ()
