"""Who may open a socket now, on a clock that the test drives."""

import gc
from unittest.mock import patch

import pytest

from realtime.admission import Admission
from realtime.garbage import CLOSED_MAX, ClosedSockets


def test_HS5_a_burst_is_let_in_and_then_so_many_a_second() -> None:
    admission = Admission(per_s=100, burst=10)
    assert [admission.enter(0.0) is None for _ in range(12)] == [True] * 10 + [False] * 2
    let_in = sum(admission.enter(1 + step / 1000) is None for step in range(2_000))
    assert let_in == pytest.approx(10 + 200, abs=1)


def test_HS5_who_is_turned_away_is_told_to_come_after_those_before() -> None:
    admission = Admission(per_s=100, burst=1)
    admission.enter(0.0)
    waits_s = [admission.enter(0.0) for _ in range(1_000)]
    assert waits_s == pytest.approx([n / 100 for n in range(1, 1_001)])


def test_HS5_a_storm_that_does_as_it_is_told_is_in_after_its_size_by_the_pace() -> None:
    admission = Admission(per_s=1_000, burst=100)
    coming = [(0.0, number) for number in range(5_000)]
    ends_at_s, tries = 0.0, 0
    while coming:
        coming.sort()
        now_s, number = coming.pop(0)
        tries += 1
        wait_s = admission.enter(now_s)
        if wait_s is None:
            ends_at_s = now_s
        else:
            coming.append((now_s + wait_s, number))
    assert ends_at_s <= 6.0
    assert tries <= 3 * 5_000


def test_closed_sockets_are_collected_together() -> None:
    closed = ClosedSockets()
    with patch.object(gc, "collect") as collect:
        for _ in range(CLOSED_MAX):
            assert not closed.collect_when_due()
            closed.add()
        assert closed.collect_when_due()
        assert not closed.collect_when_due()
    collect.assert_called_once_with()
