"""What generated plans are drawn with: arcs of seats, outlines, labels. Pure.

Plan units: 50 are a meter, y points down, a seat has the format's default radius of 10. Angles run
clockwise from 12 o'clock, in radians: sectors are numbered the way people walk around.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import cos, floor, pi, radians, sin
from typing import Any, Final, Literal

Document = dict[str, Any]
Point = tuple[float, float]

SEAT_SPACING: Final = 25.0
ROW_SPACING: Final = 34.0
BLOCK_EDGE: Final = 20.0  # From the outer seats' centers to the outline of their block.

PAPER: Final = "#f4f6f9"
LINE: Final = "#cfd6e0"
INK: Final = "#5a6577"


@dataclass(frozen=True, slots=True)
class Arc:
    """Part of a circle around (x, y), clockwise from *start* to *end*."""

    x: float
    y: float
    radius: float
    start: float
    end: float

    def grown(self, distance: float) -> "Arc":
        """Return the arc *distance* further out, between the same angles."""
        return replace(self, radius=self.radius + distance)

    def trimmed(self, length: float) -> "Arc":
        """Return the arc without *length* of its line at each end."""
        angle = length / self.radius
        return replace(self, start=self.start + angle, end=self.end - angle)

    def split(self, parts: int) -> Iterator["Arc"]:
        for part in range(parts):
            step = (self.end - self.start) / parts
            start = self.start + part * step
            yield replace(self, start=start, end=start + step)

    def point(self, angle: float) -> Point:
        return self.x + self.radius * sin(angle), self.y - self.radius * cos(angle)

    def middle(self) -> Point:
        return self.point((self.start + self.end) / 2)

    def outline(self) -> list[Point]:
        """Return points close enough to each other to look round."""
        steps = max(2, round((self.end - self.start) / radians(2)))
        step = (self.end - self.start) / steps
        return [self.point(self.start + number * step) for number in range(steps + 1)]

    def seats(self) -> list[Point]:
        """Return as many seats as fit between the ends, around the middle."""
        span = (self.end - self.start) * self.radius
        count = floor(span / SEAT_SPACING) + 1 if span >= 0 else 0
        step = SEAT_SPACING / self.radius
        first = (self.start + self.end - (count - 1) * step) / 2
        return [self.point(first + number * step) for number in range(count)]


def oval(
    center: Point, height: float, side: float, side_angle: float, corner: float, end_angle: float
) -> list[Arc]:
    """Return eight arcs that meet without a corner, clockwise from the top side.

    Flat ones at the sides, tight ones at the corners, medium ones at the ends. Grown by the same
    distance they still meet: rows of a bowl stay parallel and its aisles point to the middle.

    height: from the center to the top. side, corner: radii; the ends' radius follows from them.
    side_angle, end_angle: half of what these arcs span.
    """
    x, y = center
    corner_x = (side - corner) * sin(side_angle)
    corner_y = (side - height) - (side - corner) * cos(side_angle)
    end = corner - corner_y / sin(end_angle)
    end_x = corner_x - (end - corner) * cos(end_angle)
    quarter = pi / 2
    return [
        Arc(x, y + side - height, side, -side_angle, side_angle),
        Arc(x + corner_x, y + corner_y, corner, side_angle, quarter - end_angle),
        Arc(x + end_x, y, end, quarter - end_angle, quarter + end_angle),
        Arc(x + corner_x, y - corner_y, corner, quarter + end_angle, pi - side_angle),
        Arc(x, y - side + height, side, pi - side_angle, pi + side_angle),
        Arc(x - corner_x, y - corner_y, corner, pi + side_angle, 3 * quarter - end_angle),
        Arc(x - end_x, y, end, 3 * quarter - end_angle, 3 * quarter + end_angle),
        Arc(x - corner_x, y + corner_y, corner, 3 * quarter + end_angle, 2 * pi - side_angle),
    ]


def categories(colors: dict[str, str]) -> list[Document]:
    return [{"name": name, "color": color} for name, color in colors.items()]


def zone(name: str, rows: list[Document], areas: list[Document]) -> Document:
    return {"name": name, "position": {"x": 0, "y": 0}, "rows": rows, "areas": areas}


def row(
    number: str,
    prefix: str,
    seats: Sequence[Point],
    category: str,
    *,
    word: str = "Row",
    number_position: Literal["start", "both"] = "both",
) -> Document:
    """Return a row whose seats are labeled *prefix*-1, *prefix*-2 …"""
    return {
        "row_number": number,
        "row_label": f"{word} {number}",
        "row_number_position": number_position,
        "seats": [
            {
                "seat_guid": f"{prefix}-{seat}",
                "seat_number": str(seat),
                "position": _position(point),
                "category": category,
            }
            for seat, point in enumerate(seats, 1)
        ],
    }


def block(arc: Arc, depth: float) -> Document:
    """Return the outline of the rows between *arc* and the one *depth* further out."""
    inner, outer = arc.grown(-BLOCK_EDGE).outline(), arc.grown(depth + BLOCK_EDGE).outline()
    return polygon([*inner, *outer[::-1]], PAPER, LINE)


def polygon(points: Sequence[Point], color: str, border_color: str) -> Document:
    return {
        "shape": "polygon",
        "polygon": {"points": [_position(point) for point in points]},
        "position": {"x": 0, "y": 0},
        "color": color,
        "border_color": border_color,
    }


def rectangle(corner: Point, width: int, height: int, color: str, border_color: str) -> Document:
    return {
        "shape": "rectangle",
        "rectangle": {"width": width, "height": height},
        "position": _position(corner),
        "color": color,
        "border_color": border_color,
    }


def circle(center: Point, radius: int, color: str, border_color: str) -> Document:
    return {
        "shape": "circle",
        "circle": {"radius": radius},
        "position": _position(center),
        "color": color,
        "border_color": border_color,
    }


def text(words: str, center: Point, size: int, color: str = INK) -> Document:
    return {
        "shape": "text",
        "position": _position(center),
        "text": {"text": words, "position": {"x": 0, "y": 0}, "size": size, "color": color},
    }


def _position(point: Point) -> Document:
    x, y = point
    return {"x": round(x, 1), "y": round(y, 1)}
