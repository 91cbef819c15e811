"""The one door to the sale: every command of an instance passes here, show by show.

Each show has a desk: a bounded queue and one loop. Whatever queued while the last batch was under
way is the next batch:

    claim on the board -> commit in the ledger -> post to the board -> answer

Batches of a show follow one another through these steps and overlap: while one is posted the next
is claimed and committed.

Rule 1: a take goes board -> ledger; a give-back goes ledger -> board. So a seat that the board
shows free is free.
Rule 2: an answer follows its commit, never the other way round.
Rule 3: no two commands under way share a seat, hold, booking or holder; the later one waits until
the earlier is answered, and everything behind it that shares its keys waits, too. Holds that are
rivals for a seat meet at the claim: the board lets one through, the others have their answer at
once.
Rule 4: while the ledger is silent nothing is sent after what it has not answered; who waits is told
`unavailable`, and that nothing has happened is certain.
"""

import asyncio
import itertools
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from time import perf_counter
from typing import Final, assert_never

import structlog
from prometheus_client import Counter, Histogram

from app import metrics
from app.board import Board, BoardAway, Take
from app.board_keeper import BoardKeeper
from app.changes import ChangeBatch
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
from app.errors import RateLimited, SeatwireError, Unavailable, UnknownOutcome
from app.failpoints import Failpoint, reach
from app.ledger import Ledger
from app.refusals import Refusals
from app.silence import Silence

# The set-wise statements gain little beyond this, and every command of a batch waits for the whole
# of it.
BATCH_COMMANDS_MAX: Final = 300
BATCH_SEATS_MAX: Final = 3_000
# Holds that share seats with others of the same claim: nearly all of them end there.
RIVALS_MAX: Final = 800
# Of one show: one is claimed, two are in the ledger, one is posted. The ledger takes one at a time
# itself; the second is there when the first is committed, without a round trip between.
BATCHES_UNDER_WAY_MAX: Final = 4
BATCHES_IN_LEDGER_MAX: Final = 2
# Who comes while a batch is under way waits for company until so long after it began: a command
# that is alone costs five times what one of ten does (docs/PERFORMANCE.md).
GATHER_S: Final = 0.02
# Some 17 full batches; a longer queue only makes answers late.
QUEUE_COMMANDS_MAX: Final = 5_000
QUEUE_FULL_RETRY_MS: Final = 500
# Whoever has waited so long is told to ask again: a queue can be long without being full when its
# commands must wait for one another, as those of one buyer do.
QUEUE_S_MAX: Final = 2.0
CLOSE_TIMEOUT_S: Final = 3.0
# So long may the ledger leave every batch unanswered before others are not kept waiting with them.
LEDGER_SILENCE_S_MAX: Final = 0.8

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Ticket:
    command: Command
    keys: frozenset[object]
    answer: asyncio.Future[Outcome]
    queued_at: float


class _Desk:
    """One show's queue, and what of it is under way."""

    def __init__(self) -> None:
        self.queue: deque[_Ticket] = deque()
        self.task: asyncio.Task[None] | None = None
        # Each step takes batches in order.
        self.ledger_turn = asyncio.Semaphore(BATCHES_IN_LEDGER_MAX)
        self.board_turn = asyncio.Lock()
        self.under_way = 0
        self.before_commit = 0
        self.moved = asyncio.Event()
        self.began_at = 0.0
        self._unsent: list[list[_Ticket]] = []
        self._batches: list[list[_Ticket]] = []
        # What the batches under way name; the seats of their holds are claimed, and apart.
        self._busy: set[object] = set()
        self._claimed: set[object] = set()

    def next_batch(self) -> tuple[list[_Ticket], list[_Ticket]]:
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

    def enter(self, batch: list[_Ticket]) -> None:
        """Note that *batch* is claimed and on its way."""
        self.under_way += 1
        self.before_commit += 1
        self._unsent.append(batch)
        self._batches.append(batch)
        for ticket in batch:
            seats = _seats_to_take(ticket)
            self._claimed.update(seats)
            self._busy.update(ticket.keys.difference(seats))

    def send(self, batch: list[_Ticket]) -> bool:
        """Note that *batch* goes to the ledger now; False when it was given up."""
        if batch not in self._unsent:
            return False
        self._unsent.remove(batch)
        return True

    def give_up_late(self) -> Iterator[_Ticket]:
        """Take off the queue what has waited in it for too long."""
        since = perf_counter() - QUEUE_S_MAX
        while self.queue and self.queue[0].queued_at < since:
            yield self.queue.popleft()

    def give_up_waiting(self) -> list[_Ticket]:
        """Return what has not been sent to the ledger, and never will be."""
        waiting = [*itertools.chain.from_iterable(self._unsent), *self.queue]
        self._unsent.clear()
        self.queue.clear()
        return waiting

    def leave_ledger(self) -> None:
        """Note that a batch is committed."""
        self.before_commit -= 1
        self.moved.set()

    def leave(self, batch: list[_Ticket]) -> None:
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


class BoxOffice:
    """Takes commands, batches them by show, and answers each.

    batches_max: how many shows may be in the ledger at once; further desks wait their turn in
    order.
    """

    def __init__(
        self, ledger: Ledger, board: Board, board_keeper: BoardKeeper, *, batches_max: int
    ) -> None:
        self._ledger = ledger
        self._board = board
        self._board_keeper = board_keeper
        self._turns = asyncio.Semaphore(batches_max)
        self._desks: dict[int, _Desk] = {}
        self._closed = False
        self._silence = Silence(LEDGER_SILENCE_S_MAX, self._refuse_all_waiting)
        self.refusals = Refusals()

    def submit(self, command: Command) -> asyncio.Future[Outcome]:
        """Queue *command* and return its answer to come: an Outcome or a SeatwireError.

        Commands on the same seat or hold are carried out in the order they were submitted.
        RateLimited when it has waited for QUEUE_S_MAX, and raised at once when the show's queue is
        full. Raises Unavailable while shutting down.
        """
        if self._closed:
            raise Unavailable("This instance is shutting down; ask another one.")
        desk = self._desks.setdefault(command.show, _Desk())
        if len(desk.queue) >= QUEUE_COMMANDS_MAX:
            error = RateLimited(QUEUE_FULL_RETRY_MS)
            self.refusals.add(command.show, error.code)
            raise error
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        desk.queue.append(_Ticket(command, _keys(command), answer, perf_counter()))
        desk.moved.set()
        if desk.task is None:
            desk.task = asyncio.create_task(
                self._work(command.show, desk), name=f"desk {command.show}"
            )
        return answer

    async def close(self) -> None:
        """Take no more commands, finish those that are queued, within CLOSE_TIMEOUT_S."""
        self._closed = True
        tasks = [desk.task for desk in self._desks.values() if desk.task is not None]
        if not tasks:
            return
        _, unfinished = await asyncio.wait(tasks, timeout=CLOSE_TIMEOUT_S)
        for task in unfinished:
            task.cancel()
        await asyncio.gather(*unfinished, return_exceptions=True)

    async def _work(self, show: int, desk: _Desk) -> None:
        try:
            while desk.queue:
                async with asyncio.TaskGroup() as group:
                    await self._empty_queue(show, desk, group)
        finally:
            del self._desks[show]
            for ticket in desk.queue:
                self._refuse(
                    ticket, Unavailable("This instance is shutting down; ask another one.")
                )

    async def _empty_queue(self, show: int, desk: _Desk, group: asyncio.TaskGroup) -> None:
        """Claim batch after batch and send each on its way, until none is left or under way."""
        while desk.queue or desk.under_way:
            if desk.queue and (pause_s := desk.gather_s(perf_counter())) > 0:
                await asyncio.sleep(pause_s)
            desk.moved.clear()
            if self._silence.is_on:
                self._refuse_waiting(desk)
            for late in desk.give_up_late():
                self._refuse(late, RateLimited(QUEUE_FULL_RETRY_MS))
            batch, rivals = desk.next_batch()
            going: list[_Ticket] | None = []
            with self._answering(show, (*batch, *rivals)):
                going = await self._claim(show, batch, rivals)
            if going is None:
                desk.queue.extendleft(reversed(rivals))
                going = batch
            if going:
                desk.enter(going)
                group.create_task(self._carry_out(show, desk, going), name=f"batch {show}")
            elif not batch and desk.under_way:
                await desk.moved.wait()

    async def _carry_out(self, show: int, desk: _Desk, batch: list[_Ticket]) -> None:
        """Take *batch* through the ledger and to the board, and answer it."""
        try:
            with self._answering(show, batch):
                try:
                    async with desk.ledger_turn, self._turns:
                        answers, changes = await self._commit(show, desk, batch)
                finally:
                    desk.leave_ledger()
                async with desk.board_turn:
                    await self._post(show, answers, changes, _unclaimed(batch, answers))
                reach(Failpoint.AFTER_POST)
                for ticket, answer in zip(batch, answers, strict=True):
                    if isinstance(answer, SeatwireError):
                        self._refuse(ticket, answer)
                    else:
                        _fulfil(ticket, answer)
        finally:
            desk.leave(batch)

    async def _commit(
        self, show: int, desk: _Desk, batch: list[_Ticket]
    ) -> tuple[Sequence[Outcome | SeatwireError], ChangeBatch | None]:
        """Return an answer for each of *batch*, and what changed."""
        if not desk.send(batch):
            return [_silent()] * len(batch), None
        metrics.BATCH_COMMANDS.observe(len(batch))
        reach(Failpoint.BEFORE_COMMIT)
        try:
            with metrics.COMMIT_SECONDS.time(), self._silence.question():
                applied = await self._ledger.apply(show, [ticket.command for ticket in batch])
        except Unavailable as error:
            self._refuse_waiting(desk)  # it would be told the same, only later
            return [error] * len(batch), None
        reach(Failpoint.AFTER_COMMIT)
        return applied.answers, applied.changes

    @contextmanager
    def _answering(self, show: int, tickets: Sequence[_Ticket]) -> Iterator[None]:
        """Have every one of *tickets* answered when the block fails, however it does."""
        error = UnknownOutcome("The answer was lost; ask again with the same id.")
        try:
            yield
        except SeatwireError as known:
            self._refuse_all(tickets, known)
        except Exception:
            log.exception("box_office.batch_failed", show=show, commands=len(tickets))
            self._refuse_all(tickets, error)
        except BaseException:
            self._refuse_all(tickets, error)
            raise

    def _refuse_all_waiting(self) -> None:
        for desk in self._desks.values():
            self._refuse_waiting(desk)

    def _refuse_waiting(self, desk: _Desk) -> None:
        for ticket in desk.give_up_waiting():
            self._refuse(ticket, _silent())

    async def _claim(
        self, show: int, batch: list[_Ticket], rivals: list[_Ticket]
    ) -> list[_Ticket] | None:
        """Claim the seats of all holds, refuse losers at once and return the other tickets.

        None when there is no board to decide between rivals.
        """
        holds = [(t, t.command) for t in (*batch, *rivals) if isinstance(t.command, Hold)]
        if not holds:
            return batch
        takes = [(hold.hold, hold.seats) for _, hold in holds]
        reach(Failpoint.BEFORE_CLAIM)
        try:
            with metrics.CLAIM_SECONDS.time():
                refusals = await self._board.claim(show, takes)
            if refusals is None:
                with self._silence.question():  # it reads the ledger, and others wait behind it
                    await self._board_keeper.put_up(show)
                refusals = await self._board.claim(show, takes)
        except BoardAway:
            refusals = None
        if refusals is None:
            metrics.BOARD_AWAY.inc()
            return None
        reach(Failpoint.AFTER_CLAIM)
        losers = set()
        for (ticket, _), refusal in zip(holds, refusals, strict=True):
            if refusal is not None:
                losers.add(id(ticket))
                self._refuse(ticket, refusal)
        return [ticket for ticket in (*batch, *rivals) if id(ticket) not in losers]

    async def _post(
        self,
        show: int,
        answers: Sequence[Outcome | SeatwireError],
        changes: ChangeBatch | None,
        unclaimed: Sequence[Take],
    ) -> None:
        """Bring the board to what was committed; without a board the reconciler will."""
        at_least = max((a.version for a in answers if isinstance(a, Outcome)), default=0)
        if changes is None and not at_least and not unclaimed:
            return
        try:
            with metrics.POST_SECONDS.time():
                await self._board_keeper.post(show, changes, unclaimed=unclaimed, at_least=at_least)
        except (BoardAway, SeatwireError) as error:
            metrics.BOARD_AWAY.inc()
            log.warning("board.not_posted", show=show, error=repr(error))

    def _refuse_all(self, tickets: Sequence[_Ticket], error: SeatwireError) -> None:
        for ticket in tickets:
            self._refuse(ticket, error)

    def _refuse(self, ticket: _Ticket, error: SeatwireError) -> None:
        if not ticket.answer.done():
            _count(ticket, error.code)
            self.refusals.add(ticket.command.show, error.code)
            ticket.answer.set_exception(error)


def _next_batch(
    queue: deque[_Ticket], under_way: set[object], claimed: set[object]
) -> tuple[list[_Ticket], list[_Ticket]]:
    """Take the next batch off *queue*, in order, and the rivals of its holds.

    No two of the batch share a key, or have one that is under way; a rival is a hold that shares
    seats with other holds, perhaps claimed ones, and nothing else with anybody. A ChangeShow stands
    alone.
    """
    batch: list[_Ticket] = []
    rivals: list[_Ticket] = []
    waiting: list[_Ticket] = []
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


def _keys(command: Command) -> frozenset[object]:
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


def _silent() -> Unavailable:
    return Unavailable("The ledger does not answer right now; nothing has happened.")


def _seats_to_take(ticket: _Ticket) -> tuple[int, ...]:
    return ticket.command.seats if isinstance(ticket.command, Hold) else ()


def _unclaimed(batch: Sequence[_Ticket], answers: Sequence[Outcome | SeatwireError]) -> list[Take]:
    """Return the takes that were claimed and not granted."""
    return [
        (ticket.command.hold, ticket.command.seats)
        for ticket, answer in zip(batch, answers, strict=True)
        if isinstance(answer, SeatwireError) and isinstance(ticket.command, Hold)
    ]


def _fulfil(ticket: _Ticket, outcome: Outcome) -> None:
    reach(Failpoint.BEFORE_REPLY)
    _count(ticket, "ok")
    if not ticket.answer.done():
        ticket.answer.set_result(outcome)


def _count(ticket: _Ticket, outcome: str) -> None:
    commands, seconds = _meters(type(ticket.command).__name__.lower(), outcome)
    commands.inc()
    seconds.observe(perf_counter() - ticket.queued_at)


@cache
def _meters(kind: str, outcome: str) -> tuple[Counter, Histogram]:
    """Return what counts and what times such commands; finding it takes longer than counting."""
    return metrics.COMMANDS.labels(kind, outcome), metrics.COMMAND_SECONDS.labels(kind)
