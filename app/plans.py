"""A seating plan in the pretix JSON format -> SeatingPlan: index <-> label, geometry, hash. Pure.

Rule 1: a seat's index is its place in the plan: zones, rows and seats in the order of the document.
Rule 2: a seat's label is its `seat_guid`, unique in the plan. In real plans it is sometimes row
and number alone and comes again in another zone (row 17 downstairs, row 17 in the balcony): for a
seat of the same row and number that is no fault, and each such seat has its zone in front, as in
"Balcony/17-1". So no label ever means two seats.
Rule 3: equal documents have equal hashes, whatever the order of their keys and their whitespace.
Rule 4: a bad document is answered with all its faults, in the order of the document.

    bytes -> load_plan -> document -> parse_plan -> pieces (app/plan_format.py) -> SeatingPlan
"""

import codecs
import hashlib
import re
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
from pydantic_core import from_json

from app.plan_faults import FaultList, Place, PlanFaults, one_fault, path, printable, quoted
from app.plan_format import AREA, DEFAULT_COLOR, PLAN, ROW, SEAT, SHAPES, ZONE

# The largest stadium of the world seats 115,000; those on sale with numbered seats fewer.
SEATS_MAX: Final = 100_000
_JSON_FAULT = re.compile(r"(.*) at line (\d+) column (\d+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Category:
    """A price class. color: a CSS color."""

    name: str
    color: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row of seats, in the plan's words. zone may be empty; seats: the indexes it spans."""

    zone: str
    name: str
    seat_label: str | None
    seats: range


@dataclass(frozen=True, slots=True, eq=False)
class SeatingPlan:
    """A valid plan; everything by seat index, 0…count-1.

    xs, ys: centers of the seats in plan units, zone and row added in. document: the canonical
    document; treat it as frozen. hash: SHA-256 of it in hex.
    """

    name: str
    hash: str
    categories: tuple[Category, ...]
    rows: tuple[Row, ...] = field(repr=False)
    labels: tuple[str, ...] = field(repr=False)
    seat_numbers: tuple[str, ...] = field(repr=False)
    seat_categories: Sequence[int] = field(repr=False)
    xs: Sequence[float] = field(repr=False)
    ys: Sequence[float] = field(repr=False)
    document: dict[str, Any] = field(repr=False)
    _indexes: dict[str, int] = field(repr=False)

    @property
    def count(self) -> int:
        return len(self.labels)

    def index_of(self, label: str) -> int | None:
        """Return the index of the seat with that label, or None when there is none."""
        return self._indexes.get(label)

    def row_of(self, index: int) -> Row:
        """Return the row a seat stands in."""
        return self.rows[bisect_right(self.rows, index, key=lambda row: row.seats.start) - 1]

    def seat_name(self, index: int) -> str:
        """Return what a ticket says: "Sector 21, Row 16, Seat 4"."""
        row = self.row_of(index)
        number = self.seat_numbers[index]
        label = row.seat_label or "Seat %s"
        seat = label.replace("%s", number) if "%s" in label else f"{label} {number}"
        return ", ".join(part for part in (row.zone, row.name, seat.strip()) if part)


def load_plan(text: bytes) -> SeatingPlan:
    """Read a plan from JSON (UTF-8, with or without a byte order mark).

    Raises PlanFaults; a fault of the JSON itself names its line and column.
    """
    try:
        document = from_json(text.removeprefix(codecs.BOM_UTF8))
    except ValueError as error:
        raise PlanFaults([_json_fault(str(error))], 1) from None
    return parse_plan(document)


def parse_plan(document: object) -> SeatingPlan:
    """Make a plan of a decoded JSON document; the document is left as it is.

    Takes up to a second for the largest plans: call it from a thread where others wait.
    Raises PlanFaults with every fault, or those found up to the point where the plan is too large.
    """
    return _Reader().read(document)


def _json_fault(words: str) -> dict[str, Any]:
    parts = _JSON_FAULT.fullmatch(words)
    assert parts is not None, words  # The parser names line and column of every fault.
    message, line, column = parts.groups()
    return one_fault(
        f"line {line} column {column}",
        "not_json",
        f"The file is not valid JSON: {message}",
        words=message,
        line=int(line),
        column=int(column),
    )


class _TooManyParts(Exception):
    """Ends the walk; the fault is already noted."""


@dataclass(frozen=True, slots=True)
class _Guid:
    """Where a guid stands. number: the row's and the seat's."""

    place: Place
    number: tuple[object, object]

    @property
    def zone(self) -> object:
        return self.place[1]


@dataclass(slots=True)
class _Undeclared:
    """A category that seats have and the plan does not declare. fault: as listed at the first of
    them, which `seat` names; count: of its seats so far."""

    seat: str
    fault: dict[str, Any]
    count: int = 0


class _Reader:
    """Walks one document in its order and collects faults, rows and seats."""

    def __init__(self) -> None:
        self._faults = FaultList()
        self._parts: Counter[str] = Counter()
        self._category_indexes: dict[str, int] | None = None
        self._undeclared: dict[str, _Undeclared] = {}
        self._guids: dict[str, list[_Guid]] = {}
        self._labels: list[tuple[str, str]] = []
        self._rows: list[Row] = []
        self._seat_numbers: list[str] = []
        self._seat_categories = array("I")
        self._xs = array("d")
        self._ys = array("d")

    def read(self, document: object) -> SeatingPlan:
        plan = self._faults.check(PLAN, document, ())
        try:
            self._read_categories(document)
            plan["zones"] = [
                self._read_zone(zone, place) for zone, place in self._items(document, "zones", ())
            ]
            if "zones" in self._parts and not self._parts["seats"]:
                self._faults.add(("zones",), "no_seats", "The plan has no seats")
        except _TooManyParts:
            pass
        labels = self._distinct_labels()
        self._tell_undeclared()
        self._faults.raise_if_any()
        return SeatingPlan(
            name=plan["name"],
            hash=hashlib.sha256(msgspec.json.encode(plan, order="sorted")).hexdigest(),
            categories=tuple(
                Category(category["name"], category.get("color", DEFAULT_COLOR))
                for category in plan["categories"]
            ),
            rows=tuple(self._rows),
            labels=labels,
            seat_numbers=tuple(self._seat_numbers),
            seat_categories=self._seat_categories,
            xs=self._xs,
            ys=self._ys,
            document=plan,
            _indexes={label: index for index, label in enumerate(labels)},
        )

    def _read_categories(self, document: object) -> None:
        if not isinstance(document, dict) or not isinstance(document.get("categories"), list):
            return
        self._category_indexes = {}
        for index, category in enumerate(document["categories"]):
            name = category.get("name") if isinstance(category, dict) else None
            if not isinstance(name, str):
                continue
            first = self._category_indexes.setdefault(name, index)
            if first != index:
                self._faults.add(
                    ("categories", index, "name"),
                    "category_twice",
                    f"The category {quoted(name)} is declared already at categories[{first}]",
                    name=printable(name),
                    first=first,
                )

    def _read_zone(self, raw: object, place: Place) -> dict[str, Any]:
        zone = self._faults.check(ZONE, raw, place)
        zone["rows"] = [
            self._read_row(row, row_place, zone)
            for row, row_place in self._items(raw, "rows", place)
        ]
        areas = [
            self._read_area(area, area_place)
            for area, area_place in self._items(raw, "areas", place)
        ]
        if areas:
            zone["areas"] = areas
        return zone

    def _read_row(self, raw: object, place: Place, zone: dict[str, Any]) -> dict[str, Any]:
        row = self._faults.check(ROW, raw, place)
        x, y = _origin(zone, row)
        first = len(self._seat_numbers)
        row["seats"] = [
            self._read_seat(seat, seat_place, zone, row, x, y)
            for seat, seat_place in self._items(raw, "seats", place)
        ]
        number = row.get("row_number")
        self._rows.append(
            Row(
                zone=zone.get("name", ""),
                name=row.get("row_label") or (f"Row {number}" if number else ""),
                seat_label=row.get("seat_label"),
                seats=range(first, len(self._seat_numbers)),
            )
        )
        return row

    def _read_seat(
        self,
        raw: object,
        place: Place,
        zone: dict[str, Any],
        row: dict[str, Any],
        x: float,
        y: float,
    ) -> dict[str, Any]:
        seat = self._faults.check(SEAT, raw, place)
        category = None
        if isinstance(raw, dict):
            self._check_guid(raw.get("seat_guid"), raw.get("seat_number"), row, place)
            category = self._category_index(raw.get("category"), raw.get("seat_guid"), place)
        if seat and category is not None:
            self._labels.append((zone.get("name", ""), seat["seat_guid"]))
            self._seat_numbers.append(seat["seat_number"])
            self._seat_categories.append(category)
            self._xs.append(x + seat["position"]["x"])
            self._ys.append(y + seat["position"]["y"])
        return seat

    def _check_guid(self, guid: object, number: object, row: dict[str, Any], place: Place) -> None:
        if not isinstance(guid, str):
            return
        seat = _Guid(place, (row.get("row_number"), number))
        known = self._guids.setdefault(guid, [])
        if any(other.zone == seat.zone or other.number != seat.number for other in known):
            self._faults.add(
                (*place, "seat_guid"),
                "seat_twice",
                f"The seat {quoted(guid)} stands already at {path(known[0].place)}",
                label=printable(guid),
                first=path(known[0].place),
            )
        known.append(seat)

    def _distinct_labels(self) -> tuple[str, ...]:
        times = Counter(guid for _, guid in self._labels)
        labels = tuple(
            guid if times[guid] == 1 else f"{zone}/{guid}" for zone, guid in self._labels
        )
        for label, count in Counter(labels).items():
            if count > 1:
                self._faults.add(
                    ("zones",),
                    "labels_alike",
                    f"{count} seats would be called {quoted(label)}: name the zones apart",
                    count=count,
                    label=printable(label),
                )
        return labels

    def _category_index(self, name: object, guid: object, place: Place) -> int | None:
        if not isinstance(name, str) or self._category_indexes is None:
            return None
        index = self._category_indexes.get(name)
        if index is None:
            self._note_undeclared(name, guid, place)
        return index

    def _note_undeclared(self, name: str, guid: object, place: Place) -> None:
        """Count a seat of a category that is not declared: one fault for all such seats."""
        known = self._undeclared.get(name)
        if known is None:
            seat = printable(guid) if isinstance(guid, str) else path(place)
            fault = self._faults.add((*place, "category"), "category_unknown", "")
            known = self._undeclared[name] = _Undeclared(seat, fault)
        known.count += 1

    def _tell_undeclared(self) -> None:
        """Say of each undeclared category how many seats have it, and which is the first."""
        for name, known in self._undeclared.items():
            count, seat = known.count, known.seat
            seats = f"{count:,} seats, first {seat}" if count > 1 else f"1 seat, {seat}"
            known.fault["message"] = f"The category {quoted(name)} is not declared: {seats}"
            known.fault["values"] = {"name": printable(name), "count": count, "first": seat}

    def _read_area(self, raw: object, place: Place) -> dict[str, Any]:
        area = self._faults.check(AREA, raw, place)
        if isinstance(raw, dict):
            shape = raw.get("shape")
            if shape in SHAPES and shape not in raw:
                self._faults.add(
                    (*place, shape),
                    "shape_missing",
                    f'This key is missing: the shape is "{shape}"',
                    shape=shape,
                )
        return area

    def _items(self, parent: object, key: str, place: Place) -> Iterator[tuple[object, Place]]:
        """Yield the pieces under *key* and their places; none where there is no list.

        Raises _TooManyParts before the plan has more pieces of that kind than we keep.
        """
        items = parent.get(key) if isinstance(parent, dict) else None
        if not isinstance(items, list):
            return
        self._parts[key] += len(items)
        if self._parts[key] > SEATS_MAX:
            self._faults.add(
                (*place, key),
                "too_many_parts",
                f"The plan has more than {SEATS_MAX:,} {key}",
                most=SEATS_MAX,
                parts=key,
            )
            raise _TooManyParts
        for index, item in enumerate(items):
            yield item, (*place, key, index)


def _origin(*pieces: dict[str, Any]) -> tuple[float, float]:
    x = y = 0.0
    for piece in pieces:
        if "position" in piece:
            x += piece["position"]["x"]
            y += piece["position"]["y"]
    return x, y
