"""Whether every answer that was given agrees with what the ledger says happened. Pure.

I3, I4, I9: what was granted is there; what was refused has a reason; what nobody asked for, or was
told had failed, is not there. I8: asking again changes nothing. I10: only the holder, or staff.
I13: an answer comes, whatever is disturbed, and in calm times soon.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from app.domain import EventKind, HoldStatus, SeatStatus
from tests.chaos.history import (
    Bounds,
    Calm,
    Granted,
    LedgerEvent,
    Lost,
    Operation,
    Unanswered,
    Unknown,
)
from tests.chaos.replay import HoldStory, Step, Story
from tests.ledger_model import Refusal

# After these nothing has happened. (hold_gone may be said of a hold that this very command ended,
# when its first answer was lost inside the server.)
NOTHING_HAPPENED: Final = {
    "seats_taken",
    "hold_limit",
    "show_closed",
    "forbidden",
    "not_found",
    "unavailable",
    "rate_limited",
}
# How long a claim outlives the take that it was for, when that take was lost on its way.
CLAIM_S: Final = 5.0
_LIVE: Final = HoldStatus.HELD


@dataclass(slots=True)
class _Asked:
    """What was asked about one show, by what it was about."""

    by_target: dict[tuple[EventKind, object], list[Operation]] = field(default_factory=dict)
    takes: dict[int, list[Operation]] = field(default_factory=dict)


class AnswerCheck:
    """The operations on one show against its story."""

    def __init__(self, story: Story, calm: Calm, bounds: Bounds) -> None:
        self._story = story
        self._calm = calm
        self._bounds = bounds
        self._asked = _Asked()

    def check(self, operations: Iterable[Operation], events: list[LedgerEvent]) -> None:
        """Add what is wrong to the violations of the story."""
        operations = list(operations)
        for operation in operations:
            self._asked.by_target.setdefault(_target(operation), []).append(operation)
            if operation.kind in (EventKind.HOLD, EventKind.BLOCK):
                for seat in operation.seats or ():
                    self._asked.takes.setdefault(seat, []).append(operation)
        for operation in operations:
            self._check_time(operation)
            if isinstance(operation.answer, Granted):
                self._check_granted(operation, operation.answer)
            elif isinstance(operation.answer, Refusal):
                self._check_refused(operation, operation.answer)
        for event in events:
            if event.version <= self._story.told_to:
                self._check_wanted(event)

    def _check_time(self, operation: Operation) -> None:
        if isinstance(operation.answer, Unanswered):
            took_s = operation.completed_s - operation.invoked_s
            self._violate("I13", operation, f"not answered within {took_s:.1f} s")
            return
        if isinstance(operation.answer, Lost):
            since_s = operation.invoked_s - self._bounds.dead_s - self._bounds.slack_s
            if self._calm.is_whole(since_s, operation.completed_s):
                self._violate("I13", operation, "its connection was lost, but nobody cut it")
            return
        bound_s = self._bounds.answer_s + self._bounds.slack_s
        took_s = self._calm.longest(operation.invoked_s, operation.completed_s)
        if took_s > bound_s:
            self._violate("I13", operation, f"answered after {took_s:.1f} s")

    # What was granted.

    def _check_granted(self, operation: Operation, answer: Granted) -> None:
        if answer.version is not None and answer.version > self._story.told_to:
            if self._story.is_whole:  # else nothing can be told of what came later
                self._violate(_lost(operation), operation, f"granted as {answer.version}, but lost")
            return
        if operation.kind in (EventKind.BLOCK, EventKind.UNBLOCK):
            self._check_switched(operation, answer)
            return
        story = self._hold_story(operation)
        if story is None:
            if self._story.is_whole:
                text = "granted, but the ledger knows no such hold"
                self._violate(_lost(operation), operation, text)
        elif operation.kind is EventKind.EXTEND:
            self._check_extended(operation, answer, story)
        else:
            assert answer.version is not None
            step = story.at_version(answer.version)
            if step is None:
                text = f"granted as {answer.version}, which is something else"
                self._violate(_lost(operation), operation, text)
            else:
                self._check_step(operation, answer, step, story)

    def _check_step(
        self, operation: Operation, answer: Granted, step: Step, story: HoldStory
    ) -> None:
        slack_s = self._bounds.slack_s
        known = story.between(operation.invoked_s - slack_s, operation.completed_s + slack_s)
        if step not in known:
            self._violate("I9", operation, f"told of {step.version}, which was not then")
        wanted = set(operation.seats or ())
        match operation.kind:
            case EventKind.HOLD:
                right = step.status is _LIVE and wanted <= set(step.seats)
            case EventKind.BOOK:
                right = step.status is HoldStatus.BOOKED and answer.booking == step.booking
            case EventKind.CANCEL:
                right = step.status is HoldStatus.CANCELLED
            case _:
                right = not wanted & set(step.seats)
                right &= operation.seats is not None or step.status is HoldStatus.RELEASED
        if not right:
            self._violate("I8", operation, f"granted, but the hold was {step.status} {step.seats}")
        if answer.seats is not None and tuple(sorted(answer.seats)) != step.seats:
            self._violate("I2", operation, f"told of seats {answer.seats}, not {step.seats}")
        if answer.total is not None and answer.total != step.total:
            self._violate("I2", operation, f"told a total of {answer.total}, not {step.total}")
        if answer.expires_in_s is not None and not self._is_deadline(operation, answer, step):
            self._violate("I7", operation, f"told {answer.expires_in_s} s, not until then")

    def _check_extended(self, operation: Operation, answer: Granted, story: HoldStory) -> None:
        """An extension tells its deadline alone: one of that time must have that deadline."""
        slack_s = self._bounds.slack_s
        steps = story.between(operation.invoked_s - slack_s, operation.completed_s + slack_s)
        if not any(
            step.kind is EventKind.EXTEND and self._is_deadline(operation, answer, step)
            for step in steps
        ):
            self._violate("I9", operation, f"extended by {answer.expires_in_s} s, but it was not")

    def _is_deadline(self, operation: Operation, answer: Granted, step: Step) -> bool:
        assert answer.expires_in_s is not None
        said_at_s = step.expires_s - answer.expires_in_s
        slack_s = self._bounds.slack_s
        return operation.invoked_s - slack_s <= said_at_s <= operation.completed_s + slack_s

    def _check_switched(self, operation: Operation, answer: Granted) -> None:
        assert answer.version is not None
        for seat in operation.seats or ():
            status = self._story.seats[seat].at_version(answer.version)
            if (status is SeatStatus.BLOCKED) != (operation.kind is EventKind.BLOCK):
                if operation.kind is EventKind.BLOCK or status is SeatStatus.BLOCKED:
                    self._violate("I9", operation, f"seat {seat} was {status.name} all the same")

    # What was refused.

    def _check_refused(self, operation: Operation, answer: Refusal) -> None:
        slack_s = self._bounds.slack_s
        since_s, until_s = operation.invoked_s - slack_s, operation.completed_s + slack_s
        match answer.code:
            case "seats_taken":
                self._check_taken(operation, answer)
            case "hold_gone" | "not_found" | "forbidden":
                self._check_hold_refused(operation, answer.code, since_s, until_s)
            case "hold_limit":
                self._check_limit(operation, until_s)
            case "show_closed":
                if not any(closed for at_s, closed in self._story.closed if at_s <= until_s):
                    self._violate("I9", operation, "called closed, but it was on sale")
            case "unavailable":
                if self._calm.is_whole(operation.invoked_s, operation.completed_s):
                    self._violate("I9", operation, "called unavailable, but nothing was")
            case "rate_limited":
                if self._calm.is_whole(operation.invoked_s, operation.completed_s):
                    self._violate("I13", operation, "turned away, but nobody asked too much")
            case _:
                self._violate("I9", operation, f"refused as {answer.code}")

    def _check_hold_refused(
        self, operation: Operation, code: str, since_s: float, until_s: float
    ) -> None:
        story = self._hold_story(operation)
        steps = [] if story is None else story.between(since_s, until_s)
        # A hold whose time is over is gone whether or not that is in the history yet.
        if code == "hold_gone":
            if all(step.status is _LIVE and step.expires_s > until_s for step in steps):
                self._violate("I3", operation, "called gone, but it was live")
        elif code == "not_found":
            if steps and steps[0].at_s < since_s:
                self._violate(_lost(operation), operation, "called unknown, but it was there")
        elif story is not None and story.holder == operation.actor.holder:
            self._violate("I10", operation, "forbidden to its own holder")

    def _check_taken(self, operation: Operation, answer: Refusal) -> None:
        """Every seat that is called taken was, or was on its way to somebody else.

        A board may not know yet of a seat that was given back; when something was disturbed, for
        long, so then anything goes.
        """
        wanted = set(operation.seats or ())
        if not answer.seats or not wanted.issuperset(answer.seats):
            self._violate("I9", operation, f"seats {answer.seats} were not asked for")
        board_s, slack_s = self._bounds.board_s, self._bounds.slack_s
        since_s, until_s = operation.invoked_s - slack_s, operation.completed_s + slack_s
        if not self._calm.is_whole(operation.invoked_s - CLAIM_S - board_s, until_s):
            return
        for seat in wanted.intersection(answer.seats):
            was = self._story.seats[seat].between(since_s, until_s)
            if was == {SeatStatus.AVAILABLE} and not self._is_contended(seat, operation):
                self._violate("I9", operation, f"seat {seat} called taken, but it was free")

    def _is_contended(self, seat: int, operation: Operation) -> bool:
        for take in self._asked.takes[seat]:
            until_s = take.completed_s + (CLAIM_S if isinstance(take.answer, Unknown) else 0.0)
            overlaps = take.invoked_s <= operation.completed_s and until_s >= operation.invoked_s
            if overlaps and take.hold != operation.hold:
                return True
        return False

    def _check_limit(self, operation: Operation, until_s: float) -> None:
        has = [
            count
            for at_s, count in self._story.held.get(operation.actor.holder, ())
            if at_s <= until_s
        ]
        most = max(has, default=0)
        if most + len(operation.seats or ()) <= self._story.facts.seats_per_hold_max:
            self._violate("I9", operation, f"called too many, with {most} at most before")

    # What happened.

    def _check_wanted(self, event: LedgerEvent) -> None:
        """Every event but an expiry was asked for, by whom it names, and not called failed."""
        if event.kind in (EventKind.EXPIRE, EventKind.SHOW):
            return
        target = event.booking if event.kind is EventKind.CANCEL else event.hold
        asked = self._asked.by_target.get((event.kind, target), ())
        if not any(self._explains(operation, event) for operation in asked):
            text = (
                f"{event.kind} {event.seats} by {event.actor} was not asked for, or called failed"
            )
            self._story.violate("I9", text, event.at_s, event.version, target)

    def _explains(self, operation: Operation, event: LedgerEvent) -> bool:
        answer, slack_s = operation.answer, self._bounds.slack_s
        if operation.actor.holder != event.actor or operation.invoked_s > event.at_s + slack_s:
            return False
        if not set(event.seats) <= set(operation.seats if operation.seats else event.seats):
            return False
        if isinstance(answer, Unknown):
            return True
        if isinstance(answer, Refusal) and answer.code in NOTHING_HAPPENED:
            return False
        return event.at_s <= operation.completed_s + slack_s

    def _hold_story(self, operation: Operation) -> HoldStory | None:
        hold = operation.hold
        if operation.kind is EventKind.CANCEL and operation.booking is not None:
            hold = self._story.bookings.get(operation.booking)
        return None if hold is None else self._story.holds.get(hold)

    def _violate(self, invariant: str, operation: Operation, text: str) -> None:
        id_: UUID | None = operation.booking or operation.hold
        what = f"{operation.kind} by {operation.actor.holder}: {text}"
        self._story.violate(invariant, what, operation.completed_s, id_, operation.seats)


def _target(operation: Operation) -> tuple[EventKind, object]:
    booking = operation.booking if operation.kind is EventKind.CANCEL else None
    return operation.kind, booking or operation.hold


def _lost(operation: Operation) -> str:
    return "I4" if operation.kind in (EventKind.BOOK, EventKind.CANCEL) else "I3"
