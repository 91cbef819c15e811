"""The sale over real sockets, on two instances that share only the ledger and the board."""

import asyncio
import random
from contextlib import AsyncExitStack
from functools import partial
from uuid import uuid4

from app.client import Client, Refused
from app.domain import Role
from tests.end_to_end.fleet import Fleet, Process

AVAILABLE, HELD, BOOKED, BLOCKED = range(4)


async def test_I1_of_200_clients_on_one_seat_one_wins_and_199_learn_why(fleet: Fleet) -> None:
    """One seat has one holder; everybody else is told that it is taken, and which."""
    instances = await _two_instances(fleet)
    show = await fleet.add_show(instances[0].url)
    async with AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(
                fleet.buyer(instances[n % 2], codec="msgpack" if n % 4 < 2 else "json")
            )
            for n in range(200)
        ]
        holds = (c.ask("hold", show=show, hold=str(uuid4()), seats=[7]) for c in clients)
        answers = await asyncio.gather(*holds, return_exceptions=True)

    refusals = [answer for answer in answers if isinstance(answer, Refused)]
    assert len(answers) - len(refusals) == 1
    assert all(r.error["code"] == "seats_taken" and r.error["seats"] == [7] for r in refusals)
    assert await fleet.version(instances[0], show) == 1


async def test_I2_overlapping_holds_are_all_or_none(fleet: Fleet) -> None:
    """Of holds that overlap in a ring no two neighbours win, and nobody gets a part."""
    instances = await _two_instances(fleet)
    show = await fleet.add_show(instances[0].url)
    async with AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(fleet.buyer(instances[n % 2])) for n in range(40)
        ]
        watcher = await stack.enter_async_context(fleet.buyer(instances[0]))
        await watcher.watch(show)
        wanted = [sorted({n, (n + 1) % 40, (n + 2) % 40}) for n in range(40)]
        answers = await asyncio.gather(
            *(
                c.ask("hold", show=show, hold=str(uuid4()), seats=seats)
                for c, seats in zip(clients, wanted, strict=True)
            ),
            return_exceptions=True,
        )
        won = [a["seats"] for a in answers if isinstance(a, dict)]
        held = [seat for seats in won for seat in seats]
        assert won
        assert all(len(seats) == 3 for seats in won)
        assert len(held) == len(set(held))
        screen = watcher.screens[show]
        await watcher.until(lambda: [s for s, x in enumerate(screen.statuses) if x] == sorted(held))


async def test_I6_a_change_is_on_every_screen_of_both_instances_in_both_codecs(
    fleet: Fleet,
) -> None:
    """What is held, booked, released or blocked on one instance shows on all."""
    one, two = await _two_instances(fleet)
    show = await fleet.add_show(one.url)
    async with AsyncExitStack() as stack:
        watchers = [
            await stack.enter_async_context(fleet.buyer(process, codec=codec))
            for process in (one, two)
            for codec in ("json", "msgpack")
        ]
        for watcher in watchers:
            await watcher.watch(show)
        buyer = await stack.enter_async_context(fleet.buyer(one))
        hold = str(uuid4())

        held = await buyer.ask("hold", show=show, hold=hold, seats=[0, 1, 2])
        assert held["total"] == 15_000
        await _all_show(watchers, show, {0: HELD, 1: HELD, 2: HELD})
        await buyer.ask("release", show=show, hold=hold, seats=[2])
        await _all_show(watchers, show, {1: HELD, 2: AVAILABLE})
        booked = await buyer.ask("book", show=show, hold=hold)
        assert (booked["seats"], booked["total"]) == ([0, 1], 10_000)
        await _all_show(watchers, show, {0: BOOKED, 1: BOOKED})
        await fleet.post(two.url, f"/shows/{show}/blocks", {"seats": [9], "reason": "camera"})
        await _all_show(watchers, show, {9: BLOCKED})
        await fleet.ask("DELETE", one.url, f"/shows/{show}/bookings/{booked['booking']}")
        await _all_show(watchers, show, {0: AVAILABLE, 1: AVAILABLE})


async def test_I6_a_hold_over_http_is_on_the_screens_and_its_label_is_its_index(
    fleet: Fleet,
) -> None:
    """HTTP and sockets are two doors to one sale."""
    one, two = await _two_instances(fleet)
    show = await fleet.add_show(one.url)
    async with fleet.buyer(two) as watcher:
        await watcher.watch(show)
        held = await fleet.post(
            one.url, f"/shows/{show}/holds", {"seats": ["1-3"]}, role=Role.BUYER
        )
        assert held["seats"] == [2]
        await _all_show([watcher], show, {2: HELD})


async def test_I5_snapshot_and_deltas_equal_a_later_snapshot(fleet: Fleet) -> None:
    """After any number of changes an old screen and a new one show the same seats."""
    one, two = await _two_instances(fleet)
    show = await fleet.add_show(one.url, rows=10, seats=30)
    chance = random.Random(42)
    async with fleet.buyer(one) as early, AsyncExitStack() as stack:
        await early.watch(show)
        buyers = [
            await stack.enter_async_context(fleet.buyer(process)) for process in (one, two) * 5
        ]
        await asyncio.gather(*(_trade(buyer, show, chance) for buyer in buyers))
        version = await fleet.version(one, show)
        screen = early.screens[show]
        await early.until(lambda: screen.position is not None and screen.position[1] == version)
        async with fleet.buyer(two, codec="msgpack") as late:
            await late.watch(show)
            assert late.screens[show].position == screen.position
            assert late.screens[show].statuses == screen.statuses
    assert screen.delta_count > 0
    assert any(screen.statuses)


async def test_I5_a_client_resumes_on_the_other_instance_after_a_kill(fleet: Fleet) -> None:
    """With its position a client of a dead instance gets what it missed from another one."""
    one, two = await _two_instances(fleet)
    show = await fleet.add_show(one.url)
    async with fleet.buyer(one, holder="ann") as client:
        await client.watch(show)
        held = await client.ask("hold", show=show, hold=str(uuid4()), seats=[4])
        screen = client.screens[show]
        await client.until(lambda: screen.statuses[4] == HELD)
        one.child.kill()
        await one.child.wait()
        async with fleet.buyer(two) as other:
            await other.ask("hold", show=show, hold=str(uuid4()), seats=[5])

        async with fleet.buyer(two, holder="ann") as again:
            again.screens[show] = screen
            await again.watch(show, since=screen.position)
            assert (screen.statuses[4], screen.statuses[5]) == (HELD, HELD)
            assert screen.snapshot_count == 1, "a short absence is answered with a delta"
            booked = await again.ask("book", show=show, hold=held["hold"])
            assert booked["seats"] == [4]


async def test_I5_an_unknown_epoch_is_answered_with_a_snapshot(fleet: Fleet) -> None:
    """A position of another epoch, or of the future, cannot be continued."""
    (one,) = [await fleet.start_web()]
    show = await fleet.add_show(one.url)
    async with fleet.buyer(one) as client:
        for since in ({"epoch": 1, "version": 0}, {"epoch": 2**40, "version": 10**9}):
            await client.ask("watch", show=show, since=since)
        await client.until(lambda: len(client.pushed("snapshot")) == 2)


async def test_I8_a_repeated_hold_and_booking_have_one_effect(fleet: Fleet) -> None:
    """Asking again with the same id answers the same, on another instance, too."""
    one, two = await _two_instances(fleet)
    show = await fleet.add_show(one.url)
    hold = str(uuid4())
    async with (
        fleet.buyer(one, holder="ann") as here,
        fleet.buyer(two, holder="ann", codec="msgpack") as there,
    ):
        first = await here.ask("hold", show=show, hold=hold, seats=[1, 2])
        again = await there.ask("hold", show=show, hold=hold, seats=[1, 2])
        assert {k: first[k] for k in ("seats", "total", "version")} == {
            k: again[k] for k in ("seats", "total", "version")
        }
        bookings = await asyncio.gather(
            *(c.ask("book", show=show, hold=hold) for c in (here, there, here))
        )
        assert len({b["booking"] for b in bookings}) == 1
        assert await fleet.version(one, show) == 2


async def _two_instances(fleet: Fleet) -> tuple[Process, Process]:
    one, two = await asyncio.gather(fleet.start_web(), fleet.start_web())
    return one, two


async def _all_show(watchers: list[Client], show: int, expected: dict[int, int]) -> None:
    for watcher in watchers:
        await watcher.until(partial(_shows, watcher, show, expected))


def _shows(watcher: Client, show: int, expected: dict[int, int]) -> bool:
    statuses = watcher.screens[show].statuses
    return all(statuses[seat] == status for seat, status in expected.items())


async def _trade(buyer: Client, show: int, chance: random.Random) -> None:
    for _ in range(15):
        hold = str(uuid4())
        seats = chance.sample(range(300), 3)
        try:
            await buyer.ask("hold", show=show, hold=hold, seats=seats)
            await buyer.ask(chance.choice(["book", "release", "extend"]), show=show, hold=hold)
        except Refused as refusal:
            if refusal.code not in ("seats_taken", "hold_limit"):
                raise
