-- SPDX-License-Identifier: EUPL-1.2
-- Why an absence was permitted is written once, and nobody may write it anew. It may go, as what a
-- plan of a day ago named, once the order is over, and while nobody holds it.
CREATE FUNCTION supervision_forget_reasons(absences text[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    gone integer;
BEGIN
    UPDATE supervision_permittedabsence AS one
    SET reason = '', withdrawn_reason = '', evidence = ''
    FROM supervision_order AS court
    WHERE court.id = one.order_id AND one.public_id = ANY (absences)
        AND coalesce(upper(court.in_force), court.revoked_at) < now()
        AND EXISTS (
            SELECT FROM supervision_retentionrun AS plan, jsonb_array_elements(plan.items) AS item
            WHERE plan.applied_at IS NULL AND plan.planned_at <= now() - interval '24 hours'
                AND item ->> 'reason' = 'absence' AND item -> 'records' ? one.public_id)
        AND NOT EXISTS (
            SELECT FROM supervision_legalhold AS hold
            WHERE hold.person_id = court.person_id AND hold.lifted_at IS NULL);
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;

REVOKE ALL ON FUNCTION supervision_forget_reasons(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION supervision_forget_reasons(text[]) TO tarazy_app;
