-- book_holds(show, now, ord[], hold[], actor[], staff[], booking[], contact[]) -> batch_result rows
-- held -> booked, the whole hold, at the prices its seats were held at.
-- Rules: only the holder or staff; a hold is booked at most once: booking it again answers the booking
-- it has, whatever new booking id is offered; a hold whose time has passed cannot be booked; a hold
-- survives a pause of the show and may be booked during it, but not after a cancellation.
-- Caller: apply_batch, which holds the show's clock row.
CREATE OR REPLACE FUNCTION book_holds(
    p_show bigint, p_now timestamptz, p_ord integer[], p_hold uuid[], p_actor text[], p_staff boolean[],
    p_booking uuid[], p_contact text[]
) RETURNS SETOF batch_result
LANGUAGE plpgsql AS $$
DECLARE
    v_version bigint := (SELECT c.version FROM show_clocks c WHERE c.show_id = p_show);
BEGIN
    RETURN QUERY
    WITH verdict AS (
        SELECT c.ord, c.hold_id, c.actor, c.contact, h.holder, h.status, h.seats, h.prices, h.version, h.place,
               coalesce(h.booking_id, c.booking_id) AS booking_id,
               (SELECT sum(x.price)::bigint FROM unnest(h.prices) AS x (price)) AS total,
               CASE
                   WHEN h.id IS NULL THEN 'not_found'
                   WHEN h.holder <> c.actor AND NOT c.staff THEN 'forbidden'
                   WHEN h.status = 'booked' THEN NULL
                   WHEN h.status <> 'held' OR h.expires_at <= p_now THEN 'hold_gone'
               END AS code
        FROM ROWS FROM (
            unnest(p_ord), unnest(p_hold), unnest(p_actor), unnest(p_staff), unnest(p_booking), unnest(p_contact),
            generate_subscripts(p_ord, 1)
        ) AS c (ord, hold_id, actor, staff, booking_id, contact)
        LEFT JOIN LATERAL (
            SELECT h.ctid AS place, h.* FROM holds h WHERE h.show_id = p_show AND h.id = c.hold_id OFFSET 0
        ) h ON true
    ), answer AS (
        SELECT v.*, f.is_fresh, v_version + count(*) FILTER (WHERE f.is_fresh) OVER so_far AS new_version
        FROM verdict v CROSS JOIN LATERAL (SELECT v.code IS NULL AND v.status = 'held') AS f (is_fresh)
        WINDOW so_far AS (ORDER BY v.ord ROWS UNBOUNDED PRECEDING)
    ), fresh AS (
        SELECT * FROM answer a WHERE a.is_fresh
    ), seat AS (
        SELECT f.*, s.place AS seat_place
        FROM fresh f CROSS JOIN LATERAL unnest(f.seats) AS x (seat)
        CROSS JOIN LATERAL (
            SELECT s.ctid AS place, s.hold_id, s.status FROM seats s
            WHERE s.show_id = p_show AND s.seat = x.seat OFFSET 0
        ) s
        WHERE s.hold_id = f.hold_id AND s.status = 1
    ), sold AS (
        UPDATE seats s
        SET status = 2, booking_id = f.booking_id, locked_until = NULL, version = f.new_version
        FROM seat f WHERE s.ctid = f.seat_place
    ), spent AS (
        UPDATE holds h SET status = 'booked', booking_id = f.booking_id, version = f.new_version
        FROM fresh f WHERE h.ctid = f.place
    ), made AS (
        INSERT INTO bookings (show_id, id, hold_id, holder, status, total, contact, version, created_at)
        SELECT p_show, f.booking_id, f.hold_id, f.holder, 'confirmed', f.total, f.contact, f.new_version, p_now
        FROM fresh f
    ), listed AS (
        INSERT INTO booking_seats (show_id, booking_id, seat, price, created_at)
        SELECT p_show, f.booking_id, x.seat, x.price, p_now
        FROM fresh f CROSS JOIN LATERAL unnest(f.seats, f.prices) AS x (seat, price)
    ), logged AS (
        INSERT INTO seat_events (show_id, version, kind, actor, holder, hold_id, booking_id, seats, hold_seats, at)
        SELECT p_show, f.new_version, 'book', f.actor, f.holder, f.hold_id, f.booking_id, f.seats, f.seats, p_now
        FROM fresh f
    ), ticked AS (
        UPDATE show_clocks c SET version = v_version + (SELECT count(*) FROM fresh)
        WHERE c.show_id = p_show AND EXISTS (SELECT FROM fresh)
    )
    SELECT a.ord, a.code, CASE WHEN a.is_fresh THEN a.new_version ELSE a.version END,
           CASE WHEN a.is_fresh THEN 'book'::event_kind END,
           a.hold_id, a.holder, a.seats, a.seats, NULL::bigint, a.total, a.booking_id,
           NULL::integer[], NULL::jsonb
    FROM answer a;
END $$;
