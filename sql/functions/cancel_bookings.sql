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
        FROM unnest(p_ord, p_booking, p_actor, p_staff) AS c (ord, booking_id, actor, staff)
        LEFT JOIN LATERAL (
            SELECT b.* FROM bookings b WHERE b.show_id = p_show AND b.id = c.booking_id OFFSET 0
        ) b ON true
        LEFT JOIN LATERAL (
            SELECT h.ctid AS place, h.* FROM holds h WHERE h.show_id = p_show AND h.id = b.hold_id OFFSET 0
        ) h ON true
    ), fresh AS (
        SELECT v.*, v_version + row_number() OVER (ORDER BY v.ord) AS new_version
        FROM verdict v WHERE v.code IS NULL AND v.status = 'confirmed'
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
    SELECT v.ord, v.code, coalesce(f.new_version, v.version),
           CASE WHEN f.ord IS NOT NULL THEN 'cancel'::event_kind END,
           v.hold_id, v.holder, v.seats, '{}'::integer[], NULL::bigint, v.total, v.booking_id,
           NULL::integer[], NULL::jsonb
    FROM verdict v LEFT JOIN fresh f ON f.ord = v.ord;
END $$;
