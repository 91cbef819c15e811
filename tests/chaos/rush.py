"""Far more questions for one show than it can answer at once, while the others sell on."""

import asyncio
import time
from contextlib import AsyncExitStack
from random import Random
from typing import Final
from uuid import UUID

from app.client import Client, open_client
from app.domain import Actor, Hold, Role
from tests.chaos.buyers import Crowd, ask_by_socket, old_token
from tests.chaos.cluster import Instance

PEOPLE: Final = 20
# Some more than a socket may have unanswered (RL4), and fewer than it may send at once (RL3).
QUESTIONS_EACH: Final = 70


async def rush(crowd: Crowd, show: int, instance: Instance, name: str) -> None:
    """Have many ask for seats of *show* at the same moment, until all are answered.

    name: says who they are, and what they choose.
    """
    random = Random(name)
    seat_count = len(crowd.recorder.history.shows[show].categories)
    people: list[tuple[Client, Actor]] = []
    async with AsyncExitStack() as stack:
        for number in range(PEOPLE):
            actor = Actor(f"{name}/{number}", Role.BUYER)
            opening = open_client(instance.url, token=old_token(actor), codec="msgpack")
            people.append((await stack.enter_async_context(opening), actor))
        began_s = time.time()
        async with asyncio.TaskGroup() as group:
            for _ in range(QUESTIONS_EACH):
                for client, actor in people:
                    hold = UUID(int=random.getrandbits(128), version=4)
                    take = Hold(show, hold, (random.randrange(seat_count),), actor)
                    group.create_task(ask_by_socket(crowd, client, take))
                await asyncio.sleep(0)  # the wires of all instances are carried by this loop, too
        crowd.recorder.history.rushes.setdefault(show, []).append((began_s, time.time()))
