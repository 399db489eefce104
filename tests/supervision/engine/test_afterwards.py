# SPDX-License-Identifier: EUPL-1.2
"""What comes after an order's end: the engine judges it as a replay does, and shows nobody."""

import random
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from supervision.trails import circle, condition, judged, order, place

from tarazy.supervision.judging.subjects import Arrival
from tarazy.supervision.models import Alert, Order, PresenceChange, WearerState
from tarazy.supervision.presence.interface import Sighting

ZONE, TAMPER = "S-INCLUSION-EXIT", "S-STRAP-TAMPER"
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
Told = list[tuple[datetime, datetime, float, tuple[str, ...]]]
NONE: Told = []


def ended(world: Any, at: Any) -> Any:
    """Somebody who was at home until 10:00, under an order that ended at 12:00."""
    ward = world.ward(until=at("12:00"))
    ward.condition("inclusion", radius_m=1_000)
    world.stay(ward, at("09:00"), 60, 0)
    world.step(at("10:00"))
    world.step(at("12:00:10"))
    return ward


def upload(world: Any, ward: Any, waited: tuple[datetime, int, float], back: datetime) -> None:
    """So many minutes from a time on, at a distance, which come one after the other."""
    since, minutes, away_m = waited
    for n in range(minutes):
        world.report(ward, since + n * MINUTE, away_m, known_at=back + 0.3 * n * SECOND)


@pytest.mark.parametrize("killed", [False, True])
def test_who_left_is_found_after_the_end(world: Any, at: Any, killed: bool) -> None:
    ward = ended(world, at)
    upload(world, ward, (at("10:00"), 30, 4_000), at("13:00"))
    upload(world, ward, (at("10:30"), 60, 0), at("13:00:09"))
    result = world.step(at("13:00:20"))
    assert ward.alerts(ZONE) == []
    if killed:
        world.restart()
    else:
        assert result.due == at("13:00:31.7")
    result = world.step(at("13:01"))
    assert ward.alerts(ZONE) == [(ZONE, "cleared", at("10:02"), at("10:30"))]
    assert result.raised == 1
    assert Alert.objects.get(rule=ZONE).versions.get().known_at > at("12:00")
    assert not WearerState.objects.exists()
    world.step(at("13:02"))
    world.restart()
    world.step(at("13:03"))
    assert len(ward.versions(ZONE)) == 1


def test_a_cut_strap_is_raised_at_once_and_counted(world: Any, at: Any) -> None:
    ward = ended(world, at)
    world.report(ward, at("11:00"), 0, known_at=at("13:00"), alarms=["strap_tamper"])
    world.step(at("13:00:03"))
    assert ward.alerts(TAMPER) == [(TAMPER, "active", at("11:00"), None)]
    world.report(ward, at("11:05"), None, known_at=at("13:10"), alarms=["strap_tamper"])
    world.step(at("13:10:03"))
    assert [number for number, _, _ in ward.versions(TAMPER)] == [1, 2]
    assert "(2)" in Alert.objects.get(rule=TAMPER).versions.order_by("number")[1].sentence.format(
        count=2
    )


def test_what_had_not_settled_at_the_end_is_judged_after_it(world: Any, at: Any) -> None:
    ward = world.ward(until=at("12:00"))
    ward.condition("inclusion", radius_m=1_000)
    world.stay(ward, at("09:00"), 60, 0)
    world.step(at("10:00"))
    upload(world, ward, (at("10:00"), 60, 4_000), at("11:59:40"))
    world.step(at("11:59:58"))
    world.step(at("12:00:02.5"))
    world.step(at("12:01"))
    assert ward.alerts(ZONE) == [(ZONE, "cleared", at("10:02"), at("12:00"))]


def reports(at: Any, seed: int) -> Told:
    """A day at home and away; of what was stored some comes after the end, newest first or not."""
    rng = random.Random(seed)
    found, stored, moment, away_m = list(NONE), list(NONE), at("10:00"), 0.0
    backs = [
        at("11:00"),
        at("11:40"),
        at("12:00") - 20 * SECOND,
        at("12:00:03"),
        at("12:40"),
        at("13:20"),
    ]
    while moment < at("12:00"):
        if rng.random() < 0.04:
            away_m = rng.choice([0.0, 0.0, 3_000.0])
        alarms: tuple[str, ...] = ("strap_tamper",) if rng.random() < 0.02 else ()
        one = (moment, moment, away_m, alarms)
        (stored if rng.random() < 0.5 or moment > at("11:20") else found).append(one)
        moment += rng.choice([30, 60, 60, 90]) * SECOND
    while stored:
        back = rng.choice([one for one in backs if one > stored[0][0]] or backs[-1:])
        cut = max(1, sum(one[0] < back for one in stored[: rng.randint(1, 60)]))
        part, stored = stored[:cut], stored[cut:]
        part = part[::-1] if rng.random() < 0.5 else part
        for n, (when, _, where, alarms) in enumerate(part):
            found.append((max(when, back + 0.4 * n * SECOND), when, where, alarms))
    return sorted((known, when, away, alarms) for known, when, away, alarms in found)


@pytest.mark.parametrize("seed", [0, 1])
def test_the_engine_and_a_replay_believe_the_same(world: Any, at: Any, seed: int) -> None:
    ward = world.ward(until=at("12:00"))
    zone = ward.condition("inclusion", radius_m=1_000).zone
    coming = reports(at, seed)
    trail = []
    for known, when, away, alarms in coming:
        sighting = Sighting(when, *place(away), 10.0)
        trail.append(Arrival(0, when, known, sighting, None, None, frozenset(), alarms))
    rng, now = random.Random(seed), at("10:00")
    while now <= at("13:30"):
        while coming and coming[0][0] <= now:
            known, when, away, alarms = coming.pop(0)
            world.report(ward, when, away, known_at=known, alarms=alarms)
        world.step(now)
        if rng.random() < 0.1:
            world.restart()
        now += rng.choice([7, 61, 200, 300]) * SECOND
    told = condition("inclusion", circle(radius_m=1_000), name=zone.name)
    in_force = {"since": world.since.isoformat(), "until": at("12:00").isoformat()}
    done = judged(order(told, in_force=in_force), trail, now)
    (watched,) = done.subject.watched
    rows = PresenceChange.objects.filter(superseded_at=None).order_by("at", "pk")
    assert [(one.state, one.at) for one in rows] == [
        (one.presence.value, one.at) for one in watched.changes
    ]
    for rule in (ZONE, TAMPER):
        turns = [one for one in done.turns if one.cause[0] == rule]
        episodes = [
            (one.since, one.until)
            for cause, each in done.subject.episodes.items()
            for one in each
            if cause[0] == rule
        ]
        found = Alert.objects.filter(rule=rule).exclude(state="withdrawn").order_by("since")
        assert [(one.since, one.until) for one in found] == sorted(episodes)
        assert Alert.objects.filter(rule=rule).count() == sum(t.kind == "raised" for t in turns)
    assert any(one.known_at > at("12:00") for one in done.turns)


def test_what_had_not_settled_when_a_revocation_is_found_is_judged_after_it(
    world: Any, at: Any
) -> None:
    ward = world.ward()
    ward.condition("inclusion", radius_m=1_000)
    world.stay(ward, at("09:00"), 60, 0)
    world.step(at("10:00"))
    world.step(at("11:59:50"))
    for n in range(30):
        when, known_at = at("10:00") + n * MINUTE, at("11:59:55") + 0.02 * n * SECOND
        world.report(ward, when, 4_000, known_at=known_at)
    end = at("11:59:56")
    Order.objects.filter(pk=ward.order.pk).update(
        in_force=DateTimeTZRange(ward.order.in_force.lower, end), revoked_at=end, version=2
    )
    for second in ("11:59:59", "12:00:00", "12:00:10", "12:01"):
        world.step(at(second))
    assert ward.alerts(ZONE) == [(ZONE, "cleared", at("10:02"), end)]
    assert not WearerState.objects.exists()
