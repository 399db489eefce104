# SPDX-License-Identifier: EUPL-1.2
"""Many zones in a few arrays, and how far inside or outside one of them a place lies.

The edges of a polygon and the line of a corridor are straight in longitude and latitude (RFC 7946,
3.1.1), as the map draws them. They are cut into pieces that leave the true line by at most 2 cm and
are kept as 32-bit floats in the plane around the zone's middle (2 mm in a zone of 50 km). Up to 16
pieces in a row share a box, so that most pieces of a large zone are never looked at.
"""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tarazy.supervision.presence.compiled import loop, part
from tarazy.supervision.presence.geometry import Circle, Corridor, Ring, Zone
from tarazy.supervision.presence.plane import (
    COLUMNS,
    INNER_M,
    OUTER_M,
    SIZE_M,
    Spot,
    Table,
    chord_2,
    frame,
    local,
)
from tarazy.supervision.presence.plane import spot as spot

Floats = npt.NDArray[np.float64]
Small = npt.NDArray[np.float32]
Indices = npt.NDArray[np.int64]

CIRCLE, POLYGON, CORRIDOR = range(3)
BOX_PIECES = 16
SAG_M = 0.02
STRAIGHT_DEG = 0.004
"""So short an edge leaves its chord by at most 1 cm, at any latitude."""
PIECES_MAX = 1_000
SLACK_M = 1.0
"""What a bound must be cleared by, far above all rounding of the plane."""
ARC_OVER_CHORD = 1.2e-15
"""s < c (1 + c^2 x this) on WGS84, for chords up to 1,000 km."""


class Shapes(NamedTuple):
    """Zones as they are drawn, in columns: the n-th has the paths first[n] to first[n + 1]."""

    kind: npt.NDArray[np.int8]
    size_m: Floats
    """Radius of a circle, half width of a corridor."""
    first: Indices
    points: Indices
    """Where each path begins among the points. A circle's one path is its centre."""
    lat: Floats
    lon: Floats


class Zones(NamedTuple):
    """Zones in columns, ready to be measured against."""

    kind: npt.NDArray[np.int8]
    table: Table
    """Of shape (zones, COLUMNS); see plane.py."""
    first: Indices
    """Where each zone's boxes begin."""
    box: Small
    """West, south, east, north of up to BOX_PIECES pieces in a row; of shape (boxes, 4)."""
    start: Indices
    """Where each box's corners begin; neighbours in a ring repeat the corner between them."""
    corner: Small
    """Of shape (corners, 2)."""

    @property
    def bytes(self) -> int:
        return sum(column.nbytes for column in self)


def compile_zones(zones: Sequence[Zone]) -> Zones:
    """Zones in the order given."""
    return compile_shapes(shapes(zones))


def shapes(zones: Sequence[Zone]) -> Shapes:
    """Zones in the order given, in columns."""
    paths = [_paths(zone) for zone in zones]
    points = [np.array(path, dtype=np.float64).reshape(-1, 2) for own in paths for path in own]
    flat = np.concatenate([np.empty((0, 2)), *points])
    return Shapes(
        np.array([_kind(zone) for zone in zones], dtype=np.int8),
        np.array([_size_m(zone) for zone in zones], dtype=np.float64),
        _offsets(len(own) for own in paths),
        _offsets(len(path) for path in points),
        np.ascontiguousarray(flat[:, 1]),
        np.ascontiguousarray(flat[:, 0]),
    )


def _offsets(counts: Iterable[int]) -> Indices:
    return np.concatenate([[0], np.cumsum(np.fromiter(counts, dtype=np.int64))]).astype(np.int64)


def _paths(zone: Zone) -> Sequence[Ring]:
    if isinstance(zone, Circle):
        return [((zone.lon, zone.lat),)]
    return [zone.line] if isinstance(zone, Corridor) else zone.rings


def _kind(zone: Zone) -> int:
    if isinstance(zone, Circle):
        return CIRCLE
    return CORRIDOR if isinstance(zone, Corridor) else POLYGON


def _size_m(zone: Zone) -> float:
    if isinstance(zone, Circle):
        return zone.radius_m
    return zone.half_width_m if isinstance(zone, Corridor) else 0.0


def compile_shapes(drawn: Shapes) -> Zones:
    """The same zones, projected and boxed."""
    count = len(drawn.kind)
    table = np.zeros((count, COLUMNS))
    pieces = np.ones(len(drawn.lat), dtype=np.int32)
    lon, first = drawn.lon.copy(), np.zeros(count + 1, dtype=np.int64)
    _place(drawn, lon, table, pieces)
    corners = _count(drawn, pieces, first)
    boxes = int(first[-1])
    start, corner = np.zeros(boxes + 1, dtype=np.int64), np.zeros((corners, 2), dtype=np.float32)
    box = np.zeros((boxes, 4), dtype=np.float32)
    zones = Zones(drawn.kind, table, first, box, start, corner)
    _fill(drawn, lon, pieces, zones)
    _bound(zones)
    return zones


def join(parts: Sequence[Zones]) -> Zones:
    """Zones that were compiled in several pieces, one after the other."""
    boxes = np.cumsum([0, *(len(one.box) for one in parts)])
    corners = np.cumsum([0, *(len(one.corner) for one in parts)])
    return Zones(
        np.concatenate([one.kind for one in parts]),
        np.concatenate([one.table for one in parts]),
        np.concatenate([[0], *(one.first[1:] + n for one, n in zip(parts, boxes, strict=False))]),
        np.concatenate([one.box for one in parts]),
        np.concatenate([[0], *(one.start[1:] + n for one, n in zip(parts, corners, strict=False))]),
        np.concatenate([one.corner for one in parts]),
    )


@loop
def _near(lon: float, centre: float) -> float:
    """The same meridian, named within half a turn of the centre."""
    return (lon - centre + 180.0) % 360.0 - 180.0 + centre


@loop
def _place(drawn: Shapes, lons: Floats, table: Table, pieces: npt.NDArray[np.int32]) -> None:
    """Each zone's middle, and into how many pieces each edge is cut; longitudes are unrolled."""
    for zone in range(len(drawn.kind)):
        start, end = drawn.points[drawn.first[zone]], drawn.points[drawn.first[zone + 1]]
        west, east, south, north = 1e9, -1e9, 1e9, -1e9
        for n in range(start, end):
            lons[n] = _near(lons[n], lons[start])
            west, east = min(west, lons[n]), max(east, lons[n])
            south, north = min(south, drawn.lat[n]), max(north, drawn.lat[n])
        frame(table, zone, (south + north) / 2.0, (west + east) / 2.0)
        table[zone, SIZE_M] = drawn.size_m[zone]
        for path in range(drawn.first[zone], drawn.first[zone + 1]):
            for n in range(drawn.points[path], drawn.points[path + 1] - 1):
                sag = _sag(table, zone, drawn.lat[n : n + 2], lons[n : n + 2])
                pieces[n] = min(max(math.ceil(math.sqrt(sag / SAG_M)), 1), PIECES_MAX)


@loop
def _sag(table: Table, zone: int, lat: Floats, lon: Floats) -> float:
    """How far the middle of an edge lies beside the chord of its ends."""
    if max(abs(lat[1] - lat[0]), abs(lon[1] - lon[0])) < STRAIGHT_DEG:
        return 0.0
    x0, y0, _ = local(table, zone, spot(lat[0], lon[0]))
    x1, y1, _ = local(table, zone, spot(lat[1], lon[1]))
    x, y, _ = local(table, zone, spot((lat[0] + lat[1]) / 2.0, (lon[0] + lon[1]) / 2.0))
    return math.hypot(x - (x0 + x1) / 2.0, y - (y0 + y1) / 2.0)


@loop
def _count(drawn: Shapes, pieces: npt.NDArray[np.int32], first: Indices) -> int:
    """Where each zone's boxes begin, and how many corners there are."""
    corners = 0
    for zone in range(len(drawn.kind)):
        first[zone + 1] = first[zone]
        if drawn.kind[zone] == CIRCLE:
            continue
        for path in range(drawn.first[zone], drawn.first[zone + 1]):
            edges = 0
            for n in range(drawn.points[path], drawn.points[path + 1] - 1):
                edges += pieces[n]
            boxes = (edges + BOX_PIECES - 1) // BOX_PIECES
            first[zone + 1] += boxes
            corners += edges + boxes
    return corners


@loop
def _fill(drawn: Shapes, lons: Floats, pieces: npt.NDArray[np.int32], zones: Zones) -> None:
    """Corners and boxes of every path, in its zone's plane."""
    box, base = 0, 0
    for zone in range(len(drawn.kind)):
        if drawn.kind[zone] == CIRCLE:
            continue
        for path in range(drawn.first[zone], drawn.first[zone + 1]):
            point, last = 0, drawn.points[path + 1] - 1
            for n in range(drawn.points[path], last):
                for piece in range(pieces[n]):
                    lat, lon = _cut(drawn.lat, lons, n, piece / pieces[n])
                    _keep(zones, zone, base + point // BOX_PIECES + point, spot(lat, lon))
                    if point > 0 and point % BOX_PIECES == 0:
                        _repeat(zones, base + point // BOX_PIECES + point)
                    point += 1
            boxes = (point + BOX_PIECES - 1) // BOX_PIECES
            end = spot(drawn.lat[last], lons[last])
            _keep(zones, zone, base + boxes - 1 + point, end)
            for n in range(boxes):
                zones.start[box + n] = base + n * (BOX_PIECES + 1)
            box, base = box + boxes, base + point + boxes
    zones.start[box] = base


@loop
def _cut(lat: Floats, lon: Floats, n: int, share: float) -> tuple[float, float]:
    return lat[n] + share * (lat[n + 1] - lat[n]), lon[n] + share * (lon[n + 1] - lon[n])


@loop
def _keep(zones: Zones, zone: int, at: int, place: Spot) -> None:
    x, y, _ = local(zones.table, zone, place)
    zones.corner[at, 0], zones.corner[at, 1] = x, y


@loop
def _repeat(zones: Zones, at: int) -> None:
    """The first corner of a box is the last one of the box before."""
    zones.corner[at - 1, 0], zones.corner[at - 1, 1] = zones.corner[at, 0], zones.corner[at, 1]


@loop
def _bound(zones: Zones) -> None:
    """Boxes around the pieces, and the circles within and without each zone."""
    for box in range(len(zones.start) - 1):
        around = zones.box[box]
        around[:2], around[2:] = np.inf, -np.inf
        for n in range(zones.start[box], zones.start[box + 1]):
            x, y = zones.corner[n, 0], zones.corner[n, 1]
            around[0], around[1] = min(around[0], x), min(around[1], y)
            around[2], around[3] = max(around[2], x), max(around[3], y)
    for zone in range(len(zones.kind)):
        size = zones.table[zone, SIZE_M]
        zones.table[zone, INNER_M] = zones.table[zone, OUTER_M] = size
        if zones.kind[zone] != CIRCLE:
            zones.table[zone, INNER_M] = _in_plane(zones, zone, 0.0, 0.0)
            for box in range(zones.first[zone], zones.first[zone + 1]):
                for n in range(zones.start[box], zones.start[box + 1]):
                    out = math.hypot(float(zones.corner[n, 0]), float(zones.corner[n, 1])) + size
                    zones.table[zone, OUTER_M] = max(zones.table[zone, OUTER_M], out)


@loop
def distance_m(zones: Zones, zone: int, place: Spot) -> float:
    """Metres to the zone's edge: positive inside, negative outside."""
    x, y, away = local(zones.table, zone, place)
    if zones.kind[zone] == CIRCLE:
        return float(zones.table[zone, SIZE_M] - away)
    return _in_plane(zones, zone, x, y)


@part
def decided_m(table: Table, zone: int, place: Spot, far_m: float, deep_m: float) -> float:
    """-inf where a place is surely farther outside than that, inf where deeper inside; else 0.

    Most fixes are far from most zones, and whoever is at home mostly in its middle: two
    comparisons with the chord decide them.
    """
    chord = chord_2(table, zone, place)
    far = table[zone, OUTER_M] + far_m + SLACK_M
    if chord > far * far:
        return -math.inf
    deep = table[zone, INNER_M] - deep_m - SLACK_M
    arc = 1.0 + chord * ARC_OVER_CHORD
    if deep > 0.0 and chord * arc * arc < deep * deep:
        return math.inf
    return 0.0


def distances_m(zones: Zones, zone: int, lat: Floats, lon: Floats) -> Floats:
    """Of many places to one zone's edge."""
    found = np.empty(len(lat))
    _distances(zones, zone, (lat, lon), found)
    return found


@loop
def _distances(zones: Zones, zone: int, places: tuple[Floats, Floats], found: Floats) -> None:
    for n in range(len(found)):
        found[n] = distance_m(zones, zone, spot(places[0][n], places[1][n]))


@part
def _in_plane(zones: Zones, zone: int, x: float, y: float) -> float:
    nearest, inside = np.inf, False
    first, end = zones.first[zone], zones.first[zone + 1]
    best = first
    for box in range(first, end):
        apart = _apart_2(zones.box, box, x, y)
        if apart < nearest:
            nearest, best = apart, box
    nearest = _nearest_2(zones, best, x, y, np.inf)
    for box in range(first, end):
        if box != best and _apart_2(zones.box, box, x, y) < nearest:
            nearest = _nearest_2(zones, box, x, y, nearest)
        inside ^= _crossed(zones, box, x, y)
    if zones.kind[zone] == CORRIDOR:
        return float(zones.table[zone, SIZE_M] - math.sqrt(nearest))
    return math.sqrt(nearest) if inside else -math.sqrt(nearest)


@part
def _apart_2(box: Small, n: int, x: float, y: float) -> float:
    """Square of the distance to a box; 0 in it."""
    wide = max(box[n, 0] - x, x - box[n, 2], 0.0)
    high = max(box[n, 1] - y, y - box[n, 3], 0.0)
    return float(wide * wide + high * high)


@part
def _nearest_2(zones: Zones, box: int, x: float, y: float, nearest: float) -> float:
    """Square of the distance to the pieces of a box, if it is less than that."""
    corner, start, last = zones.corner, zones.start[box], zones.start[box + 1] - 1
    x0, y0 = corner[start, 0] - x, corner[start, 1] - y
    nearest = min(nearest, x0 * x0 + y0 * y0)
    for n in range(start, last):
        x1, y1 = corner[n + 1, 0] - x, corner[n + 1, 1] - y
        dx, dy = x1 - x0, y1 - y0
        along, length = -(x0 * dx + y0 * dy), dx * dx + dy * dy
        if 0.0 < along < length:
            beside = x0 * dy - y0 * dx
            if beside * beside < nearest * length:
                nearest = beside * beside / length
        nearest = min(nearest, x1 * x1 + y1 * y1)
        x0, y0 = x1, y1
    return nearest


@part
def _crossed(zones: Zones, box: int, x: float, y: float) -> bool:
    """Whether a ray to the east crosses the pieces of a box an odd number of times."""
    corner, start, last = zones.corner, zones.start[box], zones.start[box + 1] - 1
    if y < zones.box[box, 1] or y > zones.box[box, 3] or x > zones.box[box, 2]:
        return False
    if x < zones.box[box, 0]:
        return bool((corner[start, 1] > y) != (corner[last, 1] > y))
    odd = False
    for n in range(start, last):
        y0, y1 = corner[n, 1] - y, corner[n + 1, 1] - y
        if (y0 > 0.0) != (y1 > 0.0):
            x0, x1 = corner[n, 0] - x, corner[n + 1, 0] - x
            odd ^= (x0 * y1 - x1 * y0 > 0.0) == (y1 > y0)
    return odd
