# SPDX-License-Identifier: EUPL-1.2
"""What orders demand, in the engine as in a replay: zones, buffers, hours, absences."""

import random
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from supervision.trails import circle, condition, judged, order, place

from tarazy.supervision.engine import Engine, demands, loading
from tarazy.supervision.judging.subjects import Arrival
from tarazy.supervision.models import (
    Alert,
    Condition,
    FacetState,
    PermittedAbsence,
    PresenceChange,
    Zone,
)
from tarazy.supervision.presence.geometry import Corridor, Places
from tarazy.supervision.presence.interface import Sighting

CURFEW, ZONE, KEEP_OUT = "S-CURFEW-START", "S-INCLUSION-EXIT", "S-EXCLUSION-ENTRY"
BUFFER, CROSSING = "S-BUFFER-ENTRY", "S-POSSIBLE-CROSSING"
NIGHTS = [{"days": [0, 1, 2, 3, 4, 5, 6], "from": "22:00", "until": "06:00"}]
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


def grant(ward: Any, since: datetime, until: datetime, now: datetime) -> PermittedAbsence:
    return PermittedAbsence.objects.create(
        order=ward.order,
        period=DateTimeTZRange(since, until),
        reason="hospital",
        decided_by="the court",
        granted_at=now,
        granted_by="usr_1",
    )


def schools(*away_m: float) -> Zone:
    """A class of shared zones east of the home, and the zone that stands for all of them."""
    for n, each in enumerate(away_m):
        lat, lon = place(each)
        shape = {"kind": "circle", "lat": lat, "lon": lon, "radius_m": 200.0}
        Zone.objects.create(place_class="school", name=f"No. {n + 1}", **shape)
    return Zone.objects.create(kind="places", place_class="school", name="Schools")


def about(ward: Any, zone: Zone, **more: Any) -> Condition:
    return Condition.objects.create(
        order=ward.order, kind="exclusion", zone=zone, period=ward.order.in_force, **more
    )


def coming(at: Any, seed: int) -> list[tuple[datetime, datetime, float]]:
    """Known at, at, metres away: somebody who drives about, through a network that fails."""
    chance, waits, away, found = random.Random(seed), 0, 0.0, []
    for n in range(90):
        when = at("09:00") + n * MINUTE
        if chance.random() < 0.2:
            away = chance.choice([0, 0, 1_500, 2_600, 3_800, 4_000, 6_000])
        if chance.random() < 0.04:
            waits = n + chance.randint(5, 30)
        known = (at("09:00") + waits * MINUTE if waits > n else when) + 3 * SECOND
        found.append((known, when, away + chance.gauss(0, 10)))
    return sorted(found)


def believed(facet: str) -> list[tuple[str, str, datetime]]:
    found = PresenceChange.objects.filter(superseded_at=None, facet=facet)
    return sorted((one.condition.public_id, one.state, one.at) for one in found)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_engine_and_a_replay_believe_the_same_of_every_facet(
    world: Any, at: Any, seed: int
) -> None:
    ward = world.ward()
    rows = [
        ward.condition("inclusion", radius_m=1_000, buffer_m=300),
        ward.condition("exclusion", away_m=2_000, radius_m=300, buffer_m=800),
        about(ward, schools(5_000, 7_000), buffer_m=500),
    ]
    trail = [
        Arrival(0, when, known, Sighting(when, *place(away), 10.0), None, None, frozenset())
        for known, when, away in coming(at, seed)
    ]
    reports, now, granted = coming(at, seed), at("09:00"), at("11:00")
    while now <= at("11:40"):
        while reports and reports[0][0] <= now:
            known, when, away = reports.pop(0)
            world.report(ward, when, away, known_at=known)
        if now == granted:
            grant(ward, at("09:30"), at("10:30"), now)
        world.step(now)
        now += MINUTE
    told_of = [
        condition("inclusion", circle(radius_m=1_000), name="1", buffer_m=300),
        condition("exclusion", circle(2_000, 300), name="2", buffer_m=800),
        condition("exclusion", {"kind": "places", "place_class": "s"}, name="3", buffer_m=500),
    ]
    shared = [
        {"name": f"No. {n + 1}", "place_class": "s", "zone": circle(away, 200)}
        for n, away in enumerate((5_000, 7_000))
    ]
    absence = {"since": at("09:30"), "until": at("10:30"), "granted_at": granted}
    period = {"since": ward.order.in_force.lower, "until": ward.order.in_force.upper}
    done = judged(
        order(
            *told_of,
            in_force={name: when.isoformat() for name, when in period.items()},
            shared_zones=shared,
            permitted_absences=[{name: when.isoformat() for name, when in absence.items()}],
        ),
        trail,
        now,
    )
    for facet in ("zone", "buffer", "passage"):
        expected = [
            (rows[int(one.zone_name) - 1].public_id, change.presence.value, change.at)
            for one in done.subject.watched
            for change in one.changes
            if one.facet == facet
        ]
        assert believed(facet) == sorted(expected)
    assert alerts_of(rows) == {
        (cause[0], cause[1], one.since, one.until)
        for cause, each in done.subject.episodes.items()
        for one in each
        if cause[1] is not None
    }
    assert done.judgements_again > 1


def alerts_of(rows: Sequence[Condition]) -> set[tuple[str, int, datetime, datetime | None]]:
    number = {row.pk: n for n, row in enumerate(rows)}
    found = Alert.objects.filter(condition__in=rows).exclude(state="withdrawn")
    return {(one.rule, number[one.condition_id or 0], one.since, one.until) for one in found}


def test_a_possible_crossing_survives_a_restart(world: Any, at: Any) -> None:
    ward = world.ward()
    ward.condition("exclusion", away_m=2_000, radius_m=300)
    world.stay(ward, at("10:00"), 5, 0)
    for n, away in enumerate((1_500, 2_600, 4_000)):
        world.report(ward, at("10:05") + n * MINUTE, away)
        world.step(at("10:05:10") + n * MINUTE)
        world.restart()
    assert ward.alerts(CROSSING) == [(CROSSING, "cleared", at("10:05"), at("10:06"))]
    assert [one.facet for one in FacetState.objects.all()] == ["passage"]
    assert len(FacetState.objects.get().evidence) == 3


def test_a_late_permission_withdraws_the_alert_with_its_reason(world: Any, at: Any) -> None:
    ward = world.ward()
    ward.condition("home_curfew", timetable=NIGHTS)
    world.stay(ward, at("16:30"), 60, 3_000)
    world.step(at("17:30"))
    assert ward.alerts(CURFEW) == [(CURFEW, "active", at("17:00"), None)]
    absence = grant(ward, at("12:00"), at("12:00", day=3), at("17:31"))
    world.step(at("17:41"))
    ((_, state, since, _),) = ward.alerts(CURFEW)
    assert (state, since) == ("withdrawn", at("17:00"))
    sentence = "Withdrawn: an absence was permitted for that time."
    assert ward.versions(CURFEW)[-1] == (2, "withdrawn", sentence)
    absence.refresh_from_db()
    assert absence.judged_until == at("12:00", day=3)
    world.restart()
    world.step(at("17:52"))
    assert len(ward.versions(CURFEW)) == 2
    absence.withdrawn_at = at("18:00")
    absence.save(update_fields=["withdrawn_at"])
    world.stay(ward, at("17:52"), 20, 3_000)
    world.step(at("18:13"))
    assert ward.alerts(CURFEW)[-1] == (CURFEW, "active", at("18:00"), None)


def test_an_absence_that_is_granted_while_another_is_judged_waits_its_turn(
    world: Any, at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ward = world.ward()
    ward.condition("home_curfew", timetable=NIGHTS)
    world.stay(ward, at("16:30"), 60, 3_000)
    world.step(at("17:30"))
    grant(ward, at("10:00"), at("11:00"), at("17:31"))
    steps = sys.modules[Engine.__module__]
    permit = steps.permit

    def grant_meanwhile(*asked: Any) -> Any:
        if PermittedAbsence.objects.count() == 1:
            grant(ward, at("12:00"), at("12:00", day=3), at("17:32"))
        return permit(*asked)

    monkeypatch.setattr(steps, "permit", grant_meanwhile)
    world.step(at("17:41"))
    assert [state for _, state, _, _ in ward.alerts(CURFEW)] == ["active"]
    world.step(at("17:52"))
    assert [state for _, state, _, _ in ward.alerts(CURFEW)] == ["withdrawn"]


def test_an_exception_and_a_priority_out_of_the_tables(world: Any, at: Any) -> None:
    ward = world.ward()
    free = [{"date": f"{at('12:00'):%Y-%m-%d}", "hours": []}]
    ward.condition("home_curfew", timetable=NIGHTS, exceptions=free)
    world.stay(ward, at("16:30"), 60, 3_000)
    world.step(at("17:30"))
    assert ward.alerts(CURFEW) == []
    work = ward.condition("inclusion", away_m=3_000, radius_m=500, priority=1)
    found = loading.subjects([ward.order.pk], at("17:31"), at("06:00"))
    (home, *_) = found[0].watched
    assert [one.period for one in home.outranked_by] == [(work.period.lower, work.period.upper)]


def test_zones_of_every_kind_are_read(world: Any, at: Any) -> None:
    ward = world.ward()
    line = [[list(place(each)[::-1]) for each in (0, 4_000)]]
    way = Zone.objects.create(
        person=ward.person, name="way", kind="corridor", rings=line, radius_m=200
    )
    Condition.objects.create(
        order=ward.order, kind="inclusion", zone=way, period=ward.order.in_force
    )
    about(ward, schools(5_000))
    (subject,) = loading.subjects([ward.order.pk], at("07:00"), at("06:00"))
    corridor, school, passage = subject.watched
    assert isinstance(corridor.zone, Corridor)
    assert isinstance(school.zone, Places)
    assert (school.zone_name, school.zone.names) == ("Schools", ("No. 1",))
    assert passage.zone is school.zone
    lat, lon = place(9_000)
    shape = {"kind": "circle", "lat": lat, "lon": lon, "radius_m": 200.0}
    (before,) = loading.signs(at("06:30"), at("07:00"), 0, 10).values()
    Zone.objects.create(place_class="school", name="No. 2", **shape)
    (after,) = loading.signs(at("06:30"), at("07:00"), 0, 10).values()
    assert before != after
    (subject,) = loading.subjects([ward.order.pk], at("07:00"), at("06:00"))
    assert isinstance(subject.watched[1].zone, Places)
    assert subject.watched[1].zone.names == ("No. 1", "No. 2")
    Zone.objects.filter(name="No. 1").update(removed_at=at("06:50"))
    (removed,) = loading.signs(at("06:30"), at("07:00"), 0, 10).values()
    assert removed not in {before, after}
    (subject,) = loading.subjects([ward.order.pk], at("07:00"), at("06:00"))
    assert isinstance(subject.watched[1].zone, Places)
    assert subject.watched[1].zone.names == ("No. 2",)


def test_what_is_newly_permitted(world: Any, at: Any) -> None:
    ward = world.ward()
    assert demands.newly_permitted([ward.order.pk]) == {}
    one = grant(ward, at("12:00"), at("14:00"), at("11:00"))
    (told,) = demands.newly_permitted([ward.order.pk]).values()
    assert (told.since, told.absences) == (at("12:00"), ((at("12:00"), at("14:00")),))
    one.judged_until = one.until
    one.save(update_fields=["judged_until", "withdrawn_at"])
    assert demands.newly_permitted([ward.order.pk]) == {}
    one.withdrawn_at = at("11:30")
    one.save(update_fields=["judged_until", "withdrawn_at"])
    (told,) = demands.newly_permitted([ward.order.pk]).values()
    assert told.absences == ()
