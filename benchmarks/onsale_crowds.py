"""The runs with crowds: many who want the same, many shows at once, many who only look."""

import asyncio
import random
from collections import Counter, deque
from collections.abc import Sequence
from functools import partial
from itertools import cycle
from time import perf_counter
from typing import Final

from benchmarks.buyers import (
    FINISH_TIMEOUT_S,
    Buyer,
    HttpBuyer,
    Sale,
    SocketBuyer,
    buy_at_a_rate,
    pairs_of,
)
from benchmarks.crowd_apart import Crowd, Order, crowd_apart
from benchmarks.http_wire import HttpWire, open_http_wires
from benchmarks.installation import Disagreement, Installation, installation
from benchmarks.onsale_runs import BUYERS, SEATS, finish, open_buyers, pairs_in_turns
from benchmarks.onsale_tables import print_latencies, print_processor_time, print_sale, share

RIVALS: Final = 10_000
RIVALS_PER_S: Final = 2_000
WANTED_SEATS: Final = 500
FAIR_SHOWS: Final = 50
OTHERS_PER_S: Final = 1
HOT_PER_S: Final = 400
IDLE_SHOWS: Final = 1_000
USERS: Final = 10_000
SOCKET_BOOKINGS_PER_S: Final = 950
HTTP_BOOKINGS_PER_S: Final = 50
QUERIES_PER_S: Final = 100
# Over this many shows the shares of one show are too few to be a percentile.
_SAMPLES_MIN: Final = 20


async def contention(_seconds: float | None) -> None:
    """10,000 buyers want one of the same 250 pairs within 5 s; those who lose give up."""
    async with installation() as site:
        (show,) = await site.add_shows(1, WANTED_SEATS)
        opened = await open_buyers(site, [show], RIVALS)
        wanted = pairs_of(show, WANTED_SEATS) * (2 * RIVALS // WANTED_SEATS)
        random.shuffle(wanted)
        sale, clock = Sale(), site.processor_time()
        before = await site.counted("seatwire_batch_commands_sum")
        buyers: list[Buyer] = [SocketBuyer(wire) for _, wire in opened]
        took_s = await buy_at_a_rate(
            sale, buyers, iter(wanted), per_s=RIVALS_PER_S, seconds=RIVALS / RIVALS_PER_S
        )
        print_sale(f"{RIVALS:,} buyers, {WANTED_SEATS} seats", sale, took_s, clock)
        print_latencies("hold, lost", sale.lost_s)
        ratio = share(sale.lost_s, 0.95) / share(sale.hold_s, 0.95)
        print(f"  losers' p95 : winners' p95 = {ratio:.2f}")
        committed = await site.counted("seatwire_batch_commands_sum") - before
        losers = committed - len(sale.hold_s) - len(sale.book_s)
        print(f"  {losers:,.0f} of {len(sale.lost_s):,} losers reached PostgreSQL")
        assert sum(sale.booked.values()) * 2 == WANTED_SEATS
        await finish(site, sale, [show], opened)


async def fairness(seconds: float | None) -> None:
    """49 shows sell at a trickle, first alone, then beside one that is hot.

    Who buys for the hot one watches it, in a process of their own.
    """
    seconds = seconds or 25
    async with installation() as site:
        shows = await site.add_shows(FAIR_SHOWS - 1, 1_000)
        (hot,) = await site.add_shows(1, SEATS)
        trickle = await open_buyers(site, shows, 4 * len(shows))
        pairs = pairs_in_turns([pairs_of(show, 1_000) for show in shows])
        order = Order(site.port, hot, SEATS, site.tokens(BUYERS), HOT_PER_S, seconds)

        async def sell_others(title: str) -> _Shares:
            sale, clock, started_at = _Shares(), site.processor_time(), perf_counter()
            per_s = OTHERS_PER_S * len(shows)
            buyers: list[Buyer] = [SocketBuyer(wire) for _, wire in trickle]
            await buy_at_a_rate(sale, buyers, pairs, per_s=per_s, seconds=seconds)
            print_sale(title, sale, perf_counter() - started_at, clock)
            return sale

        async with crowd_apart(order) as crowd:
            site.generators.append(crowd.pid)
            alone = await sell_others("the others, alone")
            (rush, took_s), beside = await asyncio.gather(
                crowd.buy(), sell_others("the others, beside the hot show")
            )
            print(f"the hot show: {sum(rush.booked.values()) / took_s:,.0f} bookings/s")
            print_latencies("its hold", rush.hold_s)
            print_latencies("its book", rush.book_s)
            if rush.refusals:
                print(f"  refused: {dict(rush.refusals)}")
            _print_ratios(shows, alone, beside)
            await _compare_apart(site, crowd)
        total = Sale(booked=alone.booked + beside.booked + rush.booked)
        await finish(site, total, [*shows, hot], trickle)


def _print_ratios(shows: Sequence[int], alone: "_Shares", beside: "_Shares") -> None:
    ratios = sorted(
        share(beside.by_show[show], 0.95) / share(alone.by_show[show], 0.95)
        for show in shows
        if min(len(beside.by_show[show]), len(alone.by_show[show])) >= _SAMPLES_MIN
    )
    if not ratios:
        raise RuntimeError(f"too short: no show has {_SAMPLES_MIN} holds in both parts")
    whole = share(beside.hold_s, 0.95) / share(alone.hold_s, 0.95)
    print(
        f"  p95 of the others' holds beside : alone = {whole:.2f} for all; by show median "
        f"{ratios[len(ratios) // 2]:.2f}, worst {ratios[-1]:.2f}"
    )


class _Shares(Sale):
    """A sale that keeps the hold latencies of each show apart, too."""

    def __init__(self) -> None:
        super().__init__()
        self.by_show: dict[int, list[float]] = {}

    def hold_made(self, show: int, seconds: float) -> None:
        super().hold_made(show, seconds)
        self.by_show.setdefault(show, []).append(seconds)


async def idle(seconds: float | None) -> None:
    """What 1,000 open shows with a screen each cost while nothing happens."""
    seconds = seconds or 20
    async with installation() as site:
        await asyncio.sleep(2)
        await _measure_idle(site, "no show is open", seconds)
        shows = await site.add_shows(IDLE_SHOWS, 100)
        opened = await open_buyers(site, shows, IDLE_SHOWS)
        await asyncio.sleep(2)
        await _measure_idle(site, f"{IDLE_SHOWS:,} shows are open", seconds)
        await finish(site, Sale(), shows, opened)


async def _measure_idle(site: Installation, title: str, seconds: float) -> None:
    clock = site.processor_time()
    await asyncio.sleep(seconds)
    print(f"{title}, {seconds:.0f} s:")
    print_processor_time(clock, seconds)


async def all_targets(seconds: float | None) -> None:
    """10,000 users connected, 1,000 bookings a second, the API and the queries, all at once.

    The 9,000 who only look do so in a process of their own.
    """
    seconds = min(seconds or 15, SEATS / 2 / (SOCKET_BOOKINGS_PER_S + HTTP_BOOKINGS_PER_S))
    async with installation() as site:
        (show,) = await site.add_shows(1, SEATS)
        opened = await open_buyers(site, [show], BUYERS)
        clients = await open_http_wires(site.port, [*site.tokens(100)])
        readers = await open_http_wires(site.port, [None] * 20)
        looking = Order(site.port, show, SEATS, [None] * (USERS - BUYERS), 0, seconds)
        async with crowd_apart(looking) as onlookers:
            site.generators.append(onlookers.pid)
            pairs = iter(pairs_of(show, SEATS))
            sale, api, queries, clock = Sale(), Sale(), list[float](), site.processor_time()
            started_at = perf_counter()
            await asyncio.gather(
                buy_at_a_rate(
                    sale,
                    [SocketBuyer(wire) for _, wire in opened],
                    pairs,
                    per_s=SOCKET_BOOKINGS_PER_S,
                    seconds=seconds,
                ),
                buy_at_a_rate(
                    api,
                    [HttpBuyer(client) for client in clients],
                    pairs,
                    per_s=HTTP_BOOKINGS_PER_S,
                    seconds=seconds,
                ),
                _ask_at_a_rate(readers, show, queries, seconds),
            )
            total = Sale(sale.hold_s, sale.book_s, sale.both_s, booked=sale.booked + api.booked)
            total.refusals = sale.refusals + api.refusals
            print_sale(f"{USERS:,} users", total, perf_counter() - started_at, clock)
            print_latencies("API, hold and book", api.hold_s + api.book_s)
            print_latencies("queries", queries)
            await _compare_apart(site, onlookers)
        await finish(site, total, [show], opened)
        for client in (*clients, *readers):
            client.close()


async def _compare_apart(site: Installation, crowd: Crowd) -> None:
    """Compare the screens of a crowd with the ledger. Raises Disagreement."""
    state = await site.services.ledger.board_state(crowd.order.show)
    assert state is not None
    agreeing = await crowd.count_agreeing(state.position, state.statuses)
    count = len(crowd.order.tokens)
    if agreeing != count:
        raise Disagreement(f"{count - agreeing} screens of the crowd differ")
    print(f"  {count:,} screens of the crowd agree with the ledger")


async def _ask_at_a_rate(
    readers: list[HttpWire], show: int, took_s: list[float], seconds: float
) -> None:
    """Ask for the seats, the show and the list of shows in turn, at a fixed rate.

    A query counts from when it was due, also while it waits for a reader to be free.
    """
    paths = cycle([f"/shows/{show}/seats", f"/shows/{show}", "/shows"])
    idle, statuses, due = deque(readers), Counter[int](), deque[float]()
    total, finished = int(seconds * QUERIES_PER_S), asyncio.Event()
    started_at = perf_counter()

    def ask_due() -> None:
        while due and idle:
            reader = idle.popleft()
            reader.ask("GET", next(paths), None, partial(on_response, reader, due.popleft()))

    def on_response(reader: HttpWire, due_at: float, status: int, _: bytes) -> None:
        took_s.append(perf_counter() - due_at)
        statuses[status] += 1
        idle.append(reader)
        ask_due()
        if len(took_s) == total:
            finished.set()

    for number in range(total):
        due_at = started_at + number / QUERIES_PER_S
        await asyncio.sleep(due_at - perf_counter())
        due.append(due_at)
        ask_due()
    async with asyncio.timeout(FINISH_TIMEOUT_S):
        await finished.wait()
    if set(statuses) != {200}:
        raise RuntimeError(f"the queries were answered {dict(statuses)}")
