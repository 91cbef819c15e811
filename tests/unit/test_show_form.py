"""A show's form on the wire."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from app.domain import Show, ShowStatus
from app.errors import BadMessage
from app.plans import parse_plan
from app.show_form import full_prices, rfc3339, show_form, some_prices
from tests.small_plan import small_plan

PLAN = parse_plan(small_plan(2, 6))
NAMES = [category.name for category in PLAN.categories]


def test_a_show_s_prices_go_by_category_and_its_time_by_utc() -> None:
    show = Show(
        show=3,
        venue=2,
        title="Hamlet",
        starts_at=datetime(2031, 5, 1, 20, 30, tzinfo=timezone(timedelta(hours=2))),
        currency="EUR",
        prices=(5000, 3000),
        status=ShowStatus.PAUSED,
        hold_ttl_s=600,
        seats_per_hold_max=10,
        message=None,
        plan_hash=PLAN.hash,
        count=12,
        epoch=5,
        version=7,
    )
    assert show_form(show, NAMES) == {
        "show": 3,
        "venue": 2,
        "title": "Hamlet",
        "starts_at": "2031-05-01T18:30:00Z",
        "currency": "EUR",
        "prices": {"Front": 5000, "Back": 3000},
        "status": "paused",
        "hold_ttl_s": 600,
        "seats_per_hold_max": 10,
        "message": None,
        "plan_hash": PLAN.hash,
        "count": 12,
        "epoch": 5,
        "version": 7,
    }


def test_prices_by_name_become_prices_by_category() -> None:
    assert full_prices(NAMES, {"Back": 1, "Front": 2}) == (2, 1)
    assert full_prices(NAMES, {}) == (0, 0)
    assert some_prices(NAMES, {"Back": 1}) == (None, 1)
    assert some_prices(NAMES, {}) == (None, None)


def test_missing_and_unknown_categories_are_named() -> None:
    with pytest.raises(BadMessage, match="Back") as missing:
        full_prices(NAMES, {"Front": 2})
    assert missing.value.fields == {"categories": ["Back"]}
    with pytest.raises(BadMessage, match="Box") as unknown:
        some_prices(NAMES, {"Front": 2, "Box": 1})
    assert unknown.value.fields == {"categories": ["Box"]}


def test_a_moment_is_written_in_utc() -> None:
    assert rfc3339(datetime(2031, 1, 1, tzinfo=UTC)) == "2031-01-01T00:00:00Z"
    assert rfc3339(datetime(2031, 1, 1, 0, 0, 0, 5, UTC)) == "2031-01-01T00:00:00.000005Z"
