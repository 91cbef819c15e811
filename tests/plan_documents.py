"""A small seating plan that uses every key of the format, and ways to spoil it."""

from typing import Any

Document = dict[str, Any]
Path = tuple[str | int, ...]

SEAT: Path = ("zones", 0, "rows", 0, "seats", 0)
ROW: Path = SEAT[:4]
ZONE: Path = SEAT[:2]
AREA: Path = (*ZONE, "areas", 0)


def seat(guid: str, number: str = "1", category: str = "Stalls", x: float = 0) -> Document:
    return {
        "seat_guid": guid,
        "seat_number": number,
        "position": {"x": x, "y": 0},
        "category": category,
    }


def document() -> Document:
    """A plan that uses every key of the format, with its seats in two zones."""
    point = {"x": 1, "y": 2.5}
    area = {"color": "#eee", "border_color": "transparent", "rotation": 45.5, "position": point}
    shapes = {
        "polygon": {"points": [point, {"x": 5, "y": 5}, {"x": 0, "y": 9}]},
        "rectangle": {"width": 10, "height": 20},
        "ellipse": {"radius": {"x": 4, "y": 2}},
        "circle": {"radius": 3},
        "text": {"text": "STAGE", "position": point, "size": 24, "color": "white"},
    }
    return {
        "name": "Small house",
        "size": {"width": 800, "height": 600},
        "categories": [{"name": "Stalls", "color": "#7f4a91"}, {"name": "Balcony"}],
        "zones": [
            {
                "name": "Ground floor",
                "zone_id": "ground",
                "uuid": "c0ffee",
                "position": {"x": 100, "y": 200},
                "rows": [
                    {
                        "row_number": "A",
                        "row_label": "Row A",
                        "seat_label": "Chair %s",
                        "row_number_position": "both",
                        "uuid": "d0ffee",
                        "position": {"x": 10, "y": 20},
                        "seats": [
                            {
                                **seat("A-1", x=1),
                                "uuid": "e0ffee",
                                "radius": 9,
                                "start_direction": "<>",
                            },
                            seat("A-2", "2", x=30.5),
                        ],
                    },
                    {"row_number": "B", "row_number_position": None, "seats": [seat("B-1")]},
                ],
                "areas": [
                    {**area, "shape": shape, shape: value} for shape, value in shapes.items()
                ],
            },
            {
                "position": {"x": 0, "y": 0},
                "rows": [{"row_number": "1", "seats": [seat("9-1", "11", "Balcony")]}],
            },
        ],
    }


def at(path: Path, value: object) -> Document:
    """Return the plan with *value* in that place."""
    changed = document()
    parent_of(changed, path)[path[-1]] = value
    return changed


def without(path: Path) -> Document:
    """Return the plan without that key."""
    changed = document()
    del parent_of(changed, path)[path[-1]]
    return changed


def parent_of(value: Any, path: Path) -> Any:
    """Return what holds the place. Raises KeyError, IndexError or TypeError if nothing does."""
    for part in path[:-1]:
        value = value[part]
    return value


def spelled(path: Path) -> str:
    """Return a place as faults name it."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")
