"""The board: Redis's copy of every live show, the ledger's gate, the wire between instances.

One script for each transition (board.lua). Nothing here is proof of anything: when the board is
away its callers go on without it, and what it lost is rebuilt from the ledger.
"""

import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from time import monotonic
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar
from uuid import UUID

import msgpack
import structlog
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError, ResponseError

from app.changes import ChangeBatch, Position, Snapshot, pack, unpack
from app.domain import ShowStatus
from app.errors import SeatsTaken, ShowClosed
from app.ledger import BoardState
from app.script_line import ScriptLine

T = TypeVar("T")
# A hold, and seats that it is to have.
Take: TypeAlias = tuple[UUID, tuple[int, ...]]

# A claim outlives the slowest honest commit (database.STATEMENT_TIMEOUT_S), no more: a crash
# between claim and commit keeps its seats from others this long.
CLAIM_TTL_MS: Final = 5_000
# Messages kept for instances that missed some. One message is one batch, so this is seconds of an
# on-sale and hours of an ordinary day; further back an instance reads the whole board.
LOG_LENGTH: Final = 1_000
# The board answers in well under a millisecond; one that takes longer than this is away, and the
# sale goes on without it.
ANSWER_TIMEOUT_S: Final = 0.5
# After a failure the board is left alone this long, so that a batch does not wait for every
# timeout.
REST_S: Final = 0.5

# Of a seat's deadline in `until`: ms since 1970, zero when the seat is not held.
DEADLINE_BYTES: Final = 6

# What the answer to a write says while there is no room, no disk, or no primary.
_NO_WRITES: Final = ("OOM", "MISCONF", "READONLY", "NOREPLICAS")

_HEADING = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)

log = structlog.get_logger(__name__)


class BoardAway(Exception):
    """Raised when Redis does not answer; the caller goes on without the board."""


class PostReply(StrEnum):
    """What `post` came to: applied, something before it is missing, or there is no such board."""

    OK = "ok"
    GAP = "gap"
    NONE = "none"


class HoldEntry(NamedTuple):
    """A hold as the board has it. deadline_ms: of Redis's clock."""

    holder: str
    deadline_ms: int
    seats: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class BoardImage:
    """All of a show's board at one moment.

    status: of the show. statuses: one byte a seat. until: DEADLINE_BYTES a seat, big-endian.
    """

    position: Position
    status: str
    statuses: bytes
    until: bytes
    now_ms: int
    holds: dict[UUID, HoldEntry]


class Board:
    """The board's operations. Each raises BoardAway when Redis does not answer."""

    def __init__(self, client: Redis, *, prefix: str = "") -> None:
        self._client = client
        # What every batch asks; all else is rare enough to borrow a connection.
        self._line = ScriptLine(client.connection_pool, ANSWER_TIMEOUT_S)
        self._prefix = prefix
        self._rest_until = 0.0
        self._takes_no_writes = False
        scripts = _load_scripts()
        self._claim = client.register_script(scripts["claim"])
        self._post = client.register_script(scripts["post"])
        self._load = client.register_script(scripts["load"])
        self._read = client.register_script(scripts["read"])
        self._image = client.register_script(scripts["image"])

    async def close(self) -> None:
        """Close the connection that is the board's own; the client's stay open."""
        await self._line.close()

    async def claim(
        self, show: int, takes: Sequence[Take]
    ) -> list[SeatsTaken | ShowClosed | None] | None:
        """Claim the seats of each take, all or none; the claims last CLAIM_TTL_MS.

        Returns for each take why it is refused (None: claimed), or None when the show has no board.
        """
        keys = self._keys(show, "meta", "seats", "until", "claims", "holds")
        packed = _packed(takes)
        replies = await self._ask(
            lambda: self._line.run(self._claim, keys, (CLAIM_TTL_MS, packed)), writes=True
        )
        return None if replies is None else [_refusal(reply) for reply in replies]

    async def post(
        self, show: int, batch: ChangeBatch | None, unclaimed: Sequence[Take] = ()
    ) -> tuple[PostReply, int]:
        """Apply *batch* if the board is just before it, tell the feed, and end the claims of
        *unclaimed* takes. Returns the reply and the board's version."""
        message = b"" if batch is None else pack(batch)
        keys = self._keys(show, "meta", "seats", "until", "claims", "holds", "log", "feed")
        args = (message, LOG_LENGTH, _packed(unclaimed))
        reply, version = await self._ask(
            lambda: self._line.run(self._post, keys, args), writes=True
        )
        return PostReply(reply.decode()), version

    async def load(
        self, show: int, state: BoardState, status: ShowStatus, *, anew: bool = False
    ) -> bool:
        """Put up the board of *show* as the ledger has it; False when it was as new already.

        anew: also replace a board of the same version, because it is wrong.
        """
        keys = self._keys(show, "meta", "seats", "until", "claims", "holds", "log", "feed")
        epoch, version = state.position
        holds = msgpack.packb(state.holds)
        args = [epoch, version, status.value, state.statuses, holds, int(anew)]
        return bool(await self._ask(lambda: self._load(keys=keys, args=args), writes=True))

    async def read(self, show: int) -> Snapshot | None:
        """Return the seats of *show* as the board has them, or None when it has no board."""
        keys = self._keys(show, "meta", "seats", "until")
        epoch, version, statuses = await self._ask(lambda: self._read(keys=keys, args=[]))
        if version is None:
            return None
        return Snapshot(Position(int(epoch), int(version)), statuses)

    async def image(self, show: int) -> BoardImage | None:
        """Return all of the board of *show*, whole or not, or None when it has none."""
        keys = self._keys(show, "meta", "seats", "until", "holds")
        epoch, version, status, statuses, until, now_ms, holds = await self._ask(
            lambda: self._image(keys=keys, args=[])
        )
        if version is None:
            return None
        entries = zip(holds[::2], holds[1::2], strict=True)
        return BoardImage(
            Position(int(epoch), int(version)),
            (status or b"").decode(),
            statuses or b"",
            until or b"",
            now_ms,
            {UUID(id_.decode()): _hold_entry(packed) for id_, packed in entries},
        )

    async def log_after(self, show: int, version: int) -> list[ChangeBatch]:
        """Return the logged batches that lead beyond *version*, in order, if not trimmed."""
        (key,) = self._keys(show, "log")
        entries = await self._ask(lambda: self._client.xrange(key, min=f"({version}-0"))
        return _batches(entries)

    async def recent_log(self, show: int, count: int) -> list[ChangeBatch]:
        """Return the last *count* logged batches, in order."""
        (key,) = self._keys(show, "log")
        entries = await self._ask(lambda: self._client.xrevrange(key, count=count))
        return _batches(reversed(entries))

    async def positions(self, shows: Sequence[int]) -> dict[int, Position]:
        """Return where the boards of *shows* are, in one trip; missing ones are left out."""
        if not shows:
            return {}
        commands = [("HMGET", self._keys(show, "meta")[0], "epoch", "version") for show in shows]
        replies = await self._ask(lambda: self._line.ask_all(commands))
        return {
            show: Position(int(epoch), int(version))
            for show, (epoch, version) in zip(shows, replies, strict=True)
            if version is not None
        }

    async def ping(self) -> None:
        """Return when Redis answers."""
        await self._ask(self._client.ping)

    async def probe(self, channel: str, message: bytes) -> None:
        """Publish *message* on *channel*, the way `post` publishes."""
        await self._ask(lambda: self._client.spublish(channel, message))

    async def report(self, instance: str, report: bytes, ttl_ms: int) -> None:
        """Keep what *instance* says of itself for *ttl_ms*, or until it says something else."""
        names, key = self._report_keys(instance)
        pipeline = self._client.pipeline(transaction=False)
        pipeline.set(key, report, px=ttl_ms)
        pipeline.sadd(names, instance)
        await self._ask(pipeline.execute, writes=True)

    async def reports(self) -> dict[str, bytes]:
        """Return what each instance said of itself lately, and forget those that are silent."""
        (names,) = self._report_keys()
        instances = sorted(
            name.decode() for name in await self._ask(lambda: self._client.smembers(names))
        )
        if not instances:
            return {}
        keys = self._report_keys(*instances)[1:]
        said = dict(zip(instances, await self._ask(lambda: self._client.mget(keys)), strict=True))
        silent = [instance for instance in instances if said[instance] is None]
        if silent:
            # One that was only slow is listed again with its next report.
            await self._ask(lambda: self._client.srem(names, *silent))
        return {instance: report for instance, report in said.items() if report is not None}

    def pubsub(self) -> PubSub:
        """Return a connection for the feed to subscribe with."""
        return self._client.pubsub()

    def channel(self, show: int) -> str:
        """Return the channel on which the changes of *show* are published."""
        return self._keys(show, "feed")[0]

    def probe_channel(self, instance: str) -> str:
        """Return the channel on which an instance hears itself."""
        return f"{self._prefix}{{instance:{instance}}}:probe"

    def _keys(self, show: int, *names: str) -> list[str]:
        return [f"{self._prefix}{{show:{show}}}:{name}" for name in names]

    def _report_keys(self, *instances: str) -> list[str]:
        """Return the key of the instances' names and those of their reports, all in one slot."""
        tag = f"{self._prefix}{{instances}}"
        return [tag, *(f"{tag}:{instance}" for instance in instances)]

    async def _ask(self, question: Callable[[], Awaitable[T]], *, writes: bool = False) -> Any:
        """Put *question* to Redis. Raises BoardAway, at once for a while after it did not answer.

        A Redis that takes no writes (out of memory, a replica) would answer reads with the past, so
        until a write succeeds it counts as away for them, too.
        """
        if monotonic() < self._rest_until or (self._takes_no_writes and not writes):
            raise BoardAway("Redis did not answer a moment ago")
        try:
            answer = await question()
        except ResponseError as error:
            self._takes_no_writes |= any(word in str(error) for word in _NO_WRITES)
            log.error("board.refused", error=repr(error))
            raise BoardAway(repr(error)) from error
        except (RedisError, OSError, TimeoutError) as error:
            self._rest_until = monotonic() + REST_S
            raise BoardAway(repr(error)) from error
        if writes:
            self._takes_no_writes = False
        return answer


def _packed(takes: Sequence[Take]) -> bytes:
    packed: bytes = msgpack.packb([[str(hold), seats] for hold, seats in takes])
    return packed


def _refusal(reply: bytes | list[int]) -> SeatsTaken | ShowClosed | None:
    if isinstance(reply, bytes):
        return ShowClosed(reply.decode())
    return SeatsTaken(reply) if reply else None


def _hold_entry(packed: bytes) -> HoldEntry:
    holder, deadline_ms, seats = msgpack.unpackb(packed)
    return HoldEntry(holder, deadline_ms, tuple(sorted(seats)))


def _batches(entries: Iterable[tuple[bytes, dict[bytes, bytes]]]) -> list[ChangeBatch]:
    batches = [unpack(fields[b"d"]) for _, fields in entries]
    return [batch for batch in batches if isinstance(batch, ChangeBatch)]


def _load_scripts() -> dict[str, str]:
    text = Path(__file__).with_suffix(".lua").read_text()
    _, *parts = _HEADING.split(text)
    return dict(zip(parts[::2], parts[1::2], strict=True))
