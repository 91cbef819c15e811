"""What the pages owe to those who do not see them well, and to those who read German."""

import json
from typing import Final, Literal
from uuid import uuid4

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import FilePayload, Page, expect

from app.domain import Role
from tests.browser.visitors import Visitors, at_seat, book, hold_seat, is_live, open_list
from tests.end_to_end.fleet import Fleet
from tests.small_plan import small_plan

GRAVE: Final = ("serious", "critical")
SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")
# Axe writes styles into the elements that it measures; our policy forbids that.
AXE_MAY: Final = {"bypass_csp": True}
PANELS: Final = ("Live", "Seats", "Show")


async def test_axe_finds_nothing_serious_on_the_buyers_pages(
    fleet: Fleet, visitors: Visitors
) -> None:
    web = await fleet.start_web()
    show = await fleet.add_show(web.url, message="Doors open at six.")
    page = await visitors.come(web.url, **AXE_MAY)
    await expect(page.get_by_role("link", name="A show")).to_be_visible()
    found = await _faults(page, "shows")
    await page.goto(f"{web.url}/shows/{show}")
    await is_live(page)
    await hold_seat(page, 3)
    found += await _faults(page, "map")
    await open_list(page, 0)
    found += await _faults(page, "list")
    await book(page)
    await expect(page.locator("#qr")).to_be_visible()
    found += await _faults(page, "booking")
    assert found == []


async def test_axe_finds_nothing_serious_on_a_kiosk(fleet: Fleet, visitors: Visitors) -> None:
    web = await fleet.start_web()
    show = await fleet.add_show(web.url)
    page = await visitors.come(f"{web.url}/kiosk/{show}", **AXE_MAY)
    await expect(page.get_by_label("Device token")).to_be_visible()
    found = await _faults(page, "setup")
    await page.get_by_label("Device token").fill(fleet.token(Role.KIOSK))
    await page.get_by_role("button", name="Start the kiosk").click()
    await is_live(page)
    found += await _faults(page, "attract")
    await page.get_by_role("button", name="Touch to begin").click()
    await hold_seat(page, 3)
    found += await _faults(page, "choosing")
    await page.get_by_role("button", name="Book", exact=True).click()
    await expect(page.get_by_role("img", name="QR code")).to_be_visible()
    found += await _faults(page, "ticket")
    assert found == []


async def test_axe_finds_nothing_serious_at_the_box_office(
    fleet: Fleet, visitors: Visitors
) -> None:
    web = await fleet.start_web()
    show = await fleet.add_show(web.url)
    async with fleet.buyer(web) as buyer:
        await buyer.ask("hold", show=show, hold=str(uuid4()), seats=[0, 1])
        page = await visitors.come(f"{web.url}/admin", **AXE_MAY)
        await expect(page.get_by_label("Token")).to_be_visible()
        found = await _faults(page, "sign in")
        await page.goto(f"{web.url}/admin#token={fleet.token(Role.ADMIN)}")
        await expect(page.get_by_role("link", name="A show")).to_be_visible()
        found += await _faults(page, "shows")
        await page.get_by_role("link", name="A show").click()
        await is_live(page)
        await page.mouse.click(*await at_seat(page, 0))
        for panel in PANELS:
            await page.get_by_role("tab", name=panel).click()
            await expect(page.get_by_role("tabpanel", name=panel)).not_to_be_empty()
            found += await _faults(page, f"desk, {panel}")
        await page.locator("#change textarea").fill("Doors at six.")
        await page.locator("#change button.main").click()
        await expect(page.get_by_role("dialog")).to_be_visible()
        found += await _faults(page, "preview")
        await page.locator("#ask-no").click()
        await page.locator('#change [name="price:Front"]').fill("much")
        await page.locator("#change button.main").click()
        await expect(page.locator("#change .fault")).to_be_visible()
        await page.context.set_offline(True)
        await expect(page.locator("#figures-age")).not_to_be_empty()
        found += await _faults(page, "bad price, no connection")
        await page.context.set_offline(False)
        await page.goto(f"{web.url}/admin#plan")
        await expect(page.get_by_role("heading", name="New show from a plan")).to_be_visible()
        found += await _faults(page, "plan")
        await page.locator("#plan-file").set_input_files(_bad_plan())
        await expect(page.locator("#plan-faults button")).to_be_visible()
        found += await _faults(page, "bad plan")
    assert found == []


async def test_pages_speak_german_to_germans_and_english_to_others(
    fleet: Fleet, visitors: Visitors
) -> None:
    web = await fleet.start_web()
    await fleet.add_show(web.url)
    await _are_read(
        await visitors.come(web.url, locale="de-AT"), "de", "Vorstellungen", "Ihre Plätze"
    )
    await _are_read(await visitors.come(web.url, locale="fr-FR"), "en", "Shows", "Your seats")


async def _are_read(page: Page, language: str, shows: str, basket: str) -> None:
    """Go from the shows to one of them, in *language*."""
    await expect(page.locator("html")).to_have_attribute("lang", language)
    await expect(page.get_by_role("heading", level=1)).to_have_text(shows)
    await page.get_by_role("link", name="A show").click()
    await is_live(page)
    await expect(page.locator("html")).to_have_attribute("lang", language)
    await expect(page.get_by_role("heading", name=basket)).to_be_visible()


def _bad_plan() -> FilePayload:
    """Return the file of a plan with a fault that has a place on its picture."""
    plan = small_plan(2, 5)
    plan["zones"][0]["rows"][0]["seats"][2]["category"] = "Nowhere"
    text = json.dumps(plan).encode()
    return {"name": "plan.json", "mimeType": "application/json", "buffer": text}


async def _faults(page: Page, where: str) -> list[str]:
    """Return what axe finds serious or critical, in light and in dark."""
    found = []
    for scheme in SCHEMES:
        await page.emulate_media(color_scheme=scheme)
        results = await Axe().run(page)
        for violation in results.response["violations"]:
            if violation["impact"] in GRAVE:
                targets = [node["target"] for node in violation["nodes"]]
                found.append(f"{where}, {scheme}: {violation['help']}: {targets}")
    return found
