-- Named queries of app/doctor.py. All but the first two run at one moment.

-- name: shows
-- () -> id of every show
SELECT id FROM shows ORDER BY id;

-- name: missing_partitions
-- (months_ahead) -> names of the partitions that ensure_partitions would make
SELECT t.name || to_char(date_trunc('month', clock_timestamp() AT TIME ZONE 'UTC') + make_interval(months => m.i),
                         '_YYYY_MM') AS name
FROM unnest(ARRAY['bookings', 'booking_seats', 'seat_events']) AS t (name), generate_series(0, $1) AS m (i)
WHERE to_regclass(t.name || to_char(date_trunc('month', clock_timestamp() AT TIME ZONE 'UTC')
                                    + make_interval(months => m.i), '_YYYY_MM')) IS NULL
ORDER BY m.i, t.name;

-- name: show
-- (show) -> title, status, seat_count, epoch, version; epoch and version are null without a clock
SELECT s.title, s.status, v.seat_count, c.epoch, c.version
FROM shows s JOIN venues v ON v.id = s.venue_id LEFT JOIN show_clocks c ON c.show_id = s.id
WHERE s.id = $1;

-- name: events
-- (show) -> the whole history, in order
SELECT version, kind, actor, holder, hold_id, booking_id, seats, hold_seats, detail, at, expires_at,
       NULL::bigint AS expires_in_ms
FROM seat_events WHERE show_id = $1 ORDER BY version;

-- name: seats
-- (show) -> every seat
SELECT seat, status, hold_id, booking_id, version, locked_until FROM seats WHERE show_id = $1 ORDER BY seat;

-- name: holds
-- (show) -> holds that have seats
SELECT id, seats, status, version, booking_id, expires_at FROM holds
WHERE show_id = $1 AND status IN ('held', 'booked');

-- name: stray_holds
-- (show, limit) -> id, status, version of holds that are not what the event of their version made them
SELECT h.id, h.status, h.version
FROM holds h
LEFT JOIN seat_events e ON e.show_id = h.show_id AND e.version = h.version AND (e.hold_id = h.id OR e.kind = 'show')
WHERE h.show_id = $1 AND h.status::text IS DISTINCT FROM CASE
          WHEN e.kind IN ('hold', 'extend') OR (e.kind = 'release' AND e.hold_seats <> '{}') THEN 'held'
          WHEN e.kind IN ('release', 'show') THEN 'released'
          WHEN e.kind = 'expire' THEN 'expired'
          WHEN e.kind = 'book' THEN 'booked'
          WHEN e.kind = 'cancel' THEN 'cancelled' END
ORDER BY h.version
LIMIT $2;

-- name: stray_bookings
-- (show, limit) -> id, version, what: bookings that are not what their hold or their seats are
WITH sold AS (
    SELECT x.booking_id, array_agg(x.seat ORDER BY x.seat) AS seats, sum(x.price)::bigint AS total
    FROM booking_seats x WHERE x.show_id = $1 GROUP BY x.booking_id
)
SELECT coalesce(b.id, x.booking_id) AS id, coalesce(b.version, 0) AS version, CASE
           WHEN b.id IS NULL THEN 'has seats and is not there'
           WHEN h.id IS NULL THEN 'has no hold'
           WHEN h.booking_id IS DISTINCT FROM b.id THEN 'is not the booking of its hold'
           WHEN h.status::text <> CASE b.status WHEN 'confirmed' THEN 'booked' ELSE 'cancelled' END
               THEN 'is ' || b.status || ', its hold ' || h.status
           WHEN x.seats IS DISTINCT FROM (SELECT array_agg(s.seat ORDER BY s.seat) FROM unnest(h.seats) AS s (seat))
               THEN 'has other seats than its hold'
           WHEN x.total <> b.total THEN 'costs other than its seats'
       END AS what
FROM (SELECT * FROM bookings WHERE show_id = $1) b
FULL JOIN sold x ON x.booking_id = b.id
LEFT JOIN holds h ON h.show_id = $1 AND h.id = b.hold_id
WHERE b.id IS NULL OR h.id IS NULL OR h.booking_id IS DISTINCT FROM b.id
   OR h.status::text <> CASE b.status WHEN 'confirmed' THEN 'booked' ELSE 'cancelled' END
   OR x.seats IS DISTINCT FROM (SELECT array_agg(s.seat ORDER BY s.seat) FROM unnest(h.seats) AS s (seat))
   OR x.total <> b.total
ORDER BY 2, 1
LIMIT $2;

-- name: unbooked_holds
-- (show, limit) -> id, version of booked holds without their booking
SELECT h.id, h.version FROM holds h
WHERE h.show_id = $1 AND h.status IN ('booked', 'cancelled')
  AND NOT EXISTS (SELECT FROM bookings b WHERE b.show_id = $1 AND b.id = h.booking_id)
ORDER BY h.version
LIMIT $2;

-- name: times
-- (show, versions) -> version, at
SELECT version, at FROM seat_events WHERE show_id = $1 AND version = ANY ($2);
