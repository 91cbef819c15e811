"""The servers that a database URL names."""

import pytest

from app.database_hosts import Host, read_hosts


@pytest.mark.parametrize(
    ("url", "hosts"),
    [
        ("postgresql:///seatwire", []),
        ("postgresql://ann@db/seatwire", [Host("db", 5432)]),
        ("postgresql://ann:p%40ss@db:6000/seatwire", [Host("db", 6000)]),
        ("postgresql://ann@one,two:6000/s", [Host("one", 5432), Host("two", 6000)]),
        ("postgresql://[::1]:6000/seatwire", [Host("::1", 6000)]),
        ("postgresql://ann@/s?host=/run/a,/run/b", [Host("/run/a", 5432), Host("/run/b", 5432)]),
        ("postgresql://ann@/s?host=%2Frun%2Fa&port=6000", [Host("/run/a", 6000)]),
        ("postgresql:///s?host=one,two&port=6001,6002", [Host("one", 6001), Host("two", 6002)]),
        ("postgresql:///s?host=one:6001,two", [Host("one", 6001), Host("two", 5432)]),
    ],
)
def test_every_server_of_a_url_is_found(url: str, hosts: list[Host]) -> None:
    assert read_hosts(url) == hosts
