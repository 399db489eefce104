# SPDX-License-Identifier: EUPL-1.2
"""A plane around a zone's middle in which distances are true to 0.5 m for zones up to 50 km.

A place on WGS84 becomes a point in space, once for each fix. Around a zone it is turned into east
and north of the zone's middle (nine multiplications), and moved out so that it lies as far from the
middle as the geodesic is long: s = 2/k asin(k c / 2) for a chord c, with Euler's curvature k in its
direction. That is the azimuthal equidistant projection, without trigonometry for each zone, and
without a seam: neither the 180th meridian nor a pole is a special case.

Measured against pyproj.Geod (tests/supervision/presence/test_plane.py): a distance from the middle
is true to 1 mm within 100 km, to 0.5 % within 10,000 km, and to 2 % anywhere on earth; between two
places 25 km from the middle it is true to 10 cm.
"""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tarazy.supervision.presence.compiled import loop, part

Table = npt.NDArray[np.float64]

AXIS_M = 6_378_137.0
FLATTENING = 1 / 298.257223563
ECCENTRICITY_2 = FLATTENING * (2 - FLATTENING)
NEAR_TURN = 0.09
"""(k c)^2 up to which the series of the arc is exact to 1e-8 (1,900 km)."""
COLUMNS = 12
X, Y, Z, INNER_M, OUTER_M, SIZE_M = range(6)
"""A zone's middle in space; within INNER_M of it all is inside, beyond OUTER_M all is outside."""
SIN_LAT, COS_LAT, SIN_LON, COS_LON, BY_M, BY_N = range(6, COLUMNS)
"""Its directions, and the curvatures of meridian and prime vertical there."""


class Spot(NamedTuple):
    """A place as a point in space, metres from the middle of the earth."""

    x: float
    y: float
    z: float


@loop
def spot(lat: float, lon: float) -> Spot:
    """A place on the ellipsoid."""
    sin_lat, cos_lat = math.sin(math.radians(lat)), math.cos(math.radians(lat))
    sin_lon, cos_lon = math.sin(math.radians(lon)), math.cos(math.radians(lon))
    n = AXIS_M / math.sqrt(1.0 - ECCENTRICITY_2 * sin_lat * sin_lat)
    return Spot(n * cos_lat * cos_lon, n * cos_lat * sin_lon, n * (1.0 - ECCENTRICITY_2) * sin_lat)


@loop
def frame(table: Table, zone: int, lat: float, lon: float) -> None:
    """Write a zone's middle and directions into its row."""
    middle = spot(lat, lon)
    row = table[zone]
    row[X], row[Y], row[Z] = middle.x, middle.y, middle.z
    row[SIN_LAT], row[COS_LAT] = math.sin(math.radians(lat)), math.cos(math.radians(lat))
    row[SIN_LON], row[COS_LON] = math.sin(math.radians(lon)), math.cos(math.radians(lon))
    bent = 1.0 - ECCENTRICITY_2 * row[SIN_LAT] * row[SIN_LAT]
    row[BY_N] = math.sqrt(bent) / AXIS_M
    row[BY_M] = row[BY_N] * bent / (1.0 - ECCENTRICITY_2)


@part
def chord_2(table: Table, zone: int, place: Spot) -> float:
    """Square of the straight distance from a zone's middle, through the earth."""
    x, y, z = place.x - table[zone, X], place.y - table[zone, Y], place.z - table[zone, Z]
    return float(x * x + y * y + z * z)


@part
def local(table: Table, zone: int, place: Spot) -> tuple[float, float, float]:
    """Metres east and north of a zone's middle, and away from it."""
    x, y, z = place.x - table[zone, X], place.y - table[zone, Y], place.z - table[zone, Z]
    out = table[zone, COS_LON] * x + table[zone, SIN_LON] * y
    east = table[zone, COS_LON] * y - table[zone, SIN_LON] * x
    north = table[zone, COS_LAT] * z - table[zone, SIN_LAT] * out
    east_2, north_2 = east * east, north * north
    flat_2 = east_2 + north_2
    chord_2 = x * x + y * y + z * z
    if flat_2 < 1e-12:  # noqa: PLR2004 - the middle itself, or the other end of the earth
        away = _arc(math.sqrt(chord_2), table[zone, BY_N])
        return away, 0.0, away
    bend = (north_2 * table[zone, BY_M] + east_2 * table[zone, BY_N]) / flat_2
    away = _arc(math.sqrt(chord_2), bend)
    scale = away / math.sqrt(flat_2)
    return east * scale, north * scale, away


@part
def _arc(chord: float, bend: float) -> float:
    turn = chord * chord * bend * bend
    if turn < NEAR_TURN:
        series = 1.0 / 24.0 + turn * (3.0 / 640.0 + turn * (5.0 / 7168.0 + turn * 35.0 / 294912.0))
        return chord * (1.0 + turn * series)
    return 2.0 / bend * math.asin(min(1.0, chord * bend / 2.0))
