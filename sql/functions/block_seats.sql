-- block_seats(show, now, ord[], actor[], reason[], to_status, seat_ord[], seat[]) -> batch_result rows
-- to_status 3: available -> blocked, all seats of a command or none (those already blocked stay so).
-- to_status 0: blocked -> available, for those of the seats that are blocked; the others stay as they are.
-- Caller: apply_batch, which holds the show's clock row.
CREATE OR REPLACE FUNCTION block_seats(
    p_show bigint, p_now timestamptz, p_ord integer[], p_actor text[], p_reason text[], p_to_status smallint,
    p_seat_ord integer[], p_seat integer[]
) RETURNS SETOF batch_result
LANGUAGE plpgsql AS $$
DECLARE
    v_version bigint := (SELECT c.version FROM show_clocks c WHERE c.show_id = p_show);
    v_kind    event_kind := CASE p_to_status WHEN 3 THEN 'block' ELSE 'unblock' END;
BEGIN
    RETURN QUERY
    WITH verdict AS (
        SELECT c.ord, c.actor, c.reason,
               array_agg(s.seat ORDER BY s.seat) FILTER (WHERE s.status = 3 - p_to_status) AS moved,
               array_agg(s.place) FILTER (WHERE s.status = 3 - p_to_status) AS places,
               array_agg(s.seat ORDER BY s.seat) FILTER (WHERE p_to_status = 3 AND s.status IN (1, 2)) AS taken,
               bool_or(s.seat IS NULL) AS unknown
        FROM ROWS FROM (
            unnest(p_ord), unnest(p_actor), unnest(p_reason), generate_subscripts(p_ord, 1)
        ) AS c (ord, actor, reason)
        JOIN ROWS FROM (unnest(p_seat_ord), unnest(p_seat), generate_subscripts(p_seat, 1)) AS w (ord, seat) ON w.ord = c.ord
        LEFT JOIN LATERAL (
            SELECT s.ctid AS place, s.* FROM seats s WHERE s.show_id = p_show AND s.seat = w.seat OFFSET 0
        ) s ON true
        GROUP BY c.ord, c.actor, c.reason
    ), answer AS (
        SELECT v.*, f.is_fresh, v_version + count(*) FILTER (WHERE f.is_fresh) OVER so_far AS version
        FROM verdict v
        CROSS JOIN LATERAL (SELECT NOT v.unknown AND v.taken IS NULL AND v.moved IS NOT NULL) AS f (is_fresh)
        WINDOW so_far AS (ORDER BY v.ord ROWS UNBOUNDED PRECEDING)
    ), fresh AS (
        SELECT * FROM answer a WHERE a.is_fresh
    ), moved AS (
        UPDATE seats s SET status = p_to_status, version = f.version
        FROM fresh f CROSS JOIN LATERAL unnest(f.places) AS x (place)
        WHERE s.ctid = x.place
    ), logged AS (
        INSERT INTO seat_events (show_id, version, kind, actor, seats, hold_seats, detail, at)
        SELECT p_show, f.version, v_kind, f.actor, f.moved, '{}', jsonb_build_object('reason', f.reason), p_now
        FROM fresh f
    ), ticked AS (
        UPDATE show_clocks c SET version = v_version + (SELECT count(*) FROM fresh)
        WHERE c.show_id = p_show AND EXISTS (SELECT FROM fresh)
    )
    SELECT a.ord, CASE WHEN a.unknown THEN 'bad_message' WHEN a.taken IS NOT NULL THEN 'seats_taken' END,
           CASE WHEN a.is_fresh THEN a.version ELSE v_version END, CASE WHEN a.is_fresh THEN v_kind END,
           NULL::uuid, NULL::text, CASE WHEN a.is_fresh THEN a.moved END, '{}'::integer[], NULL::bigint, NULL::bigint,
           NULL::uuid, a.taken, CASE WHEN a.is_fresh THEN jsonb_build_object('reason', a.reason) END
    FROM answer a;
END $$;
