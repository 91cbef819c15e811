"""CPU per delivered frame: a bare loop of sends, Seatwire, and what others do, side by side.

All contenders are up at once with the same number of watchers, and take turns: a round gives each
the same ticks, one after another, each awaited by all watchers. What counts is the CPU time of the
serving process; the ratio to the floor is taken within a round.
"""

import asyncio
import os
import statistics
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from redis.asyncio import Redis

from app.config import project_root
from benchmarks.processes import cpu_s
from benchmarks.rivals.ticks import CHANNEL
from benchmarks.stage import Stage
from benchmarks.watchers.crowd import Crowd, open_crowd
from benchmarks.watchers.swarm import Dialect, Target
from tests.end_to_end.fleet import eventually, free_port

ROUNDS: Final = 3
FRAMES_PER_TURN: Final = 60_000
TICKS_PER_TURN_MAX: Final = 20
TICK_TIMEOUT_S: Final = 30.0
# Channels does not come through more at once.
OPENING_MAX: Final = 32
# As large as Seatwire's own frame of two seats.
PAYLOAD: Final = (
    b'{"push":"delta","show":1,"epoch":1795633231,"from":1,"to":2,"seats":[[1000,1],[1001,1]]}'
)

Tick = Callable[[], Awaitable[None]]


@dataclass(slots=True)
class Contender:
    """Somebody who serves watchers. costs_us: CPU per frame, one for each round."""

    name: str
    pid: int
    crowd: Crowd
    tick: Tick
    costs_us: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Cost:
    """A contender's CPU per frame in us, and how many times the floor's it is; medians."""

    name: str
    cost_us: float
    of_floor: float


_RIVALS: Final = (
    ("bare loop of sends", "floor", Dialect.PLAIN, "/ws"),
    ("Starlette, await send_bytes", "starlette_way", Dialect.PLAIN, "/ws"),
    (
        "python-socketio, Redis manager",
        "socketio_way",
        Dialect.SOCKETIO,
        "/socket.io/?EIO=4&transport=websocket",
    ),
    ("Channels, channels_redis", "channels_way", Dialect.PLAIN, "/ws"),
)


async def compare(stage: Stage, watchers: int) -> list[Cost]:
    """Return what a frame costs each contender with *watchers* watchers."""
    async with AsyncExitStack() as stack:
        contenders = [await stack.enter_async_context(_seatwire(stage, watchers))]
        for name, module, dialect, path in _RIVALS:
            target = Target(free_port(), path, dialect, opening_max=OPENING_MAX)
            rival = _rival(stage, name, module, target, watchers)
            contenders.append(await stack.enter_async_context(rival))
        for _ in range(ROUNDS):
            for contender in contenders:
                await _take_turn(contender, watchers)
    floor = next(it for it in contenders if it.name == _RIVALS[0][0])
    return [
        Cost(
            it.name,
            statistics.median(it.costs_us),
            statistics.median(c / f for c, f in zip(it.costs_us, floor.costs_us, strict=True)),
        )
        for it in contenders
    ]


async def _take_turn(contender: Contender, watchers: int) -> None:
    ticks = max(1, min(TICKS_PER_TURN_MAX, FRAMES_PER_TURN // watchers))
    crowd = contender.crowd
    crowd.tell("reset")
    before_s = cpu_s([contender.pid])
    for tick in range(1, ticks + 1):
        await contender.tick()
        await crowd.until_frames(tick * watchers, TICK_TIMEOUT_S)
    used_s = cpu_s([contender.pid]) - before_s
    frames = (await crowd.state()).frames
    contender.costs_us.append(used_s / frames * 1e6)


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


@asynccontextmanager
async def _seatwire(stage: Stage, watchers: int) -> AsyncIterator[Contender]:
    web = await stage.fleet.start_web()
    show = await stage.fleet.add_show(web.url, rows=200, seats=200)
    port = int(web.url.rsplit(":", 1)[1])
    seats = iter(range(0, 40_000, 2))

    async def tick() -> None:
        seat = next(seats)
        await stage.hold(show, seat, seat + 1)

    async with open_crowd(Target(port, show=show)) as crowd:
        crowd.open(watchers)
        await crowd.until_live(watchers, 60)
        yield Contender("Seatwire", web.child.pid, crowd, tick)
    await web.stop()


@asynccontextmanager
async def _rival(
    stage: Stage, name: str, module: str, target: Target, watchers: int
) -> AsyncIterator[Contender]:
    environment = {
        **os.environ,
        "RIVAL_PORT": str(target.port),
        "RIVAL_REDIS_URL": stage.redis_url,
    }
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        f"benchmarks.rivals.{module}",
        str(target.port),
        stage.redis_url,
        cwd=project_root(),
        env=environment,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    client = Redis.from_url(stage.redis_url)

    async def tick() -> None:
        await client.publish(CHANNEL, PAYLOAD)

    try:
        await eventually(lambda: _listens(target.port))
        async with open_crowd(target) as crowd:
            crowd.open(watchers)
            await crowd.until_live(watchers, 120)
            yield Contender(name, child.pid, crowd, tick)
    finally:
        await client.aclose()
        if child.returncode is None:
            child.kill()
        await child.wait()
