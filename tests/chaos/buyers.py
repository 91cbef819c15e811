"""Clients that go on whatever happens: they retry by the same ids and note what they are told."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final
from uuid import UUID

import httpx
import jwt
from websockets.exceptions import WebSocketException

from app.auth import ALGORITHM, AUDIENCE, ISSUER
from app.client import Client, CodecName, Refused, open_client
from app.domain import (
    Actor,
    Block,
    Book,
    Cancel,
    Command,
    Extend,
    Hold,
    Release,
    Role,
    Unblock,
)
from tests.chaos.cluster import Cluster, Instance
from tests.chaos.history import Answer, Granted, Lost, OrderFault, Unanswered, Unknown
from tests.chaos.recording import Recorder
from tests.end_to_end.fleet import SECRET
from tests.ledger_model import Refusal

CONNECT_TIMEOUT_S: Final = 3.0
# Longer than an honest server takes to say `unavailable` or `unknown_outcome`: whoever waits for so
# long, and hears the server all the while, was forgotten.
ANSWER_TIMEOUT_S: Final = 8.0
# Some pulses; a client that hears none looks for another server.
SILENCE_MAX_S: Final = 2.0
LISTEN_S: Final = 0.5
ATTEMPTS_MAX: Final = 12
RETRY_PAUSE_S: Final = 0.2
THINK_S_MEAN: Final = 0.15
SEATS_MAX: Final = 3
BOOKINGS_KEPT: Final = 2
# Issued long before any clock is off by so much: a fresh one is refused where it is of the future.
TOKEN_AGE_S: Final = 3_600
TOKEN_TTL_S: Final = 24 * 3600
TRY_AGAIN: Final = ("unavailable", "rate_limited", "unknown_outcome")
# Refused: of a greeting or a watch, which may be asked again. Answers to commands are noted.
AWAY: Final = (WebSocketException, OSError, TimeoutError, httpx.HTTPError, EOFError, Refused)


@dataclass(slots=True)
class Crowd:
    """What all clients share. rivals: holds that somebody has, for others to try."""

    cluster: Cluster
    recorder: Recorder
    shows: list[int]
    rivals: deque[tuple[int, UUID]] = field(default_factory=lambda: deque(maxlen=20))
    leaving: bool = False


class Buyer:
    """One person: a socket at either instance, and one thing after another."""

    def __init__(self, crowd: Crowd, number: int, seed: int) -> None:
        self._crowd = crowd
        self._random = Random(f"{seed}/buyer/{number}")
        self._number = number
        self._actor = Actor(f"buyer-{number}", Role.BUYER)
        self._token = old_token(self._actor)
        self._show = crowd.shows[number % len(crowd.shows)]
        self._booked: list[UUID] = []
        self._client: Client | None = None

    async def run(self) -> None:
        """Buy until everybody leaves."""
        while not self._crowd.leaving:
            try:
                async with AsyncExitStack() as stack:
                    async with asyncio.timeout(CONNECT_TIMEOUT_S):
                        client = await stack.enter_async_context(self._connected())
                        await client.watch(self._show)
                    self._client = client
                    await self._buy(client)
            except AWAY:
                await asyncio.sleep(RETRY_PAUSE_S)
            finally:
                self._client = None

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Client]:
        instance = self._random.choice(self._crowd.cluster.webs)
        codec: CodecName = "json" if self._random.random() < 0.5 else "msgpack"
        async with open_client(instance.url, token=self._token, codec=codec) as client:
            yield client
        if client.fault is not None:
            fault = OrderFault(f"buyer {self._number}", str(client.fault), time.time())
            self._crowd.recorder.history.faults.append(fault)

    async def _buy(self, client: Client) -> None:
        while not self._crowd.leaving:
            await asyncio.sleep(self._random.expovariate(1 / THINK_S_MEAN))
            seats = self._choose(bytes(client.screens[self._show].statuses))
            hold = UUID(int=self._random.getrandbits(128), version=4)
            if isinstance(await self._ask(Hold(self._show, hold, seats, self._actor)), Granted):
                self._crowd.rivals.append((self._show, hold))
                await self._decide(hold, seats)
            while len(self._booked) > BOOKINGS_KEPT:
                await self._ask(Cancel(self._show, self._booked.pop(0), self._actor))
            if self._client is not client or not _is_open(client):
                return

    def _choose(self, statuses: bytes) -> tuple[int, ...]:
        """Return seats next to each other, mostly such as look free."""
        count = self._random.randint(1, SEATS_MAX)
        for _ in range(10):
            first = self._random.randrange(len(statuses) - count + 1)
            if not any(statuses[first : first + count]) or self._random.random() < 0.1:
                break
        return tuple(range(first, first + count))

    async def _decide(self, hold: UUID, seats: tuple[int, ...]) -> None:
        await asyncio.sleep(self._random.expovariate(1 / THINK_S_MEAN))
        show, actor = self._show, self._actor
        fate = self._random.random()
        if fate < 0.45:
            if fate < 0.15:
                await self._ask(Extend(show, hold, actor))
            elif fate < 0.2:
                await self._ask(Hold(show, hold, seats, actor))
            await self._book(hold)
        elif fate < 0.6:
            await self._ask(Release(show, hold, None, actor))
        elif fate < 0.7:
            await self._ask(Release(show, hold, seats[:1], actor))
            if len(seats) > 1:
                await self._book(hold)
        elif fate < 0.8:
            more = self._choose(bytes(len(self._statuses())))
            await self._ask(Hold(show, hold, tuple(sorted({*seats, *more})), actor))
        elif fate < 0.9:
            await self._try_another(hold)

    async def _book(self, hold: UUID) -> None:
        unused = UUID(int=0)  # a socket's booking gets its id from the instance
        answer = await self._ask(Book(self._show, hold, unused, None, self._actor))
        if isinstance(answer, Granted) and answer.booking is not None:
            self._booked.append(answer.booking)

    async def _try_another(self, own: UUID) -> None:
        """Try what must not work: somebody else's hold."""
        show, hold = self._random.choice(tuple(self._crowd.rivals))
        if hold == own or show != self._show:
            return
        if self._random.random() < 0.5:
            await self._ask(Release(show, hold, None, self._actor))
        else:
            await self._ask(Book(show, hold, UUID(int=0), None, self._actor))

    def _statuses(self) -> bytes:
        return bytes(self._crowd.recorder.history.shows[self._show].categories)

    async def _ask(self, command: Command) -> Answer:
        """Ask until there is an answer, with the same ids, at whatever instance answers."""
        answer: Answer = Unknown()
        for attempt in range(ATTEMPTS_MAX):
            client = self._client
            by_socket = attempt == 0 and not isinstance(command, Cancel)
            if by_socket and client is not None and _is_open(client):
                answer = await ask_by_socket(self._crowd, client, command)
            else:
                answer = await self._ask_by_http(command)
            if not isinstance(answer, Unknown) and _code(answer) not in TRY_AGAIN:
                return answer
            await asyncio.sleep(RETRY_PAUSE_S * self._random.uniform(0.5, 1.5))
        return answer

    async def _ask_by_http(self, command: Command) -> Answer:
        instance = self._random.choice(self._crowd.cluster.webs)
        return await ask_by_http(self._crowd, instance, self._token, command)


class Staff:
    """Blocks seats and gives them back."""

    def __init__(self, crowd: Crowd, seed: int) -> None:
        self._crowd = crowd
        self._random = Random(f"{seed}/staff")
        self._actor = Actor("staff-1", Role.STAFF)
        self._token = old_token(self._actor)
        crowd.recorder.staff(self._actor)

    async def run(self) -> None:
        """Block and unblock until everybody leaves."""
        while not self._crowd.leaving:
            await asyncio.sleep(self._random.expovariate(1))
            show = self._random.choice(self._crowd.shows)
            count = len(self._crowd.recorder.history.shows[show].categories)
            seats = (self._random.randrange(count),)
            answer = await self._ask(Block(show, seats, "chaos", self._actor))
            while not isinstance(answer, Refusal) and not self._crowd.leaving:
                answer = await self._ask(Unblock(show, seats, "chaos", self._actor))
                if isinstance(answer, Granted):
                    break

    async def _ask(self, command: Command) -> Answer:
        instance = self._random.choice(self._crowd.cluster.webs)
        answer = await ask_by_http(self._crowd, instance, self._token, command)
        if _code(answer) in TRY_AGAIN or isinstance(answer, Unknown):
            await asyncio.sleep(RETRY_PAUSE_S)
        return answer


def old_token(actor: Actor) -> str:
    """Return a token that was issued a while ago."""
    issued_s = int(time.time()) - TOKEN_AGE_S
    claims = {
        "sub": actor.holder,
        "role": actor.role.value,
        "iat": issued_s,
        "exp": issued_s + TOKEN_TTL_S,
        "iss": ISSUER,
        "aud": AUDIENCE,
    }
    return jwt.encode(claims, SECRET, ALGORITHM)


async def ask_by_socket(crowd: Crowd, client: Client, command: Command) -> Answer:
    """Ask once and note the answer."""
    op, fields = _message(command)
    invoked_s = time.time()
    try:
        reply = await _reply(client, op, fields)
        answer: Answer = Unanswered() if reply is None else _granted(reply)
    except Refused as error:
        answer = refused(error.error)
    except AWAY:
        answer = Lost()
    crowd.recorder.note(command, invoked_s, answer)
    return answer


async def ask_by_http(crowd: Crowd, instance: Instance, token: str, command: Command) -> Answer:
    """Ask once, over a connection of its own, and note the answer."""
    method, path, body = _request(command)
    invoked_s = time.time()
    try:
        async with httpx.AsyncClient(timeout=ANSWER_TIMEOUT_S) as http:
            response = await http.request(
                method,
                f"{instance.url}/api/v1/shows/{command.show}{path}",
                json=body,
                headers={"Authorization": f"Bearer {token}"},
            )
        told: dict[str, Any] = response.json()
        answer: Answer = _granted(told) if response.is_success else refused(told)
    except httpx.ReadTimeout:
        assert instance.front is not None
        answer = Lost() if instance.front.half_open_at > invoked_s else Unanswered()
    except AWAY:
        answer = Lost()
    except ValueError:
        answer = Refusal("no problem+json")  # which the checker does not accept
    crowd.recorder.note(command, invoked_s, answer)
    return answer


def refused(error: dict[str, Any]) -> Answer:
    """Return what an error says; one that says that nobody knows is no refusal."""
    if error["code"] == "unknown_outcome":
        return Unknown()
    return Refusal(error["code"], tuple(error.get("seats", ())))


def _granted(reply: dict[str, Any]) -> Granted:
    booking, expires_in_ms = reply.get("booking"), reply.get("expires_in_ms")
    return Granted(
        version=reply.get("version"),
        seats=tuple(reply["seats"]) if "seats" in reply else None,
        expires_in_s=None if expires_in_ms is None else expires_in_ms / 1000,
        total=reply.get("total"),
        booking=None if booking is None else UUID(booking),
    )


def _code(answer: Answer) -> str | None:
    return answer.code if isinstance(answer, Refusal) else None


def _message(command: Command) -> tuple[str, dict[str, Any]]:
    fields: dict[str, Any] = {"show": command.show}
    match command:
        case Hold(hold=hold, seats=seats):
            return "hold", {**fields, "hold": str(hold), "seats": list(seats)}
        case Release(hold=hold, seats=None):
            return "release", {**fields, "hold": str(hold)}
        case Release(hold=hold, seats=some):
            return "release", {**fields, "hold": str(hold), "seats": list(some or ())}
        case Extend(hold=hold):
            return "extend", {**fields, "hold": str(hold)}
        case Book(hold=hold):
            return "book", {**fields, "hold": str(hold)}
    raise AssertionError(command)


def _request(command: Command) -> tuple[str, str, dict[str, Any] | None]:
    match command:
        case Hold(hold=hold, seats=seats):
            return "POST", "/holds", {"hold": str(hold), "seats": list(seats)}
        case Release(hold=hold, seats=None):
            return "DELETE", f"/holds/{hold}", None
        case Release(hold=hold, seats=some):
            return "DELETE", f"/holds/{hold}", {"seats": list(some or ())}
        case Extend(hold=hold):
            return "POST", f"/holds/{hold}/extend", None
        case Book(hold=hold):
            return "POST", "/bookings", {"hold": str(hold)}
        case Cancel(booking=booking):
            return "DELETE", f"/bookings/{booking}", None
        case Block(seats=seats, reason=reason):
            return "POST", "/blocks", {"seats": list(seats), "reason": reason}
        case Unblock(seats=seats, reason=reason):
            return "DELETE", "/blocks", {"seats": list(seats), "reason": reason}
    raise AssertionError(command)


async def _reply(client: Client, op: str, fields: dict[str, Any]) -> dict[str, Any] | None:
    """Ask and return the reply, or None when none has come within ANSWER_TIMEOUT_S.

    Raises TimeoutError when the socket falls silent.
    """
    gives_up_at = time.monotonic() + ANSWER_TIMEOUT_S
    async with asyncio.timeout(ANSWER_TIMEOUT_S):
        reply = await client.send(op, **fields)
    while True:
        await asyncio.wait({reply}, timeout=LISTEN_S)
        if reply.done():
            return reply.result()
        if not _is_open(client):
            raise TimeoutError
        if time.monotonic() > gives_up_at:
            return None


def _is_open(client: Client) -> bool:
    return client.fault is None and time.time() - client.heard_at < SILENCE_MAX_S
