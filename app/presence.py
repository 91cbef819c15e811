"""Who watches where, and what was refused: each instance tells the others about once a second.

For screens of the box office alone; nothing is decided by it. An instance that stops is forgotten
with its counts. Without the board each instance knows of itself only.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import msgpack
import structlog

from app.board import Board, BoardAway
from app.cancellation import pause
from app.refusals import Refusals

REPORT_S: Final = 1.0
# Three reports may be lost before an instance counts as gone.
REPORT_TTL_MS: Final = 4_000

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ShowPresence:
    """A show in all instances.

    watchers: open sockets by instance. refusals: commands by code, since these instances started.
    """

    watchers: dict[str, int]
    refusals: dict[str, int]

    @property
    def watcher_count(self) -> int:
        return sum(self.watchers.values())


class Presence:
    """Reports of this instance and of the others. `run` must be running for the others to know."""

    def __init__(self, board: Board, refusals: Refusals, *, instance: str) -> None:
        self._board = board
        self._refusals = refusals
        self._instance = instance
        self._watcher_counts: Callable[[], dict[int, int]] = dict

    async def run(self, watcher_counts: Callable[[], dict[int, int]]) -> None:
        """Report until cancelled. watcher_counts: returns the sockets here that watch each show."""
        self._watcher_counts = watcher_counts
        while True:
            try:
                await self._board.report(self._instance, msgpack.packb(self._own()), REPORT_TTL_MS)
            except BoardAway:
                log.debug("presence.not_reported")
            await pause(REPORT_S)

    async def of(self, show: int) -> ShowPresence:
        """Return who watches *show* and what was refused there, as of a moment ago."""
        reports: dict[str, Any] = {}
        try:
            for instance, report in (await self._board.reports()).items():
                reports[instance] = msgpack.unpackb(report, strict_map_key=False)
        except BoardAway:
            log.debug("presence.not_read")
        reports[self._instance] = self._own()
        refusals: Counter[str] = Counter()
        for report in reports.values():
            refusals.update(report["refusals"].get(show, {}))
        watchers = {name: reports[name]["watchers"].get(show, 0) for name in sorted(reports)}
        return ShowPresence(watchers, dict(refusals))

    def _own(self) -> dict[str, Any]:
        return {"watchers": self._watcher_counts(), "refusals": self._refusals.counts()}
