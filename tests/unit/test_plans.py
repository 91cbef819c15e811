"""What a good seating plan knows, what the format allows, and how JSON becomes a plan."""

import json
import random
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.plan_faults import PlanFaults
from app.plan_format import NOTE_CHARS_MAX, TEXT_CHARS_MAX
from app.plans import Category, load_plan, parse_plan
from tests.plan_documents import AREA, ROW, SEAT, ZONE, Path, at, document, spelled, without
from tests.plans_path import real_plan

# Generous: a busy machine takes several times as long as a quiet one.
STADIUM_SECONDS_MAX = 5.0


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
    (fault,) = caught.value.fields["faults"]
    assert fault["place"] == place
    assert "line {line} column {column}".format(**fault["values"]) == place


def test_not_a_number_in_json_is_named_by_its_place_in_the_plan() -> None:
    text = json.dumps(at((*SEAT, "position", "x"), float("nan"))).encode()
    with pytest.raises(PlanFaults) as caught:
        load_plan(text)
    assert caught.value.fields["faults"] == [
        {
            "place": spelled((*SEAT, "position", "x")),
            "message": "Input should be a finite number",
            "code": "finite_number",
            "values": {},
        }
    ]


def test_a_byte_order_mark_is_ignored() -> None:
    text = json.dumps(document()).encode("utf-8-sig")
    assert load_plan(text).hash == parse_plan(document()).hash


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


def test_the_real_theatre_loads_and_its_two_rows_17_have_labels_of_their_own() -> None:
    plan = load_plan(real_plan("theatre").read_bytes())
    assert plan.count == len(set(plan.labels)) == 1_057
    assert plan.seat_name(0) == "Ground floor, Row 1, Seat 1-1"
    assert plan.index_of("1-1") == 0
    below, above = plan.index_of("Ground floor/17-1"), plan.index_of("Balcony/17-1")
    assert below is not None
    assert above is not None
    assert plan.seat_name(below) == "Ground floor, Row 17, Seat 17-1"
    assert plan.seat_name(above) == "Balcony, Row 17, Seat 17-1"
    assert plan.index_of("17-1") is None


def test_a_guid_may_come_again_in_another_zone_only_for_the_same_row_and_number() -> None:
    repeated = document()
    repeated["zones"][0]["name"], repeated["zones"][1]["name"] = "Below", "Above"
    first = repeated["zones"][0]["rows"][0]
    other = repeated["zones"][1]["rows"][0]
    other["row_number"] = first["row_number"]
    other["seats"][0] |= {
        "seat_guid": first["seats"][0]["seat_guid"],
        "seat_number": first["seats"][0]["seat_number"],
    }
    labels = parse_plan(repeated).labels
    assert labels[0] == "Below/A-1"
    assert "Above/A-1" in labels

    repeated["zones"][1]["name"] = "Below"
    with pytest.raises(PlanFaults, match="name the zones apart"):
        parse_plan(repeated)
