"""Batches of the ledger: many commands in one step, and many ledgers on one show."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from uuid import uuid4

import pytest
from asyncpg import Record
from msgspec.structs import replace

from app.database import Database
from app.domain import (
    Block,
    Book,
    Cancel,
    Command,
    EventKind,
    Expire,
    Extend,
    Hold,
    Outcome,
    Release,
    Unblock,
)
from app.errors import HoldGone, HoldLimit, NotFound, SeatsTaken, SeatwireError
from app.ledger import Ledger
from tests.integration.conftest import (
    ANN,
    BOB,
    SAM,
    SEATS,
    WORKER,
    Connect,
    Connection,
    MakeShow,
    PassTime,
    buyer,
    do,
)
from tests.integration.history import history, kinds, statuses

LEDGERS = 4
# Of somebody else; with what status, for how long, and how many.
HOLDS = """
    INSERT INTO holds (show_id, id, holder, seats, prices, status, created_at, expires_at, version)
    SELECT $1, gen_random_uuid(), 'x', '{1}', '{1}', $2, now(), now() + $3::text::interval, 1
    FROM generate_series(1, $4)
"""


@pytest.fixture
async def databases(database_url: str) -> AsyncIterator[list[Database]]:
    """Several clients of one database, with a connection each."""
    async with AsyncExitStack() as stack:
        found = []
        for _ in range(LEDGERS):
            database = await Database.open(database_url, connections_max=1, statement_cache_size=99)
            stack.push_async_callback(database.close)
            found.append(database)
        yield found


@pytest.fixture
def ledgers(databases: list[Database]) -> list[Ledger]:
    """Ledgers of several instances."""
    return [Ledger(database) for database in databases]


def codes(answers: Sequence[Outcome | SeatwireError]) -> list[str]:
    """Return "ok" or the error's code for each answer."""
    return [a.code if isinstance(a, SeatwireError) else "ok" for a in answers]


async def test_a_batch_carries_out_every_kind_of_command_at_once(
    ledger: Ledger, make_show: MakeShow, pass_time: PassTime
) -> None:
    """Each command gets its own answer in its place; each effect has its own version."""
    show = await make_show()
    lapsed, shrinks, lasts, buys, was = (uuid4() for _ in range(5))
    booking, new_booking, fresh, grown = (uuid4() for _ in range(4))
    await do(ledger, Hold(show, lapsed, (0, 1), buyer("a")))
    await pass_time(show, 600)
    await do(ledger, Hold(show, shrinks, (2, 3), buyer("b")))
    await do(ledger, Hold(show, lasts, (4,), buyer("c")))
    await do(ledger, Hold(show, buys, (5, 15), buyer("d")))
    await do(ledger, Hold(show, was, (6,), buyer("e")))
    await do(ledger, Book(show, was, booking, None, buyer("e")))
    await do(ledger, Block(show, (7,), "", SAM))
    applied = await ledger.apply(
        show,
        [
            Unblock(show, (7,), "gone", SAM),
            Cancel(show, booking, buyer("e")),
            Book(show, buys, new_booking, None, buyer("d")),
            Hold(show, fresh, (8, 9), ANN),
            Extend(show, lasts, buyer("c")),
            Expire(show, lapsed, WORKER),
            Release(show, shrinks, (3,), buyer("b")),
            Block(show, (10,), "pillar", SAM),
            Hold(show, grown, (11,), BOB),
        ],
    )
    assert codes(applied.answers) == ["ok"] * 9
    versions = [a.version for a in applied.answers if isinstance(a, Outcome)]
    assert sorted(versions) == list(range(8, 17))
    assert applied.changes is not None
    assert (applied.changes.first, applied.changes.last) == (8, 16)
    assert Counter(change.kind for change in applied.changes.changes) == Counter(
        [*(set(EventKind) - {EventKind.SHOW}), EventKind.HOLD]
    )
    logged = [event.change for event in (await history(ledger, show))[7:]]
    # Deadlines are told from the moment of reading.
    assert [replace(c, expires_in_ms=0) for c in logged] == [
        replace(c, expires_in_ms=0) for c in applied.changes.changes
    ]
    assert list((await statuses(ledger, show))[:12]) == [0, 0, 1, 0, 1, 2, 0, 0, 1, 1, 3, 1]


async def test_a_command_that_fails_leaves_the_rest_of_its_batch_alone(
    ledger: Ledger, make_show: MakeShow
) -> None:
    """Between refusals of every sort the others are carried out, without a hole in the versions."""
    show = await make_show(seats_per_hold_max=2)
    await do(ledger, Hold(show, uuid4(), (0,), BOB))
    commands: list[Command] = [
        Hold(show, uuid4(), (0, 1), buyer("a")),
        Hold(show, uuid4(), (2,), buyer("b")),
        Hold(show, uuid4(), (3, 4, 5), buyer("c")),
        Hold(show, uuid4(), (99,), buyer("d")),
        Hold(show, uuid4(), (6, 7), buyer("e")),
        Release(show, uuid4(), None, ANN),
        Expire(show, uuid4(), WORKER),
        Block(show, (8,), "", SAM),
        Cancel(show, uuid4(), SAM),
    ]
    applied = await ledger.apply(show, commands)
    assert codes(applied.answers) == [
        SeatsTaken.code,
        "ok",
        HoldLimit.code,
        "bad_message",
        "ok",
        NotFound.code,
        HoldGone.code,
        "ok",
        NotFound.code,
    ]
    assert applied.changes is not None
    assert [change.version for change in applied.changes.changes] == [2, 3, 4]
    assert list((await statuses(ledger, show))[:9]) == [1, 0, 1, 0, 0, 0, 1, 1, 3]


async def test_several_lapsed_holds_make_way_for_one_batch(
    ledger: Ledger, make_show: MakeShow, pass_time: PassTime
) -> None:
    """Each lapsed hold that is met expires once, whoever else names it; the others stay."""
    show = await make_show()
    one, two, apart = uuid4(), uuid4(), uuid4()
    await do(ledger, Hold(show, one, (0, 1), buyer("a")))
    await do(ledger, Hold(show, two, (2, 3), buyer("b")))
    await do(ledger, Hold(show, apart, (4, 5), buyer("c")))
    await pass_time(show, 600)
    applied = await ledger.apply(
        show,
        [
            Hold(show, uuid4(), (1, 2), ANN),
            Hold(show, uuid4(), (3,), BOB),
            Expire(show, one, WORKER),
            Book(show, two, uuid4(), None, buyer("b")),
        ],
    )
    assert codes(applied.answers) == ["ok", "ok", HoldGone.code, HoldGone.code]
    assert (await kinds(ledger, show))[3:] == [EventKind.EXPIRE] * 2 + [EventKind.HOLD] * 2
    assert await ledger.due_holds(10) == [(show, apart)]
    await statuses(ledger, show)


async def test_a_batch_of_repeated_commands_changes_nothing(
    ledger: Ledger, make_show: MakeShow
) -> None:
    """I8: a batch whose answer was lost is asked again as it was, and answered as it was."""
    show = await make_show()
    was, shrinks, booking = uuid4(), uuid4(), uuid4()
    await do(ledger, Hold(show, was, (0,), buyer("a")))
    await do(ledger, Hold(show, shrinks, (1, 2), buyer("b")))
    batch: list[Command] = [
        Hold(show, uuid4(), (3, 4), ANN),
        Book(show, was, booking, None, buyer("a")),
        Release(show, shrinks, (1,), buyer("b")),
        Block(show, (6,), "", SAM),
    ]
    first = await ledger.apply(show, batch)
    second = await ledger.apply(show, batch)
    assert codes(first.answers) == codes(second.answers) == ["ok"] * 4
    assert second.changes is None
    position = await ledger.position(show)
    assert position is not None
    assert position.version == 6
    assert all(a.version <= 6 for a in second.answers if isinstance(a, Outcome))


async def test_I1_one_of_many_ledgers_wins_a_seat(
    ledgers: list[Ledger], make_show: MakeShow
) -> None:
    """However many want a seat at once, one gets it and the others learn that it is taken."""
    show = await make_show()
    holds = [Hold(show, uuid4(), (7,), buyer(f"buyer {n}")) for n in range(40)]
    applied = await asyncio.gather(
        *(ledgers[n % LEDGERS].apply(show, [hold]) for n, hold in enumerate(holds))
    )
    answers = [codes(a.answers)[0] for a in applied]
    assert Counter(answers) == {"ok": 1, SeatsTaken.code: 39}
    (event,) = await history(ledgers[0], show)
    assert event.change.hold == str(holds[answers.index("ok")].hold)


async def test_I1_overlapping_sets_in_reversed_order_never_deadlock(
    databases: list[Database], ledgers: list[Ledger], make_show: MakeShow
) -> None:
    """Whoever takes seats up and whoever takes them down wait for each other in one line."""
    show = await make_show()
    holds = []
    for n in range(40):
        first = (n * 3) % (SEATS - 4)
        seats = tuple(range(first, first + 4))
        holds.append(Hold(show, uuid4(), seats[:: 1 if n % 2 else -1], buyer(f"buyer {n}")))
    applied = await asyncio.gather(
        *(ledgers[n % LEDGERS].apply(show, [hold]) for n, hold in enumerate(holds))
    )
    assert {code for a in applied for code in codes(a.answers)} == {"ok", SeatsTaken.code}
    taken: Counter[int] = Counter()
    for hold, one in zip(holds, applied, strict=True):
        if codes(one.answers) == ["ok"]:
            taken.update(hold.seats)
    assert set(taken.values()) == {1}
    seats_now = await statuses(ledgers[0], show)
    assert {seat for seat in range(SEATS) if seats_now[seat] == 1} == set(taken)
    for database in databases:
        await database.fetch("SELECT pg_stat_force_next_flush()")
    row = await databases[0].fetchrow(
        "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    )
    assert row is not None
    assert row["deadlocks"] == 0


async def test_I13_a_hold_costs_the_same_however_many_are_live_elsewhere(
    databases: list[Database], make_show: MakeShow, connect: Connect
) -> None:
    """What a holder has is looked up by holder, even where the planner knows of no live hold."""
    show, connection = await make_show(), await connect()
    await connection.execute(HOLDS, show, "released", "0 s", 5_000)
    await connection.execute("ANALYZE holds")
    for seat in range(10):
        await do(Ledger(databases[0]), Hold(show, uuid4(), (seat,), buyer(f"{seat}")))
    used = await _use_of_holds(databases[0], connection)
    assert used["live_holds"]["idx_scan"] == 10
    assert used["holds_due"]["idx_tup_read"] == 0


@pytest.mark.parametrize("few", [0, 3])
async def test_I13_a_hold_costs_the_same_however_full_its_show_has_become(
    few: int, databases: list[Database], make_show: MakeShow, connect: Connect
) -> None:
    """Also where shows were known to have no or few holds when the plan was made; it is kept."""
    show, connection = await make_show(), await connect()
    ledger = Ledger(databases[0])
    for other in range(show + 1, show + 200):
        await connection.execute(HOLDS, other, "held", "10 min", few)
    await connection.execute("ANALYZE holds")
    await do(ledger, Hold(show, uuid4(), (0,), buyer("early")))
    await connection.execute(HOLDS, show, "held", "10 min", 5_000)
    for seat in range(1, 11):
        await do(ledger, Hold(show, uuid4(), (seat,), buyer(f"{seat}")))
    used = await _use_of_holds(databases[0], connection)
    assert sum(index["idx_tup_read"] for index in used.values()) < 100


async def test_I7_looking_for_lapsed_holds_costs_nothing_for_all_others(
    databases: list[Database], make_show: MakeShow, connect: Connect
) -> None:
    """Neither for those that live nor for those of the past, however many there are."""
    show, connection = await make_show(), await connect()
    await connection.execute(HOLDS, show, "held", "10 min", 500)
    await connection.execute(HOLDS, show, "released", "0 s", 5_000)
    before = await _use_of_holds(databases[0], connection)
    assert await Ledger(databases[0]).due_holds(100) == []
    used = await _use_of_holds(databases[0], connection)
    read = {name: used[name]["idx_tup_read"] - before[name]["idx_tup_read"] for name in used}
    assert read == dict.fromkeys(used, 0)
    assert used["holds_due"]["idx_scan"] == 1


async def _use_of_holds(database: Database, connection: Connection) -> dict[str, Record]:
    """Return how the indexes of `holds` were used, with what *database* has done until now."""
    await database.fetch("SELECT pg_stat_force_next_flush()")
    rows = await connection.fetch("SELECT * FROM pg_stat_user_indexes WHERE relname = 'holds'")
    return {row["indexrelname"]: row for row in rows}


async def test_I2_release_and_take_race_without_a_torn_hold(
    ledgers: list[Ledger], make_show: MakeShow
) -> None:
    """While holds come and go in several ledgers, every version is a whole step."""
    show = await make_show()

    async def come_and_go(ledger: Ledger, name: str) -> None:
        for turn in range(10):
            hold = uuid4()
            seats = tuple(range(turn % 5, turn % 5 + 3))
            try:
                await do(ledger, Hold(show, hold, seats, buyer(name)))
            except SeatsTaken:
                continue
            await do(ledger, Release(show, hold, seats[:1], buyer(name)))
            await do(ledger, Release(show, hold, None, buyer(name)))

    await asyncio.gather(*(come_and_go(ledger, f"{n}") for n, ledger in enumerate(ledgers)))
    assert await statuses(ledgers[0], show) == bytes(SEATS)
    assert len(await history(ledgers[0], show)) >= 3
