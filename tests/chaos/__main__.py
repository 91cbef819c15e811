"""`python -m tests.chaos --seed N --seconds S`: a chaos run; exit code 1 when a promise broke."""

import argparse
import asyncio
import random
import shutil
import sys
import tempfile
from pathlib import Path

from tests.chaos.run import run_chaos

SECONDS_DEFAULT = 600


def main() -> int:
    """Run, print the report, and keep the logs when something is wrong."""
    parser = argparse.ArgumentParser(prog="tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    parser.add_argument("--seconds", type=float, default=SECONDS_DEFAULT)
    chosen = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="seatwire-chaos-"))
    print(f"seed {chosen.seed}, {chosen.seconds:.0f} s, logs in {home}", flush=True)
    report = asyncio.run(
        run_chaos(
            home, chosen.seed, seconds=chosen.seconds, say=lambda line: print(line, flush=True)
        )
    )
    print("\n".join(report.lines()))
    if report.violations:
        return 1
    shutil.rmtree(home)
    return 0


if __name__ == "__main__":
    sys.exit(main())
