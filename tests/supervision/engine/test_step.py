# SPDX-License-Identifier: EUPL-1.2
"""The engine over a database, with a clock of the test's own."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from tarazy.supervision.models import (
    Alert,
    EngineCheckpoint,
    Fitting,
    Outage,
    PresenceChange,
    PresenceState,
    WearerState,
)

CURFEW, ZONE, SILENT, CLOCK = "S-CURFEW-ABSENCE", "S-ZONE-BREACH", "S-SIGNAL-LOST", "S-CLOCK-FAULT"
NIGHTS = [{"days": [0, 1, 2, 3, 4, 5, 6], "from": "22:00", "until": "06:00"}]  # 17:00 to 01:00 UTC
MINUTE = timedelta(minutes=1)


@pytest.fixture
def at(world: Any) -> Any:
    """Times of the world's first day."""
    return world.at


def audited() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT convert_from(leaf, 'UTF8')::json->>'verb' FROM core_audit_entry ORDER BY seq"
        )
        return [verb for (verb,) in cursor.fetchall()]


def test_not_there_when_the_curfew_begins_with_nobody_reporting(world: Any, at: Any) -> None:
    ward = world.ward()
    ward.condition("home_curfew", timetable=NIGHTS)
    world.stay(ward, at("16:30"), 25, 3_000)
    world.step(at("16:56"))
    assert ward.alerts(CURFEW) == []
    world.step(at("17:01:30"))
    assert ward.alerts(CURFEW) == []
    world.step(at("17:02:05"))
    assert ward.alerts(CURFEW) == [(CURFEW, "active", at("17:00"), None)]
    assert ward.versions(CURFEW) == [
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
    version = Alert.objects.get(rule=CURFEW).versions.first()
    assert version is not None
    assert version.probability is not None
    assert version.probability > 0.98
    assert [place["at"] for place in version.evidence][-1] == at("17:42").isoformat()
    assert WearerState.objects.get().urgency == "calm"
    assert audited()[-2:] == ["supervision.alert.raise", "supervision.alert.update"]


def test_at_home_in_time_is_no_alert_nor_is_a_walk_by_day(world: Any, at: Any) -> None:
    ward = world.ward()
    ward.condition("home_curfew", timetable=NIGHTS)
    world.stay(ward, at("16:00"), 61, 3_000)
    world.stay(ward, at("17:01"), 60, 0)
    for minute in range(120):
        world.step(at("16:00") + minute * MINUTE + timedelta(seconds=5))
    assert ward.alerts(CURFEW) == []


def test_the_end_of_the_hours_clears(world: Any, at: Any) -> None:
    ward = world.ward(report_interval_s=3600)
    ward.condition("home_curfew", timetable=NIGHTS)
    world.stay(ward, at("16:50"), 30, 3_000)
    world.step(at("17:20"))
    world.step(at("00:59", day=1))
    assert ward.alerts(CURFEW) == [(CURFEW, "active", at("17:00"), None)]
    world.step(at("01:01", day=1))
    assert ward.alerts(CURFEW) == [(CURFEW, "cleared", at("17:00"), at("01:00", day=1))]


def test_silence_at_home_is_no_absence(world: Any, at: Any) -> None:
    ward = world.ward()
    ward.condition("home_curfew", timetable=NIGHTS)
    last = world.stay(ward, at("06:01"), 10 * 60, 0)
    world.step(at("20:00"))
    assert ward.alerts() == [(SILENT, "active", last - MINUTE, None)]
    assert WearerState.objects.get().urgency == "unknown"
    assert PresenceState.objects.get().state == "unknown"


def test_an_exclusion_zone_is_entered_and_left(world: Any, at: Any) -> None:
    ward = world.ward()
    ward.condition("exclusion", away_m=5_000, radius_m=300)
    world.stay(ward, at("10:00"), 5, 0)
    world.step(at("10:05"))
    assert ward.alerts(ZONE) == []
    world.report(ward, at("10:20"), 5_000)
    world.step(at("10:20:01"))
    assert ward.alerts(ZONE) == [(ZONE, "active", at("10:20"), None)]
    world.stay(ward, at("10:21"), 4, 7_000)
    world.step(at("10:25"))
    ((rule, state, since, until),) = ward.alerts(ZONE)
    assert (rule, state, since) == (ZONE, "cleared", at("10:20"))
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


def test_a_cause_that_comes_back_soon_is_the_same_episode(world: Any, at: Any) -> None:
    ward = world.ward()
    ward.condition("inclusion", radius_m=1_000)
    for start in ("10:00", "10:20", "11:30"):
        world.stay(ward, at(start), 5, 4_000)
        world.stay(ward, at(start) + 5 * MINUTE, 15, 0)
        world.step(at(start) + 21 * MINUTE)
    assert [(state, since) for _, state, since, _ in ward.alerts(ZONE)] == [
        ("cleared", at("10:01")),
        ("cleared", at("11:31")),
    ]
    found = Alert.objects.filter(rule=ZONE).order_by("pk")
    assert [one.versions.count() for one in found] == [4, 2]


def test_signal_lost_and_back(world: Any, at: Any) -> None:
    ward = world.ward()
    world.report(ward, at("06:05"), None)
    world.step(at("06:14:59"))
    assert ward.alerts() == []
    world.step(at("06:15:05"))
    assert ward.alerts() == [(SILENT, "active", at("06:05"), None)]
    assert WearerState.objects.get().urgency == "unknown"
    world.report(ward, at("06:30"), 0)
    world.step(at("06:30:05"))
    assert ward.alerts() == [(SILENT, "cleared", at("06:05"), at("06:30"))]
    assert WearerState.objects.get().urgency == "calm"


def test_a_device_that_never_reports_is_missed_from_the_fitting_on(world: Any, at: Any) -> None:
    ward = world.ward()
    world.step(at("06:11"))
    assert ward.alerts() == [(SILENT, "active", at("06:00"), None)]


def test_nobody_is_missed_without_a_device_or_without_a_gateway(world: Any, at: Any) -> None:
    ward = world.ward()
    Fitting.objects.all().delete()
    world.step(at("09:00"))
    assert ward.alerts() == []
    assert WearerState.objects.get().urgency == "unknown"


def test_a_removed_device_ends_its_silence(world: Any, at: Any) -> None:
    ward = world.ward()
    world.step(at("06:11"))
    Fitting.objects.update(period=DateTimeTZRange(at("06:00"), at("06:12")))
    world.step(at("06:30"))
    assert [state for _, state, _, _ in ward.alerts()] == ["cleared"]


def test_our_own_outage_is_one_alert_and_nobodys_silence(world: Any, at: Any) -> None:
    wards = [world.ward() for _ in range(3)]
    for ward in wards:
        world.report(ward, at("06:01"), 0)
    world.step(at("06:02"))
    for minute in range(1, 21):
        world.step(at("06:02") + minute * MINUTE, beat=False)
    outage = Alert.objects.get()
    assert (outage.rule, outage.person, outage.state) == ("S-OUTAGE", None, "active")
    world.beat(at("06:23"))
    world.step(at("06:23:01"), beat=False)
    outage.refresh_from_db()
    assert (outage.state, outage.since, outage.until) == ("cleared", at("06:02"), at("06:23"))
    assert Outage.objects.count() == 1
    for ward in wards[:2]:
        world.report(ward, at("06:26"), 0)
    world.step(at("06:34"))
    assert Alert.objects.count() == 1
    world.step(at("06:35:05"))
    assert wards[2].alerts() == [(SILENT, "active", at("06:25"), None)]
    assert Alert.objects.count() == 2


def test_an_outage_while_the_engine_was_away_too_is_noted(world: Any, at: Any) -> None:
    ward = world.ward()
    world.report(ward, at("06:01"), 0)
    world.step(at("06:02"))
    world.restart()
    world.beat(at("07:00"))
    world.step(at("07:00:05"), beat=False)
    (outage,) = Alert.objects.all()
    assert (outage.rule, outage.since, outage.until) == ("S-OUTAGE", at("06:02"), at("07:00"))
    assert ward.alerts() == []


def test_an_engine_restart_is_no_outage(world: Any, at: Any) -> None:
    ward = world.ward()
    world.step(at("10:00"))
    world.restart()
    world.stay(ward, at("10:00"), 60, 0)
    world.step(at("11:00"))
    assert not Alert.objects.filter(rule="S-OUTAGE").exists()


def test_a_clock_fault_is_told_once_and_cleared(world: Any, at: Any) -> None:
    ward = world.ward()
    for minute in range(5):
        world.report(ward, at("06:01") + minute * MINUTE, None, marks=["clock_fault"])
        world.step(at("06:01") + minute * MINUTE + timedelta(seconds=5))
    assert ward.alerts() == [(CLOCK, "active", at("06:01"), None)]
    world.report(ward, at("06:06"), 0)
    world.step(at("06:06:05"))
    assert ward.alerts() == [(CLOCK, "cleared", at("06:01"), at("06:06"))]


def test_a_revoked_order_clears_its_alerts_and_shows_no_place(world: Any, at: Any) -> None:
    ward = world.ward()
    ward.condition("exclusion", radius_m=300)
    world.stay(ward, at("10:00"), 5, 0)
    world.step(at("10:05"))
    assert [state for _, state, _, _ in ward.alerts(ZONE)] == ["active"]
    ward.order.in_force = DateTimeTZRange(at("06:00"), at("10:06"))
    ward.order.revoked_at, ward.order.version = at("10:06"), 2
    ward.order.save()
    world.report(ward, at("10:05:30"), 0)
    world.step(at("10:20"))
    assert ward.alerts(ZONE) == [(ZONE, "cleared", at("10:00"), at("10:06"))]
    assert ward.versions(ZONE)[-1][2] == "The order is no longer in force."
    assert WearerState.objects.count() == PresenceState.objects.count() == 0


def test_an_order_that_was_over_before_anybody_looked_is_ended_too(world: Any, at: Any) -> None:
    ward = world.ward()
    world.step(at("06:11"))
    ward.order.in_force = DateTimeTZRange(empty=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE supervision_order SET in_force = tstzrange(%s, %s) WHERE id = %s",
            [at("06:00"), at("06:01"), ward.order.pk],
        )
    world.step(at("07:00"))
    assert ward.alerts() == [(SILENT, "cleared", at("06:00"), at("06:01"))]
    assert WearerState.objects.count() == 0


def test_an_order_ends_by_itself(world: Any, at: Any) -> None:
    ward = world.ward(until=at("10:10"))
    ward.condition("exclusion", radius_m=300)
    world.stay(ward, at("10:00"), 5, 0)
    world.step(at("10:09"))
    world.step(at("10:10:03"))
    assert ward.alerts(ZONE) == [(ZONE, "cleared", at("10:00"), at("10:10"))]
    assert WearerState.objects.count() == 0
    world.report(ward, at("10:08"), 9_000, known_at=at("11:00"))
    world.step(at("11:00:05"))
    assert WearerState.objects.count() == 0
    assert len(ward.alerts(ZONE)) == 1


def test_a_new_condition_is_judged_without_a_restart(world: Any, at: Any) -> None:
    ward = world.ward(report_interval_s=3600)
    world.stay(ward, at("10:00"), 5, 0)
    world.step(at("10:05"))
    ward.condition("exclusion", radius_m=300)
    world.stay(ward, at("10:06"), 2, 0)
    world.step(at("10:20"))
    assert ward.alerts(ZONE) == [(ZONE, "active", at("10:06"), None)]


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
    assert {rule for rule, *_ in ward.alerts()} == {SILENT}


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
        alerts = sorted(ward.alerts(ZONE), key=lambda alert: alert[2])
        found.append((alerts, sorted(ward.versions(ZONE))))
        world.restart()
        EngineCheckpoint.objects.filter(name="engine").update(judged_at=at("06:00"))
    assert found[0] == found[1]
    assert [len(part) for part in found[0]] == [2, 6]


def test_a_step_with_nothing_new_writes_nothing(world: Any, at: Any) -> None:
    ward = world.ward()
    ward.condition("exclusion", radius_m=300)
    world.stay(ward, at("10:00"), 5, 0)
    world.step(at("10:05"))
    before = (ward.versions(ZONE), WearerState.objects.get().change, audited())
    world.restart()
    world.step(at("10:05:01"))
    world.step(at("10:05:02"))
    assert (ward.versions(ZONE), WearerState.objects.get().change, audited()) == before


def test_what_people_did_stays(world: Any, at: Any) -> None:
    ward = world.ward()
    ward.condition("exclusion", radius_m=300)
    world.stay(ward, at("10:00"), 3, 0)
    world.step(at("10:03"))
    Alert.objects.filter(rule=ZONE).update(state="acknowledged")
    world.stay(ward, at("10:03"), 4, 4_000)
    world.step(at("10:07"))
    ((_, state, _, until),) = ward.alerts(ZONE)
    assert state == "acknowledged"
    assert until is not None


def test_a_resolved_alert_is_not_raised_again_while_its_cause_goes_on(world: Any, at: Any) -> None:
    ward = world.ward()
    ward.condition("exclusion", radius_m=300)
    world.stay(ward, at("10:00"), 3, 0)
    world.step(at("10:03"))
    Alert.objects.filter(rule=ZONE).update(state="resolved")
    world.stay(ward, at("10:03"), 3, 0)
    world.step(at("10:20"))
    assert [state for rule, state, _, _ in ward.alerts(ZONE) if rule == ZONE] == ["resolved"]
    assert WearerState.objects.get().urgency != "alert"
    world.stay(ward, at("10:21"), 4, 4_000)
    world.stay(ward, at("10:25"), 2, 0)
    world.step(at("10:27"))
    assert [state for rule, state, _, _ in ward.alerts(ZONE) if rule == ZONE] == [
        "resolved",
        "active",
    ]


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
