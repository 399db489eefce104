# SPDX-License-Identifier: EUPL-1.2
"""The distance beyond a fence, with its sign, against geodesics."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from tarazy.supervision.simulate.geo import Fence, Plane
from tarazy.supervision.simulate.records import Circle, Polygon

PLANE = Plane(46.2, 69.6)
WGS84 = Geod(ellps="WGS84")
metres = st.floats(-8000, 8000)


def square(half_m: float) -> tuple[tuple[float, float], ...]:
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]) * half_m
    return tuple(PLANE.ring(corners))


@given(metres, metres, st.floats(20, 5000))
def test_a_circle_is_as_far_as_the_geodesic_says(
    east_m: float, north_m: float, radius_m: float
) -> None:
    lat, lon = PLANE.point((east_m, north_m))
    geodesic = WGS84.inv(69.6, 46.2, lon, lat)[2]
    fence = Fence(PLANE, Circle(46.2, 69.6, radius_m))
    beyond = fence.beyond_m(np.array([east_m]), np.array([north_m]))
    assert beyond[0] == pytest.approx(geodesic - radius_m, abs=0.05)


@pytest.mark.parametrize(
    ("east_m", "north_m", "beyond_m"),
    [
        (100, 0, 0),
        (150, 0, 50),
        (90, 0, -10),
        (103, 104, 5),
        (20, 0, 10),  # in the hole
        (0, 0, 30),  # in the middle of the hole
        (40, 0, -10),
    ],
)
def test_a_polygon_with_a_hole(east_m: float, north_m: float, beyond_m: float) -> None:
    fence = Fence(PLANE, Polygon(rings=(square(100), square(30))))
    beyond = fence.beyond_m(np.array([float(east_m)]), np.array([float(north_m)]))
    assert beyond[0] == pytest.approx(beyond_m, abs=0.05)


def test_the_centre_of_a_fence_is_inside() -> None:
    for zone in (Circle(46.21, 69.61, 50), Polygon(rings=(square(100), square(30)))):
        fence = Fence(PLANE, zone)
        east, north = fence.centre
        assert fence.beyond_m(np.array([east]), np.array([north]))[0] < 0
