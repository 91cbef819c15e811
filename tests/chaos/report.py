"""What a chaos run came to, in words."""

from collections import Counter
from dataclasses import dataclass, field

from tests.chaos.history import Violation


@dataclass(slots=True)
class Report:
    """What a run came to. repairs: (what was broken, seconds until all was right again).

    stalls_s: how long the machine kept the test from running, each time.
    rushed_s, beside_s: how long answers took during rushes, of the show that was overrun and of
    others.
    """

    seed: int
    lasted_s: float = 0.0
    rounds: int = 0
    injected: Counter[str] = field(default_factory=Counter)
    repairs: list[tuple[str, float]] = field(default_factory=list)
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    stalls_s: list[float] = field(default_factory=list)
    rushes: int = 0
    rushed_s: list[float] = field(default_factory=list)
    beside_s: list[float] = field(default_factory=list)
    sightings: int = 0
    violations: list[Violation] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Return the report, line by line."""
        told: dict[str, list[str]] = {}
        for (kind, code), count in sorted(self.outcomes.items()):
            told.setdefault(kind, []).append(f"{code} {count:,}")
        by_fault: dict[str, list[float]] = {}
        for what, took_s in self.repairs:
            by_fault.setdefault(what, []).append(took_s)
        every = sorted(took_s for _, took_s in self.repairs)
        return [
            f"seed {self.seed}, {self.lasted_s:.0f} s, {self.rounds} rounds, "
            f"{self.injected.total():,} faults, {self.outcomes.total():,} answers, "
            f"{self.events.total():,} events, {self.sightings:,} sightings, "
            f"{len(self.violations)} violations",
            "faults:",
            *(f"  {count:5,}  {kind}" for kind, count in self.injected.most_common()),
            "repaired after, in seconds (median, longest):",
            *(
                f"  {_middle(times):5.2f} {max(times):6.2f}  {what}"
                for what, times in sorted(by_fault.items())
            ),
            *([f"  {_middle(every):5.2f} {every[-1]:6.2f}  all"] if every else []),
            f"the machine stood still {len(self.stalls_s)} times, {sum(self.stalls_s):.1f} s",
            f"{self.rushes} rushes; answers then, in seconds (count, median, longest):",
            *(
                f"  {len(times):,} {_middle(times):5.2f} {max(times):6.2f}  {whose}"
                for whose, times in (("the show's", self.rushed_s), ("others'", self.beside_s))
                if times
            ),
            "answers:",
            *(f"  {kind}: {', '.join(codes)}" for kind, codes in told.items()),
            "events: " + ", ".join(f"{kind} {n:,}" for kind, n in self.events.most_common()),
            *(f"VIOLATION {violation}" for violation in self.violations[:50]),
        ]


def _middle(times: list[float]) -> float:
    return sorted(times)[len(times) // 2]
