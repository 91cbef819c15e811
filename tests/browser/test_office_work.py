"""A day at the box office: two people at one show, lost connections, wrong input, plans that are
not ready. Nothing typed is lost, and nobody is told what is not so."""

import json
import re
from typing import Any, Final
from uuid import uuid4

import pytest
from playwright.async_api import Page, expect

from app.auth import Tokens
from app.client import Refused
from app.domain import Role
from tests.browser.visitors import Visitors, at_seat, is_live, open_desk
from tests.end_to_end.fleet import Fleet
from tests.small_plan import small_plan

# Answers whether the browser would have opened the file in place of the page.
DROP: Final = """([selector, text]) => {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([text], 'plan.json', {type: 'application/json'}));
  const drop = new DragEvent('drop', {dataTransfer, bubbles: true, cancelable: true});
  return document.querySelector(selector).dispatchEvent(drop);
}"""

# Keeps what stands in the live panel, and marks the text of its first bar.
KEEP: Final = """() => {
  window.kept = [...document.querySelectorAll('#figures *, #sales *')];
  getSelection().selectAllChildren(document.querySelector('#sales .bars p.soft'));
}"""
LOST: Final = "() => kept.filter(one => !one.isConnected).map(one => one.outerHTML)"

SMALL_PHONE: Final[dict[str, Any]] = {
    "viewport": {"width": 320, "height": 640},
    "is_mobile": True,
    "has_touch": True,
}
WIDTH: Final = "() => document.documentElement.scrollWidth"


async def test_the_live_panel_keeps_its_elements_through_news(
    fleet: Fleet, visitors: Visitors
) -> None:
    web = await fleet.start_web()
    show = await fleet.add_show(web.url)
    async with fleet.buyer(web) as buyer:
        await buyer.ask("hold", show=show, hold=str(uuid4()), seats=[40])
        with pytest.raises(Refused):
            await buyer.ask("hold", show=show, hold=str(uuid4()), seats=[40])
        staff = await open_desk(fleet, visitors, web.url)
        await expect(staff.locator("#sales")).to_contain_text("Somebody was faster")
        await staff.evaluate(KEEP)
        await buyer.ask("hold", show=show, hold=str(uuid4()), seats=[41])
        await expect(staff.locator("#figures [data-kind=held]")).to_contain_text("2")
    assert await staff.evaluate(LOST) == []
    # Of that category there was no news.
    assert await staff.evaluate("() => getSelection().toString()") == "20 free"


async def test_a_second_press_on_block_does_not_undo_the_first(
    fleet: Fleet, visitors: Visitors
) -> None:
    web = await fleet.start_web()
    await fleet.add_show(web.url)
    staff = await open_desk(fleet, visitors, web.url)
    await staff.mouse.click(*await at_seat(staff, 3))
    await staff.get_by_label("Reason").fill("Camera")
    block = staff.get_by_role("button", name="Block 1 free seat")
    box = await block.bounding_box()
    assert box is not None
    for _ in range(2):
        await staff.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        await expect(staff.get_by_role("button", name="Unblock 1 seat")).to_be_enabled()
    await expect(staff.locator("#seats .details")).to_contain_text("Camera")
    await expect(staff.locator("#figures [data-kind=blocked]")).to_contain_text("1")


async def test_of_two_staff_the_second_is_told_that_the_first_was_faster(
    fleet: Fleet, visitors: Visitors
) -> None:
    web = await fleet.start_web()
    show = await fleet.add_show(web.url)
    one = await open_desk(fleet, visitors, web.url)
    other = await open_desk(fleet, visitors, web.url)
    async with fleet.buyer(web) as buyer:
        hold = str(uuid4())
        await buyer.ask("hold", show=show, hold=hold, seats=[3, 4])
        for page in (one, other):
            await page.mouse.click(*await at_seat(page, 3))
            await page.get_by_role("button", name="Release the hold").click()
            await expect(page.get_by_role("dialog")).to_contain_text("Its 2 seats become free")
        await _confirm(one, "The hold is released.")
        await _confirm(other, "This hold has ended already.")
        booked = str(uuid4())
        await buyer.ask("hold", show=show, hold=booked, seats=[3, 4])
        await buyer.ask("book", show=show, hold=booked)
    for page in (one, other):
        await page.get_by_role("button", name="Cancel the booking").click()
        await expect(page.get_by_role("dialog")).to_contain_text("Its 2 seats go back on sale.")
    await _confirm(one, "The booking is cancelled.")
    await _confirm(other, "Somebody else has cancelled this booking already.")


async def test_a_change_that_somebody_else_was_faster_with_is_not_sent(
    fleet: Fleet, visitors: Visitors
) -> None:
    web = await fleet.start_web()
    await fleet.add_show(web.url)
    one = await open_desk(fleet, visitors, web.url)
    other = await open_desk(fleet, visitors, web.url)
    for page, message in ((one, "Doors at six."), (other, "Doors at seven.")):
        await page.get_by_role("tab", name="Show").click()
        await page.get_by_label("Message to everybody").fill(message)
        await page.get_by_role("button", name="See what it does").click()
        await expect(page.get_by_role("dialog")).to_contain_text(message)
    await _confirm(one, "Sent. 2 screens show it.")
    await expect(other.locator("#message")).to_have_text("Doors at six.")
    await _confirm(other, "Nothing was sent: somebody else has changed the same")
    await expect(other.get_by_label("Message to everybody")).to_have_value("Doors at seven.")
    # Looked at again, it may be sent.
    await other.get_by_role("button", name="See what it does").click()
    await expect(other.get_by_role("dialog").locator("s")).to_have_text("Doors at six.")
    await _confirm(other, "Sent. 2 screens show it.")
    await expect(one.get_by_label("Message to everybody")).to_have_value("Doors at seven.")


async def test_what_is_typed_outlives_a_token_that_ends(fleet: Fleet, visitors: Visitors) -> None:
    web = await fleet.start_web()
    await fleet.add_show(web.url)
    staff = await open_desk(fleet, visitors, web.url)
    await staff.mouse.click(*await at_seat(staff, 3))
    await staff.get_by_label("Reason").fill("Camera")
    await staff.get_by_role("tab", name="Show").click()
    await staff.get_by_label("Message to everybody").fill("Doors at six.")
    foreign = Tokens("another secret, also 32 bytes long", 60).issue(Role.STAFF, None, 60).token
    await staff.evaluate("token => sessionStorage.setItem('seatwire.admin.token', token)", foreign)
    await expect(staff.get_by_role("alert")).to_contain_text("does not take this token")

    await staff.get_by_label("Token").fill(fleet.token(Role.KIOSK))
    await staff.get_by_role("button", name="Sign in").click()
    await expect(staff.get_by_role("alert")).to_contain_text("This token has the role kiosk.")
    await staff.get_by_label("Token").fill(fleet.token(Role.STAFF))
    await staff.get_by_role("button", name="Sign in").click()
    await is_live(staff)
    await expect(staff.get_by_label("Message to everybody")).to_have_value("Doors at six.")
    await expect(staff.locator("#chosen")).to_have_text("1 seat chosen")
    await staff.get_by_role("tab", name="Seats").click()
    await expect(staff.get_by_label("Reason")).to_have_value("Camera")

    # Who signs out leaves nothing to the next one.
    await staff.get_by_role("button", name="Sign out").click()
    await staff.get_by_label("Token").fill(fleet.token(Role.STAFF))
    await staff.get_by_role("button", name="Sign in").click()
    await staff.locator("#shows-list a").click()
    await staff.get_by_role("tab", name="Show").click()
    await expect(staff.get_by_label("Message to everybody")).to_have_value("")


async def test_without_a_connection_nothing_is_claimed_and_nothing_typed_is_lost(
    fleet: Fleet, visitors: Visitors
) -> None:
    web = await fleet.start_web()
    await fleet.add_show(web.url)
    staff = await open_desk(fleet, visitors, web.url)
    await staff.mouse.click(*await at_seat(staff, 3))
    await staff.get_by_label("Reason").fill("Camera")
    await expect(staff.get_by_role("button", name="Block 1 free seat")).to_be_enabled()
    await staff.context.set_offline(True)
    await staff.get_by_role("button", name="Block 1 free seat").click()
    await expect(staff.locator("#toast")).to_contain_text("not known whether this was done")
    await expect(staff.locator("#figures-age")).to_contain_text("the server cannot be reached")
    await expect(staff.get_by_label("Reason")).to_have_value("Camera")
    await staff.context.set_offline(False)
    await expect(staff.locator("#figures-age")).to_be_empty()
    await is_live(staff)
    await staff.get_by_role("button", name="Block 1 free seat").click()
    await expect(staff.locator("#toast")).to_contain_text("1 seat is off sale.")


async def test_a_bad_price_is_named_where_it_stands(fleet: Fleet, visitors: Visitors) -> None:
    web = await fleet.start_web()
    await fleet.add_show(web.url)
    staff = await open_desk(fleet, visitors, web.url, locale="de-DE")
    await staff.get_by_role("tab", name="Vorstellung").click()
    price = staff.locator('#change [name="price:Front"]')
    await expect(price).to_have_value("50,00")
    await price.fill("99999999")
    await staff.locator("#change button.main").click()
    await expect(price).to_be_focused()
    await expect(price).to_have_attribute("aria-invalid", "true")
    await expect(staff.locator("#change label .fault")).to_contain_text("kein Preis")
    await price.fill("12,5")
    await expect(staff.locator("#change label .fault")).to_have_count(0)
    await staff.locator("#change button.main").click()
    await expect(staff.get_by_role("dialog").locator("strong")).to_contain_text("12,50")
    await expect(price).to_have_value("12,50")


async def test_a_plan_that_is_mended_keeps_what_was_typed_for_it(
    fleet: Fleet, visitors: Visitors
) -> None:
    web = await fleet.start_web()
    page = await visitors.come(f"{web.url}/admin#token={fleet.token(Role.ADMIN)}", locale="de-DE")
    await page.locator(".head a.main").click()
    stacked, bad = small_plan(2, 5), small_plan(2, 5)
    _seats(stacked)[1]["position"] = _seats(stacked)[0]["position"]
    _seats(bad)[2]["category"] = "Nowhere"

    await _drop(page, "#plan", stacked)
    faults = page.locator("#plan-faults")
    await expect(page.locator("#plan-words")).to_contain_text("1 Platz steht auf einem anderen")
    await faults.get_by_role("button", name="Platz 1-2 steht auf Platz 1-1").click()
    await page.locator("#plan-form [name=title]").fill("Hamlet")
    # Beside the mark, where a browser would open the file.
    await _drop(page, "header", bad)
    await expect(faults).to_contain_text("Die Kategorie „Nowhere“ ist nicht angegeben")
    await expect(page.locator("#plan-form")).to_be_hidden()
    await _drop(page, "#plan", small_plan(2, 5))
    await expect(page.locator("#plan-form [name=title]")).to_have_value("Hamlet")
    await expect(faults.locator("li")).to_have_count(0)

    await page.locator("#plan-form [name=currency]").fill("12")
    await page.locator("#plan-form button.main").click()
    await expect(page.locator("#plan-form label .fault")).to_contain_text("Drei Buchstaben")
    await page.locator("#plan-form [name=currency]").fill("chf")
    await page.locator("#plan-form button.main").click()
    await is_live(page)
    await expect(page.locator("#title")).to_have_text("Hamlet")


async def test_a_file_that_is_no_json_is_answered_in_the_readers_language(
    fleet: Fleet, visitors: Visitors
) -> None:
    web = await fleet.start_web()
    page = await visitors.come(f"{web.url}/admin#token={fleet.token(Role.ADMIN)}", locale="de-DE")
    await page.locator(".head a.main").click()
    await _drop(page, "#plan", '{"name": "x",\n "size" 5}')
    fault = page.locator("#plan-faults li")
    await expect(fault).to_have_text(re.compile("kein gültiges JSON.*Zeile 2, Spalte 9 .*stört.$"))


async def test_seats_of_an_undeclared_category_are_one_fault_on_the_page(
    fleet: Fleet, visitors: Visitors
) -> None:
    web = await fleet.start_web()
    page = await visitors.come(f"{web.url}/admin#token={fleet.token(Role.ADMIN)}", locale="de-DE")
    await page.locator(".head a.main").click()
    plan = small_plan(2, 5)
    for seat in _seats(plan):
        seat["category"] = "Loge"
    await _drop(page, "#plan", plan)
    faults = page.locator("#plan-faults li")
    await expect(faults).to_have_count(1)
    await expect(faults).to_contain_text("„Loge“ ist nicht angegeben: 5 Plätze, zuerst 1-1")


async def test_seats_that_somebody_else_blocked_before_are_named_with_their_reasons(
    fleet: Fleet, visitors: Visitors
) -> None:
    web = await fleet.start_web()
    show = await fleet.add_show(web.url)
    staff = await open_desk(fleet, visitors, web.url)
    await staff.get_by_text("Rows", exact=True).click()
    await staff.mouse.click(*await at_seat(staff, 3))
    await staff.get_by_label("Reason").fill("Camera")
    block = staff.get_by_role("button", name="Block 10 free seats")
    await expect(block).to_be_enabled()
    # The page does not hear of it before it asks.
    await staff.evaluate("() => document.querySelector('seat-map#map').session.sync.stop()")
    for seats, reason in (([1, 4], "Rain"), ([7], "")):
        await fleet.post(web.url, f"/shows/{show}/blocks", {"seats": seats, "reason": reason})
    await block.click()
    toast = staff.locator("#toast")
    await expect(toast).to_contain_text("10 seats are off sale.")
    await expect(toast).to_contain_text("before: 1-2, 1-5 (“Rain”), 1-8 (without a reason).")


async def test_seats_that_are_taken_are_named_when_a_block_is_refused(
    fleet: Fleet, visitors: Visitors
) -> None:
    web = await fleet.start_web()
    show = await fleet.add_show(web.url)
    staff = await open_desk(fleet, visitors, web.url)
    await staff.get_by_text("Rows", exact=True).click()
    await staff.mouse.click(*await at_seat(staff, 3))
    block = staff.get_by_role("button", name="Block 10 free seats")
    await expect(block).to_be_enabled()
    await staff.evaluate("() => document.querySelector('seat-map#map').session.sync.stop()")
    async with fleet.buyer(web) as buyer:
        await buyer.ask("hold", show=show, hold=str(uuid4()), seats=[2, 5])
    await block.click()
    await expect(staff.locator("#toast")).to_contain_text("Not free any more: 1-3, 1-6.")


async def test_the_box_office_is_no_wider_than_a_small_phone(
    fleet: Fleet, visitors: Visitors
) -> None:
    web = await fleet.start_web()
    await fleet.add_show(web.url)
    page = await visitors.come(f"{web.url}/admin", locale="de-DE", **SMALL_PHONE)
    await expect(page.get_by_label("Token")).to_be_visible()
    assert await page.evaluate(WIDTH) == SMALL_PHONE["viewport"]["width"]
    await page.goto(f"{web.url}/admin#token={fleet.token(Role.ADMIN)}")
    await expect(page.locator("#shows-list a")).to_be_visible()
    assert await page.evaluate(WIDTH) == SMALL_PHONE["viewport"]["width"]
    await page.goto(f"{web.url}/admin#plan")
    await _drop(page, "#plan", small_plan(2, 5))
    await expect(page.locator("#plan-form")).to_be_visible()
    assert await page.evaluate(WIDTH) == SMALL_PHONE["viewport"]["width"]
    await page.goto(f"{web.url}/admin#")
    await page.locator("#shows-list a").click()
    await is_live(page)
    await expect(page.locator("#figures [data-kind=held]")).to_be_visible()
    assert await page.evaluate(WIDTH) == SMALL_PHONE["viewport"]["width"]


async def _confirm(page: Page, words: str) -> None:
    """Say yes to what is asked, and wait until the page says *words*."""
    await page.get_by_role("dialog").locator("#ask-yes").click()
    await expect(page.locator("#toast")).to_contain_text(words)


async def _drop(page: Page, selector: str, plan: dict[str, Any] | str) -> None:
    # The address changes at the click, the view after it; what comes between is not for the view.
    await page.locator("#plan").wait_for()
    text = plan if isinstance(plan, str) else json.dumps(plan)
    is_opened = await page.evaluate(DROP, [selector, text])
    assert not is_opened


def _seats(plan: dict[str, Any]) -> list[dict[str, Any]]:
    seats: list[dict[str, Any]] = plan["zones"][0]["rows"][0]["seats"]
    return seats
