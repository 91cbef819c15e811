import asyncio
import json
from collections.abc import Iterator
from typing import Final
from uuid import uuid4

import pytest
from playwright.async_api import Page, expect

from tests.browser.drawing_board import Place, draw, halls, open_board, place, touch
from tests.browser.visitors import Visitors, is_live, tab_to
from tests.end_to_end.fleet import Fleet

TOUCH: Final = {"has_touch": True}
SECTIONS: Final = halls(20, 25, 40)
SEATS: Final = halls(4, 10, 10)
FREE: Final = "count => document.querySelector('#map').session.sync.counts[0] === count"
# In the middle of the first hall, and on the disc of the same seat above its number.
MIDDLE: Final = (400, 240)
MIDDLE_SEAT: Final = 12 * 40 + 20
ABOVE_NUMBER: Final = (400, 233)
# Every category of these plans has this colour.
PAINTED: Final = """([x, y]) => {
  const canvas = document.querySelector('#map').shadowRoot.querySelector('canvas');
  const [red, green, blue] = canvas.getContext('2d').getImageData(x, y, 1, 1).data;
  return red === 0x33 && green === 0x66 && blue === 0x99;
}"""

ADD_GERMAN: Final = """() => {
  window.late = document.createElement('seat-map');
  late.id = 'late';
  late.lang = 'de';
  document.body.append(late);
}"""
# The colour of seat 0: free, then this buyer's own while its status changes and changes back,
# then free again.
PAINT_OWN_SEAT: Final = """async (document_) => {
  const load = name => import(`/static/js/${name}.js`);
  const { SeatPlan } = await load('plan');
  const { MapScene } = await load('map_scene');
  const { readTheme } = await load('theme');
  const { View } = await load('viewport');
  const plan = new SeatPlan(JSON.parse(document_));
  const canvas = Object.assign(document.createElement('canvas'), { width: 400, height: 400 });
  const context = canvas.getContext('2d');
  const theme = readTheme(document.querySelector('#map'));
  const marks = new Uint8Array(plan.count);
  const statuses = new Uint8Array(plan.count);
  const chosen = new Uint8Array(plan.count);
  const scene = new MapScene({ context, plan, theme, marks, chosen, fades: false });
  const view = Object.assign(new View(), { width: 400, height: 400, scale: 1 });
  view.offsetX = 200 - plan.x[0];
  view.offsetY = 200 - plan.y[0];
  const colour = () => {
    while (!scene.work(view, 1, false).isDone);
    scene.draw(view, 1);
    return [...context.getImageData(200, 194, 1, 1).data];
  };
  const change = status => {
    statuses[0] = status;
    scene.showStatuses(statuses, [[0, status]]);
  };
  const mark = kind => {
    marks[0] = kind;
    scene.showMarks();
  };
  scene.showStatuses(statuses, null);
  const before = colour();
  mark(2);
  change(1);
  const own = colour();
  change(0);
  colour();
  mark(0);
  return [before, own, colour()];
}"""
# Whether any seat is painted.
HAS_PICTURE: Final = """() => {
  const canvas = document.querySelector('#map').shadowRoot.querySelector('canvas');
  if (canvas.width === 0) return false;
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  for (let at = 0; at < data.length; at += 4) {
    if (data[at] === 0x33 && data[at + 1] === 0x66 && data[at + 2] === 0x99) return true;
  }
  return false;
}"""


@pytest.fixture(scope="module")
def board() -> Iterator[str]:
    with open_board() as address:
        yield address


async def test_the_wheel_zooms_at_the_pointer(board: str, visitors: Visitors) -> None:
    page = await visitors.come(board)
    before = await draw(page, SEATS)
    await page.mouse.move(400, 380)
    await page.mouse.wheel(0, -300)
    after = await _moved(page, before)
    assert after.scale > before.scale * 1.5
    assert after.to_plan(400, 380) == pytest.approx(before.to_plan(400, 380))
    await page.mouse.wheel(0, 120)
    assert (await _moved(page, after)).scale < after.scale


async def test_a_map_speaks_the_language_it_is_given_whenever_that_is(
    board: str, visitors: Visitors
) -> None:
    page = await visitors.come(board)
    await draw(page, SEATS)
    fit = page.locator("#late button[data-do=fit]")
    await page.evaluate(ADD_GERMAN)
    await expect(fit).to_have_attribute("title", "Ganzen Plan zeigen")
    await expect(fit).to_have_attribute("aria-label", "Ganzen Plan zeigen")
    await page.evaluate("late.lang = 'en'")
    await expect(fit).to_have_attribute("title", "Show the whole plan")


async def test_a_plan_stays_on_a_map_that_is_moved_on_its_page(
    board: str, visitors: Visitors
) -> None:
    page = await visitors.come(board)
    await draw(page, SEATS)
    await page.evaluate("document.body.append(document.createElement('div'))")
    await page.evaluate("document.querySelector('div').append(document.querySelector('#map'))")
    assert await page.evaluate("document.querySelector('#map').plan.count") == 400
    await page.wait_for_function(HAS_PICTURE)


async def test_a_drag_moves_the_plan_with_the_pointer(board: str, visitors: Visitors) -> None:
    page = await visitors.come(board)
    await draw(page, SEATS)
    await page.get_by_role("button", name="Zoom in").click()
    before = await place(page)
    await page.mouse.move(600, 400)
    await page.mouse.down()
    await page.mouse.move(660, 430, steps=3)
    await page.mouse.move(560, 385, steps=3)
    await page.mouse.up()
    after = await place(page)
    assert after.scale == before.scale
    assert (after.left, after.top) == pytest.approx((before.left - 40, before.top - 15))


async def test_two_fingers_zoom_by_their_distance_and_around_their_middle(
    board: str, visitors: Visitors
) -> None:
    page = await visitors.come(board, viewport={"width": 390, "height": 844}, **TOUCH)
    before = await draw(page, SEATS)
    fingers = await page.context.new_cdp_session(page)
    await touch(fingers, "touchStart", (150, 400), (240, 400))
    await touch(fingers, "touchMove", (105, 410), (285, 410))
    await touch(fingers, "touchMove", (75, 420), (345, 420))
    await touch(fingers, "touchEnd")
    after = await place(page)
    assert after.scale == pytest.approx(before.scale * 3)
    assert after.to_plan(210, 420) == pytest.approx(before.to_plan(195, 400))

    await touch(fingers, "touchStart", (75, 420), (345, 420))
    await touch(fingers, "touchMove", (120, 420), (300, 420))
    await touch(fingers, "touchEnd")
    assert (await place(page)).scale == pytest.approx(before.scale * 2)


async def test_a_double_tap_on_the_floor_zooms_in_there(board: str, visitors: Visitors) -> None:
    page = await visitors.come(board, **TOUCH)
    before = await draw(page, SEATS)
    # Between the first hall and the second.
    x, y = before.to_screen(230, 100)
    await _tap_twice(page, x, y)
    after = await _moved(page, before)
    assert after.scale > before.scale * 1.5
    assert after.to_plan(x, y) == pytest.approx((230, 100), abs=1)


async def test_the_second_tap_on_a_section_chooses_no_seat(board: str, visitors: Visitors) -> None:
    page = await visitors.come(board, **TOUCH)
    before = await draw(page, SECTIONS)
    await page.evaluate("() => { document.querySelector('#map').selectionMode = 'click' }")
    await _tap_twice(page, *before.to_screen(*MIDDLE))
    near = await _moved(page, before)
    assert near.scale > before.scale
    assert await _chosen(page) == []

    await page.touchscreen.tap(*near.to_screen(*MIDDLE))
    assert await _chosen(page) == [MIDDLE_SEAT]


async def test_the_small_map_moves_the_large_one(board: str, visitors: Visitors) -> None:
    page = await visitors.come(board)
    await draw(page, SECTIONS)
    small = page.locator("#map .minimap")
    await expect(small).to_be_hidden()
    for _ in range(5):
        await page.get_by_role("button", name="Zoom in").click()
    await expect(small).to_be_visible()
    box = await small.locator("canvas").bounding_box()
    bounds = await page.evaluate("() => document.querySelector('#map').plan.bounds")
    assert box is not None
    scale = box["width"] / (bounds["right"] - bounds["left"])

    await page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    await page.mouse.down()
    for share in (0.25, 0.75):
        x, y = box["width"] * share, box["height"] * 0.5
        await page.mouse.move(box["x"] + x, box["y"] + y, steps=4)
        shown = await place(page)
        middle = shown.to_plan(shown.width / 2, shown.height / 2)
        wanted = (bounds["left"] + x / scale, bounds["top"] + y / scale)
        assert middle == pytest.approx(wanted, abs=2 / scale)
    await page.mouse.up()
    await page.mouse.move(600, 300)
    assert await place(page) == shown


async def test_the_fit_button_shows_the_whole_plan_again(board: str, visitors: Visitors) -> None:
    page = await visitors.come(board)
    whole = await draw(page, SECTIONS)
    await page.mouse.move(200, 200)
    await page.mouse.wheel(0, -900)
    await _moved(page, whole)
    await page.get_by_role("button", name="Show the whole plan").click()
    again = await place(page)
    assert (again.scale, again.left, again.top) == pytest.approx(
        (whole.scale, whole.left, whole.top)
    )


async def test_far_out_there_are_sections_and_close_up_seats(
    board: str, visitors: Visitors
) -> None:
    page = await visitors.come(board)
    far = await draw(page, SECTIONS)
    tip = page.locator("#map .tip")
    await page.mouse.move(*far.to_screen(*MIDDLE))
    await expect(tip).to_have_text("Hall 11,000 seats")
    await page.mouse.click(*far.to_screen(*MIDDLE))
    near = await _moved(page, far)
    await page.wait_for_function(PAINTED, arg=near.to_screen(*ABOVE_NUMBER))
    await page.mouse.move(*near.to_screen(*MIDDLE))
    await expect(tip).to_contain_text("Hall 1, Row 13, Seat 21")


async def test_a_hundred_thousand_seats_can_be_looked_at_and_chosen(
    board: str, visitors: Visitors
) -> None:
    page = await visitors.come(board)
    far = await draw(page, halls(100, 25, 40))
    assert await page.evaluate("() => document.querySelector('#map').plan.count") == 100_000
    await page.evaluate("() => { document.querySelector('#map').selectionMode = 'click' }")
    await expect(page.locator("#map .minimap")).to_be_hidden()
    # The middle of the 46th hall: 5 across, 4 down.
    middle = (5 * 44 * 20 + 400, 4 * 29 * 20 + 240)
    await page.mouse.click(*far.to_screen(*middle))
    near = await _moved(page, far)
    x, y = near.to_screen(*middle)
    await page.wait_for_function(PAINTED, arg=near.to_screen(middle[0], middle[1] - 7))
    await page.mouse.move(x, y)
    await expect(page.locator("#map .tip")).to_contain_text("Hall 46, Row 13, Seat 21")
    await page.mouse.click(x, y)
    assert await _chosen(page) == [45 * 1_000 + 12 * 40 + 20]


async def test_a_window_that_changes_within_a_drag_keeps_its_plan(
    board: str, visitors: Visitors
) -> None:
    page = await visitors.come(board)
    await draw(page, SEATS)
    await page.mouse.move(600, 400)
    await page.mouse.down()
    await page.mouse.move(640, 410)
    await page.set_viewport_size({"width": 700, "height": 500})
    await page.wait_for_function("() => window.viewport.width === 700")
    before = await place(page)
    await page.mouse.move(610, 400)
    await page.mouse.up()
    after = await place(page)
    assert (after.left, after.top) == pytest.approx((before.left - 30, before.top - 10))


async def test_another_pixel_density_is_drawn_sharply(board: str, visitors: Visitors) -> None:
    page = await visitors.come(board)
    await draw(page, SEATS)
    devtools = await page.context.new_cdp_session(page)
    # A browser that only pretends another density tells its pages of it when their size changes.
    size = {"width": 1200, "height": 700, "mobile": False}
    await devtools.send("Emulation.setDeviceMetricsOverride", {**size, "deviceScaleFactor": 2})
    canvas = page.locator("#map canvas").first
    await expect(canvas).to_have_js_property("width", 2400)
    await expect(canvas).to_have_js_property("height", 1400)


async def test_a_seat_that_is_nobodys_any_more_is_painted_as_what_it_is(
    board: str, visitors: Visitors
) -> None:
    page = await visitors.come(board)
    before, own, after = await page.evaluate(PAINT_OWN_SEAT, json.dumps(SEATS))
    assert own != before
    assert after == before == [0x33, 0x66, 0x99, 255]


async def test_a_map_that_is_taken_away_leaves_the_other_alone(
    board: str, visitors: Visitors
) -> None:
    page = await visitors.come(board)
    await draw(page, SEATS)
    await page.evaluate(
        """(plan) => {
          const first = document.querySelector('#map');
          const second = document.createElement('seat-map');
          first.style.height = second.style.height = '50vh';
          document.body.append(second);
          second.showPlan(JSON.parse(plan));
        }""",
        json.dumps(halls(1, 1, 1)),
    )
    await page.mouse.move(600, 200)
    await page.mouse.wheel(0, -200)
    await page.evaluate(
        """() => {
          document.querySelector('#map').remove();
          document.querySelector('seat-map').id = 'map';
        }"""
    )
    await page.mouse.move(640, 180)
    await expect(page.locator("#map .tip")).to_contain_text("Hall 1, Row 1, Seat 1")


async def test_whoever_wants_no_motion_is_there_at_once(board: str, visitors: Visitors) -> None:
    zoom = """() => {
      const before = window.viewport.scale;
      document.querySelector('#map').shadowRoot.querySelector('[data-do="in"]').click();
      return window.viewport.scale / before;
    }"""
    still = await visitors.come(board, reduced_motion="reduce")
    await draw(still, SEATS)
    assert await still.evaluate(zoom) > 1.5
    moving = await visitors.come(board, reduced_motion="no-preference")
    before = await draw(moving, SEATS)
    assert await moving.evaluate(zoom) == 1
    await moving.wait_for_function(
        "(scale) => window.viewport.scale > 1.5 * scale", arg=before.scale
    )


async def test_the_pointer_and_the_keyboard_are_told_seat_and_price(
    fleet: Fleet, visitors: Visitors
) -> None:
    web = await fleet.start_web()
    show = await fleet.add_show(web.url, rows=2, seats=3)
    page = await visitors.come(f"{web.url}/shows/{show}")
    await is_live(page)
    box = await page.locator("#map canvas").first.bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2 - 20)
    tip = page.locator("#map .tip")
    await expect(tip).to_contain_text("Hall, Row 1, Seat 2")
    await expect(tip).to_contain_text("Front · €50.00 · Free")

    canvas = page.locator("#map canvas").first
    await tab_to(page, page.locator("seat-map#map"))
    assert (
        await canvas.evaluate("element => parseFloat(getComputedStyle(element).outlineWidth)") >= 2
    )
    said = page.locator("#map [aria-live=polite]")
    await expect(said).to_contain_text("Row 1, Seat 2: Front · €50.00 · Free")
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowLeft", "ArrowLeft"):
        await page.keyboard.press(key)
    await expect(said).to_contain_text("Row 2, Seat 1: Back · €30.00 · Free")
    await page.keyboard.press("Enter")
    await expect(said).to_contain_text("Row 2, Seat 1: Back · €30.00 · Held for you")


async def test_the_name_of_the_map_keeps_still_while_it_has_the_focus(
    fleet: Fleet, visitors: Visitors
) -> None:
    web = await fleet.start_web()
    show = await fleet.add_show(web.url, rows=2, seats=3)
    page = await visitors.come(f"{web.url}/shows/{show}")
    await is_live(page)
    canvas = page.locator("#map canvas").first
    await expect(canvas).to_have_accessible_name("Seating plan of A show: 6 of 6 seats free")
    await tab_to(page, page.locator("seat-map#map"))
    async with fleet.buyer(web) as rival:
        await rival.ask("hold", show=show, hold=str(uuid4()), seats=[0])
        await page.wait_for_function(FREE, arg=5)
        await expect(canvas).to_have_accessible_name("Seating plan of A show: 6 of 6 seats free")
        await page.keyboard.press("Shift+Tab")
        await rival.ask("hold", show=show, hold=str(uuid4()), seats=[1])
        await expect(canvas).to_have_accessible_name("Seating plan of A show: 4 of 6 seats free")


async def _moved(page: Page, before: Place) -> Place:
    """Wait until the map shows something else than *before*."""
    await page.wait_for_function(
        "([scale, left]) => window.viewport.scale !== scale || window.viewport.offsetX !== left",
        arg=[before.scale, before.left],
    )
    return await place(page)


async def _tap_twice(page: Page, x: float, y: float) -> None:
    """Tap as fast as a finger does, however slow this machine is."""
    finger = await page.context.new_cdp_session(page)
    down, up = touch(finger, "touchStart", (x, y)), touch(finger, "touchEnd")
    again, away = touch(finger, "touchStart", (x, y)), touch(finger, "touchEnd")
    await asyncio.gather(down, up, again, away)


async def _chosen(page: Page) -> list[int]:
    seats: list[int] = await page.evaluate("() => [...document.querySelector('#map').selected]")
    return seats
