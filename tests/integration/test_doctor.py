"""The doctor finds what differs, says since when, and heals the board and nothing else."""

from collections.abc import Callable
from typing import Final
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from app import doctor, metrics
from app.doctor import Examination, report_lines
from app.domain import (
    Block,
    Book,
    Cancel,
    ChangeShow,
    Extend,
    Hold,
    Release,
    ShowPatch,
    ShowStatus,
)
from app.services import Services
from tests.integration.boards import BoardKeys, ledger_image
from tests.integration.conftest import ANN, BOB, SAM, Connect, MakeShow, PassTime, do
from workers.reconcile import Reconciler

# Damage nobody's code does: what is done to the ledger, where it is seen, what is said of it.
DAMAGES: Final = [
    ("UPDATE seats SET status = 3 WHERE seat = 15", "seats", "seat 15 is blocked"),
    ("DELETE FROM seats WHERE seat = 15", "seats", "19 seats; the plan has 20"),
    (
        "UPDATE seats SET hold_id = gen_random_uuid() WHERE seat = 0",
        "seats",
        "seat 0 is booked, by hold",
    ),
    ("UPDATE seats SET locked_until = now() WHERE seat = 2", "seats", "seat 2 is held"),
    ("UPDATE holds SET seats = '{7}' WHERE status = 'booked'", "holds", "seats [7]"),
    ("UPDATE holds SET status = 'expired' WHERE status = 'held'", "holds", "is not there"),
    ("UPDATE holds SET status = 'released' WHERE status = 'expired'", "holds", "last event"),
    ("DELETE FROM bookings WHERE status = 'confirmed'", "bookings", "has no booking"),
    ("UPDATE bookings SET total = total + 1", "bookings", "costs other than its seats"),
    ("UPDATE booking_seats SET seat = 9 WHERE seat = 0", "bookings", "other seats than its hold"),
    ("DELETE FROM seat_events WHERE version = 3", "history", "the version after 2 is missing"),
    (
        "UPDATE seat_events SET seats = '{1}' WHERE version = 1",
        "history",
        "which was available",
    ),
    ("UPDATE show_clocks SET version = version + 1", "clock", "the history ends at"),
]


@pytest.fixture
def keys(valkey: Redis, redis_prefix: str) -> BoardKeys:
    return BoardKeys(valkey, redis_prefix)


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker runs here that a board could wait for."""
    monkeypatch.setattr(doctor, "BEHIND_S_MAX", 0.2)


@pytest.fixture
async def show(services: Services, make_show: MakeShow, pass_time: PassTime) -> int:
    """A show in which everything has happened, with its board: version 13."""
    show, office = await make_show(), services.box_office
    booked, cancelled, lapsed, kept = uuid4(), uuid4(), uuid4(), uuid4()
    await do(services.ledger, Hold(show, lapsed, (4,), BOB))
    await pass_time(show, 601)
    booking = uuid4()
    for command in (
        Hold(show, booked, (0, 1), ANN),
        Release(show, booked, (1,), ANN),
        Book(show, booked, uuid4(), None, ANN),
        Hold(show, cancelled, (5, 6), BOB),
        Book(show, cancelled, booking, None, BOB),
        Cancel(show, booking, BOB),
        Hold(show, kept, (2, 3), ANN),
        Extend(show, kept, ANN),
        Block(show, (10, 11), "camera", SAM),
        ChangeShow(show, ShowPatch(message="soon"), SAM),
        Hold(show, uuid4(), (4,), BOB),
    ):
        await office.submit(command)
    return show


async def test_a_show_that_is_well_is_called_well(services: Services, show: int) -> None:
    """Also while it lapses, is cancelled, or has no board."""
    examination = await services.doctor.examine(show)
    assert report_lines(examination) == [f"show {show}, Hamlet: 20 seats, version 13: ok"]
    await services.box_office.submit(ChangeShow(show, ShowPatch(status=ShowStatus.CANCELLED), SAM))
    assert (await services.doctor.examine(show)).is_well
    assert await services.doctor.missing_partitions() == []


@pytest.mark.parametrize(("damage", "where", "what"), DAMAGES)
async def test_damage_to_the_ledger_is_found_and_left_to_people(
    services: Services, show: int, connect: Connect, damage: str, where: str, what: str
) -> None:
    """Each is told with its place; --fix makes nothing up."""
    connection = await connect()
    await connection.execute(damage)
    examination = await services.doctor.examine(show, fix=True)
    assert not examination.is_well
    found = [fault.what for fault in examination.ledger.told if fault.where == where]
    assert any(what in text for text in found), examination.ledger.told
    again = await services.doctor.examine(show, fix=True)
    assert again.ledger.told == examination.ledger.told


async def test_it_says_since_when(services: Services, show: int, connect: Connect) -> None:
    """The version at which the history has it otherwise, and the time of that version."""
    connection = await connect()
    await connection.execute(
        "UPDATE seats SET status = 0, hold_id = NULL, locked_until = NULL WHERE seat = 2"
    )
    at = await connection.fetchval("SELECT at FROM seat_events WHERE version = 9")
    (line,) = report_lines(await services.doctor.examine(show))[1:2]
    assert "seat 2 is available" in line
    assert line.endswith(f"; since version 9, {at.isoformat().replace('+00:00', 'Z')}")


Spoil = Callable[[BoardKeys, int], object]
SPOILED: Final[dict[str, Spoil]] = {
    "a seat": lambda keys, show: keys.client.setrange(keys.key(show, "seats"), 15, "\2"),
    "a deadline": lambda keys, show: keys.client.setrange(keys.key(show, "until"), 0, "\1"),
    "all holds": lambda keys, show: keys.client.delete(keys.key(show, "holds")),
    "a key": lambda keys, show: keys.client.delete(keys.key(show, "until")),
    "the show": lambda keys, show: keys.client.hset(keys.key(show, "meta"), "status", "paused"),
    "the version": lambda keys, show: keys.client.hincrby(keys.key(show, "meta"), "version", -2),
}


@pytest.mark.parametrize("spoiled", SPOILED)
async def test_I12_a_wrong_board_is_found_and_put_up_anew(
    services: Services, show: int, keys: BoardKeys, spoiled: str
) -> None:
    """Found without --fix, healed with it."""
    await SPOILED[spoiled](keys, show)  # type: ignore[misc]  # redis-py calls it maybe awaitable
    found = await services.doctor.examine(show)
    assert not found.is_well
    assert found.ledger.count == 0
    assert found.board.count > 0
    healed = await services.doctor.examine(show, fix=True)
    assert healed.is_well
    assert report_lines(healed)[-1] == "  healed: the board is put up anew"
    assert await keys.image(show) == await ledger_image(services, show)
    assert (await services.doctor.examine(show)).board.count == 0


async def test_a_board_ahead_of_the_ledger_is_told(
    services: Services, show: int, keys: BoardKeys
) -> None:
    """A ledger that was restored without a new epoch; nothing here may choose the past."""
    await keys.client.hincrby(keys.key(show, "meta"), "version", 3)
    examination = await services.doctor.examine(show, fix=True)
    assert not examination.is_well
    assert "needs a new epoch" in examination.board.told[0].what


async def test_a_show_on_sale_is_well_while_it_sells(
    services: Services, make_show: MakeShow
) -> None:
    """What happens during the examination is no fault."""
    show = await make_show(seats=200, seats_per_hold_max=200)
    examinations: list[Examination] = []
    for seat in range(0, 200, 10):
        answers = [
            services.box_office.submit(Hold(show, uuid4(), (seat + n,), SAM)) for n in range(10)
        ]
        examinations.append(await services.doctor.examine(show))
        for answer in answers:
            await answer
    assert all(examination.is_well for examination in examinations)
    assert len({examination.version for examination in examinations}) > 1


async def test_I12_the_reconciler_finds_a_board_that_is_wrong_at_its_version(
    services: Services, show: int, make_show: MakeShow, keys: BoardKeys
) -> None:
    """It compares one board a look, turn about, puts up anew what is wrong, and counts it."""
    other = await make_show()
    await services.board_keeper.rebuild(other)
    await keys.client.setrange(keys.key(show, "seats"), 15, "\2")
    checks, repairs = _count(metrics.BOARD_CHECKS), _count(metrics.BOARD_REPAIRS)
    reconciler = Reconciler(services)
    for _ in range(2):
        await reconciler.look()
    assert await keys.image(show) == await ledger_image(services, show)
    assert _count(metrics.BOARD_CHECKS) == checks + 2
    assert _count(metrics.BOARD_REPAIRS) == repairs + 1


def _count(counter: object) -> float:
    return float(counter._value.get())  # type: ignore[attr-defined]
