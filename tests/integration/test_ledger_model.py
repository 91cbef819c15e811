"""Random commands against the ledger and a model of it: after every step both agree."""

import asyncio
import os
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from itertools import permutations
from random import Random
from typing import Final
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from app.catalog import Catalog
from app.changes import Change
from app.database import Database
from app.domain import (
    TRANSITIONS,
    Actor,
    Block,
    Book,
    BookingStatus,
    Cancel,
    ChangeShow,
    EventKind,
    Expire,
    Extend,
    Hold,
    HoldStatus,
    Outcome,
    Release,
    Role,
    SeatStatus,
    ShowPatch,
    ShowStatus,
    Unblock,
)
from app.errors import SeatsTaken, SeatwireError
from app.ledger import Applied, Ledger
from tests.integration.conftest import (
    ANN,
    BOB,
    PRICES,
    SAM,
    SHIFT_HOLDS,
    SHIFT_SEATS,
    WORKER,
    Connection,
    add_show,
)
from tests.ledger_model import (
    Answer,
    BatchCommand,
    Done,
    Happening,
    Model,
    ModelHold,
    Refusal,
    keys,
)

SEATS: Final = 24
HOLD_TTL_S: Final = 300
SEATS_PER_HOLD_MAX: Final = 3
# Time passes in steps of this, so an example may take nearly as long without a deadline passing.
STEP_S: Final = 100
SLACK_MS: Final = STEP_S * 500
KIM: Final = Actor("kim", Role.KIOSK)
DUE_MAX: Final = 10_000


# How often a command is of a kind, and a show's change to a status.
KIND_WEIGHTS: Final = {
    EventKind.HOLD: 9,
    EventKind.RELEASE: 2,
    EventKind.EXTEND: 2,
    EventKind.EXPIRE: 1,
    EventKind.BOOK: 3,
    EventKind.CANCEL: 2,
    EventKind.BLOCK: 1,
    EventKind.UNBLOCK: 1,
}
STATUS_WEIGHTS: Final = {status: 1 for status in ShowStatus} | {ShowStatus.ON_SALE: 25}
BUYERS: Final = (ANN, BOB, KIM, SAM)
# Hypothesis chooses and shortens the steps; what is in a step comes from a generator that has no
# favourites. Seats, holds and people are then looked up in the show as it is.
SEEDS: Final = st.integers(0, 2**32 - 1)


@dataclass(frozen=True)
class World:
    """What all examples share: a loop, a ledger, a connection to turn the clock with."""

    runner: asyncio.Runner
    ledger: Ledger
    catalog: Catalog
    connection: Connection


class Sale(RuleBasedStateMachine):
    """One show."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.show = world.runner.run(
            add_show(
                world.catalog,
                seats=SEATS,
                status=ShowStatus.ON_SALE,
                hold_ttl_s=HOLD_TTL_S,
                seats_per_hold_max=SEATS_PER_HOLD_MAX,
            )
        )
        categories = [0 if seat < SEATS // 2 else 1 for seat in range(SEATS)]
        self.model = Model(list(PRICES.values()), categories, HOLD_TTL_S, SEATS_PER_HOLD_MAX)
        self.replayed = [SeatStatus.AVAILABLE] * SEATS
        self.read_to = 0
        self.last: list[BatchCommand] = []
        self.ids = (UUID(int=number) for number in range(1, 100_000))

    @rule(seed=SEEDS)
    def ask(self, seed: int) -> None:
        random = Random(seed)
        self.carry_out([self.command(random)])

    @rule(seed=SEEDS)
    def ask_together(self, seed: int) -> None:
        random = Random(seed)
        batch: list[BatchCommand] = []
        named: set[object] = set()
        for command in (self.command(random) for _ in range(5)):
            if named.isdisjoint(keys(command)):
                named |= keys(command)
                batch.append(command)
        self.carry_out(batch)

    @rule(seed=SEEDS)
    def go_on(self, seed: int) -> None:
        """Let time pass, ask the same again, or change the show."""
        random = Random(seed)
        match random.randrange(4):
            case 0 if self.last:
                self.carry_out(self.last)
            case 1:
                (status,) = random.choices(list(STATUS_WEIGHTS), list(STATUS_WEIGHTS.values()))
                prices = random.choice((None, (7_000, None), (None, 100)))
                self.change_show(ShowPatch(status=status, prices=prices))
            case _:
                self.let_time_pass(random.choice((1, 1, 2)) * STEP_S)

    def change_show(self, patch: ShowPatch) -> None:
        self.model.happenings.clear()
        self.model.change_show(patch)
        applied = self.apply([ChangeShow(self.show, patch, SAM)])
        assert applied.answers == [Outcome(self.model.version)]
        assert _happenings(applied) == self.model.happenings

    def let_time_pass(self, seconds: int) -> None:
        past = timedelta(seconds=seconds)
        for query in (SHIFT_HOLDS, SHIFT_SEATS):
            self.world.runner.run(self.world.connection.execute(query, self.show, past))
        self.model.now_s += seconds

    @invariant()
    def the_seats_agree(self) -> None:
        state = self.world.runner.run(self.world.ledger.board_state(self.show))
        assert state is not None
        assert state.position.version == self.model.version
        assert state.statuses == bytes(self.model.seats)
        holds = {UUID(hold): (holder, sorted(seats)) for hold, holder, seats, _ in state.holds}
        assert holds == {
            id_: (hold.holder, list(hold.seats))
            for id_, hold in self.model.holds.items()
            if hold.status is HoldStatus.HELD
        }
        for id_, _, _, expires_in_ms in state.holds:
            assert _is_about(expires_in_ms, self.remaining_s(UUID(id_)))
        due = self.world.runner.run(self.world.ledger.due_holds(DUE_MAX))
        assert {hold for show, hold in due if show == self.show} == set(
            filter(self.model.is_lapsed, self.model.holds)
        )

    @invariant()
    def the_history_leads_to_the_seats(self) -> None:
        ledger = self.world.ledger
        for event in self.world.runner.run(ledger.events_after(self.show, self.read_to, 1_000)):
            change = event.change
            self.read_to += 1
            assert change.version == self.read_to
            transition = TRANSITIONS[change.kind]
            for seat in change.seats:
                assert transition is not None
                assert self.replayed[seat] is transition[0]
                self.replayed[seat] = transition[1]
        assert self.read_to == self.model.version
        assert self.replayed == self.model.seats

    @invariant()
    def what_was_named_last_agrees(self) -> None:
        for command in self.last:
            hold, booking = getattr(command, "hold", None), getattr(command, "booking", None)
            if hold in self.model.holds:
                self.compare_hold(hold)
            if booking in self.model.bookings:
                self.compare_booking(booking)

    def compare_hold(self, id_: UUID) -> None:
        state = self.world.runner.run(self.world.ledger.hold(self.show, id_))
        hold = self.model.holds[id_]
        assert state is not None
        expected = HoldStatus.EXPIRED if self.model.is_lapsed(id_) else hold.status
        assert (state.holder, state.status) == (hold.holder, expected)
        assert (state.version, state.booking) == (hold.version, hold.booking)
        assert (tuple(sorted(state.seats)), state.total) == (hold.seats, hold.total)

    def compare_booking(self, id_: UUID) -> None:
        state = self.world.runner.run(self.world.ledger.booking(self.show, id_))
        hold = self.model.holds[self.model.bookings[id_]]
        assert state is not None
        cancelled = hold.status is HoldStatus.CANCELLED
        assert state.status is (BookingStatus.CANCELLED if cancelled else BookingStatus.CONFIRMED)
        assert (state.holder, state.seats, state.total) == (hold.holder, hold.seats, hold.total)
        assert state.version == hold.version

    def command(self, random: Random) -> BatchCommand:
        """Return a command on the present show: mostly one that could be carried out."""
        (kind,) = random.choices(list(KIND_WEIGHTS), list(KIND_WEIGHTS.values()))
        hold = self.pick(self.model.holds, HoldStatus.HELD, random)
        if kind is EventKind.HOLD and random.random() < 0.6:
            hold = next(self.ids)
        booked = {b: self.model.holds[hold] for b, hold in self.model.bookings.items()}
        booking = self.pick(booked, HoldStatus.BOOKED, random)
        owner = booked.get(booking) if kind is EventKind.CANCEL else self.model.holds.get(hold)
        who = random.choice(BUYERS)
        if owner is not None and random.random() < 0.7:
            who = Actor(owner.holder, Role.BUYER)
        seats = self.pick_seats(kind, owner, random)
        match kind:
            case EventKind.HOLD:
                return Hold(self.show, hold, seats, who)
            case EventKind.RELEASE:
                return Release(self.show, hold, random.choice((None, seats)), who)
            case EventKind.EXTEND:
                return Extend(self.show, hold, who)
            case EventKind.EXPIRE:
                return Expire(self.show, hold, WORKER)
            case EventKind.BOOK:
                return Book(self.show, hold, next(self.ids), None, who)
            case EventKind.CANCEL:
                return Cancel(self.show, booking, who)
            case EventKind.BLOCK:
                return Block(self.show, seats, "why", SAM)
            case EventKind.UNBLOCK:
                return Unblock(self.show, seats, "why", SAM)
        raise AssertionError(kind)

    def pick_seats(
        self, kind: EventKind, owner: ModelHold | None, random: Random
    ) -> tuple[int, ...]:
        """Return seats, mostly such as the command is for, seldom one beyond the plan."""
        transition = TRANSITIONS[kind]
        before = None if transition is None else transition[0]
        places = [seat for seat in range(SEATS) if self.model.seats[seat] is before]
        if owner is not None and owner.seats and random.random() < 0.3:
            places = list(owner.seats)
        if len(places) < 4 or random.random() < 0.2:
            places = list(range(SEATS + 1))
        return tuple(random.sample(places, random.randint(1, min(4, len(places)))))

    def pick(self, known: dict[UUID, ModelHold], wanted: HoldStatus, random: Random) -> UUID:
        """Return one of *known*, mostly one that is as *wanted*, seldom one that never was."""
        likely = [id_ for id_, hold in known.items() if hold.status is wanted]
        some = likely if likely and random.random() < 0.85 else list(known)
        return random.choice(some) if some and random.random() < 0.95 else next(self.ids)

    def carry_out(self, batch: list[BatchCommand]) -> None:
        """Carry out *batch* and find the order of its kinds in which the model agrees.

        A batch is as if its commands had come one by one, in an order the ledger may choose.
        """
        self.last = batch
        applied = self.apply(batch)
        refused = None
        for model, answers in self.possible(batch, applied):
            try:
                self.compare(model, answers, applied)
            except AssertionError as error:
                refused = refused or error
                continue
            self.model = model
            return
        assert refused is not None
        raise refused

    def possible(
        self, batch: Sequence[BatchCommand], applied: Applied
    ) -> Iterator[tuple[Model, list[Answer]]]:
        """Yield what *batch* may come to."""
        expired = [h.hold for h in _happenings(applied) if h.kind is EventKind.EXPIRE and h.hold]
        self.model.happenings.clear()
        wanted = [seat for command in batch for seat in getattr(command, "seats", None) or ()]
        for order in permutations(dict.fromkeys(map(type, batch))):
            model = deepcopy(self.model)
            model.expire_wanted(wanted, expired)
            answers: list[Answer] = [Refusal("unanswered")] * len(batch)
            in_order = sorted(
                range(len(batch)),
                key=lambda place: (
                    order.index(type(batch[place])),
                    _place_of(batch[place], expired),
                ),
            )
            for place in in_order:
                answers[place] = model.apply(batch[place])
            yield model, answers

    def compare(self, model: Model, answers: Sequence[Answer], applied: Applied) -> None:
        assert _happenings(applied) == model.happenings
        for told, expected in zip(applied.answers, answers, strict=True):
            if isinstance(told, SeatwireError):
                taken = tuple(told.seats) if isinstance(told, SeatsTaken) else ()
                assert Refusal(told.code, taken) == expected
                continue
            assert isinstance(expected, Done), told
            assert told.version <= model.version
            assert expected.version in (told.version, None)
            assert expected.seats in (tuple(sorted(told.seats)), None)
            assert expected.total in (told.total, None)
            assert expected.booking in (told.booking, None)
            left_s = None if expected.expires_s is None else expected.expires_s - model.now_s
            assert _is_about(told.expires_in_ms, left_s)

    def apply(self, batch: Sequence[BatchCommand | ChangeShow]) -> Applied:
        return self.world.runner.run(self.world.ledger.apply(self.show, batch))

    def remaining_s(self, hold: UUID) -> float:
        return self.model.holds[hold].expires_s - self.model.now_s


def _happenings(applied: Applied) -> list[Happening]:
    return [] if applied.changes is None else list(map(_happening, applied.changes.changes))


def _happening(change: Change) -> Happening:
    hold_seats = tuple(sorted(change.hold_seats))
    lasts = change.kind in (EventKind.HOLD, EventKind.EXTEND, EventKind.RELEASE) and hold_seats
    assert (change.expires_in_ms is not None) == bool(lasts)
    hold = None if change.hold is None else UUID(change.hold)
    return Happening(change.version, change.kind, change.seats, hold, change.holder, hold_seats)


def _place_of(command: BatchCommand, expired: Sequence[UUID]) -> int:
    """Holds that are due expire in the order of their deadlines, to the microsecond."""
    if isinstance(command, Expire) and command.hold in expired:
        return expired.index(command.hold)
    return 0


def _is_about(milliseconds: int | None, expected_s: float | None) -> bool:
    if milliseconds is None or expected_s is None:
        return milliseconds is None and expected_s is None
    return abs(milliseconds - expected_s * 1000) < SLACK_MS


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        database = runner.run(
            Database.open(database_url, connections_max=1, statement_cache_size=100)
        )
        connection = runner.run(asyncpg.connect(database_url))
        yield World(runner, Ledger(database), Catalog(database), connection)
        runner.run(connection.close())
        runner.run(database.close())


def test_the_ledger_does_what_the_model_says(world: World) -> None:
    """I1, I2, I5, I8, I10, I11: whatever is asked, in whatever order, alone or in batches."""

    class SaleHere(Sale):
        def __init__(self) -> None:
            super().__init__(world)

    run_state_machine_as_test(
        SaleHere,
        settings=settings(
            max_examples=30,
            stateful_step_count=30,
            deadline=None,
            derandomize="CI" in os.environ,
            suppress_health_check=list(HealthCheck),
        ),
    )
