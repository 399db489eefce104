# SPDX-License-Identifier: EUPL-1.2
"""What the engine reads of orders."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from tarazy.supervision.engine import loading
from tarazy.supervision.models import Act, Alert, AlertState, AlertVersion, WearerState


@pytest.mark.parametrize(
    "rings",
    ["[[[0, 0], [1, 1], [0, 0]]]", "[[[0, 1e400], [1, 1], [2, 0], [0, 1e400]]]", '"x"', "null"],
)
def test_an_unreadable_zone_leaves_everybody_else_watched(world: Any, at: Any, rings: str) -> None:
    ward, other = world.ward(), world.ward()
    broken = ward.condition("exclusion", radius_m=300)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE supervision_zone SET kind = 'polygon', lat = NULL, lon = NULL, radius_m = NULL,"
            " rings = %s::jsonb WHERE id = %s",
            [rings, broken.zone_id],
        )
    ward.condition("inclusion", radius_m=300)
    other.condition("exclusion", radius_m=300)
    found = loading.subjects([ward.order.pk, other.order.pk], at("07:00"), at("06:00"))
    assert [[each.kind for each in one.watched] for one in found] == [
        ["inclusion"],
        ["exclusion", "exclusion_passage"],
    ]


def test_an_unreadable_number_of_a_rule_leaves_everybody_watched(world: Any, at: Any) -> None:
    ward, other = world.ward(), world.ward()
    ward.condition("inclusion", radius_m=300)
    since = at("06:00").isoformat()
    rows = f'[{{"name": "silence.minutes", "value": 1e400, "since": "{since}"}}]'
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE supervision_order SET rule_settings = %s::jsonb WHERE id = %s",
            [rows, ward.order.pk],
        )
    found = loading.subjects([ward.order.pk, other.order.pk], at("07:00"), at("06:00"))
    assert [(len(one.watched), one.settings) for one in found] == [(1, ()), (0, ())]


def test_signs_change_with_the_terms_of_an_order(world: Any, at: Any) -> None:
    ward = world.ward()
    (before,) = loading.signs(at("06:30"), at("07:00"), 0, 10).values()
    ward.condition("exclusion", radius_m=300)
    (after,) = loading.signs(at("06:30"), at("07:00"), 0, 10).values()
    assert before != after
    assert (
        loading.signs(at("06:00") - timedelta(hours=2), at("06:00") - timedelta(hours=1), 0, 10)
        == {}
    )


def test_reports_are_due_from_the_last_of_fitting_order_and_our_own_beginning(
    world: Any, at: Any
) -> None:
    ward = world.ward()
    for listening, expected in ((None, None), (at("05:00"), at("06:00")), (at("06:30"),) * 2):
        (subject,) = loading.subjects([ward.order.pk], at("07:00"), listening)
        assert subject.monitored_since == expected


def test_who_is_shown_otherwise_than_people_left_it_is_looked_at_again(world: Any, at: Any) -> None:
    now = at("07:00")
    ward = world.ward()
    shown = WearerState.objects.create(
        person=ward.person, order=ward.order, urgency="calm", change=1
    )
    facts = {"rule": "S-SOS", "rule_version": 1, "severity": "critical", "version": 1}
    alert = Alert.objects.create(
        person=ward.person, order=ward.order, since=now, known_at=now, state="active", **facts
    )
    assert loading.healed(now) == set(), "what the engine has not shown yet is its own matter"
    AlertVersion.objects.create(
        alert=alert, number=1, state="active", known_at=now, since=now, act=Act.REOPENED
    )
    assert loading.healed(now) == {ward.order.pk}
    assert loading.healed(now + timedelta(hours=2)) == set()
    shown.urgency = "alert"
    shown.save()
    assert loading.healed(now) == set()
    Alert.objects.update(state=AlertState.RESOLVED)
    assert loading.healed(now) == {ward.order.pk}


def test_rows_from_before_newer_columns_are_read(world: Any, at: Any) -> None:
    ward = world.ward()
    world.report(ward, at("10:00"), 0, battery_percent=20.0)
    world.step(at("10:01"))
    late = {name: at(when).isoformat() for name, when in (("since", "09:00"), ("first", "10:00"))}
    WearerState.objects.update(late={**late, "last": late["first"]}, battery_at=None)
    (subject,) = loading.subjects([ward.order.pk], at("10:02"), None)
    found = subject.wearer.late
    assert found is not None
    assert (found.since, found.newest) == (at("09:00"), at("09:00"))
    assert (subject.wearer.battery_at, subject.wearer.placed_at) == (None, at("10:00"))
