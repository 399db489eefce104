# SPDX-License-Identifier: EUPL-1.2
"""The demo at any hour: somebody always breaches, nearly everybody never does, and openers open."""

from datetime import UTC, datetime, timedelta
from functools import cache

import numpy as np
import pytest

from tarazy.supervision.simulate.demo import DemoPlan, Stage, demo_plan, history
from tarazy.supervision.simulate.geo import Floats
from tarazy.supervision.simulate.tracks import joined
from tarazy.supervision.simulate.truth import Happened, happened

NOW = datetime(2025, 11, 24, 3, 0, tzinfo=UTC)
PEOPLE = 200
DAY_S = 86_400


@cache
def plan_now() -> DemoPlan:
    return demo_plan(1, PEOPLE, NOW)


@cache
def acts() -> dict[int, list[Happened]]:
    """What truly happens to each person on the days around a start."""
    plan, started_at = plan_now(), NOW.timestamp()
    stage, found = Stage(plan, started_at), {}
    today = datetime.fromtimestamp(started_at, UTC).toordinal()
    for wearer in plan.population.wearers:
        days = [stage.day(wearer, number) for number in range(today - 2, today + 3)]
        silences = [silence for day in days for silence in day.silences]
        track = joined([day.track for day in days])
        found[wearer.person.index] = happened(wearer, track, silences)
    return found


def in_breach(kind: str | None = None) -> Floats:
    """How many are in breach at each half minute of the day after the start."""
    grid = NOW.timestamp() + np.arange(0, DAY_S, 30.0)
    count = np.zeros(len(grid))
    for line in (line for lines in acts().values() for line in lines):
        since, until = (datetime.fromisoformat(t).timestamp() for t in (line.since, line.until))
        if kind in (None, line.kind):
            count += (grid >= since) & (grid < until)
    return count


def test_only_the_cast_breaches() -> None:
    assert {index for index, lines in acts().items() if lines} == set(plan_now().cast)


def test_two_to_four_percent_are_in_breach_at_any_time() -> None:
    share = in_breach() / PEOPLE
    assert 0.01 < share.mean() < 0.03
    assert share.max() <= 0.04


@pytest.mark.parametrize("kind", ["entered_exclusion", "left_home_in_curfew", "silent"])
def test_every_kind_is_seen_at_every_hour(kind: str) -> None:
    seen = in_breach(kind) > 0
    quarters = seen.reshape(-1, 30)  # a quarter of an hour each
    assert quarters.any(axis=1).all()


@pytest.mark.parametrize("hour", [0, 4, 9, 13, 18, 23])
def test_openers_breach_soon_after_any_start(hour: int) -> None:
    start = (NOW + timedelta(days=1, hours=hour)).timestamp() + 7.0
    stage, soon = Stage(plan_now(), start), {}
    for index, part in plan_now().cast.items():
        if part.opens:
            wearer = plan_now().population.wearers[index]
            day = stage.day_at(index, start)
            (line,) = happened(wearer, day.track, list(day.silences))
            soon[line.kind] = datetime.fromisoformat(line.since).timestamp() - start
    assert 0 < soon["entered_exclusion"] < 60
    assert 0 < soon["left_home_in_curfew"] < 45
    assert 0 < soon["silent"] < 90


def test_a_second_start_finds_everybody_else_where_they_would_have_been() -> None:
    later = NOW.timestamp() + 1000.0
    again = demo_plan(1, PEOPLE, NOW + timedelta(days=3))
    one, other = Stage(plan_now(), NOW.timestamp()), Stage(again, later - 5)
    for index in range(PEOPLE):
        if index not in plan_now().cast or not plan_now().cast[index].opens:
            places = [
                stage.day_at(index, later).track.positions(np.array([later]))
                for stage in (one, other)
            ]
            assert np.allclose(places[0], places[1])


def test_orders_are_in_force_from_30_days_ago_until_60_days_ahead() -> None:
    for person in plan_now().people:
        assert person.order.in_force_from <= NOW - timedelta(days=30)
        assert person.order.in_force_until >= NOW + timedelta(days=59)


def test_history_leads_to_where_the_person_is() -> None:
    now = NOW.timestamp()
    for index in range(0, PEOPLE, 9):
        reports = history(plan_now(), index, now - 6 * 3600, now)
        assert all(now - 6 * 3600 <= report.at < now for report in reports)
        part = plan_now().cast.get(index)
        if part is None or part.turn.act != "fall_silent":
            assert len(reports) > 60
            assert now - reports[-1].at <= 300
        day = Stage(plan_now()).day_at(index, reports[-1].at)
        east, north = day.track.positions(np.array([reports[-1].at]))
        lat, lon = (np.array([value]) for value in (reports[-1].lat, reports[-1].lon))
        said_east, said_north = plan_now().city.plane.flat(lat, lon)
        assert np.hypot(said_east - east, said_north - north)[0] < 100


def test_a_small_demo_is_refused_and_a_large_one_has_a_larger_cast() -> None:
    with pytest.raises(ValueError, match="at least"):
        demo_plan(1, 10, NOW)
    assert len(demo_plan(1, 50, NOW).cast) < len(plan_now().cast)
