"""How late what was committed reached watchers, and whether all of them have the same map."""

from array import array
from dataclasses import dataclass
from typing import Final

from benchmarks.stage import Stage
from benchmarks.watchers.swarm import Report

EVENTS_PER_READ: Final = 1_000


@dataclass(frozen=True, slots=True)
class Delivery:
    """From commit to receipt, over all watchers and frames, in ms.

    Of the changes merged in a frame the oldest counts. frames: how many were received.
    """

    frames: int
    p50_ms: float
    p99_ms: float
    worst_ms: float

    def __str__(self) -> str:
        return (
            f"{self.frames:,} frames, commit to receipt p50 {self.p50_ms:,.0f} ms, "
            f"p99 {self.p99_ms:,.0f} ms, worst {self.worst_ms:,.0f} ms"
        )


class NotEqual(Exception):
    """Raised when a watcher's map is not the ledger's, or a delta did not continue one."""


async def delivery(stage: Stage, show: int, report: Report, after: int) -> Delivery:
    """Return how late the changes of *show* later than version *after* were."""
    committed = await _commit_times_s(stage, show, after)
    late_ms = array("d")
    for (from_version, to_version), arrivals in report.arrivals.items():
        oldest = max(from_version, after) + 1
        if oldest <= to_version:
            committed_at = committed[oldest]
            late_ms.extend((at - committed_at) * 1000 for at in arrivals)
    ordered = sorted(late_ms)
    return Delivery(len(ordered), _at(ordered, 0.5), _at(ordered, 0.99), _at(ordered, 1.0))


async def check_equal(stage: Stage, show: int, report: Report) -> None:
    """Return when no watcher saw a fault and all have the ledger's map. Raises NotEqual."""
    if report.faults:
        raise NotEqual(f"deltas that did not continue: {report.faults[:3]}")
    statuses = await stage.statuses(show)
    others = sum(count for seats, count in report.maps.items() if seats != statuses)
    if others:
        raise NotEqual(f"{others} watchers have another map than the ledger")


async def _commit_times_s(stage: Stage, show: int, after: int) -> dict[int, float]:
    """Return when each version was written, in seconds since 1970; its commit comes later."""
    times: dict[int, float] = {}
    while events := await stage.services.ledger.events_after(show, after, EVENTS_PER_READ):
        for event in events:
            times[event.change.version] = event.at.timestamp()
        after = events[-1].change.version
    return times


def _at(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
