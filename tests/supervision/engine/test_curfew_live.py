# SPDX-License-Identifier: EUPL-1.2
"""A curfew's alerts come from the engine as from a replay: late for it, out of it, and adrift."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from supervision.trails import NIGHTS, ZONE, arrival, condition, judged, order

from tarazy.supervision.engine.step import TIMER_GRACE
from tarazy.supervision.judging.subjects import Arrival
from tarazy.supervision.models import Alert, AlertVersion, Outage, PresenceState

MINUTE = timedelta(minutes=1)
EVERY = timedelta(minutes=3)
BEHIND = timedelta(seconds=5)
START, ABSENCE = "S-CURFEW-START", "S-CURFEW-ABSENCE"
WALK_M, CREEP_M = 80.0, 9.0
"""In a minute."""


def there(*parts: tuple[int, float | None, float | None]) -> Iterator[float | None]:
    """Metres from home each minute: so many minutes from here to there; None is silence."""
    for minutes, since_m, until_m in parts:
        for n in range(minutes):
            if since_m is None or until_m is None:
                yield None
            else:
                yield since_m + (until_m - since_m) * n / minutes


STORIES = {
    "not there when it begins": ({START}, "16:00", [*there((5, 0, 0), (110, 4_000, 4_000))]),
    "there some minutes late": (
        {START},
        "16:00",
        [*there((20, 0, 0), (47, 4_000, 4_000), (30, 0, 0))],
    ),
    "walks out in the night": (
        {ABSENCE},
        "18:00",
        [*there((20, 0, 0), (9, 20, 20 + 9 * WALK_M), (25, 740, 740), (9, 740, 0), (15, 0, 0))],
    ),
    "not there, and told of in bursts": (
        {START},
        "16:00",
        [*there((5, 0, 0), *((4, 4_000, 4_000), (20, None, None)) * 8, (10, 0, 0))],
    ),
    "drifts away and back": (
        set(),
        "18:00",
        [*there((20, 90, 90), (18, 90, 90 + 18 * CREEP_M), (20, 250, 250), (20, 0, 0))],
    ),
}


@pytest.mark.parametrize("name", sorted(STORIES))
def test_the_engine_and_a_replay_say_the_same_of_a_curfew(world: Any, at: Any, name: str) -> None:
    rules, begin, metres = STORIES[name]
    ward = world.ward()
    zone = ward.condition("home_curfew", timetable=NIGHTS).zone
    told = [(at(begin) + n * MINUTE, away) for n, away in enumerate(metres) if away is not None]
    waiting, now, last = list(told), told[0][0], told[-1][0] + 3 * MINUTE
    while now <= last:
        while waiting and waiting[0][0] <= now:
            world.report(ward, *waiting.pop(0))
        world.step(now + BEHIND)
        if now.minute % 2 == 0:
            world.restart()  # how a place was reached must be in the tables
        now += EVERY
    home = condition("home_curfew", name=zone.name, timetable=NIGHTS)
    period = {"since": ward.order.in_force.lower, "until": ward.order.in_force.upper}
    whole = order(home, in_force={key: when.isoformat() for key, when in period.items()})
    until: datetime = now - EVERY + BEHIND - TIMER_GRACE
    done = judged(whole, [arrival(when, away) for when, away in told], until)
    expected = {
        (code, one.since, one.until, one.last.ended or one.last.breach.sentence)
        for (code, _), episodes in done.subject.episodes.items()
        for one in episodes
    }
    assert {code for code, *_ in expected} & {START, ABSENCE} == rules
    found = Alert.objects.filter(person=ward.person)
    assert expected == {
        (one.rule, one.since, one.until, one.versions.get(number=one.version).sentence)
        for one in found
    }
    (watched,), row = done.subject.watched, PresenceState.objects.get()
    state = watched.state
    assert (row.state, row.log_odds) == (state.presence.value, state.log_odds)
    assert (row.beyond_m, row.crept_m) == (state.beyond_m, state.crept_m)


@pytest.mark.parametrize("kind", ["home_curfew", "inclusion"])
def test_nobody_is_called_for_what_our_own_outage_hid(  # noqa: C901 - a story
    world: Any, at: Any, kind: str
) -> None:
    """The hours begin at 17:00, in ten minutes of ours: one comes home in them, one stays away."""
    wards = [world.ward(), world.ward()]
    zones = [ward.condition(kind, timetable=NIGHTS).zone for ward in wards]
    gone, back = at("16:55"), at("17:05")
    told: list[list[Arrival]] = [[], []]

    def report(number: int, when: datetime, away_m: float, known_at: datetime) -> None:
        world.report(wards[number], when, away_m, known_at=known_at)
        told[number].append(arrival(when, away_m, known_at))

    for n in range(15):
        for number in (0, 1):
            report(number, at("16:40") + n * MINUTE, 3_000, at("16:40") + n * MINUTE)
        world.step(at("16:40") + n * MINUTE + BEHIND)
    world.beat(gone)
    for n in range(30):
        world.step(gone + n * timedelta(seconds=20), beat=False)
        assert not Alert.objects.filter(rule__in=[START, ZONE]).exists()
    world.beat(back)
    for n in range(10):
        for number, away_m in ((0, 0 if n > 2 else 2_000), (1, 3_000)):
            report(number, gone + n * MINUTE, away_m, back + (1 + n / 10) * timedelta(seconds=1))
    now = back
    for n in range(10):
        now = back + n * MINUTE
        report(0, now, 0, now)
        report(1, now, 3_000, now)
        for _ in range(2):
            now += BEHIND
            world.beat(now)
            world.step(now, beat=False)
    rule = START if kind == "home_curfew" else ZONE
    (raised,) = Alert.objects.filter(rule=rule)
    assert (raised.person, raised.since, raised.until) == (wards[1].person, at("17:00"), None)
    (outage,) = Outage.objects.all()
    away = {"since": outage.since.isoformat(), "until": outage.until.isoformat()}
    for ward, zone, each in zip(wards, zones, told, strict=True):
        period = {"since": ward.order.in_force.lower, "until": ward.order.in_force.upper}
        whole = order(
            condition(kind, name=zone.name, timetable=NIGHTS),
            in_force={key: when.isoformat() for key, when in period.items()},
            outages=[away],
        )
        done = judged(whole, each, now - TIMER_GRACE)
        turns = [(one.breach.since, one.until) for one in done.turns if one.cause[0] == rule]
        versions = AlertVersion.objects.filter(alert__person=ward.person, alert__rule=rule)
        assert turns == [(one.since, one.until) for one in versions]
