-- Named queries of app/catalog.py.

-- name: add_venue
-- (name, plan as JSON text, plan_hash, seat_count) -> id
INSERT INTO venues (name, plan, plan_hash, seat_count) VALUES ($1, $2::text::jsonb, $3, $4) RETURNING id;

-- name: venue
-- (venue) -> its name, plan hash and seat count
SELECT name, plan_hash, seat_count FROM venues WHERE id = $1;

-- name: plan
-- (plan_hash) -> the plan document as JSON text: megabytes, decoded outside the event loop
SELECT plan::text AS plan FROM venues WHERE plan_hash = $1 ORDER BY id LIMIT 1;

-- name: category_names
-- (plan_hash) -> names of the plan's categories, in order
SELECT (SELECT array_agg(x.category ->> 'name' ORDER BY x.i)
        FROM jsonb_array_elements(v.plan -> 'categories') WITH ORDINALITY AS x (category, i)) AS names
FROM venues v WHERE v.plan_hash = $1 ORDER BY v.id LIMIT 1;

-- name: add_show
-- (venue, title, starts_at, currency, prices, status, hold_ttl_s, seats_per_hold_max, message) -> id
INSERT INTO shows (venue_id, title, starts_at, currency, prices, status, hold_ttl_s, seats_per_hold_max, message)
VALUES ($1, $2, $3, $4, $5, $6::show_status, $7, $8, $9)
RETURNING id;

-- name: add_clock
-- (show)
INSERT INTO show_clocks (show_id) VALUES ($1);

-- name: add_seats
-- (show, categories by seat index)
INSERT INTO seats (show_id, seat, category)
SELECT $1, x.i - 1, x.category FROM unnest($2::smallint[]) WITH ORDINALITY AS x (category, i);

-- name: show
-- (show) -> the show, its plan and its position
SELECT s.id, s.venue_id, s.title, s.starts_at, s.currency, s.prices, s.status, s.hold_ttl_s,
       s.seats_per_hold_max, s.message, v.plan_hash, v.seat_count, c.epoch, c.version
FROM shows s JOIN venues v ON v.id = s.venue_id JOIN show_clocks c ON c.show_id = s.id
WHERE s.id = $1;

-- name: shows
-- (limit) -> shows, the next to start first, past ones last
SELECT s.id, s.venue_id, s.title, s.starts_at, s.currency, s.prices, s.status, s.hold_ttl_s,
       s.seats_per_hold_max, s.message, v.plan_hash, v.seat_count, c.epoch, c.version
FROM shows s JOIN venues v ON v.id = s.venue_id JOIN show_clocks c ON c.show_id = s.id
ORDER BY s.starts_at < clock_timestamp() - interval '12 hours', s.starts_at, s.id
LIMIT $1;
