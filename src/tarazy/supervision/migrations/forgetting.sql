-- SPDX-License-Identifier: EUPL-1.2
-- Findings of the engine keep places as evidence. What may not be kept of the fixes may not be kept
-- there either: the coordinates go, and that, when and how surely something was found stays.
CREATE INDEX change_with_places ON supervision_presencechange (condition_id)
    WHERE evidence @? '$[*].lat ? (@ != null)';
CREATE INDEX version_with_places ON supervision_alertversion (alert_id)
    WHERE evidence @? '$[*].lat ? (@ != null)';

CREATE FUNCTION supervision_has_place(evidence jsonb, before timestamptz) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM jsonb_array_elements(evidence) AS place
        WHERE place ->> 'lat' IS NOT NULL AND (place ->> 'at')::timestamptz < before)
$$;

CREATE FUNCTION supervision_without_places(evidence jsonb, before timestamptz) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_agg(
        CASE WHEN (place ->> 'at')::timestamptz < before
            THEN place || '{"lat": null, "lon": null}' ELSE place END ORDER BY number), '[]')
    FROM jsonb_array_elements(evidence) WITH ORDINALITY AS one (place, number)
$$;

-- What of an order has places that go, by the reason and the time of a plan: the plan counts it,
-- and no more than this is blanked. The state of a running order is needed to go on judging.
CREATE FUNCTION supervision_places_told(
    of_order bigint, why text, planned_at timestamptz, spared tstzmultirange
) RETURNS TABLE (source text, id bigint, at timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT 'change', change.id, change.at
    FROM supervision_presencechange AS change
    JOIN supervision_condition AS demand ON demand.id = change.condition_id
    WHERE demand.order_id = of_order AND change.known_at < planned_at
        AND change.evidence @? '$[*].lat ? (@ != null)'
        AND (why = 'ended' OR NOT spared @> change.at
            AND supervision_has_place(change.evidence, planned_at - interval '96 hours'))
    UNION ALL
    SELECT 'version', version.id, version.known_at
    FROM supervision_alertversion AS version
    JOIN supervision_alert AS alert ON alert.id = version.alert_id
    WHERE alert.order_id = of_order AND version.known_at < planned_at
        AND version.evidence @? '$[*].lat ? (@ != null)'
        AND (why = 'ended' OR why = 'compliance_only'
            AND supervision_has_place(version.evidence, planned_at - interval '96 hours'))
    UNION ALL
    SELECT 'presence', state.condition_id, state.at
    FROM supervision_presencestate AS state
    JOIN supervision_condition AS demand ON demand.id = state.condition_id
    WHERE demand.order_id = of_order AND why = 'ended'
        AND state.evidence @? '$[*].lat ? (@ != null)'
    UNION ALL
    SELECT 'wearer', person_id, coalesce(wearer.at, heard_at, planned_at)
    FROM supervision_wearerstate AS wearer
    WHERE wearer.order_id = of_order AND why = 'ended'
        AND (lat IS NOT NULL OR doubted IS NOT NULL)
$$;

-- Whether a plan of a day ago named this of an order, and nobody holds it; why, and when that was.
-- A hold that is being placed is waited for.
CREATE FUNCTION supervision_planned(
    run text, of_order bigint, what text, OUT why text, OUT planned_at timestamptz
) LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    SELECT item ->> 'reason', plan.planned_at INTO why, planned_at
    FROM supervision_retentionrun AS plan, supervision_order AS court,
        jsonb_array_elements(plan.items) AS item
    WHERE plan.public_id = run AND plan.applied_at IS NULL
        AND plan.planned_at <= now() - interval '24 hours' AND court.id = of_order
        AND item ->> 'order' = court.public_id AND (item ->> what)::bigint > 0;
    IF why IS NULL THEN
        RAISE EXCEPTION 'not planned a day ago' USING ERRCODE = 'check_violation';
    END IF;
    PERFORM FROM supervision_person WHERE id = (
        SELECT person_id FROM supervision_order WHERE id = of_order) FOR SHARE;
    IF EXISTS (
        SELECT FROM supervision_legalhold AS hold JOIN supervision_order AS court USING (person_id)
        WHERE court.id = of_order AND hold.lifted_at IS NULL
    ) THEN
        RAISE EXCEPTION 'held' USING ERRCODE = 'check_violation';
    END IF;
END $$;

CREATE OR REPLACE FUNCTION supervision_forget_fixes(
    run text, of_order bigint, spared tstzmultirange
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    plan record;
    gone bigint;
BEGIN
    SELECT * INTO plan FROM supervision_planned(run, of_order, 'fixes');
    DELETE FROM supervision_fix AS fix USING supervision_order AS court
    WHERE court.id = of_order AND fix.order_id = of_order AND fix.person_id = court.person_id
        AND fix.known_at < plan.planned_at
        AND (plan.why = 'ended' OR fix.lat IS NOT NULL
            AND fix.at < plan.planned_at - interval '96 hours' AND NOT spared @> fix.at)
        AND (fix.transaction, fix.id) <= (
            SELECT transaction, fix_id FROM supervision_enginecheckpoint WHERE name = 'engine');
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;

CREATE FUNCTION supervision_blank_places(run text, of_order bigint, spared tstzmultirange)
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    plan record;
    before timestamptz;
    told bigint;
BEGIN
    SELECT * INTO plan FROM supervision_planned(run, of_order, 'findings');
    before := CASE WHEN plan.why = 'ended' THEN 'infinity'
        ELSE plan.planned_at - interval '96 hours' END;
    WITH gone AS MATERIALIZED (
        SELECT * FROM supervision_places_told(of_order, plan.why, plan.planned_at, spared)
    ), changes AS (
        UPDATE supervision_presencechange
        SET evidence = supervision_without_places(evidence, before)
        WHERE id IN (SELECT gone.id FROM gone WHERE source = 'change')
    ), versions AS (
        UPDATE supervision_alertversion
        SET evidence = supervision_without_places(evidence, before)
        WHERE id IN (SELECT gone.id FROM gone WHERE source = 'version')
    ), states AS (
        UPDATE supervision_presencestate
        SET evidence = supervision_without_places(evidence, before)
        WHERE condition_id IN (SELECT gone.id FROM gone WHERE source = 'presence')
    ), wearers AS (
        UPDATE supervision_wearerstate SET lat = NULL, lon = NULL, doubted = NULL
        WHERE person_id IN (SELECT gone.id FROM gone WHERE source = 'wearer')
    )
    SELECT count(*) INTO told FROM gone;
    RETURN told;
END $$;

REVOKE ALL ON FUNCTION supervision_has_place(jsonb, timestamptz) FROM PUBLIC;
REVOKE ALL ON FUNCTION supervision_without_places(jsonb, timestamptz) FROM PUBLIC;
REVOKE ALL ON FUNCTION supervision_places_told(bigint, text, timestamptz, tstzmultirange)
    FROM PUBLIC;
REVOKE ALL ON FUNCTION supervision_planned(text, bigint, text) FROM PUBLIC;
REVOKE ALL ON FUNCTION supervision_blank_places(text, bigint, tstzmultirange) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION supervision_has_place(jsonb, timestamptz) TO tarazy_app;
GRANT EXECUTE ON FUNCTION supervision_places_told(bigint, text, timestamptz, tstzmultirange)
    TO tarazy_app;
GRANT EXECUTE ON FUNCTION supervision_blank_places(text, bigint, tstzmultirange) TO tarazy_app;

-- Some devices answer "where are you" in words, with coordinates. The place itself is a fix.
UPDATE supervision_devicecommand
    SET answer = regexp_replace(answer, '[0-9]+\.[0-9]{3,}', '…', 'g') WHERE answer <> '';
