"""Venues and shows in the ledger."""

import gzip
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

import pytest

from app.catalog import PLANS_KEPT_MAX, Catalog
from app.changes import Position
from app.database import Database
from app.domain import ChangeShow, ShowPatch, ShowStatus
from app.errors import BadMessage, NotFound
from app.http.parsing import seat_indexes
from app.ledger import Ledger
from app.plans import SeatingPlan, parse_plan
from app.services import Services
from app.show_form import show_after
from tests.integration.conftest import PRICES, SAM, STARTS_AT
from tests.small_plan import small_plan

PLAN: Final = small_plan(2, 6)


@pytest.fixture
def database(services: Services) -> Database:
    return services.database


@pytest.fixture
def catalog(services: Services) -> Catalog:
    return services.catalog


@pytest.fixture(scope="module")
def plan() -> SeatingPlan:
    return parse_plan(PLAN)


async def test_a_plan_reads_back_as_it_was_added(catalog: Catalog, plan: SeatingPlan) -> None:
    venue = await catalog.venue(await catalog.add_venue("House", plan))
    assert (venue.name, venue.plan_hash, venue.count) == ("House", plan.hash, 12)
    read = await catalog.plan(venue.plan_hash)
    assert (read.hash, read.labels, read.categories) == (plan.hash, plan.labels, plan.categories)
    assert list(read.seat_categories) == list(plan.seat_categories)


async def test_a_show_begins_with_every_seat_available_at_version_0(
    catalog: Catalog, database: Database, plan: SeatingPlan
) -> None:
    venue = await catalog.add_venue("House", plan)
    show = await catalog.add_show(venue=venue, title="Hamlet", starts_at=STARTS_AT, prices=PRICES)
    assert show == await catalog.show(show.show)
    assert (show.count, show.version, show.prices) == (12, 0, (5000, 3000))
    rows = await database.fetch("SELECT seat, category, status FROM seats ORDER BY seat")
    assert [tuple(row) for row in rows] == [(seat, seat // 6, 0) for seat in range(12)]


async def test_the_next_show_is_listed_first_and_past_ones_last(
    catalog: Catalog, plan: SeatingPlan
) -> None:
    venue = await catalog.add_venue("House", plan)
    now = datetime.now(UTC)
    for title, days in (("past", -2), ("later", 3), ("next", 1)):
        starts_at = now + timedelta(days=days)
        await catalog.add_show(venue=venue, title=title, starts_at=starts_at)
    assert [show.title for show in await catalog.shows(10)] == ["next", "later", "past"]
    assert [show.title for show in await catalog.shows(1)] == ["next"]


async def test_what_does_not_exist_is_not_found(catalog: Catalog, plan: SeatingPlan) -> None:
    for question in (
        catalog.show(7),
        catalog.venue(7),
        catalog.plan(plan.hash),
        catalog.plan_document(plan.hash),
        catalog.plan_of(7),
        catalog.add_show(venue=7, title="Hamlet", starts_at=STARTS_AT),
    ):
        with pytest.raises(NotFound):
            await question


async def test_a_show_with_half_its_prices_is_not_added(
    catalog: Catalog, plan: SeatingPlan
) -> None:
    venue = await catalog.add_venue("House", plan)
    for prices in ({"Front": 1}, {**PRICES, "Box": 1}):
        with pytest.raises(BadMessage):
            await catalog.add_show(venue=venue, title="Hamlet", starts_at=STARTS_AT, prices=prices)
    assert await catalog.shows(10) == []


async def test_more_plans_than_are_kept_can_be_read(catalog: Catalog) -> None:
    plans = [parse_plan({**PLAN, "name": f"House {n}"}) for n in range(PLANS_KEPT_MAX + 1)]
    for plan in plans:
        await catalog.add_venue(plan.name, plan)
    for plan in (*plans, *plans):
        assert (await catalog.plan(plan.hash)).name == plan.name


async def test_only_labels_need_a_plan_to_be_read(
    catalog: Catalog, plan: SeatingPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading a stadium's keeps an instance busy for a second, as a sale begins."""
    venue = await catalog.add_venue("House", plan)
    show = await catalog.add_show(venue=venue, title="Hamlet", starts_at=STARTS_AT)

    def load_plan(_: bytes) -> SeatingPlan:
        raise AssertionError("the plan was read")

    monkeypatch.setattr("app.catalog.load_plan", load_plan)
    catalog = Catalog(catalog._database)
    document = await catalog.plan_document(plan.hash)
    assert sha256(document.plain).hexdigest() == plan.hash
    assert gzip.decompress(document.gzipped) == document.plain
    assert await catalog.category_names_of(show.show) == ("Front", "Back")
    assert await seat_indexes([7, 3], catalog, show.show) == (3, 7)
    with pytest.raises(BadMessage):
        await seat_indexes([12], catalog, show.show)
    with pytest.raises(AssertionError):
        await seat_indexes(["1-1"], catalog, show.show)


async def test_a_show_event_applied_to_the_old_show_gives_the_new_show(
    catalog: Catalog, database: Database, plan: SeatingPlan
) -> None:
    """What a screen makes of the event is what a late joiner reads."""
    ledger = Ledger(database)
    venue = await catalog.add_venue("House", plan)
    show = await catalog.add_show(venue=venue, title="Hamlet", starts_at=STARTS_AT, prices=PRICES)
    patches = (
        ShowPatch(title="King Lear", message="Tonight in the park", currency="CHF"),
        ShowPatch(starts_at=datetime(2032, 2, 29, 23, 59, 1, 500_000, tzinfo=UTC)),
        ShowPatch(prices=(None, 1), status=ShowStatus.ON_SALE, message=""),
        ShowPatch(hold_ttl_s=5, seats_per_hold_max=2),
        ShowPatch(status=ShowStatus.CANCELLED),
    )
    for patch in patches:
        applied = await ledger.apply(show.show, [ChangeShow(show.show, patch, SAM)])
        assert applied.changes is not None
        (change,) = applied.changes.changes
        assert change.detail is not None
        show = show_after(show, change.detail, Position(applied.changes.epoch, change.version))
        assert show == await catalog.show(show.show)
    assert show.prices == (5000, 1)
    assert show.message is None
