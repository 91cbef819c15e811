"""`python -m benchmarks`: the measurements that need no browser, one after another."""

from benchmarks import ledger_batches

if __name__ == "__main__":
    ledger_batches.main()
