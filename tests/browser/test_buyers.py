import asyncio
import base64
import re
import signal
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import zxingcpp
from playwright.async_api import expect

from app.domain import Role
from tests.browser.visitors import (
    BOOKING_ADDRESS,
    Visitors,
    at_seat,
    book,
    hold_seat,
    in_list,
    is_live,
    middle_of_map,
    open_list,
    tab_to,
)
from tests.end_to_end.fleet import Fleet

PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}

CODE_PX: Final = 400
# The picture of the code as it is painted, a byte of grey a pixel.
GREYS_OF_CODE: Final = """(side) => {
  const canvas = Object.assign(document.createElement('canvas'), { width: side, height: side });
  const context = canvas.getContext('2d');
  context.drawImage(document.querySelector('#qr'), 0, 0, side, side);
  const { data } = context.getImageData(0, 0, side, side);
  let greys = '';
  for (let at = 0; at < data.length; at += 4) greys += String.fromCharCode(data[at]);
  return btoa(greys);
}"""
# What came over the network for plans; nothing for one that the browser had.
PLANS_FETCHED: Final = """() => performance.getEntriesByType('resource')
  .filter(({ name }) => name.includes('/api/v1/plans/'))
  .map(({ name, transferSize }) => ({ url: name, bytes: transferSize }))"""


async def test_buyers_on_two_instances_see_each_others_clicks(
    fleet: Fleet, visitors: Visitors
) -> None:
    one, other = await fleet.start_web(), await fleet.start_web()
    show = await fleet.add_show(one.url)
    first = await visitors.come(f"{one.url}/shows/{show}")
    second = await visitors.come(f"{other.url}/shows/{show}")
    for page in (first, second):
        await is_live(page)

    await hold_seat(first, 3)
    await open_list(second, 0)
    await expect(in_list(second, 3)).to_contain_text("Held by others")
    await in_list(second, 4).click()
    await open_list(first, 0)
    await expect(in_list(first, 3)).to_contain_text("Held for you")
    await expect(in_list(first, 4)).to_contain_text("Held by others")

    await first.get_by_role("button", name="Give all back").click()
    await expect(in_list(second, 3)).to_contain_text("Free")
    await book(second)
    await expect(in_list(first, 4)).to_contain_text("Booked")


async def test_whoever_is_slower_is_told_which_seat_and_offered_the_next(
    fleet: Fleet, visitors: Visitors
) -> None:
    web, other = await fleet.start_web(), await fleet.start_web()
    show = await fleet.add_show(web.url, rows=1, seats=3)
    page = await visitors.come(f"{web.url}/shows/{show}")
    await is_live(page)
    await open_list(page, 0)
    async with fleet.buyer(other) as faster:
        web.child.send_signal(signal.SIGSTOP)
        await in_list(page, 0).click()
        await faster.ask("hold", show=show, hold=str(uuid4()), seats=[0])
        web.child.send_signal(signal.SIGCONT)

    await expect(page.locator("#notices")).to_contain_text("Somebody else was faster")
    await expect(page.locator("#notices")).to_contain_text("Row 1, Seat 1")
    await page.get_by_role("button", name=re.compile("^Take .*Seat 2 instead")).click()
    await expect(in_list(page, 1)).to_contain_text("Held for you")
    await expect(in_list(page, 0)).to_contain_text("Held by others")


async def test_on_a_phone_offers_stand_in_one_line_and_leave_the_map_in_sight(
    fleet: Fleet, visitors: Visitors
) -> None:
    web, other = await fleet.start_web(), await fleet.start_web()
    show = await fleet.add_show(web.url)
    page = await visitors.come(f"{web.url}/shows/{show}", **PHONE)
    await is_live(page)
    seat = await at_seat(page, 4)
    async with fleet.buyer(other) as faster:
        web.child.send_signal(signal.SIGSTOP)
        await page.touchscreen.tap(*seat)
        await faster.ask("hold", show=show, hold=str(uuid4()), seats=[4])
        web.child.send_signal(signal.SIGCONT)
    offers = page.locator("#notices .offers button")
    await expect(offers).to_have_count(3)
    tops = [box["y"] for offer in await offers.all() if (box := await offer.bounding_box())]
    assert len(set(tops)) == 1
    notice = await page.locator("#notices .notice").bounding_box()
    stage = await page.locator("seat-map#map").bounding_box()
    assert notice is not None
    assert stage is not None
    assert notice["height"] < stage["height"] / 3
    # The seat of the last offer, out of sight at first, is held with a tap; so is one on the map.
    await offers.last.tap()
    await expect(page.locator("#basket li")).to_have_count(1)
    await page.touchscreen.tap(*await at_seat(page, 23))
    await expect(page.locator("#basket li")).to_have_count(2)


async def test_a_phone_holds_and_books_by_touch_and_gets_a_code(
    fleet: Fleet, visitors: Visitors
) -> None:
    web = await fleet.start_web()
    show = await fleet.add_show(web.url)
    page = await visitors.come(f"{web.url}/shows/{show}", **PHONE)
    await is_live(page)

    for seat in (12, 13):
        await page.touchscreen.tap(*await at_seat(page, seat))
    await expect(page.locator("#basket")).to_contain_text("2 seats")
    await page.get_by_role("button", name="Book", exact=True).tap()
    await page.wait_for_url(BOOKING_ADDRESS)

    code = page.get_by_role("img", name="QR code of your booking reference")
    await expect(code).to_be_visible()
    assert await code.evaluate("image => image.naturalWidth") > 0
    await expect(page.locator("#seats li")).to_have_count(2)
    await expect(page.locator("#total")).to_have_text("€100.00")
    await expect(page.locator("#where")).to_have_text("Hall")
    booked = await page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert booked, "the booking page is wider than the phone"


async def test_a_hold_outlives_a_reload(fleet: Fleet, visitors: Visitors) -> None:
    web = await fleet.start_web()
    show = await fleet.add_show(web.url)
    page = await visitors.come(f"{web.url}/shows/{show}")
    await is_live(page)
    await hold_seat(page, 7)
    await expect(page.locator("#basket")).to_contain_text("1 seat")
    await page.reload()
    await is_live(page)
    await expect(page.get_by_role("button", name="Book", exact=True)).to_be_enabled()
    await open_list(page, 0)
    await expect(in_list(page, 7)).to_contain_text("Held for you")


async def test_a_seat_brought_into_view_as_the_plan_comes_is_where_it_was_brought(
    fleet: Fleet, visitors: Visitors
) -> None:
    web = await fleet.start_web()
    show = await fleet.add_show(web.url)
    page = await visitors.come("about:blank")
    await page.add_init_script("addEventListener('plan', ({target}) => target.lookAt([3]))")
    await page.goto(f"{web.url}/shows/{show}")
    await is_live(page)
    await page.mouse.click(*await middle_of_map(page))
    await open_list(page, 0)
    await expect(in_list(page, 3)).to_contain_text("Held for you")


async def test_CM7_held_seats_keep_their_price_and_show_it_through_a_reload(
    fleet: Fleet, visitors: Visitors
) -> None:
    web = await fleet.start_web()
    show = await fleet.add_show(web.url)
    page = await visitors.come(f"{web.url}/shows/{show}")
    await is_live(page)
    await hold_seat(page, 3)
    await expect(page.locator("#basket li")).to_contain_text("€50.00")
    prices = {"prices": {"Front": 7_000}}
    await fleet.ask("PATCH", web.url, f"/shows/{show}", prices, role=Role.STAFF)
    await expect(page.locator("#prices")).to_contain_text("€70.00")
    await expect(page.locator("#basket li")).to_contain_text("€50.00")
    await expect(page.locator("#basket .total")).to_contain_text("€50.00")
    await expect(page.locator("#basket .note")).to_contain_text("Your seats keep theirs.")
    await hold_seat(page, 4)
    for _ in range(2):
        lines = page.locator("#basket li")
        await expect(lines).to_have_count(2)
        await expect(lines.nth(0)).to_contain_text("€50.00")
        await expect(lines.nth(1)).to_contain_text("€70.00")
        await expect(page.locator("#basket .total")).to_contain_text("€120.00")
        await page.reload()
        await is_live(page)

    # Without what this browser kept, only the total is known: no price is made up.
    await page.evaluate("show => localStorage.removeItem(`seatwire.prices.${show}`)", show)
    await page.reload()
    await is_live(page)
    await expect(page.locator("#basket li")).to_have_count(2)
    for line in await page.locator("#basket li").all():
        await expect(line).not_to_contain_text("€")
    await expect(page.locator("#basket .total")).to_contain_text("€120.00")
    await expect(page.locator("#basket .note")).to_contain_text("The total is what these seats")
    await page.get_by_role("button", name=re.compile("^Give back .*Seat 4")).click()
    await expect(page.locator("#basket .total")).to_contain_text("€70.00")
    await expect(page.locator("#basket li")).to_contain_text("€70.00")
    await book(page)
    await expect(page.locator("#total")).to_have_text("€70.00")


@pytest.mark.parametrize("status", ["paused", "postponed", "closed"])
async def test_CM3_held_seats_can_be_booked_while_no_new_ones_can_be_held_and_the_page_says_so(
    fleet: Fleet, visitors: Visitors, status: str
) -> None:
    web = await fleet.start_web()
    show = await fleet.add_show(web.url)
    page = await visitors.come(f"{web.url}/shows/{show}")
    await is_live(page)
    await hold_seat(page, 3)
    await fleet.ask("PATCH", web.url, f"/shows/{show}", {"status": status}, role=Role.STAFF)
    banner = page.locator("#banner")
    await expect(banner).to_contain_text("no new seats")
    await expect(banner).to_contain_text("Seats you hold stay yours")
    await expect(page.locator("#basket .note")).to_contain_text("You can still book these seats")
    await page.mouse.click(*await at_seat(page, 5))
    await expect(page.locator("#notices")).to_contain_text("no new seats")
    await expect(page.locator("#basket li")).to_have_count(1)
    await page.get_by_role("button", name="More time").click()
    await book(page)
    await expect(page.locator("#seats")).to_contain_text("Seat 4")


async def test_on_a_small_phone_nothing_stands_beside_the_page_in_any_state_of_the_show(
    fleet: Fleet, visitors: Visitors
) -> None:
    web = await fleet.start_web()
    show = await fleet.add_show(web.url)
    small = {**PHONE, "viewport": {"width": 320, "height": 640}, "locale": "de-DE"}
    page = await visitors.come(f"{web.url}/shows/{show}", **small)
    await is_live(page)
    for status in ("paused", "postponed", "closed", "cancelled"):
        await fleet.ask("PATCH", web.url, f"/shows/{show}", {"status": status}, role=Role.STAFF)
        await expect(page.locator("#banner")).to_have_attribute("data-status", status)
        for part in ("#title", "#views", "#banner"):
            box = await page.locator(part).bounding_box()
            assert box is not None
            assert box["width"] > 80
            assert box["x"] + box["width"] <= 320


async def test_a_click_that_waits_for_the_connection_is_taken_back_by_a_second_one(
    fleet: Fleet, visitors: Visitors
) -> None:
    web = await fleet.start_web()
    show = await fleet.add_show(web.url)
    page = await visitors.come(f"{web.url}/shows/{show}")
    await is_live(page)
    await hold_seat(page, 3)
    await open_list(page, 0)
    await web.stop(signal.SIGKILL)
    await expect(page.locator("seat-map#map")).to_have_attribute("freshness", "stale")
    await in_list(page, 5).click()
    await expect(page.locator("#basket")).to_contain_text("Waiting for the connection")
    await in_list(page, 5).click()
    await expect(page.locator("#basket li")).to_have_count(1)
    # It was not the end of the patience that took it away.
    assert await page.locator("#notices").inner_text() == ""
    # What is being given back is kept, by the button of its line.
    give_back = page.get_by_role("button", name=re.compile("^Give back .*Seat 4"))
    await give_back.click()
    await expect(page.locator("#basket")).to_contain_text("Waiting for the connection")
    await give_back.click()
    await expect(page.locator("#basket")).not_to_contain_text("Waiting for the connection")
    assert await page.locator("#notices").inner_text() == ""

    await fleet.start_web(port=urlsplit(web.url).port)
    await is_live(page)
    await expect(in_list(page, 3)).to_contain_text("Held for you")
    await expect(in_list(page, 5)).to_contain_text("Free")
    await expect(page.locator("#notices")).to_be_empty()


async def test_a_booking_can_be_put_into_a_calendar(fleet: Fleet, visitors: Visitors) -> None:
    web = await fleet.start_web()
    show = await fleet.add_show(web.url)
    page = await visitors.come(f"{web.url}/shows/{show}")
    await is_live(page)
    await hold_seat(page, 3)
    await book(page)
    async with page.expect_download() as started:
        await page.get_by_role("button", name="Add to calendar").click()
    download = await started.value
    assert download.suggested_filename == "booking.ics"
    text = await asyncio.to_thread(Path(await download.path()).read_text, encoding="utf-8")
    assert text.startswith("BEGIN:VCALENDAR")
    assert "DTSTART:20310501T183000Z" in text
    assert "LOCATION:Hall" in text


async def test_a_booking_fits_on_the_roll_of_a_receipt_printer(
    fleet: Fleet, visitors: Visitors
) -> None:
    web = await fleet.start_web()
    show = await fleet.add_show(web.url)
    page = await visitors.come(f"{web.url}/shows/{show}")
    await is_live(page)
    await hold_seat(page, 3)
    await book(page)
    await expect(page.get_by_role("img", name="QR code of your booking reference")).to_be_visible()
    await page.emulate_media(media="print")
    # 80 mm, less the margins that such printers keep.
    await page.set_viewport_size({"width": 272, "height": 800})
    for part in ("#where", "#total", "#reference", "#number", "#qr"):
        box = await page.locator(part).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 272


async def test_the_code_on_a_booking_reads_as_its_signed_reference(
    fleet: Fleet, visitors: Visitors
) -> None:
    web = await fleet.start_web()
    show = await fleet.add_show(web.url)
    page = await visitors.come(f"{web.url}/shows/{show}")
    await is_live(page)
    await hold_seat(page, 3)
    await book(page)
    await expect(page.locator("#qr")).to_be_visible()
    greys = base64.b64decode(await page.evaluate(GREYS_OF_CODE, CODE_PX))
    picture = memoryview(greys).cast("B", (CODE_PX, CODE_PX))
    (code,) = zxingcpp.read_barcodes(picture)
    assert code.text == await page.locator("#reference").text_content()
    found = await fleet.ask("GET", web.url, f"/references/{code.text}", role=Role.STAFF)
    assert (found["show"], found["seats"], found["status"]) == (show, [3], "confirmed")
    assert found["booking"] == await page.locator("#number").text_content()


async def test_a_plan_is_fetched_once_for_all_visits_and_all_shows_that_have_it(
    fleet: Fleet, visitors: Visitors
) -> None:
    web = await fleet.start_web()
    first, second = await fleet.add_show(web.url), await fleet.add_show(web.url)
    page = await visitors.come(f"{web.url}/shows/{first}")
    await is_live(page)
    (plan,) = await page.evaluate(PLANS_FETCHED)
    assert plan["bytes"] > 0
    for show in (first, second):
        again = await page.context.new_page()
        await again.goto(f"{web.url}/shows/{show}")
        await is_live(again)
        assert await again.evaluate(PLANS_FETCHED) == [{"url": plan["url"], "bytes": 0}]


async def test_the_keyboard_alone_leads_from_the_shows_to_a_booking(
    fleet: Fleet, visitors: Visitors
) -> None:
    web = await fleet.start_web()
    show = await fleet.add_show(web.url)
    page = await visitors.come(web.url)
    keys = page.keyboard

    await tab_to(page, page.locator(f'a[href="/shows/{show}"]'))
    await keys.press("Enter")
    await page.wait_for_url(f"**/shows/{show}")
    await is_live(page)
    await tab_to(page, page.get_by_role("radio", name="Map"))
    await keys.press("ArrowRight")
    await tab_to(page, page.locator('#tree [tabindex="0"]'))
    await keys.press("ArrowDown")
    await expect(page.locator('#tree [data-row="0"]')).to_be_focused()
    await keys.press("ArrowRight")
    await keys.press("ArrowRight")
    await expect(in_list(page, 0)).to_be_focused()
    await keys.press("Enter")
    await expect(in_list(page, 0)).to_contain_text("Held for you")
    await tab_to(page, page.get_by_role("button", name="Book", exact=True))
    await keys.press("Enter")
    await page.wait_for_url(BOOKING_ADDRESS)
    await expect(page.locator("#seats")).to_contain_text("Seat 1")


async def test_the_map_can_be_used_by_keyboard(fleet: Fleet, visitors: Visitors) -> None:
    web = await fleet.start_web()
    show = await fleet.add_show(web.url, rows=1, seats=3)
    page = await visitors.come(f"{web.url}/shows/{show}")
    await is_live(page)
    await tab_to(page, page.locator("seat-map#map"))
    await page.keyboard.press("ArrowLeft")
    await page.keyboard.press("Enter")
    await expect(page.locator("#basket")).to_contain_text("1 seat")
