-- SPDX-License-Identifier: EUPL-1.2
-- A gap between two heartbeats of the gateway is an outage of ours. The database itself notes it, so
-- that none is lost whichever of our processes was away, for however long.
CREATE FUNCTION supervision_note_outage() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF NEW.process = 'gateway' AND NEW.at - OLD.at > interval '60 seconds' THEN
        INSERT INTO supervision_outage (process, since, until) VALUES (NEW.process, OLD.at, NEW.at);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER outage_is_noted BEFORE UPDATE ON supervision_heartbeat
    FOR EACH ROW EXECUTE FUNCTION supervision_note_outage();
