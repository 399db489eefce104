# SPDX-License-Identifier: EUPL-1.2
"""One person under one order after another: nothing of the first disturbs the second."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from tarazy.supervision.models import Alert, Fitting, Order, WearerState

SILENT, CLOCK = "S-SIGNAL-LOST", "S-CLOCK-FAULT"
SECOND = timedelta(seconds=1)


def next_order(ward: Any, since: Any, until: Any) -> Any:
    """The same person and device under a new order."""
    order = Order.objects.create(
        person=ward.person,
        measure="restriction_of_liberty",
        court="Court",
        document_number="next",
        judge="Judge",
        decided_on=since.date(),
        in_force=DateTimeTZRange(since, until),
        time_zone="Asia/Almaty",
    )
    return replace(ward, order=order)


def test_the_change_of_orders_is_no_silence(world: Any, at: Any) -> None:
    world.since = at("11:40")
    first = world.ward(until=at("12:00"))
    second = next_order(first, at("12:00"), at("12:00", day=9))
    world.stay(first, at("11:40"), 20, 0)
    world.step(at("11:59:59"))
    world.report(second, at("12:00") + SECOND, 0)
    for seconds in range(1, 20):
        world.step(at("12:00") + (seconds + 0.5) * SECOND)
    assert first.alerts(SILENT) == []
    assert WearerState.objects.get().order_id == second.order.pk


def test_reports_of_both_orders_in_one_batch(world: Any, at: Any) -> None:
    world.since = at("11:50")
    first = world.ward(until=at("12:00"))
    second = next_order(first, at("12:00"), at("12:00", day=9))
    world.stay(first, at("11:50"), 10, 0)
    world.step(at("12:00"))
    world.report(first, at("12:00") - SECOND / 2, 5, known_at=at("12:00") + SECOND / 2)
    world.report(second, at("12:00") + SECOND / 2, 5)
    world.step(at("12:00") + SECOND)
    assert WearerState.objects.get().order_id == second.order.pk
    world.step(at("12:00") + 10 * SECOND)
    assert first.alerts() == []


def test_a_cause_that_goes_on_under_the_next_order_is_another_alert(world: Any, at: Any) -> None:
    first = world.ward(until=at("12:00"))
    world.report(first, at("11:50"), None, marks=["clock_fault"])
    world.step(at("11:51"))
    second = next_order(first, at("12:00"), at("12:00", day=9))
    world.report(second, at("12:00") + SECOND / 2, None, marks=["clock_fault"])
    for seconds in (1, 3, 12, 23, 34):
        world.step(at("12:00") + seconds * SECOND)
    found = Alert.objects.filter(rule=CLOCK).order_by("pk")
    assert [(one.order_id, one.state) for one in found] == [
        (first.order.pk, "cleared"),
        (second.order.pk, "active"),
    ]
    ended = found[0].until
    assert ended is not None
    assert at("12:00") - 3 * SECOND <= ended <= at("12:00")
    assert [one.versions.count() for one in found] == [2, 1]


def test_an_older_row_may_hold_the_later_order(world: Any, at: Any) -> None:
    later = world.ward()
    Order.objects.filter(pk=later.order.pk).update(
        in_force=DateTimeTZRange(at("12:00"), at("12:00", day=9))
    )
    first = next_order(later, at("06:00"), at("12:00"))
    world.report(first, at("11:50"), None, marks=["clock_fault"])
    world.step(at("11:51"))
    world.report(later, at("12:01"), None, marks=["clock_fault"])
    world.step(at("12:02"))
    found = Alert.objects.filter(rule=CLOCK).order_by("pk")
    assert [(one.order_id, one.until) for one in found] == [
        (first.order.pk, at("12:00")),
        (later.order.pk, None),
    ]


def test_revoked_and_ordered_anew_in_a_breach(world: Any, at: Any) -> None:
    world.since = at("10:00")
    first = world.ward()
    first.condition("inclusion", radius_m=1_000)
    world.stay(first, at("10:00"), 10, 5_000)
    world.step(at("10:10"))
    first.order.in_force = DateTimeTZRange(at("10:00"), at("10:10:30"))
    first.order.revoked_at = at("10:10:30")
    first.order.save()
    second = next_order(first, at("10:10:30"), at("12:00", day=9))
    second.condition("inclusion", radius_m=1_000)
    world.stay(second, at("10:11"), 10, 5_000)
    for minute in range(10):
        world.step(at("10:11") + minute * timedelta(minutes=1) + 5 * SECOND)
    found = Alert.objects.filter(rule="S-INCLUSION-EXIT").order_by("pk")
    assert [(one.order_id, one.state, one.until) for one in found] == [
        (first.order.pk, "cleared", at("10:10:30")),
        (second.order.pk, "active", None),
    ]


def test_another_device_in_the_middle(world: Any, at: Any) -> None:
    world.since = at("10:00")
    ward = world.ward()
    ward.condition("inclusion", radius_m=1_000)
    world.stay(ward, at("10:00"), 10, 0)
    world.step(at("10:10"))
    worn = Fitting.objects.get(device=ward.device)
    worn.period = DateTimeTZRange(at("10:00"), at("10:10"))
    worn.save()
    spare = replace(ward, device=world.ward().device)
    Fitting.objects.filter(device=spare.device).update(
        person=ward.person, period=DateTimeTZRange(at("10:10"))
    )
    world.stay(spare, at("10:11"), 9, 5_000)
    for minute in range(10):
        world.step(at("10:11") + minute * timedelta(minutes=1) + 5 * SECOND)
    assert [one[:2] for one in ward.alerts()] == [("S-INCLUSION-EXIT", "active")]
    assert WearerState.objects.get(person=ward.person).device_id == spare.device.pk
    world.step(at("10:40"))
    assert [one[:2] for one in ward.alerts()] == [
        ("S-INCLUSION-EXIT", "active"),
        (SILENT, "active"),
    ]


def test_an_order_that_is_extended_goes_on_with_its_alert(world: Any, at: Any) -> None:
    world.since = at("10:00")
    ward = world.ward(until=at("10:30"))
    condition = ward.condition("inclusion", radius_m=1_000)
    world.stay(ward, at("10:00"), 10, 5_000)
    world.step(at("10:10"))
    later = DateTimeTZRange(at("10:00"), at("12:00", day=5))
    Order.objects.filter(pk=ward.order.pk).update(in_force=later, version=2)
    type(condition).objects.filter(pk=condition.pk).update(period=later)
    world.stay(ward, at("10:10"), 50, 5_000)
    for minute in range(10, 61):
        world.step(at("10:00") + minute * timedelta(minutes=1) + 5 * SECOND)
    ((rule, state, _, until),) = ward.alerts()
    assert (rule, state, until) == ("S-INCLUSION-EXIT", "active", None)
