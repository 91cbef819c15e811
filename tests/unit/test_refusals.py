"""The counts of refused commands."""

from app.refusals import SHOWS_MAX, Refusals


def test_refusals_are_counted_by_show_and_code() -> None:
    refusals = Refusals()
    for show, code in ((1, "seats_taken"), (1, "seats_taken"), (1, "hold_gone"), (2, "hold_limit")):
        refusals.add(show, code)
    assert refusals.counts() == {1: {"seats_taken": 2, "hold_gone": 1}, 2: {"hold_limit": 1}}


def test_the_shows_that_refused_something_last_are_remembered() -> None:
    refusals = Refusals()
    for show in range(SHOWS_MAX):
        refusals.add(show, "not_found")
    refusals.add(0, "not_found")
    refusals.add(SHOWS_MAX, "not_found")
    assert len(refusals.counts()) == SHOWS_MAX
    assert refusals.counts()[0] == {"not_found": 2}
    assert 1 not in refusals.counts()
