import re
import signal
from uuid import uuid4

from playwright.async_api import Page, expect

from app.auth import Tokens
from app.domain import Role
from tests.browser.visitors import Visitors, at_seat, in_list, is_live, open_list
from tests.end_to_end.fleet import Fleet

FOYER = {"viewport": {"width": 1080, "height": 1400}, "has_touch": True}


async def test_a_kiosk_left_alone_gives_back_its_seats_and_begins_anew(
    fleet: Fleet, visitors: Visitors
) -> None:
    web = await fleet.start_web()
    show = await fleet.add_show(web.url)
    buyer = await visitors.come(f"{web.url}/shows/{show}")
    await is_live(buyer)
    await open_list(buyer, 0)
    kiosk = await _start_kiosk(fleet, visitors, f"{web.url}/kiosk/{show}")
    await kiosk.get_by_role("button", name="Touch to begin").tap()
    await kiosk.touchscreen.tap(*await at_seat(kiosk, 3))
    await expect(in_list(buyer, 3)).to_contain_text("Held by others")

    await kiosk.clock.fast_forward(51_000)
    await expect(kiosk.get_by_role("alertdialog")).to_contain_text("Are you still there?")
    await kiosk.clock.fast_forward(11_000)
    await expect(in_list(buyer, 3)).to_contain_text("Free")
    await expect(kiosk.get_by_role("button", name="Touch to begin")).to_be_enabled()


async def test_a_kiosk_books_and_shows_the_code(fleet: Fleet, visitors: Visitors) -> None:
    web = await fleet.start_web()
    show = await fleet.add_show(web.url)
    kiosk = await _start_kiosk(fleet, visitors, f"{web.url}/kiosk/{show}")
    await kiosk.get_by_role("button", name="Touch to begin").tap()
    await kiosk.touchscreen.tap(*await at_seat(kiosk, 3))
    await kiosk.get_by_role("button", name="Book", exact=True).tap()
    await expect(kiosk.get_by_role("img", name="QR code of your booking reference")).to_be_visible()
    await kiosk.get_by_role("button", name="Done").tap()
    await expect(kiosk.get_by_role("button", name="Touch to begin")).to_be_enabled()
    await expect(kiosk.locator("#attract-free")).to_have_text("49")


async def test_a_kiosk_prints_the_booking_and_nothing_else(
    fleet: Fleet, visitors: Visitors
) -> None:
    web = await fleet.start_web()
    show = await fleet.add_show(web.url)
    kiosk = await _start_kiosk(fleet, visitors, f"{web.url}/kiosk/{show}")
    await kiosk.get_by_role("button", name="Touch to begin").tap()
    await kiosk.touchscreen.tap(*await at_seat(kiosk, 3))
    await kiosk.get_by_role("button", name="Book", exact=True).tap()
    code = kiosk.get_by_role("img", name="QR code of your booking reference")
    await expect(code).to_be_visible()
    await kiosk.emulate_media(media="print")
    await expect(code).to_be_visible()
    await expect(kiosk.locator("#ticket .reference")).to_be_visible()
    await expect(kiosk.locator("#ticket .where")).to_have_text("Hall")
    await expect(kiosk.get_by_role("button")).to_have_count(0)
    await expect(kiosk.locator("#map")).to_be_hidden()


async def test_whoever_is_slower_at_a_kiosk_is_offered_the_next_seat(
    fleet: Fleet, visitors: Visitors
) -> None:
    web, other = await fleet.start_web(), await fleet.start_web()
    show = await fleet.add_show(web.url, rows=1, seats=3)
    kiosk = await _start_kiosk(fleet, visitors, f"{web.url}/kiosk/{show}")
    await kiosk.get_by_role("button", name="Touch to begin").tap()
    seat = await at_seat(kiosk, 0)
    async with fleet.buyer(other) as faster:
        web.child.send_signal(signal.SIGSTOP)
        await kiosk.touchscreen.tap(*seat)
        await faster.ask("hold", show=show, hold=str(uuid4()), seats=[0])
        web.child.send_signal(signal.SIGCONT)
    await expect(kiosk.locator("#notice")).to_contain_text("Somebody else was faster")
    await kiosk.get_by_role("button", name=re.compile("^Take .*Seat 2 instead")).tap()
    await expect(kiosk.locator("#basket")).to_contain_text("Seat 2")
    await expect(kiosk.locator("#notice")).to_be_hidden()
    await expect(kiosk.get_by_role("button", name="Book", exact=True)).to_be_enabled()


async def test_a_kiosk_shows_what_the_house_changes_large(fleet: Fleet, visitors: Visitors) -> None:
    web = await fleet.start_web()
    show = await fleet.add_show(web.url)
    kiosk = await _start_kiosk(fleet, visitors, f"{web.url}/kiosk/{show}")
    await kiosk.get_by_role("button", name="Touch to begin").tap()
    change = {"status": "postponed", "message": "The lead is ill."}
    await fleet.ask("PATCH", web.url, f"/shows/{show}", change, role=Role.STAFF)
    news = kiosk.get_by_role("alertdialog")
    await expect(news).to_contain_text("postponed")
    await expect(news).to_contain_text("The lead is ill.")
    await news.get_by_role("button").tap()
    await expect(news).to_be_hidden()
    await expect(kiosk.locator("#banner")).to_contain_text("The lead is ill.")


async def test_CM3_CM7_a_kiosk_books_held_seats_of_a_postponed_show_at_their_old_price(
    fleet: Fleet, visitors: Visitors
) -> None:
    web = await fleet.start_web()
    show = await fleet.add_show(web.url)
    kiosk = await _start_kiosk(fleet, visitors, f"{web.url}/kiosk/{show}")
    await kiosk.get_by_role("button", name="Touch to begin").tap()
    await kiosk.touchscreen.tap(*await at_seat(kiosk, 3))
    await expect(kiosk.get_by_role("button", name="Book", exact=True)).to_be_enabled()
    change = {"status": "postponed", "prices": {"Front": 7_000}}
    await fleet.ask("PATCH", web.url, f"/shows/{show}", change, role=Role.STAFF)
    await kiosk.get_by_role("alertdialog").get_by_role("button").tap()
    await expect(kiosk.locator("#banner")).to_contain_text("Seats you hold stay yours")
    basket = kiosk.locator("#basket")
    await expect(basket.locator("li")).to_contain_text("€50.00")
    await expect(basket.locator(".note")).to_have_text(
        "Prices have changed. Your seats keep theirs."
    )
    await kiosk.get_by_role("button", name="Book", exact=True).tap()
    await expect(kiosk.locator("#ticket .sum")).to_have_text("€50.00")


async def test_a_kiosk_whose_token_is_refused_says_so_and_asks_for_another(
    fleet: Fleet, visitors: Visitors
) -> None:
    web = await fleet.start_web()
    show = await fleet.add_show(web.url)
    foreign = Tokens("another secret, also 32 bytes long", 60).issue(Role.KIOSK, None, 60).token
    kiosk = await visitors.come(f"{web.url}/kiosk/{show}#token={foreign}")
    await expect(kiosk.get_by_role("alert")).to_contain_text("no longer takes")
    await kiosk.get_by_label("Device token").fill(fleet.token(Role.KIOSK))
    await kiosk.get_by_role("button", name="Start the kiosk").click()
    await expect(kiosk.get_by_role("button", name="Touch to begin")).to_be_enabled()


async def _start_kiosk(fleet: Fleet, visitors: Visitors, address: str) -> Page:
    token = fleet.token(Role.KIOSK, holder="kiosk 1")
    page = await visitors.come("about:blank", **FOYER)
    await page.clock.install()
    await page.goto(f"{address}#token={token}")
    await is_live(page)
    return page
