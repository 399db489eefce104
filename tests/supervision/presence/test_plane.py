# SPDX-License-Identifier: EUPL-1.2
"""The plane around a zone's middle, measured against pyproj's geodesics."""

import numpy as np
import pytest

from tarazy.supervision.presence.geometry import WGS84, ground_m
from tarazy.supervision.presence.plane import COLUMNS, frame, local, spot

LATITUDES = [0.0, 1.0, 43.2, 51.1, -33.0, 70.0, 85.0, 89.99, 90.0, -90.0]
BEARINGS = np.linspace(0, 360, 49)


def around(lat: float, lon: float, away_m: float) -> np.ndarray:
    """East, north and distance of places all around a middle."""
    table = np.zeros((1, COLUMNS))
    frame(table, 0, lat, lon)
    same = np.full_like(BEARINGS, 1.0)
    lons, lats, _ = WGS84.fwd(lon * same, lat * same, BEARINGS, away_m * same)
    return np.array([local(table, 0, spot(a, b)) for a, b in zip(lats, lons, strict=True)])


@pytest.mark.parametrize("lat", LATITUDES)
@pytest.mark.parametrize("lon", [0.0, 76.9, 179.99, -180.0])
def test_a_distance_from_the_middle_is_the_geodesic(lat: float, lon: float) -> None:
    for away_m, error_m in [(0.0, 1e-6), (1.0, 1e-6), (1e3, 1e-5), (25e3, 1e-4), (100e3, 1e-3)]:
        assert np.abs(around(lat, lon, away_m)[:, 2] - away_m).max() < error_m


@pytest.mark.parametrize("lat", LATITUDES)
def test_a_distance_across_the_plane_is_the_geodesic_to_half_a_metre(lat: float) -> None:
    """Between two places 25 km from the middle, in any directions: the largest zone of 50 km."""
    flat = around(lat, 76.9, 25e3)
    same = np.full_like(BEARINGS, 1.0)
    lons, lats, _ = WGS84.fwd(76.9 * same, lat * same, BEARINGS, 25e3 * same)
    for turn in range(1, len(BEARINGS)):
        there = np.roll(flat, turn, axis=0)
        found = np.hypot(flat[:, 0] - there[:, 0], flat[:, 1] - there[:, 1])
        true = ground_m(lats, lons, np.roll(lats, turn), np.roll(lons, turn))
        assert np.abs(found - true).max() < 0.1


def test_far_away_it_is_half_a_percent_and_the_other_end_of_the_earth_is_not_here() -> None:
    for away_m, share in [(1e6, 0.005), (5e6, 0.005), (10e6, 0.005), (20e6, 0.02)]:
        assert np.abs(around(43.2, 76.9, away_m)[:, 2] / away_m - 1).max() < share
    table = np.zeros((1, COLUMNS))
    frame(table, 0, 0.0, 0.0)
    x, y, _ = local(table, 0, spot(0.0, 180.0))
    assert np.hypot(x, y) > 1.9e7
