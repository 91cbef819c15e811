"""What the house does: venues, shows, changes to shows, seats off sale."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import TypeVar

from msgspec import UNSET, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from app.domain import Actor, Block, ChangeShow, ShowPatch, Unblock
from app.errors import Unavailable, UnknownOutcome
from app.http.forms import BlockForm, ShowForm, ShowPatchForm, VenueForm
from app.http.parsing import (
    VENUE_BODY_BYTES_MAX,
    decode,
    read_body,
    read_form,
    seat_indexes,
    show_id,
)
from app.http.replies import reply
from app.plans import SeatingPlan, load_plan
from app.services import Services
from app.show_form import show_form, some_prices

T = TypeVar("T")


async def add_venue(services: Services, request: Request, _actor: Actor) -> Response:
    body = await read_body(request, VENUE_BODY_BYTES_MAX)
    name, plan = await asyncio.to_thread(_read_venue, body)
    venue = await services.catalog.add_venue(name, plan)
    return reply({"venue": venue, "plan_hash": plan.hash, "count": plan.count}, 201)


async def check_plan(_services: Services, request: Request, _actor: Actor) -> Response:
    """Answer what a plan would be as a venue's; nothing is kept."""
    body = await read_body(request, VENUE_BODY_BYTES_MAX)
    plan = await asyncio.to_thread(load_plan, body)
    counts = Counter(plan.seat_categories)
    categories = [
        {"name": category.name, "color": category.color, "count": counts[index]}
        for index, category in enumerate(plan.categories)
    ]
    form = {"name": plan.name, "count": plan.count, "hash": plan.hash, "categories": categories}
    return reply(form)


async def add_show(services: Services, request: Request, _actor: Actor) -> Response:
    form = await read_form(request, ShowForm)
    show = await services.catalog.add_show(
        venue=form.venue,
        title=form.title,
        starts_at=form.starts_at,
        currency=form.currency,
        prices=form.prices,
        status=form.status,
        hold_ttl_s=form.hold_ttl_s,
        seats_per_hold_max=form.seats_per_hold_max,
        message=form.message,
    )
    return reply(show_form(show, await services.catalog.category_names(show.plan_hash)), 201)


async def change_show(services: Services, request: Request, actor: Actor) -> Response:
    """Change the fields the body names and answer the show as it is after, and to how many
    screens it goes."""
    show = show_id(request)
    form = await read_form(request, ShowPatchForm)
    names = await services.catalog.category_names_of(show)
    await services.box_office.submit(ChangeShow(show, _show_patch(form, names), actor))
    try:
        changed = await services.catalog.show(show)
    except Unavailable as error:
        raise UnknownOutcome("The show is changed; only its new form could not be read.") from error
    reached = (await services.presence.of(show)).watcher_count
    return reply({**show_form(changed, names), "reached": reached})


async def block_seats(services: Services, request: Request, actor: Actor) -> Response:
    """Take seats off sale, all or none."""
    show = show_id(request)
    form = await read_form(request, BlockForm)
    seats = await seat_indexes(form.seats, services.catalog, show)
    outcome = await services.box_office.submit(Block(show, seats, form.reason, actor))
    return reply({"version": outcome.version}, 201)


async def unblock_seats(services: Services, request: Request, actor: Actor) -> Response:
    """Put blocked seats back on sale; those that are not blocked stay as they are."""
    show = show_id(request)
    form = await read_form(request, BlockForm)
    seats = await seat_indexes(form.seats, services.catalog, show)
    outcome = await services.box_office.submit(Unblock(show, seats, form.reason, actor))
    return reply({"version": outcome.version})


def _read_venue(body: bytes) -> tuple[str, SeatingPlan]:
    form = decode(body, VenueForm)
    return form.name, load_plan(bytes(form.plan))


def _show_patch(form: ShowPatchForm, category_names: Sequence[str]) -> ShowPatch:
    return ShowPatch(
        title=_given(form.title),
        starts_at=_given(form.starts_at),
        currency=_given(form.currency),
        prices=None if form.prices is UNSET else some_prices(category_names, form.prices),
        status=_given(form.status),
        hold_ttl_s=_given(form.hold_ttl_s),
        seats_per_hold_max=_given(form.seats_per_hold_max),
        message=None if form.message is UNSET else form.message or "",
    )


def _given(value: T | UnsetType) -> T | None:
    return None if value is UNSET else value
