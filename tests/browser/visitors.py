"""People with a browser each, and what they do on the pages."""

import re
from typing import Any, Final

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect

from app.domain import Role
from tests.end_to_end.fleet import Fleet

BOOKING_ADDRESS: Final = re.compile(r"/shows/\d+/bookings/[0-9a-f-]{36}$")
TABS_MAX: Final = 40


class Visitors:
    """Opens pages, one browser context a visitor. faults: what went wrong on any of them."""

    def __init__(self, browser: Browser, patience_ms: int) -> None:
        self.faults: list[str] = []
        self._browser = browser
        self._patience_ms = patience_ms
        self._contexts: list[BrowserContext] = []

    async def come(self, url: str, **traits: Any) -> Page:
        """Open *url* in a context of its own. traits: of the context, as Playwright names them."""
        # Without flights over the map a seat is where it was brought, at once.
        settings = {"locale": "en-GB", "reduced_motion": "reduce", **traits}
        context = await self._browser.new_context(**settings)
        self._contexts.append(context)
        context.set_default_timeout(self._patience_ms)
        context.on("weberror", lambda error: self.faults.append(str(error.error)))
        context.on("console", self._read)
        page = await context.new_page()
        await page.goto(url)
        return page

    async def leave(self) -> None:
        """Close every page."""
        for context in self._contexts:
            await context.close()

    def _read(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.faults.append(message.text)


async def is_live(page: Page) -> None:
    """Wait until the page's map is drawn and says that it is live."""
    seats = page.locator("seat-map#map")
    await expect(seats).to_have_attribute("freshness", "live")
    await page.wait_for_function("() => document.querySelector('seat-map#map').plan !== null")


async def open_desk(fleet: Fleet, visitors: Visitors, url: str, **traits: Any) -> Page:
    """Sign in as staff and open the one show there is. traits: as of `Visitors.come`."""
    page = await visitors.come(f"{url}/admin#token={fleet.token(Role.STAFF)}", **traits)
    await page.locator("#shows-list a").click()
    await is_live(page)
    return page


async def at_seat(page: Page, seat: int) -> tuple[float, float]:
    """Bring *seat* to the middle of the map and return where that is on the page."""
    await page.evaluate("seat => document.querySelector('seat-map#map').lookAt([seat])", seat)
    return await middle_of_map(page)


async def middle_of_map(page: Page) -> tuple[float, float]:
    """Return where the middle of the map is on the page."""
    box = await page.locator("seat-map#map canvas").first.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


async def hold_seat(page: Page, seat: int) -> None:
    """Click *seat* and wait until it can be booked."""
    await page.mouse.click(*await at_seat(page, seat))
    await expect(page.get_by_role("button", name="Book", exact=True)).to_be_enabled()


async def open_list(page: Page, row: int) -> None:
    """Show the seats as a list, with the row of that index open."""
    await page.get_by_role("group", name="How the seats are shown").get_by_text("List").click()
    line = page.locator(f'#tree [data-row="{row}"]')
    await line.click()
    await expect(line).to_have_attribute("aria-expanded", "true")


def in_list(page: Page, seat: int) -> Locator:
    """Return the line of *seat* in the list."""
    return page.locator(f'#tree [data-seat="{seat}"]')


async def book(page: Page) -> None:
    """Book what is held, and wait for the booking's own page."""
    await page.get_by_role("button", name="Book", exact=True).click()
    await page.wait_for_url(BOOKING_ADDRESS)


async def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until *wanted* has the focus."""
    await wanted.wait_for()
    for _ in range(TABS_MAX):
        await page.keyboard.press("Tab")
        if await wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{wanted} cannot be reached with Tab")
