"""The words of a sale: the table of transitions is whole, and SQL and JavaScript say the same."""

import re
from typing import Final

import pytest

from app.config import project_root
from app.domain import (
    TRANSITIONS,
    Actor,
    BookingStatus,
    EventKind,
    HoldStatus,
    Role,
    SeatStatus,
    ShowStatus,
)
from app.sql import SQL_FOLDER

SCHEMA: Final = (SQL_FOLDER / "migrations" / "0001_core.sql").read_text()

# Where each kind of event is carried out.
FUNCTIONS: Final = {
    EventKind.HOLD: "take_holds",
    EventKind.RELEASE: "release_holds",
    EventKind.EXTEND: "extend_holds",
    EventKind.EXPIRE: "expire_holds",
    EventKind.BOOK: "book_holds",
    EventKind.CANCEL: "cancel_bookings",
    EventKind.BLOCK: "block_seats",
    EventKind.UNBLOCK: "block_seats",
    EventKind.SHOW: "change_show",
}
# These two share a function, which is told the status.
BLOCKS: Final = (EventKind.BLOCK, EventKind.UNBLOCK)


def test_every_kind_has_its_line_in_the_table() -> None:
    assert set(TRANSITIONS) == set(EventKind) == set(FUNCTIONS)


def test_every_transition_changes_the_status() -> None:
    for transition in TRANSITIONS.values():
        assert transition is None or transition[0] is not transition[1]


def test_every_status_can_be_reached_and_left_again() -> None:
    """No seat is lost for ever, and from available all others can be had."""
    moves = {transition for transition in TRANSITIONS.values() if transition}
    for status in SeatStatus:
        assert _reachable(SeatStatus.AVAILABLE, moves) >= {status}
        assert _reachable(status, moves) >= {SeatStatus.AVAILABLE}


def test_I1_a_seat_is_taken_only_when_it_is_available() -> None:
    """Nothing leads from one holder's seat to another's, or past a hold to a booking."""
    moves = {transition for transition in TRANSITIONS.values() if transition}
    assert {before for before, after in moves if after is SeatStatus.HELD} == {0}
    assert {before for before, after in moves if after is SeatStatus.BOOKED} == {1}
    assert {before for before, after in moves if after is SeatStatus.BLOCKED} == {0}


@pytest.mark.parametrize("kind", sorted(set(EventKind) - set(BLOCKS)), ids=str)
def test_the_sql_function_of_a_kind_leaves_its_seats_as_the_table_says(kind: EventKind) -> None:
    text = _function(FUNCTIONS[kind])
    transition = TRANSITIONS[kind]
    set_to = [int(status) for status in re.findall(r"UPDATE seats s\s+SET status = (\d)", text)]
    assert set_to == ([] if transition is None else [transition[1]])


@pytest.mark.parametrize("kind", BLOCKS, ids=str)
def test_the_sql_function_of_blocks_is_told_what_the_table_says(kind: EventKind) -> None:
    before, after = _words(kind)
    assert f"{before} -> {after}" in _header("block_seats")
    status = TRANSITIONS[kind]
    assert status is not None
    call = rf"WHEN '{kind}' THEN\s+RETURN QUERY [^;]* {int(status[1])}::smallint,"
    assert re.search(call, _function("apply_batch"))


@pytest.mark.parametrize(
    "kind", sorted(set(EventKind) - {EventKind.EXTEND, EventKind.SHOW}), ids=str
)
def test_the_sql_function_of_a_kind_says_its_transition(kind: EventKind) -> None:
    header = _header(FUNCTIONS[kind])
    before, after = _words(kind)
    # An expired hold is told as such; its seats are available.
    assert f"{before} -> {'expired' if kind is EventKind.EXPIRE else after}" in header


@pytest.mark.parametrize("kind", EventKind, ids=str)
def test_every_kind_is_logged_by_its_function(kind: EventKind) -> None:
    assert f"'{kind}'" in _function(FUNCTIONS[kind])


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("event_kind", EventKind),
        ("show_status", ShowStatus),
        ("hold_status", HoldStatus),
        ("booking_status", BookingStatus),
    ],
)
def test_the_types_of_the_ledger_have_the_same_words(
    name: str,
    words: type[EventKind] | type[ShowStatus] | type[HoldStatus] | type[BookingStatus],
) -> None:
    declared = re.search(rf"CREATE TYPE {name} AS ENUM \((.*?)\);", SCHEMA, re.DOTALL)
    assert declared
    assert re.findall(r"'(\w+)'", declared[1]) == [word.value for word in words]


@pytest.mark.parametrize("status", SeatStatus, ids=lambda status: status.name)
def test_a_status_has_the_same_number_in_sql_lua_and_javascript(status: SeatStatus) -> None:
    name, number = status.name, status.value
    assert re.search(rf"WHEN {number} THEN .*-- {name.lower()}\n", SCHEMA)
    assert f"{number} {name.lower()}" in (project_root() / "app" / "board.lua").read_text()
    script = (project_root() / "static" / "js" / "protocol.js").read_text()
    assert re.search(rf"SeatStatus = .*\b{name}: {number}\b", script)


def test_I10_staff_are_staff_and_admins() -> None:
    assert {role for role in Role if Actor("ann", role).is_staff} == {Role.STAFF, Role.ADMIN}


def _reachable(start: SeatStatus, moves: set[tuple[SeatStatus, SeatStatus]]) -> set[SeatStatus]:
    """Return what *start* leads to, itself included."""
    reached = {start}
    for _ in SeatStatus:
        reached |= {after for before, after in moves if before in reached}
    return reached


def _words(kind: EventKind) -> tuple[str, str]:
    transition = TRANSITIONS[kind]
    assert transition is not None
    return transition[0].name.lower(), transition[1].name.lower()


def _function(name: str) -> str:
    return (SQL_FOLDER / "functions" / f"{name}.sql").read_text()


def _header(name: str) -> str:
    header, _, _ = _function(name).partition("CREATE OR REPLACE FUNCTION")
    return header
