-- apply_batch(show, kind[], id[], actor[], staff[], flag[], booking[], note[], seat_ord[], seat[], factor)
--   -> epoch and batch_result: one row for each command (ord = its place, from 0), and one for each lapsed hold met
--      on the way (ord null); none when there is no such show
-- Carries out a batch of commands on one show in one transaction. By kind, id is the hold (hold, release,
-- extend, expire, book) or the booking (cancel); flag is "limited" (hold) or "whole" (release); note is the
-- contact (book) or the reason (block, unblock).
-- Rules: the show's clock row is locked first and is the only lock others wait for, so each show has a serial
-- history and no deadlock; every statement below sees all that was committed before the lock was had, which
-- is why this is a function and not one statement: a statement's snapshot is older than the lock it waits
-- for. A command that fails says why and leaves the rest of the batch alone. No two commands of a batch may
-- name the same seat, hold, booking or holder: then none needs another's outcome.
-- Plans: one show may be a thousand times larger than the planner's average, and a new database has no averages at
-- all, so nothing here is left to the planner. OFFSET 0 makes a lookup by key its own step, what is written is
-- found again by the place (ctid) of the lookup, and the settings leave no other way to read a table. Each plan is
-- made once for a connection (planning anew took longer than a small batch). Where a batch is joined with itself the
-- planner must not think it small, or it compares each command with each: generate_subscripts in a ROWS FROM has it
-- count with a thousand, in place of the ten of unnest. With that many it would remember lookups that never come again
-- (memoize) or compile, for longer than a batch takes (jit).
CREATE OR REPLACE FUNCTION apply_batch(
    p_show bigint, p_kind event_kind[], p_id uuid[], p_actor text[], p_staff boolean[], p_flag boolean[],
    p_booking uuid[], p_note text[], p_seat_ord integer[], p_seat integer[], p_factor integer
) RETURNS TABLE (
    epoch bigint, ord integer, code text, version bigint, kind event_kind, hold_id uuid, holder text,
    seats integer[], hold_seats integer[], expires_in_ms bigint, total bigint, booking_id uuid,
    taken integer[], detail jsonb
)
LANGUAGE plpgsql
SET lock_timeout = '2s' SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_mergejoin = off SET enable_memoize = off SET jit = off AS $$
#variable_conflict use_column
DECLARE
    v_epoch    bigint;
    v_now      timestamptz;
    v_kind     event_kind;
    v_ord      integer[];
    v_id       uuid[];
    v_actor    text[];
    v_staff    boolean[];
    v_flag     boolean[];
    v_booking  uuid[];
    v_note     text[];
BEGIN
    SELECT c.epoch INTO v_epoch FROM show_clocks c WHERE c.show_id = p_show FOR UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    v_now := clock_timestamp();

    -- Mostly nothing is due anywhere, which is one look at an index; the seats are looked at only when it is.
    IF EXISTS (SELECT FROM holds h WHERE h.status = 'held' AND h.booking_id IS NULL AND h.expires_at <= v_now)
        AND EXISTS (SELECT FROM seats s WHERE s.show_id = p_show AND s.seat = ANY (p_seat)
                      AND s.status = 1 AND s.locked_until <= v_now) THEN
        RETURN QUERY SELECT v_epoch, r.* FROM expire_holds(p_show, v_now, '{}', '{}', p_seat, 'ledger') r;
    END IF;

    FOR v_kind, v_ord, v_id, v_actor, v_staff, v_flag, v_booking, v_note IN
        SELECT c.kind, array_agg(c.i::integer - 1), array_agg(c.id), array_agg(c.actor), array_agg(c.staff),
               array_agg(c.flag), array_agg(c.booking), array_agg(c.note)
        FROM unnest(p_kind, p_id, p_actor, p_staff, p_flag, p_booking, p_note) WITH ORDINALITY
             AS c (kind, id, actor, staff, flag, booking, note, i)
        GROUP BY c.kind
    LOOP
        CASE v_kind
            WHEN 'hold' THEN
                RETURN QUERY SELECT v_epoch, r.* FROM take_holds(
                    p_show, v_now, v_ord, v_id, v_actor, v_flag, p_seat_ord, p_seat) r;
            WHEN 'release' THEN
                RETURN QUERY SELECT v_epoch, r.* FROM release_holds(
                    p_show, v_now, v_ord, v_id, v_actor, v_staff, v_flag, p_seat_ord, p_seat) r;
            WHEN 'extend' THEN
                RETURN QUERY SELECT v_epoch, r.* FROM extend_holds(
                    p_show, v_now, v_ord, v_id, v_actor, v_staff, p_factor) r;
            WHEN 'expire' THEN
                RETURN QUERY SELECT v_epoch, r.* FROM expire_holds(p_show, v_now, v_ord, v_id, '{}', v_actor[1]) r;
            WHEN 'book' THEN
                RETURN QUERY SELECT v_epoch, r.* FROM book_holds(
                    p_show, v_now, v_ord, v_id, v_actor, v_staff, v_booking, v_note) r;
            WHEN 'cancel' THEN
                RETURN QUERY SELECT v_epoch, r.* FROM cancel_bookings(p_show, v_now, v_ord, v_id, v_actor, v_staff) r;
            WHEN 'block' THEN
                RETURN QUERY SELECT v_epoch, r.* FROM block_seats(
                    p_show, v_now, v_ord, v_actor, v_note, 3::smallint, p_seat_ord, p_seat) r;
            WHEN 'unblock' THEN
                RETURN QUERY SELECT v_epoch, r.* FROM block_seats(
                    p_show, v_now, v_ord, v_actor, v_note, 0::smallint, p_seat_ord, p_seat) r;
        END CASE;
    END LOOP;
END $$;
