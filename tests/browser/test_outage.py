import signal
from typing import Final
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from playwright.async_api import Page, Route, WebSocket, expect

from app.domain import Role
from tests.browser.visitors import Visitors, book, hold_seat, in_list, is_live, open_list
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


async def test_goaway_moves_a_page_and_its_hold_to_another_instance_without_a_gap(
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
    await in_list(page, 4).click()
    await expect(in_list(page, 4)).to_contain_text("Held for you")
    await page.evaluate(NOTE_FRESHNESS)

    staying = await fleet.start_web(port=urlsplit(leaving.url).port)
    assert await leaving.stop() == 0
    await eventually(lambda: _are(sockets, ["opened", "opened", "closed"]))
    async with fleet.buyer(staying) as faster:
        await faster.ask("hold", show=show, hold=str(uuid4()), seats=[3])
    await expect(in_list(page, 3)).to_contain_text("Held by others")
    await expect(page.locator("#summary")).to_have_text("48 seats free.")
    assert await page.evaluate("freshnesses") == []

    await expect(in_list(page, 4)).to_contain_text("Held for you")
    await in_list(page, 5).click()
    await expect(in_list(page, 5)).to_contain_text("Held for you")
    await book(page)
    await expect(page.locator("#seats li")).to_have_count(2)


@pytest.mark.parametrize("path", ["/", "/shows/{show}"])
async def test_a_page_whose_server_is_overloaded_tries_again_until_it_comes_up(
    path: str, fleet: Fleet, visitors: Visitors
) -> None:
    web = await fleet.start_web()
    show = await fleet.add_show(web.url)
    page = await visitors.come("about:blank")
    asked = await _refuse_first(page, 2)
    await page.goto(web.url + path.format(show=show))
    if path == "/":
        await expect(page.locator("#words")).to_contain_text("could not be loaded")
        await expect(page.get_by_role("link", name="A show")).to_be_visible()
        return
    await is_live(page)
    await hold_seat(page, 3)
    plans = [count for url, count in asked.items() if "/plans/" in url]
    assert plans == [3]


async def test_the_code_of_a_booking_is_asked_for_until_it_comes(
    fleet: Fleet, visitors: Visitors
) -> None:
    web = await fleet.start_web()
    show = await fleet.add_show(web.url)
    page = await visitors.come(f"{web.url}/shows/{show}")
    await is_live(page)
    await hold_seat(page, 3)
    await _refuse_first(page, 2)
    await book(page)
    await expect(page.locator("#code-words")).to_contain_text("could not be loaded")
    await expect(page.get_by_role("img", name="QR code of your booking reference")).to_be_visible()


async def _refuse_first(page: Page, times: int) -> dict[str, int]:
    """Answer 503 to the first requests to each address of the API; count all of them."""
    asked: dict[str, int] = {}

    async def answer(route: Route) -> None:
        url = route.request.url
        asked[url] = asked.get(url, 0) + 1
        if asked[url] <= times:
            await route.fulfill(status=503, body="busy")
        else:
            await route.continue_()

    await page.route("**/api/v1/**", answer)
    return asked


async def _are(events: list[str], wanted: list[str]) -> bool:
    return events == wanted


def _note(socket: WebSocket, events: list[str]) -> None:
    events.append("opened")
    socket.on("close", lambda _: events.append("closed"))
