-- The box office asks for a show's latest bookings and for those of the last hour; the key would give all
-- of them. A partition that is attached later gets the index from its table.
CREATE INDEX bookings_by_time ON bookings (show_id, created_at);
