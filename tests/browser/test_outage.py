import signal
from typing import Final
from urllib.parse import urlsplit
from uuid import uuid4

from playwright.async_api import WebSocket, expect

from app.domain import Role
from tests.browser.visitors import Visitors, in_list, is_live, open_list
from tests.end_to_end.fleet import Fleet, eventually

# Has the page keep every freshness that its map has from now on.
NOTE_FRESHNESS: Final = """() => {
  window.freshnesses = [];
  const map = document.querySelector('seat-map#map');
  new MutationObserver(() => freshnesses.push(map.getAttribute('freshness')))
    .observe(map, { attributeFilter: ['freshness'] });
}"""


async def test_a_page_without_its_server_says_stale_and_comes_back_with_the_right_seats(
    fleet: Fleet, visitors: Visitors
) -> None:
    web, other = await fleet.start_web(), await fleet.start_web()
    show = await fleet.add_show(web.url)
    page = await visitors.come(f"{web.url}/shows/{show}")
    await is_live(page)
    await open_list(page, 0)
    await expect(in_list(page, 3)).to_contain_text("Free")

    await web.stop(signal.SIGKILL)
    await expect(page.locator("seat-map#map")).to_have_attribute("freshness", "stale")
    await expect(page.locator("#summary")).to_contain_text("Not live")
    await expect(in_list(page, 3)).to_contain_text("Last known: Free")
    async with fleet.buyer(other) as faster:
        await faster.ask("hold", show=show, hold=str(uuid4()), seats=[3])

    await fleet.start_web(port=urlsplit(web.url).port)
    await expect(page.locator("seat-map#map")).to_have_attribute("freshness", "live")
    await expect(in_list(page, 3)).to_contain_text("Held by others")
    await expect(in_list(page, 4)).to_contain_text("Free")
    await expect(page.locator("#summary")).to_have_text("49 seats free.")


async def test_a_kiosk_without_its_server_says_so_and_is_ready_when_it_is_back(
    fleet: Fleet, visitors: Visitors
) -> None:
    web = await fleet.start_web()
    show = await fleet.add_show(web.url)
    kiosk = await visitors.come(f"{web.url}/kiosk/{show}#token={fleet.token(Role.KIOSK)}")
    begin = kiosk.get_by_role("button", name="Touch to begin")
    await expect(begin).to_be_enabled()
    await web.stop(signal.SIGKILL)
    await expect(begin).to_be_disabled()
    await expect(kiosk.locator("#attract-link")).to_contain_text("Stale since")
    await fleet.start_web(port=urlsplit(web.url).port)
    await expect(begin).to_be_enabled()
    await expect(kiosk.locator("#attract-free")).to_have_text("50")


async def test_goaway_moves_a_page_to_another_instance_without_a_gap(
    fleet: Fleet, visitors: Visitors
) -> None:
    leaving = await fleet.start_web()
    show = await fleet.add_show(leaving.url)
    page = await visitors.come("about:blank")
    sockets: list[str] = []
    page.on("websocket", lambda socket: _note(socket, sockets))
    await page.goto(f"{leaving.url}/shows/{show}")
    await is_live(page)
    await open_list(page, 0)
    await page.evaluate(NOTE_FRESHNESS)

    staying = await fleet.start_web(port=urlsplit(leaving.url).port)
    assert await leaving.stop() == 0
    await eventually(lambda: _are(sockets, ["opened", "opened", "closed"]))
    async with fleet.buyer(staying) as faster:
        await faster.ask("hold", show=show, hold=str(uuid4()), seats=[3])
    await expect(in_list(page, 3)).to_contain_text("Held by others")
    await expect(page.locator("#summary")).to_have_text("49 seats free.")
    assert await page.evaluate("freshnesses") == []


async def _are(events: list[str], wanted: list[str]) -> bool:
    return events == wanted


def _note(socket: WebSocket, events: list[str]) -> None:
    events.append("opened")
    socket.on("close", lambda _: events.append("closed"))
