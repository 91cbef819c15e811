"""The runs that measure how much is sold and how fast."""

from collections.abc import Iterator, Sequence
from itertools import chain
from time import perf_counter
from typing import Final

from benchmarks.buyers import (
    Buyer,
    HttpBuyer,
    Pair,
    Sale,
    SocketBuyer,
    buy_at_a_rate,
    buy_in_turns,
    pairs_of,
)
from benchmarks.http_wire import open_http_wires
from benchmarks.installation import Installation, installation
from benchmarks.onsale_tables import print_sale
from benchmarks.screens import blank
from benchmarks.wire import Wire, open_wires

BUYERS: Final = 1_000
SEATS: Final = 40_000
SHOWS_AT_ONCE: Final = 8
OFFERED_PER_S: Final = 1_000
SHOWS_IN_THE_TABLE: Final = (1, 10, 100)
SEATS_IN_THE_TABLE: Final = (100, 1_000, 10_000, 100_000)


async def open_buyers(
    site: Installation, shows: Sequence[int], count: int
) -> list[tuple[int, Wire]]:
    """Open *count* buyers' sockets, shared out among *shows*; each watches its show."""
    opened = []
    for place, show in enumerate(shows):
        tokens = site.tokens(len(range(place, count, len(shows))))
        opened += [(show, wire) for wire in await open_wires(site.port, [*tokens], show, blank())]
    return opened


async def sell(
    site: Installation, title: str, *, shows: int, seats: int, buyers: int, seconds: float
) -> float:
    """Closed loop over sockets: sell *shows* until they are sold out or the time is over.

    Returns bookings a second.
    """
    numbers = await site.add_shows(shows, seats)
    opened = await open_buyers(site, numbers, buyers)
    pairs = {show: pairs_of(show, seats) for show in numbers}
    sale, clock = Sale(), site.processor_time()
    took_s = await buy_in_turns(
        sale,
        [SocketBuyer(wire) for _, wire in opened],
        [pairs[show] for show, _ in opened],
        seconds,
    )
    print_sale(title, sale, took_s, clock)
    await finish(site, sale, numbers, opened)
    return sum(sale.booked.values()) / took_s


async def finish(
    site: Installation, sale: Sale, shows: Sequence[int], opened: Sequence[tuple[int, Wire]]
) -> None:
    """Compare everything and close the sockets."""
    agreed = 0
    started_at = perf_counter()
    for show in shows:
        wires = [wire for watched, wire in opened if watched == show]
        agreed += await site.compare(show, wires, booked=2 * sale.booked[show])
    commands = await site.counted("seatwire_batch_commands_sum")
    batches = await site.counted("seatwire_batch_commands_count")
    if batches:
        print(f"  {commands / batches:.1f} commands a batch since the instances started")
    frames = await site.counted("seatwire_frames_sent_total")
    if booked := sum(sale.booked.values()):
        print(f"  {frames / booked:.1f} frames a booking went to watchers")
    print(f"  ledger, boards and {agreed:,} screens agree ({perf_counter() - started_at:.1f} s)")
    for _, wire in opened:
        wire.close()


async def sell_out(seconds: float | None) -> None:
    """One show of 40,000 seats is sold out by 1,000 buyers who watch it."""
    async with installation() as site:
        await sell(site, "one show", shows=1, seats=SEATS, buyers=BUYERS, seconds=seconds or 60)


async def eight_shows(seconds: float | None) -> None:
    """Eight such shows at once, for a minute or until they are sold out."""
    async with installation() as site:
        await sell(
            site,
            "eight shows",
            shows=SHOWS_AT_ONCE,
            seats=SEATS,
            buyers=BUYERS,
            seconds=seconds or 60,
        )


async def offered_rate(seconds: float | None) -> None:
    """1,000 bookings a second are wanted on one show, whatever the servers do."""
    seconds = min(seconds or 15, SEATS / 2 / OFFERED_PER_S)
    async with installation() as site:
        (show,) = await site.add_shows(1, SEATS)
        opened = await open_buyers(site, [show], BUYERS)
        sale, clock = Sale(), site.processor_time()
        took_s = await buy_at_a_rate(
            sale,
            [SocketBuyer(wire) for _, wire in opened],
            iter(pairs_of(show, SEATS)),
            per_s=OFFERED_PER_S,
            seconds=seconds,
        )
        print_sale(f"{OFFERED_PER_S:,}/s offered", sale, took_s, clock)
        await finish(site, sale, [show], opened)


async def over_http(seconds: float | None) -> None:
    """The same over HTTP, closed loop; 100 screens watch."""
    async with installation() as site:
        (show,) = await site.add_shows(1, SEATS)
        wires = await open_wires(site.port, [None] * 100, show, blank())
        clients = await open_http_wires(site.port, [*site.tokens(200)])
        pairs = pairs_of(show, SEATS)
        buyers: list[Buyer] = [HttpBuyer(client) for client in clients]
        sale, clock = Sale(), site.processor_time()
        took_s = await buy_in_turns(sale, buyers, [pairs] * len(buyers), seconds or 15)
        print_sale("over HTTP", sale, took_s, clock)
        await finish(site, sale, [show], [(show, wire) for wire in wires])
        for client in clients:
            client.close()


async def scaling(seconds: float | None) -> None:
    """Bookings a second by instances, shows and seats."""
    seconds = seconds or 4
    rows: list[tuple[int, int, int, float]] = []
    for instances in (1, 2):
        async with installation(instances) as site:
            for shows, seats in table_cells():
                rate = await sell(
                    site,
                    f"{instances} instances, {shows} shows of {seats:,} seats",
                    shows=shows,
                    seats=seats,
                    buyers=BUYERS,
                    seconds=seconds,
                )
                rows.append((instances, shows, seats, rate))
    for instances, shows, seats, rate in rows:
        print(f"| {instances} | {shows} | {seats:,} | {rate:,.0f} |")


def table_cells() -> Iterator[tuple[int, int]]:
    """Yield (shows, seats of each): shows of one size, then one show of each size."""
    return chain(
        ((shows, 10_000) for shows in SHOWS_IN_THE_TABLE),
        ((1, seats) for seats in SEATS_IN_THE_TABLE if seats != 10_000),
    )


def pairs_in_turns(pairs: Sequence[list[Pair]]) -> Iterator[Pair]:
    """Yield a pair of each list in turn until one is used up."""
    while all(pairs):
        for own in pairs:
            yield own.pop()
