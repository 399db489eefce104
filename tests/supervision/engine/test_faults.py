# SPDX-License-Identifier: EUPL-1.2
"""Our own outage, and everybody back at once: no alert twice, none missing, none different from a
replay of the same reports."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from supervision.engine.test_process import CHANGES, FOUND, MINUTES, WARDS, fill
from supervision.trails import circle, condition, judged, order, place

from tarazy.core import clock
from tarazy.supervision.engine import Engine, rounds
from tarazy.supervision.judging.subjects import Arrival
from tarazy.supervision.models import Alert, Outage, WearerState
from tarazy.supervision.presence.interface import Sighting

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
PEOPLE, STORED = 12, 40
"""A fresh database has used some hundred transactions, and the engine reads none newer than it."""


@dataclass(frozen=True)
class Report:
    """One report on its way to the fix store."""

    known: datetime
    when: datetime
    away_m: float


def believed(ward: Any, *, since: datetime) -> list[tuple[Any, ...]]:
    """The alerts of a person that nobody has withdrawn."""
    found = Alert.objects.filter(person=ward.person).exclude(state="withdrawn")
    rows = found.order_by("rule", "since").values_list("rule", "since", "until")
    return [row for row in rows if row[2] is None or row[2] >= since]


def replayed(
    ward: Any, zone: Any, told: list[Report], until: datetime, outages: list[Any]
) -> list[tuple[Any, ...]]:
    """The same by a replay of the same reports."""
    period = {"since": ward.order.in_force.lower, "until": ward.order.in_force.upper}
    whole = order(
        condition("inclusion", circle(radius_m=1_000), name=zone.name),
        in_force={name: when.isoformat() for name, when in period.items()},
        outages=[
            {"since": one.since.isoformat(), "until": one.until.isoformat()} for one in outages
        ],
    )
    trail = [
        Arrival(
            *(0, one.when, one.known, Sighting(one.when, *place(one.away_m), 10.0)),
            *(None, None, frozenset()),
        )
        for one in told
    ]
    done = judged(whole, trail, until)
    return sorted(
        (cause[0], episode.since, episode.until)
        for cause, each in done.subject.episodes.items()
        for episode in each
    )


@pytest.mark.parametrize("hurried", [False, True], ids=["in time", "with no time in a step"])
def test_everybody_back_at_once(  # noqa: C901 - a story
    world: Any, at: Any, monkeypatch: Any, hurried: bool
) -> None:
    if hurried:  # each step has had its time at once, and does one group
        monkeypatch.setattr(rounds, "BUDGET_S", 0.05)
        monkeypatch.setattr(rounds, "GROUP", 3)
    chance = random.Random(7)
    wards = [world.ward() for _ in range(PEOPLE)]
    zones = [ward.condition("inclusion", radius_m=1_000).zone for ward in wards]
    told: list[list[Report]] = [[] for _ in wards]
    back = at("10:00") + STORED * MINUTE
    for number in range(PEOPLE):
        for n in range(-10, 0):
            when = at("10:00") + n * MINUTE
            told[number].append(Report(when, when, 0))
        left, home = chance.randint(0, 20), chance.randint(22, 45)
        for n in range(STORED):
            away = 4_000 if number % 2 and left <= n < home else 0
            known = back + chance.uniform(0, 3) * SECOND
            told[number].append(Report(known, at("10:00") + n * MINUTE, away))
        told[number].sort(key=lambda one: (one.known, one.when))
    coming = sorted(
        ((one, ward) for ward, each in zip(wards, told, strict=True) for one in each),
        key=lambda one: (one[0].known, one[0].when),
    )
    now = at("09:59")
    while now <= back + 5 * MINUTE:
        while coming and coming[0][0].known <= now:
            one, ward = coming.pop(0)
            world.report(ward, one.when, one.away_m, known_at=one.known)
        world.step(now)
        now += 7 * SECOND if back - MINUTE < now else 47 * SECOND
    while world.step(now).more or WearerState.objects.exclude(late=None).exists():
        now += SECOND
    for ward, zone, each in zip(wards, zones, told, strict=True):
        expected = replayed(ward, zone, each, now - 2 * SECOND, [])
        assert believed(ward, since=at("06:00")) == expected
    running = Alert.objects.filter(until=None).values_list("person", "rule", "condition")
    assert len(running) == len(set(running))
    assert Alert.objects.filter(rule="S-INCLUSION-EXIT").count() == PEOPLE // 2


def test_ten_minutes_without_our_gateway(world: Any, at: Any) -> None:  # noqa: C901 - a story
    wards = [world.ward() for _ in range(8)]
    zones = [ward.condition("inclusion", radius_m=1_000).zone for ward in wards]
    told: list[list[Report]] = [[] for _ in wards]
    gone, back = at("10:00"), at("10:10")
    now = at("09:40")
    while now < gone:
        for number, ward in enumerate(wards):
            world.report(ward, now, 0)
            told[number].append(Report(now, now, 0))
        world.step(now + SECOND)
        now += MINUTE
    world.beat(gone)
    while now < back:
        world.step(now, beat=False)
        now += 20 * SECOND
    world.beat(back)
    for number, ward in enumerate(wards[:-1]):  # the last one does not come back
        for n in range(10):
            away = 5_000 if number == 0 else 0
            known = back + (1 + n / 10) * SECOND
            world.report(ward, gone + n * MINUTE, away, known_at=known)
            told[number].append(Report(known, gone + n * MINUTE, away))
    for n in range(45):
        now = back + n * 30 * SECOND
        if n % 2 == 0:
            for number, ward in enumerate(wards[:-1]):
                world.report(ward, now + 5 * SECOND, 0)
                told[number].append(Report(now + 5 * SECOND, now + 5 * SECOND, 0))
        world.beat(now + 10 * SECOND)
        world.step(now + 10 * SECOND, beat=False)
    (own,) = Alert.objects.filter(person=None)
    assert (own.rule, own.since, own.until) == ("S-OUTAGE", gone, back)
    outages = list(Outage.objects.all())
    assert [(one.since, one.until) for one in outages] == [(gone, back)]
    for ward, zone, each in zip(wards, zones, told, strict=True):
        expected = replayed(ward, zone, each, now + 8 * SECOND, outages)
        assert believed(ward, since=at("06:00")) == expected
    silent = Alert.objects.filter(rule="S-SIGNAL-LOST", since__gte=gone)
    assert [one.person_id for one in silent] == [wards[-1].person.pk]


@pytest.mark.parametrize("restarts", [(0,), (1,), (0, 2), (0, 1, 2, 3, 4)], ids=str)
def test_an_engine_that_starts_again_finds_what_one_that_ran_on_finds(
    db: None,
    world_class: type[Any],
    restarts: tuple[int, ...],
) -> None:
    now = clock.now()
    world = world_class(since=now - (MINUTES + 90) * MINUTE)
    fill(world, now)
    world.listen(now - (MINUTES + 90) * MINUTE, now + 60 * MINUTE)
    with connection.cursor() as cursor:
        expected, found = (
            ran(world, now, cursor, often) for often in (frozenset[int](), frozenset(restarts))
        )
    assert len(expected[0]) > WARDS
    assert found == expected


def ran(world: Any, now: datetime, cursor: Any, restarts: frozenset[int]) -> list[Any]:
    """What an engine finds that starts again after some steps; its tables are as before then."""
    with transaction.atomic():
        world.engine, n = Engine(fixes_max=40), 0
        while world.engine.step(now).more:
            if n in restarts:
                world.engine = Engine(fixes_max=40)
            n += 1
        told = []
        for query in (FOUND, CHANGES):
            cursor.execute(query)
            told.append(cursor.fetchall())
        transaction.set_rollback(True)
    return told
