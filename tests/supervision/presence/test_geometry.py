# SPDX-License-Identifier: EUPL-1.2
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tarazy.supervision.presence.geometry import (
    WGS84,
    Circle,
    Corridor,
    Places,
    Polygon,
    Zone,
    circle,
    corridor,
    depth_m,
    fence,
    ground_m,
    outline,
    polygon,
    signed_distance_m,
    zone_of,
)

ERROR_M = 0.5

latitudes = st.floats(-70, 70)
longitudes = st.floats(-180, 180)
bearings = st.floats(0, 360)


def at(zone: Zone, lat: float, lon: float) -> float:
    return float(signed_distance_m(zone, np.array([lat]), np.array([lon]))[0])


@given(latitudes, longitudes, st.floats(10, 50_000), bearings, st.floats(0, 100_000))
def test_circle_agrees_with_the_geodesic(
    lat: float, lon: float, radius_m: float, bearing: float, away_m: float
) -> None:
    to_lon, to_lat, _ = WGS84.fwd(lon, lat, bearing, away_m)
    assert at(Circle(lat, lon, radius_m), to_lat, to_lon) == pytest.approx(
        radius_m - away_m, abs=1e-3
    )


def star(lat: float, lon: float, size_m: float, corners: int) -> Polygon:
    """A star-shaped polygon around a place; each second corner is nearer."""
    ring = []
    for n in range(corners):
        size = size_m * (1.0 if n % 2 else 0.6)
        to_lon, to_lat, _ = WGS84.fwd(lon, lat, 360 * n / corners, size)
        ring.append((to_lon, to_lat))
    return Polygon(((*ring, ring[0]),))


def along_edges(ring: tuple[tuple[float, float], ...], step_m: float) -> tuple[np.ndarray, ...]:
    """Places on edges that are straight in longitude and latitude, near enough to each other."""
    lon = np.unwrap(np.array([p[0] for p in ring]), period=360)
    lat = np.array([p[1] for p in ring])
    lons, lats = [], []
    for n in range(len(ring) - 1):
        length = float(
            ground_m(lat[n : n + 1], lon[n : n + 1], lat[n + 1 : n + 2], lon[n + 1 : n + 2])[0]
        )
        share = np.linspace(0, 1, max(2, math.ceil(length / step_m)))
        lons.append(lon[n] + share * (lon[n + 1] - lon[n]))
        lats.append(lat[n] + share * (lat[n + 1] - lat[n]))
    return np.concatenate(lats), np.concatenate(lons)


zones = st.builds(
    star, latitudes, longitudes, st.floats(100, 25_000), st.integers(2, 8).map(lambda n: 2 * n)
)


@settings(max_examples=25, deadline=None)
@given(zones, st.integers(0, 10**6), bearings, st.floats(5, 2_000))
def test_polygon_agrees_with_the_nearest_place_on_its_edge(
    zone: Polygon, pick: int, bearing: float, away_m: float
) -> None:
    edge_lat, edge_lon = along_edges(zone.rings[0], 2.0)
    start = pick % len(edge_lat)
    to_lon, to_lat, _ = WGS84.fwd(edge_lon[start], edge_lat[start], bearing, away_m)
    nearest = ground_m(
        edge_lat, edge_lon, np.full_like(edge_lat, to_lat), np.full_like(edge_lon, to_lon)
    ).min()
    found = at(zone, to_lat, to_lon)
    # Two places of the dense edge are 2 m apart: the nearest may be 1 m beside the true foot.
    assert abs(abs(found) - nearest) < ERROR_M + 1.0**2 / (2 * max(nearest, 1.0))


def bent(lat: float, lon: float, length_m: float, turns: list[float]) -> tuple[Any, ...]:
    """A line of legs of one length, each turned from the one before."""
    line, bearing = [(lon, lat)], 40.0
    for turn in turns:
        bearing += turn
        to_lon, to_lat, _ = WGS84.fwd(*line[-1], bearing, length_m / len(turns))
        line.append((to_lon, to_lat))
    return tuple(line)


lines = st.builds(
    bent,
    latitudes,
    longitudes,
    st.floats(200, 50_000),
    st.lists(st.floats(-60, 60), min_size=1, max_size=5),
)


@settings(max_examples=25, deadline=None)
@given(lines, st.floats(10, 5_000), st.integers(0, 10**6), bearings, st.floats(0, 5_000))
def test_corridor_agrees_with_the_nearest_place_on_its_line(
    line: tuple[Any, ...], half_m: float, pick: int, bearing: float, away_m: float
) -> None:
    line_lat, line_lon = along_edges(line, 2.0)
    start = pick % len(line_lat)
    to_lon, to_lat, _ = WGS84.fwd(line_lon[start], line_lat[start], bearing, away_m)
    nearest = ground_m(
        line_lat, line_lon, np.full_like(line_lat, to_lat), np.full_like(line_lon, to_lon)
    ).min()
    found = at(Corridor(line, half_m), to_lat, to_lon)
    assert abs(half_m - found - nearest) < ERROR_M + 1.0**2 / (2 * max(nearest, 1.0))


@settings(max_examples=15, deadline=None)
@given(lines, st.floats(50, 2_000), st.integers(0, 10**6))
def test_the_outline_of_a_corridor_is_its_fence(
    line: tuple[Any, ...], half_m: float, pick: int
) -> None:
    """Its corners lie on the fence, but for what a plane over 50 km and a bend may add."""
    way = Corridor(line, half_m)
    ring = outline(way)[0]
    lon, lat = ring[pick % len(ring)]
    assert ring[0] == ring[-1]
    assert at(way, lat, lon) == pytest.approx(0, abs=1.0 + 0.001 * half_m)


def test_how_deep_a_zone_is() -> None:
    box = polygon([[[76.0, 43.0], [76.1, 43.0], [76.1, 43.1], [76.0, 43.1], [76.0, 43.0]]])
    assert depth_m(box) == pytest.approx(4_075, rel=0.01)
    assert depth_m(Circle(43, 76, 150)) == 150
    assert depth_m(Corridor(((76, 43), (77, 43)), 80)) == 80


def test_of_a_class_the_deepest_or_the_nearest_counts() -> None:
    rng = np.random.default_rng(8)
    zones: list[Zone] = [
        Circle(43.2 + float(n), 76.9 + float(e), 1_500.0) for n, e in rng.normal(0, 0.1, (60, 2))
    ]
    zones.append(star(43.2, 76.9, 4_000, 8))
    zones.append(Corridor(((76.0, 43.0), (78.0, 43.4)), 150.0))
    every = Places("school", "every", tuple(zones), tuple(str(n) for n in range(len(zones))))
    lat = np.concatenate([43.2 + rng.normal(0, 0.2, 300), [-33.0, 89.0]])
    lon = np.concatenate([76.9 + rng.normal(0, 0.2, 300), [-70.0, 10.0]])
    each = np.array([signed_distance_m(zone, lat, lon) for zone in zones])
    np.testing.assert_array_equal(signed_distance_m(every, lat, lon), each.max(axis=0))
    assert every.nearest(lat[0], lon[0]) == str(each[:, 0].argmax())
    assert (each.max(axis=0) > 0).sum() > 20
    none = Places("border", "", (), ())
    assert signed_distance_m(none, lat[:1], lon[:1]).tolist() == [-math.inf]
    assert none.nearest(43.2, 76.9) is None


@pytest.mark.parametrize(
    ("line", "half_m", "reason"),
    [
        (None, 10.0, "at least two places"),
        ([[1, 1]], 10.0, "at least two places"),
        ([[1, 1], [1, 1]], 10.0, "no length"),
        ([[1, 1], [1, 91]], 10.0, "not on earth"),
        ([[0, 1], [100, 1], [-160, 1]], 10.0, "half the earth"),
        ([[1, 1], [2, 2]], 0.0, "half width"),
        ([[1, 1], [2, 2]], float("nan"), "half width"),
        ([[n * 1e-5, 1] for n in range(10_001)], 10.0, "more than 10000"),
    ],
)
def test_an_unreadable_corridor_says_why(line: object, half_m: float, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        corridor(line, half_m)


def test_a_long_edge_follows_the_parallel_that_the_map_draws() -> None:
    box = polygon([[[70.0, 50.0], [70.7, 50.0], [70.7, 50.3], [70.0, 50.3], [70.0, 50.0]]])
    middle_lat, middle_lon = 50.0, 70.35
    assert abs(at(box, middle_lat, middle_lon)) < ERROR_M
    _, north, _ = WGS84.fwd(middle_lon, middle_lat, 0, 100)
    assert at(box, north, middle_lon) == pytest.approx(100, abs=ERROR_M)


def test_a_hole_is_outside() -> None:
    outer = [[76.0, 43.0], [76.1, 43.0], [76.1, 43.1], [76.0, 43.1], [76.0, 43.0]]
    hole = [[76.04, 43.04], [76.06, 43.04], [76.06, 43.06], [76.04, 43.06], [76.04, 43.04]]
    zone = polygon([outer, hole])
    assert at(zone, 43.05, 76.05) < -500
    assert at(zone, 43.02, 76.02) > 500
    assert at(zone, 43.05, 76.2) < -5_000


def test_a_zone_across_the_180th_meridian() -> None:
    zone = polygon([[[179.9, 65], [-179.9, 65], [-179.9, 65.1], [179.9, 65.1], [179.9, 65]]])
    assert at(zone, 65.05, 180.0) == pytest.approx(at(zone, 65.05, -180.0), abs=1e-6)
    assert at(zone, 65.05, 179.95) > 0 > at(zone, 65.05, -179.8)


@pytest.mark.parametrize(
    ("rings", "reason"),
    [
        (None, "no outer ring"),
        ([], "no outer ring"),
        ("abc", "no outer ring"),
        ([None], "a list of places"),
        ([[[0, 0], [1, 0], [0, 0]]], "at least three corners"),
        ([[[0, 0], [1, 0], [1, 1], [0, 1]]], "ends where it began"),
        ([[[0, 0], [1, None], [1, 1], [0, 0]]], "a longitude and a latitude"),
        ([[[0, 0], [1], [1, 1], [0, 0]]], "a longitude and a latitude"),
        ([[[0, 0], [1, 91], [1, 1], [0, 0]]], "not on earth"),
        ([[[0, 0], [float("nan"), 1], [1, 1], [0, 0]]], "not on earth"),
        ([[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]], "cross"),
        ([[[0, 85], [120, 86], [-120, 85.5], [0, 85]]], "around a pole"),
        ([[[0, 0], [100, 0], [-160, 0], [-160, 9], [0, 9], [0, 0]]], "half the earth"),
        ([[[0, 0], *[[n * 1e-5, 1] for n in range(10_001)], [0, 0]]], "more than 10000"),
    ],
)
def test_an_unreadable_polygon_says_why(rings: object, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        polygon(rings)


@pytest.mark.parametrize(
    ("lat", "lon", "radius_m"),
    [(91, 0, 1), (0, 181, 1), (0, 0, 0), (0, 0, float("nan")), (0, 0, float("inf"))],
)
def test_an_unreadable_circle_is_refused(lat: float, lon: float, radius_m: float) -> None:
    with pytest.raises(ValueError, match="its"):
        circle(lat, lon, radius_m)


def test_places_are_two_columns_of_one_length() -> None:
    with pytest.raises(ValueError, match="one length"):
        signed_distance_m(Circle(43.2, 76.9, 100.0), np.zeros(2), np.zeros(1))


def test_a_zone_from_its_row() -> None:
    row = {"lat": 43.2, "lon": 76.9, "radius_m": 100.0, "rings": None}
    assert zone_of("circle", row) == Circle(43.2, 76.9, 100.0)
    ring = [[76, 43], [77, 43], [77, 44], [76, 43]]
    assert zone_of("polygon", {**row, "rings": [ring]}) == polygon([ring])
    assert zone_of("corridor", {**row, "rings": [ring[:3]]}) == corridor(ring[:3], 100.0)
    with pytest.raises(ValueError, match="one line"):
        zone_of("corridor", {**row, "rings": []})
    with pytest.raises(ValueError, match="no shape"):
        zone_of("places", row)


@pytest.mark.parametrize("shift_m", [-60.0, 0.0, 200.0])
@pytest.mark.parametrize(
    "zone",
    [
        circle(48.7, 66.9, 300),
        corridor([[66.9, 48.7], [66.91, 48.7], [66.91, 48.71]], 150),
        polygon([[[66.9, 48.7], [66.91, 48.7], [66.91, 48.71], [66.9, 48.7]]]),
    ],
)
def test_a_fence_lies_so_far_before_the_zone_s_own(zone: Zone, shift_m: float) -> None:
    (rings,) = fence(zone, shift_m)
    away = [at(zone, lat, lon) for lon, lat in rings[0]]
    # Between the corners of a round end it lies a little nearer; at them it does not.
    assert away == pytest.approx([-shift_m] * len(away), abs=2)


def test_no_fence_is_left_in_a_zone_that_is_not_so_deep() -> None:
    ring = [[66.9, 48.7], [66.91, 48.7], [66.91, 48.71], [66.9, 48.7]]
    for zone in (circle(48.7, 66.9, 300), corridor(ring[:2], 300), polygon([ring])):
        assert fence(zone, -500.0) == []
