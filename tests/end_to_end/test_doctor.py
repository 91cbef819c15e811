"""A board that went wrong by itself: what the doctor says, and what screens see in the end."""

from typing import Final

from redis.asyncio import Redis

from app.client import Client
from tests.conftest import Servers
from tests.end_to_end.fleet import Fleet, Process

AVAILABLE, HELD, BOOKED = 0, 1, 2
SPOILED_SEAT: Final = 7


async def test_the_doctor_tells_what_differs_and_heals_the_board(
    fleet: Fleet, servers: Servers, redis_prefix: str
) -> None:
    """Exit code 1 and the seat; then healed; then well."""
    web, show = await _sale(fleet)
    assert await fleet.run_tool("doctor") == (0, _line(show, "ok"))
    await _spoil(servers, redis_prefix, show)
    code, told = await fleet.run_tool("doctor")
    assert code == 1
    wrong = (
        f"  board: seat {SPOILED_SEAT} is booked; the ledger has it available; since version 0\n"
    )
    assert told == f"{_line(show, '1 fault')}{wrong}"
    code, told = await fleet.run_tool("doctor", "--fix", "--show", str(show))
    assert code == 0
    assert told.endswith("  healed: the board is put up anew\n")
    assert await fleet.run_tool("doctor") == (0, _line(show, "ok"))
    assert web.child.returncode is None


async def test_I6_a_screen_that_was_shown_a_wrong_board_is_put_right(
    fleet: Fleet, servers: Servers, redis_prefix: str
) -> None:
    """The reconciler finds it; the screen gets a snapshot, though its version is the right one."""
    web, show = await _sale(fleet)
    await _spoil(servers, redis_prefix, show)
    async with fleet.buyer(web) as client:
        await client.watch(show)
        assert _seen(client, show) == BOOKED
        position = client.screens[show].position
        await fleet.start_worker("reconcile")
        await client.until(lambda: _seen(client, show) == AVAILABLE)
        assert client.screens[show].position == position
        assert client.screens[show].statuses[0] == HELD


async def _sale(fleet: Fleet) -> tuple[Process, int]:
    web = await fleet.start_web()
    show = await fleet.add_show(web.url)
    await fleet.post(web.url, f"/shows/{show}/holds", {"seats": [0]})
    return web, show


async def _spoil(servers: Servers, prefix: str, show: int) -> None:
    async with Redis.from_url(servers.redis_url) as client:
        await client.setrange(f"{prefix}{{show:{show}}}:seats", SPOILED_SEAT, chr(BOOKED))


def _seen(client: Client, show: int) -> int:
    return client.screens[show].statuses[SPOILED_SEAT]


def _line(show: int, found: str) -> str:
    return f"show {show}, A show: 50 seats, version 1: {found}\n"
