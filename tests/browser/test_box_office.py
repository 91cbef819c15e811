import asyncio
import json
import re
from typing import Final
from uuid import uuid4

from playwright.async_api import Route, expect

from app.auth import Tokens
from app.domain import Role
from tests.browser.visitors import (
    Visitors,
    at_seat,
    book,
    hold_seat,
    in_list,
    is_live,
    open_desk,
    open_list,
)
from tests.end_to_end.fleet import Fleet
from tests.small_plan import small_plan

# What became of the hold and of the show come separately, in either order.
HOLD_ENDED: Final = re.compile("with it your hold")

DROP: Final = """(target, text) => {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([text], 'plan.json', {type: 'application/json'}));
  target.dispatchEvent(new DragEvent('drop', {dataTransfer, bubbles: true, cancelable: true}));
}"""

# Has the page keep where its map is asked to look.
NOTE_LOOKS: Final = """() => {
  window.looks = [];
  document.querySelector('seat-map#map').lookAt = seats => looks.push([...seats]);
}"""


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

    staff = await open_desk(fleet, visitors, web.url)
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
    staff = await open_desk(fleet, visitors, web.url)
    await staff.mouse.click(*await at_seat(staff, 3))
    await expect(staff.locator("#chosen")).to_have_text("1 seat chosen")
    await staff.get_by_role("tab", name="Seats").click()
    await staff.get_by_role("button", name="Block 1 free seat").click()
    await expect(in_list(buyer, 3)).to_contain_text("Not on sale")
    await staff.get_by_role("button", name="Unblock 1 seat").click()
    await expect(in_list(buyer, 3)).to_contain_text("Free")


async def test_what_staff_do_next_can_be_pressed_when_the_last_is_answered(
    fleet: Fleet, visitors: Visitors
) -> None:
    web = await fleet.start_web()
    show = await fleet.add_show(web.url)
    staff = await open_desk(fleet, visitors, web.url)
    answered = asyncio.Event()

    async def answer(route: Route) -> None:
        response = await route.fetch()
        await answered.wait()
        await route.fulfill(response=response)

    await staff.route(f"**/shows/{show}/blocks", answer)
    await staff.mouse.click(*await at_seat(staff, 3))
    await staff.get_by_role("tab", name="Seats").click()
    await staff.get_by_role("button", name="Block 1 free seat").click()
    unblock = staff.get_by_role("button", name="Unblock 1 seat")
    await expect(unblock).to_be_disabled()
    answered.set()
    await unblock.click()
    await expect(staff.locator("#toast")).to_contain_text("1 seat is back on sale.")


async def test_a_press_on_a_hold_outlives_the_news_about_it(
    fleet: Fleet, visitors: Visitors
) -> None:
    web = await fleet.start_web()
    show = await fleet.add_show(web.url)
    buyer = await visitors.come(f"{web.url}/shows/{show}")
    await is_live(buyer)
    await hold_seat(buyer, 3)
    staff = await open_desk(fleet, visitors, web.url)
    await staff.evaluate(NOTE_LOOKS)
    await staff.locator("#sales .lapsing button").hover()
    await staff.mouse.down()
    async with fleet.buyer(web) as other:
        await other.ask("hold", show=show, hold=str(uuid4()), seats=[4])
    await expect(staff.locator("#sales .lapsing li")).to_have_count(2)
    await staff.mouse.up()
    assert await staff.evaluate("looks") == [[3]]


async def test_rows_and_rectangles_are_chosen_with_one_gesture(
    fleet: Fleet, visitors: Visitors
) -> None:
    web = await fleet.start_web()
    await fleet.add_show(web.url)
    staff = await open_desk(fleet, visitors, web.url)
    chosen = staff.locator("#chosen")
    await staff.get_by_text("Rows", exact=True).click()
    await staff.mouse.click(*await at_seat(staff, 3))
    await expect(chosen).to_have_text("10 seats chosen")
    await staff.get_by_role("button", name="Choose none").click()
    await staff.get_by_text("Rectangle", exact=True).click()
    await staff.get_by_role("button", name="Show the whole plan").click()
    box = await staff.locator("seat-map#map canvas").first.bounding_box()
    assert box is not None
    await staff.mouse.move(box["x"] + 2, box["y"] + 2)
    await staff.mouse.down()
    await staff.mouse.move(box["x"] + box["width"] - 2, box["y"] + box["height"] - 2, steps=4)
    await staff.mouse.up()
    await expect(chosen).to_have_text("50 seats chosen")


async def test_staff_see_whose_hold_it_is_and_end_it(fleet: Fleet, visitors: Visitors) -> None:
    web = await fleet.start_web()
    show = await fleet.add_show(web.url)
    buyer = await visitors.come(f"{web.url}/shows/{show}")
    await is_live(buyer)
    await hold_seat(buyer, 3)
    staff = await open_desk(fleet, visitors, web.url)
    await expect(staff.locator("#figures [data-kind=held]")).to_contain_text("1")
    await expect(staff.locator("#sales .lapsing li")).to_have_count(1)
    await staff.mouse.click(*await at_seat(staff, 3))
    await expect(staff.locator("#seats")).to_contain_text("buyer-")
    await staff.get_by_role("button", name="Release the hold").click()
    await staff.get_by_role("dialog").locator("#ask-yes").click()
    await expect(buyer.locator("#notices")).to_contain_text("No longer held for you")
    await expect(buyer.locator("#said")).to_be_empty()
    await expect(staff.locator("#figures [data-kind=held]")).to_contain_text("0")


async def test_staff_cancel_a_booking_and_its_page_says_so(
    fleet: Fleet, visitors: Visitors
) -> None:
    web = await fleet.start_web()
    show = await fleet.add_show(web.url)
    buyer = await visitors.come(f"{web.url}/shows/{show}")
    await is_live(buyer)
    await hold_seat(buyer, 3)
    await book(buyer)
    await expect(buyer.locator("#qr")).to_be_visible()
    staff = await open_desk(fleet, visitors, web.url)
    await staff.mouse.click(*await at_seat(staff, 3))
    await staff.get_by_role("button", name="Cancel the booking").click()
    await staff.get_by_role("dialog").locator("#ask-yes").click()
    await expect(buyer.locator("#warning")).to_contain_text("cancelled")
    await expect(buyer.locator("#qr")).to_be_hidden()


async def test_a_faulty_plan_that_is_dropped_shows_its_faults_at_their_places(
    fleet: Fleet, visitors: Visitors
) -> None:
    web = await fleet.start_web()
    page = await visitors.come(f"{web.url}/admin#token={fleet.token(Role.ADMIN)}")
    await page.get_by_role("link", name="New show from a plan").click()
    plan = small_plan(2, 5)
    seats = plan["zones"][0]["rows"][0]["seats"]
    seats[1]["seat_guid"] = seats[0]["seat_guid"]
    seats[2]["category"] = "Nowhere"
    await page.locator("#plan").wait_for()
    await page.locator("#plan").evaluate(DROP, json.dumps(plan))
    faults = page.locator("#plan-faults li")
    # The same label twice is a fault of its own, and has no place.
    await expect(faults).to_have_count(3)
    await expect(faults.get_by_role("button")).to_have_count(2)
    await expect(page.locator("#plan-map")).to_be_visible()
    await faults.first.get_by_role("button").click()
    await expect(faults.first.get_by_role("button")).to_have_attribute("aria-pressed", "true")

    await page.locator("#plan").evaluate(DROP, json.dumps(small_plan(2, 5)))
    await expect(faults).to_have_count(0)
    await expect(page.locator("#plan-form")).to_be_visible()


async def test_a_token_that_the_server_refuses_is_not_taken_in_silence(
    fleet: Fleet, visitors: Visitors
) -> None:
    web = await fleet.start_web()
    await fleet.add_show(web.url)
    foreign = Tokens("another secret, also 32 bytes long", 60).issue(Role.STAFF, None, 60).token
    page = await visitors.come(f"{web.url}/admin#token={foreign}")
    await expect(page.get_by_role("alert")).to_contain_text("does not take this token")
    await expect(page.get_by_label("Token")).to_be_focused()
