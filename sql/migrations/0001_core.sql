-- The ledger: the only proof that a seat is held or booked, and the only source of versions.
--
-- Every key of a hot table starts with show_id, so a transaction touches one show. There are no
-- foreign keys between hot tables: all of them are written by the functions in sql/functions,
-- under the show's clock row.

CREATE TYPE show_status AS ENUM ('scheduled', 'on_sale', 'paused', 'postponed', 'cancelled', 'closed');

CREATE TYPE hold_status AS ENUM (
    'held',       -- hold:    -> held
    'released',   -- release: held -> released, also when the show is cancelled
    'expired',    -- expire:  held -> expired
    'booked',     -- book:    held -> booked
    'cancelled'   -- cancel:  booked -> cancelled, with its booking
);

CREATE TYPE booking_status AS ENUM (
    'confirmed',  -- book:   -> confirmed
    'cancelled'   -- cancel: confirmed -> cancelled
);

CREATE TYPE event_kind AS ENUM (
    'hold', 'release', 'extend', 'expire', 'book', 'cancel', 'block', 'unblock', 'show'
);

CREATE TABLE venues (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name        text NOT NULL,
    plan        jsonb NOT NULL,
    plan_hash   text NOT NULL,
    seat_count  integer NOT NULL CHECK (seat_count > 0),
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX venues_plan_hash ON venues (plan_hash);

CREATE TABLE shows (
    id                  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    venue_id            bigint NOT NULL REFERENCES venues (id),
    title               text NOT NULL,
    starts_at           timestamptz NOT NULL,
    currency            text NOT NULL,
    prices              bigint[] NOT NULL,       -- whole minor units, by category index of the plan
    status              show_status NOT NULL,
    hold_ttl_s          integer NOT NULL CHECK (hold_ttl_s > 0),
    seats_per_hold_max  integer NOT NULL CHECK (seats_per_hold_max > 0),
    message             text,
    created_at          timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- The sequencer of a show: whoever changes the show locks its row first, so each show has a serial
-- history without serialization failures. Made anew, a ledger has another epoch: clients and boards
-- that remember the old one start from a snapshot.
CREATE TABLE show_clocks (
    show_id  bigint PRIMARY KEY,
    epoch    bigint NOT NULL DEFAULT extract(epoch FROM clock_timestamp())::bigint,
    version  bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 20);

-- The guard: one row a seat, never partitioned by time, because a unique key of such a table would
-- have to contain the time and so allow the same seat twice.
CREATE TABLE seats (
    show_id       bigint NOT NULL,
    seat          integer NOT NULL,
    category      smallint NOT NULL,
    status        smallint NOT NULL DEFAULT 0,
    hold_id       uuid,
    booking_id    uuid,
    locked_until  timestamptz,
    version       bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (show_id, seat),
    CONSTRAINT seats_status CHECK (
        CASE status
            WHEN 0 THEN hold_id IS NULL AND booking_id IS NULL AND locked_until IS NULL     -- available
            WHEN 1 THEN hold_id IS NOT NULL AND booking_id IS NULL AND locked_until IS NOT NULL  -- held
            WHEN 2 THEN hold_id IS NOT NULL AND booking_id IS NOT NULL AND locked_until IS NULL  -- booked
            WHEN 3 THEN hold_id IS NULL AND booking_id IS NULL AND locked_until IS NULL     -- blocked
            ELSE false
        END)
) WITH (fillfactor = 50);

CREATE TABLE holds (
    show_id     bigint NOT NULL,
    id          uuid NOT NULL,          -- made by the client, so that asking again is safe
    holder      text NOT NULL,
    seats       integer[] NOT NULL,
    prices      bigint[] NOT NULL,      -- of each seat, as it was when the seat was held
    status      hold_status NOT NULL,
    booking_id  uuid,
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    version     bigint NOT NULL,        -- of its last event
    PRIMARY KEY (show_id, id),
    CHECK (cardinality(seats) = cardinality(prices)),
    CHECK ((status IN ('booked', 'cancelled')) = (booking_id IS NOT NULL))
);
CREATE INDEX holds_due ON holds (expires_at) WHERE status = 'held';
CREATE INDEX holds_by_holder ON holds (show_id, holder) WHERE status = 'held';

CREATE TABLE bookings (
    show_id     bigint NOT NULL,
    id          uuid NOT NULL,
    hold_id     uuid NOT NULL,
    holder      text NOT NULL,
    status      booking_status NOT NULL,
    total       bigint NOT NULL,
    contact     text,
    version     bigint NOT NULL,        -- of its last event
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (show_id, id, created_at)
) PARTITION BY RANGE (created_at);

CREATE TABLE booking_seats (
    show_id     bigint NOT NULL,
    booking_id  uuid NOT NULL,
    seat        integer NOT NULL,
    price       bigint NOT NULL,
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (show_id, booking_id, seat, created_at)
) PARTITION BY RANGE (created_at);

-- The history, append-only: audit, gap filling, replay of a map at any version. It is written in the
-- transaction it tells of and its versions have no holes, so it is the outbox, too.
CREATE TABLE seat_events (
    show_id     bigint NOT NULL,
    version     bigint NOT NULL,
    kind        event_kind NOT NULL,
    actor       text NOT NULL,
    holder      text,
    hold_id     uuid,
    booking_id  uuid,
    seats       integer[] NOT NULL,     -- those whose status changed
    hold_seats  integer[] NOT NULL,     -- all seats of the hold after the event
    expires_at  timestamptz,
    detail      jsonb,                  -- the show after a change; the reason of a block
    at          timestamptz NOT NULL,
    PRIMARY KEY (show_id, version, at)
) PARTITION BY RANGE (at);

-- What one command of a batch came to. kind is null when nothing new happened (refused or repeated).
CREATE TYPE batch_result AS (
    ord            integer,       -- the command's number in the batch; null for a lapsed hold met on the way
    code           text,          -- null: done; otherwise the stable error code
    version        bigint,
    kind           event_kind,
    hold_id        uuid,
    holder         text,
    seats          integer[],
    hold_seats     integer[],
    expires_in_ms  bigint,
    total          bigint,
    booking_id     uuid,
    taken          integer[],     -- with code seats_taken
    detail         jsonb
);
