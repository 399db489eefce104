-- SPDX-License-Identifier: EUPL-1.2
-- Alerts of a year for bench/pages_supervision.py; names in %( )s are filled in there.
INSERT INTO supervision_zone (public_id, person_id, name, kind, lat, lon, radius_m)
    SELECT 'zon_' || md5(id::text), id, 'home', 'circle', 43.2, 76.9, 100 FROM supervision_person;
INSERT INTO supervision_condition (public_id, order_id, kind, zone_id, period, timetable)
    SELECT 'cnd_' || md5(o.id::text), o.id, 'inclusion', z.id, o.in_force, '[]'
    FROM supervision_order o JOIN supervision_zone z USING (person_id);
UPDATE supervision_person SET full_name = 'Wearer ' || id, sort_key = 'wearer ' || lpad(id::text, 9, '0'),
    phone = '+7 000 000 0000';
UPDATE supervision_order SET officer_id = (SELECT min(id) FROM core_user) + id % 40;
INSERT INTO supervision_wearerstate (person_id, order_id, device_id, heard_at, at, lat, lon, accuracy_m,
    battery_percent, urgency, change)
    SELECT o.person_id, o.id, o.person_id, now() - (o.id % 90) * interval '1 minute',
        now() - (o.id % 90) * interval '1 minute', 43.2 + (o.id % 200) * 0.001,
        76.8 + (o.id / 200) * 0.001, 12, o.id % 100,
        (ARRAY['calm', 'calm', 'calm', 'unknown', 'alert'])[1 + o.id % 5], nextval('supervision_change_seq')
    FROM supervision_order o;
INSERT INTO supervision_alert (public_id, person_id, order_id, condition_id, rule, rule_version, severity,
    state, since, until, known_at, version, taken_at, resolved_at, cause)
    SELECT 'alr_' || md5('a' || n), c.order_id, c.order_id, c.id,
        (ARRAY['S-ZONE-BREACH', 'S-SIGNAL-LOST', 'S-BATTERY-LOW', 'S-STRAP-TAMPER'])[1 + n % 4], 1,
        (ARRAY['critical', 'high', 'low', 'critical'])[1 + n % 4],
        CASE WHEN open THEN (ARRAY['active', 'cleared'])[1 + n % 2] ELSE 'resolved' END,
        began, CASE WHEN open AND n % 2 = 0 THEN NULL ELSE began + interval '9 minutes' END,
        began + interval '2 minutes', 2,
        CASE WHEN open THEN NULL ELSE began + interval '5 minutes' END,
        CASE WHEN open THEN NULL ELSE began + interval '15 minutes' END,
        CASE WHEN open THEN '' ELSE (ARRAY['breach', 'device', 'reception'])[1 + n % 3] END
    FROM generate_series(1, %(alerts)s) AS n
    CROSS JOIN LATERAL (
        -- Every seventh of the newest is open: the shift's hours have resolved ones, too.
        SELECT now() - (%(alerts)s - n) * interval '30 seconds' AS began,
            n > %(alerts)s - 7 * %(open)s AND n % 7 = 0 AS open
    ) AS clock
    JOIN supervision_condition c ON c.id = 1 + n % %(people)s;
INSERT INTO supervision_alertversion (alert_id, number, state, known_at, since, until, probability, sentence,
    facts, evidence, actor, note, act)
    SELECT a.id, v, CASE v WHEN 1 THEN 'active' ELSE a.state END, a.known_at + v * interval '1 minute', a.since,
        CASE v WHEN 1 THEN NULL ELSE a.until END, 0.99, 'Outside {zone}.', '{"zone": "home"}',
        '[{"at": "2026-11-01T10:00:00+00:00", "lat": 43.2, "lon": 76.9, "accuracy_m": 9.0}]', 'sys_engine', '',
        CASE WHEN v = 2 AND a.state = 'resolved' THEN 'resolved' ELSE '' END
    FROM supervision_alert a CROSS JOIN generate_series(1, 2) AS v;
