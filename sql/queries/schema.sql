-- Named queries of app/schema.py.

-- name: lock
-- () held to the end of the transaction; any key, as long as every release takes the same
SELECT pg_advisory_xact_lock(1592226163);

-- name: prepare
-- ()
CREATE TABLE IF NOT EXISTS migrations (
    name        text PRIMARY KEY,
    digest      text NOT NULL,
    applied_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- name: applied
-- () -> name, digest
SELECT name, digest FROM migrations;

-- name: record
-- (name, digest)
INSERT INTO migrations (name, digest) VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE SET digest = excluded.digest, applied_at = clock_timestamp();

-- name: ensure_partitions
-- (months_ahead) -> number of partitions made
SELECT ensure_partitions($1);
