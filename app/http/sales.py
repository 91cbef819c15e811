"""A show as those see it who sell it: who has which seat, how it sells, who watches."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from app.domain import Actor, ShowStatus
from app.errors import BadMessage, NotFound
from app.http.parsing import seat_in_path, show_id
from app.http.replies import reply
from app.sales import CategorySales
from app.services import Services

HOLDS_MAX: Final = 1_000
LAPSING_SHOWN: Final = 10


async def list_holds(services: Services, request: Request, _actor: Actor) -> Response:
    """Answer the live holds of a show, soonest to lapse first."""
    show = (await services.catalog.show(show_id(request))).show
    holds = await services.sales.live_holds(show, HOLDS_MAX)
    return reply({"holds": [asdict(hold) for hold in holds]})


async def read_seat(services: Services, request: Request, _actor: Actor) -> Response:
    """Answer one seat; what it does not have, such as a hold, is left out."""
    show = show_id(request)
    plan = await services.catalog.plan_of(show)
    index = seat_in_path(request, plan)
    seat = await services.sales.seat(show, index)
    if seat is None:
        raise NotFound(f"There is no show {show}.")
    form = {
        "seat": index,
        "label": plan.labels[index],
        "name": plan.seat_name(index),
        "category": plan.categories[seat.category].name,
        "price": seat.price,
        "status": int(seat.status),
    }
    more = {
        "hold": seat.hold,
        "booking": seat.booking,
        "holder": seat.holder,
        "expires_in_ms": seat.expires_in_ms,
        "reason": seat.reason,
    }
    return reply(form | {name: value for name, value in more.items() if value is not None})


async def read_sales(services: Services, request: Request, _actor: Actor) -> Response:
    """Answer how a show sells, by category and minute, and how many watch it in each instance."""
    show = await services.catalog.show(show_id(request))
    names = await services.catalog.category_names(show.plan_hash)
    version, sales = await services.sales.by_category(show.show)
    lapsing = await services.sales.live_holds(show.show, LAPSING_SHOWN)
    presence = await services.presence.of(show.show)
    form = {
        "categories": _category_forms(names, show.prices, sales),
        "bookings_by_minute": await services.sales.bookings_by_minute(show.show),
        "lapsing": [
            {
                "hold": hold.hold,
                "holder": hold.holder,
                "seats": hold.seats,
                "expires_in_ms": hold.expires_in_ms,
            }
            for hold in lapsing
        ],
        "refusals": presence.refusals,
        "instances": [
            {"instance": instance, "watchers": watchers}
            for instance, watchers in presence.watchers.items()
        ],
        "watchers": presence.watcher_count,
        "version": version,
    }
    return reply(form)


async def preview_change(services: Services, request: Request, _actor: Actor) -> Response:
    """Answer what a change of the show would touch; `holds_end`: whether `status` ends holds."""
    show = (await services.catalog.show(show_id(request))).show
    status = _status_in_query(request)
    stake = await services.sales.stake(show)
    form = {
        **asdict(stake),
        "holds_end": status is ShowStatus.CANCELLED,
        "watchers": (await services.presence.of(show)).watcher_count,
    }
    return reply(form)


def _category_forms(
    names: Sequence[str], prices: tuple[int, ...], sales: dict[int, CategorySales]
) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "price": prices[index],
            **asdict(sales.get(index, CategorySales())),
        }
        for index, name in enumerate(names)
    ]


def _status_in_query(request: Request) -> ShowStatus | None:
    text = request.query_params.get("status")
    try:
        return None if text is None else ShowStatus(text)
    except ValueError:
        raise BadMessage("`status` must be a status of a show.", where="status") from None
