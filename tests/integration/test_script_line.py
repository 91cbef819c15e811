"""Scripts of many askers on one connection (app/script_line.py), on a real Valkey."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError

from app.script_line import ScriptLine

ECHO: Final = "return ARGV[1]"
FAIL: Final = "return redis.error_reply('no')"
TIMEOUT_S: Final = 0.5

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture
async def line(valkey: Redis) -> AsyncIterator[ScriptLine]:
    line = ScriptLine(valkey.connection_pool, TIMEOUT_S)
    yield line
    await line.close()


async def test_everybody_gets_the_answer_to_their_own_question(
    valkey: Redis, line: ScriptLine
) -> None:
    echo = valkey.register_script(ECHO)
    answers = await asyncio.gather(*(line.run(echo, [], [str(n)]) for n in range(500)))
    assert answers == [str(n).encode() for n in range(500)]


async def test_an_answer_that_nobody_waits_for_is_not_given_to_another(
    valkey: Redis, line: ScriptLine
) -> None:
    echo = valkey.register_script(ECHO)
    await line.run(echo, [], ["first"])
    left = [asyncio.create_task(line.run(echo, [], ["left"])) for _ in range(5)]
    stays = asyncio.create_task(line.run(echo, [], ["stays"]))
    await asyncio.sleep(0)  # all are written
    for task in left:
        task.cancel()
    assert await stays == b"stays"
    assert await line.run(echo, [], ["next"]) == b"next"
    assert all(task.cancelled() for task in left)


async def test_a_script_that_fails_fails_for_its_asker_alone(
    valkey: Redis, line: ScriptLine
) -> None:
    echo, fail = valkey.register_script(ECHO), valkey.register_script(FAIL)
    questions = (line.run(fail, [], []), line.run(echo, [], ["fine"]))
    answers = await asyncio.gather(*questions, return_exceptions=True)
    assert isinstance(answers[0], ResponseError)
    assert answers[1] == b"fine"


async def test_commands_that_are_asked_together_are_answered_in_order(
    valkey: Redis, line: ScriptLine
) -> None:
    """Where one of them is refused all are, and the next question is not affected."""
    await valkey.set("text", "x")
    numbers = [("ECHO", str(n)) for n in range(500)]
    assert await line.ask_all(numbers) == [str(n).encode() for n in range(500)]
    with pytest.raises(ResponseError):
        await line.ask_all([("ECHO", "1"), ("HGET", "text", "x"), ("ECHO", "3")])
    assert await line.ask_all([("ECHO", "4")]) == [b"4"]


async def test_scripts_that_redis_has_forgotten_are_told_again(
    valkey: Redis, line: ScriptLine
) -> None:
    echo = valkey.register_script(ECHO)
    await line.run(echo, [], ["first"])
    await valkey.script_flush()
    answers = await asyncio.gather(*(line.run(echo, [], [str(n)]) for n in range(20)))
    assert answers == [str(n).encode() for n in range(20)]


async def test_a_lost_connection_is_made_again_and_asked_again(tmp_path: Path) -> None:
    """Whoever was under way on it is answered by the next."""
    hung_up = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal hung_up
        await _let_in(reader, writer)
        if not hung_up:
            hung_up += 1
        else:
            writer.write(b"$5\r\nagain\r\n")
            await reader.read()
        writer.close()

    async with _server(tmp_path, serve) as line:
        echo = Redis().register_script(ECHO)
        assert await line.run(echo, [], ["x"]) == b"again"
    assert hung_up == 1


@pytest.mark.parametrize("lets_in", [True, False], ids=["lets in", "lets nobody in"])
async def test_a_redis_that_answers_nothing_is_given_up_by_all_at_once(
    tmp_path: Path, lets_in: bool
) -> None:
    connections = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        if lets_in:
            await _let_in(reader, writer)
        await reader.read()
        writer.close()

    async with _server(tmp_path, serve) as line:
        echo = Redis().register_script(ECHO)
        answers = await asyncio.gather(
            *(line.run(echo, [], [str(n)]) for n in range(50)), return_exceptions=True
        )
    assert all(isinstance(answer, RedisError) for answer in answers)
    assert connections == 1


async def test_a_redis_that_reads_nothing_is_given_up_by_all_at_once(tmp_path: Path) -> None:
    """Whoever waits to write is told, too: more than a socket takes in is waiting there."""
    may_end = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _let_in(reader, writer)
        await may_end.wait()
        writer.close()

    async with _server(tmp_path, serve) as line:
        echo = Redis().register_script(ECHO)
        answers = await asyncio.gather(
            *(line.run(echo, [], [b"x" * 4_000_000]) for _ in range(5)), return_exceptions=True
        )
        may_end.set()
    assert all(isinstance(answer, RedisError) for answer in answers)


async def test_what_cannot_be_sent_shifts_no_answer(valkey: Redis, line: ScriptLine) -> None:
    echo = valkey.register_script(ECHO)
    await line.run(echo, [], ["first"])
    unsendable = line.run(echo, [], [object()])
    answers = await asyncio.gather(unsendable, line.run(echo, [], ["x"]), return_exceptions=True)
    assert isinstance(answers[0], Exception)
    assert answers[1] == b"x"


async def test_a_closed_line_answers_nobody(valkey: Redis) -> None:
    line = ScriptLine(valkey.connection_pool, TIMEOUT_S)
    echo = valkey.register_script(ECHO)
    opening = asyncio.create_task(line.run(echo, [], ["x"]))
    await asyncio.sleep(0)
    await line.close()
    with pytest.raises(RedisError):
        await opening
    with pytest.raises(RedisError):
        await line.run(echo, [], ["x"])


async def test_closing_leaves_nothing_behind(valkey: Redis) -> None:
    before = asyncio.all_tasks()
    line = ScriptLine(valkey.connection_pool, TIMEOUT_S)
    await line.run(valkey.register_script(ECHO), [], ["x"])
    assert asyncio.all_tasks() - before
    await line.close()
    assert not asyncio.all_tasks() - before


@asynccontextmanager
async def _server(folder: Path, serve: Serve) -> AsyncIterator[ScriptLine]:
    """A line to a server that answers as *serve* does."""
    path = str(folder / "socket")
    server = await asyncio.start_unix_server(serve, path)
    client = Redis(unix_socket_path=path, protocol=2, retry=Retry(NoBackoff(), 0))
    line = ScriptLine(client.connection_pool, TIMEOUT_S)
    async with server, client:
        yield line
        await line.close()


async def _let_in(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Say yes to whatever a client says of itself when it connects; return at its first script."""
    while await _read_command(reader) != b"EVALSHA":
        writer.write(b"+OK\r\n")


async def _read_command(reader: asyncio.StreamReader) -> bytes:
    """Return the name of the next command."""
    count = int((await reader.readline())[1:])
    words = []
    for _ in range(count):
        size = int((await reader.readline())[1:])
        words.append((await reader.readexactly(size + 2))[:-2])
    return words[0]
