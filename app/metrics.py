"""The names of everything that is counted, in one place.

With PROMETHEUS_MULTIPROC_DIR in the environment the processes of one machine add up, so that a
scrape of either instance sees both and the worker.
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

from prometheus_client import Counter, Gauge, Histogram

_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class BatchHistogram(Histogram):
    """A histogram that takes many observations at once, for the price of one for each bucket."""

    def observe_all(self, amounts: Sequence[float]) -> None:
        """Observe each of *amounts*."""
        # The library has no word for this; tests/unit/test_metrics.py holds it to the same sums.
        counts = [0] * len(self._buckets)
        for amount in amounts:
            counts[bisect_left(self._upper_bounds, amount)] += 1
        for bucket, count in zip(self._buckets, counts, strict=True):
            if count:
                bucket.inc(count)
        self._sum.inc(sum(amounts))


COMMANDS: Final = Counter(
    "seatwire_commands_total",
    "Commands by kind and outcome (ok or error code).",
    ["kind", "outcome"],
)
COMMAND_SECONDS: Final = BatchHistogram(
    "seatwire_command_seconds", "From the queue to the answer.", ["kind"], buckets=_SECONDS
)
BATCH_COMMANDS: Final = Histogram(
    "seatwire_batch_commands",
    "Commands in a batch.",
    buckets=(1, 2, 5, 10, 20, 50, 100, 200, 400, 800),
)
COMMIT_SECONDS: Final = Histogram(
    "seatwire_commit_seconds", "A batch in the ledger.", buckets=_SECONDS
)
CLAIM_SECONDS: Final = Histogram(
    "seatwire_claim_seconds", "A claim on the board.", buckets=_SECONDS
)
POST_SECONDS: Final = Histogram("seatwire_post_seconds", "A post to the board.", buckets=_SECONDS)
BOARD_AWAY: Final = Counter("seatwire_board_away_total", "Steps that went on without the board.")
BOARD_REBUILDS: Final = Counter("seatwire_board_rebuilds_total", "Boards put up from the ledger.")
BOARD_HEALS: Final = Counter("seatwire_board_heals_total", "Boards found behind the ledger.")
BOARD_CHECKS: Final = Counter(
    "seatwire_board_checks_total", "Boards compared with the ledger, seat by seat."
)
BOARD_REPAIRS: Final = Counter(
    "seatwire_board_repairs_total", "Boards found wrong at their version and put up anew."
)
HOLDS_EXPIRED: Final = Counter("seatwire_holds_expired_total", "Holds released at their time.")
DUE_HOLDS: Final = Gauge(
    "seatwire_due_holds", "Holds past their time at the last look.", multiprocess_mode="mostrecent"
)
WATCHERS: Final = Gauge("seatwire_watchers", "Open sockets.", multiprocess_mode="livesum")
SOCKETS_REFUSED: Final = Counter(
    "seatwire_sockets_refused_total",
    "Sockets turned away before they opened, by reason.",
    ["reason"],
)
TASKS: Final = Gauge(
    "seatwire_tasks", "Tasks of the event loop at the last look.", multiprocess_mode="livesum"
)
FRAMES_MADE: Final = Counter("seatwire_frames_made_total", "Frames encoded, by push.", ["push"])
FRAMES_SENT: Final = Counter("seatwire_frames_sent_total", "Frames broadcast to sockets.")
FEED_LAG_SECONDS: Final = Histogram(
    "seatwire_feed_lag_seconds",
    "From publish to arrival of the feed's own probe.",
    buckets=_SECONDS,
)
FEED_REPAIRS: Final = Counter("seatwire_feed_repairs_total", "Gaps and silences repaired.")
REQUESTS: Final = Counter("seatwire_http_requests_total", "HTTP requests.", ["route", "status"])
