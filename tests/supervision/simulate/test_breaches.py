# SPDX-License-Identifier: EUPL-1.2
"""True days: along the streets, lawful unless a breach is planted, each day from home to home."""

from dataclasses import replace
from datetime import date, datetime
from functools import cache

import numpy as np
import pytest
import shapely
from msgspec import structs

from tarazy.supervision.simulate.breaches import Planting, Silence
from tarazy.supervision.simulate.city import DOOR_M
from tarazy.supervision.simulate.dataset import Sample, Simulation
from tarazy.supervision.simulate.people import Wearer
from tarazy.supervision.simulate.records import Order
from tarazy.supervision.simulate.tracks import Track
from tarazy.supervision.simulate.truth import happened

Tracks = list[tuple[Wearer, Track, list[Silence]]]


@cache
def simulation(planting: Planting) -> tuple[Simulation, Tracks]:
    made = Simulation(Sample(seed=5, people=60, days=7, start=date(2025, 3, 3), planting=planting))
    return made, [(wearer, *made.track(wearer)) for wearer in made.population.wearers]


LAWFUL = Planting(breach_chance=0, silence_chance=0)
UNLAWFUL = Planting(breach_chance=0.6, silence_chance=0.2)
AWAY = Planting(breach_chance=0.6, silence_chance=0, drive_share=1.0, absence_chance=1.0)
MINUTES = 60.0


def test_who_keeps_to_the_routine_keeps_to_the_order() -> None:
    for wearer, track, silences in simulation(LAWFUL)[1]:
        assert happened(wearer, track, silences) == []


def test_people_move_along_streets_at_human_speeds() -> None:
    made, tracks = simulation(LAWFUL)
    streets = made.population.city.street_lines
    shapely.prepare(streets)
    moved = 0
    for _, track, _ in tracks[:25]:
        at = np.arange(track.at[0], track.at[-1], 61.0)
        at = at[track.moving[track.knot_before(at)]]
        points = shapely.points(*track.positions(at))
        assert shapely.distance(points, streets).max(initial=0) < DOOR_M + 1
        assert np.hypot(*track.velocity_mps(at)).max(initial=0) < 11
        moved += len(at)
    assert moved > 2500


def test_each_day_starts_and_ends_at_home() -> None:
    made, tracks = simulation(UNLAWFUL)
    for wearer, track, _ in tracks:
        assert (np.diff(track.at) >= 0).all()
        for day in made.days:
            east, north = track.positions(np.array([wearer.life.day(day)[0]]))
            assert (east[0], north[0]) == pytest.approx(wearer.life.home.door)


def test_planted_breaches_are_beyond_the_fence_by_geometry() -> None:
    """Checked afresh, from the files' own words: places at 1 s against the zone's distance."""
    kinds = set()
    for wearer, track, silences in simulation(UNLAWFUL)[1]:
        for line in happened(wearer, track, silences):
            kinds.add(line.kind)
            if line.kind == "silent":
                assert line.cause in ("battery", "switched_off")
                continue
            number = [c.name for c in wearer.person.order.conditions].index(line.zone or "")
            sign = -1 if line.kind == "entered_exclusion" else 1
            since, until = (
                np.datetime64(text.removesuffix("Z")).astype("datetime64[s]").astype(float)
                for text in (line.since, line.until)
            )
            at = np.arange(since + 1, until)
            beyond = sign * wearer.fences[number].beyond_m(*track.positions(at))
            assert (beyond > 0).all()
            assert beyond.max(initial=0) == pytest.approx(line.farthest_m, abs=15)
            assert line.farthest_m is not None
            if line.kind != "absent_when_curfew_began":
                before = sign * wearer.fences[number].beyond_m(
                    *track.positions(np.array([since - 1, until + 1]))
                )
                assert (before <= 0).all()
    assert kinds == {
        "left_home_in_curfew",
        "absent_when_curfew_began",
        "entered_exclusion",
        "left_inclusion",
        "silent",
    }


def test_who_may_be_away_breaches_nothing_but_zones_to_keep_out_of() -> None:
    tracks = simulation(AWAY)[1]
    spared = 0
    for (wearer, track, silences), (_, other, _) in zip(
        tracks, simulation(UNLAWFUL)[1], strict=True
    ):
        (absence,) = wearer.person.order.permitted_absences
        assert track.at[0] < absence.since.timestamp() < absence.until.timestamp() < track.at[-1]
        for one in happened(wearer, track, silences):
            since, until = datetime.fromisoformat(one.since), datetime.fromisoformat(one.until)
            meets = since < absence.until and absence.since < until
            assert one.kind == "entered_exclusion" or not meets
        bare = replace(
            wearer, person=structs.replace(wearer.person, order=_without(wearer.person.order))
        )
        spared += len(happened(bare, track, silences)) > len(happened(wearer, track, silences))
        assert other.at[0] == track.at[0]
    assert spared > 5


def _without(order: Order) -> Order:
    return structs.replace(order, permitted_absences=())


def test_a_drive_through_a_zone_is_a_short_stay_in_it_on_the_way_to_behind_it() -> None:
    drives = [
        (wearer, one)
        for wearer, track, silences in simulation(AWAY)[1]
        for one in happened(wearer, track, silences)
        if one.kind == "entered_exclusion"
    ]
    assert len(drives) > 10
    for _, one in drives:
        stay = datetime.fromisoformat(one.until) - datetime.fromisoformat(one.since)
        assert stay.total_seconds() < 5 * MINUTES
        assert one.farthest_m is not None
        assert one.farthest_m > 20
