"""Whether every screen showed what was true at the version it claimed, in order and in time. Pure.

I5: versions never go back on one screen, and none is shown that never was.
I6: the seats are the model's at that version; while nothing is disturbed a screen is not behind
for longer than promised. I11: no seat is missing.
"""

from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter

from app.domain import SeatStatus
from tests.chaos.history import Bounds, Calm, Sighting
from tests.chaos.replay import Story


class ScreenCheck:
    """The sightings of one show; `at_version` is fed by the replay, `finish` says the rest."""

    def __init__(self, sightings: Iterable[Sighting]) -> None:
        self._by_version: dict[int, list[Sighting]] = {}
        for sighting in sightings:
            self._by_version.setdefault(sighting.position.version, []).append(sighting)
        self._wrong: list[tuple[str, Sighting]] = []

    def at_version(self, version: int, seats: list[SeatStatus]) -> None:
        """Compare what was shown as *version* with the *seats* it had."""
        shown = self._by_version.get(version)
        if not shown:
            return
        true = bytes(seats)
        for sighting in shown:
            if len(sighting.statuses) != len(true):
                self._wrong.append((f"{len(sighting.statuses)} seats of {len(true)}", sighting))
            elif sighting.statuses != true:
                wrong = [n for n, status in enumerate(true) if sighting.statuses[n] != status]
                self._wrong.append((f"wrong at seats {wrong[:10]}", sighting))

    def finish(self, story: Story, calm: Calm, bounds: Bounds) -> None:
        """Add what is wrong to the violations of *story*."""
        for text, sighting in self._wrong:
            invariant = "I11" if "seats of" in text else "I6"
            _violate(story, invariant, f"{sighting.where} {text}", sighting)
        everything = [sighting for shown in self._by_version.values() for sighting in shown]
        for sighting in everything:
            if sighting.position.epoch != story.facts.epoch:
                _violate(story, "I5", f"{sighting.where} is in another epoch", sighting)
            elif story.is_whole and sighting.position.version > story.told_to:
                _violate(story, "I5", f"{sighting.where} shows what never was", sighting)
            elif _behind_s(sighting, story, calm) > bounds.screen_s + bounds.slack_s:
                _violate(story, "I6", f"{sighting.where} was not brought up in time", sighting)
        everything.sort(key=attrgetter("where", "since_s"))
        for where, shown in groupby(everything, key=attrgetter("where")):
            before = -1
            for sighting in shown:
                if sighting.position.version < before:
                    _violate(story, "I5", f"{where} went back from {before}", sighting)
                before = sighting.position.version


def _behind_s(sighting: Sighting, story: Story, calm: Calm) -> float:
    """Return how long, undisturbed, the next version was not shown although it was there."""
    following = sighting.position.version + 1
    if following > story.told_to:
        return 0.0
    since_s = story.at_s[following]
    return 0.0 if sighting.until_s <= since_s else calm.longest(since_s, sighting.until_s)


def _violate(story: Story, invariant: str, text: str, sighting: Sighting) -> None:
    version = sighting.position.version
    story.violate(invariant, text, sighting.since_s, version, sighting.where)
