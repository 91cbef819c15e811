"""Finds the SQL files of the project and reads the named queries in them."""

import re
from pathlib import Path

SQL_FOLDER = Path(__file__).resolve().parent.parent / "sql"

_HEADING = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)


def load_queries(name: str) -> dict[str, str]:
    """Return the blocks of `sql/queries/<name>.sql` by their names."""
    return read_blocks(SQL_FOLDER / "queries" / f"{name}.sql")


def read_blocks(path: Path) -> dict[str, str]:
    """Return the blocks of a file by their names.

    A block starts at `-- name: <name>` and ends at the next one. Raises ValueError when a name
    stands twice.
    """
    _, *parts = _HEADING.split(path.read_text())
    names, bodies = parts[::2], parts[1::2]
    if len(set(names)) != len(names):
        raise ValueError(f"{path.name}: a query name stands twice")
    return dict(zip(names, (body.strip() for body in bodies), strict=True))
