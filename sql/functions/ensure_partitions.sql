-- ensure_partitions(months_ahead) -> number of partitions made
-- Makes the monthly partitions of bookings, booking_seats and seat_events from this month on to
-- months_ahead months later. Safe to run twice and by two processes at once.
-- Rule: months are those of UTC and are counted without a time zone: a month added to a timestamptz is a month of
-- the session's zone, and in Berlin a month after 1 March 00:00 UTC is 31 March 23:00 UTC.
-- Rule: made apart and then attached, because CREATE … PARTITION OF waits for every reader of the table, and
-- the sale would wait behind it.
CREATE OR REPLACE FUNCTION ensure_partitions(months_ahead integer) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    v_month timestamp;
    v_table text;
    v_name  text;
    v_made  integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('seatwire.partitions'));
    FOR i IN 0..months_ahead LOOP
        v_month := date_trunc('month', clock_timestamp() AT TIME ZONE 'UTC') + make_interval(months => i);
        FOREACH v_table IN ARRAY ARRAY['bookings', 'booking_seats', 'seat_events'] LOOP
            v_name := v_table || to_char(v_month, '_YYYY_MM');
            CONTINUE WHEN to_regclass(v_name) IS NOT NULL;
            EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', v_name, v_table);
            EXECUTE format(
                'ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', v_table, v_name,
                v_month AT TIME ZONE 'UTC', (v_month + interval '1 month') AT TIME ZONE 'UTC');
            v_made := v_made + 1;
        END LOOP;
    END LOOP;
    RETURN v_made;
END $$;
