-- Named queries of app/ledger.py. Each block is headed by its name; $n are its arguments.

-- name: apply_batch
-- (show, kinds, ids, actors, staff, flags, bookings, notes, seat_ords, seats, factor) -> batch_result rows
SELECT * FROM apply_batch($1, $2::event_kind[], $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- name: change_show
-- (show, actor, title, starts_at, currency, prices, status, hold_ttl_s, seats_per_hold_max, message)
SELECT * FROM change_show($1, $2, $3, $4, $5, $6, $7::show_status, $8, $9, $10);

-- name: position
-- (show) -> epoch, version
SELECT epoch, version FROM show_clocks WHERE show_id = $1;

-- name: moved
-- (shows, epochs, versions) -> show_id, epoch, version of those that are elsewhere; -1 and 0 when there is no such show
SELECT k.show_id, coalesce(c.epoch, -1) AS epoch, coalesce(c.version, 0) AS version
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS k (show_id, epoch, version)
LEFT JOIN show_clocks c ON c.show_id = k.show_id
WHERE (c.epoch, c.version) IS DISTINCT FROM (k.epoch, k.version);

-- name: live_positions
-- () -> show_id, epoch, version of every show that may still change, or that did within the hour
SELECT c.show_id, c.epoch, c.version
FROM show_clocks c JOIN shows s ON s.id = c.show_id
WHERE (s.status NOT IN ('cancelled', 'closed') AND s.starts_at > clock_timestamp() - interval '2 days')
   OR EXISTS (SELECT FROM seat_events e
              WHERE e.show_id = c.show_id AND e.version = c.version AND e.at > now() - interval '1 hour');

-- name: board_state
-- (show) -> epoch, version, statuses, holds [[id, holder, seats, expires_in_ms] ...]; one moment
SELECT c.epoch, c.version,
       (SELECT array_agg(s.status ORDER BY s.seat) FROM seats s WHERE s.show_id = c.show_id) AS statuses,
       (SELECT coalesce(jsonb_agg(jsonb_build_array(
                   h.id, h.holder, h.seats,
                   (extract(epoch FROM h.expires_at - clock_timestamp()) * 1000)::bigint)), '[]')
        FROM holds h WHERE h.show_id + 0 = c.show_id AND h.status = 'held' AND h.version > 0) AS holds
FROM show_clocks c WHERE c.show_id = $1;

-- name: events_after
-- (show, version, limit) -> seat_events rows in order, with expires_in_ms as of now
SELECT version, kind, actor, holder, hold_id, booking_id, seats, hold_seats, detail, at,
       (extract(epoch FROM expires_at - clock_timestamp()) * 1000)::bigint AS expires_in_ms
FROM seat_events
WHERE show_id = $1 AND version > $2
ORDER BY version
LIMIT $3;

-- name: hold
-- (show, hold) -> the hold; status says expired as soon as its time has passed
SELECT holder, seats, version, booking_id,
       CASE WHEN status = 'held' AND expires_at <= clock_timestamp() THEN 'expired' ELSE status END AS status,
       (SELECT coalesce(sum(x.price), 0)::bigint FROM unnest(prices) AS x (price)) AS total,
       (extract(epoch FROM expires_at - clock_timestamp()) * 1000)::bigint AS expires_in_ms
FROM holds WHERE show_id = $1 AND id = $2;

-- name: booking
-- (show, booking) -> the booking with its seats
SELECT b.hold_id, b.holder, b.status, b.total, b.contact, b.version, b.created_at,
       (SELECT array_agg(x.seat ORDER BY x.seat) FROM booking_seats x
        WHERE x.show_id = b.show_id AND x.booking_id = b.id) AS seats
FROM bookings b WHERE b.show_id = $1 AND b.id = $2;

-- name: due_holds
-- (limit, per_show) -> show_id, id of holds whose time has passed, oldest first, at most per_show of one show
-- Read first, by the index of due holds (OFFSET 0), and numbered then: otherwise the planner may read every hold there
-- ever was in the order of the numbers. For the same reason the time is that of the statement, the same for each row.
SELECT d.show_id, d.id
FROM (SELECT h.show_id, h.id, h.expires_at,
             row_number() OVER (PARTITION BY h.show_id ORDER BY h.expires_at) AS place
      FROM (SELECT show_id, id, expires_at FROM holds
            WHERE status = 'held' AND booking_id IS NULL AND expires_at <= statement_timestamp()
            ORDER BY expires_at OFFSET 0) h) d
WHERE d.place <= $2
ORDER BY d.expires_at
LIMIT $1;

-- name: ensure_partitions
-- (months_ahead) -> number of partitions made
SELECT ensure_partitions($1) AS made;

-- name: ping
-- () -> 1 when this month's partition for events is there, else 0
SELECT (to_regclass('seat_events' || to_char(clock_timestamp() AT TIME ZONE 'UTC', '_YYYY_MM')) IS NOT NULL)::integer
       AS ready;
