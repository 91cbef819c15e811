"""Buyers: each holds two seats and books them, over a socket or over HTTP.

Closed loop: a buyer goes on to its next pair when it has booked one. Open loop: pairs are wanted at
a fixed rate whether or not the servers keep up, and a latency counts from the moment a pair was
due, so that a stall is not hidden by buyers who wait for it.
"""

import asyncio
import random
from abc import ABC, abstractmethod
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, Final
from uuid import uuid4

import msgspec

from benchmarks.http_wire import HttpWire
from benchmarks.wire import Wire

Pair = tuple[int, int, int]  # show, seat, seat
OnReply = Callable[[dict[str, Any] | None, dict[str, Any]], None]

# How often an open loop looks what is due; shorter than any latency of interest.
OPEN_LOOP_S: Final = 0.002
# Codes that a client answers by asking again.
AGAIN: Final = ("rate_limited", "unavailable", "unknown_outcome")
AGAIN_MS: Final = 100
FINISH_TIMEOUT_S: Final = 30.0


class Buyer(ABC):
    """Somebody who can hold and book, one thing at a time."""

    @abstractmethod
    def hold(self, show: int, hold: str, seats: list[int], on_reply: OnReply) -> None:
        """Hold; *on_reply* gets the error, if any, and the answer."""

    @abstractmethod
    def book(self, show: int, hold: str, on_reply: OnReply) -> None:
        """Book; *on_reply* gets the error, if any, and the answer."""


class SocketBuyer(Buyer):
    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def hold(self, show: int, hold: str, seats: list[int], on_reply: OnReply) -> None:
        self._wire.ask("hold", _answering(on_reply), show=show, hold=hold, seats=seats)

    def book(self, show: int, hold: str, on_reply: OnReply) -> None:
        self._wire.ask("book", _answering(on_reply), show=show, hold=hold)


class HttpBuyer(Buyer):
    def __init__(self, wire: HttpWire) -> None:
        self._wire = wire

    def hold(self, show: int, hold: str, seats: list[int], on_reply: OnReply) -> None:
        form = {"hold": hold, "seats": seats}
        self._wire.ask("POST", f"/shows/{show}/holds", form, _responding(on_reply))

    def book(self, show: int, hold: str, on_reply: OnReply) -> None:
        form = {"hold": hold}
        self._wire.ask("POST", f"/shows/{show}/bookings", form, _responding(on_reply))


@dataclass(slots=True)
class Sale:
    """What came of it. The lists are seconds, one entry for each hold or booking that was made."""

    hold_s: list[float] = field(default_factory=list)
    book_s: list[float] = field(default_factory=list)
    both_s: list[float] = field(default_factory=list)
    lost_s: list[float] = field(default_factory=list)
    refusals: Counter[str] = field(default_factory=Counter)
    booked: Counter[int] = field(default_factory=Counter)

    def hold_made(self, _show: int, seconds: float) -> None:
        """Note that a hold was answered."""
        self.hold_s.append(seconds)

    def buy(
        self, buyer: Buyer, pair: Pair, on_done: Callable[[], None], *, due: float | None = None
    ) -> None:
        """Have *buyer* hold and book *pair*; *on_done* when it is booked or lost."""
        started = perf_counter() if due is None else due
        _Purchase(self, buyer, pair, str(uuid4()), on_done, started, started).ask_hold()


@dataclass(slots=True)
class _Purchase:
    """A pair on its way from a buyer's wish to a booking. Its times are those of perf_counter."""

    sale: Sale
    buyer: Buyer
    pair: Pair
    hold: str
    on_done: Callable[[], None]
    started: float
    asked: float

    def ask_hold(self) -> None:
        show, *seats = self.pair
        self.buyer.hold(show, self.hold, seats, self._on_hold)

    def _ask_book(self) -> None:
        self.asked = perf_counter()
        self.buyer.book(self.pair[0], self.hold, self._on_book)

    def _on_hold(self, error: dict[str, Any] | None, _: dict[str, Any]) -> None:
        if error is not None:
            self._refused(error, self.ask_hold)
            return
        self.sale.hold_made(self.pair[0], perf_counter() - self.started)
        self._ask_book()

    def _on_book(self, error: dict[str, Any] | None, _: dict[str, Any]) -> None:
        if error is not None:
            self._refused(error, self._ask_book)
            return
        now = perf_counter()
        self.sale.book_s.append(now - self.asked)
        self.sale.both_s.append(now - self.started)
        self.sale.booked[self.pair[0]] += 1
        self.on_done()

    def _refused(self, error: dict[str, Any], again: Callable[[], None]) -> None:
        code = error["code"]
        self.sale.refusals[code] += 1
        if code in AGAIN:
            retry_in_s = error.get("retry_in_ms", AGAIN_MS) / 1000
            asyncio.get_running_loop().call_later(retry_in_s, again)
            return
        self.sale.lost_s.append(perf_counter() - self.started)
        self.on_done()


def pairs_of(show: int, seats: int, *, scattered: bool = True) -> list[Pair]:
    """Return neighbouring pairs of all seats of *show*, each seat in one pair."""
    pairs = [(show, seat, seat + 1) for seat in range(0, seats - 1, 2)]
    if scattered:
        random.shuffle(pairs)
    return pairs


async def buy_in_turns(
    sale: Sale, buyers: list[Buyer], pairs: list[list[Pair]], seconds: float
) -> float:
    """Closed loop; return how long it took in seconds.

    pairs: of each buyer's show (buyers of one show share the list); taken from the end until none
    is left or the time is over.
    """
    started_at = perf_counter()
    ends_at = started_at + seconds
    at_work = len(buyers)
    finished = asyncio.Event()

    def go_on(buyer: Buyer, own: list[Pair]) -> None:
        nonlocal at_work
        if own and perf_counter() < ends_at:
            sale.buy(buyer, own.pop(), lambda: go_on(buyer, own))
            return
        at_work -= 1
        if not at_work:
            finished.set()

    for buyer, own in zip(buyers, pairs, strict=True):
        go_on(buyer, own)
    async with asyncio.timeout(seconds + FINISH_TIMEOUT_S):
        await finished.wait()
    return perf_counter() - started_at


async def buy_at_a_rate(
    sale: Sale, buyers: list[Buyer], pairs: Iterator[Pair], *, per_s: float, seconds: float
) -> float:
    """Open loop; return how long it took in seconds until the last pair was booked."""
    idle = deque(buyers)
    started_at = perf_counter()
    total = int(per_s * seconds)
    begun = done = 0
    due_pairs: deque[tuple[Pair, float]] = deque()
    finished = asyncio.Event()

    def start_due() -> None:
        while due_pairs and idle:
            pair, due = due_pairs.popleft()
            buyer = idle.popleft()
            sale.buy(buyer, pair, lambda buyer=buyer: end(buyer), due=due)  # type: ignore[misc]

    def end(buyer: Buyer) -> None:
        nonlocal done
        done += 1
        idle.append(buyer)
        start_due()
        if done == total:
            finished.set()

    while begun < total:
        now_due = min(total, int((perf_counter() - started_at) * per_s))
        for number in range(begun, now_due):
            due_pairs.append((next(pairs), started_at + (number + 1) / per_s))
        begun = now_due
        start_due()
        await asyncio.sleep(OPEN_LOOP_S)
    async with asyncio.timeout(FINISH_TIMEOUT_S):
        await finished.wait()
    return perf_counter() - started_at


def _answering(on_reply: OnReply) -> Callable[[dict[str, Any]], None]:
    return lambda answer: on_reply(answer.get("error"), answer)


def _responding(on_reply: OnReply) -> Callable[[int, bytes], None]:
    def respond(status: int, body: bytes) -> None:
        answer = msgspec.json.decode(body)
        on_reply(answer if status >= 400 else None, answer)

    return respond
