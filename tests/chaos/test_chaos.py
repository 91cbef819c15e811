"""The short form of `make chaos`: a few rounds of faults, and nothing sold twice, nothing lost."""

import os
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path
from typing import Final

import pytest

from tests.chaos.checker import UNHURRIED
from tests.chaos.cluster import skewed_clock
from tests.chaos.run import run_chaos
from tests.chaos.schedule import HEAVY, LIGHT, schedule
from tests.chaos.wire import split_replies

SEED: Final = 20_310_501
ROUNDS: Final = 2


async def test_I1_to_I13_hold_through_faults(tmp_path: Path) -> None:
    """Kills, stops, cuts, lost answers: the checker finds nothing."""
    said: list[str] = []
    report = await run_chaos(tmp_path, SEED, rounds=ROUNDS, bounds=UNHURRIED, say=said.append)
    assert report.violations == []
    assert report.rounds == ROUNDS
    assert report.injected.total() >= 20 * ROUNDS
    assert report.rushes
    for kind in ("hold", "book"):
        assert report.outcomes[kind, "ok"], "\n".join(report.lines())


def test_the_same_seed_is_the_same_schedule() -> None:
    """Rounds are told apart by number and seed, and by nothing else."""
    first, again = (list(islice(schedule(7), 20)) for _ in range(2))
    assert first == again
    assert first != list(islice(schedule(8), 20))
    kinds = {fault.kind for round_ in first for fault in round_.faults}
    assert kinds == {*HEAVY, *LIGHT}


@pytest.mark.skipif(sys.platform != "linux", reason="libfaketime is preloaded")
@pytest.mark.parametrize("skew_s", [-90, 600])
def test_the_clock_of_a_process_is_off_as_told(skew_s: int) -> None:
    """Its wall clock, that is; timers run as ever."""
    says = "import time; print(time.time(), time.monotonic())"
    environment = {**os.environ, **skewed_clock(skew_s)}
    before_s, started_s = time.time(), time.monotonic()
    told = subprocess.check_output([sys.executable, "-c", says], env=environment, text=True)
    wall_s, timer_s = map(float, told.split())
    assert before_s + skew_s - 1 <= wall_s <= time.time() + skew_s + 1
    assert started_s <= timer_s <= time.monotonic()


def test_a_subscribers_replies_are_told_apart() -> None:
    """What is lost is a whole message, never a part of one."""
    message = b">3\r\n$8\r\nsmessage\r\n$4\r\nfeed\r\n$6\r\n\x93\r\n$1\r\r\n"
    confirmed = b">3\r\n$10\r\nssubscribe\r\n$4\r\nfeed\r\n:1\r\n"
    data = confirmed + message + message[:20]
    assert list(split_replies(data)) == [confirmed, message, message[:20]]
    assert list(split_replies(b"")) == []
