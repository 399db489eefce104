# SPDX-License-Identifier: EUPL-1.2
"""Tamper in the engine: it stays until a person has resolved it, and then a new one is new."""

from datetime import timedelta
from typing import Any

import pytest
from supervision.factory import user
from supervision.raised import actor

from tarazy.core import clock
from tarazy.core.access import Actor, Role
from tarazy.supervision.actions.alerts import reopen, resolve
from tarazy.supervision.models import Alert, CheckIn, WearerState

STRAP = "S-STRAP-TAMPER"
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


def quiet(world: Any, ward: Any, since: Any, minutes: int) -> None:
    """Reports and steps each minute, with nothing in them."""
    for n in range(minutes):
        world.report(ward, since + n * MINUTE, 0)
        world.step(since + n * MINUTE + 5 * SECOND)


def resolved(world: Any, ward: Any, at: Any, operator: Actor) -> Alert:
    """A strap that was opened at 10:02, resolved by somebody: three minutes later it is over."""
    world.report(ward, at("10:02"), 0, alarms=["strap_tamper"])
    world.step(at("10:02:05"))
    (alert,) = Alert.objects.filter(rule=STRAP)
    resolve(operator, alert.public_id, 1, "unknown", "the wrong one")
    quiet(world, ward, at("10:03"), 3)
    return alert


def test_it_stays_through_steps_restarts_and_late_fixes(world: Any, at: Any) -> None:
    ward = world.ward()
    ward.condition("inclusion", radius_m=1_000)
    quiet(world, ward, at("10:00"), 2)
    world.report(ward, at("10:02"), 0, alarms=["strap_tamper"])
    world.step(at("10:02") + SECOND)
    assert ward.alerts(STRAP) == [(STRAP, "active", at("10:02"), None)]
    world.step(at("10:02") + 2 * SECOND)
    world.restart()
    quiet(world, ward, at("10:03"), 3)
    world.report(ward, at("10:01:30"), 0, known_at=at("10:06"))
    quiet(world, ward, at("10:07"), 3)
    assert ward.alerts(STRAP) == [(STRAP, "active", at("10:02"), None)]
    assert WearerState.objects.get().urgency == "alert"
    world.report(ward, at("10:11"), 0, alarms=["strap_tamper"])
    world.step(at("10:11:05"))
    assert [number for number, _, _ in ward.versions(STRAP)] == [1, 2]


def test_after_a_person_has_resolved_it_the_next_one_is_a_new_alert(world: Any, at: Any) -> None:
    ward = world.ward()
    world.report(ward, at("10:02"), 0, alarms=["strap_tamper"])
    world.step(at("10:02:05"))
    Alert.objects.filter(rule=STRAP).update(state="resolved")
    quiet(world, ward, at("10:03"), 3)
    assert [state for _, state, _, _ in ward.alerts(STRAP)] == ["resolved"]
    assert WearerState.objects.get().urgency == "calm"
    world.restart()
    world.report(ward, at("10:10"), 0, alarms=["strap_tamper"])
    world.step(at("10:10:05"))
    assert [(state, since) for _, state, since, _ in ward.alerts(STRAP)] == [
        ("resolved", at("10:02")),
        ("active", at("10:10")),
    ]


def test_what_is_opened_again_goes_on_and_takes_in_the_next_one(
    world: Any, at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: at("10:06"))
    ward, operator = world.ward(), actor(user("operator", Role.OPERATOR))
    alert = resolved(world, ward, at, operator)
    (_, _, _, until) = ward.alerts(STRAP)[0]
    assert until is not None
    reopen(operator, alert.public_id, 3, "a slip")
    assert ward.alerts(STRAP) == [(STRAP, "active", at("10:02"), None)]
    opened = "The device reports that its strap was opened or cut ({count}). It needs checking."
    assert ward.versions(STRAP)[-1] == (4, "active", opened)
    quiet(world, ward, at("10:07"), 3)
    assert WearerState.objects.get().urgency == "alert"
    world.report(ward, at("10:11"), 0, alarms=["strap_tamper"])
    world.step(at("10:11:05"))
    assert ward.alerts(STRAP) == [(STRAP, "active", at("10:02"), None)]
    resolve(operator, alert.public_id, 5, "unknown", "looked at")
    quiet(world, ward, at("10:12"), 3)
    ((_, state, _, until),) = ward.alerts(STRAP)
    assert (state, until is None) == ("resolved", False)


def test_what_is_opened_again_beside_a_later_one_stays_over(
    world: Any, at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: at("10:12"))
    ward, operator = world.ward(), actor(user("operator", Role.OPERATOR))
    alert = resolved(world, ward, at, operator)
    world.report(ward, at("10:10"), 0, alarms=["strap_tamper"])
    world.step(at("10:10:05"))
    reopen(operator, alert.public_id, 3, "a slip")
    quiet(world, ward, at("10:12"), 3)
    assert [state for _, state, _, _ in ward.alerts(STRAP)] == ["cleared", "active"]


def test_the_end_of_the_order_does_not_clear_it(world: Any, at: Any) -> None:
    ward = world.ward(until=at("10:10"))
    world.report(ward, at("10:02"), 0, alarms=["strap_tamper"])
    world.step(at("10:02:05"))
    for minute in range(9, 15):
        world.step(at("10:00") + minute * MINUTE)
    assert [state for _, state, _, _ in ward.alerts(STRAP)] == ["active"]
    assert WearerState.objects.count() == 0


@pytest.mark.parametrize("answered", [False, True])
def test_a_check_in_that_is_missed_after_a_person_has_closed_the_alert_is_another_one(
    world: Any, at: Any, answered: bool
) -> None:
    ward, rule = world.ward(), "S-MISSED-CHECKIN"

    def ask(asked_at: Any) -> None:
        CheckIn.objects.create(
            order=ward.order,
            route="device",
            state="asked",
            due_at=asked_at,
            answer_min=10,
            asked_at=asked_at,
            until=asked_at + timedelta(minutes=10),
        )

    world.report(ward, at("10:00"), 0)
    ask(at("10:00"))
    world.step(at("10:01"))
    world.step(at("10:11"))
    assert [state for _, state, _, _ in ward.alerts(rule)] == ["active"]
    Alert.objects.filter(rule=rule).update(state="resolved")
    world.step(at("10:20"))
    ask(at("11:00"))
    for moment in ("11:01", "11:11", "11:20"):
        world.report(ward, at(moment), 0)
        world.step(at(moment))
        world.restart()
    assert ward.alerts(rule) == [
        (rule, "resolved", at("10:00"), at("11:00")),
        (rule, "active", at("11:00"), None),
    ]
    if answered:
        world.report(ward, at("11:30"), 0, alarms=["check_in"])
    else:
        ask(at("11:25"))
    world.step(at("11:40"))
    (first, second) = ward.alerts(rule)
    assert first == (rule, "resolved", at("10:00"), at("11:00"))
    assert second[1:3] == ("cleared" if answered else "active", at("11:00"))
    sentences = [sentence for _, _, sentence in ward.versions(rule)]
    assert len(sentences) == 4


def test_an_answer_that_is_noted_days_later_ends_the_alert(world: Any, at: Any) -> None:
    ward, rule = world.ward(), "S-MISSED-CHECKIN"
    asked = CheckIn.objects.create(
        order=ward.order,
        route="call",
        state="asked",
        due_at=at("10:00"),
        answer_min=10,
        asked_at=at("10:00"),
        until=at("10:10"),
    )
    for now in (at("10:11"), at("12:00", day=3)):
        world.report(ward, now, 0)
        world.step(now)
    assert ward.alerts(rule) == [(rule, "active", at("10:00"), None)]
    noted_at = at("12:01", day=3)
    CheckIn.objects.filter(pk=asked.pk).update(state="answered", noted_at=noted_at)
    world.step(at("12:02", day=3))
    assert ward.alerts(rule) == [(rule, "cleared", at("10:00"), noted_at)]
