"""The demo venues are valid, as large as they say, and could be built."""

from collections.abc import Callable
from functools import cache
from itertools import combinations
from math import dist

import pytest

from app import demo_plans
from app.plan_drawing import SEAT_SPACING, Document
from app.plans import SeatingPlan, parse_plan

Point = tuple[float, float]
Venue = Callable[[], Document]

SEAT_DIAMETER = 20  # The format's default radius is 10.
VENUES = [demo_plans.theatre, demo_plans.arena, demo_plans.stadium]

any_venue = pytest.mark.parametrize("venue", VENUES)


@cache
def plan_of(venue: Venue) -> SeatingPlan:
    return parse_plan(venue())


def points_of(plan: SeatingPlan) -> list[Point]:
    return list(zip(plan.xs, plan.ys, strict=True))


@pytest.mark.parametrize(
    ("venue", "least", "most"),
    [
        (demo_plans.theatre, 950, 1_050),
        (demo_plans.arena, 11_500, 12_500),
        (demo_plans.stadium, 39_000, 41_000),
    ],
)
def test_venues_are_as_large_as_they_say(venue: Venue, least: int, most: int) -> None:
    assert least <= plan_of(venue).count <= most


@any_venue
def test_a_venue_is_always_the_same(venue: Venue) -> None:
    assert parse_plan(venue()).hash == plan_of(venue).hash


@any_venue
def test_no_two_seats_overlap(venue: Venue) -> None:
    """Neighbours are found by a grid: only seats of the same or adjoining cells can be near."""
    cells: dict[tuple[int, int], list[Point]] = {}
    for point in points_of(plan_of(venue)):
        cell = int(point[0] // SEAT_DIAMETER), int(point[1] // SEAT_DIAMETER)
        cells.setdefault(cell, []).append(point)
    for (column, line), points in cells.items():
        # Half of the eight cells around; the other half looks at this one.
        ahead = [(column + 1, line - 1), (column + 1, line), (column + 1, line + 1)]
        near = [point for cell in [*ahead, (column, line + 1)] for point in cells.get(cell, ())]
        pairs = [*combinations(points, 2), *((one, other) for one in points for other in near)]
        assert all(dist(one, other) >= SEAT_DIAMETER for one, other in pairs)


@any_venue
def test_neighbours_in_a_row_sit_close(venue: Venue) -> None:
    """What is further apart than a seat's spacing is an aisle or an entrance, and those are few."""
    plan = plan_of(venue)
    points = points_of(plan)
    gaps = 0
    for row in plan.rows:
        places = points[row.seats.start : row.seats.stop]
        steps = [dist(one, other) for one, other in zip(places, places[1:], strict=False)]
        gaps += sum(step > SEAT_SPACING + 1 for step in steps)
    assert gaps <= 2 * len(plan.rows)


@any_venue
def test_everything_lies_inside_the_plan(venue: Venue) -> None:
    plan = plan_of(venue)
    size = plan.document["size"]
    margin = SEAT_DIAMETER
    assert all(margin <= x <= size["width"] - margin for x in plan.xs)
    assert all(margin <= y <= size["height"] - margin for y in plan.ys)
    for zone in plan.document["zones"]:
        for area in zone["areas"]:
            for point in area.get("polygon", {}).get("points", [area["position"]]):
                assert 0 <= point["x"] <= size["width"]
                assert 0 <= point["y"] <= size["height"]


@any_venue
def test_rows_are_numbered_from_1_without_a_gap(
    venue: Venue,
) -> None:
    plan = plan_of(venue)
    for row in plan.rows:
        numbers = [plan.seat_numbers[index] for index in row.seats]
        assert numbers == [str(number) for number in range(1, len(numbers) + 1)]


@any_venue
def test_every_row_has_seats(venue: Venue) -> None:
    assert all(len(row.seats) >= 3 for row in plan_of(venue).rows)


@any_venue
def test_every_category_is_used_and_told_apart_by_its_color(
    venue: Venue,
) -> None:
    plan = plan_of(venue)
    assert 4 <= len(plan.categories) <= 5
    assert set(plan.seat_categories) == set(range(len(plan.categories)))
    colors = [bytes.fromhex(category.color[1:]) for category in plan.categories]
    assert all(dist(one, other) > 80 for one, other in combinations(colors, 2))


@pytest.mark.parametrize(
    ("venue", "label", "name"),
    [
        (demo_plans.theatre, "A-12", "Stalls, Row A, Seat 12"),
        (demo_plans.theatre, "C-A-12", "Circle, Row A, Seat 12"),
        (demo_plans.theatre, "L2-4", "Boxes, Box L2, Seat 4"),
        (demo_plans.arena, "B2-5-7", "Floor B2, Row 5, Seat 7"),
        (demo_plans.stadium, "101-4-17", "Sector 101, Row 4, Seat 17"),
    ],
)
def test_labels_are_short_and_names_are_for_people(venue: Venue, label: str, name: str) -> None:
    plan = plan_of(venue)
    index = plan.index_of(label)
    assert index is not None
    assert plan.seat_name(index) == name


def test_the_arena_and_the_stadium_are_symmetric() -> None:
    """Mirrored top to bottom, a bowl is the same bowl: a slip in the oval's arcs shows here."""
    for venue in (demo_plans.arena, demo_plans.stadium):
        plan = plan_of(venue)
        height = plan.document["size"]["height"]
        cells = {(round(x / 2), round(y / 2)) for x, y in points_of(plan)}
        for x, y in points_of(plan):
            column, line = round(x / 2), round((height - y) / 2)
            near = {(column + a, line + b) for a in (-1, 0, 1) for b in (-1, 0, 1)}
            assert cells & near
