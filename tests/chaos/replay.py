"""Tells a show's events to the model again, one by one, and remembers what was when. Pure."""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from app.domain import (
    Actor,
    Block,
    Book,
    Cancel,
    EventKind,
    Expire,
    Extend,
    Hold,
    HoldStatus,
    Release,
    Role,
    SeatStatus,
    ShowPatch,
    ShowStatus,
    Unblock,
)
from tests.chaos.history import Bounds, Calm, LedgerEvent, ShowFacts, Violation
from tests.ledger_model import BatchCommand, Model, ModelHold, Refusal

# What it means that the model would have refused an event that is in the history.
REFUSED_MEANS: Final = {
    "seats_taken": "I1",
    "forbidden": "I10",
    "hold_gone": "I7",
    "not_found": "I9",
    "bad_message": "I2",
    "hold_limit": "I2",
    "show_closed": "I9",
}
# The model's times and the ledger's differ by less: both are microseconds, one a float.
ROUNDING_S: Final = 0.001


@dataclass(frozen=True, slots=True)
class Step:
    """A hold after one of its events."""

    version: int
    at_s: float
    kind: EventKind
    status: HoldStatus
    seats: tuple[int, ...]
    total: int
    expires_s: float
    booking: UUID | None


@dataclass(slots=True)
class HoldStory:
    """A hold's steps, in order."""

    holder: str
    steps: list[Step] = field(default_factory=list)

    def at_version(self, version: int) -> Step | None:
        place = bisect_right(self.steps, version, key=lambda step: step.version) - 1
        step = self.steps[place] if place >= 0 else None
        return step if step is not None and step.version == version else None

    def between(self, since_s: float, until_s: float) -> list[Step]:
        """Return what the hold was at any moment between two times."""
        first = bisect_right(self.steps, since_s, key=lambda step: step.at_s) - 1
        end = bisect_right(self.steps, until_s, key=lambda step: step.at_s)
        return self.steps[max(0, first) : end]


@dataclass(slots=True)
class SeatStory:
    """When a seat was what: (version, at_s, status), in order."""

    moments: list[tuple[int, float, SeatStatus]] = field(
        default_factory=lambda: [(0, float("-inf"), SeatStatus.AVAILABLE)]
    )

    def at_version(self, version: int) -> SeatStatus:
        return self.moments[bisect_right(self.moments, version, key=lambda m: m[0]) - 1][2]

    def between(self, since_s: float, until_s: float) -> set[SeatStatus]:
        """Return what the seat was at any moment between two times."""
        first = bisect_right(self.moments, since_s, key=lambda m: m[1]) - 1
        end = bisect_right(self.moments, until_s, key=lambda m: m[1])
        return {status for _, _, status in self.moments[max(0, first) : end]}


@dataclass(slots=True)
class Story:
    """One show, as its events tell it.

    told_to: the last version that makes sense; is_whole: whether every event does. closed: when the
    show's status changed, and whether it is off sale since.
    """

    facts: ShowFacts
    model: Model
    seats: list[SeatStory]
    holds: dict[UUID, HoldStory] = field(default_factory=dict)
    bookings: dict[UUID, UUID] = field(default_factory=dict)
    held: dict[str, list[tuple[float, int]]] = field(default_factory=dict)
    closed: list[tuple[float, bool]] = field(default_factory=list)
    at_s: list[float] = field(default_factory=lambda: [float("-inf")])
    told_to: int = 0
    is_whole: bool = True
    violations: list[Violation] = field(default_factory=list)

    def violate(self, invariant: str, what: str, at_s: float, *ids: object) -> None:
        self.violations.append(Violation(invariant, what, self.facts.show, ids, at_s))


OnVersion = Callable[[int, list[SeatStatus]], None]


def replay(
    facts: ShowFacts,
    events: list[LedgerEvent],
    *,
    staff: set[str],
    calm: Calm,
    bounds: Bounds,
    on_version: OnVersion,
) -> Story:
    """Tell *events*, which are in the ledger's order, until one makes no sense.

    on_version is called with the seats at each version, version 0 included.
    """
    model = Model(
        list(facts.prices), list(facts.categories), facts.hold_ttl_s, facts.seats_per_hold_max
    )
    story = Story(facts, model, [SeatStory() for _ in facts.categories])
    on_version(0, model.seats)
    for event in events:
        if event.version != model.version + 1:
            text = f"version {event.version} follows {model.version}"
            story.violate("I5", text, event.at_s, event.version)
            break
        if not _tell(story, event, staff, calm, bounds):
            break
        story.told_to = event.version
        on_version(event.version, model.seats)
    story.is_whole = story.told_to == len(events)
    return story


def _tell(story: Story, event: LedgerEvent, staff: set[str], calm: Calm, bounds: Bounds) -> bool:
    """Carry out one event; False when it is none that the ledger may have."""
    model = story.model
    known = None if event.hold is None else model.holds.get(event.hold)
    if event.kind is EventKind.EXPIRE and known is not None:
        late_s = calm.longest(known.expires_s, event.at_s) - bounds.expiry_s - bounds.slack_s
        if known.status is HoldStatus.HELD and late_s > 0:
            text = f"expired {late_s + bounds.expiry_s + bounds.slack_s:.1f} s late"
            story.violate("I7", text, event.at_s, event.version, event.hold)
    model.now_s = event.at_s
    model.happenings.clear()
    if event.kind is EventKind.SHOW:
        _change_show(story, event)
    else:
        answer = model.apply(_command(story.facts.show, event, staff))
        if isinstance(answer, Refusal):
            text = f"{event.kind} by {event.actor} although {answer.code} {answer.seats or ''}"
            story.violate(REFUSED_MEANS[answer.code], text, event.at_s, event.version, event.hold)
            return False
    if not _agrees(story, event):
        return False
    _remember(story, event)
    return True


def _command(show: int, event: LedgerEvent, staff: set[str]) -> BatchCommand:
    role = Role.STAFF if event.actor in staff else Role.BUYER
    actor = Actor(event.actor, role)
    if event.kind in (EventKind.BLOCK, EventKind.UNBLOCK):
        kind = Block if event.kind is EventKind.BLOCK else Unblock
        return kind(show, event.seats, "", actor)
    assert event.hold is not None
    match event.kind:
        case EventKind.HOLD:
            return Hold(show, event.hold, event.seats, actor)
        case EventKind.RELEASE:
            return Release(show, event.hold, event.seats, actor)
        case EventKind.EXTEND:
            return Extend(show, event.hold, actor)
        case EventKind.EXPIRE:
            return Expire(show, event.hold, actor)
        case EventKind.BOOK:
            assert event.booking is not None
            return Book(show, event.hold, event.booking, None, actor)
        case EventKind.CANCEL:
            assert event.booking is not None
            return Cancel(show, event.booking, actor)
    raise AssertionError(event.kind)


def _change_show(story: Story, event: LedgerEvent) -> None:
    assert event.detail is not None
    shown = event.detail["show"]
    status = ShowStatus(shown["status"])
    story.model.change_show(ShowPatch(status=status))
    story.closed.append((event.at_s, status is not ShowStatus.ON_SALE))


def _agrees(story: Story, event: LedgerEvent) -> bool:
    """Compare what the model made of *event* with what the ledger did."""
    model = story.model
    happened = model.happenings[-1] if model.happenings else None
    if happened is None or happened.seats != tuple(sorted(event.seats)):
        moved = () if happened is None else happened.seats
        text = f"{event.kind} moved {event.seats}, not {moved}"
        story.violate("I2", text, event.at_s, event.version, event.hold)
        return False
    if happened.hold_seats != tuple(sorted(event.hold_seats)):
        text = f"after it the hold has {event.hold_seats}, not {happened.hold_seats}"
        story.violate("I2", text, event.at_s, event.version, event.hold)
        return False
    if happened.holder is not None and happened.holder != event.holder:
        text = f"{event.holder} is named as holder, not {happened.holder}"
        story.violate("I10", text, event.at_s, event.version, event.hold)
        return False
    hold = None if event.hold is None else model.holds[event.hold]
    if hold is not None and event.expires_at_s is not None:
        if abs(hold.expires_s - event.expires_at_s) > ROUNDING_S:
            off_s = event.expires_at_s - hold.expires_s
            story.violate("I7", f"deadline off by {off_s} s", event.at_s, event.version, event.hold)
            return False
        hold.expires_s = event.expires_at_s
    return True


def _remember(story: Story, event: LedgerEvent) -> None:
    model = story.model
    story.at_s.append(event.at_s)
    for seat in event.seats:
        story.seats[seat].moments.append((event.version, event.at_s, model.seats[seat]))
    if event.hold is not None:
        _remember_hold(story, event, event.hold, model.holds[event.hold])


def _remember_hold(story: Story, event: LedgerEvent, id_: UUID, hold: ModelHold) -> None:
    model = story.model
    known = story.holds.setdefault(id_, HoldStory(hold.holder))
    known.steps.append(
        Step(
            event.version,
            event.at_s,
            event.kind,
            hold.status,
            hold.seats,
            hold.total,
            hold.expires_s,
            hold.booking,
        )
    )
    if hold.booking is not None:
        story.bookings[hold.booking] = id_
    has = sum(len(model.holds[open_].prices) for open_ in model.open_holds.get(hold.holder, ()))
    story.held.setdefault(hold.holder, []).append((event.at_s, has))
