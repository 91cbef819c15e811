import re
from typing import Final

from playwright.async_api import Page, expect

from app.domain import Role
from tests.browser.visitors import Visitors, at_seat, book, hold_seat, in_list, is_live, open_list
from tests.end_to_end.fleet import Fleet

# What became of the hold and of the show come separately, in either order.
HOLD_ENDED: Final = re.compile("with it your hold")


async def test_when_staff_cancel_a_show_every_open_page_says_so(
    fleet: Fleet, visitors: Visitors
) -> None:
    web, other = await fleet.start_web(), await fleet.start_web()
    show = await fleet.add_show(web.url)
    holder = await visitors.come(f"{other.url}/shows/{show}")
    booker = await visitors.come(f"{web.url}/shows/{show}")
    kiosk = await visitors.come(f"{other.url}/kiosk/{show}#token={fleet.token(Role.KIOSK)}")
    for page in (holder, booker, kiosk):
        await is_live(page)
    await hold_seat(holder, 3)
    await hold_seat(booker, 5)
    await book(booker)

    staff = await _open_desk(fleet, visitors, web.url, show)
    await staff.get_by_role("tab", name="Show").click()
    await staff.get_by_label("Status").select_option(label="Cancelled")
    await staff.get_by_label("Message to everybody").fill("Tickets are refunded.")
    await staff.locator("#change button.main").click()
    dialog = staff.get_by_role("dialog")
    await expect(dialog).to_contain_text("1 open hold")
    await dialog.locator("#ask-yes").click()

    await expect(staff.locator("#toast")).to_contain_text("Sent.")
    await expect(staff.locator("#status")).to_have_text("Cancelled")
    await expect(holder.locator("#banner")).to_contain_text("This show is cancelled.")
    await expect(holder.locator("#banner")).to_contain_text("Tickets are refunded.")
    await expect(holder.locator("#notices")).to_contain_text(HOLD_ENDED)
    await expect(booker.locator("#warning")).to_contain_text("This show is cancelled.")
    await expect(booker.locator("#message")).to_have_text("Tickets are refunded.")
    await expect(kiosk.locator("#attract-state")).to_contain_text("This show is cancelled.")
    await expect(kiosk.locator("#begin")).to_be_hidden()


async def test_seats_that_staff_block_are_off_sale_for_everybody(
    fleet: Fleet, visitors: Visitors
) -> None:
    web = await fleet.start_web()
    show = await fleet.add_show(web.url)
    buyer = await visitors.come(f"{web.url}/shows/{show}")
    await is_live(buyer)
    await open_list(buyer, 0)
    staff = await _open_desk(fleet, visitors, web.url, show)
    await staff.mouse.click(*await at_seat(staff, 3))
    await expect(staff.locator("#chosen")).to_have_text("1 seat chosen")
    await staff.get_by_role("tab", name="Seats").click()
    await staff.get_by_role("button", name="Block 1 free seat").click()
    await expect(in_list(buyer, 3)).to_contain_text("Not on sale")


async def _open_desk(fleet: Fleet, visitors: Visitors, url: str, show: int) -> Page:
    page = await visitors.come(f"{url}/admin")
    await page.get_by_label("Token").fill(fleet.token(Role.STAFF))
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("link", name="A show").click()
    await is_live(page)
    return page
