"""When frames go out: how long changes are gathered, and how broadcasts share the loop.

Rule 1: the first change after a quiet time goes out at once.
Rule 2: frames are what a busy instance does less of: the bigger the audience, and the later the
loop, the longer the tick.
Rule 3: a broadcast lets the loop turn every SLICE_S, and answers go before frames.
"""

import asyncio
from typing import Final

# A screen at 20 frames a second looks live.
TICK_S_MIN: Final = 0.05
TICK_S_MAX: Final = 0.5
# Broadcasts are a 40th of the time, until the tick is TICK_S_THRIFTY: others wait for them, and a
# thousand screens at 20 frames a second are a fifth of a core.
TICK_PER_BROADCAST: Final = 40
TICK_S_THRIFTY: Final = 0.2
# They are never more than half, and a change waits for no more than two.
TICK_PER_BROADCAST_MIN: Final = 2
# A loop that others keep busy has too much to do.
TICK_PER_LAG: Final = 8

SLICE_S: Final = 0.002
# Sends between two looks at the clock; one send takes about 10 us.
SENDS_PER_LOOK: Final = 32
# A turn that took longer had work to do, and what comes of that is done in the next one.
TURN_S_IDLE: Final = 0.0007
TURNS_MAX: Final = 3


def pause_s(took_s: float, late_s: float) -> float:
    """Return how long to gather changes after a broadcast, in seconds; TICK_S_MAX at most.

    A late loop lengthens the tick, broadcast and pause together, to TICK_S_MAX. After a
    broadcast of more than half of that the pause is as long as the broadcast.
    took_s: how long it took by the clock, others' work between its slices included. late_s: how
    long others kept the loop, between its slices and before it began.
    """
    thrifty_s = min(TICK_S_THRIFTY, TICK_PER_BROADCAST * took_s)
    patient_s = min(TICK_S_MAX, took_s + TICK_PER_LAG * late_s)
    tick_s = max(TICK_S_MIN, thrifty_s, patient_s, TICK_PER_BROADCAST_MIN * took_s)
    return min(TICK_S_MAX, tick_s - took_s)


async def sleep(seconds: float) -> float:
    """Sleep, and return for how many seconds longer than wanted."""
    loop = asyncio.get_running_loop()
    wake_at = loop.time() + seconds
    await asyncio.sleep(seconds)
    return loop.time() - wake_at


async def let_turn() -> float:
    """Let the loop do what else there is to do, and return for how many seconds it did.

    A busy loop gets several turns: an answer takes some, from its message to its reply.
    """
    spent_s = 0.0
    for _ in range(TURNS_MAX):
        turn_s = await sleep(0)
        spent_s += turn_s
        if turn_s < TURN_S_IDLE:
            break
    return spent_s
