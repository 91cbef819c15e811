-- cancel_bookings(show, now, ord[], booking[], actor[], staff[]) -> batch_result rows
-- booked -> available, all seats of the booking.
-- Rules: only the holder or staff; cancelling again changes nothing and is no error.
-- Caller: apply_batch, which holds the show's clock row.
CREATE OR REPLACE FUNCTION cancel_bookings(
    p_show bigint, p_now timestamptz, p_ord integer[], p_booking uuid[], p_actor text[], p_staff boolean[]
) RETURNS SETOF batch_result
LANGUAGE plpgsql AS $$
DECLARE
    v_version bigint := (SELECT c.version FROM show_clocks c WHERE c.show_id = p_show);
BEGIN
    RETURN QUERY
    WITH verdict AS (
        SELECT c.ord, c.booking_id, c.actor, b.hold_id, b.holder, b.status, b.total, b.created_at, b.version, h.seats, h.place,
               CASE
                   WHEN b.id IS NULL THEN 'not_found'
                   WHEN b.holder <> c.actor AND NOT c.staff THEN 'forbidden'
               END AS code
        FROM ROWS FROM (
            unnest(p_ord), unnest(p_booking), unnest(p_actor), unnest(p_staff), generate_subscripts(p_ord, 1)
        ) AS c (ord, booking_id, actor, staff)
        LEFT JOIN LATERAL (
            SELECT b.* FROM bookings b WHERE b.show_id = p_show AND b.id = c.booking_id OFFSET 0
        ) b ON true
        LEFT JOIN LATERAL (
            SELECT h.ctid AS place, h.* FROM holds h WHERE h.show_id = p_show AND h.id = b.hold_id OFFSET 0
        ) h ON true
    ), answer AS (
        SELECT v.*, f.is_fresh, v_version + count(*) FILTER (WHERE f.is_fresh) OVER so_far AS new_version
        FROM verdict v CROSS JOIN LATERAL (SELECT v.code IS NULL AND v.status = 'confirmed') AS f (is_fresh)
        WINDOW so_far AS (ORDER BY v.ord ROWS UNBOUNDED PRECEDING)
    ), fresh AS (
        SELECT * FROM answer a WHERE a.is_fresh
    ), seat AS (
        SELECT f.*, s.place AS seat_place
        FROM fresh f CROSS JOIN LATERAL unnest(f.seats) AS x (seat)
        CROSS JOIN LATERAL (
            SELECT s.ctid AS place, s.booking_id, s.status FROM seats s
            WHERE s.show_id = p_show AND s.seat = x.seat OFFSET 0
        ) s
        WHERE s.booking_id = f.booking_id AND s.status = 2
    ), freed AS (
        UPDATE seats s
        SET status = 0, hold_id = NULL, booking_id = NULL, version = f.new_version
        FROM seat f WHERE s.ctid = f.seat_place
    ), ended AS (
        UPDATE holds h SET status = 'cancelled', version = f.new_version
        FROM fresh f WHERE h.ctid = f.place
    ), undone AS (
        UPDATE bookings b SET status = 'cancelled', version = f.new_version
        FROM fresh f WHERE b.show_id = p_show AND b.id = f.booking_id AND b.created_at = f.created_at
    ), logged AS (
        INSERT INTO seat_events (show_id, version, kind, actor, holder, hold_id, booking_id, seats, hold_seats, at)
        SELECT p_show, f.new_version, 'cancel', f.actor, f.holder, f.hold_id, f.booking_id, f.seats, '{}', p_now
        FROM fresh f
    ), ticked AS (
        UPDATE show_clocks c SET version = v_version + (SELECT count(*) FROM fresh)
        WHERE c.show_id = p_show AND EXISTS (SELECT FROM fresh)
    )
    SELECT a.ord, a.code, CASE WHEN a.is_fresh THEN a.new_version ELSE a.version END,
           CASE WHEN a.is_fresh THEN 'cancel'::event_kind END,
           a.hold_id, a.holder, a.seats, '{}'::integer[], NULL::bigint, a.total, a.booking_id,
           NULL::integer[], NULL::jsonb
    FROM answer a;
END $$;
