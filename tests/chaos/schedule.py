"""Which faults come when: the same seed, the same schedule. Pure.

A run is rounds. A round's faults come in its first seconds; then everything is healed, the time
until all screens are right again is taken, and for a while nothing happens. So what is promised
for calm times is put to the test as well.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final


class FaultKind(StrEnum):
    """What is done to whom."""

    KILL_WEB = "kill -9 web"
    PAUSE_WEB = "SIGSTOP web"
    RESTART_WEB = "SIGTERM web"
    KILL_WORKER = "kill -9 worker"
    PAUSE_WORKER = "SIGSTOP worker"
    KILL_VALKEY = "kill -9 Valkey, back empty"
    PAUSE_VALKEY = "SIGSTOP Valkey"
    KILL_POSTGRES = "kill -9 PostgreSQL"
    PAUSE_POSTGRES = "SIGSTOP PostgreSQL"
    FLUSH = "FLUSHALL"
    KILL_PUBSUB = "pub/sub connections killed"
    CUT_CLIENTS = "clients cut off"
    CUT_LEDGER = "ledger connections cut"
    CUT_BOARD = "board connections cut"
    SLOW_LEDGER = "ledger connections slow"
    SLOW_BOARD = "board connections slow"
    HALF_OPEN_CLIENTS = "client connections half open"
    HALF_OPEN_LEDGER = "ledger connections half open"
    HALF_OPEN_BOARD = "board connections half open"
    LOSE_ACK = "COMMIT acknowledgement lost"
    LOSE_PUSH = "published message lost"
    # Comes with a process that is started, and by itself never.
    SKEW_CLOCK = "process started with its clock off"


HEAVY: Final = (
    FaultKind.KILL_WEB,
    FaultKind.PAUSE_WEB,
    FaultKind.RESTART_WEB,
    FaultKind.KILL_WORKER,
    FaultKind.PAUSE_WORKER,
    FaultKind.KILL_VALKEY,
    FaultKind.PAUSE_VALKEY,
    FaultKind.KILL_POSTGRES,
    FaultKind.PAUSE_POSTGRES,
)
# Light fault -> how often.
LIGHT: Final = {
    FaultKind.FLUSH: 2,
    FaultKind.KILL_PUBSUB: 2,
    FaultKind.CUT_CLIENTS: 1,
    FaultKind.CUT_LEDGER: 3,
    FaultKind.CUT_BOARD: 3,
    FaultKind.SLOW_LEDGER: 2,
    FaultKind.SLOW_BOARD: 2,
    FaultKind.HALF_OPEN_CLIENTS: 1,
    FaultKind.HALF_OPEN_LEDGER: 1,
    FaultKind.HALF_OPEN_BOARD: 1,
    FaultKind.LOSE_ACK: 10,
    FaultKind.LOSE_PUSH: 10,
}
INSTANCES: Final = 3
FAULTS_S: Final = 2.5
LIGHT_PER_ROUND: Final = (20, 32)
PAUSE_S: Final = (0.3, 2.0)
CALM_S: Final = 0.8
# Long enough to see that an expiry comes within its 2 s.
LONG_CALM_S: Final = 3.5
LONG_CALM_EVERY: Final = 6
# A rush is no fault: what is promised for calm times holds for all shows but the one.
RUSH_EVERY: Final = 3


@dataclass(frozen=True, slots=True)
class Fault:
    """at_s: from the start of its round. instance: which process, or whose connections.

    lasts_s: until a stopped process goes on, a killed one is started again, a slow wire is quick.
    """

    at_s: float
    kind: FaultKind
    instance: int
    lasts_s: float


@dataclass(frozen=True, slots=True)
class Round:
    """Faults in the order in which they come, and the calm that follows their repair.

    skews_s: how far the clock of each instance is off when it is started in this round. rush_at:
    the instance at which one show is overrun in the calm, if any.
    """

    number: int
    faults: tuple[Fault, ...]
    calm_s: float
    skews_s: tuple[int, ...]
    rush_at: int | None


def schedule(seed: int) -> Iterator[Round]:
    """Yield the rounds of *seed*, for ever."""
    number = 0
    while True:
        yield _round(seed, number, Random(f"{seed}/{number}"))
        number += 1


def _round(seed: int, number: int, random: Random) -> Round:
    # Every kind of heavy fault comes before one comes again.
    order = Random(f"{seed}/heavy/{number // len(HEAVY)}").sample(HEAVY, len(HEAVY))
    heavy = [order[number % len(HEAVY)]]
    if random.random() < 0.25:
        heavy.append(random.choice(HEAVY))
    faults = [_fault(kind, random.uniform(0, 0.5), random) for kind in heavy]
    count = random.randint(*LIGHT_PER_ROUND)
    for kind in random.choices(list(LIGHT), list(LIGHT.values()), k=count):
        faults.append(_fault(kind, random.uniform(0, FAULTS_S), random))
    faults.sort(key=lambda fault: fault.at_s)
    calm_s = LONG_CALM_S if number % LONG_CALM_EVERY == LONG_CALM_EVERY - 1 else CALM_S
    skews_s = tuple(random.choice((0, 0, -90, 90, 600)) for _ in range(INSTANCES))
    rush_at = random.randrange(INSTANCES) if number % RUSH_EVERY == 1 else None
    return Round(number, tuple(faults), calm_s, skews_s, rush_at)


def _fault(kind: FaultKind, at_s: float, random: Random) -> Fault:
    return Fault(
        round(at_s, 3), kind, random.randrange(INSTANCES), round(random.uniform(*PAUSE_S), 3)
    )
