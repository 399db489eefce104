-- SPDX-License-Identifier: EUPL-1.2
-- What is append-only for the service is thinned by the owner's functions alone, and each of them
-- checks by itself that it may: the day is archived whole, or the deletion was planned.
CREATE FUNCTION supervision_drop_fix_day(day date, wanted_generation int) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    name text := 'supervision_fix_' || to_char(day, 'YYYYMMDD');
    present bigint;
    archived bigint;
BEGIN
    IF to_regclass(name) IS NULL THEN
        RETURN 0;
    END IF;
    PERFORM pg_advisory_xact_lock(7245001);
    EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', name);
    EXECUTE format('SELECT count(*) FROM %I', name) INTO present;
    SELECT one.covered INTO archived FROM supervision_archivedday AS one
        WHERE one.day = supervision_drop_fix_day.day AND one.generation = wanted_generation;
    IF present <> coalesce(archived, 0) THEN
        RAISE EXCEPTION 'not all of % is archived', day USING ERRCODE = 'check_violation';
    END IF;
    EXECUTE format('DROP TABLE %I', name);
    RETURN present;
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
        SELECT FROM supervision_retentionrun WHERE public_id = run AND applied_at IS NULL
    ) THEN
        RAISE EXCEPTION 'no such plan' USING ERRCODE = 'check_violation';
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
