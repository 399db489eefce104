# SPDX-License-Identifier: EUPL-1.2
"""How far inside or outside a zone places lie, in metres, for a whole batch at once.

A circle is measured by geodesic distance on WGS84. The edges of a polygon, and the line of a
corridor, are straight in longitude and latitude (RFC 7946, 3.1.1), as the map draws them. For zones
up to 50 km a distance is true to 0.5 m (tests/supervision/presence/test_geometry.py measures it);
how it is computed stands in plane.py and zones.py, which Numba compiles and which are imported only
where something is measured.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod, Proj

Floats = npt.NDArray[np.float64]
Ring = tuple[tuple[float, float], ...]

WGS84 = Geod(ellps="WGS84")
ZONES_CACHED = 50_000
CLASSES_CACHED = 100
QUARTER_CORNERS = 8
"""Corners of a rounded corridor's quarter circle: it lies at most 0.5 % of its width inside."""
RING_POINTS_MIN = 4
LINE_POINTS_MIN = 2
HALF_TURN_DEG = 180.0
VERTICES_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Circle:
    """All places within a geodesic distance of the centre."""

    lat: float
    lon: float
    radius_m: float


@dataclass(frozen=True, slots=True, init=False)
class Polygon:
    """An outer ring and its holes, each closed, longitude before latitude.

    Packed: as Python's numbers the corners of a country's zones would fill half a gigabyte.
    """

    packed: tuple[bytes, ...]

    def __init__(self, rings: Sequence[Ring | Floats]) -> None:
        packed = tuple(np.array(ring, dtype=np.float64).tobytes() for ring in rings)
        object.__setattr__(self, "packed", packed)

    @property
    def rings(self) -> tuple[Ring, ...]:
        columns = (np.frombuffer(ring).reshape(-1, 2).T.tolist() for ring in self.packed)
        return tuple(tuple(zip(lon, lat, strict=True)) for lon, lat in columns)


@dataclass(frozen=True, slots=True)
class Corridor:
    """All places within a distance of a line, longitude before latitude."""

    line: Ring
    half_width_m: float


Zone = Circle | Polygon | Corridor


@dataclass(frozen=True, slots=True)
class Places:
    """All shared zones of a class, such as every school: inside one of them is inside.

    Two are the same if class and digest are, so that nobody compares hundreds of zones.
    """

    place_class: str
    digest: str
    """Whatever changes with the list of zones."""
    zones: tuple[Zone, ...] = field(compare=False, repr=False)
    names: tuple[str, ...] = field(compare=False, repr=False)

    def nearest(self, lat: float, lon: float) -> str | None:
        """The name of the zone that a place lies deepest in, or nearest to; None of none."""
        from tarazy.supervision.presence.shared import deepest

        _, which = deepest(_indexed(self), lat, lon)
        return self.names[which] if which >= 0 else None


Extent = Zone | Places
"""What a condition is about."""


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
    corners = [_corners(ring) for ring in rings]
    if sum(len(ring) for ring in corners) > VERTICES_MAX:
        raise ValueError(f"it has more than {VERTICES_MAX} corners")
    outer, *holes = (_unrolled(ring, corners[0][0, 0]) for ring in corners)
    if not shapely.is_valid(shapely.Polygon(outer, holes)):
        raise ValueError("its edges cross or touch each other")
    return Polygon(corners)


def corridor(line: object, half_width_m: float) -> Corridor:
    """A corridor from a GeoJSON-like line. ValueError with a readable reason."""
    if not 0 < half_width_m < float("inf"):
        raise ValueError("its half width is not a positive number of metres")
    if not isinstance(line, Sequence) or isinstance(line, str) or len(line) < LINE_POINTS_MIN:
        raise ValueError("a line has at least two places")
    if len(line) > VERTICES_MAX:
        raise ValueError(f"it has more than {VERTICES_MAX} corners")
    points = _places(line, "a line has at least two places")
    if (points == points[0]).all():
        raise ValueError("its line has no length")
    _unrolled(points, points[0, 0])
    return Corridor(tuple(map(tuple, points.tolist())), half_width_m)


def zone_of(kind: str, columns: Mapping[str, Any]) -> Zone:
    """A zone from its row: `lat`, `lon` and `radius_m`, or `rings`. Raises ValueError.

    A corridor has its line as the one ring, and its half width as `radius_m`.
    """
    if kind == "circle":
        return circle(columns["lat"], columns["lon"], columns["radius_m"])
    if kind == "corridor":
        lines = columns["rings"]
        if not isinstance(lines, Sequence) or len(lines) != 1:
            raise ValueError("a corridor has one line")
        return corridor(lines[0], columns["radius_m"])
    if kind == "polygon":
        return polygon(columns["rings"])
    raise ValueError(f"{kind!r} is no shape of a zone")


def depth_m(zone: Zone) -> float:
    """How far from the fence the deepest place of a zone lies, to about a percent."""
    if isinstance(zone, Circle):
        return zone.radius_m
    if isinstance(zone, Corridor):
        return zone.half_width_m
    plane = _plane_around(zone.rings[0])
    rings = [np.column_stack(plane(*np.array(ring).T)) for ring in zone.rings]
    widest = shapely.maximum_inscribed_circle(shapely.Polygon(rings[0], rings[1:]))
    return float(shapely.length(widest))


def outline(corridor: Corridor) -> list[list[tuple[float, float]]]:
    """A corridor as the rings of a polygon, for a map: its round ends have corners."""
    plane = _plane_around(corridor.line)
    line = shapely.LineString(np.column_stack(plane(*np.array(corridor.line).T)))
    drawn: Any = line.buffer(corridor.half_width_m, quad_segs=QUARTER_CORNERS)
    return [_back(plane, ring) for ring in (drawn.exterior, *drawn.interiors)]


def fence(zone: Zone, shift_m: float) -> list[list[list[tuple[float, float]]]]:
    """The edge of a zone that was grown by so many metres, or made smaller: polygons, for a map.

    None is left where nothing of the zone lies so deep; its round corners are drawn with corners.
    """
    if isinstance(zone, Circle):
        plane = _plane_around(((zone.lon, zone.lat),))
        grown: Any = shapely.Point(0, 0).buffer(max(zone.radius_m + shift_m, 0), QUARTER_CORNERS)
    elif isinstance(zone, Corridor):
        plane = _plane_around(zone.line)
        line = shapely.LineString(np.column_stack(plane(*np.array(zone.line).T)))
        grown = line.buffer(max(zone.half_width_m + shift_m, 0), QUARTER_CORNERS)
    else:
        plane = _plane_around(zone.rings[0])
        rings = [np.column_stack(plane(*np.array(ring).T)) for ring in zone.rings]
        grown = shapely.Polygon(rings[0], rings[1:]).buffer(shift_m, QUARTER_CORNERS)
    parts = [part for part in getattr(grown, "geoms", (grown,)) if not part.is_empty]
    return [[_back(plane, ring) for ring in (part.exterior, *part.interiors)] for part in parts]


class Measured(NamedTuple):
    """Places against a zone."""

    distance_m: Floats
    """As signed_distance_m has it."""
    outer_m: float
    """Farther from its middle nothing is inside; inf where it is a class of zones."""


def measured(zone: Extent, lat: Floats, lon: Floats) -> Measured:
    """How far inside a zone places lie, and how far the zone reaches."""
    from tarazy.supervision.presence.plane import OUTER_M

    distance_m = signed_distance_m(zone, lat, lon)
    if isinstance(zone, Places):
        return Measured(distance_m, math.inf)
    return Measured(distance_m, float(_compiled(zone).table[0, OUTER_M]))


def signed_distance_m(zone: Extent, lat: Floats, lon: Floats) -> Floats:
    """Metres from each place to the zone's edge: positive inside, negative outside."""
    from tarazy.supervision.presence.shared import union_m
    from tarazy.supervision.presence.zones import distances_m

    if lat.ndim != 1 or lat.shape != lon.shape:
        raise ValueError("latitudes and longitudes are two columns of one length")
    if isinstance(zone, Places):
        return union_m(_indexed(zone), _column(lat), _column(lon))
    return distances_m(_compiled(zone), 0, _column(lat), _column(lon))


def _column(values: Floats) -> Floats:
    return np.ascontiguousarray(values, dtype=np.float64)


@lru_cache(maxsize=ZONES_CACHED)
def _compiled(zone: Zone) -> Any:
    from tarazy.supervision.presence.zones import compile_zones

    return compile_zones([zone])


@lru_cache(maxsize=CLASSES_CACHED)
def _indexed(places: Places) -> Any:
    from tarazy.supervision.presence.shared import index

    return index(places.zones)


def ground_m(lat_a: Floats, lon_a: Floats, lat_b: Floats, lon_b: Floats) -> Floats:
    """Geodesic distance between pairs of places, in metres."""
    _, _, away = WGS84.inv(lon_a, lat_a, lon_b, lat_b)
    return np.asarray(away, dtype=np.float64)


def _plane_around(points: Ring) -> Proj:
    """A plane around the middle of some places, metres from it."""
    lons, lats = np.array(points).T
    lons = _near(lons, float(lons[0]))
    middle = {"lat_0": (lats.min() + lats.max()) / 2, "lon_0": (lons.min() + lons.max()) / 2}
    return Proj(proj="aeqd", ellps="WGS84", **middle)


def _back(plane: Proj, ring: Any) -> list[tuple[float, float]]:
    x, y = np.array(ring.coords).T
    lon, lat = plane(x, y, inverse=True)
    points: list[tuple[float, float]] = list(zip(lon.tolist(), lat.tolist(), strict=True))
    return [*points[:-1], points[0]]


def _unrolled(points: Floats, start: float) -> Floats:
    """The same places in columns, their longitudes within half a turn of the start's.

    ValueError where two in a row do not lie so near each other then: nobody could say on which side
    of the earth the edge between them lies.
    """
    lon, lat = points.T
    lon = _near(lon, start)
    if np.abs(np.diff(lon)).max() > HALF_TURN_DEG:
        raise ValueError("it is wider than half the earth, or goes around a pole")
    return np.column_stack([lon, lat])


def _near(lon: Floats, centre: float) -> Floats:
    """The same meridians, named within half a turn of the centre."""
    return np.asarray((lon - centre + 180.0) % 360.0 - 180.0 + centre, dtype=np.float64)


def _corners(ring: object) -> Floats:
    """A ring's places in rows."""
    corners = _places(ring, "a ring is a list of places")
    if len(corners) < RING_POINTS_MIN or (corners[0] != corners[-1]).any():
        raise ValueError("a ring has at least three corners and ends where it began")
    return corners


def _places(told: object, otherwise: str) -> Floats:
    """Longitudes and latitudes in rows. ValueError, with what it is `otherwise`."""
    if not isinstance(told, Sequence) or isinstance(told, str):
        raise ValueError(otherwise)  # noqa: TRY004 - its value is what is wrong
    try:
        points = np.array(msgspec.convert(told, Ring), dtype=np.float64).reshape(-1, 2)
    except (msgspec.ValidationError, OverflowError):
        raise ValueError("a place is a longitude and a latitude") from None
    if not (np.abs(points) <= (180, 90)).all():
        raise ValueError("a place of it is not on earth")
    return points
