# SPDX-License-Identifier: EUPL-1.2
"""What the engine keeps of people between steps is what it would read of them."""

import random
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from msgspec.structs import replace

from tarazy.supervision.actions import judgement
from tarazy.supervision.engine import Engine, loading, sweep
from tarazy.supervision.models import Alert, Device, EngineCheckpoint, Fix, Order, WearerState
from tarazy.supervision.presence import thrown
from tarazy.supervision.presence.interface import Sighting
from tarazy.supervision.presence.motion import Track
from tarazy.supervision.presence.thrown import Throws

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


def hold(world: Any, now: datetime) -> int:
    """Hold whom the engine knows against what it would read of them; how many those are."""
    memory = world.engine._memory
    keys = [key for key in memory.roster.members if key not in memory.sweep.pending]
    for read in loading.subjects(keys, now, memory.listening_since):
        member = memory.roster.members[read.order_id]
        changes = {one.id: one.changes for one in read.watched}
        kept = memory.roster.subject(member, changes, read.episodes, states=True)
        assert replace(kept, asked={}) == read
    return len(keys)


def test_what_is_kept_is_what_would_be_read(world: Any, at: Any) -> None:
    chance = random.Random(11)
    wards = [world.ward() for _ in range(6)]
    for number, ward in enumerate(wards):
        ward.condition("inclusion", radius_m=1_000, buffer_m=300)
        if number % 2:
            ward.condition("exclusion", away_m=3_000, radius_m=200)
    for n in range(60):
        now = at("10:00") + n * MINUTE
        for number, ward in enumerate(wards):
            away = 3_000 if number < 2 and 20 <= n < 35 else chance.randint(0, 30)
            late = now - 5 * MINUTE if number == 3 and n in {30, 31} else now
            alarms = ["sos"] if (number, n) == (4, 40) else []
            if number != 5 or not 25 <= n < 45:
                world.report(ward, late, away, known_at=now, alarms=alarms, battery_percent=90 - n)
        world.step(now + 10 * SECOND)
        assert hold(world, now + 10 * SECOND) == len(wards)
        if n == 50:
            Alert.objects.filter(until=None).update(state="resolved")


def test_terms_that_change_are_heard_of_at_once(world: Any, at: Any) -> None:
    ward = world.ward()
    ward.condition("inclusion", radius_m=1_000)
    now = world.stay(ward, at("10:00"), 5, 0)
    for n in range(4):
        world.report(ward, now + n * MINUTE, 0)
        world.step(now + n * MINUTE + 5 * SECOND)
    ward.condition("exclusion", radius_m=500)
    Device.objects.filter(pk=ward.device.pk).update(report_interval_s=30)
    world.report(ward, now + 4 * MINUTE, 0)
    world.step(now + 4 * MINUTE + SECOND)
    hold(world, now + 4 * MINUTE + SECOND)
    (member,) = world.engine._memory.roster.members.values()
    assert (len(member.terms.watched), member.terms.report_interval_s) == (3, 30)
    over = DateTimeTZRange(ward.order.in_force.lower, now + 5 * MINUTE)
    Order.objects.filter(pk=ward.order.pk).update(in_force=over, version=2)
    world.report(ward, now + 6 * MINUTE, 3_000)
    world.step(now + 6 * MINUTE + SECOND)
    assert not Alert.objects.filter(rule="S-INCLUSION-EXIT").exists()


def test_an_engine_forgets_where_another_has_judged(world: Any, at: Any) -> None:
    ward = world.ward()
    ward.condition("inclusion", radius_m=1_000)
    now = world.stay(ward, at("10:00"), 5, 0)
    other = Engine()
    for n in range(6):
        world.report(ward, now + n * MINUTE, 2_000 if n > 3 else 0)
        before = world.engine._memory.roster
        (other if n == 3 else world.engine).step(now + n * MINUTE + 5 * SECOND)
        assert (world.engine._memory.roster is before) == (n != 4)
        if n != 3:
            hold(world, now + n * MINUTE + 5 * SECOND)


def test_an_engine_forgets_where_a_step_fails(world: Any, at: Any, monkeypatch: Any) -> None:
    ward = world.ward()
    ward.condition("inclusion", radius_m=1_000)
    now = world.stay(ward, at("10:00"), 5, 0)
    for n in range(3):
        world.report(ward, now + n * MINUTE, 0)
        world.step(now + n * MINUTE + 5 * SECOND)
    keep = judgement.keep
    monkeypatch.setattr(judgement, "keep", lambda _: 1 / 0)
    world.report(ward, now + 3 * MINUTE, 0)
    with pytest.raises(ZeroDivisionError):
        world.step(now + 3 * MINUTE + 5 * SECOND)
    monkeypatch.setattr(judgement, "keep", keep)
    assert not world.engine._memory.roster.members
    world.step(now + 3 * MINUTE + 10 * SECOND)
    assert hold(world, now + 3 * MINUTE + 10 * SECOND) == 1
    assert EngineCheckpoint.objects.get(name="engine").judged_at == now + 3 * MINUTE + 8 * SECOND


def test_a_sweep_in_parts_finds_every_order(world: Any, at: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(sweep, "ORDERS_MAX", 2)
    wards = [world.ward() for _ in range(7)]
    for ward in wards:
        ward.condition("inclusion", radius_m=1_000)
    assert swept(world, at("10:00")) >= 3
    assert len(world.engine._memory.sweep.signs) == 7
    for ward in wards:
        over = DateTimeTZRange(ward.order.in_force.lower, at("10:01"))
        Order.objects.filter(pk=ward.order.pk).update(in_force=over, version=2)
    late = [world.ward() for _ in range(5)]
    assert swept(world, at("10:02")) >= 2
    assert {ward.order.pk for ward in late} <= set(world.engine._memory.sweep.signs)
    swept(world, at("10:03"))
    assert set(world.engine._memory.sweep.signs) == {ward.order.pk for ward in late}
    running = Alert.objects.filter(order__in=[one.order for one in wards], until=None)
    assert list(running.values_list("order_id", "rule", "state")) == []


def swept(world: Any, now: datetime) -> int:
    """Step until a sweep is through; how many steps that took."""
    steps = 1
    while world.step(now).more:
        steps, now = steps + 1, now + SECOND
    return steps


def test_a_leap_in_the_columns_outlives_the_engine(world: Any, at: Any) -> None:
    """It rests, is 400 m away at once and stands: quiet reports. Back at once, it was a throw."""
    ward = world.ward()
    ward.condition("inclusion", radius_m=1_000)
    world.stay(ward, at("10:00"), 15, 0)
    world.step(at("10:15"))
    world.stay(ward, at("10:15"), 3, 400)
    world.step(at("10:18"))
    leap = throws().leap
    assert leap is not None
    assert (leap.start.at, leap.place.at) == (at("10:14"), at("10:15"))
    assert throws() == followed()
    world.engine = Engine()
    world.stay(ward, at("10:18"), 3, 0)
    world.step(at("10:21"))
    assert len(throws().known) == 1
    assert throws() == followed()


def throws() -> Throws:
    """As they stand in the table."""
    row = WearerState.objects.get()
    return thrown.read(row.throws, row.rested_s, None)


def followed() -> Throws | None:
    """As all reports of the fix store make them, one after the other."""
    track = Track(throws=thrown.NOTHING)
    for one in Fix.objects.order_by("at"):
        assert one.lat is not None
        assert one.lon is not None
        track = track.follow(Sighting(one.at, one.lat, one.lon, one.accuracy_m))
    return track.throws
