"""Three venues that stand nowhere: a theatre, an arena and a stadium. Pure, always the same."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import dist, pi, radians
from typing import Final

from app.plan_drawing import (
    BLOCK_EDGE,
    LINE,
    PAPER,
    ROW_SPACING,
    SEAT_SPACING,
    Arc,
    Document,
    Point,
    block,
    categories,
    circle,
    oval,
    polygon,
    rectangle,
    row,
    text,
    zone,
)

AISLE_WIDTH: Final = 64.0  # From seat center to seat center; row numbers stand in it.
GATE_RADIUS: Final = 66.0  # Seats left out for a sector's entrance; its number stands there.

_STAGE = "#3d4657"
_GRASS, _CHALK = "#8fbf7f", "#f4fbef"

# Without I and O, which read like 1 and 0.
_ROW_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class _Level:
    """A level of the theatre; categories: one for each row, front to back."""

    name: str
    prefix: str
    radius: float
    angle: float
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Tier:
    """Rows of a bowl from *distance* outwards.

    sectors, categories: for each of the oval's eight arcs, how many sectors and which category.
    """

    first_sector: int
    distance: float
    rows: int
    sectors: tuple[int, ...]
    categories: tuple[str, ...]


def theatre() -> Document:
    """Return a plan of about 1,000 seats: stalls, boxes, circle and balcony around a stage."""
    center = (780.0, -20.0)
    stalls = ("Premium",) * 6 + ("Stalls",) * 9
    return {
        "name": "Lindenhof Theatre",
        "size": {"width": 1560, "height": 1600},
        "categories": categories(
            {
                "Premium": "#8a3f8f",
                "Stalls": "#d1495b",
                "Boxes": "#e0a030",
                "Circle": "#2f7fa3",
                "Balcony": "#5b9a5f",
            }
        ),
        "zones": [
            _theatre_stage(center),
            _theatre_level(center, _Level("Stalls", "", 560, radians(34), stalls)),
            _theatre_boxes(center),
            _theatre_level(center, _Level("Circle", "C-", 1150, radians(32), ("Circle",) * 6)),
            _theatre_level(center, _Level("Balcony", "B-", 1430, radians(29), ("Balcony",) * 4)),
        ],
    }


def arena() -> Document:
    """Return a plan of about 12,000 seats: an indoor bowl, set up for a concert."""
    center = (2660.0, 2080.0)
    bowl = oval(center, 850, 4500, radians(14.8), 300, radians(20))
    lower = ("Lower tier", *["Lower ends"] * 3, "Lower tier", *["Around the stage"] * 3)
    upper = ("Upper tier", *["Upper tier"] * 3, "Upper tier", *["Around the stage"] * 3)
    return {
        "name": "Harbour Arena",
        "size": {"width": 5320, "height": 4160},
        "categories": categories(
            {
                "Floor": "#d1495b",
                "Lower tier": "#2f6fa8",
                "Lower ends": "#5bbf95",
                "Upper tier": "#8a5fb0",
                "Around the stage": "#e0a030",
            }
        ),
        "zones": [
            _concert_stage(center),
            *_concert_floor(center),
            *_tier(bowl, _Tier(101, 90, 15, (4, 1, 3, 1) * 2, lower)),
            *_tier(bowl, _Tier(201, 720, 11, (6, 2, 4, 2) * 2, upper)),
        ],
    }


def stadium() -> Document:
    """Return a plan of about 40,000 seats: three tiers around a football pitch."""
    center = (5400.0, 4450.0)
    bowl = oval(center, 2250, 9000, radians(15.5), 750, radians(16))
    lower = ("Lower sides", *["Lower ends"] * 3) * 2
    upper = ("Upper sides", *["Upper ends"] * 3) * 2
    return {
        "name": "Northfield Stadium",
        "size": {"width": 10800, "height": 8900},
        "categories": categories(
            {
                "Club": "#e0a030",
                "Lower sides": "#2f6fa8",
                "Lower ends": "#5bbf95",
                "Upper sides": "#8a5fb0",
                "Upper ends": "#d1627a",
            }
        ),
        "zones": [
            _pitch(center),
            *_tier(bowl, _Tier(101, 140, 23, (6, 2, 4, 2) * 2, lower)),
            *_tier(bowl, _Tier(201, 1040, 5, (4, 0, 0, 0) * 2, ("Club",) * 8)),
            *_tier(bowl, _Tier(301, 1330, 19, (8, 3, 6, 3) * 2, upper)),
        ],
    }


def _theatre_stage(center: Point) -> Document:
    x, y = center
    apron = Arc(x, y, 470, pi - radians(38), pi + radians(38)).outline()
    back = [(x - 230, 70.0), (x + 230, 70.0)]
    return zone(
        "Stage",
        [],
        [polygon([*back, *apron], _STAGE, _STAGE), text("STAGE", (x, 280), 44, "#ffffff")],
    )


def _theatre_level(center: Point, level: _Level) -> Document:
    front = Arc(*center, level.radius, pi - level.angle, pi + level.angle)
    rows = []
    for number, category in enumerate(level.categories):
        # Two aisles, wider apart the further back: a wide block between two narrow ones.
        left, *middle, right = front.grown(number * ROW_SPACING).split(5)
        blocks = (left, replace(middle[0], end=middle[-1].end), right)
        seats = [seat for part in blocks for seat in part.trimmed(AISLE_WIDTH / 2).seats()]
        letter = _ROW_LETTERS[number]
        # Clockwise is right to left down here; seats are numbered from the left.
        rows.append(row(letter, f"{level.prefix}{letter}", seats[::-1], category))
    depth = (len(rows) - 1) * ROW_SPACING
    label = text(level.name.upper(), front.grown(depth + 48).middle(), 26)
    return zone(level.name, rows, [block(front, depth), label])


def _theatre_boxes(center: Point) -> Document:
    rows, areas = [], []
    for side, angle in (("L", pi + radians(39)), ("R", pi - radians(39))):
        for number in range(4):
            front = Arc(*center, 590 + number * 140, angle, angle)
            seats = [front.grown(seat * SEAT_SPACING).middle() for seat in range(4)]
            name = f"{side}{number + 1}"
            rows.append(row(name, name, seats, "Boxes", word="Box", number_position="start"))
            areas.append(block(front.trimmed(-BLOCK_EDGE), 3 * SEAT_SPACING))
    return zone("Boxes", rows, areas)


def _concert_stage(center: Point) -> Document:
    x, y = center
    return zone(
        "Stage",
        [],
        [
            rectangle((x - 1300, y - 420), 420, 840, _STAGE, _STAGE),
            rectangle((x - 880, y - 70), 180, 140, _STAGE, _STAGE),
            text("STAGE", (x - 1090, y), 80, "#ffffff"),
            rectangle((x + 1070, y - 130), 150, 260, PAPER, LINE),
            text("MIX", (x + 1145, y), 50),
        ],
    )


def _concert_floor(center: Point) -> Iterator[Document]:
    """Yield three by three blocks whose rows face the stage on the left."""
    for column, letter in enumerate("ABC"):
        for lane in range(3):
            name = f"{letter}{lane + 1}"
            left = center[0] - 620 + column * 550
            bottom = center[1] - 445 + lane * 460 + 160
            rows = []
            for number in range(13):
                x = left + number * ROW_SPACING
                seats = [(x, bottom - seat * SEAT_SPACING) for seat in range(15)]
                rows.append(row(str(number + 1), f"{name}-{number + 1}", seats, "Floor"))
            outline = rectangle((left - 20, bottom - 370), 448, 390, PAPER, LINE)
            yield zone(f"Floor {name}", rows, [outline])


def _pitch(center: Point) -> Document:
    x, y = center

    def marking(left: int, top: int, width: int, height: int) -> Document:
        return rectangle((x + left, y + top), width, height, "transparent", _CHALK)

    return zone(
        "Pitch",
        [],
        [
            rectangle((x - 2750, y - 1825), 5500, 3650, _GRASS, _GRASS),
            marking(-2625, -1700, 5250, 3400),
            marking(-2625, -1700, 2625, 3400),
            marking(-2625, -1008, 825, 2016),
            marking(1800, -1008, 825, 2016),
            marking(-2625, -458, 275, 916),
            marking(2350, -458, 275, 916),
            circle(center, 457, "transparent", _CHALK),
        ],
    )


def _tier(bowl: Sequence[Arc], tier: _Tier) -> Iterator[Document]:
    sector = tier.first_sector
    for arc, parts, category in zip(bowl, tier.sectors, tier.categories, strict=True):
        for part in arc.split(parts):
            yield _sector(str(sector), part.grown(tier.distance), tier.rows, category)
            sector += 1


def _sector(sector: str, front: Arc, row_count: int, category: str) -> Document:
    gate = front.grown(row_count // 2 * ROW_SPACING).middle()
    rows = []
    for number in range(row_count):
        seats = front.grown(number * ROW_SPACING).trimmed(AISLE_WIDTH / 2).seats()
        seats = [seat for seat in seats if dist(seat, gate) >= GATE_RADIUS]
        rows.append(row(str(number + 1), f"{sector}-{number + 1}", seats, category))
    outline = block(front.trimmed(AISLE_WIDTH / 2 - BLOCK_EDGE), (row_count - 1) * ROW_SPACING)
    return zone(f"Sector {sector}", rows, [outline, text(sector, gate, 52)])
