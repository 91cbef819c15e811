"""Finds the real seating plans, which are no part of the project."""

import os
from pathlib import Path

import pytest

VARIABLE = "SEATWIRE_TEST_PLANS"


def real_plan(name: str) -> Path:
    """Return the file of a real plan; skip the test where there is none.

    The folder is the one SEATWIRE_TEST_PLANS names, or `shared/plans` beside the checkout.
    """
    beside = Path(__file__).resolve().parent.parent.parent / "shared" / "plans"
    path = Path(os.environ.get(VARIABLE) or beside) / f"{name}.json"
    if not path.is_file():
        pytest.skip(f"{path} is missing; set {VARIABLE} to a folder with real seating plans")
    return path
