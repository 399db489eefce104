# SPDX-License-Identifier: EUPL-1.2
"""How far inside or outside a zone places lie, in metres, for a whole batch at once.

A circle is measured by geodesic distance on WGS84. The edges of a polygon are straight in longitude
and latitude (RFC 7946, 3.1.1), as the map draws them; they are cut into short pieces and projected
azimuthally equidistant from the polygon's middle, where plane distances are true to 0.5 m for zones
up to 50 km (tests/supervision/presence/test_geometry.py measures it).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod, Proj

Floats = npt.NDArray[np.float64]
Ring = tuple[tuple[float, float], ...]

WGS84 = Geod(ellps="WGS84")
PIECE_DEG = 0.01
"""Edges are cut so: a straight line over about 1 km leaves the true one by at most 3 cm."""
ZONES_CACHED = 50_000
RING_POINTS_MIN = 4
VERTICES_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Circle:
    """All places within a geodesic distance of the centre."""

    lat: float
    lon: float
    radius_m: float


@dataclass(frozen=True, slots=True)
class Polygon:
    """An outer ring and its holes, each closed, longitude before latitude."""

    rings: tuple[Ring, ...]


Zone = Circle | Polygon


def circle(lat: float, lon: float, radius_m: float) -> Circle:
    """ValueError with a readable reason."""
    if not (abs(lat) <= 90 and abs(lon) <= 180):  # noqa: PLR2004 - degrees
        raise ValueError("its centre is not on earth")
    if not 0 < radius_m < float("inf"):
        raise ValueError("its radius is not a positive number of metres")
    return Circle(lat, lon, radius_m)


def polygon(rings: object) -> Polygon:
    """A polygon from GeoJSON-like rings. ValueError with a readable reason."""
    if not isinstance(rings, Sequence) or isinstance(rings, str) or not rings:
        raise ValueError("it has no outer ring")
    found = Polygon(tuple(_ring(ring) for ring in rings))
    if sum(len(ring) for ring in found.rings) > VERTICES_MAX:
        raise ValueError(f"it has more than {VERTICES_MAX} corners")
    if not shapely.is_valid(_plane(found.rings)):
        raise ValueError("its edges cross or touch each other")
    return found


def zone_of(kind: str, columns: Mapping[str, Any]) -> Zone:
    """A zone from its row: `lat`, `lon` and `radius_m`, or `rings`. Raises ValueError."""
    if kind == "circle":
        return circle(columns["lat"], columns["lon"], columns["radius_m"])
    return polygon(columns["rings"])


def signed_distance_m(zone: Zone, lat: Floats, lon: Floats) -> Floats:
    """Metres from each place to the zone's edge: positive inside, negative outside."""
    if isinstance(zone, Circle):
        centre_lat, centre_lon = np.full_like(lat, zone.lat), np.full_like(lon, zone.lon)
        _, _, away = WGS84.inv(centre_lon, centre_lat, lon, lat)
        return zone.radius_m - np.asarray(away, dtype=np.float64)
    shape = _projected(zone)
    x, y = shape.project(lon, lat)
    away = shapely.distance(shape.edge, shapely.points(x, y))
    inside = shapely.contains_xy(shape.area, x, y)
    return np.asarray(np.where(inside, away, -away), dtype=np.float64)


def ground_m(lat_a: Floats, lon_a: Floats, lat_b: Floats, lon_b: Floats) -> Floats:
    """Geodesic distance between pairs of places, in metres."""
    _, _, away = WGS84.inv(lon_a, lat_a, lon_b, lat_b)
    return np.asarray(away, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class _Projected:
    centre_lon: float
    projection: Proj
    area: Any
    edge: Any

    def project(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        x, y = self.projection(_near(lon, self.centre_lon), lat)
        return np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)


@lru_cache(maxsize=ZONES_CACHED)
def _projected(zone: Polygon) -> _Projected:
    flat = shapely.segmentize(_plane(zone.rings), PIECE_DEG)
    west, south, east, north = shapely.bounds(flat)
    centre_lon, centre_lat = (west + east) / 2, (south + north) / 2
    projection = Proj(proj="aeqd", lat_0=centre_lat, lon_0=centre_lon, ellps="WGS84")
    area = shapely.transform(flat, lambda xy: np.column_stack(projection(xy[:, 0], xy[:, 1])))
    shapely.prepare(area)
    edge = shapely.boundary(area)
    shapely.prepare(edge)
    return _Projected(centre_lon, projection, area, edge)


def _plane(rings: tuple[Ring, ...]) -> Any:
    """The polygon in degrees, unrolled so that one across the 180th meridian is in one piece."""
    start = rings[0][0][0]
    unrolled = [
        np.column_stack([_near(np.array(ring)[:, 0], start), np.array(ring)[:, 1]])
        for ring in rings
    ]
    return shapely.Polygon(unrolled[0], unrolled[1:])


def _near(lon: Floats, centre: float) -> Floats:
    """The same meridians, named within half a turn of the centre."""
    return np.asarray((lon - centre + 180.0) % 360.0 - 180.0 + centre, dtype=np.float64)


def _ring(ring: object) -> Ring:
    if not isinstance(ring, Sequence) or isinstance(ring, str):
        raise ValueError("a ring is a list of places")  # noqa: TRY004 - its value is what is wrong
    points = tuple(_point(point) for point in ring)
    if len(points) < RING_POINTS_MIN or points[0] != points[-1]:
        raise ValueError("a ring has at least three corners and ends where it began")
    return points


def _point(point: object) -> tuple[float, float]:
    if not isinstance(point, Sequence) or isinstance(point, str) or len(point) != 2:  # noqa: PLR2004
        raise ValueError("a place is a longitude and a latitude")
    lon, lat = point
    if not all(isinstance(n, int | float) and not isinstance(n, bool) for n in (lon, lat)):
        raise ValueError("a place is a longitude and a latitude")
    if not (abs(lat) <= 90 and abs(lon) <= 180):  # noqa: PLR2004 - degrees
        raise ValueError("a place of it is not on earth")
    return float(lon), float(lat)
