"""An on-sale over real sockets: two web instances, one worker, durable PostgreSQL, Valkey.

    python -m benchmarks.onsale sellout|eight|offered|http|contention|fairness|idle|scaling|targets

Everything runs on this machine, the load generator (this process) included. A booking is a hold of
two seats and then its booking. All times are measured at the client. After each run the ledger,
the board and every screen are compared, and the run fails when they differ.
"""

import argparse
import asyncio
import gc
from collections.abc import Awaitable, Callable
from typing import Final

import uvloop

from benchmarks import onsale_crowds, onsale_runs
from benchmarks.machine import describe_machine

MODES: Final[dict[str, Callable[[float | None], Awaitable[None]]]] = {
    "sellout": onsale_runs.sell_out,
    "eight": onsale_runs.eight_shows,
    "offered": onsale_runs.offered_rate,
    "http": onsale_runs.over_http,
    "scaling": onsale_runs.scaling,
    "contention": onsale_crowds.contention,
    "fairness": onsale_crowds.fairness,
    "idle": onsale_crowds.idle,
    "targets": onsale_crowds.all_targets,
}


def main() -> None:
    """Run one measurement."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("mode", choices=MODES)
    parser.add_argument("--seconds", type=float, help="how long the load lasts")
    arguments = parser.parse_args()
    print(describe_machine())
    # Every booking leaves some closures that refer to one another; the generator is to be cheap.
    gc.set_threshold(100_000, 20, 20)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(MODES[arguments.mode](arguments.seconds))  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
