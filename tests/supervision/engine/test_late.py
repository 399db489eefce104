# SPDX-License-Identifier: EUPL-1.2
"""Late fixes in the engine: judged again out of the fix store, the same as a replay."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from supervision.trails import NIGHTS, circle, condition, judged, order, place

from tarazy.supervision.judging.subjects import Arrival
from tarazy.supervision.models import Alert, PresenceChange, WearerState
from tarazy.supervision.presence.interface import Sighting
from tarazy.supervision.replay.course import Replayed

CURFEW, START, ZONE = "S-CURFEW-ABSENCE", "S-CURFEW-START", "S-INCLUSION-EXIT"
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


def upload(world: Any, ward: Any, places: Sequence[tuple[datetime, float]], back: Any) -> None:
    """Stored reports, sent one after the other."""
    for n, (when, away_m) in enumerate(places):
        world.report(ward, when, away_m, known_at=back + 0.3 * n * SECOND)


def waited(since: datetime, minutes: int, away_m: float) -> list[tuple[datetime, float]]:
    return [(since + n * MINUTE, away_m) for n in range(minutes)]


def believed() -> list[tuple[str, datetime]]:
    found = PresenceChange.objects.filter(superseded_at=None).order_by("at", "pk")
    return [(one.state, one.at) for one in found]


@pytest.mark.parametrize("killed", [False, True])
def test_a_stored_departure_is_found_after_the_upload(world: Any, at: Any, killed: bool) -> None:
    ward = world.ward()
    ward.condition("inclusion", radius_m=1_000)
    world.stay(ward, at("10:00"), 10, 0)
    world.step(at("10:10"))
    world.step(at("10:40"))
    stored = [*waited(at("10:10"), 20, 4_000), *waited(at("10:30"), 10, 0)]
    upload(world, ward, stored, at("10:40"))
    world.step(at("10:40:10"))
    assert WearerState.objects.get().late is not None
    if killed:
        world.restart()
    result = world.step(at("10:40:20"))
    assert ward.alerts(ZONE) == [(ZONE, "cleared", at("10:12"), at("10:30"))]
    assert result.raised == 1
    state = WearerState.objects.get()
    assert (state.late, state.at) == (None, at("10:39"))
    assert [one for one, _ in believed()] == ["inside", "outside", "inside"]
    denied = PresenceChange.objects.exclude(superseded_at=None)
    assert [one.state for one in denied.order_by("at")][:1] == ["unknown"]
    world.step(at("10:41"))
    assert len(ward.alerts(ZONE)) == 1


def test_an_alert_that_late_fixes_deny_is_withdrawn(world: Any, at: Any) -> None:
    ward = world.ward()
    ward.condition("home_curfew", timetable=NIGHTS)
    world.stay(ward, at("16:30"), 25, 3_000)
    world.step(at("16:55"))
    world.step(at("17:03"))
    assert ward.alerts(START) == [(START, "active", at("17:00"), None)]
    upload(world, ward, waited(at("16:55"), 17, 0), at("17:15"))
    world.step(at("17:15:10"))
    world.step(at("17:15:30"))
    (alert,) = Alert.objects.filter(rule=START)
    assert alert.state == "withdrawn"
    sentences = [sentence for _, _, sentence in ward.versions(START)]
    assert sentences[-1] == "Withdrawn: reports that came later do not show it."
    assert WearerState.objects.get().urgency == "calm"


def test_what_people_closed_stays_closed(world: Any, at: Any) -> None:
    ward = world.ward()
    ward.condition("home_curfew", timetable=NIGHTS)
    world.stay(ward, at("16:30"), 25, 3_000)
    world.step(at("17:03"))
    Alert.objects.filter(rule=START).update(state="resolved")
    upload(world, ward, waited(at("16:55"), 17, 0), at("17:15"))
    world.step(at("17:15:10"))
    world.step(at("17:15:30"))
    assert [state for _, state, _, _ in ward.alerts(START)] == ["resolved"]


@pytest.mark.parametrize("state", ["acknowledged", "resolved"])
def test_what_is_denied_is_believed_no_more_whoever_has_it_in_hand(
    world: Any, at: Any, state: str
) -> None:
    ward = world.ward()
    ward.condition("home_curfew", timetable=NIGHTS)
    world.stay(ward, at("16:00"), 10, 3_000)
    world.stay(ward, at("16:45"), 10, 3_000)
    world.step(at("16:55"))
    world.step(at("17:03"))
    Alert.objects.filter(rule=START).update(state=state)
    for since, minutes, back in (("16:55", 17, "17:15"), ("16:10", 12, "17:40")):
        upload(world, ward, waited(at(since), minutes, 0), at(back))
        world.step(at(back) + 10 * SECOND)
        world.step(at(back) + 30 * SECOND)
    ((_, now, _, _),) = ward.alerts(START)
    assert now == state
    sentences = ["Not at {zone} when the curfew hours began. It needs checking."]
    sentences += ["Withdrawn: reports that came later do not show it."]
    assert ward.versions(START) == [
        (1, "active", sentences[0]),
        (2, "withdrawn", sentences[1]),
    ]


def replayed(ward: Any, told: dict[str, Any], trail: list[Arrival], until: Any) -> Replayed:
    period = {"since": ward.order.in_force.lower, "until": ward.order.in_force.upper}
    whole = order(told, in_force={name: when.isoformat() for name, when in period.items()})
    return judged(whole, trail, until)


def reports(at: Any, seed: int) -> list[tuple[datetime, datetime, float]]:
    """Known at, at, metres away: somebody who comes and goes, through a network that fails."""
    chance, waits, away, found = random.Random(seed), 0, 0.0, []
    for n in range(240):
        when = at("09:00") + n * MINUTE
        if chance.random() < 0.05:
            away = chance.choice([0, 0, 4_000])
        if chance.random() < 0.04:
            waits = n + chance.randint(5, 40)
        known = (at("09:00") + waits * MINUTE if waits > n else when) + 3 * SECOND
        found.append((known, when, away))
    return sorted(found)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_engine_and_a_replay_believe_the_same(world: Any, at: Any, seed: int) -> None:
    ward = world.ward()
    zone = ward.condition("inclusion", radius_m=1_000).zone
    coming = reports(at, seed)
    trail = [
        Arrival(0, when, known, Sighting(when, *place(away), 10.0), None, None, frozenset())
        for known, when, away in coming
    ]
    now = at("09:00")
    while now <= at("14:00"):
        while coming and coming[0][0] <= now:
            known, when, away = coming.pop(0)
            world.report(ward, when, away, known_at=known)
        world.step(now)
        now += 40 * SECOND
    told = condition("inclusion", circle(radius_m=1_000), name=zone.name)
    done = replayed(ward, told, trail, now)
    (watched,) = done.subject.watched
    assert believed() == [(one.presence.value, one.at) for one in watched.changes]
    episodes = next(each for cause, each in done.subject.episodes.items() if cause[0] == ZONE)
    found = Alert.objects.filter(rule=ZONE).exclude(state="withdrawn").order_by("since")
    assert [(one.since, one.until) for one in found] == [(one.since, one.until) for one in episodes]
    assert done.judgements_again > 2


def test_what_is_read_too_late_for_its_moment_makes_no_storm(world: Any, at: Any) -> None:
    """Reports that were known long ago and become visible only now: one silence, ended once."""
    ward = world.ward()
    ward.condition("inclusion", radius_m=1_000)
    world.step(at("08:00"))
    world.stay(ward, at("06:01"), 119, 0)
    result = world.step(at("08:00:10"))
    assert (result.raised, result.changed, result.cleared) == (0, 0, 1)
    assert [state for _, state, _, _ in ward.alerts()] == ["cleared"]
