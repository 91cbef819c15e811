"""What happens to a show and to a hold while people watch."""

import asyncio
import time
from contextlib import AsyncExitStack
from uuid import uuid4

import pytest

from app.client import Client, Refused
from app.domain import Role
from tests.end_to_end.fleet import Fleet, eventually

AVAILABLE, HELD = 0, 1


async def test_I7_a_hold_ends_within_2_s_of_its_time_and_its_holder_is_told(fleet: Fleet) -> None:
    """Two workers at once release it, never early, and once."""
    one, _, _ = await asyncio.gather(
        fleet.start_web(), fleet.start_worker("expiry"), fleet.start_worker("expiry", "reconcile")
    )
    show = await fleet.add_show(one.url, hold_ttl_s=2)
    async with fleet.buyer(one) as buyer, fleet.buyer(one) as watcher:
        await buyer.watch(show)
        await watcher.watch(show)
        held = await buyer.ask("hold", show=show, hold=str(uuid4()), seats=[3, 4])
        held_at = time.monotonic()
        await watcher.until(lambda: watcher.screens[show].statuses[3] == HELD)
        await watcher.until(lambda: watcher.screens[show].statuses[3] == AVAILABLE)
        lasted_s = time.monotonic() - held_at
        await buyer.until(lambda: _hold_push(buyer)["status"] == "expired")
        assert _hold_push(buyer)["seats"] == [3, 4]
        assert lasted_s > held["expires_in_ms"] / 1000 - 0.1
        assert await fleet.version(one, show) == 2
        with pytest.raises(Refused, match="hold_gone"):
            await buyer.ask("book", show=show, hold=held["hold"])
        assert not watcher.pushed("hold"), "somebody else's hold is nobody's business"


async def test_I7_a_wanted_seat_whose_hold_has_lapsed_is_taken_without_any_worker(
    fleet: Fleet,
) -> None:
    """Expiry does not depend on a worker: the seat is to be had from the hold's last moment on."""
    one = await fleet.start_web()
    show = await fleet.add_show(one.url, hold_ttl_s=1)
    async with fleet.buyer(one) as first, fleet.buyer(one) as second:
        await first.watch(show)
        lost = await first.ask("hold", show=show, hold=str(uuid4()), seats=[1, 2])
        hold = str(uuid4())
        with pytest.raises(Refused, match="seats_taken"):
            await second.ask("hold", show=show, hold=hold, seats=[2])
        await eventually(lambda: _can_hold(second, show, hold, [2]))
        await first.until(lambda: _hold_push(first)["status"] == "expired")
        await first.until(lambda: bytes(first.screens[show].statuses[1:3]) == b"\0\1")
        with pytest.raises(Refused, match="hold_gone"):
            await first.ask("extend", show=show, hold=lost["hold"])


async def test_a_hold_is_extended_up_to_its_cap(fleet: Fleet) -> None:
    """Extending moves the deadline, at most to three times the show's time."""
    one = await fleet.start_web()
    show = await fleet.add_show(one.url, hold_ttl_s=100)
    async with fleet.buyer(one) as buyer:
        held = await buyer.ask("hold", show=show, hold=str(uuid4()), seats=[1])
        extended = await buyer.ask("extend", show=show, hold=held["hold"])
        assert 90_000 < extended["expires_in_ms"] <= 100_000


async def test_a_show_change_reaches_every_open_socket_and_every_late_joiner(
    fleet: Fleet,
) -> None:
    """Status, prices, start and message: all screens have them, on all instances, at once."""
    one, two = await asyncio.gather(fleet.start_web(), fleet.start_web())
    show = await fleet.add_show(one.url)
    async with AsyncExitStack() as stack:
        watchers = [
            await stack.enter_async_context(fleet.buyer(process, codec=codec))
            for process in (one, two)
            for codec in ("json", "msgpack")
        ]
        for watcher in watchers:
            assert (await watcher.watch(show))["status"] == "on_sale"
        change = {
            "status": "paused",
            "message": "Back in ten minutes",
            "prices": {"Front": 6_000},
            "starts_at": "2031-05-02T20:00:00+02:00",
        }
        await fleet.ask("PATCH", two.url, f"/shows/{show}", change, role=Role.STAFF)
        for watcher in watchers:
            await watcher.until(lambda client=watcher: bool(client.pushed("show")))  # type: ignore[misc]
            pushed = watcher.pushed("show")[-1]["show"]
            assert pushed["status"] == "paused"
            assert pushed["message"] == "Back in ten minutes"
            assert pushed["prices"] == {"Front": 6_000, "Back": 3_000}
            assert pushed["starts_at"] == "2031-05-02T18:00:00Z"
            assert pushed["show"] == show
        late = await stack.enter_async_context(fleet.buyer(one))
        shown = await late.watch(show)
        assert shown["message"] == "Back in ten minutes"
        assert shown == await fleet.ask("GET", two.url, f"/shows/{show}")


async def test_a_paused_show_refuses_holds_and_says_why_and_open_holds_survive(
    fleet: Fleet,
) -> None:
    """A pause stops new holds; who holds already may still book."""
    one = await fleet.start_web()
    show = await fleet.add_show(one.url)
    async with fleet.buyer(one) as early, fleet.buyer(one) as late:
        held = await early.ask("hold", show=show, hold=str(uuid4()), seats=[0])
        for status in ("paused", "postponed", "closed", "scheduled"):
            await fleet.ask("PATCH", one.url, f"/shows/{show}", {"status": status})
            with pytest.raises(Refused) as caught:
                await late.ask("hold", show=show, hold=str(uuid4()), seats=[1])
            assert caught.value.code == "show_closed"
            assert caught.value.error["show_status"] == status
        assert (await early.ask("book", show=show, hold=held["hold"]))["seats"] == [0]


async def test_a_cancelled_show_ends_open_holds_and_tells_their_holders(fleet: Fleet) -> None:
    """Bookings stay, for whoever refunds them; holds end, and their holders hear of it."""
    one, two = await asyncio.gather(fleet.start_web(), fleet.start_web())
    show = await fleet.add_show(one.url)
    async with fleet.buyer(one) as holder, fleet.buyer(two) as booker:
        await holder.watch(show)
        held = await holder.ask("hold", show=show, hold=str(uuid4()), seats=[0, 1])
        other = await booker.ask("hold", show=show, hold=str(uuid4()), seats=[5])
        await booker.ask("book", show=show, hold=other["hold"])
        await fleet.ask("PATCH", two.url, f"/shows/{show}", {"status": "cancelled"})

        await holder.until(lambda: _hold_push(holder)["status"] == "released")
        assert _hold_push(holder)["hold"] == held["hold"]
        assert _hold_push(holder)["seats"] == [0, 1]
        await holder.until(lambda: bool(holder.pushed("show")))
        assert holder.pushed("show")[-1]["show"]["status"] == "cancelled"
        await holder.until(lambda: bytes(holder.screens[show].statuses[:6]) == b"\0\0\0\0\0\2")
        with pytest.raises(Refused, match="hold_gone"):
            await holder.ask("book", show=show, hold=held["hold"])


def _hold_push(client: Client) -> dict[str, object]:
    pushes = client.pushed("hold")
    return pushes[-1] if pushes else {"status": "none yet"}


async def _can_hold(client: Client, show: int, hold: str, seats: list[int]) -> bool:
    try:
        await client.ask("hold", show=show, hold=hold, seats=seats)
    except Refused as refusal:
        if refusal.code != "seats_taken":
            raise
        return False
    return True
