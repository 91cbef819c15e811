"""`python -m benchmarks`: how fast the ledger holds; see the other modules for more."""

from benchmarks import ledger

if __name__ == "__main__":
    ledger.main([])
