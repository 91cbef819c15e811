"""How PostgreSQL goes about large batches."""

import re
from typing import Final

import pytest
from asyncpg import PostgresLogMessage

from tests.integration.conftest import Connect, Connection, MakeShow

BATCH: Final = 300
EXPLAIN_ALL: Final = """
    LOAD 'auto_explain';
    SET auto_explain.log_min_duration = 0;
    SET auto_explain.log_analyze = on;
    SET auto_explain.log_nested_statements = on;
    SET client_min_messages = log;
"""
JOIN_FILTER: Final = re.compile(r"Rows Removed by Join Filter: (\d+)")
# $2: the kind of all commands. $3: their flag. Each is about at most one seat, from $5 on.
APPLY: Final = """
    WITH command AS (
        SELECT n, 'buyer ' || n AS actor, $5 + n AS seat,
               CASE $2 WHEN 'cancel' THEN b.id ELSE coalesce(h.id, gen_random_uuid()) END AS id
        FROM generate_series(0, $4::integer - 1) AS n
        LEFT JOIN holds h
            ON h.show_id = $1 AND h.status = 'held' AND h.seats = ARRAY[$5::integer + n]
        LEFT JOIN bookings b ON b.show_id = $1 AND b.holder = 'buyer ' || n
    ), batch AS (
        SELECT array_agg($2::text::event_kind) AS kind, array_agg(id) AS id,
               array_agg(actor) AS actor, array_agg(false) AS staff, array_agg($3::boolean) AS flag,
               array_agg(gen_random_uuid()) AS booking, array_agg(NULL::text) AS note,
               array_agg(n) AS ord, array_agg(seat) AS seat
        FROM command
    )
    SELECT count(*) FILTER (WHERE a.code IS NULL)
    FROM batch CROSS JOIN LATERAL
        apply_batch($1, kind, id, actor, staff, flag, booking, note, ord, seat, 1) a
"""
# Kind, flag, first seat; one after the other on one show.
BATCHES: Final = [
    ("hold", True, 0),
    ("hold", True, BATCH),
    ("release", False, BATCH),
    ("hold", True, BATCH),
    ("release", True, BATCH),
    ("extend", False, 0),
    ("book", False, 0),
    ("cancel", False, 0),
    ("block", False, 0),
    ("unblock", False, 0),
]


@pytest.mark.parametrize("filled", [0, 20])
async def test_no_batch_is_compared_with_itself_command_by_command(
    filled: int, make_show: MakeShow, connect: Connect
) -> None:
    """Whether the planner knows of no row or of many, and therefore minds small steps less."""
    connection = await connect()
    for _ in range(filled):
        await _apply(connection, await make_show(seats=BATCH), "hold", True, 0)
    await connection.execute("ANALYZE")
    plans: list[str] = []

    def note(_: object, message: PostgresLogMessage) -> None:
        plans.append(message.message)

    show = await make_show(seats=2 * BATCH)
    await connection.execute(EXPLAIN_ALL)
    connection.add_log_listener(note)
    compared = {}
    for step in BATCHES:
        plans.clear()
        await _apply(connection, show, *step)
        own = [plan for plan in plans if "CTE answer" in plan]
        assert own
        compared[step] = sum(map(int, JOIN_FILTER.findall("".join(own))))
    connection.remove_log_listener(note)
    assert {step: pairs for step, pairs in compared.items() if pairs > 10 * BATCH} == {}


async def _apply(connection: Connection, show: int, kind: str, flag: bool, seat: int) -> None:
    assert await connection.fetchval(APPLY, show, kind, flag, BATCH, seat) == BATCH
