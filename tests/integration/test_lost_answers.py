"""What was committed and what was said when the ledger goes away in the middle."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Final
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from app import database
from app.box_office import BoxOffice
from app.domain import (
    Block,
    Book,
    Cancel,
    ChangeShow,
    Command,
    EventKind,
    Extend,
    Hold,
    Release,
    ShowPatch,
    Unblock,
)
from app.errors import Unavailable, UnknownOutcome
from app.ledger import Applied, Ledger
from app.services import Services
from tests.integration.boards import BoardKeys, ledger_image
from tests.integration.conftest import (
    ANN,
    BOB,
    SAM,
    Connect,
    Connection,
    MakeShow,
    OpenInstance,
    buyer,
    eventually,
)
from tests.integration.faulty_wire import FaultyWire
from tests.integration.history import kinds
from workers.reconcile import Reconciler

# A caller is told within about a second; the rest is for a busy machine.
TOLD_WITHIN_S: Final = 4.0
# Makes each commit that holds a seat last while there is a row in the table.
SLOW_COMMITS: Final = """
    CREATE TABLE slow_commits ();
    CREATE FUNCTION wait_at_commit() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        WHILE EXISTS (SELECT FROM slow_commits) LOOP
            PERFORM pg_sleep(0.005);
        END LOOP;
        RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON holds DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION wait_at_commit();
    INSERT INTO slow_commits DEFAULT VALUES;
"""
KILL_COMMITS: Final = """
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event = 'PgSleep'
"""


@pytest.fixture
async def wire(database_url: str, tmp_path: Path) -> AsyncIterator[FaultyWire]:
    async with FaultyWire(database_url, tmp_path) as wire:
        yield wire


@pytest.fixture
async def remote(wire: FaultyWire, open_instance: OpenInstance) -> AsyncIterator[Services]:
    """An instance whose ledger is at the other end of the wire."""
    async with open_instance(database_url=wire.url) as remote:
        yield remote


@pytest.fixture
def keys(valkey: Redis, redis_prefix: str) -> BoardKeys:
    return BoardKeys(valkey, redis_prefix)


async def test_I8_I9_a_lost_answer_is_asked_for_again(
    services: Services, remote: Services, wire: FaultyWire, make_show: MakeShow, keys: BoardKeys
) -> None:
    """Every command whose commit went unheard is answered in the end, and has happened once."""
    show = await make_show()
    hold, booking = uuid4(), uuid4()
    story: list[Command] = [
        Hold(show, uuid4(), (0,), BOB),
        Hold(show, hold, (1, 2), ANN),
        Hold(show, hold, (3,), ANN),
        Release(show, hold, (2,), ANN),
        Book(show, hold, booking, None, ANN),
        Cancel(show, booking, ANN),
        Block(show, (8, 9), "camera", SAM),
        Unblock(show, (9,), "gone", SAM),
    ]
    for version, command in enumerate(story, 1):
        wire.lose_answer_to(_marker(command))
        outcome = await remote.box_office.submit(command)
        assert outcome.version == version
        assert await keys.image(show) == await ledger_image(services, show)
        assert wire.losses == version
    assert await kinds(services.ledger, show) == [
        EventKind.HOLD,
        EventKind.HOLD,
        EventKind.HOLD,
        EventKind.RELEASE,
        EventKind.BOOK,
        EventKind.CANCEL,
        EventKind.BLOCK,
        EventKind.UNBLOCK,
    ]
    state = await services.ledger.booking(show, booking)
    assert state is not None
    assert state.seats == (1, 3)


def _marker(command: Command) -> bytes:
    """Return what only this command's arguments contain on the wire."""
    match command:
        case Book(booking=id_) | Cancel(booking=id_):
            return id_.bytes
        case Hold(hold=id_) | Release(hold=id_) | Extend(hold=id_):
            return id_.bytes
        case Block(reason=reason) | Unblock(reason=reason):
            return reason.encode()
    raise AssertionError(command)


async def test_I9_an_extension_whose_answer_was_lost_is_not_shorter(
    services: Services, remote: Services, wire: FaultyWire, make_show: MakeShow, keys: BoardKeys
) -> None:
    """Extending may happen twice: it says again what is true anyway."""
    show, hold = await make_show(), uuid4()
    await remote.box_office.submit(Hold(show, hold, (1,), ANN))
    wire.lose_answer_to(hold.bytes)
    outcome = await remote.box_office.submit(Extend(show, hold, ANN))
    assert outcome.expires_in_ms == 600_000
    assert wire.losses == 1
    assert await keys.image(show) == await ledger_image(services, show)


async def test_I9_a_show_change_whose_answer_was_lost_is_made_once(
    services: Services, remote: Services, wire: FaultyWire, make_show: MakeShow, keys: BoardKeys
) -> None:
    """A change that may have happened is not made again behind its author's back."""
    show = await make_show()
    await remote.box_office.submit(Hold(show, uuid4(), (0,), BOB))
    wire.lose_answer_to(b"unwell")
    with pytest.raises(UnknownOutcome):
        await remote.box_office.submit(ChangeShow(show, ShowPatch(message="unwell"), SAM))
    assert await kinds(services.ledger, show) == [EventKind.HOLD, EventKind.SHOW]
    assert (await services.catalog.show(show)).message == "unwell"
    reconciler = Reconciler(services)
    await reconciler.look()
    await reconciler.look()
    assert await keys.image(show) == await ledger_image(services, show)


async def test_I9_what_may_have_happened_is_called_unknown(
    services: Services, remote: Services, wire: FaultyWire, make_show: MakeShow, keys: BoardKeys
) -> None:
    """A commit unheard and no way to ask: the seat stays claimed until somebody asks again."""
    show = await make_show()
    hold = Hold(show, uuid4(), (3,), ANN)
    await remote.box_office.submit(Hold(show, uuid4(), (0,), BOB))
    wire.lose_answer_to(hold.hold.bytes, meanwhile=wire.break_down)
    async with asyncio.timeout(TOLD_WITHIN_S):
        with pytest.raises(UnknownOutcome):
            await remote.box_office.submit(hold)
    assert await keys.claims(show) == {3}
    assert await kinds(services.ledger, show) == [EventKind.HOLD, EventKind.HOLD]
    wire.is_broken = False
    outcome = await remote.box_office.submit(hold)
    assert (outcome.version, outcome.seats) == (2, (3,))
    assert await kinds(services.ledger, show) == [EventKind.HOLD, EventKind.HOLD]
    assert await keys.image(show) == await ledger_image(services, show)


async def test_I9_a_fault_met_when_asking_again_does_not_make_it_certain(
    services: Services,
    remote: Services,
    wire: FaultyWire,
    make_show: MakeShow,
    connect: Connect,
) -> None:
    """When the second try fails for good, the first may still have happened."""
    show, connection = await make_show(), await connect()
    await remote.box_office.submit(Hold(show, uuid4(), (0,), BOB))

    async def lose_the_function() -> None:
        await connection.execute("ALTER FUNCTION apply_batch RENAME TO lost")

    hold = Hold(show, uuid4(), (3,), ANN)
    wire.lose_answer_to(hold.hold.bytes, meanwhile=lose_the_function)
    with pytest.raises(UnknownOutcome):
        await remote.box_office.submit(hold)
    assert await kinds(services.ledger, show) == [EventKind.HOLD, EventKind.HOLD]
    with pytest.raises(Unavailable):
        await remote.box_office.submit(Hold(show, uuid4(), (4,), ANN))


async def test_I9_without_a_ledger_nothing_has_happened(
    services: Services, remote: Services, wire: FaultyWire, make_show: MakeShow, keys: BoardKeys
) -> None:
    """`unavailable` comes within a moment, the claims end, and the ledger is as it was."""
    show = await make_show()
    await remote.box_office.submit(Hold(show, uuid4(), (0,), BOB))
    await wire.break_down()
    async with asyncio.timeout(TOLD_WITHIN_S):
        # The first may find a connection that it takes for whole.
        with pytest.raises((Unavailable, UnknownOutcome)):
            await remote.box_office.submit(Block(show, (9,), "", SAM))
    async with asyncio.timeout(TOLD_WITHIN_S):
        with pytest.raises(Unavailable):
            await remote.box_office.submit(Hold(show, uuid4(), (3,), ANN))
    assert await keys.claims(show) == set()
    await services.box_office.submit(Hold(show, uuid4(), (3,), BOB))
    assert await kinds(services.ledger, show) == [EventKind.HOLD, EventKind.HOLD]


async def test_I9_a_connection_killed_in_the_middle_of_a_commit_is_made_good(
    services: Services, make_show: MakeShow, connect: Connect, keys: BoardKeys
) -> None:
    """A commit the server gave up is tried again with the same ids; one hold comes of it."""
    show, hold, killer = await make_show(), uuid4(), await connect()
    await killer.execute(SLOW_COMMITS)
    answer = services.box_office.submit(Hold(show, hold, (1, 2), ANN))
    for _ in range(2):
        await eventually(lambda: _kill(killer))
    await killer.execute("DELETE FROM slow_commits")
    assert (await answer).version == 1
    assert await kinds(services.ledger, show) == [EventKind.HOLD]
    assert await keys.image(show) == await ledger_image(services, show)


async def test_I9_a_connection_that_was_told_that_it_ends_is_not_relied_on(
    services: Services, remote: Services, wire: FaultyWire, make_show: MakeShow
) -> None:
    """A server that crashes says so and goes; between the two the driver calls itself confused."""
    show = await make_show()
    await remote.box_office.submit(Hold(show, uuid4(), (1,), ANN))
    wire.say_goodbye()
    # The word travels through the loop, and is read before the next question is put.
    assert await services.ledger.position(show) is not None
    assert await remote.catalog.show(show) is not None
    wire.say_goodbye()
    assert await services.ledger.position(show) is not None
    assert (await remote.box_office.submit(Hold(show, uuid4(), (2,), BOB))).version == 2


async def test_I9_half_open_connections_are_given_up_together(
    services: Services,
    wire: FaultyWire,
    open_instance: OpenInstance,
    make_show: MakeShow,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One that does not answer in time takes the others with it: only one caller has to wait."""
    monkeypatch.setattr(database, "STATEMENT_TIMEOUT_S", 1.0)
    show = await make_show()
    async with open_instance(database_url=wire.url) as remote:
        await asyncio.gather(*(remote.ledger.position(show) for _ in range(6)))
        await remote.board_keeper.rebuild(show)  # so that the commit is what gets no answer
        wire.deafen()
        hold = Hold(show, uuid4(), (0,), ANN)
        with pytest.raises(UnknownOutcome):
            await remote.box_office.submit(hold)
        assert (await remote.box_office.submit(hold)).version == 1
        others = [Hold(show, uuid4(), (seat,), buyer(str(seat))) for seat in range(1, 9)]
        await asyncio.gather(*map(remote.box_office.submit, others))
        await asyncio.gather(*(remote.ledger.position(show) for _ in range(8)))


async def test_I9_a_read_whose_answer_is_lost_has_changed_nothing(
    wire: FaultyWire,
    open_instance: OpenInstance,
    make_show: MakeShow,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(database, "STATEMENT_TIMEOUT_S", 1.0)
    show = await make_show()
    async with open_instance(database_url=wire.url) as remote:
        await remote.ledger.position(show)
        wire.deafen()
        with pytest.raises(Unavailable):
            await remote.ledger.position(show)


async def test_I9_without_a_board_who_waits_behind_a_silent_ledger_is_told_so(
    wire: FaultyWire,
    open_instance: OpenInstance,
    make_show: MakeShow,
    valkey: Redis,
    redis_prefix: str,
) -> None:
    """A claim that has to put up the board first waits for the ledger, and has sent nothing."""
    show = await make_show()
    async with open_instance(database_url=wire.url) as remote:
        await remote.ledger.position(show)
        await BoardKeys(valkey, redis_prefix).lose_all()
        wire.deafen()
        first = remote.box_office.submit(Hold(show, uuid4(), (0,), ANN))
        await wire.swallowed.wait()
        second = remote.box_office.submit(Hold(show, uuid4(), (1,), BOB))
        done, _ = await asyncio.wait({first, second}, return_when=asyncio.FIRST_COMPLETED)
        assert done == {second}, "it does not wait as long as the one that has asked"
        for answer in (second, first):
            with pytest.raises(Unavailable):
                await answer


async def test_I9_who_is_stopped_while_a_server_is_silent_stops(
    wire: FaultyWire, open_instance: OpenInstance, make_show: MakeShow
) -> None:
    """No fault of a connection that is given back may take the place of the stop."""
    show = await make_show()
    async with open_instance(database_url=wire.url) as remote:
        await remote.ledger.position(show)
        wire.deafen()
        asked = asyncio.create_task(remote.ledger.position(show))
        await wire.swallowed.wait()
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked


async def _kill(killer: Connection) -> bool:
    return bool(await killer.fetchval(KILL_COMMITS))


class ForgetfulLedger(Ledger):
    """The real one, but what it answers is lost on the way to the box office."""

    async def apply(self, show: int, commands: Sequence[Command]) -> Applied:
        await super().apply(show, commands)
        raise RuntimeError("a fault in our own code")


async def test_I9_a_fault_of_our_own_never_says_that_nothing_happened(
    services: Services, make_show: MakeShow
) -> None:
    """After a commit an unforeseen error leaves the outcome unknown, not failed."""
    show = await make_show()
    office = BoxOffice(
        ForgetfulLedger(services.database), services.board, services.board_keeper, batches_max=1
    )
    with pytest.raises(UnknownOutcome):
        await office.submit(Hold(show, uuid4(), (1,), ANN))
    assert await kinds(services.ledger, show) == [EventKind.HOLD]
    await office.close()
