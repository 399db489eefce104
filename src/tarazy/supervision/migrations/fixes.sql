-- SPDX-License-Identifier: EUPL-1.2
-- The fix store: one partition a day of `at`, made by the owner's function, never by a plain INSERT.
CREATE TABLE supervision_fix (
    id bigint GENERATED ALWAYS AS IDENTITY,
    transaction bigint NOT NULL DEFAULT (pg_current_xact_id()::text::bigint),
    device_id bigint NOT NULL,
    person_id bigint NOT NULL,
    order_id bigint NOT NULL,
    at timestamptz NOT NULL,
    known_at timestamptz NOT NULL,
    lat double precision,
    lon double precision,
    accuracy_m real,
    speed_kmh real,
    course_deg real,
    altitude_m real,
    battery_percent real,
    marks text[] NOT NULL DEFAULT '{}',
    content bytea NOT NULL,
    digest bytea NOT NULL,
    CONSTRAINT fix_exactly_once UNIQUE (device_id, at, digest),
    CONSTRAINT fix_has_a_whole_place CHECK ((lat IS NULL) = (lon IS NULL)),
    CONSTRAINT fix_is_on_earth CHECK (lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180)
) PARTITION BY RANGE (at);
CREATE INDEX fix_in_commit_order ON supervision_fix (transaction, id);
CREATE INDEX fix_trail ON supervision_fix (person_id, at);

-- The first day for which there may be a partition, and the last, are bounded here as well as at
-- the gate: a device's wild clock must not make tables.
CREATE FUNCTION supervision_ensure_fix_day(day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    name text := 'supervision_fix_' || to_char(day, 'YYYYMMDD');
BEGIN
    IF to_regclass(name) IS NOT NULL THEN
        RETURN;
    END IF;
    IF day < current_date - 400 OR day > current_date + 2 THEN
        RAISE EXCEPTION 'no partition for %', day USING ERRCODE = 'check_violation';
    END IF;
    PERFORM pg_advisory_xact_lock(7245001);
    IF to_regclass(name) IS NULL THEN
        EXECUTE format(
            'CREATE TABLE %I PARTITION OF supervision_fix FOR VALUES FROM (%L) TO (%L)',
            name, day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
        EXECUTE format('GRANT SELECT, INSERT ON %I TO tarazy_app', name);
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %I FROM tarazy_app', name);
    END IF;
END $$;
REVOKE ALL ON FUNCTION supervision_ensure_fix_day(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION supervision_ensure_fix_day(date) TO tarazy_app;

-- What is added only: the service's own role cannot change or remove it.
REVOKE UPDATE, DELETE, TRUNCATE ON supervision_fix, supervision_orderversion,
    supervision_alertversion, supervision_presencechange FROM tarazy_app;

CREATE SEQUENCE supervision_change_seq;
GRANT USAGE ON SEQUENCE supervision_change_seq TO tarazy_app;
