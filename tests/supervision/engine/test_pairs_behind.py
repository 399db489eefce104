# SPDX-License-Identifier: EUPL-1.2
"""Pairs of an engine that is behind: it must not know what it has not read."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from supervision.engine.paired import bind, forbid, protected, report_of
from supervision.engine.test_pairs import CLOSE, CONTACT, NEAR, UNJUDGED, reports, told
from supervision.pairing import at_m

from tarazy.supervision.engine import Engine, pair_loading, pairs
from tarazy.supervision.judging.pairs import judge_pair, unheard
from tarazy.supervision.models import PairChange, PairState
from tarazy.supervision.presence.interface import Sighting
from tarazy.supervision.presence.pairs import OTHER, OWN, Placed

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


@pytest.fixture(params=[7, 40, 5_000])
def fixes_max(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """How much is read in a step; of protected people, too."""
    most: int = request.param
    monkeypatch.setattr(pairs, "FIXES_MAX", most)
    return most


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("of_victim", [False, True])
def test_who_catches_up_believes_what_a_replay_does(
    world: Any, at: Any, seed: int, fixes_max: int, *, of_victim: bool
) -> None:
    one = world.ward()
    other = protected(at("06:00")) if of_victim else world.ward()
    demand = bind(one, other) if of_victim else forbid(one, other)
    if not of_victim:
        forbid(other, one)
    trail = list[Placed]()
    coming = sorted(
        (known, when, away, side)
        for side in (OWN, OTHER)
        for known, when, away in reports(at, seed, side)
    )
    for known, when, away, side in coming:
        trail.append(Placed(side, Sighting(when, *at_m(away), 10.0), known))
        if of_victim and side == OTHER:
            report_of(world, other, when, away, known_at=known)
        else:
            world.report(one if side == OWN else other, when, away, known_at=known)
    bond = pair_loading.demands(at("09:00"))[demand.pk].bond
    now = at("12:40")
    world.engine = Engine(fixes_max=fixes_max)
    while world.step(now).more:
        pass
    world.step(now + MINUTE)
    state = PairState.objects.get(pk=demand.pk)
    replayed = judge_pair(bond, unheard(bond), trail, state.judged_to)
    for (_, metres), expected in zip(bond.radii, replayed.after.changes, strict=True):
        rows = PairChange.objects.filter(no_contact=demand, radius_m=metres, superseded_at=None)
        assert [(row.state, row.at, row.known_at) for row in rows.order_by("at", "pk")] == [
            (change.presence.value, change.at, change.known_at) for change in expected
        ]
    live = [row for row in one.alerts(CLOSE, NEAR, CONTACT, UNJUDGED) if row[1] != "withdrawn"]
    assert sorted(live) == told(replayed)


@dataclass
class Met:
    """Two who may not meet, each minute apart, then silent, then together."""

    world: Any
    one: Any
    other: Any
    trail: list[Placed] = field(default_factory=list)

    def report(self, when: datetime, away_m: float) -> None:
        """Both, in the same moment."""
        for side, ward, where in ((OWN, self.one, 0.0), (OTHER, self.other, away_m)):
            self.world.report(ward, when, where)
            self.trail.append(Placed(side, Sighting(when, *at_m(where), 10.0), when))

    def meet(self, since: datetime) -> None:
        """Together for a minute."""
        for n in range(6):
            self.report(since + (5 + 10 * n) * SECOND, 0)


@pytest.mark.parametrize("meanwhile", [False, True])
def test_what_is_committed_while_a_step_judges_is_news_of_the_next(
    world: Any, at: Any, monkeypatch: pytest.MonkeyPatch, meanwhile: bool
) -> None:
    met = Met(world, world.ward(), world.ward())
    demand = forbid(met.one, met.other)
    forbid(met.other, met.one)
    for n in range(20):
        met.report(at("10:00") + n * MINUTE, 4_000)
    world.step(at("10:20"))
    due: Any = PairState.objects.get(pk=demand.pk).due
    befores = pair_loading.befores

    def meet_first(*asked: Any) -> Any:
        monkeypatch.undo()
        met.meet(due)
        return befores(*asked)

    if meanwhile:
        monkeypatch.setattr(pair_loading, "befores", meet_first)
    world.step(due + 4 * SECOND)
    if not meanwhile:
        met.meet(due)
    for n in range(1, 8):
        world.step(due + n * 20 * SECOND)
    bond = pair_loading.demands(at("10:00"))[demand.pk].bond
    until = PairState.objects.get(pk=demand.pk).judged_to
    (expected,) = judge_pair(bond, unheard(bond), met.trail, until).after.changes
    assert [one.presence.value for one in expected] == ["outside", "unknown", "inside"]
    rows = PairChange.objects.filter(no_contact=demand).order_by("pk")
    assert [(row.state, row.at, row.known_at, row.superseded_at) for row in rows] == [
        (one.presence.value, one.at, one.known_at, None) for one in expected
    ]
