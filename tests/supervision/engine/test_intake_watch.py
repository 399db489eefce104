# SPDX-License-Identifier: EUPL-1.2
"""Silence of a device, and our own outage told apart from it."""

from datetime import timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from tarazy.supervision.models import (
    Alert,
    Fitting,
    Outage,
    WearerState,
)

SILENT = "S-SIGNAL-LOST"
MINUTE = timedelta(minutes=1)


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
