"""Screens that note all they show, and readings of the board and the ledger beside them."""

import asyncio
import time
from contextlib import AsyncExitStack, suppress
from functools import partial
from random import Random
from typing import Final

import asyncpg

from app.board import Board, BoardAway
from app.cancellation import pause
from app.changes import Position
from app.client import Client, CodecName, OutOfOrder, Screen, open_client
from tests.chaos.buyers import AWAY, CONNECT_TIMEOUT_S, RETRY_PAUSE_S, SILENCE_MAX_S, Crowd
from tests.chaos.history import OrderFault, Sighting
from tests.chaos.recording import read_ledger

AUDIT_S: Final = 0.5
LEDGER_AWAY: Final = (
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)


class Watcher:
    """One screen that watches every show, on one socket after another."""

    def __init__(self, crowd: Crowd, number: int, seed: int, codec: CodecName) -> None:
        self._crowd = crowd
        self._random = Random(f"{seed}/watcher/{number}")
        self._number = number
        self._codec: CodecName = codec
        self._sockets = 0
        self.client: Client | None = None
        self.last: Client | None = None

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            with suppress(*AWAY):
                await self._watch_once()
            await asyncio.sleep(RETRY_PAUSE_S)

    async def _watch_once(self) -> None:
        instance = self._random.choice(self._crowd.cluster.webs)
        self._sockets += 1
        async with AsyncExitStack() as stack:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                opened = open_client(instance.url, codec=self._codec)
                client = await stack.enter_async_context(opened)
                for show in self._crowd.shows:
                    await client.watch(show)
            self.client = self.last = client
            try:
                async with asyncio.TaskGroup() as group:
                    for show in self._crowd.shows:
                        group.create_task(self._note(client, show))
            except* (TimeoutError, OutOfOrder):
                pass  # it hears nothing any more, or what it hears makes no sense
            finally:
                self.client = None
                if client.fault is not None:
                    self._note_fault(client)

    async def _note(self, client: Client, show: int) -> None:
        """Note what is shown, each time that it changes, until nothing is heard any more.

        A client knows when it is cut off, by the pulse; what it shows after that it calls old.
        """
        screen, where = client.screens[show], f"screen {self._number}.{self._sockets}"
        while True:
            position, since_s = screen.position, time.time()
            assert position is not None
            statuses = bytes(screen.statuses)
            try:
                with suppress(TimeoutError):
                    await client.until(partial(_has_moved, screen, position), SILENCE_MAX_S)
            finally:
                until_s = time.time() if screen.position != position else client.heard_at
                self._crowd.recorder.history.sightings.append(
                    Sighting(where, show, position, statuses, since_s, max(since_s, until_s))
                )
            if time.time() - client.heard_at > SILENCE_MAX_S:
                raise TimeoutError("it hears nothing any more")

    def _note_fault(self, client: Client) -> None:
        fault = OrderFault(f"screen {self._number}", str(client.fault), time.time())
        self._crowd.recorder.history.faults.append(fault)


def _has_moved(screen: Screen, position: Position) -> bool:
    return screen.position != position


class Auditor:
    """Reads the board and the ledger, past all wires."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self._board = Board(crowd.cluster.redis)

    async def run(self) -> None:
        """Read until cancelled."""
        while True:
            for show in self._crowd.shows:
                await self._read(show)
            await pause(AUDIT_S)

    async def _read(self, show: int) -> None:
        asked_s = time.time()
        with suppress(BoardAway):
            board = await self._board.read(show)
            if board is not None:
                self._crowd.recorder.see("board", show, board, asked_s)
        asked_s = time.time()
        with suppress(*LEDGER_AWAY):
            async with self._crowd.cluster.ledger() as connection:
                ledger = await read_ledger(connection, show)
                self._crowd.recorder.see("ledger", show, ledger, asked_s)
