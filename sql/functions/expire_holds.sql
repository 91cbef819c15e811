-- expire_holds(show, now, ord[], hold[], wanted[], actor) -> batch_result rows
-- held -> expired, for the named holds whose time has passed and for lapsed holds that keep a wanted
-- seat from somebody. A named hold that is not due, or not held, answers hold_gone and stays as it is.
-- Rule: a hold is never released early; time is this database's.
-- Caller: apply_batch, which holds the show's clock row.
CREATE OR REPLACE FUNCTION expire_holds(
    p_show bigint, p_now timestamptz, p_ord integer[], p_hold uuid[], p_wanted integer[], p_actor text
) RETURNS SETOF batch_result
LANGUAGE plpgsql AS $$
DECLARE
    v_version bigint := (SELECT c.version FROM show_clocks c WHERE c.show_id = p_show);
BEGIN
    RETURN QUERY
    WITH named AS (
        SELECT n.ord, n.hold_id FROM unnest(p_ord, p_hold) AS n (ord, hold_id)
    ), candidate AS (
        SELECT n.hold_id FROM named n
        UNION
        SELECT s.hold_id FROM seats s
        WHERE s.show_id = p_show AND s.seat = ANY (p_wanted)
          AND s.status = 1 AND s.locked_until <= p_now
    ), due AS (
        SELECT h.id, h.holder, h.seats, h.prices, h.place,
               v_version + row_number() OVER (ORDER BY h.expires_at, h.id) AS version
        FROM candidate c
        CROSS JOIN LATERAL (
            SELECT h.ctid AS place, h.* FROM holds h WHERE h.show_id = p_show AND h.id = c.hold_id OFFSET 0
        ) h
        WHERE h.status = 'held' AND h.expires_at <= p_now
    ), seat AS (
        SELECT d.*, s.place AS seat_place
        FROM due d CROSS JOIN LATERAL unnest(d.seats) AS x (seat)
        CROSS JOIN LATERAL (
            SELECT s.ctid AS place, s.hold_id, s.status FROM seats s
            WHERE s.show_id = p_show AND s.seat = x.seat OFFSET 0
        ) s
        WHERE s.hold_id = d.id AND s.status = 1
    ), freed AS (
        UPDATE seats s
        SET status = 0, hold_id = NULL, locked_until = NULL, version = d.version
        FROM seat d WHERE s.ctid = d.seat_place
    ), ended AS (
        UPDATE holds h SET status = 'expired', version = d.version
        FROM due d WHERE h.ctid = d.place
    ), logged AS (
        INSERT INTO seat_events (show_id, version, kind, actor, holder, hold_id, seats, hold_seats, at)
        SELECT p_show, d.version, 'expire', p_actor, d.holder, d.id, d.seats, '{}', p_now FROM due d
    ), ticked AS (
        UPDATE show_clocks c SET version = v_version + (SELECT count(*) FROM due)
        WHERE c.show_id = p_show AND EXISTS (SELECT FROM due)
    )
    SELECT n.ord, CASE WHEN d.id IS NULL THEN 'hold_gone' END, d.version,
           CASE WHEN d.id IS NOT NULL THEN 'expire'::event_kind END,
           coalesce(d.id, n.hold_id), d.holder, d.seats, '{}'::integer[], NULL::bigint, NULL::bigint,
           NULL::uuid, NULL::integer[], NULL::jsonb
    FROM due d FULL JOIN named n ON n.hold_id = d.id;
END $$;
