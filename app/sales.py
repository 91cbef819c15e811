"""How a sale goes, for those who run it: who has what, what is sold, what a change would touch.

Reads only. Queries in sql/queries/sales.sql; each is one statement, so what it answers is of one
moment.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from app.database import Database
from app.domain import BookingState, BookingStatus, SeatStatus
from app.sql import load_queries

MINUTES_SHOWN: Final = 60


@dataclass(frozen=True, slots=True)
class LiveHold:
    """A hold whose time has not passed. total: whole minor units."""

    hold: UUID
    holder: str
    seats: tuple[int, ...]
    total: int
    version: int
    expires_in_ms: int


@dataclass(frozen=True, slots=True)
class SeatState:
    """A seat as the ledger has it. category: an index; price: what it costs, or was held at.

    reason: why it is blocked. What a seat in its status cannot have is None.
    """

    status: SeatStatus
    category: int
    price: int
    hold: UUID | None
    booking: UUID | None
    holder: str | None
    expires_in_ms: int | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class CategorySales:
    """Seats of a category by status, and what the booked ones brought in, in minor units."""

    available: int = 0
    held: int = 0
    booked: int = 0
    blocked: int = 0
    revenue: int = 0


@dataclass(frozen=True, slots=True)
class Stake:
    """What a change of a show would touch: live holds, their seats, confirmed bookings."""

    open_holds: int
    held_seats: int
    bookings: int


class Sales:
    """Reads for the box office. All methods raise Unavailable when the ledger is away."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queries = load_queries("sales")

    async def live_holds(self, show: int, limit: int) -> list[LiveHold]:
        """Return up to *limit* live holds, soonest to lapse first."""
        rows = await self._database.fetch(self._queries["live_holds"], show, limit)
        return [
            LiveHold(
                hold=row["id"],
                holder=row["holder"],
                seats=tuple(row["seats"]),
                total=row["total"],
                version=row["version"],
                expires_in_ms=max(0, row["expires_in_ms"]),
            )
            for row in rows
        ]

    async def latest_bookings(self, show: int, limit: int) -> list[BookingState]:
        """Return up to *limit* bookings, confirmed or cancelled, newest first."""
        rows = await self._database.fetch(self._queries["latest_bookings"], show, limit)
        return [
            BookingState(
                show=show,
                booking=row["id"],
                hold=row["hold_id"],
                holder=row["holder"],
                status=BookingStatus(row["status"]),
                seats=tuple(row["seats"]),
                total=row["total"],
                version=row["version"],
                contact=row["contact"],
                created_at=row["created_at"],
            )
            for row in rows
        ]

    async def seat(self, show: int, seat: int) -> SeatState | None:
        """Return a seat, or None when there is no such seat or show."""
        row = await self._database.fetchrow(self._queries["seat"], show, seat)
        if row is None:
            return None
        expires_in_ms = row["expires_in_ms"]
        return SeatState(
            status=SeatStatus(row["status"]),
            category=row["category"],
            price=row["price"],
            hold=row["hold_id"],
            booking=row["booking_id"],
            holder=row["holder"],
            expires_in_ms=None if expires_in_ms is None else max(0, expires_in_ms),
            reason=row["reason"],
        )

    async def by_category(self, show: int) -> tuple[int, dict[int, CategorySales]]:
        """Return the version of *show* and, by category index, how it sells there.

        Categories without seats are left out.
        """
        rows = await self._database.fetch(self._queries["by_category"], show)
        sales = {
            row["category"]: CategorySales(
                available=row["available"],
                held=row["held"],
                booked=row["booked"],
                blocked=row["blocked"],
                revenue=row["revenue"],
            )
            for row in rows
        }
        return (rows[0]["version"] if rows else 0), sales

    async def bookings_by_minute(self, show: int) -> list[int]:
        """Return how many bookings each of the last MINUTES_SHOWN minutes had, oldest first."""
        rows = await self._database.fetch(self._queries["bookings_by_minute"], show, MINUTES_SHOWN)
        made = {row["minutes_ago"]: row["bookings"] for row in rows}
        return [made.get(ago, 0) for ago in reversed(range(MINUTES_SHOWN))]

    async def stake(self, show: int) -> Stake:
        """Return what a change of *show* would touch now."""
        row = await self._database.fetchrow(self._queries["stake"], show)
        assert row is not None
        return Stake(row["open_holds"], row["held_seats"], row["bookings"])
