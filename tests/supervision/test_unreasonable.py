# SPDX-License-Identifier: EUPL-1.2
import pytest

from tarazy.supervision.presence.geometry import Circle, Places, Zone, circle, corridor, polygon
from tarazy.supervision.unreasonable import (
    CLASS_COVERS,
    CLASS_EMPTY,
    CUT_OFF,
    HOME_COVERED,
    HOME_OUTSIDE,
    ROADS_UNKNOWN,
    TOO_SMALL,
    Home,
    class_warnings_of,
    warnings_of,
)

LAT, LON = 48.6, 66.9
HOME = Home("home", circle(LAT, LON, 50))
EAST = [[LON, LAT], [LON + 0.01, LAT]]
LANE = [[LON + 0.01, LAT], [LON + 0.05, LAT]]
WEST = [[LON, LAT], [LON - 0.04, LAT]]


def square(lat: float, lon: float, half: float) -> Zone:
    corners = [(-half, -half), (half, -half), (half, half), (-half, half), (-half, -half)]
    return polygon([[[lon + x, lat + y] for x, y in corners]])


@pytest.mark.parametrize(
    ("zone", "keep_out", "accuracy_m", "roads", "said"),
    [
        (circle(LAT, LON, 100), False, 10.0, None, []),
        (circle(LAT, LON, 50), False, None, None, [TOO_SMALL]),
        (circle(LAT, LON, 100), False, 80.0, None, [TOO_SMALL]),
        (square(LAT, LON, 0.0003), False, None, None, [TOO_SMALL]),
        (square(LAT, LON, 0.003), False, None, None, []),
        (circle(LAT + 0.1, LON, 500), False, 10.0, None, [HOME_OUTSIDE]),
        (circle(LAT, LON + 0.001, 100), True, 10.0, None, [HOME_COVERED]),
        (circle(LAT, LON + 0.01, 100), True, 10.0, None, [ROADS_UNKNOWN]),
        (circle(LAT, LON + 0.01, 100), True, 10.0, [EAST, LANE], [CUT_OFF]),
        (circle(LAT, LON + 0.01, 100), True, 10.0, [EAST, LANE, WEST], []),
        (circle(LAT + 0.01, LON, 100), True, 10.0, [EAST, LANE], []),
        (circle(LAT + 0.01, LON, 5), True, 10.0, [], []),
    ],
)
def test_what_is_unreasonable_is_said(
    zone: Circle,
    keep_out: bool,
    accuracy_m: float | None,
    roads: list[list[list[float]]] | None,
    said: list[str],
) -> None:
    found = warnings_of(zone, keep_out, [HOME], accuracy_m, roads)
    assert [one.sentence for one in found] == said
    assert all(one.sentence.format(**one.facts) for one in found)


def test_without_a_home_only_the_size_can_be_judged() -> None:
    for keep_out in (False, True):
        assert warnings_of(circle(LAT, LON, 100), keep_out, [], None, None) == []


FAR = circle(LAT + 1, LON, 300)
BORDER = corridor([(LON + 0.02, LAT - 3), (LON + 0.02, LAT + 3)], 200.0)


@pytest.mark.parametrize(
    ("zones", "roads", "said"),
    [
        ((), None, [CLASS_EMPTY]),
        ((FAR,), None, []),
        ((FAR, circle(LAT, LON + 0.001, 100)), None, [CLASS_COVERS]),
        ((FAR, circle(LAT, LON + 0.01, 100)), None, [ROADS_UNKNOWN]),
        ((circle(LAT, LON + 0.01, 100),), [EAST, LANE, WEST], []),
        (
            (circle(LAT, LON + 0.01, 100), circle(LAT, LON - 0.01, 100)),
            [EAST, LANE, WEST],
            [CUT_OFF],
        ),
        ((BORDER,), [EAST, LANE], [CUT_OFF]),
        ((BORDER,), [WEST], []),
    ],
)
def test_of_a_class_its_zones_count_together(
    zones: tuple[Zone, ...], roads: list[list[list[float]]] | None, said: list[str]
) -> None:
    names = tuple(f"No. {number}" for number, _ in enumerate(zones, 1))
    found = class_warnings_of(Places("school", "", zones, names), [HOME], roads)
    assert [one.sentence for one in found] == said
    assert all(one.sentence.format(**one.facts) for one in found)
    if said == [CLASS_COVERS]:
        assert found[0].facts == {"zone": "No. 2", "name": "home"}
