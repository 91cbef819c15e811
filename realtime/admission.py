"""Who may open a socket now, and when the others should come back. Pure.

Opening a socket costs about a hundred times what a frame to it costs, so thousands that come back
at once (an instance died) would keep the loop from everything else. They are let in at a pace.

Rule 1: no more than `burst` sockets at once, and `per_s` a second, are let in.
Rule 2: whoever is turned away is told to come back after those who were turned away before, so
that they do not all meet again.
"""

from dataclasses import dataclass


@dataclass(slots=True)
class Admission:
    """A token bucket. per_s: sockets a second; burst: how many may come at once.

    The bucket is kept as the time at which it will be full (the generic cell rate algorithm of ATM
    Forum TM 4.1), and so is the queue of those who were told to come back.
    """

    per_s: float
    burst: int
    _full_at: float = 0.0
    _queue_ends_at: float = 0.0

    def enter(self, now_s: float) -> float | None:
        """Let one socket in and return None, or return in how many seconds to come back.

        now_s: a steady clock, in seconds.
        """
        full_at = max(self._full_at, now_s) + 1 / self.per_s
        if full_at - now_s <= self.burst / self.per_s:
            self._full_at = full_at
            return None
        self._queue_ends_at = max(self._queue_ends_at, now_s) + 1 / self.per_s
        return self._queue_ends_at - now_s
