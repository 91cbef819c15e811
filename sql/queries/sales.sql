-- Named queries of app/sales.py.

-- name: live_holds
-- (show, limit) -> the live holds of a show, soonest to lapse first
SELECT id, holder, seats, version,
       (SELECT coalesce(sum(x.price), 0)::bigint FROM unnest(prices) AS x (price)) AS total,
       (extract(epoch FROM expires_at - clock_timestamp()) * 1000)::bigint AS expires_in_ms
FROM holds
WHERE show_id + 0 = $1 AND status = 'held' AND version > 0 AND expires_at > clock_timestamp()
ORDER BY expires_at, id
LIMIT $2;

-- name: latest_bookings
-- (show, limit) -> bookings with their seats, newest first; a booking's seats are in the partition of its time
SELECT b.id, b.hold_id, b.holder, b.status, b.total, b.contact, b.version, b.created_at,
       (SELECT array_agg(x.seat ORDER BY x.seat) FROM booking_seats x
        WHERE x.show_id = b.show_id AND x.booking_id = b.id AND x.created_at = b.created_at) AS seats
FROM bookings b
WHERE b.show_id = $1
ORDER BY b.created_at DESC, b.id
LIMIT $2;

-- name: seat
-- (show, seat) -> the seat; the price of one that is held or booked is what it was held at
SELECT s.status, s.category, s.hold_id, s.booking_id, h.holder,
       coalesce(h.prices[array_position(h.seats, s.seat)], w.prices[s.category + 1]) AS price,
       (extract(epoch FROM s.locked_until - clock_timestamp()) * 1000)::bigint AS expires_in_ms,
       (SELECT e.detail ->> 'reason' FROM seat_events e
        WHERE s.status = 3 AND e.show_id = s.show_id AND e.version = s.version) AS reason
FROM seats s
JOIN shows w ON w.id = s.show_id
LEFT JOIN holds h ON h.show_id = s.show_id AND h.id = s.hold_id
WHERE s.show_id = $1 AND s.seat = $2;

-- name: by_category
-- (show) -> seats by category and status with what the booked ones brought in, and the version they stand at
SELECT c.version, s.category,
       count(*) FILTER (WHERE s.status = 0) AS available,
       count(*) FILTER (WHERE s.status = 1) AS held,
       count(*) FILTER (WHERE s.status = 2) AS booked,
       count(*) FILTER (WHERE s.status = 3) AS blocked,
       coalesce(sum(b.price), 0)::bigint AS revenue
FROM show_clocks c
JOIN seats s ON s.show_id = c.show_id
LEFT JOIN booking_seats b ON b.show_id = s.show_id AND b.booking_id = s.booking_id AND b.seat = s.seat
WHERE c.show_id = $1
GROUP BY c.version, s.category
ORDER BY s.category;

-- name: bookings_by_minute
-- (show, minutes) -> (minutes ago, bookings made then) for the minutes that had any, cancelled ones too
SELECT floor(extract(epoch FROM n.now - b.created_at) / 60)::integer AS minutes_ago, count(*) AS bookings
FROM (SELECT clock_timestamp() AS now) n
JOIN bookings b ON b.show_id = $1 AND b.created_at > n.now - make_interval(mins => $2)
GROUP BY 1;

-- name: stake
-- (show) -> live holds, the seats in them, and confirmed bookings
SELECT count(*) AS open_holds, coalesce(sum(cardinality(h.seats)), 0)::bigint AS held_seats,
       (SELECT count(*) FROM bookings b WHERE b.show_id = $1 AND b.status = 'confirmed') AS bookings
FROM holds h
WHERE h.show_id + 0 = $1 AND h.status = 'held' AND h.version > 0 AND h.expires_at > clock_timestamp();
