"""Demo venues and shows, so that a first look has something to look at."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

from app.catalog import Catalog
from app.demo_plans import arena, stadium, theatre
from app.domain import Show, ShowStatus
from app.plans import SeatingPlan, parse_plan

# Days from today and hour of each show; prices fall with the order of a plan's categories.
_SHOWS: Final[tuple[tuple[str, Callable[[], dict[str, Any]], int, int, int], ...]] = (
    ("A Midsummer Night's Dream", theatre, 14, 19, 8_900),
    ("The Northern Lights Tour", arena, 30, 20, 14_900),
    ("Cup Final", stadium, 45, 18, 19_900),
)
PRICE_MIN: Final = 1_500


async def load_demo(catalog: Catalog) -> list[Show]:
    """Add the demo venues and shows to an empty ledger and return all shows there are.

    A ledger that has other shows is left as it is, so a second start keeps its own; what a start
    that was stopped has not added is added by the next.
    """
    shows = await catalog.shows(limit=100)
    present = {show.title for show in shows}
    if present - {title for title, *_ in _SHOWS}:
        return shows
    for title, make_plan, days, hour, price in _SHOWS:
        if title in present:
            continue
        plan = parse_plan(make_plan())
        venue = await catalog.add_venue(plan.name, plan)
        day = datetime.now(UTC).date() + timedelta(days=days)
        shows.append(
            await catalog.add_show(
                venue=venue,
                title=title,
                starts_at=datetime.combine(day, time(hour), UTC),
                prices=_prices(plan, price),
                status=ShowStatus.ON_SALE,
            )
        )
    return shows


def _prices(plan: SeatingPlan, highest: int) -> dict[str, int]:
    step = (highest - PRICE_MIN) // len(plan.categories)
    return {category.name: highest - place * step for place, category in enumerate(plan.categories)}
