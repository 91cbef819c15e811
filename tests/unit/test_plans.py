"""What a seating plan may look like, what is said of a bad one, and what a good one knows."""

import copy
import json
import random
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.plan_faults import FAULTS_LISTED_MAX, PlanFaults
from app.plan_format import CATEGORIES_MAX, KEYS_MAX, NOTE_CHARS_MAX, POINTS_MAX, TEXT_CHARS_MAX
from app.plans import SEATS_MAX, Category, SeatingPlan, load_plan, parse_plan
from tests.plans_path import real_plan

Document = dict[str, Any]
Path = tuple[str | int, ...]

SEAT: Path = ("zones", 0, "rows", 0, "seats", 0)
ROW: Path = SEAT[:4]
ZONE: Path = SEAT[:2]
AREA: Path = (*ZONE, "areas", 0)

# Generous: a busy machine takes several times as long as a quiet one.
STADIUM_SECONDS_MAX = 5.0


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
    """Return the document with *value* in that place."""
    changed = document()
    parent: Any = changed
    for part in path[:-1]:
        parent = parent[part]
    parent[path[-1]] = value
    return changed


def without(path: Path) -> Document:
    changed = at(path, None)
    parent: Any = changed
    for part in path[:-1]:
        parent = parent[part]
    del parent[path[-1]]
    return changed


def faults_of(bad: object) -> list[tuple[str, str]]:
    with pytest.raises(PlanFaults) as caught:
        parse_plan(bad)
    return [(fault["place"], fault["message"]) for fault in caught.value.fields["faults"]]


def places_of(bad: object) -> list[str]:
    return [place for place, _ in faults_of(bad)]


# What a good plan knows


def test_indexes_follow_the_order_of_the_document() -> None:
    plan = parse_plan(document())
    assert plan.labels == ("A-1", "A-2", "B-1", "9-1")
    assert plan.count == 4
    assert [plan.index_of(label) for label in plan.labels] == [0, 1, 2, 3]


def test_an_unknown_label_has_no_index() -> None:
    assert parse_plan(document()).index_of("Z-1") is None


def test_seats_know_their_category_by_index() -> None:
    plan = parse_plan(document())
    assert list(plan.seat_categories) == [0, 0, 0, 1]


def test_a_category_without_a_color_gets_one() -> None:
    plan = parse_plan(document())
    assert plan.categories == (Category("Stalls", "#7f4a91"), Category("Balcony", "#888888"))


def test_positions_add_up_zone_row_and_seat() -> None:
    plan = parse_plan(document())
    assert list(plan.xs) == [111, 140.5, 100, 0]
    assert list(plan.ys) == [220, 220, 200, 0]


def test_row_of_finds_the_row_of_every_seat() -> None:
    changed = document()
    changed["zones"][0]["rows"].insert(1, {"row_number": "empty", "seats": []})
    plan = parse_plan(changed)
    assert [plan.row_of(index).name for index in range(4)] == ["Row A", "Row A", "Row B", "Row 1"]
    for index in range(4):
        assert index in plan.row_of(index).seats


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Chair %s", "Ground floor, Row A, Chair 2"),
        ("Chair", "Ground floor, Row A, Chair 2"),
        (None, "Ground floor, Row A, Seat 2"),
    ],
)
def test_seat_names_speak_the_words_of_the_plan(label: str | None, name: str) -> None:
    assert parse_plan(at((*ROW, "seat_label"), label)).seat_name(1) == name


def test_a_seat_in_a_zone_without_a_name_is_named_by_row_and_number() -> None:
    assert parse_plan(document()).seat_name(3) == "Row 1, Seat 11"


def test_the_document_given_is_neither_changed_nor_kept() -> None:
    given_document = document()
    plan = parse_plan(given_document)
    assert given_document == document()
    given_document["zones"][0]["rows"][0]["seats"][0]["seat_guid"] = "changed"
    assert plan.document == document()


def test_a_plan_prints_without_its_seats() -> None:
    assert len(repr(parse_plan(document()))) < 300


# The hash


def shuffled(value: Any, order: random.Random) -> Any:
    if isinstance(value, list):
        return [shuffled(item, order) for item in value]
    if isinstance(value, dict):
        keys = list(value)
        order.shuffle(keys)
        return {key: shuffled(value[key], order) for key in keys}
    return value


@given(st.randoms(use_true_random=False), st.sampled_from([None, 0, 3]))
def test_key_order_and_whitespace_do_not_change_the_hash(
    order: random.Random, indent: int | None
) -> None:
    text = json.dumps(shuffled(document(), order), indent=indent).encode()
    assert load_plan(text).hash == parse_plan(document()).hash


def test_whole_numbers_are_one_number_however_written() -> None:
    plan = load_plan(json.dumps(document()).replace('"x": 100,', '"x": 1.0e2,').encode())
    assert plan.hash == parse_plan(document()).hash
    assert b"100.0" not in json.dumps(plan.document).encode()


def test_minus_zero_is_zero() -> None:
    assert parse_plan(at((*SEAT, "position", "y"), -0.0)).hash == parse_plan(document()).hash


def test_another_plan_has_another_hash() -> None:
    assert parse_plan(at(("name",), "Other")).hash != parse_plan(document()).hash


def test_the_canonical_document_has_the_same_hash() -> None:
    plan = parse_plan(document())
    assert parse_plan(plan.document).hash == plan.hash


# What the format allows passes


@pytest.mark.parametrize(
    "path",
    [
        ("categories", 0, "color"),
        (*ZONE, "name"),
        (*ZONE, "zone_id"),
        (*ZONE, "uuid"),
        (*ZONE, "areas"),
        (*ROW, "row_label"),
        (*ROW, "seat_label"),
        (*ROW, "row_number_position"),
        (*ROW, "uuid"),
        (*ROW, "position"),
        (*SEAT, "uuid"),
        (*SEAT, "radius"),
        (*SEAT, "start_direction"),
        (*AREA, "shape"),
        (*AREA, "color"),
        (*AREA, "border_color"),
        (*AREA, "rotation"),
        (*AREA, "position"),
        (*ZONE, "areas", 4, "text", "size"),
        (*ZONE, "areas", 4, "text", "color"),
    ],
)
def test_an_optional_key_may_be_missing(path: Path) -> None:
    assert parse_plan(without(path)).count == 4


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ((*ROW, "row_label"), None),
        ((*ROW, "seat_label"), None),
        ((*ROW, "row_number_position"), None),
        ((*ROW, "row_number_position"), "start"),
        ((*ROW, "row_number_position"), "end"),
        ((*SEAT, "start_direction"), None),
        ((*SEAT, "start_direction"), "<"),
        ((*SEAT, "start_direction"), ">"),
        ((*SEAT, "radius"), 12.0),
        ((*SEAT, "seat_number"), ""),
        ((*SEAT, "seat_guid"), "Loge 1/2 – ¾ 席"),
        ((*SEAT, "seat_guid"), "x" * TEXT_CHARS_MAX),
        ((*SEAT, "position", "x"), -0.00001),
        ((*ZONE, "areas"), []),
        ((*AREA, "circle"), {"radius": 0}),
        ((*ZONE, "areas", 4, "text", "text"), "two\nlines"),
        ((*ZONE, "areas", 4, "text", "text"), "x" * NOTE_CHARS_MAX),
    ],
)
def test_an_unusual_value_the_format_allows_passes(path: Path, value: object) -> None:
    assert parse_plan(at(path, value)).count == 4


@pytest.mark.parametrize(
    "color",
    [
        "#eee",
        "#eeef",
        "#7F4A91",
        "#7f4a9180",
        "transparent",
        "RebeccaPurple",
        "rgb(1, 2, 3)",
        "rgba(1,2,3,.5)",
        "rgb(10% 20% 30% / 50%)",
        "hsl(120deg, 50%, 50%)",
    ],
)
def test_css_colors_pass(color: str) -> None:
    assert parse_plan(at(("categories", 0, "color"), color)).categories[0].color == color


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


def spelled(path: Path) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


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


WRONG_NUMBERS = [True, None, "5", [], float("nan"), float("inf"), 10**30, 10**5_000, -1e9]


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
    "path", [(), ("size",), ("zones",), ZONE, ROW, SEAT, (*SEAT, "position"), AREA]
)
@pytest.mark.parametrize("value", [None, 1, "text", [[]], {"a": 1}])
def test_what_has_the_wrong_shape_is_a_fault(path: Path, value: object) -> None:
    bad = at(path, value) if path else value
    places = places_of(bad)
    assert any(place.startswith(spelled(path) or "plan") for place in places) or not path


def test_a_repeated_label_names_the_first_seat_that_has_it() -> None:
    path = ("zones", 1, "rows", 0, "seats", 0, "seat_guid")
    assert faults_of(at(path, "A-2")) == [
        (spelled(path), 'The seat "A-2" stands already at zones[0].rows[0].seats[1]')
    ]


def test_an_undeclared_category_is_named() -> None:
    assert faults_of(at((*SEAT, "category"), "Boxes")) == [
        (spelled((*SEAT, "category")), 'The category "Boxes" is not declared')
    ]


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


# JSON


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (b"", "line 1 column 0"),
        (b'{"name": "x",\n "size" 5}', "line 2 column 9"),
        (b"{} {}", "line 1 column 4"),
        (b'{"name": "\xff"}', "line 1 column 11"),
        (b'"\\ud800"', "line 1 column 8"),
        (b"1" * 10_000, "line 1 column 4302"),
        ("{}".encode("utf-16"), "line 1 column 1"),
    ],
    ids=["empty", "comma", "two", "utf-8", "surrogate", "digits", "utf-16"],
)
def test_a_fault_of_the_json_names_line_and_column(text: bytes, place: str) -> None:
    with pytest.raises(PlanFaults, match="not valid JSON") as caught:
        load_plan(text)
    assert [fault["place"] for fault in caught.value.fields["faults"]] == [place]


def test_not_a_number_in_json_is_named_by_its_place_in_the_plan() -> None:
    text = json.dumps(at((*SEAT, "position", "x"), float("nan"))).encode()
    with pytest.raises(PlanFaults) as caught:
        load_plan(text)
    assert caught.value.fields["faults"] == [
        {"place": spelled((*SEAT, "position", "x")), "message": "Input should be a finite number"}
    ]


def test_a_byte_order_mark_is_ignored() -> None:
    text = json.dumps(document()).encode("utf-8-sig")
    assert load_plan(text).hash == parse_plan(document()).hash


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
        assert faults.fields["faults"]
    else:
        assert isinstance(plan, SeatingPlan)
        assert plan.count == len(set(plan.labels)) == len(plan.seat_categories) == len(plan.xs)
        assert load_plan(json.dumps(plan.document).encode()).hash == plan.hash
    assert repr(value) == repr(before)


@given(ANY_JSON)
def test_any_value_is_a_plan_or_faults(value: object) -> None:
    parses_or_faults(value)


@given(st.lists(st.tuples(st.sampled_from(paths(document())), ANY_JSON), min_size=1, max_size=3))
def test_a_plan_with_any_value_in_any_place_is_a_plan_or_faults(
    changes: list[tuple[Path, object]],
) -> None:
    changed: Any = document()
    for path, value in changes:
        parent: Any = changed
        for part in path[:-1]:
            if not (isinstance(parent, dict) and part in parent) and not (
                isinstance(parent, list) and isinstance(part, int) and part < len(parent)
            ):
                break
            parent = parent[part]
        else:
            if isinstance(parent, dict):
                parent[path[-1]] = value
    parses_or_faults(changed)


# Real plans


def test_the_real_stadium_loads_in_seconds() -> None:
    text = real_plan("stadium").read_bytes()
    started = time.perf_counter()
    plan = load_plan(text)
    assert time.perf_counter() - started < STADIUM_SECONDS_MAX
    assert plan.count == 39_417
    assert len(plan.categories) == 8
    assert plan.seat_name(0) == "Sector 21, Row 16, Seat 1"
    assert plan.index_of(plan.labels[-1]) == 39_416


def test_the_real_theatre_is_told_of_the_labels_its_balcony_repeats() -> None:
    text = real_plan("theatre").read_bytes()
    with pytest.raises(PlanFaults) as caught:
        load_plan(text)
    faults = caught.value.fields["faults"]
    assert len(faults) == 84
    assert all(fault["place"].startswith("zones[1].rows[") for fault in faults)
    assert all("stands already at zones[0].rows[" in fault["message"] for fault in faults)


def test_the_real_theatre_passes_once_its_labels_are_unique() -> None:
    theatre = json.loads(real_plan("theatre").read_bytes())
    for row in theatre["zones"][1]["rows"]:
        for balcony_seat in row["seats"]:
            balcony_seat["seat_guid"] = "B-" + balcony_seat["seat_guid"]
    plan = parse_plan(theatre)
    assert plan.count == 1_057
    assert plan.seat_name(0) == "Ground floor, Row 1, Seat 1-1"
