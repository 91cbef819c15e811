-- The road not taken, for benchmarks/ledger.py: one SERIALIZABLE transaction for each hold. Each block is one
-- statement of it, in this order; $n are its arguments.

-- name: lock_show
-- (show) the transaction-long advisory lock of the show
SELECT pg_advisory_xact_lock($1);

-- name: lock_seats
-- (show, seats) -> those of the seats that are free and that nobody else has locked
SELECT seat FROM seats WHERE show_id = $1 AND seat = ANY ($2) AND status = 0 FOR UPDATE SKIP LOCKED;

-- name: hold_seats
-- (show, seats, hold)
UPDATE seats SET status = 1, hold_id = $3, locked_until = clock_timestamp() + interval '10 minutes'
WHERE show_id = $1 AND seat = ANY ($2);

-- name: add_hold
-- (show, seats, hold, holder, prices)
INSERT INTO holds (show_id, id, holder, seats, prices, status, created_at, expires_at, version)
VALUES ($1, $3, $4, $2, $5, 'held', clock_timestamp(),
        clock_timestamp() + interval '10 minutes', 0);
