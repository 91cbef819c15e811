"""A plain hall of any size."""

from typing import Any


def small_plan(rows: int, seats_per_row: int, *, name: str = "Hall") -> dict[str, Any]:
    """Return a plan of two categories; seat i has the label "<row>-<number>", both from 1."""
    return {
        "name": name,
        "size": {"width": 20 * seats_per_row + 20, "height": 20 * rows + 20},
        "categories": [
            {"name": "Front", "color": "#336699"},
            {"name": "Back", "color": "#996633"},
        ],
        "zones": [
            {
                "name": "Hall",
                "position": {"x": 0, "y": 0},
                "areas": [],
                "rows": [_row(row, seats_per_row, front=row <= rows // 2) for row in _ones(rows)],
            }
        ],
    }


def _row(row: int, seats: int, *, front: bool) -> dict[str, Any]:
    return {
        "row_number": str(row),
        "position": {"x": 10, "y": 20 * row},
        "seats": [
            {
                "seat_guid": f"{row}-{number}",
                "seat_number": str(number),
                "position": {"x": 20 * number, "y": 0},
                "category": "Front" if front else "Back",
            }
            for number in _ones(seats)
        ],
    }


def _ones(count: int) -> range:
    return range(1, count + 1)
