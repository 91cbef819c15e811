-- change_show(show, actor, title, starts_at, currency, prices[], status, hold_ttl_s, seats_per_hold_max, message)
--   -> epoch, version, seats freed, detail; no row when there is no such show
-- Changes the fields that are not null ('' clears the message; a null in prices leaves that category's price,
-- so two who change different prices at once lose nothing) and logs one `show` event. Its detail is
-- {show: the show after it, released: [[hold, holder, seats] ...]}: cancelling releases every open hold in
-- the same event.
-- Rule: locks the show's clock row first, as every writer does.
CREATE OR REPLACE FUNCTION change_show(
    p_show bigint, p_actor text, p_title text, p_starts_at timestamptz, p_currency text, p_prices bigint[],
    p_status show_status, p_hold_ttl_s integer, p_seats_per_hold_max integer, p_message text
) RETURNS TABLE (epoch bigint, version bigint, seats integer[], detail jsonb)
LANGUAGE plpgsql
SET lock_timeout = '2s' AS $$
#variable_conflict use_column
DECLARE
    v_epoch   bigint;
    v_version bigint;
    v_now     timestamptz;
    v_detail  jsonb;
    v_freed   integer[] := '{}';
    v_released jsonb := '[]';
BEGIN
    SELECT c.epoch, c.version + 1 INTO v_epoch, v_version FROM show_clocks c WHERE c.show_id = p_show FOR UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    v_now := clock_timestamp();
    UPDATE shows s
    SET title = coalesce(p_title, s.title),
        starts_at = coalesce(p_starts_at, s.starts_at),
        currency = coalesce(p_currency, s.currency),
        prices = ARRAY(
            SELECT coalesce(x.price, x.old)
            FROM unnest(p_prices, s.prices) WITH ORDINALITY AS x (price, old, i) ORDER BY x.i),
        status = coalesce(p_status, s.status),
        hold_ttl_s = coalesce(p_hold_ttl_s, s.hold_ttl_s),
        seats_per_hold_max = coalesce(p_seats_per_hold_max, s.seats_per_hold_max),
        message = nullif(coalesce(p_message, s.message), '')
    WHERE s.id = p_show
    RETURNING to_jsonb(s) - 'created_at' INTO v_detail;

    IF p_status = 'cancelled' THEN
        WITH ended AS (
            UPDATE holds h SET status = 'released', version = v_version
            WHERE h.show_id + 0 = p_show AND h.status = 'held' AND h.version > 0
            RETURNING h.id, h.holder, h.seats
        )
        SELECT coalesce(jsonb_agg(jsonb_build_array(e.id, e.holder, e.seats)), '[]') INTO v_released FROM ended e;
        WITH freed AS (
            UPDATE seats s SET status = 0, hold_id = NULL, locked_until = NULL, version = v_version
            WHERE s.show_id = p_show AND s.status = 1
            RETURNING s.seat
        )
        SELECT coalesce(array_agg(f.seat ORDER BY f.seat), '{}') INTO v_freed FROM freed f;
    END IF;
    v_detail := jsonb_build_object('show', v_detail, 'released', v_released);

    INSERT INTO seat_events (show_id, version, kind, actor, seats, hold_seats, detail, at)
    VALUES (p_show, v_version, 'show', p_actor, v_freed, '{}', v_detail, v_now);
    UPDATE show_clocks c SET version = v_version WHERE c.show_id = p_show;
    RETURN QUERY SELECT v_epoch, v_version, v_freed, v_detail;
END $$;
