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

from msgspec import Struct

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

# So many wait for no more company: the set-wise statements gain little beyond.
BATCH_COMMANDS_ENOUGH: Final = 400
# Of a queue twice as long a batch takes half, so that the other half is claimed while the first is
# in the ledger, and no more than this: the fewer turns processes take on a few processors, the less
# they wait for one another, but every command waits for the whole of its batch.
BATCH_COMMANDS_MAX: Final = 800
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


class Ticket(Struct, eq=False):
    """A command in the queue; a struct, since each command has one.

    keys: what no other under way may name; ints are seats. seats: those that a hold is to take, for
    which it may have rivals. queued_at: perf_counter's.
    """

    command: Command
    keys: tuple[object, ...]
    seats: tuple[int, ...]
    answer: asyncio.Future[Outcome]
    queued_at: float


@dataclass(slots=True)
class _UnderWay:
    """A batch between its claim and its answers, and what its tickets name."""

    batch: list[Ticket]
    keys: set[object]
    seats: set[int]


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
        self.before_commit = 0
        self.moved = asyncio.Event()
        self._filled = asyncio.Event()
        self.began_at = 0.0
        self._unsent: list[list[Ticket]] = []
        self._under_way: list[_UnderWay] = []

    @property
    def under_way(self) -> int:
        """How many batches are claimed and not yet answered."""
        return len(self._under_way)

    def add(self, ticket: Ticket) -> None:
        """Queue *ticket*."""
        self.queue.append(ticket)
        self.moved.set()
        if len(self.queue) == BATCH_COMMANDS_ENOUGH:
            self._filled.set()

    def next_batch(self) -> tuple[list[Ticket], list[Ticket]]:
        """Take the next batch and the rivals of its holds off the queue; nothing while more may
        join it, because the ledger is not free yet, or while all must wait."""
        if self._under_way and isinstance(self._under_way[-1].batch[0].command, ChangeShow):
            return [], []
        if self.under_way >= BATCHES_UNDER_WAY_MAX:
            return [], []
        if self.before_commit and not self._is_enough():
            return [], []
        busy, wanted = set[object](), set[object]()
        for other in self._under_way:
            busy |= other.keys
            wanted |= other.seats
        batch, rivals = _next_batch(self.queue, busy, wanted)
        if batch or rivals:
            self.began_at = perf_counter()
        return batch, rivals

    def gather_s(self, now_s: float) -> float:
        """Return for how long others may still join the queue before the next batch begins."""
        if not self.under_way or self._is_enough():
            return 0.0
        return self.began_at + GATHER_S - now_s

    async def gather(self, pause_s: float) -> None:
        """Wait for *pause_s*, or until enough have come together."""
        if self._is_enough():
            return
        self._filled.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(pause_s):
                await self._filled.wait()

    def _is_enough(self) -> bool:
        return len(self.queue) >= BATCH_COMMANDS_ENOUGH

    def enter(self, batch: list[Ticket]) -> None:
        """Note that *batch* is claimed and on its way."""
        self.before_commit += 1
        self._unsent.append(batch)
        self._under_way.append(
            _UnderWay(
                batch,
                {key for ticket in batch for key in ticket.keys},
                {seat for ticket in batch for seat in ticket.seats},
            )
        )

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
        self._under_way = [other for other in self._under_way if other.batch is not batch]
        self.moved.set()


def _next_batch(
    queue: deque[Ticket], busy: set[object], wanted: set[object]
) -> tuple[list[Ticket], list[Ticket]]:
    """Take the next batch off *queue*, in order, and the rivals of its holds.

    busy: keys that are under way; wanted: seats that holds under way are to take; both grow.

    No two of the batch share a key, or have one that is under way; a rival is a hold that shares
    seats with other holds, perhaps claimed ones, and nothing else with anybody. A ChangeShow stands
    alone.
    """
    commands_max = min(max(len(queue) // 2, BATCH_COMMANDS_ENOUGH), BATCH_COMMANDS_MAX)
    batch: list[Ticket] = []
    rivals: list[Ticket] = []
    waiting: list[Ticket] = []
    size = 0
    while (
        queue
        and len(batch) < commands_max
        and len(rivals) < RIVALS_MAX
        and len(waiting) < BATCH_COMMANDS_MAX
        and size < BATCH_SEATS_MAX
    ):
        if isinstance(queue[0].command, ChangeShow):
            if not (batch or waiting or rivals or busy or wanted):
                return [queue.popleft()], []
            break
        ticket = queue.popleft()
        keys, seats = ticket.keys, ticket.seats
        size += len(keys) + len(seats)
        if busy.isdisjoint(keys) and busy.isdisjoint(seats) and wanted.isdisjoint(keys):
            (batch if wanted.isdisjoint(seats) else rivals).append(ticket)
            wanted.update(seats)
        else:
            waiting.append(ticket)
            busy.update(seats)
        busy.update(keys)
    queue.extendleft(reversed(waiting))
    return batch, rivals


def keys_of(command: Command) -> tuple[object, ...]:
    """Return what no other command under way may name, besides seats to take; ints are seats.

    A buyer is a key, too: what one gives back, or books, counts for what one may hold next. Staff
    serve many at once and have no such limit.
    """
    holder = () if command.actor.is_staff else (command.actor.holder,)
    match command:
        case Hold(hold=hold):
            return hold, command.actor.holder
        case Release(hold=hold, seats=seats):
            return hold, *holder, *(seats or ())
        case Extend(hold=hold) | Expire(hold=hold):
            return hold, *holder
        case Book(hold=hold, booking=booking):
            return hold, booking, *holder
        case Cancel(booking=booking):
            return booking, *holder
        case Block(seats=seats) | Unblock(seats=seats):
            return seats
        case ChangeShow():
            return ()
    assert_never(command)


def seats_to_take(command: Command) -> tuple[int, ...]:
    """Return the seats for which *command* may have rivals: those of a hold."""
    return command.seats if isinstance(command, Hold) else ()
