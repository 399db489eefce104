# SPDX-License-Identifier: EUPL-1.2
"""Episodes: what comes back, what people did, and the end of an order."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from tarazy.supervision import retired
from tarazy.supervision.actions.episodes import take_turns
from tarazy.supervision.engine import writing
from tarazy.supervision.models import (
    Alert,
    PresenceState,
    WearerState,
)

ZONE, KEEP_OUT, SILENT = "S-INCLUSION-EXIT", "S-EXCLUSION-ENTRY", "S-SIGNAL-LOST"
MINUTE = timedelta(minutes=1)


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


def test_a_revoked_order_clears_its_alerts_and_shows_no_place(world: Any, at: Any) -> None:
    ward = world.ward()
    ward.condition("exclusion", radius_m=300)
    world.stay(ward, at("10:00"), 5, 0)
    world.step(at("10:05"))
    assert [state for _, state, _, _ in ward.alerts(KEEP_OUT)] == ["active"]
    ward.order.in_force = DateTimeTZRange(at("06:00"), at("10:06"))
    ward.order.revoked_at, ward.order.version = at("10:06"), 2
    ward.order.save()
    world.report(ward, at("10:05:30"), 0)
    world.step(at("10:20"))
    assert ward.alerts(KEEP_OUT) == [(KEEP_OUT, "cleared", at("10:00"), at("10:06"))]
    assert ward.versions(KEEP_OUT)[-1][2] == "The order is no longer in force."
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
    assert ward.alerts(KEEP_OUT) == [(KEEP_OUT, "cleared", at("10:00"), at("10:10"))]
    assert WearerState.objects.count() == 0
    world.report(ward, at("10:08"), 9_000, known_at=at("11:00"))
    world.step(at("11:00:05"))
    assert WearerState.objects.count() == 0
    assert len(ward.alerts(KEEP_OUT)) == 1


def test_what_people_did_stays(world: Any, at: Any) -> None:
    ward = world.ward()
    ward.condition("exclusion", radius_m=300)
    world.stay(ward, at("10:00"), 3, 0)
    world.step(at("10:03"))
    Alert.objects.filter(rule=KEEP_OUT).update(state="acknowledged")
    world.stay(ward, at("10:03"), 4, 4_000)
    world.step(at("10:07"))
    ((_, state, _, until),) = ward.alerts(KEEP_OUT)
    assert state == "acknowledged"
    assert until is not None


def test_a_resolved_alert_is_not_raised_again_while_its_cause_goes_on(world: Any, at: Any) -> None:
    ward = world.ward()
    ward.condition("exclusion", radius_m=300)
    world.stay(ward, at("10:00"), 3, 0)
    world.step(at("10:03"))
    Alert.objects.filter(rule=KEEP_OUT).update(state="resolved")
    world.stay(ward, at("10:03"), 3, 0)
    world.step(at("10:20"))
    assert [state for rule, state, _, _ in ward.alerts(KEEP_OUT) if rule == KEEP_OUT] == [
        "resolved"
    ]
    assert WearerState.objects.get().urgency != "alert"
    world.stay(ward, at("10:21"), 4, 4_000)
    world.stay(ward, at("10:25"), 2, 0)
    world.step(at("10:27"))
    assert [state for rule, state, _, _ in ward.alerts(KEEP_OUT) if rule == KEEP_OUT] == [
        "resolved",
        "active",
    ]


def test_an_alert_of_a_retired_rule_is_ended_and_goes_on_under_the_new_one(
    world: Any, at: Any
) -> None:
    ward = world.ward()
    condition = ward.condition("inclusion", radius_m=1_000)
    old = Alert.objects.create(
        person=ward.person,
        order=ward.order,
        condition=condition,
        rule="S-ZONE-BREACH",
        rule_version=1,
        severity="critical",
        state="active",
        since=at("10:02"),
        known_at=at("10:02"),
    )
    told = {"state": "active", "since": old.since, "known_at": old.since, "actor": "sys_engine"}
    old.versions.create(number=1, sentence="Outside.", **told)
    world.stay(ward, at("10:00"), 10, 4_000)
    world.step(at("10:10"))
    assert [(rule, state) for rule, state, _, _ in ward.alerts("S-ZONE-BREACH", ZONE)] == [
        *(("S-ZONE-BREACH", "cleared"), (ZONE, "active")),
    ]
    assert ward.versions("S-ZONE-BREACH")[-1][2] == retired.CLEARED


@pytest.mark.parametrize("meanwhile", [False, True])
def test_an_alert_that_is_resolved_while_its_cause_comes_back_stays_so(
    world: Any, at: Any, monkeypatch: pytest.MonkeyPatch, meanwhile: bool
) -> None:
    """What a person does between the engine's reading and its writing is as if done before."""
    ward = world.ward()
    ward.condition("exclusion", radius_m=300)
    world.stay(ward, at("10:00"), 3, 0)
    world.stay(ward, at("10:03"), 5, 4_000)
    world.step(at("10:08"))
    ((_, _, since, until),) = ward.alerts(KEEP_OUT)
    assert until is not None
    world.stay(ward, at("10:08"), 3, 0)

    def resolve() -> None:
        told = {"state": "resolved", "resolved_at": at("10:10"), "cause": "permitted"}
        Alert.objects.filter(rule=KEEP_OUT, state="cleared").update(**told)

    def resolve_first(*asked: Any) -> Any:
        resolve()
        return take_turns(*asked)

    if meanwhile:
        monkeypatch.setattr(writing, "take_turns", resolve_first)
    else:
        resolve()
    world.step(at("10:11"))
    monkeypatch.undo()
    world.stay(ward, at("10:11"), 5, 4_000)
    world.step(at("10:16"))
    first, second = ward.alerts(KEEP_OUT)
    assert first == (KEEP_OUT, "resolved", since, until)
    assert second == (KEEP_OUT, "cleared", at("10:08"), at("10:13"))
    assert Alert.objects.get(state="resolved").versions.count() == 2
