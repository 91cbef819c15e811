-- release_holds(show, now, ord[], hold[], actor[], staff[], whole[], seat_ord[], seat[]) -> batch_result rows
-- held -> available, for the whole hold or for the given seats of it; a hold without seats is released.
-- Rules: only the holder or staff; repeating a release changes nothing and is no error; given seats that
-- are not in the hold are left alone.
-- Caller: apply_batch, which holds the show's clock row.
CREATE OR REPLACE FUNCTION release_holds(
    p_show bigint, p_now timestamptz, p_ord integer[], p_hold uuid[], p_actor text[], p_staff boolean[],
    p_whole boolean[], p_seat_ord integer[], p_seat integer[]
) RETURNS SETOF batch_result
LANGUAGE plpgsql AS $$
DECLARE
    v_version bigint := (SELECT c.version FROM show_clocks c WHERE c.show_id = p_show);
BEGIN
    RETURN QUERY
    WITH verdict AS (
        SELECT c.ord, c.hold_id, c.actor, c.whole, coalesce(w.seats, '{}') AS named,
               h.holder, h.status, h.seats, h.prices, h.version, h.expires_at, h.place,
               CASE
                   WHEN h.id IS NULL THEN 'not_found'
                   WHEN h.holder <> c.actor AND NOT c.staff THEN 'forbidden'
                   WHEN h.status = 'released' THEN NULL
                   WHEN h.status <> 'held' OR h.expires_at <= p_now THEN 'hold_gone'
               END AS code
        FROM ROWS FROM (
            unnest(p_ord), unnest(p_hold), unnest(p_actor), unnest(p_staff), unnest(p_whole), generate_subscripts(p_ord, 1)
        ) AS c (ord, hold_id, actor, staff, whole)
        LEFT JOIN (
            SELECT w.ord, array_agg(w.seat) AS seats
            FROM ROWS FROM (unnest(p_seat_ord), unnest(p_seat), generate_subscripts(p_seat, 1)) AS w (ord, seat)
            GROUP BY w.ord
        ) w ON w.ord = c.ord
        LEFT JOIN LATERAL (
            SELECT h.ctid AS place, h.* FROM holds h WHERE h.show_id = p_show AND h.id = c.hold_id OFFSET 0
        ) h ON true
    ), answer AS (
        SELECT v.ord, v.code, v.hold_id, v.actor, v.holder, v.status, v.expires_at, v.place, f.is_fresh, s.freed,
               CASE WHEN f.is_fresh THEN s.kept ELSE v.seats END AS kept,
               CASE WHEN f.is_fresh THEN s.kept_prices ELSE v.prices END AS kept_prices,
               CASE WHEN f.is_fresh THEN v_version + count(*) FILTER (WHERE f.is_fresh) OVER so_far ELSE v.version END AS version
        FROM verdict v
        LEFT JOIN LATERAL (
            SELECT array_agg(x.seat ORDER BY x.seat) FILTER (WHERE g.gone) AS freed,
                   coalesce(array_agg(x.seat ORDER BY x.i) FILTER (WHERE NOT g.gone), '{}') AS kept,
                   coalesce(array_agg(x.price ORDER BY x.i) FILTER (WHERE NOT g.gone), '{}') AS kept_prices
            FROM unnest(v.seats, v.prices) WITH ORDINALITY AS x (seat, price, i)
            CROSS JOIN LATERAL (SELECT v.whole OR x.seat = ANY (v.named)) AS g (gone)
        ) s ON v.code IS NULL AND v.status = 'held'
        CROSS JOIN LATERAL (SELECT s.freed IS NOT NULL) AS f (is_fresh)
        WINDOW so_far AS (ORDER BY v.ord ROWS UNBOUNDED PRECEDING)
    ), fresh AS (
        SELECT * FROM answer a WHERE a.is_fresh
    ), seat AS (
        SELECT f.*, s.place AS seat_place
        FROM fresh f CROSS JOIN LATERAL unnest(f.freed) AS x (seat)
        CROSS JOIN LATERAL (
            SELECT s.ctid AS place, s.hold_id, s.status FROM seats s
            WHERE s.show_id = p_show AND s.seat = x.seat OFFSET 0
        ) s
        WHERE s.hold_id = f.hold_id AND s.status = 1
    ), freed AS (
        UPDATE seats s
        SET status = 0, hold_id = NULL, locked_until = NULL, version = f.version
        FROM seat f WHERE s.ctid = f.seat_place
    ), shrunk AS (
        UPDATE holds h
        SET seats = f.kept, prices = f.kept_prices, version = f.version,
            status = CASE WHEN f.kept = '{}' THEN 'released' ELSE 'held' END::hold_status
        FROM fresh f WHERE h.ctid = f.place
    ), logged AS (
        INSERT INTO seat_events (show_id, version, kind, actor, holder, hold_id, seats, hold_seats, expires_at, at)
        SELECT p_show, f.version, 'release', f.actor, f.holder, f.hold_id, f.freed, f.kept,
               CASE WHEN f.kept <> '{}' THEN f.expires_at END, p_now
        FROM fresh f
    ), ticked AS (
        UPDATE show_clocks c SET version = v_version + (SELECT count(*) FROM fresh)
        WHERE c.show_id = p_show AND EXISTS (SELECT FROM fresh)
    )
    SELECT a.ord, a.code, a.version, CASE WHEN a.is_fresh THEN 'release'::event_kind END,
           a.hold_id, a.holder, a.freed, a.kept,
           CASE WHEN a.status = 'held' AND a.kept <> '{}' THEN (extract(epoch FROM a.expires_at - p_now) * 1000)::bigint END,
           (SELECT coalesce(sum(x.price), 0)::bigint FROM unnest(a.kept_prices) AS x (price)),
           NULL::uuid, NULL::integer[], NULL::jsonb
    FROM answer a;
END $$;
