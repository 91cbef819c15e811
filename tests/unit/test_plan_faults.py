"""What is said of a bad seating plan: every fault with its place, and never a crash."""

import copy
import json
import re
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.config import project_root
from app.plan_faults import FAULTS_LISTED_MAX, PlanFaults
from app.plan_format import CATEGORIES_MAX, KEYS_MAX, POINTS_MAX
from app.plans import SEATS_MAX, load_plan, parse_plan
from tests.plan_documents import (
    AREA,
    ROW,
    SEAT,
    ZONE,
    Document,
    Path,
    at,
    document,
    parent_of,
    seat,
    spelled,
    without,
)

# What the box office says of each code, with the names of the values that it wants.
TEXTS = {
    code: set(re.findall(r"\{(\w+)\}", words))
    for code, words in re.findall(
        r"^    'plan_fault\.(\w+)':(.*?),$(?=\n    '|\n  \})",
        (project_root() / "static" / "js" / "texts.js").read_text(),
        re.MULTILINE | re.DOTALL,
    )
}


def faults_of(bad: object) -> list[tuple[str, str]]:
    with pytest.raises(PlanFaults) as caught:
        parse_plan(bad)
    faults = caught.value.fields["faults"]
    for fault in faults:
        assert TEXTS[fault["code"]] <= fault["values"].keys()
    return [(fault["place"], fault["message"]) for fault in faults]


def places_of(bad: object) -> list[str]:
    return [place for place, _ in faults_of(bad)]


# Every fault is named with its place


@pytest.mark.parametrize(
    "path",
    [
        ("name",),
        ("size",),
        ("categories",),
        ("zones",),
        ("size", "width"),
        ("categories", 1, "name"),
        (*ZONE, "position"),
        (*ZONE, "rows"),
        (*ROW, "row_number"),
        (*ROW, "seats"),
        (*SEAT, "seat_guid"),
        (*SEAT, "seat_number"),
        (*SEAT, "position"),
        (*SEAT, "category"),
        (*SEAT, "position", "y"),
        (*AREA, "polygon", "points"),
        (*ZONE, "areas", 2, "ellipse", "radius", "x"),
        (*ZONE, "areas", 4, "text", "position"),
    ],
)
def test_a_missing_key_is_named(path: Path) -> None:
    assert (spelled(path), "This key is missing") in faults_of(without(path))


@pytest.mark.parametrize(
    "path",
    [
        ("colour",),
        ("size", "depth"),
        ("categories", 0, "price"),
        (*ZONE, "seats"),
        (*ROW, "rotation"),
        (*SEAT, "id"),
        (*SEAT, "position", "z"),
        (*AREA, "opacity"),
        (*ZONE, "areas", 3, "circle", "x"),
    ],
)
def test_an_unknown_key_is_named(path: Path) -> None:
    assert faults_of(at(path, 1)) == [(spelled(path), "The format has no such key")]


WRONG_NUMBERS: list[object] = [
    True,
    None,
    "5",
    [],
    float("nan"),
    float("inf"),
    10**30,
    10**400,
    -1e9,
]


@pytest.mark.parametrize("value", WRONG_NUMBERS, ids=lambda value: repr(value)[:9])
@pytest.mark.parametrize(
    "path",
    [
        ("size", "width"),
        (*ZONE, "position", "x"),
        (*SEAT, "position", "y"),
        (*SEAT, "radius"),
        (*AREA, "rotation"),
    ],
    ids=spelled,
)
def test_what_is_no_sensible_number_is_a_fault(path: Path, value: object) -> None:
    assert places_of(at(path, value)) == [spelled(path)]


@pytest.mark.parametrize("value", [0, -1, 1.5])
def test_a_radius_is_a_whole_number_of_at_least_1(value: float) -> None:
    assert places_of(at((*SEAT, "radius"), value)) == [spelled((*SEAT, "radius"))]


@pytest.mark.parametrize("value", [5, None, True, [], {}, "a\0b", "a\ud800b", "x" * 2_000])
@pytest.mark.parametrize(
    "path",
    [
        ("name",),
        ("categories", 1, "name"),
        (*ZONE, "name"),
        (*ROW, "row_number"),
        (*SEAT, "seat_guid"),
        (*SEAT, "seat_number"),
        (*SEAT, "uuid"),
        (*ZONE, "areas", 4, "text", "text"),
    ],
    ids=spelled,
)
def test_what_is_no_proper_text_is_a_fault(path: Path, value: object) -> None:
    assert spelled(path) in places_of(at(path, value))


def test_an_empty_label_is_a_fault() -> None:
    assert places_of(at((*SEAT, "seat_guid"), "")) == [spelled((*SEAT, "seat_guid"))]


@pytest.mark.parametrize(
    "path", [("size",), ("zones",), ZONE, ROW, SEAT, (*SEAT, "position"), AREA], ids=spelled
)
@pytest.mark.parametrize("value", [None, 1, "text", [[]], {"a": 1}])
def test_what_has_the_wrong_shape_is_a_fault_there(path: Path, value: object) -> None:
    assert any(place.startswith(spelled(path)) for place in places_of(at(path, value)))


@pytest.mark.parametrize("value", [None, 1, "text", []])
def test_what_is_no_object_is_no_plan(value: object) -> None:
    assert faults_of(value) == [("plan", "Input should be an object")]


def test_a_repeated_label_names_the_first_seat_that_has_it() -> None:
    path = ("zones", 1, "rows", 0, "seats", 0, "seat_guid")
    assert faults_of(at(path, "A-2")) == [
        (spelled(path), 'The seat "A-2" stands already at zones[0].rows[0].seats[1]')
    ]


def test_an_undeclared_category_is_named() -> None:
    assert faults_of(at((*SEAT, "category"), "Boxes")) == [
        (spelled((*SEAT, "category")), 'The category "Boxes" is not declared: 1 seat, A-1')
    ]


def test_seats_of_one_undeclared_category_are_one_fault_with_their_number() -> None:
    bad = document()
    row = bad["zones"][0]["rows"][0]
    row["seats"] = [seat(f"X-{number}", category="Boxes") for number in range(120)]
    row["seats"][60]["category"] = "Nowhere"
    del row["seats"][60]["seat_guid"]
    with pytest.raises(PlanFaults) as caught:
        parse_plan(bad)
    told = [
        (fault["place"], fault["message"], fault["values"])
        for fault in caught.value.fields["faults"]
        if fault["code"] == "category_unknown"
    ]
    place = "zones[0].rows[0].seats[60]"
    assert told == [
        (
            "zones[0].rows[0].seats[0].category",
            'The category "Boxes" is not declared: 119 seats, first X-0',
            {"name": "Boxes", "count": 119, "first": "X-0"},
        ),
        (
            f"{place}.category",
            f'The category "Nowhere" is not declared: 1 seat, {place}',
            {"name": "Nowhere", "count": 1, "first": place},
        ),
    ]


def test_an_undeclared_category_beyond_the_listed_faults_is_counted_once() -> None:
    bad = document()
    bad["zones"][0]["rows"][0]["seats"] = [
        *[{}] * FAULTS_LISTED_MAX,
        *[seat(guid, category="Boxes") for guid in ("X-1", "X-2")],
    ]
    with pytest.raises(PlanFaults) as caught:
        parse_plan(bad)
    # Each of the empty seats lacks four keys.
    assert caught.value.fields["more"] == 3 * FAULTS_LISTED_MAX + 1


def test_a_category_declared_twice_is_named() -> None:
    changed = document()
    changed["categories"].append({"name": "Stalls"})
    assert faults_of(changed) == [
        ("categories[2].name", 'The category "Stalls" is declared already at categories[0]')
    ]


def test_an_unknown_shape_is_a_fault() -> None:
    assert places_of(at((*AREA, "shape"), "star")) == [spelled((*AREA, "shape"))]


@pytest.mark.parametrize("number", range(5))
def test_an_area_needs_the_object_of_its_shape(number: int) -> None:
    path = (*ZONE, "areas", number)
    shape = document()["zones"][0]["areas"][number]["shape"]
    bad = without((*path, shape))
    bad["zones"][0]["areas"][number]["color"] = "?"
    assert set(places_of(bad)) == {spelled((*path, shape)), spelled((*path, "color"))}


@pytest.mark.parametrize(
    "color",
    ["", "#12345", "#ggg", "red;", "reddish", "url(x)", "rgb(1,2)", "rgb(a,b,c)", "#eee\n", 7],
)
def test_what_is_no_css_color_is_a_fault(color: object) -> None:
    for path in (("categories", 0, "color"), (*AREA, "border_color")):
        assert places_of(at(path, color)) == [spelled(path)]


@pytest.mark.parametrize("value", ["", "left", "><", 1, [], True])
def test_directions_and_number_positions_are_of_a_few_words(value: object) -> None:
    for path in ((*SEAT, "start_direction"), (*ROW, "row_number_position")):
        assert places_of(at(path, value)) == [spelled(path)]


def test_all_faults_are_reported_in_the_order_of_the_document() -> None:
    bad = document()
    bad["size"]["width"] = "wide"
    bad["zones"][0]["rows"][0]["seats"][0] |= {"seat_guid": "9-1", "radius": -1, "category": "?"}
    del bad["zones"][0]["rows"][1]["row_number"]
    bad["zones"][0]["areas"][1]["shape"] = "star"
    bad["zones"][1]["rows"][0]["seats"][0]["extra"] = 1
    assert places_of(bad) == [
        "size.width",
        "zones[0].rows[0].seats[0].radius",
        "zones[0].rows[0].seats[0].category",
        "zones[0].rows[1].row_number",
        "zones[0].areas[1].shape",
        "zones[1].rows[0].seats[0].extra",
        "zones[1].rows[0].seats[0].seat_guid",
    ]


def test_the_first_faults_are_listed_and_the_rest_counted() -> None:
    bad = at((*ROW, "seats"), [{}] * 1_000)
    with pytest.raises(PlanFaults) as caught:
        parse_plan(bad)
    assert len(caught.value.fields["faults"]) == FAULTS_LISTED_MAX
    assert caught.value.fields["more"] == 4_000 - FAULTS_LISTED_MAX
    assert "4,000 faults" in caught.value.message


def test_faults_answer_as_a_bad_message_that_encodes() -> None:
    bad: Any = document() | {"\ud800" * 500: 1}
    bad["zones"][0]["rows"][0]["seats"][0]["seat_guid"] = "\ud800" * 500
    bad["zones"][0]["rows"][0]["seats"][0]["category"] = "\ud800" * 500
    with pytest.raises(PlanFaults) as caught:
        parse_plan(bad)
    assert caught.value.code == "bad_message"
    assert len(json.dumps(caught.value.as_dict(), ensure_ascii=False).encode()) < 4_000


# Limits


@pytest.mark.parametrize("zones", [[], [{"position": {"x": 0, "y": 0}, "rows": []}]])
def test_a_plan_without_seats_is_a_fault(zones: list[Document]) -> None:
    assert faults_of(at(("zones",), zones)) == [("zones", "The plan has no seats")]


@pytest.mark.parametrize(
    ("path", "key"), [(ROW, "seats"), (ZONE, "rows"), (ZONE, "areas"), ((), "zones")]
)
def test_a_plan_of_too_many_parts_is_given_up_at_once(path: Path, key: str) -> None:
    bad = at((*path, key), [{}] * (SEATS_MAX + 1))
    message = f"The plan has more than {SEATS_MAX:,} {key}"
    assert (spelled((*path, key)), message) in faults_of(bad)


def test_seats_are_counted_over_all_rows() -> None:
    half = [seat(str(number)) for number in range(SEATS_MAX // 2)]
    rows = [{"row_number": "1", "seats": half}, {"row_number": "2", "seats": [{}] * len(half)}]
    zones = [{"position": {"x": 0, "y": 0}, "rows": [*rows, {"row_number": "3", "seats": [{}]}]}]
    with pytest.raises(PlanFaults) as caught:
        parse_plan(at(("zones",), zones))
    assert caught.value.fields["more"] == 4 * len(half) + 1 - FAULTS_LISTED_MAX


def test_a_plan_of_as_many_seats_as_allowed_passes() -> None:
    seats = [seat(str(number)) for number in range(SEATS_MAX)]
    zones = [{"position": {"x": 0, "y": 0}, "rows": [{"row_number": "1", "seats": seats}]}]
    assert parse_plan(at(("zones",), zones)).count == SEATS_MAX


def test_there_are_not_too_many_categories_points_or_keys() -> None:
    names = [{"name": str(number)} for number in range(70_000)]
    assert len(names) > CATEGORIES_MAX
    bad = at(("categories",), [*names, {"name": "Stalls"}, {"name": "Balcony"}])
    assert places_of(bad) == ["categories"]
    points = [{"x": 0, "y": 0}] * (POINTS_MAX + 1)
    path = (*AREA, "polygon", "points")
    assert places_of(at(path, points)) == [spelled(path)]
    keys = {str(number): 1 for number in range(KEYS_MAX + 1)}
    assert places_of(at((*SEAT, "position"), keys)) == [spelled((*SEAT, "position"))]


def test_deep_nesting_is_a_fault() -> None:
    nested: Any = {}
    for _ in range(100_000):
        nested = {"zones": [nested]}
    assert "name" in places_of(nested)
    assert places_of(at((*SEAT, "position"), nested))
    with pytest.raises(PlanFaults, match="recursion limit"):
        load_plan(b"[" * 1_000_000)
    while nested:  # Python's own way of freeing it would nest as deep.
        nested = nested["zones"][0]


# Anything

ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=5)
    | st.sampled_from(["rectangle", "A-1", "Stalls"]),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "zones", "rows", "seats", "position", "x", "shape", "?"]),
            children,
            max_size=4,
        )
    ),
    max_leaves=8,
)


def paths(value: object, path: Path = ()) -> list[Path]:
    """Return the place of every value in *value*."""
    found = [path] if path else []
    if isinstance(value, dict):
        items: Any = value.items()
    else:
        items = enumerate(value) if isinstance(value, list) else ()
    for key, child in items:
        found += paths(child, (*path, key))
    return found


def parses_or_faults(value: object) -> None:
    before = copy.deepcopy(value)
    try:
        plan = parse_plan(value)
    except PlanFaults as faults:
        json.dumps(faults.as_dict(), allow_nan=False, ensure_ascii=False).encode()
    else:
        assert plan.count == len(set(plan.labels)) == len(plan.seat_categories) == len(plan.xs)
        assert load_plan(json.dumps(plan.document).encode()).hash == plan.hash
    assert repr(value) == repr(before)


@given(ANY_JSON)
def test_any_value_is_a_plan_or_faults(value: object) -> None:
    parses_or_faults(value)


@given(st.lists(st.tuples(st.sampled_from(paths(document())), ANY_JSON), min_size=1, max_size=3))
def test_a_plan_with_any_values_in_any_places_is_a_plan_or_faults(
    changes: list[tuple[Path, object]],
) -> None:
    changed = document()
    for path, value in changes:
        # An earlier change may have taken the place away.
        with suppress(KeyError, IndexError, TypeError):
            parent_of(changed, path)[path[-1]] = value
    parses_or_faults(changed)
