"""Signed booking references."""

import random
from typing import Final
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.references import REFERENCE_CHARS_MAX, References

SECRET: Final = "a secret of the tests, long enough"
OURS: Final = References(SECRET)
BOOKING: Final = UUID("6f1c2f0e-54d7-4d1c-9a55-3c7a4ce2b001")


@given(show=some.integers(1, 2**63 - 1), booking=some.uuids())
def test_what_was_made_is_read_back(show: int, booking: UUID) -> None:
    reference = OURS.make(show, booking)
    assert OURS.read(reference) == (show, booking)
    assert len(reference) < REFERENCE_CHARS_MAX


def test_a_reference_stays_the_same_for_ever() -> None:
    """Tickets are printed: another release must read them."""
    reference = "N4OC6DSU25GRZGSVHR5EZYVQAEVAGVCT3KKXUJZK"
    assert OURS.make(42, BOOKING) == reference
    assert OURS.read(reference) == (42, BOOKING)
    assert set(reference) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


def test_how_it_is_typed_does_not_matter() -> None:
    reference = OURS.make(42, BOOKING)
    groups = [reference[at : at + 5] for at in range(0, len(reference), 5)]
    for typed in (reference.lower(), " ".join(groups), "-".join(groups).lower()):
        assert OURS.read(typed) == (42, BOOKING)


def test_every_other_letter_makes_it_wrong() -> None:
    reference = OURS.make(42, BOOKING)
    for place in range(len(reference)):
        for other in "ABZ7":
            changed = reference[:place] + other + reference[place + 1 :]
            assert changed == reference or OURS.read(changed) is None


def test_another_installation_s_reference_is_none_of_ours() -> None:
    assert OURS.read(References(SECRET + "!").make(42, BOOKING)) is None


@pytest.mark.parametrize(
    "text", ["", "A", "=", "ÄÖ", "0189", "A" * 40, "A" * 10_000, "\0", "ſ" * 8]
)
def test_nonsense_is_no_reference(text: str) -> None:
    assert OURS.read(text) is None


def test_a_longer_or_shorter_one_is_no_reference() -> None:
    lots = random.Random(7)
    for _ in range(200):
        reference = OURS.make(lots.randrange(1, 300), uuid4())
        assert OURS.read(reference[: lots.randrange(len(reference) - 2)]) is None
        assert OURS.read(reference + "A" * lots.randrange(2, 9)) is None
