"""What is on a board, read key by key, and whether it is what the ledger says."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgpack
from redis.asyncio import Redis

from app.changes import ChangeBatch, Position, Replaced, unpack
from app.domain import SeatStatus
from app.ledger import Ledger
from app.services import Services

DEADLINE_BYTES = 6


@dataclass(frozen=True)
class BoardImage:
    """A board without its deadlines. holds: (holder, seats) by hold."""

    position: Position
    status: str
    statuses: bytes
    holds: dict[UUID, tuple[str, tuple[int, ...]]]


class BoardKeys:
    """Reads and spoils the boards of one prefix."""

    def __init__(self, client: Redis, prefix: str) -> None:
        self.client = client
        self.prefix = prefix

    def key(self, show: int, name: str) -> str:
        return f"{self.prefix}{{show:{show}}}:{name}"

    async def all(self) -> list[str]:
        """Return the name of every key of the prefix."""
        found: set[bytes] = {key async for key in self.client.scan_iter(f"{self.prefix}*")}
        return sorted(key.decode() for key in found)

    async def lose_all(self) -> None:
        """Do to this prefix what FLUSHALL does to a server."""
        keys = await self.all()
        if keys:
            await self.client.delete(*keys)

    async def claims(self, show: int) -> set[int]:
        """Return the seats that are claimed."""
        reply: Any = self.client.hkeys(self.key(show, "claims"))
        return {int(seat) for seat in await reply}

    async def image(self, show: int) -> BoardImage | None:
        """Return what is on the board; every seat's deadline must be that of the seat's hold."""
        reply: Any = self.client.hgetall(self.key(show, "meta"))
        meta = await reply
        if not meta:
            return None
        statuses: Any = await self.client.get(self.key(show, "seats"))
        until: Any = await self.client.get(self.key(show, "until"))
        reply = self.client.hgetall(self.key(show, "holds"))
        holds = {UUID(id_.decode()): msgpack.unpackb(h) for id_, h in (await reply).items()}
        assert len(until) == DEADLINE_BYTES * len(statuses)
        deadlines = dict.fromkeys(range(len(statuses)), 0)
        for _, deadline_ms, seats in holds.values():
            deadlines |= dict.fromkeys(seats, deadline_ms)
        for seat, deadline_ms in deadlines.items():
            at = DEADLINE_BYTES * seat
            assert int.from_bytes(until[at : at + DEADLINE_BYTES]) == deadline_ms, seat
            assert (statuses[seat] == SeatStatus.HELD) == (deadline_ms > 0), seat
        return BoardImage(
            Position(int(meta[b"epoch"]), int(meta[b"version"])),
            meta[b"status"].decode(),
            statuses,
            {id_: (holder, tuple(sorted(seats))) for id_, (holder, _, seats) in holds.items()},
        )


async def ledger_image(services: Services, show: int) -> BoardImage:
    """Return what the board of *show* must be."""
    state = await services.ledger.board_state(show)
    assert state is not None
    status = (await services.catalog.show(show)).status
    holds = {UUID(id_): (holder, tuple(sorted(seats))) for id_, holder, seats, _ in state.holds}
    return BoardImage(state.position, status.value, state.statuses, holds)


async def full_batch(ledger: Ledger, show: int, after: int = 0) -> ChangeBatch:
    """Return all of the history after a version as one batch."""
    position = await ledger.position(show)
    assert position is not None
    events = await ledger.events_after(show, after, 10_000)
    return ChangeBatch(position.epoch, tuple(event.change for event in events))


class Listener:
    """Hears a channel from its first confirmation on."""

    def __init__(self, client: Redis, channel: str) -> None:
        self._client = client
        self._channel = channel
        self._pubsub = client.pubsub()

    async def __aenter__(self) -> "Listener":
        await self._pubsub.ssubscribe(self._channel)
        message = await self._pubsub.get_message(timeout=5)
        assert message is not None
        assert message["type"] == "ssubscribe"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._pubsub.aclose()  # type: ignore[no-untyped-call]  # redis-py leaves it untyped

    async def heard(self) -> list[ChangeBatch | Position | Replaced]:
        """Return what was published since the last time."""
        end = b"that was all"
        await self._client.spublish(self._channel, end)
        found: list[ChangeBatch | Position | Replaced] = []
        while True:
            message = await self._pubsub.get_message(timeout=5)
            assert message is not None, "the channel fell silent"
            if message["data"] == end:
                return found
            found.append(unpack(message["data"]))
