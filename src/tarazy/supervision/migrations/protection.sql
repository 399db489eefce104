-- SPDX-License-Identifier: EUPL-1.2
-- Fixes of protected people: apart from the fix store, added only, deleted after a short while.
CREATE TABLE supervision_protectedfix (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    transaction bigint NOT NULL DEFAULT (pg_current_xact_id()::text::bigint),
    device_id bigint NOT NULL,
    protected_id bigint NOT NULL,
    consent_id bigint NOT NULL,
    at timestamptz NOT NULL,
    known_at timestamptz NOT NULL,
    lat double precision,
    lon double precision,
    accuracy_m real,
    marks text[] NOT NULL DEFAULT '{}',
    digest bytea NOT NULL,
    CONSTRAINT protected_fix_exactly_once UNIQUE (device_id, at, digest),
    CONSTRAINT protected_fix_has_a_whole_place CHECK ((lat IS NULL) = (lon IS NULL)),
    CONSTRAINT protected_fix_is_on_earth
        CHECK (lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180)
);
CREATE INDEX protected_fix_in_commit_order ON supervision_protectedfix (transaction, id);
CREATE INDEX protected_fix_of_somebody ON supervision_protectedfix (protected_id, at);
REVOKE UPDATE, DELETE, TRUNCATE ON supervision_protectedfix, supervision_pairchange
    FROM tarazy_app;
GRANT UPDATE (superseded_at) ON supervision_pairchange TO tarazy_app;

-- What of protected people may no longer be kept: all after two days, and at once what a consent
-- that was withdrawn allowed; but not what is near an alert that nobody has resolved yet.
-- The bounds stand here, so that no caller can ask for more. Whoever is in two alerts keeps both.
CREATE FUNCTION supervision_forget_protected(asked_at timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    gone bigint;
BEGIN
    DELETE FROM supervision_protectedfix AS fix
    WHERE (fix.known_at < least(asked_at, now()) - interval '48 hours'
            OR NOT EXISTS (
                SELECT FROM supervision_consent AS consent
                WHERE consent.id = fix.consent_id AND consent.withdrawn_at IS NULL))
        AND NOT EXISTS (
            SELECT FROM supervision_alert AS alert
            JOIN supervision_nocontact AS demand ON demand.id = alert.no_contact_id
            WHERE demand.protected_id = fix.protected_id
                AND alert.state NOT IN ('resolved', 'withdrawn')
                AND alert.rule IN ('S-VICTIM-PROXIMITY', 'S-VICTIM-APPROACH')
                AND fix.at >= alert.since - interval '30 minutes'
                AND fix.at <= coalesce(alert.until, 'infinity') + interval '30 minutes');
    GET DIAGNOSTICS gone = ROW_COUNT;
    -- Changes of pairs have the supervised person's places for late data to be judged with; alerts
    -- keep their own evidence as the order says.
    UPDATE supervision_pairchange SET evidence = '[]'
    WHERE known_at < least(asked_at, now()) - interval '48 hours' AND evidence <> '[]';
    RETURN gone;
END $$;
REVOKE ALL ON FUNCTION supervision_forget_protected(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION supervision_forget_protected(timestamptz) TO tarazy_app;
