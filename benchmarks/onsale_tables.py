"""How the on-sale's numbers are printed."""

from collections.abc import Sequence

from benchmarks.buyers import Sale
from benchmarks.processor_time import ProcessorTime


def share(values: Sequence[float], part: float) -> float:
    """Return the value that *part* of *values* do not exceed; 0 when there are none."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * part), len(ordered) - 1)] if ordered else 0.0


def print_latencies(name: str, values: Sequence[float]) -> None:
    """Print the percentiles of *values*, in milliseconds; they are given in seconds."""
    p50, p95, p99 = (share(values, part) * 1000 for part in (0.5, 0.95, 0.99))
    print(f"  {name:<22}{len(values):>9,} p50 {p50:>8.1f} ms  p95 {p95:>8.1f}  p99 {p99:>8.1f}")


def print_sale(title: str, sale: Sale, took_s: float, clock: ProcessorTime) -> None:
    """Print the rate, the latencies and who spent the processor's time."""
    bookings = sum(sale.booked.values())
    print(f"{title}: {bookings:,} bookings in {took_s:.1f} s = {bookings / took_s:,.0f}/s")
    print_latencies("hold", sale.hold_s)
    print_latencies("book", sale.book_s)
    print_latencies("hold and book", sale.both_s)
    if sale.refusals:
        print(f"  refused: {dict(sale.refusals)}")
    print_processor_time(clock, took_s, bookings)


def print_processor_time(clock: ProcessorTime, took_s: float, bookings: int = 0) -> None:
    """Print each part's share of a core, and its microseconds a booking."""
    for part, spent_s in clock.spent_s().items():
        each = f"{spent_s / bookings * 1e6:>8.0f} us a booking" if bookings else ""
        print(f"  {part:<12}{spent_s / took_s * 100:>6.1f} % of a core{each}")
