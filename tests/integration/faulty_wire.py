"""A wire to PostgreSQL that loses an answer, or breaks, when it is told to."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from urllib.parse import parse_qs, urlsplit, urlunsplit

CHUNK_BYTES: Final = 65_536
# ReadyForQuery, outside a transaction: what was asked is done, and committed.
READY: Final = b"Z\0\0\0\5I"

# An ErrorResponse that nobody asked for, as it comes when another process of the server crashed.
_GOODBYE_FIELDS: Final = b"SFATAL\0VFATAL\0C57P02\0Mterminating connection\0\0"
GOODBYE: Final = b"E" + (len(_GOODBYE_FIELDS) + 4).to_bytes(4, "big") + _GOODBYE_FIELDS

Work = Callable[[], Awaitable[object]]


class FaultyWire:
    """Carries bytes between clients of `url` and the server of *database_url*.

    Unlike a network it loses whole answers only, and knows when it does.
    """

    def __init__(self, database_url: str, folder: Path) -> None:
        self._target = database_url
        self._folder = folder
        self._marker: bytes | None = None
        self._losing = False
        self._meanwhile: Work | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._clients: set[asyncio.StreamWriter] = set()
        self._era = 0
        self.swallowed = asyncio.Event()
        self.is_broken = False
        self.losses = 0

    @property
    def url(self) -> str:
        parts = urlsplit(self._target)
        host = parts.netloc.rpartition("@")[0] + "@"
        return urlunsplit(parts._replace(netloc=host, query=f"host={self._folder}&port=5432"))

    async def __aenter__(self) -> Self:
        path = self._folder / ".s.PGSQL.5432"
        self._server = await asyncio.start_unix_server(self._carry, str(path))
        return self

    async def __aexit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self._server.close()
        self._hang_up()
        await self._server.wait_closed()

    def lose_answer_to(self, marker: bytes, *, meanwhile: Work | None = None) -> None:
        """Lose the answer to the next question that contains *marker*, and with it the connection.

        The server has done by then what it was asked; *meanwhile* is done before the client knows.
        """
        self._marker = marker
        self._meanwhile = meanwhile

    async def break_down(self) -> None:
        """Cut all connections and let none be made until `is_broken` is False again."""
        self.is_broken = True
        self._hang_up()

    def say_goodbye(self) -> None:
        """Tell every client, in the server's place, that its connection ends; do not end it."""
        for writer in self._clients:
            writer.write(GOODBYE)

    def deafen(self) -> None:
        """Carry nothing more over the connections there are, and do not close them either."""
        self._era += 1

    def _hang_up(self) -> None:
        for writer in self._writers:
            writer.close()
        self._writers.clear()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_broken:
            writer.close()
            return
        to_reader, to_writer = await self._connect()
        self._writers |= {writer, to_writer}
        self._clients.add(writer)
        try:
            async with asyncio.TaskGroup() as group:
                up = group.create_task(self._ask(reader, to_writer, self._era))
                await self._answer(to_reader, writer, self._era)
                up.cancel()
        except* (OSError, asyncio.IncompleteReadError):
            pass  # one end hung up
        finally:
            self._clients.discard(writer)
            writer.close()
            to_writer.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        parts = urlsplit(self._target)
        query = parse_qs(parts.query)
        if "host" in query:
            port = query.get("port", ["5432"])[0]
            return await asyncio.open_unix_connection(f"{query['host'][0]}/.s.PGSQL.{port}")
        return await asyncio.open_connection(parts.hostname, parts.port or 5432)

    async def _ask(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, era: int
    ) -> None:
        while data := await reader.read(CHUNK_BYTES):
            if era != self._era:
                self.swallowed.set()
                continue
            if self._marker is not None and self._marker in data:
                self._marker = None
                self._losing = True
            writer.write(data)
            await writer.drain()
        writer.close()

    async def _answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, era: int
    ) -> None:
        """Copy what the server says; on the answer that is to be lost, stop."""
        while data := await reader.read(CHUNK_BYTES):
            if era != self._era:
                continue
            if not self._losing:
                writer.write(data)
                await writer.drain()
            elif data.endswith(READY):
                self._losing = False
                self.losses += 1
                if self._meanwhile is not None:
                    await self._meanwhile()
                return
