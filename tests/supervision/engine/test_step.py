# SPDX-License-Identifier: EUPL-1.2
"""The engine over a database, with a clock of the test's own."""

from datetime import datetime, timedelta
from typing import Any

import numba
import pytest
from django.db import connection

from tarazy.supervision.engine import rounds
from tarazy.supervision.models import (
    Alert,
    EngineCheckpoint,
    PresenceChange,
    PresenceState,
    WearerState,
)
from tarazy.supervision.presence.listening import listen

CURFEW, SILENT, CLOCK = "S-CURFEW-ABSENCE", "S-SIGNAL-LOST", "S-CLOCK-FAULT"
ZONE, KEEP_OUT = "S-INCLUSION-EXIT", "S-EXCLUSION-ENTRY"
START, SILENT_LONG = "S-CURFEW-START", "S-SIGNAL-LOST-LONG"
NIGHTS = [{"days": [0, 1, 2, 3, 4, 5, 6], "from": "22:00", "until": "06:00"}]  # 17:00 to 01:00 UTC
MINUTE = timedelta(minutes=1)


def audited(alert: Alert | None = None) -> list[str]:
    """The verbs of the audit lines, or of those about one alert."""
    query = """
        SELECT leaf->>'verb'
        FROM (SELECT seq, convert_from(leaf, 'UTF8')::json AS leaf FROM core_audit_entry) AS one
        WHERE %s::text IS NULL OR leaf->>'subject' = %s ORDER BY seq
    """
    subject = alert.public_id if alert else None
    with connection.cursor() as cursor:
        cursor.execute(query, [subject, subject])
        return [verb for (verb,) in cursor.fetchall()]


def test_no_report_waits_until_the_loop_is_compiled(
    world: Any, at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is made ready is the loop for the very kinds of columns that the tables give."""
    kind: Any = numba.typeof
    called: list[list[Any]] = []

    def noted(*given: Any) -> None:
        called.append([kind(one) for one in given])
        listen(*given)

    monkeypatch.setattr(rounds, "listen", noted)
    rounds.make_ready()
    ward = world.ward()
    ward.condition("home_curfew", timetable=NIGHTS)
    world.stay(ward, at("17:30"), 10, 0)
    world.step(at("18:00"))
    ready, *judged = called
    assert judged
    assert all(one == ready for one in judged)


def test_not_there_when_the_curfew_begins_with_nobody_reporting(world: Any, at: Any) -> None:
    ward = world.ward()
    ward.condition("home_curfew", timetable=NIGHTS)
    world.stay(ward, at("16:30"), 25, 3_000)
    world.step(at("16:56"))
    assert ward.alerts(START) == []
    world.step(at("17:01:30"))
    assert ward.alerts(START) == []
    world.step(at("17:02:05"))
    assert ward.alerts(START) == [(START, "active", at("17:00"), None)]
    assert ward.versions(START) == [
        (1, "active", "Not at {zone} when the curfew hours began. It needs checking.")
    ]
    assert WearerState.objects.get().urgency == "alert"
    assert audited()[-1] == "supervision.alert.raise"


def test_leaving_during_the_curfew_and_coming_back(world: Any, at: Any) -> None:
    ward = world.ward()
    ward.condition("home_curfew", timetable=NIGHTS)
    world.stay(ward, at("17:30"), 10, 0)
    world.stay(ward, at("17:40"), 10, 800)
    world.stay(ward, at("17:50"), 10, 0)
    world.step(at("18:00"))
    assert ward.alerts(CURFEW) == [(CURFEW, "cleared", at("17:42"), at("17:50"))]
    alert = Alert.objects.get(rule=CURFEW)
    version = alert.versions.first()
    assert version is not None
    assert version.probability is not None
    assert version.probability > 0.98
    assert [place["at"] for place in version.evidence][-1] == at("17:42").isoformat()
    assert WearerState.objects.get().urgency == "calm"
    assert audited(alert) == ["supervision.alert.raise", "supervision.alert.update"]


def test_at_home_in_time_is_no_alert_nor_is_a_walk_by_day(world: Any, at: Any) -> None:
    ward = world.ward()
    ward.condition("home_curfew", timetable=NIGHTS)
    world.stay(ward, at("16:00"), 61, 3_000)
    world.stay(ward, at("17:01"), 60, 0)
    for minute in range(120):
        world.step(at("16:00") + minute * MINUTE + timedelta(seconds=5))
    assert ward.alerts(CURFEW, START) == []


def test_the_end_of_the_hours_clears(world: Any, at: Any) -> None:
    ward = world.ward(report_interval_s=3600)
    ward.condition("home_curfew", timetable=NIGHTS)
    world.stay(ward, at("16:50"), 30, 3_000)
    world.step(at("17:20"))
    world.step(at("00:59", day=1))
    assert ward.alerts(START) == [(START, "active", at("17:00"), None)]
    world.step(at("01:01", day=1))
    assert ward.alerts(START) == [(START, "cleared", at("17:00"), at("01:00", day=1))]


def test_silence_at_home_is_no_absence(world: Any, at: Any) -> None:
    ward = world.ward()
    ward.condition("home_curfew", timetable=NIGHTS)
    last = world.stay(ward, at("06:01"), 10 * 60, 0)
    world.step(at("20:00"))
    silent = [(one, "active", last - MINUTE, None) for one in (SILENT, SILENT_LONG)]
    assert ward.alerts() == silent
    assert WearerState.objects.get().urgency == "unknown"
    assert PresenceState.objects.get().state == "unknown"


def test_an_exclusion_zone_is_entered_and_left(world: Any, at: Any) -> None:
    ward = world.ward()
    ward.condition("exclusion", away_m=5_000, radius_m=300)
    world.stay(ward, at("10:00"), 5, 0)
    world.step(at("10:05"))
    assert ward.alerts(KEEP_OUT) == []
    world.report(ward, at("10:20"), 5_000)
    world.step(at("10:20:01"))
    assert ward.alerts(KEEP_OUT) == [(KEEP_OUT, "active", at("10:20"), None)]
    world.stay(ward, at("10:21"), 4, 7_000)
    world.step(at("10:25"))
    ((rule, state, since, until),) = ward.alerts(KEEP_OUT)
    assert (rule, state, since) == (KEEP_OUT, "cleared", at("10:20"))
    assert at("10:21") < until <= at("10:24")


def test_an_inclusion_zone_is_left_and_entered_again(world: Any, at: Any) -> None:
    ward = world.ward()
    ward.condition("inclusion", radius_m=1_000)
    world.stay(ward, at("10:00"), 5, 0)
    world.stay(ward, at("10:05"), 5, 4_000)
    world.step(at("10:10"))
    assert ward.alerts(ZONE) == [(ZONE, "active", at("10:07"), None)]
    world.report(ward, at("10:10"), 0)
    world.step(at("10:10:30"))
    assert ward.alerts(ZONE) == [(ZONE, "cleared", at("10:07"), at("10:10"))]
    assert [one.state for one in PresenceChange.objects.order_by("pk")] == [
        *("inside", "outside", "inside")
    ]


def test_a_clock_fault_is_told_once_and_cleared(world: Any, at: Any) -> None:
    ward = world.ward()
    for minute in range(5):
        world.report(ward, at("06:01") + minute * MINUTE, None, marks=["clock_fault"])
        world.step(at("06:01") + minute * MINUTE + timedelta(seconds=5))
    assert ward.alerts() == [(CLOCK, "active", at("06:01"), None)]
    world.report(ward, at("06:06"), 0)
    world.step(at("06:06:05"))
    assert ward.alerts() == [(CLOCK, "cleared", at("06:01"), at("06:06"))]


def test_a_new_condition_is_judged_without_a_restart(world: Any, at: Any) -> None:
    ward = world.ward(report_interval_s=3600)
    world.stay(ward, at("10:00"), 5, 0)
    world.step(at("10:05"))
    ward.condition("exclusion", radius_m=300)
    world.stay(ward, at("10:06"), 2, 0)
    world.step(at("10:20"))
    assert ward.alerts(KEEP_OUT) == [(KEEP_OUT, "active", at("10:06"), None)]


def test_a_late_fix_is_heard_and_moves_nothing_back(world: Any, at: Any) -> None:
    ward = world.ward()
    ward.condition("inclusion", radius_m=1_000)
    world.stay(ward, at("10:00"), 10, 0)
    world.step(at("10:10"))
    for minute in range(4):
        world.report(ward, at("10:01:30") + minute * MINUTE, 9_000, known_at=at("10:11"))
    world.step(at("10:11:05"))
    assert ward.alerts(ZONE) == []
    state = WearerState.objects.get()
    assert (state.heard_at, state.at) == (at("10:11"), at("10:09"))


def test_stored_fixes_are_judged_at_their_own_times(world: Any, at: Any) -> None:
    """By day outside, in curfew hours at home, uploaded at night: no alert but the silence."""
    ward = world.ward()
    ward.condition("home_curfew", timetable=NIGHTS)
    world.stay(ward, at("09:00"), 10, 0)
    world.step(at("09:10"))
    for minute in range(0, 480, 2):
        when = at("10:00") + minute * MINUTE
        away_m = 3_000 if when < at("16:00") else 0
        world.report(ward, when, away_m, known_at=at("18:10"))
    world.step(at("18:10:05"))
    assert {rule for rule, *_ in ward.alerts()} == {SILENT, SILENT_LONG}


def test_the_same_fixes_in_other_batches_give_the_same_alerts(world: Any, at: Any) -> None:
    found: list[tuple[list[tuple[str, str, datetime, datetime | None]], list[Any]]] = []
    for fixes_max in (5_000, 3):
        ward = world.ward()
        ward.condition("inclusion", radius_m=1_000)
        ward.condition("exclusion", away_m=4_000, radius_m=500)
        for start in ("10:00", "12:00"):
            world.stay(ward, at(start), 20, 0)
            world.stay(ward, at(start) + 20 * MINUTE, 20, 4_000)
        world.engine.fixes_max = fixes_max
        while world.step(at("13:00")).more:
            world.restart()
            world.engine.fixes_max = fixes_max
        alerts = sorted(ward.alerts(ZONE, KEEP_OUT), key=lambda alert: alert[2])
        versions = [*ward.versions(ZONE), *ward.versions(KEEP_OUT)]
        found.append((alerts, sorted(versions)))
        world.restart()
        EngineCheckpoint.objects.filter(name="engine").update(judged_at=at("06:00"))
    assert found[0] == found[1]
    assert [len(part) for part in found[0]] == [2, 6]


def test_a_step_with_nothing_new_writes_nothing(world: Any, at: Any) -> None:
    ward = world.ward()
    ward.condition("exclusion", radius_m=300)
    world.stay(ward, at("10:00"), 5, 0)
    world.step(at("10:05"))
    before = (ward.versions(KEEP_OUT), WearerState.objects.get().change, audited())
    world.restart()
    world.step(at("10:05:01"))
    world.step(at("10:05:02"))
    assert (ward.versions(KEEP_OUT), WearerState.objects.get().change, audited()) == before


def test_coarse_fixes_of_a_phone_are_no_exit(world: Any, at: Any) -> None:
    ward = world.ward()
    ward.condition("inclusion", radius_m=1_000)
    world.stay(ward, at("10:00"), 5, 0)
    for minute in range(5, 60):
        world.report(ward, at("10:00") + minute * MINUTE, 9_000, accuracy_m=4_000.0)
    world.step(at("11:00"))
    assert ward.alerts(ZONE) == []
    assert WearerState.objects.get().urgency == "unknown"


def test_invented_places_are_no_witnesses(world: Any, at: Any) -> None:
    ward = world.ward()
    ward.condition("inclusion", radius_m=1_000)
    for minute in range(10):
        world.report(ward, at("10:00") + minute * MINUTE, 0, marks=["mock"])
    world.step(at("10:10"))
    assert PresenceChange.objects.count() == 0
    assert WearerState.objects.get().lat is None
