-- extend_holds(show, now, ord[], hold[], actor[], staff[], factor) -> batch_result rows
-- Moves a hold's deadline to a whole hold_ttl_s from now, at most factor times hold_ttl_s after it was made.
-- Rules: only the holder or staff; a deadline never moves back.
-- Caller: apply_batch, which holds the show's clock row.
CREATE OR REPLACE FUNCTION extend_holds(
    p_show bigint, p_now timestamptz, p_ord integer[], p_hold uuid[], p_actor text[], p_staff boolean[],
    p_factor integer
) RETURNS SETOF batch_result
LANGUAGE plpgsql AS $$
DECLARE
    v_version bigint := (SELECT c.version FROM show_clocks c WHERE c.show_id = p_show);
    v_ttl     interval := (SELECT make_interval(secs => s.hold_ttl_s) FROM shows s WHERE s.id = p_show);
BEGIN
    RETURN QUERY
    WITH verdict AS (
        SELECT c.ord, c.hold_id, c.actor, h.holder, h.seats, h.prices, h.place,
               greatest(h.expires_at, least(p_now + v_ttl, h.created_at + p_factor * v_ttl)) AS expires_at,
               CASE
                   WHEN h.id IS NULL THEN 'not_found'
                   WHEN h.holder <> c.actor AND NOT c.staff THEN 'forbidden'
                   WHEN h.status <> 'held' OR h.expires_at <= p_now THEN 'hold_gone'
               END AS code
        FROM ROWS FROM (
            unnest(p_ord), unnest(p_hold), unnest(p_actor), unnest(p_staff), generate_subscripts(p_ord, 1)
        ) AS c (ord, hold_id, actor, staff)
        LEFT JOIN LATERAL (
            SELECT h.ctid AS place, h.* FROM holds h WHERE h.show_id = p_show AND h.id = c.hold_id OFFSET 0
        ) h ON true
    ), answer AS (
        SELECT v.*, CASE WHEN v.code IS NULL
                         THEN v_version + count(*) FILTER (WHERE v.code IS NULL) OVER so_far END AS version
        FROM verdict v
        WINDOW so_far AS (ORDER BY v.ord ROWS UNBOUNDED PRECEDING)
    ), fresh AS (
        SELECT * FROM answer a WHERE a.code IS NULL
    ), seat AS (
        SELECT f.*, s.place AS seat_place
        FROM fresh f CROSS JOIN LATERAL unnest(f.seats) AS x (seat)
        CROSS JOIN LATERAL (
            SELECT s.ctid AS place, s.hold_id, s.status FROM seats s
            WHERE s.show_id = p_show AND s.seat = x.seat OFFSET 0
        ) s
        WHERE s.hold_id = f.hold_id AND s.status = 1
    ), kept AS (
        UPDATE seats s SET locked_until = f.expires_at, version = f.version
        FROM seat f WHERE s.ctid = f.seat_place
    ), moved AS (
        UPDATE holds h SET expires_at = f.expires_at, version = f.version
        FROM fresh f WHERE h.ctid = f.place
    ), logged AS (
        INSERT INTO seat_events (show_id, version, kind, actor, holder, hold_id, seats, hold_seats, expires_at, at)
        SELECT p_show, f.version, 'extend', f.actor, f.holder, f.hold_id, '{}', f.seats, f.expires_at, p_now
        FROM fresh f
    ), ticked AS (
        UPDATE show_clocks c SET version = v_version + (SELECT count(*) FROM fresh)
        WHERE c.show_id = p_show AND EXISTS (SELECT FROM fresh)
    )
    SELECT a.ord, a.code, a.version, CASE WHEN a.code IS NULL THEN 'extend'::event_kind END,
           a.hold_id, a.holder, '{}'::integer[], a.seats,
           (extract(epoch FROM a.expires_at - p_now) * 1000)::bigint,
           (SELECT sum(x.price)::bigint FROM unnest(a.prices) AS x (price)),
           NULL::uuid, NULL::integer[], NULL::jsonb
    FROM answer a;
END $$;
