"""The catalog: venues with their plans, shows with their prices. What is on sale, not who has it.

A plan never changes, so it is kept here once it was read; the documents that browsers fetch are
kept as the bytes that are sent. Queries in sql/queries/catalog.sql.
"""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

import msgspec

from app.database import Database, Row
from app.domain import Show, ShowStatus
from app.errors import NotFound
from app.plans import SeatingPlan, load_plan
from app.recent import Recent
from app.shared_reads import SharedReads
from app.show_form import (
    CURRENCY_DEFAULT,
    HOLD_TTL_S_DEFAULT,
    SEATS_PER_HOLD_DEFAULT,
    full_prices,
)
from app.sql import load_queries

if TYPE_CHECKING:
    from app.database import Connection

# A stadium of 40,000 seats takes 12 MB with its document in both codings: 200 MB at worst.
PLANS_KEPT_MAX: Final = 16
SHOWS_KEPT_MAX: Final = 10_000
VENUES_KEPT_MAX: Final = 1_000


@dataclass(frozen=True, slots=True)
class Venue:
    """A place with a seating plan. count: seats."""

    venue: int
    name: str
    plan_hash: str
    count: int


@dataclass(frozen=True, slots=True)
class PlanDocument:
    """A plan's canonical JSON, ready to be sent: as it is and compressed with gzip."""

    plain: bytes
    gzipped: bytes


@dataclass(frozen=True, slots=True)
class _Outline:
    """What never changes of a show."""

    plan_hash: str
    count: int


class Catalog:
    """Reads and additions. All methods raise Unavailable when the ledger is away."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queries = load_queries("catalog")
        self._plans = Recent(self._read_plan, entries_max=PLANS_KEPT_MAX)
        self._documents = Recent(self._read_document, entries_max=PLANS_KEPT_MAX)
        self._venues = Recent(self._read_venue, entries_max=VENUES_KEPT_MAX)
        self._outlines = Recent(self._read_outline, entries_max=SHOWS_KEPT_MAX)
        self._shows = SharedReads(self._read_show)
        self._lists = SharedReads(self._read_shows)
        self._category_names = Recent(self._read_category_names, entries_max=SHOWS_KEPT_MAX)

    async def add_venue(self, name: str, plan: SeatingPlan) -> int:
        """Add a venue and return its id."""
        document = await asyncio.to_thread(_encode, plan.document)
        query = self._queries["add_venue"]

        async def add(connection: Connection) -> int:
            venue: int = await connection.fetchval(
                query, name, document.decode(), plan.hash, plan.count
            )
            return venue

        return await self._database.in_transaction(add)

    async def venue(self, venue: int) -> Venue:
        """Return a venue. Raises NotFound."""
        return await self._venues.get(venue)

    async def plan(self, plan_hash: str) -> SeatingPlan:
        """Return the plan with that hash, without its `document`. Raises NotFound.

        Asked for the first time it takes up to a second of the processor; the document, the names
        of the categories and the number of seats need no plan.
        """
        return await self._plans.get(plan_hash)

    async def plan_document(self, plan_hash: str) -> PlanDocument:
        """Return the document of a plan; its hash is the SHA-256 of it. Raises NotFound."""
        return await self._documents.get(plan_hash)

    async def plan_of(self, show: int) -> SeatingPlan:
        """Return the plan of a show, as `plan` does. Raises NotFound."""
        return await self.plan((await self._outlines.get(show)).plan_hash)

    async def seat_count(self, show: int) -> int:
        """Return how many seats a show has; needs no plan. Raises NotFound."""
        return (await self._outlines.get(show)).count

    def known_seat_count(self, show: int) -> int | None:
        """Return how many seats a show has, when that was asked for lately."""
        outline = self._outlines.known(show)
        return None if outline is None else outline.count

    async def category_names(self, plan_hash: str) -> tuple[str, ...]:
        """Return the names of a plan's categories, in order; needs no plan. Raises NotFound."""
        return await self._category_names.get(plan_hash)

    async def category_names_of(self, show: int) -> tuple[str, ...]:
        """Return the names of a show's categories, as `category_names` does. Raises NotFound."""
        return await self.category_names((await self._outlines.get(show)).plan_hash)

    async def add_show(
        self,
        *,
        venue: int,
        title: str,
        starts_at: datetime,
        prices: Mapping[str, int] | None = None,
        currency: str = CURRENCY_DEFAULT,
        status: ShowStatus = ShowStatus.SCHEDULED,
        hold_ttl_s: int = HOLD_TTL_S_DEFAULT,
        seats_per_hold_max: int = SEATS_PER_HOLD_DEFAULT,
        message: str | None = None,
    ) -> Show:
        """Add a show with all its seats available, in one transaction, and return it.

        prices: whole minor units by category name, for every category or for none (a free show).
        Raises NotFound (the venue), BadMessage (the prices).
        """
        plan = await self.plan((await self.venue(venue)).plan_hash)
        fields = (
            venue,
            title,
            starts_at,
            currency,
            full_prices([category.name for category in plan.categories], prices or {}),
            status.value,
            hold_ttl_s,
            seats_per_hold_max,
            message or None,
        )
        queries = self._queries

        async def add(connection: Connection) -> Row | None:
            show = await connection.fetchval(queries["add_show"], *fields)
            await connection.execute(queries["add_clock"], show)
            await connection.execute(queries["add_seats"], show, plan.seat_categories)
            return await connection.fetchrow(queries["show"], show)

        row = await self._database.in_transaction(add)
        assert row is not None
        return _show(row)

    async def show(self, show: int) -> Show:
        """Return a show; all who ask at the same time share one read. Raises NotFound."""
        return await self._shows.get(show)

    async def shows(self, limit: int) -> list[Show]:
        """Return up to *limit* shows, the next to start first, past ones last."""
        return await self._lists.get(limit)

    async def _read_show(self, show: int) -> Show:
        row = await self._database.fetchrow(self._queries["show"], show)
        if row is None:
            raise NotFound(f"There is no show {show}.")
        return _show(row)

    async def _read_shows(self, limit: int) -> list[Show]:
        return [_show(row) for row in await self._database.fetch(self._queries["shows"], limit)]

    async def _read_venue(self, venue: int) -> Venue:
        row = await self._database.fetchrow(self._queries["venue"], venue)
        if row is None:
            raise NotFound(f"There is no venue {venue}.")
        return Venue(venue, row["name"], row["plan_hash"], row["seat_count"])

    async def _read_plan(self, plan_hash: str) -> SeatingPlan:
        return await asyncio.to_thread(_parse, await self._read_plan_text(plan_hash))

    async def _read_document(self, plan_hash: str) -> PlanDocument:
        return await asyncio.to_thread(_document, await self._read_plan_text(plan_hash))

    async def _read_plan_text(self, plan_hash: str) -> bytes:
        row = await self._database.fetchrow(self._queries["plan"], plan_hash)
        if row is None:
            raise NotFound("There is no plan with that hash.")
        text: str = row["plan"]
        return text.encode()

    async def _read_outline(self, show: int) -> _Outline:
        found = await self.show(show)
        return _Outline(found.plan_hash, found.count)

    async def _read_category_names(self, plan_hash: str) -> tuple[str, ...]:
        row = await self._database.fetchrow(self._queries["category_names"], plan_hash)
        if row is None:
            raise NotFound("There is no plan with that hash.")
        return tuple(row["names"])


def _encode(document: object) -> bytes:
    """Return a plan's document as `SeatingPlan.hash` sees it."""
    return msgspec.json.encode(document, order="sorted")


def _document(text: bytes) -> PlanDocument:
    plain = _encode(msgspec.json.decode(text))
    return PlanDocument(plain, gzip.compress(plain, 6, mtime=0))


def _parse(text: bytes) -> SeatingPlan:
    # The decoded document of a stadium is 100,000 small objects that nobody asks for again and that
    # every garbage collection would walk.
    return replace(load_plan(text), document={})


def _show(row: Row) -> Show:
    return Show(
        show=row["id"],
        venue=row["venue_id"],
        title=row["title"],
        starts_at=row["starts_at"],
        currency=row["currency"],
        prices=tuple(row["prices"]),
        status=ShowStatus(row["status"]),
        hold_ttl_s=row["hold_ttl_s"],
        seats_per_hold_max=row["seats_per_hold_max"],
        message=row["message"],
        plan_hash=row["plan_hash"],
        count=row["seat_count"],
        epoch=row["epoch"],
        version=row["version"],
    )
