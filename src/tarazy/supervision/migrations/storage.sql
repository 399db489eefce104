-- SPDX-License-Identifier: EUPL-1.2
-- A day's table is made beside and attached: that waits for nobody who reads or inserts, where
-- CREATE TABLE … PARTITION OF would wait for every reader, and all intake behind it.
CREATE OR REPLACE FUNCTION supervision_ensure_fix_day(day date) RETURNS void
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
        EXECUTE format('CREATE TABLE %I (LIKE supervision_fix INCLUDING ALL EXCLUDING IDENTITY)', name);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO tarazy_app', name);
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %I FROM tarazy_app', name);
        EXECUTE format(
            'ALTER TABLE supervision_fix ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
            name, day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
    END IF;
END $$;

-- The day is counted before anybody is kept out, which takes seconds; once nobody can insert, only
-- what came since the archive's snapshot is looked for, by index.
CREATE OR REPLACE FUNCTION supervision_drop_fix_day(day date, wanted_generation int) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    name text := 'supervision_fix_' || to_char(day, 'YYYYMMDD');
    manifest supervision_archivedday;
    lost boolean;
    present bigint;
BEGIN
    IF to_regclass(name) IS NULL THEN
        RETURN 0;
    END IF;
    IF day >= current_date - 3 THEN
        RAISE EXCEPTION '% is not closed', day USING ERRCODE = 'check_violation';
    END IF;
    EXECUTE format('SELECT count(*) FROM %I', name) INTO present;
    PERFORM pg_advisory_xact_lock(7245001);
    LOCK TABLE supervision_fix IN ACCESS EXCLUSIVE MODE;
    -- Only the newest generation speaks for what the database has now.
    SELECT * INTO manifest FROM supervision_archivedday AS one
        WHERE one.day = supervision_drop_fix_day.day ORDER BY generation DESC LIMIT 1;
    IF manifest.generation IS DISTINCT FROM wanted_generation THEN
        RAISE EXCEPTION 'not the newest generation of %', day USING ERRCODE = 'check_violation';
    END IF;
    -- What the archive's snapshot did not see came later; what the engine has not read stays.
    EXECUTE format(
        'SELECT EXISTS (SELECT FROM %1$I WHERE transaction >= pg_snapshot_xmin($1)::text::bigint
                AND transaction IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint
                AND NOT pg_visible_in_snapshot(transaction::text::xid8, $1))
            OR EXISTS (
                SELECT FROM (
                    SELECT transaction, id FROM %1$I ORDER BY transaction DESC, id DESC LIMIT 1
                ) AS last WHERE (last.transaction, last.id) > (
                    SELECT coalesce(max(transaction), -1), coalesce(max(fix_id), -1)
                    FROM supervision_enginecheckpoint WHERE name = ''engine''))', name)
        INTO lost USING manifest.snapshot::pg_snapshot;
    IF lost OR present <> coalesce(manifest.covered, 0) THEN
        RAISE EXCEPTION 'not all of % is archived and judged', day USING ERRCODE = 'check_violation';
    END IF;
    EXECUTE format('DROP TABLE %I', name);
    RETURN manifest.covered;
END $$;

-- What goes is what the plan says: its reason, what was known and old enough when it was made, and
-- not what the engine has yet to judge. A hold that is being placed is waited for.
DROP FUNCTION supervision_forget_fixes(
    text, bigint, timestamptz, timestamptz, boolean, tstzmultirange);
CREATE FUNCTION supervision_forget_fixes(run text, of_order bigint, spared tstzmultirange)
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    court supervision_order;
    plan supervision_retentionrun;
    why text;
    gone bigint;
BEGIN
    SELECT * INTO court FROM supervision_order WHERE id = of_order;
    SELECT * INTO plan FROM supervision_retentionrun WHERE public_id = run
        AND applied_at IS NULL AND planned_at <= now() - interval '24 hours';
    SELECT item ->> 'reason' INTO why FROM jsonb_array_elements(plan.items) AS item
        WHERE item ->> 'order' = court.public_id;
    IF why IS NULL THEN
        RAISE EXCEPTION 'not planned a day ago' USING ERRCODE = 'check_violation';
    END IF;
    PERFORM FROM supervision_person WHERE id = court.person_id FOR SHARE;
    IF EXISTS (
        SELECT FROM supervision_legalhold
        WHERE person_id = court.person_id AND lifted_at IS NULL
    ) THEN
        RAISE EXCEPTION 'held' USING ERRCODE = 'check_violation';
    END IF;
    DELETE FROM supervision_fix AS fix
    WHERE fix.order_id = of_order AND fix.person_id = court.person_id
        AND fix.known_at < plan.planned_at
        AND (why = 'ended' OR fix.lat IS NOT NULL
            AND fix.at < plan.planned_at - interval '96 hours' AND NOT spared @> fix.at)
        AND (fix.transaction, fix.id) <= (
            SELECT transaction, fix_id FROM supervision_enginecheckpoint WHERE name = 'engine');
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;

REVOKE ALL ON FUNCTION supervision_forget_fixes(text, bigint, tstzmultirange) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION supervision_forget_fixes(text, bigint, tstzmultirange) TO tarazy_app;
