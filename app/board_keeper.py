"""Keeps the board at the ledger's version: posts what is committed, fills gaps, rebuilds.

Posting is where a crash of somebody else is healed: a process that dies between commit and post
leaves a gap, and the next to post (or the reconcile worker) fills it from the ledger's history.
"""

import asyncio
from collections.abc import Sequence

import structlog

from app import metrics
from app.board import Board, BoardAway, BoardImage, PostReply, Take
from app.board_check import board_faults
from app.catalog import Catalog
from app.changes import Change, ChangeBatch, Position, Snapshot
from app.errors import NotFound
from app.failpoints import Failpoint, reach
from app.ledger import BoardState, Ledger
from app.replay import Fault
from app.shared_reads import SharedReads

# Further behind than this, a whole board is cheaper than its missing events.
FILL_EVENTS_MAX = 1_000

# Another instance that committed just before us is mostly about to post; only when it does not is
# the gap filled in its stead.
GAP_PAUSES_S = (0.002, 0.01)

log = structlog.get_logger(__name__)


class BoardKeeper:
    """Brings the board forward from the ledger."""

    def __init__(self, board: Board, ledger: Ledger, catalog: Catalog) -> None:
        self._board = board
        self._ledger = ledger
        self._catalog = catalog
        self._rebuilds = SharedReads(self._rebuild)
        self._snapshots = SharedReads(self._read)

    async def post(
        self,
        show: int,
        batch: ChangeBatch | None,
        *,
        unclaimed: Sequence[Take] = (),
        at_least: int = 0,
    ) -> None:
        """Bring the board of *show* to the end of *batch* and end the claims of *unclaimed* takes.

        at_least: a version the ledger is known to have; a repeated command has one without a batch,
        and when its first answer was lost the board may not have heard of it. Raises BoardAway.
        """
        reply, version = await self._board.post(show, batch, unclaimed)
        for pause_s in GAP_PAUSES_S:
            if reply is not PostReply.GAP:
                break
            await asyncio.sleep(pause_s)
            reply, version = await self._board.post(show, batch)
        if reply is PostReply.NONE:
            version = (await self.put_up(show)).position.version
        # One that was under way was read before our commit.
        wanted = at_least if batch is None else max(at_least, batch.last)
        if reply is PostReply.GAP or version < wanted:
            ledger = await self._ledger.position(show)
            if ledger is not None:
                await self.heal(show, ledger, Position(ledger.epoch, version))

    async def snapshot(self, show: int) -> Snapshot:
        """Return the seats of *show*, from the board or, when it is away, from the ledger.

        All who ask at the same time share one read. Raises NotFound, and Unavailable when both are
        away.
        """
        return await self._snapshots.get(show)

    async def _read(self, show: int) -> Snapshot:
        try:
            snapshot = await self._board.read(show)
        except BoardAway:
            return await self._read_ledger(show)
        return snapshot or await self.rebuild(show)

    async def rebuild(self, show: int) -> Snapshot:
        """Put up the board of *show* from the ledger and return its seats, as of now or later.

        One at a time; all who ask while one is under way share the next. Raises NotFound, and
        Unavailable when the ledger is away. A board that is away is no error.
        """
        return await self._rebuilds.get(show)

    async def put_up(self, show: int) -> Snapshot:
        """As `rebuild`, but share one that is under way: its seats may be older than the question.

        For who only needs a board: two in a row would be twice the wait while the ledger is silent.
        """
        return await self._rebuilds.join(show)

    async def check(self, show: int) -> list[Fault] | None:
        """Compare all of the board of *show* with the ledger, and put it up anew when it is wrong.

        Returns what was wrong, or None when there is no board, or not one that can be compared: it
        is of another epoch, ahead, or far behind. Raises BoardAway.
        """
        image = await self._board.image(show)
        state = await self._ledger.board_state(show)
        if image is None or state is None:
            return None
        faults = await self.compare(show, image, state)
        if faults:
            log.error("board.wrong", show=show, faults=len(faults), first=faults[0])
            metrics.BOARD_REPAIRS.inc()
            await self.put_up_anew(show)
        return faults

    async def compare(self, show: int, image: BoardImage, state: BoardState) -> list[Fault] | None:
        """Return how *image* differs from *state*, read after it; None: not comparable."""
        behind = state.position.version - image.position.version
        if state.position.epoch != image.position.epoch or not 0 <= behind <= FILL_EVENTS_MAX:
            return None
        changes: list[Change] = []
        if behind:
            events = await self._ledger.events_after(show, image.position.version, behind)
            changes = [event.change for event in events]
        record = await self._catalog.show(show)
        status = record.status.value if record.version == state.position.version else None
        return list(board_faults(image, state, changes, status))

    async def put_up_anew(self, show: int) -> None:
        """Replace the board of *show* by what the ledger has, also at the same version.

        One that has moved on meanwhile stays as it is. Raises BoardAway.
        """
        state = await self._ledger.board_state(show)
        record = await self._catalog.show(show)
        if state is not None:
            await self._board.load(show, state, record.status, anew=True)

    async def heal(self, show: int, ledger: Position, board: Position) -> bool:
        """Bring a *board* that is behind the *ledger* up to it; False when nothing was to do.

        Raises BoardAway.
        """
        if board.epoch == ledger.epoch and board.version >= ledger.version:
            return False
        behind = ledger.version - board.version
        log.warning("board.behind", show=show, ledger=ledger, board=board)
        metrics.BOARD_HEALS.inc()
        if board.epoch == ledger.epoch and behind <= FILL_EVENTS_MAX:
            await self._fill(show, board)
        else:
            await self.rebuild(show)
        return True

    async def _fill(self, show: int, board: Position) -> None:
        events = await self._ledger.events_after(show, board.version, FILL_EVENTS_MAX)
        if not events:
            return
        batch = ChangeBatch(board.epoch, tuple(event.change for event in events))
        reply, _ = await self._board.post(show, batch)
        if reply is not PostReply.OK:
            await self.rebuild(show)

    async def _rebuild(self, show: int) -> Snapshot:
        state = await self._ledger.board_state(show)
        if state is None:
            raise NotFound(f"There is no show {show}.")
        # Read after the state: a status older than its version would stay on the board, because the
        # event that changes it counts as known.
        record = await self._catalog.show(show)
        reach(Failpoint.BEFORE_LOAD)
        try:
            await self._board.load(show, state, record.status)
        except BoardAway:
            log.warning("board.away", show=show)
        else:
            metrics.BOARD_REBUILDS.inc()
        return Snapshot(state.position, state.statuses)

    async def _read_ledger(self, show: int) -> Snapshot:
        state = await self._ledger.board_state(show)
        if state is None:
            raise NotFound(f"There is no show {show}.")
        return Snapshot(state.position, state.statuses)
