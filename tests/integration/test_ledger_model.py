"""Random commands against the ledger and a model of it: after every step both agree."""

import asyncio
import os
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from itertools import permutations
from typing import Final, NamedTuple
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
from tests.integration.ledger_model import (
    Answer,
    BatchCommand,
    Done,
    Happening,
    Model,
    Refusal,
    keys,
)

SEATS: Final = 16
HOLD_TTL_S: Final = 300
SEATS_PER_HOLD_MAX: Final = 3
# Time passes in steps of this, so an example may take nearly as long without a deadline passing.
STEP_S: Final = 100
SLACK_MS: Final = STEP_S * 500
KIM: Final = Actor("kim", Role.KIOSK)
UNKNOWN: Final = 15
DUE_MAX: Final = 10_000


class Seed(NamedTuple):
    """A command to be: what it names is looked up in the show when its turn comes.

    pick: how many holds or bookings ago; UNKNOWN for one that never was. who: None for the holder.
    """

    kind: EventKind
    pick: int
    seats: tuple[int, ...]
    whole: bool
    who: Actor | None


KINDS: Final = [kind for kind in EventKind if kind is not EventKind.SHOW]
# Seat SEATS is one beyond the plan.
PLACES: Final = st.integers(0, SEATS * 4).map(lambda n: n if n == SEATS else n % SEATS)
SEEDS: Final = st.builds(
    Seed,
    kind=st.sampled_from([*KINDS, *[EventKind.HOLD] * 4, EventKind.BOOK, EventKind.CANCEL]),
    pick=st.integers(0, UNKNOWN),
    seats=st.lists(PLACES, min_size=1, max_size=4, unique=True).map(tuple),
    whole=st.booleans(),
    who=st.sampled_from([None, None, None, ANN, BOB, KIM, SAM]),
)
PATCHES: Final = st.builds(
    ShowPatch,
    status=st.sampled_from([*ShowStatus, *[ShowStatus.ON_SALE] * 18]),
    prices=st.sampled_from([None, (7_000, None), (None, 100)]),
)


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

    @rule(seeds=st.lists(SEEDS, min_size=3, max_size=6))
    def ask(self, seeds: list[Seed]) -> None:
        batch: list[BatchCommand] = []
        named: set[object] = set()
        for command in map(self.command, seeds):
            if named.isdisjoint(keys(command)):
                named |= keys(command)
                batch.append(command)
        self.carry_out(batch)

    @rule(turn=st.one_of(st.none(), st.integers(1, 4), PATCHES))
    def turn(self, turn: int | ShowPatch | None) -> None:
        """Ask the same again, let so many steps of time pass, or change the show."""
        if isinstance(turn, ShowPatch):
            self.change_show(turn)
        elif turn is not None:
            self.let_time_pass(turn * STEP_S)
        elif self.last:
            self.carry_out(self.last)

    def let_time_pass(self, seconds: int) -> None:
        past = timedelta(seconds=seconds)
        for query in (SHIFT_HOLDS, SHIFT_SEATS):
            self.world.runner.run(self.world.connection.execute(query, self.show, past))
        self.model.now_s += seconds

    def change_show(self, patch: ShowPatch) -> None:
        self.model.happenings.clear()
        self.model.change_show(patch)
        applied = self.apply([ChangeShow(self.show, patch, SAM)])
        assert applied.answers == [Outcome(self.model.version)]
        assert _happenings(applied) == self.model.happenings

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

    def command(self, seed: Seed) -> BatchCommand:
        """Return the command that *seed* is in the present show."""
        hold = self.pick(list(self.model.holds), seed.pick)
        if seed.kind is EventKind.HOLD and seed.pick > 7:
            hold = next(self.ids)
        booking = self.pick(list(self.model.bookings), seed.pick)
        named = hold
        if seed.kind is EventKind.CANCEL:
            named = self.model.bookings.get(booking, hold)
        owner = self.model.holds.get(named)
        who = seed.who or (SAM if owner is None else Actor(owner.holder, Role.BUYER))
        match seed.kind:
            case EventKind.HOLD:
                return Hold(self.show, hold, seed.seats, who)
            case EventKind.RELEASE:
                return Release(self.show, hold, None if seed.whole else seed.seats, who)
            case EventKind.EXTEND:
                return Extend(self.show, hold, who)
            case EventKind.EXPIRE:
                return Expire(self.show, hold, WORKER)
            case EventKind.BOOK:
                return Book(self.show, hold, next(self.ids), None, who)
            case EventKind.CANCEL:
                return Cancel(self.show, booking, who)
            case EventKind.BLOCK:
                return Block(self.show, seed.seats, "why", SAM)
            case EventKind.UNBLOCK:
                return Unblock(self.show, seed.seats, "why", SAM)
        raise AssertionError(seed.kind)

    def pick(self, known: Sequence[UUID], ago: int) -> UUID:
        if ago == UNKNOWN or not known:
            return next(self.ids)
        return known[-1 - ago % len(known)]

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

    def remaining_s(self, hold: UUID) -> int:
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


def _is_about(milliseconds: int | None, expected_s: int | None) -> bool:
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
            max_examples=40,
            stateful_step_count=30,
            deadline=None,
            derandomize="CI" in os.environ,
            suppress_health_check=list(HealthCheck),
        ),
    )
