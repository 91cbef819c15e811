"""The checker: whether a history keeps the promises. Pure, and linear in what happened.

The ledger's own order makes it easy (no search): tell the events to the model in the order of their
versions, then hold every answer, every screen and the end against what came of it. The order itself
must agree with the order in which things were asked and told.
"""

from collections.abc import Iterable
from operator import attrgetter
from typing import Final

from app.domain import EventKind, HoldStatus
from tests.chaos.answers import AnswerCheck
from tests.chaos.history import (
    Bounds,
    Calm,
    Granted,
    History,
    LedgerEvent,
    Operation,
    Sighting,
    Violation,
)
from tests.chaos.replay import Story, replay
from tests.chaos.screens import ScreenCheck

NORMAL: Final = Bounds()
# For tests that share their machine with others: what comes late is not their business.
UNHURRIED: Final = Bounds(screen_s=60.0, expiry_s=60.0, answer_s=60.0, slack_s=1.0)


def check(history: History, bounds: Bounds = NORMAL) -> list[Violation]:
    """Return every promise that *history* breaks, by show and time."""
    violations = []
    for show in history.shows:
        # A rush on one show is no excuse for another.
        calm = Calm([*history.disturbances, *history.rushes.get(show, ())])
        violations += _check_show(history, show, calm, bounds)
    for fault in history.faults:
        violations.append(Violation("I5", fault.text, 0, (fault.where,), fault.at_s))
    return violations


def _check_show(history: History, show: int, calm: Calm, bounds: Bounds) -> list[Violation]:
    operations = [op for op in history.operations if op.show == show]
    sightings = [sighting for sighting in history.sightings if sighting.show == show]
    events = history.events.get(show, [])
    screens = ScreenCheck(sightings)
    story = replay(
        history.shows[show],
        events,
        staff=history.staff,
        calm=calm,
        bounds=bounds,
        on_version=screens.at_version,
    )
    AnswerCheck(story, calm, bounds).check(operations, events)
    screens.finish(story, calm, bounds)
    _check_order(story, operations, sightings, events)
    _check_end(story, history, calm, bounds)
    return story.violations


def _check_order(
    story: Story,
    operations: Iterable[Operation],
    sightings: Iterable[Sighting],
    events: Iterable[LedgerEvent],
) -> None:
    """I5: what was asked for after a version was told or shown has a later one."""
    told = [
        (operation.completed_s, operation.answer.version)
        for operation in operations
        if isinstance(operation.answer, Granted) and operation.answer.version is not None
    ]
    told += [(sighting.since_s, sighting.position.version) for sighting in sightings]
    told.sort()
    first_asked: dict[tuple[EventKind, object], float] = {}
    for operation in sorted(operations, key=attrgetter("invoked_s")):
        target = operation.booking if operation.kind is EventKind.CANCEL else operation.hold
        if target is not None:
            first_asked.setdefault((operation.kind, target), operation.invoked_s)
    asked = []
    for event in events:
        target = event.booking if event.kind is EventKind.CANCEL else event.hold
        invoked_s = first_asked.get((event.kind, target))
        if invoked_s is not None:
            asked.append((invoked_s, event))
    asked.sort(key=lambda pair: pair[0])
    place, floor = 0, 0
    for invoked_s, event in asked:
        while place < len(told) and told[place][0] < invoked_s:
            floor = max(floor, told[place][1])
            place += 1
        if event.version <= floor:
            text = f"version {event.version} was asked for after {floor} was told"
            story.violate("I5", text, event.at_s, event.version, event.hold)


def _check_end(story: Story, history: History, calm: Calm, bounds: Bounds) -> None:
    """I6, I12: ledger, board and every screen end where the events lead. I7: nothing is overdue."""
    show, model = story.facts.show, story.model
    ending = history.endings.get(show)
    if ending is None or not story.is_whole:
        return  # what makes no sense has no end, either
    at_s = history.ended_s
    if ending.position != (story.facts.epoch, model.version):
        text = f"the ledger is at {ending.position}, its events at {model.version}"
        story.violate("I5", text, at_s, model.version)
    if ending.statuses != bytes(model.seats):
        story.violate("I1", "the ledger's seats are not what its events say", at_s, model.version)
    for id_, hold in model.holds.items():
        status, seats = ending.holds.get(id_, (None, ()))
        if (status, tuple(sorted(seats))) != (hold.status, hold.seats):
            text = f"the ledger has the hold as {status} {seats}, its events as {hold.status}"
            story.violate("I2", text, at_s, id_, hold.seats)
        late_s = calm.longest(hold.expires_s, at_s)
        if hold.status is HoldStatus.HELD and late_s > bounds.expiry_s + bounds.slack_s:
            story.violate("I7", f"overdue by {late_s:.1f} s", at_s, id_)
    if ending.holds.keys() != model.holds.keys():
        strange = sorted(ending.holds.keys() ^ model.holds.keys())
        story.violate("I2", "holds without an event, or events without a hold", at_s, *strange)
    _check_bookings(story, history)
    for sighting in history.last:
        if sighting.show == show and (
            sighting.position != ending.position or sighting.statuses != ending.statuses
        ):
            invariant = "I12" if sighting.where.startswith("board") else "I6"
            text = f"{sighting.where} ends at {sighting.position}, not at {ending.position}"
            story.violate(invariant, text, at_s, sighting.where)


def _check_bookings(story: Story, history: History) -> None:
    """I4, I2: the bookings are those of the events, each with all its seats."""
    ending = history.endings[story.facts.show]
    model = story.model
    if ending.bookings.keys() != model.bookings.keys():
        strange = sorted(ending.bookings.keys() ^ model.bookings.keys())
        story.violate("I4", "bookings without an event, or lost", history.ended_s, *strange)
    for id_, (status, hold, seats) in ending.bookings.items():
        known = model.holds.get(hold)
        cancelled = known is not None and known.status is HoldStatus.CANCELLED
        if known is None or tuple(sorted(seats)) != known.seats:
            story.violate("I2", f"the booking has seats {seats}", history.ended_s, id_, hold)
        elif (status == "cancelled") != cancelled:
            story.violate("I4", f"the booking is {status}", history.ended_s, id_, hold)
