-- SPDX-License-Identifier: EUPL-1.2
-- A person's row holds the places to which its device was thrown too: where its place may not be kept,
-- neither may they.
CREATE OR REPLACE FUNCTION supervision_blank_places(run text, of_order bigint, spared tstzmultirange)
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
        UPDATE supervision_wearerstate SET lat = NULL, lon = NULL, doubted = NULL, states = NULL,
            throws = NULL,
            signs = signs - '{here,there,jumps,frozen,blind}'::text[]
        WHERE person_id IN (SELECT gone.id FROM gone WHERE source = 'wearer')
    )
    SELECT count(*) INTO told FROM gone;
    RETURN told;
END $$;
