-- take_holds(show, now, ord[], hold[], holder[], limited[], seat_ord[], seat[]) -> batch_result rows
-- available -> held, all seats of a command or none; an existing hold of that id and holder grows.
-- seat_ord[i] is the ord of the command that wants seat[i].
-- Rules: a repeated command (all its seats already in its hold) changes nothing and answers what the
-- first answered; no hold is larger than the show's seats_per_hold_max, and a limited holder never
-- holds more than that in all; adding seats does not move the hold's deadline.
-- Caller: apply_batch, which holds the show's clock row and gives no two commands of one seat, hold or
-- holder in a batch.
CREATE OR REPLACE FUNCTION take_holds(
    p_show bigint, p_now timestamptz, p_ord integer[], p_hold uuid[], p_holder text[], p_limited boolean[],
    p_seat_ord integer[], p_seat integer[]
) RETURNS SETOF batch_result
LANGUAGE plpgsql AS $$
DECLARE
    v_version bigint := (SELECT c.version FROM show_clocks c WHERE c.show_id = p_show);
    v_show    shows := (SELECT s FROM shows s WHERE s.id = p_show);
    v_ttl     interval := make_interval(secs => v_show.hold_ttl_s);
BEGIN
    RETURN QUERY
    WITH command AS (
        SELECT c.ord, c.hold_id, c.holder, c.limited, h.holder AS owner, h.status,
               h.seats, h.prices, h.version, h.expires_at, h.place AS hold_place
        FROM ROWS FROM (
            unnest(p_ord), unnest(p_hold), unnest(p_holder), unnest(p_limited), generate_subscripts(p_ord, 1)
        ) AS c (ord, hold_id, holder, limited)
        LEFT JOIN LATERAL (
            SELECT h.ctid AS place, h.* FROM holds h WHERE h.show_id = p_show AND h.id = c.hold_id OFFSET 0
        ) h ON true
    ), wanted AS (
        SELECT c.ord,
               array_agg(s.seat ORDER BY s.seat) FILTER (WHERE s.status = 0) AS free,
               array_agg(v_show.prices[s.category + 1] ORDER BY s.seat) FILTER (WHERE s.status = 0) AS prices,
               array_agg(s.seat ORDER BY s.seat)
                   FILTER (WHERE s.status <> 0 AND s.hold_id IS DISTINCT FROM c.hold_id) AS taken,
               sum(v_show.prices[s.category + 1]) FILTER (WHERE s.status = 0)::bigint AS free_total,
               array_agg(s.place ORDER BY s.seat) FILTER (WHERE s.status = 0) AS places,
               bool_or(s.seat IS NULL) AS unknown
        FROM ROWS FROM (unnest(p_seat_ord), unnest(p_seat), generate_subscripts(p_seat, 1)) AS w (ord, seat)
        JOIN command c ON c.ord = w.ord
        LEFT JOIN LATERAL (
            SELECT s.ctid AS place, s.* FROM seats s WHERE s.show_id = p_show AND s.seat = w.seat OFFSET 0
        ) s ON true
        GROUP BY c.ord
    ), holding AS MATERIALIZED (  -- or the planner, which expects one holder, may compare each with each
        SELECT h.holder, sum(cardinality(h.seats)) AS seat_count
        FROM holds h
        WHERE h.show_id + 0 = p_show AND h.holder = ANY (p_holder)  -- by the index of live holds, and no other
          AND h.status = 'held' AND h.version > 0 AND h.expires_at > p_now
        GROUP BY h.holder
    ), verdict AS (
        SELECT c.*, w.free, w.places, w.prices AS free_prices, w.free_total, w.taken,
               CASE
                   WHEN w.unknown THEN 'bad_message'
                   WHEN c.owner <> c.holder THEN 'forbidden'
                   WHEN c.status <> 'held' OR c.expires_at <= p_now THEN 'hold_gone'
                   WHEN w.free IS NULL AND w.taken IS NULL THEN NULL
                   WHEN v_show.status <> 'on_sale' THEN 'show_closed'
                   WHEN w.taken IS NOT NULL THEN 'seats_taken'
                   WHEN cardinality(w.free) + coalesce(cardinality(c.seats), 0) > v_show.seats_per_hold_max
                        THEN 'hold_limit'
                   WHEN c.limited AND cardinality(w.free) + coalesce(h.seat_count, 0)
                        > v_show.seats_per_hold_max THEN 'hold_limit'
               END AS code
        FROM command c
        JOIN wanted w ON w.ord = c.ord
        LEFT JOIN holding h ON h.holder = c.holder
    ), answer AS (
        SELECT v.ord, v.code, v.hold_id, v.hold_place, v.holder, v.places, v.taken, f.is_fresh,
               CASE WHEN f.is_fresh THEN v.free END AS free,
               CASE WHEN f.is_fresh THEN v.seats || v.free ELSE v.seats END AS hold_seats,
               CASE WHEN f.is_fresh THEN v.prices || v.free_prices ELSE v.prices END AS hold_prices,
               CASE WHEN f.is_fresh AND v.prices IS NULL THEN v.free_total END AS total_if_new,
               CASE WHEN f.is_fresh THEN coalesce(v.expires_at, p_now + v_ttl) ELSE v.expires_at END AS expires_at,
               CASE WHEN f.is_fresh THEN v_version + count(*) FILTER (WHERE f.is_fresh) OVER so_far ELSE v.version END AS version
        FROM verdict v
        CROSS JOIN LATERAL (SELECT v.code IS NULL AND v.free IS NOT NULL) AS f (is_fresh)
        WINDOW so_far AS (ORDER BY v.ord ROWS UNBOUNDED PRECEDING)
    ), fresh AS (
        SELECT * FROM answer a WHERE a.is_fresh
    ), held AS (
        UPDATE seats s
        SET status = 1, hold_id = f.hold_id, locked_until = f.expires_at, version = f.version
        FROM fresh f CROSS JOIN LATERAL unnest(f.places) AS x (place)
        WHERE s.ctid = x.place
    ), made AS (
        INSERT INTO holds (show_id, id, holder, seats, prices, status, created_at, expires_at, version)
        SELECT p_show, f.hold_id, f.holder, f.hold_seats, f.hold_prices, 'held', p_now, f.expires_at, f.version
        FROM fresh f
        WHERE f.hold_place IS NULL
    ), grown AS (
        UPDATE holds h SET seats = f.hold_seats, prices = f.hold_prices, version = f.version
        FROM fresh f
        WHERE h.ctid = f.hold_place
    ), logged AS (
        INSERT INTO seat_events (show_id, version, kind, actor, holder, hold_id, seats, hold_seats, expires_at, at)
        SELECT p_show, f.version, 'hold', f.holder, f.holder, f.hold_id, f.free, f.hold_seats, f.expires_at, p_now
        FROM fresh f
    ), ticked AS (
        UPDATE show_clocks c SET version = v_version + (SELECT count(*) FROM fresh)
        WHERE c.show_id = p_show AND EXISTS (SELECT FROM fresh)
    )
    SELECT a.ord, a.code, a.version, CASE WHEN a.is_fresh THEN 'hold'::event_kind END,
           a.hold_id, a.holder, a.free, a.hold_seats,
           (extract(epoch FROM a.expires_at - p_now) * 1000)::bigint,
           coalesce(a.total_if_new, (SELECT sum(x.price)::bigint FROM unnest(a.hold_prices) AS x (price))),
           NULL::uuid, a.taken,
           CASE a.code WHEN 'show_closed' THEN jsonb_build_object('status', v_show.status) END
    FROM answer a;
END $$;
