-- SPDX-License-Identifier: EUPL-1.2
-- What is append-only for the service is thinned by the owner's functions alone, and each of them
-- checks by itself that it may: the day is archived whole, or the deletion was planned.
-- The parent is locked first, as everybody who inserts or reads does: nobody waits in a circle.
CREATE FUNCTION supervision_drop_fix_day(day date, wanted_generation int) RETURNS bigint
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
            OR EXISTS (SELECT FROM %1$I WHERE (transaction, id) > (
                SELECT coalesce(max(transaction), -1), coalesce(max(fix_id), -1)
                FROM supervision_enginecheckpoint WHERE name = ''engine''))', name)
        INTO lost USING manifest.snapshot::pg_snapshot;
    EXECUTE format('SELECT count(*) FROM %I', name) INTO present;
    IF lost OR present <> coalesce(manifest.covered, 0) THEN
        RAISE EXCEPTION 'not all of % is archived and judged', day USING ERRCODE = 'check_violation';
    END IF;
    EXECUTE format('DROP TABLE %I', name);
    RETURN manifest.covered;
END $$;

CREATE FUNCTION supervision_forget_fixes(
    run text, of_order bigint, since timestamptz, until timestamptz, places_only boolean,
    spared tstzmultirange
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    gone bigint;
BEGIN
    IF NOT EXISTS (
        SELECT FROM supervision_retentionrun AS plan, supervision_order AS court
        WHERE plan.public_id = run AND plan.applied_at IS NULL
            AND plan.planned_at <= now() - interval '24 hours' AND court.id = of_order
            AND plan.items @> jsonb_build_array(jsonb_build_object('order', court.public_id))
    ) THEN
        RAISE EXCEPTION 'not planned a day ago' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT FROM supervision_legalhold AS hold JOIN supervision_order AS court USING (person_id)
        WHERE court.id = of_order AND hold.lifted_at IS NULL
    ) THEN
        RAISE EXCEPTION 'held' USING ERRCODE = 'check_violation';
    END IF;
    DELETE FROM supervision_fix AS fix USING supervision_order AS court
    WHERE court.id = of_order AND fix.order_id = of_order AND fix.person_id = court.person_id
        AND fix.at >= since AND fix.at < until
        AND (fix.lat IS NOT NULL OR NOT places_only) AND NOT spared @> fix.at;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;

REVOKE ALL ON FUNCTION supervision_drop_fix_day(date, int) FROM PUBLIC;
REVOKE ALL ON FUNCTION supervision_forget_fixes(
    text, bigint, timestamptz, timestamptz, boolean, tstzmultirange) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION supervision_drop_fix_day(date, int) TO tarazy_app;
GRANT EXECUTE ON FUNCTION supervision_forget_fixes(
    text, bigint, timestamptz, timestamptz, boolean, tstzmultirange) TO tarazy_app;

-- The service adds to these; of what stands there it changes only what has yet to happen.
REVOKE UPDATE, DELETE, TRUNCATE ON supervision_archivedday, supervision_legalhold,
    supervision_retentionrun FROM tarazy_app;
GRANT UPDATE (lifted_by, lifted_at) ON supervision_legalhold TO tarazy_app;
GRANT UPDATE (applied_at, deleted) ON supervision_retentionrun TO tarazy_app;
