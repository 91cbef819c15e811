"""One connection to Redis on which many scripts and commands are under way at once.

A pool lends a connection to one question at a time, and lending it, timing the question and giving
it back cost several times what the script does. Here questions are written as they come, and Redis
answers them in that order.

Rule 1: who waits on a connection that is lost is told so, all together; the next question makes a
new one.
Rule 2: what was asked may be done twice when its answer was lost with the connection.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import hiredis
from redis.asyncio import ConnectionPool
from redis.asyncio.connection import AbstractConnection
from redis.commands.core import AsyncScript
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import NoScriptError, RedisError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from app.shared_reads import SharedReads
from app.silence import Silence

# A connection that was closed while nobody looked, to a server that has forgotten the scripts.
ATTEMPTS_MAX: Final = 3


@dataclass(slots=True)
class _Live:
    """A connection, and who waits for its answers, in order."""

    connection: AbstractConnection
    writer: asyncio.StreamWriter
    waiting: deque[asyncio.Future[Any]] = field(default_factory=deque)
    reader: asyncio.Task[None] | None = None
    is_lost: bool = False


class ScriptLine:
    """Runs scripts. Callers bound how many are under way.

    pool: tells how to connect; none of its connections is used. timeout_s: for how long nothing at
    all may be answered, and for how long connecting may take.
    """

    def __init__(self, pool: ConnectionPool, timeout_s: float) -> None:
        self._pool = pool
        self._timeout_s = timeout_s
        self._silence = Silence(timeout_s, self._give_up)
        self._live: _Live | None = None
        self._is_closed = False
        self._openings = SharedReads(self._open)

    async def run(self, script: AsyncScript, keys: Sequence[str], args: Sequence[Any]) -> Any:
        """Run *script* and return its reply. Raises RedisError."""
        command = ("EVALSHA", script.sha, len(keys), *keys, *args)
        for _ in range(ATTEMPTS_MAX):
            try:
                (reply,) = await self.ask_all([command])
                return reply
            except NoScriptError:
                await self.ask_all([("SCRIPT", "LOAD", script.script)])
        raise NoScriptError("the script was forgotten again and again")

    async def ask_all(self, commands: Sequence[tuple[Any, ...]]) -> list[Any]:
        """Put *commands*, in one write, and return their replies in order.

        Raises RedisError, also when one of them is refused.
        """
        attempt = 1
        while True:
            try:
                return await self._ask_once(commands)
            except RedisConnectionError:
                if attempt == ATTEMPTS_MAX:
                    raise
                attempt += 1

    async def close(self) -> None:
        """Close the connection for good; who still waits for an answer is told so."""
        self._is_closed = True
        reader = self._live.reader if self._live is not None else None
        self._lose(self._live, RedisConnectionError("the line is closed"))
        if reader is not None:
            await asyncio.wait({reader})

    async def _ask_once(self, commands: Sequence[tuple[Any, ...]]) -> list[Any]:
        if self._is_closed:
            raise RedisConnectionError("the line is closed")
        # hiredis packs in C; the connection would in Python, in 40 times as long.
        packed = b"".join(map(hiredis.pack_command, commands))
        live = self._live or await self._openings.join("line")
        if live is not self._live or not live.connection.is_connected:
            raise RedisConnectionError("the connection was lost")
        loop = asyncio.get_running_loop()
        answers: list[asyncio.Future[Any]] = [loop.create_future() for _ in commands]
        live.waiting.extend(answers)
        with self._silence.question():
            try:
                # Written before anything is waited for, so in the order of `waiting`.
                await live.connection.send_packed_command(packed, check_health=False)
            except (RedisError, OSError, RuntimeError) as error:  # uvloop's, of a closed socket
                self._lose(live, RedisConnectionError(repr(error)))
            except BaseException:
                self._lose(live, RedisConnectionError("a question was given up half written"))
                _forget(answers)
                raise
            try:
                return [await answer for answer in answers]
            finally:
                _forget(answers)

    async def _open(self, _: str) -> _Live:
        # Without a timeout of its own, which would be one a question: `Silence` has one for all.
        settings = {"socket_timeout": None, "maint_notifications_config": None}
        connection = self._pool.connection_class(**{**self._pool.connection_kwargs, **settings})
        try:
            async with asyncio.timeout(self._timeout_s):
                await connection.connect()  # type: ignore[no-untyped-call]
            if self._is_closed:
                raise RedisConnectionError("the line is closed")
        except BaseException as error:
            await connection.disconnect(nowait=True)
            if isinstance(error, TimeoutError):
                raise RedisTimeoutError("Redis does not let us in") from error
            raise
        writer = connection._writer  # redis-py has no word for cutting a connection
        assert writer is not None
        live = self._live = _Live(connection, writer)
        live.reader = asyncio.create_task(self._read(live), name="script line")
        return live

    async def _read(self, live: _Live) -> None:
        """Hand on answer after answer until the connection is lost or given up."""
        try:
            while True:
                try:
                    reply = await live.connection.read_response()
                except ResponseError as refusal:
                    reply = refusal
                if not live.waiting:
                    raise RedisConnectionError("an answer that nobody asked for")
                _settle(live.waiting.popleft(), reply)
        except (RedisError, OSError) as error:
            self._lose(live, RedisConnectionError(repr(error)))
        finally:
            self._lose(live, RedisConnectionError("the reader has ended"))
            await live.connection.disconnect(nowait=True)

    def _give_up(self) -> None:
        self._lose(self._live, RedisTimeoutError("Redis does not answer"))

    def _lose(self, live: _Live | None, error: RedisError) -> None:
        """Tell all who wait on *live*, and have nothing more to do with it."""
        if live is None or live.is_lost:
            return
        live.is_lost = True
        if self._live is live:
            self._live = None
        while live.waiting:
            _settle(live.waiting.popleft(), error)
        # Closing would first send what is left, which a Redis that hangs never takes, and who waits
        # to write would wait as long.
        live.writer.transport.abort()
        if live.reader is not None and live.reader is not asyncio.current_task():
            live.reader.cancel()


def _forget(answers: Sequence[asyncio.Future[Any]]) -> None:
    """End *answers*, which nobody waits for any more, and whatever they say."""
    for answer in answers:
        if not answer.cancel() and not answer.cancelled():
            answer.exception()


def _settle(answer: asyncio.Future[Any], reply: Any) -> None:
    if answer.done():
        return  # whoever asked has been cancelled
    if isinstance(reply, Exception):
        answer.set_exception(reply)
    else:
        answer.set_result(reply)
