# SPDX-License-Identifier: EUPL-1.2
"""Zones in columns, against shapely over pyproj's own projection: how it was measured before."""

import math
from typing import Any

import numba
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Proj

from tarazy.supervision.presence.geometry import (
    WGS84,
    Circle,
    Corridor,
    Polygon,
    Ring,
    Zone,
    corridor,
    ground_m,
    signed_distance_m,
    zone_of,
)
from tarazy.supervision.presence.zones import compile_zones, decided_m, distance_m, join, spot

ERROR_M = 0.5
ROAD = [[76.0, 43.0], [76.3, 43.2], [76.3, 43.5]]


def star(middle: tuple[float, float], size_m: float, corners: int, hole: float = 0.0) -> Polygon:
    """A polygon around a place whose corners lie at random distances, with a hole if asked for."""
    sizes = size_m * np.random.default_rng(corners).uniform(0.5, 1.0, corners)
    rings = [_ring(*middle, sizes)]
    if hole:
        rings.append(_ring(*middle, sizes * hole))
    return Polygon(tuple(rings))


def _ring(lat: float, lon: float, sizes: np.ndarray) -> Ring:
    azimuths = np.linspace(0, 360, len(sizes), endpoint=False)
    same = np.ones(len(sizes))
    lons, lats, _ = WGS84.fwd(lon * same, lat * same, azimuths, sizes)
    points = list(zip(lons.tolist(), lats.tolist(), strict=True))
    return (*points, points[0])


def reference_m(zone: Polygon, lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    """Straight edges in degrees, cut each 0.005 degrees, in PROJ's azimuthal equidistant plane."""
    start = zone.rings[0][0][0]
    rings = [[((x - start + 180) % 360 - 180 + start, y) for x, y in ring] for ring in zone.rings]
    flat = shapely.segmentize(shapely.Polygon(rings[0], rings[1:]), 0.005)
    west, south, east, north = shapely.bounds(flat)
    plane = Proj(proj="aeqd", lat_0=(south + north) / 2, lon_0=(west + east) / 2, ellps="WGS84")
    area = shapely.transform(flat, lambda xy: np.column_stack(plane(xy[:, 0], xy[:, 1])))
    x, y = plane(lon, lat)
    away = shapely.distance(shapely.boundary(area), shapely.points(x, y))
    return np.asarray(np.where(shapely.contains_xy(area, x, y), away, -away))


def places(lat: float, lon: float, size_m: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    noise = np.random.default_rng(seed)
    count = 200
    lons, lats, _ = WGS84.fwd(
        np.full(count, lon),
        np.full(count, lat),
        noise.uniform(0, 360, count),
        size_m * noise.uniform(0, 1.5, count),
    )
    return lats, lons


@settings(max_examples=60, deadline=None)
@given(
    st.tuples(st.floats(-85, 85), st.floats(-180, 180)),
    st.floats(20, 25_000),
    st.integers(3, 200),
    st.sampled_from([0.0, 0.5]),
    st.integers(0, 10**6),
)
def test_polygons_agree_with_shapely_in_projs_plane(
    middle: tuple[float, float], size_m: float, corners: int, hole: float, seed: int
) -> None:
    zone = star(middle, size_m, corners, hole)
    lats, lons = places(*middle, size_m, seed)
    error = np.abs(signed_distance_m(zone, lats, lons) - reference_m(zone, lats, lons))
    assert error.max() < ERROR_M
    assert np.median(error) < 0.05


@pytest.mark.parametrize("lat", [89.0, 89.9, -89.9])
def test_near_a_pole_nothing_is_special(lat: float) -> None:
    """The edges follow the parallels there, as everywhere."""
    east = 40.0
    ring = ((-east, lat), (east, lat), (east, lat - 0.05), (-east, lat - 0.05), (-east, lat))
    zone = Polygon((ring,))
    on_edge = np.linspace(-east, east, 41)
    found = signed_distance_m(zone, np.full(41, lat), on_edge)
    assert np.abs(found).max() < ERROR_M
    inside = signed_distance_m(zone, np.full(41, lat - 0.02), on_edge * 0.5)
    assert inside.min() > 100


def test_a_zone_is_the_same_on_both_sides_of_the_180th_meridian() -> None:
    here, there = star((52.0, 70.0), 5_000, 40), star((52.0, 180.0), 5_000, 40)
    lats, lons = places(52.0, 70.0, 5_000, seed=4)
    shifted = (lons + 110.0 + 180.0) % 360.0 - 180.0
    assert signed_distance_m(here, lats, lons) == pytest.approx(
        signed_distance_m(there, lats, shifted), abs=0.01
    )


def test_a_corridor_is_what_lies_near_its_line() -> None:
    road = corridor(ROAD, 200.0)
    share = np.linspace(0, 1, 2_001)
    lon = np.interp(share, [0, 0.5, 1], [point[0] for point in ROAD])
    lat = np.interp(share, [0, 0.5, 1], [point[1] for point in ROAD])
    assert np.abs(signed_distance_m(road, lat, lon) - 200.0).max() < ERROR_M
    to_lon, to_lat, _ = WGS84.fwd(76.3, 43.35, 90, 1_000.0)
    assert signed_distance_m(road, np.array([to_lat]), np.array([to_lon]))[0] == pytest.approx(
        -800.0, abs=ERROR_M
    )
    beyond_lon, beyond_lat, _ = WGS84.fwd(76.3, 43.5, 0, 150.0)
    assert signed_distance_m(road, np.array([beyond_lat]), np.array([beyond_lon]))[
        0
    ] == pytest.approx(50.0, abs=ERROR_M)
    assert zone_of("corridor", {"rings": [ROAD], "radius_m": 200.0}) == road


@pytest.mark.parametrize(
    ("line", "half_width_m", "reason"),
    [
        (ROAD, 0, "half width"),
        (ROAD, math.nan, "half width"),
        (None, 10, "two places"),
        ([[76, 43]], 10, "two places"),
        ([[76, 43], [76, None]], 10, "a longitude"),
        ([[n * 1e-5, 1] for n in range(10_001)], 10, "more than 10000"),
    ],
)
def test_an_unreadable_corridor_says_why(line: object, half_width_m: float, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        corridor(line, half_width_m)


def mixed() -> list[Zone]:
    noise = np.random.default_rng(5)
    found: list[Zone] = []
    for n in range(60):
        lat, lon = 43.2 + noise.normal(0, 0.05), 76.9 + noise.normal(0, 0.05)
        if n % 3 == 0:
            found.append(Circle(lat, lon, 300.0))
        elif n % 3 == 1:
            found.append(star((lat, lon), 600.0, 5 + 3 * n, 0.4 * (n % 2)))
        else:
            found.append(Corridor(((lon, lat), (lon + 0.02, lat + 0.01)), 80.0))
    return found


def test_many_zones_together_are_each_zone_alone() -> None:
    zones = mixed()
    together = compile_zones(zones)
    lats, lons = places(43.2, 76.9, 8_000, seed=6)
    for n, zone in enumerate(zones):
        alone = signed_distance_m(zone, lats, lons).tolist()
        assert [
            distance_m(together, n, spot(a, b)) for a, b in zip(lats, lons, strict=True)
        ] == alone


def test_pieces_are_joined_to_the_same_zones() -> None:
    zones = mixed()
    joined = join([compile_zones(zones[:7]), compile_zones([]), compile_zones(zones[7:])])
    for one, other in zip(map(np.asarray, joined), compile_zones(zones), strict=True):
        np.testing.assert_array_equal(one, other, strict=True)


def test_what_is_decided_by_the_bounds_is_true() -> None:
    zones = mixed()
    together = compile_zones(zones)
    lats, lons = places(43.2, 76.9, 8_000, seed=7)
    verdicts = []
    for n in range(len(zones)):
        for lat, lon in zip(lats, lons, strict=True):
            place = spot(lat, lon)
            verdict, true = (
                decided_m(together.table, n, place, 50.0, 30.0),
                distance_m(together, n, place),
            )
            verdicts.append(verdict)
            if verdict < 0:
                assert true <= -50.0
            elif verdict > 0:
                assert true >= 30.0
    assert {-math.inf, 0.0, math.inf} == set(verdicts)
    assert verdicts.count(0.0) < len(verdicts) / 5


def test_no_sum_is_fused_or_reordered() -> None:
    """The same bits on every processor: no fused multiply-add."""
    together = compile_zones(mixed())
    afresh: Any = numba.njit(error_model="numpy")(distance_m.py_func)  # type: ignore[attr-defined]
    afresh(together, 1, spot(43.2, 76.9))
    code = "".join(afresh.inspect_asm().values())
    assert "mulsd" in code or "fmul" in code
    assert "fmadd" not in code


def test_a_large_zone_keeps_its_edge() -> None:
    """A country: within a part in a hundred near the fence, and never on the wrong side of it."""
    ring = ((50.0, 42.0), (85.0, 42.0), (85.0, 55.0), (50.0, 55.0), (50.0, 42.0))
    zone = Polygon((ring,))
    for lon in (50.5, 60.0, 75.0, 84.0):
        for away_m in (100.0, 5_000.0):
            _, lat, _ = WGS84.fwd(lon, 42.0, 0, away_m)
            found = float(signed_distance_m(zone, np.array([lat]), np.array([lon]))[0])
            assert found == pytest.approx(away_m, rel=0.02, abs=1.0)
    assert ground_m(np.zeros(1), np.zeros(1), np.zeros(1), np.ones(1))[0] > 111_000
