from typing import Final
from uuid import uuid4

from playwright.async_api import expect

from tests.browser.visitors import Visitors, in_list, is_live, open_list, tab_to
from tests.end_to_end.fleet import Fleet

HELD: Final = 40
SPOKEN_EVERY_S: Final = 10
# What a screen reader would read out, from now on: every change of a live region.
LISTEN: Final = """() => {
  window.spoken = [];
  window.since = performance.now();
  const regions = [document, document.querySelector('#map').shadowRoot].flatMap((root) => [
    ...root.querySelectorAll('[role="status"], [role="alert"], [aria-live]'),
  ]);
  for (const region of regions) {
    const note = () => window.spoken.push(region.textContent);
    new MutationObserver(note).observe(region, {
      characterData: true, childList: true, subtree: true,
    });
  }
  return regions.length;
}"""


async def test_a_busy_sale_is_written_into_the_list_and_hardly_spoken(
    fleet: Fleet, visitors: Visitors
) -> None:
    web = await fleet.start_web()
    show = await fleet.add_show(web.url, rows=5, seats=10)
    page = await visitors.come(f"{web.url}/shows/{show}")
    await is_live(page)
    await open_list(page, 0)
    await expect(page.locator("#summary")).to_have_text("50 seats free.")
    assert await page.evaluate(LISTEN) >= 5
    for first in range(0, HELD, 10):
        async with fleet.buyer(web) as rival:
            for seat in range(first, first + 10):
                await rival.ask("hold", show=show, hold=str(uuid4()), seats=[seat])
    await expect(in_list(page, 9)).to_contain_text("Held by others")
    await expect(page.locator('#tree [data-row="3"]')).to_contain_text("none free")
    spoken, seconds = await page.evaluate(
        "() => [window.spoken, (performance.now() - window.since) / 1000]"
    )
    assert len(spoken) <= 2 + seconds / SPOKEN_EVERY_S, spoken


async def test_the_list_is_left_and_entered_at_one_place_and_shows_where_one_is(
    fleet: Fleet, visitors: Visitors
) -> None:
    web = await fleet.start_web()
    show = await fleet.add_show(web.url, rows=2, seats=3)
    page = await visitors.come(f"{web.url}/shows/{show}")
    await is_live(page)
    await open_list(page, 1)
    await in_list(page, 4).focus()
    assert await page.locator('#tree [tabindex="0"]').count() == 1
    await tab_to(page, page.locator("a[href='/']").first)
    await tab_to(page, in_list(page, 4))
    outline = "element => parseFloat(getComputedStyle(element).outlineWidth)"
    assert await in_list(page, 4).evaluate(outline) >= 2

    await page.keyboard.press("ArrowUp")
    await expect(in_list(page, 3)).to_be_focused()
    await page.keyboard.press("Space")
    await expect(in_list(page, 3)).to_contain_text("Held for you")
    await expect(in_list(page, 3)).to_have_attribute("aria-selected", "true")
    await page.keyboard.press("Space")
    await expect(in_list(page, 3)).to_contain_text("Free")
    await page.keyboard.press("ArrowLeft")
    await expect(page.locator('#tree [data-row="1"]')).to_be_focused()
    await page.keyboard.press("ArrowLeft")
    await expect(page.locator('#tree [data-row="1"]')).to_have_attribute("aria-expanded", "false")
    await expect(in_list(page, 3)).to_have_count(0)


async def test_a_row_that_is_closed_while_its_seats_change_opens_with_the_new_ones(
    fleet: Fleet, visitors: Visitors
) -> None:
    web = await fleet.start_web()
    show = await fleet.add_show(web.url, rows=2, seats=3)
    page = await visitors.come(f"{web.url}/shows/{show}")
    await is_live(page)
    await open_list(page, 0)
    line = page.locator('#tree [data-row="0"]')
    await line.click()
    async with fleet.buyer(web) as rival:
        await rival.ask("hold", show=show, hold=str(uuid4()), seats=[0, 1, 2])
    await expect(line).to_contain_text("none free")
    await line.click()
    for seat in range(3):
        await expect(in_list(page, seat)).to_contain_text("Held by others")
