# SPDX-License-Identifier: EUPL-1.2
import csv
import math
import re
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from supervision.trails import DAY, MINUTE, place

from tarazy.supervision.judging.unseen import Unseen, Why
from tarazy.supervision.presence.interface import Sighting
from tarazy.supervision.stays import Gap, Leg, Move, Stop, distance_m, legs_of


def seen(minute: float, away_m: float, accuracy_m: float | None = 10.0) -> Sighting:
    lat, lon = place(away_m)
    return Sighting(DAY + minute * MINUTE, lat, lon, accuracy_m)


def told(legs: list[Leg]) -> list[tuple[str, int, int]]:
    """Kind and the minutes at which it began and ended."""
    return [
        (type(one).__name__, round((one.since - DAY) / MINUTE), round((one.until - DAY) / MINUTE))
        for one in legs
    ]


HOME = [seen(n, 0) for n in range(11)]
WALK = [seen(10 + n, 80 * n) for n in range(1, 10)]  # 80 m a minute
SHOP = [seen(20 + n, 800) for n in range(8)]


@pytest.mark.parametrize(
    ("fixes", "expected"),
    [
        ([], []),
        ([seen(0, 0)], []),
        (HOME, [("Stop", 0, 10)]),
        ([*HOME, *WALK, *SHOP], [("Stop", 0, 10), ("Move", 10, 20), ("Stop", 20, 27)]),
        # four minutes are a traffic light
        ([seen(n, 0) for n in range(5)], [("Move", 0, 4)]),
        # slow walking is no stop, though each fix is near the last ones (3)
        ([seen(n, 20 * n) for n in range(12)], [("Move", 0, 11)]),
        # one that jumps away ends no stop (2); one who is away longer does
        ([*HOME[:5], seen(5, 900), *HOME[6:]], [("Stop", 0, 10)]),
        # a mobile network's place neither holds nor ends a stop (1)
        ([*HOME[:5], seen(5, 4_000, 3_000.0), *HOME[6:]], [("Stop", 0, 10)]),
        # the error of a poor receiver is no move (1)
        ([seen(n, 90 * (n % 2), 40.0) for n in range(11)], [("Stop", 0, 10)]),
        # a missing accuracy is poor, never perfect
        ([seen(n, 90 * (n % 2), None) for n in range(11)], [("Stop", 0, 10)]),
    ],
)
def test_a_trail_is_cut_into_stops_and_moves(
    fixes: list[Sighting], expected: list[tuple[str, int, int]]
) -> None:
    assert told(legs_of(fixes, [])) == expected


def test_nothing_is_said_of_the_time_within_a_gap() -> None:
    """A stop before and one after are two, also at the same place (4)."""
    later = [seen(60 + n, 0) for n in range(8)]
    gap = Unseen(DAY + 10 * MINUTE, DAY + 60 * MINUTE, Why.BATTERY)
    legs = legs_of([*HOME, *later], [gap])
    assert told(legs) == [("Stop", 0, 10), ("Gap", 10, 60), ("Stop", 60, 67)]
    found = legs[1]
    assert isinstance(found, Gap)
    assert (found.why, found.ends) == (Why.BATTERY, ((place(0)[1], place(0)[0]),) * 2)


def test_a_gap_at_an_end_has_one_end_or_none() -> None:
    before = Unseen(DAY - 60 * MINUTE, DAY, Why.UNKNOWN)
    (gap, stop) = legs_of(HOME, [before])
    assert isinstance(gap, Gap)
    assert isinstance(stop, Stop)
    assert gap.ends == (None, (place(0)[1], place(0)[0]))
    (alone,) = legs_of([], [before])
    assert isinstance(alone, Gap)
    assert alone.ends == (None, None)


def test_a_stop_s_ring_holds_its_accuracy() -> None:
    (fine,) = legs_of(HOME, [])
    (poor,) = legs_of([one._replace(accuracy_m=60.0) for one in HOME], [])
    assert isinstance(fine, Stop)
    assert isinstance(poor, Stop)
    assert (round(fine.radius_m), round(poor.radius_m), fine.fixes) == (10, 60, 11)


def test_a_stop_on_the_180th_meridian_is_one() -> None:
    fixes = [Sighting(DAY + n * MINUTE, 52.0, (-1) ** n * 179.9999, 10.0) for n in range(8)]
    (stop,) = legs_of(fixes, [])
    assert isinstance(stop, Stop)
    assert abs(abs(stop.lon) - 180) < 0.001


def test_legs_follow_each_other_and_lose_nothing() -> None:
    """Whatever the trail: legs are in order, do not overlap, and reach from end to end."""
    fixes = [
        Sighting(DAY + n * 20 * timedelta(seconds=1), 43 + 0.01 * math.sin(n / 40), 77.0, 9.0)
        for n in range(2_000)
    ]
    legs = legs_of(fixes, [])
    assert (legs[0].since, legs[-1].until) == (fixes[0].at, fixes[-1].at)
    assert all(one.until == after.since for one, after in pairwise(legs))


def test_a_bus_that_is_under_way_is_one_move(shared_data: Path) -> None:
    gpx = (shared_data / "trails" / "limerick_bus.gpx").read_text()
    points = re.findall(r'lat="([-\d.]+)" lon="([-\d.]+)">.*?<time>([^<]+)<', gpx, re.DOTALL)
    trail = [
        Sighting(datetime.fromisoformat(at), float(lat), float(lon), None)
        for lat, lon, at in points
    ]
    legs = legs_of(trail, [])
    moved = sum(one.length_m for one in legs if isinstance(one, Move))
    straight = sum(
        distance_m((one.lon, one.lat), (after.lon, after.lat)) for one, after in pairwise(trail)
    )
    assert all(isinstance(one, Move) for one in legs)
    assert moved == pytest.approx(straight, rel=0.01)


def test_people_of_geolife_stop_where_they_stay(shared_data: Path) -> None:
    trails: dict[str, list[Sighting]] = {}
    with (shared_data / "trails" / "geolife_sample.csv").open() as file:
        for row in csv.DictReader(file, delimiter=";"):
            at = datetime.fromisoformat(row["t"])
            one = Sighting(at, float(row["Y"]), float(row["X"]), None)
            trails.setdefault(row["trajectory_id"], []).append(one)
    stops = 0
    for trail in trails.values():
        trail.sort(key=lambda one: one.at)
        for leg in legs_of(trail, []):
            if not isinstance(leg, Stop):
                continue
            stops += 1
            within = [one for one in trail if leg.since <= one.at <= leg.until]
            away = sorted(distance_m((leg.lon, leg.lat), (one.lon, one.lat)) for one in within)
            assert leg.until - leg.since >= timedelta(minutes=5)
            assert away[len(away) * 9 // 10] <= 250
    assert 5 <= stops <= 20
