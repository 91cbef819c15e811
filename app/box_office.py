"""The one door to the sale: every command of an instance passes here, show by show.

Each show has a desk (desk.py): a bounded queue and one loop. What queued while the last batch was
under way is the next batch, or half of it when it is much (desk.py):

    claim on the board -> commit in the ledger -> post to the board -> answer

Batches of a show follow one another through these steps and overlap: while one is posted the next
is claimed and committed.

Rule 1: a take goes board -> ledger; a give-back goes ledger -> board. So a seat that the board
shows free is free.
Rule 2: an answer follows its commit, never the other way round.
Rule 3: while the ledger is silent nothing is sent after what it has not answered; who waits is told
`unavailable`, and that nothing has happened is certain.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from time import perf_counter
from typing import Final

import structlog
from prometheus_client import Counter

from app import metrics
from app.board import Board, BoardAway, Take
from app.board_keeper import BoardKeeper
from app.changes import ChangeBatch
from app.desk import Desk, Ticket, keys_of, seats_to_take
from app.domain import Command, Hold, Outcome
from app.errors import RateLimited, SeatwireError, Unavailable, UnknownOutcome
from app.failpoints import Failpoint, reach
from app.ledger import Ledger
from app.refusals import Refusals
from app.silence import Silence

# Some six full batches; a longer queue only makes answers late.
QUEUE_COMMANDS_MAX: Final = 5_000
QUEUE_FULL_RETRY_MS: Final = 500
CLOSE_TIMEOUT_S: Final = 3.0
# So long may the ledger leave every batch unanswered before others are not kept waiting with them.
LEDGER_SILENCE_S_MAX: Final = 0.8

log = structlog.get_logger(__name__)


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
        self._desks: dict[int, Desk] = {}
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
        desk = self._desks.get(command.show)
        if desk is None:
            desk = self._desks[command.show] = Desk()
        if len(desk.queue) >= QUEUE_COMMANDS_MAX:
            error = RateLimited(QUEUE_FULL_RETRY_MS)
            self.refusals.add(command.show, error.code)
            raise error
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        keys, seats = keys_of(command), seats_to_take(command)
        desk.add(Ticket(command, keys, seats, answer, perf_counter()))
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

    async def _work(self, show: int, desk: Desk) -> None:
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

    async def _empty_queue(self, show: int, desk: Desk, group: asyncio.TaskGroup) -> None:
        """Claim batch after batch and send each on its way, until none is left or under way."""
        while desk.queue or desk.under_way:
            if desk.queue and (pause_s := desk.gather_s(perf_counter())) > 0:
                await desk.gather(pause_s)
            desk.moved.clear()
            if self._silence.is_on:
                self._refuse_waiting(desk)
            for late in desk.give_up_late():
                self._refuse(late, RateLimited(QUEUE_FULL_RETRY_MS))
            batch, rivals = desk.next_batch()
            going: list[Ticket] | None = []
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

    async def _carry_out(self, show: int, desk: Desk, batch: list[Ticket]) -> None:
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
                self._answer(batch, answers)
        finally:
            desk.leave(batch)

    async def _commit(
        self, show: int, desk: Desk, batch: list[Ticket]
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
    def _answering(self, show: int, tickets: Sequence[Ticket]) -> Iterator[None]:
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

    def _refuse_waiting(self, desk: Desk) -> None:
        for ticket in desk.give_up_waiting():
            self._refuse(ticket, _silent())

    async def _claim(
        self, show: int, batch: list[Ticket], rivals: list[Ticket]
    ) -> list[Ticket] | None:
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

    def _answer(self, batch: Sequence[Ticket], answers: Sequence[Outcome | SeatwireError]) -> None:
        fulfilled = []
        for ticket, answer in zip(batch, answers, strict=True):
            if isinstance(answer, SeatwireError):
                self._refuse(ticket, answer)
                continue
            reach(Failpoint.BEFORE_REPLY)
            fulfilled.append(ticket)
            if not ticket.answer.done():
                ticket.answer.set_result(answer)
        _count(fulfilled, "ok")

    def _refuse_all(self, tickets: Sequence[Ticket], error: SeatwireError) -> None:
        for ticket in tickets:
            self._refuse(ticket, error)

    def _refuse(self, ticket: Ticket, error: SeatwireError) -> None:
        if not ticket.answer.done():
            _count((ticket,), error.code)
            self.refusals.add(ticket.command.show, error.code)
            ticket.answer.set_exception(error)


def _silent() -> Unavailable:
    return Unavailable("The ledger does not answer right now; nothing has happened.")


def _unclaimed(batch: Sequence[Ticket], answers: Sequence[Outcome | SeatwireError]) -> list[Take]:
    """Return the takes that were claimed and not granted."""
    return [
        (ticket.command.hold, ticket.command.seats)
        for ticket, answer in zip(batch, answers, strict=True)
        if isinstance(answer, SeatwireError) and isinstance(ticket.command, Hold)
    ]


def _count(tickets: Sequence[Ticket], outcome: str) -> None:
    now_s = perf_counter()
    seconds_by_kind: dict[type[Command], list[float]] = {}
    for ticket in tickets:
        seconds_by_kind.setdefault(type(ticket.command), []).append(now_s - ticket.queued_at)
    for kind, seconds in seconds_by_kind.items():
        counter, histogram = _meters(kind, outcome)
        counter.inc(len(seconds))
        histogram.observe_all(seconds)


@cache
def _meters(kind: type[Command], outcome: str) -> tuple[Counter, metrics.BatchHistogram]:
    """Return what counts and what times such commands; finding it takes longer than counting."""
    name = kind.__name__.lower()
    return metrics.COMMANDS.labels(name, outcome), metrics.COMMAND_SECONDS.labels(name)
