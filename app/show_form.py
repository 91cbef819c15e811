"""A show on the wire, the same in HTTP and in the `show` push; its defaults and bounds. Pure.

In the ledger prices are a list by category index; on the wire they go by the category's name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from app.changes import Position
from app.domain import Show, ShowStatus
from app.errors import BadMessage

CURRENCY_DEFAULT: Final = "EUR"
HOLD_TTL_S_DEFAULT: Final = 600
# A second suits rehearsals; beyond two hours a hold is a block, and staff have those.
HOLD_TTL_S_MIN: Final = 1
HOLD_TTL_S_MAX: Final = 7_200
SEATS_PER_HOLD_DEFAULT: Final = 10
# A coach party or a school; also keeps a hold within one script call of the board.
SEATS_PER_HOLD_MAX: Final = 500
# Ten million in most currencies; a hold's total stays exact in a browser's numbers.
PRICE_MAX: Final = 1_000_000_000
TITLE_CHARS_MAX: Final = 200
MESSAGE_CHARS_MAX: Final = 1_000

assert PRICE_MAX * SEATS_PER_HOLD_MAX < 2**53


def show_form(show: Show, category_names: Sequence[str]) -> dict[str, Any]:
    """Return the wire form of *show*; *category_names* are its plan's, in order."""
    return {
        "show": show.show,
        "venue": show.venue,
        "title": show.title,
        "starts_at": rfc3339(show.starts_at),
        "currency": show.currency,
        "prices": dict(zip(category_names, show.prices, strict=True)),
        "status": show.status.value,
        "hold_ttl_s": show.hold_ttl_s,
        "seats_per_hold_max": show.seats_per_hold_max,
        "message": show.message,
        "plan_hash": show.plan_hash,
        "count": show.count,
        "epoch": show.epoch,
        "version": show.version,
    }


def show_after(show: Show, detail: Mapping[str, Any], position: Position) -> Show:
    """Return *show* as it is after a `show` event with that *detail*, at that *position*.

    The detail is what sql/functions/change_show.sql logs.
    """
    changed = detail["show"]
    return replace(
        show,
        title=changed["title"],
        starts_at=datetime.fromisoformat(changed["starts_at"]),
        currency=changed["currency"],
        prices=tuple(changed["prices"]),
        status=ShowStatus(changed["status"]),
        hold_ttl_s=changed["hold_ttl_s"],
        seats_per_hold_max=changed["seats_per_hold_max"],
        message=changed["message"],
        epoch=position.epoch,
        version=position.version,
    )


def full_prices(names: Sequence[str], prices: Mapping[str, int]) -> tuple[int, ...]:
    """Return the price of every category by its index; no prices at all make a free show.

    names: of the plan's categories, in order.
    Raises BadMessage that names the categories the plan does not have, or that lack a price.
    """
    if not prices:
        return (0,) * len(names)
    given = some_prices(names, prices)
    missing = [name for name, price in zip(names, given, strict=True) if price is None]
    if missing:
        raise BadMessage(f"These categories lack a price: {_listed(missing)}.", categories=missing)
    return tuple(price for price in given if price is not None)


def some_prices(names: Sequence[str], prices: Mapping[str, int]) -> tuple[int | None, ...]:
    """Return the given prices by category index, None for categories that are not named.

    names: of the plan's categories, in order.
    Raises BadMessage that names the categories the plan does not have.
    """
    unknown = sorted(prices.keys() - set(names))
    if unknown:
        raise BadMessage(
            f"The plan has no such categories: {_listed(unknown)}.", categories=unknown
        )
    return tuple(prices.get(name) for name in names)


def rfc3339(moment: datetime) -> str:
    """Return *moment* in UTC, as in 2030-05-01T18:30:00Z."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _listed(names: list[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)
