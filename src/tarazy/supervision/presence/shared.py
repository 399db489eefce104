# SPDX-License-Identifier: EUPL-1.2
"""Zones that concern everybody (schools, airports), found by a grid over the earth.

Each zone stands in every cell that it comes within REACH_M of. So a fix whose bounds are not wider
than that (all but coarse ones) looks into its own cell only; for a coarse one, and for zones too
large for the grid, all are compared by their outer circles.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tarazy.supervision.presence.compiled import loop
from tarazy.supervision.presence.geometry import Zone
from tarazy.supervision.presence.plane import OUTER_M, SIN_LAT, Spot, X, Y, chord_2
from tarazy.supervision.presence.zones import SLACK_M, Zones, compile_zones, distance_m, spot

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

CELL_DEG = 0.01
ROUND = 36_000
"""Cells around the earth."""
REACH_M = 500.0
"""So a fix with a stated accuracy of up to 250 m looks into one cell."""
METRES_A_DEGREE = 110_000.0
"""At least, on any meridian."""
CELLS_MAX = 10_000
"""A zone in more cells than this is compared with every fix."""
POLAR_DEG = 85.0
"""Beyond, cells are too narrow: the same."""
EMPTY = -1
NOWHERE = -1
MIX = 0x9E3779B97F4A7C15 - 2**64
"""Fibonacci hashing: a cell's number times this, its highest bits."""


class Shared(NamedTuple):
    """Zones with their grid: a hash table of cells, open addressing."""

    zones: Zones
    shift: int
    cell: Indices
    first: Indices
    """Of each slot, where its zones begin in `near`, and where they end."""
    end: Indices
    near: Indices
    large: Indices
    """Zones that are in no cell."""


def index(zones: Sequence[Zone]) -> Shared:
    """Compile zones and lay them on the grid."""
    return index_of(compile_zones(zones))


def index_of(compiled: Zones) -> Shared:
    """The same, of zones that are compiled already."""
    cells: dict[int, list[int]] = defaultdict(list)
    large = []
    for zone in range(len(compiled.kind)):
        found = _cells(compiled, zone)
        if found is None:
            large.append(zone)
        for cell in found or ():
            cells[cell].append(zone)
    bits = max(4, math.ceil(math.log2(2 * len(cells) + 2)))
    table = np.full(1 << bits, EMPTY, dtype=np.int64)
    first, end = np.zeros_like(table), np.zeros_like(table)
    near: list[int] = []
    for cell, members in cells.items():
        slot = _slot(table, 64 - bits, cell)
        table[slot], first[slot] = cell, len(near)
        near.extend(members)
        end[slot] = len(near)
    listed = (np.array(one, dtype=np.int64) for one in (near, large))
    return Shared(compiled, 64 - bits, table, first, end, *listed)


def _cells(zones: Zones, zone: int) -> Iterable[int] | None:
    """The cells within reach of a zone; None where it is too large or too near a pole."""
    row = zones.table[zone]
    lat = math.degrees(math.asin(row[SIN_LAT]))
    lon = math.degrees(math.atan2(row[Y], row[X]))
    high = (row[OUTER_M] + REACH_M) / METRES_A_DEGREE
    if abs(lat) + high > POLAR_DEG:
        return None
    wide = high / math.cos(math.radians(abs(lat) + high))
    rows = range(_step(lat - high, 90.0), _step(lat + high, 90.0) + 1)
    columns = range(_step(lon - wide, 180.0), _step(lon + wide, 180.0) + 1)
    if len(rows) * len(columns) > CELLS_MAX or len(columns) >= ROUND:
        return None
    return [y * ROUND + x % ROUND for y in rows for x in columns]


@loop
def _step(degrees: float, half: float) -> int:
    return math.floor((degrees + half) / CELL_DEG)


@loop
def _slot(table: Indices, shift: int, cell: int) -> int:
    """Where a cell stands in the table, or the free place where it would."""
    slot = (cell * MIX >> shift) & (len(table) - 1)
    while table[slot] not in (EMPTY, cell):
        slot = (slot + 1) % len(table)
    return slot


@loop
def slot_of(shared: Shared, lat: float, lon: float) -> int:
    """The slot of a place's cell; one without zones where none is near."""
    cell = _step(lat, 90.0) * ROUND + _step(lon, 180.0) % ROUND
    return _slot(shared.cell, shared.shift, cell)


def union_m(shared: Shared, lat: Floats, lon: Floats) -> Floats:
    """Metres from each place to the edge of all zones together: the deepest, or the nearest one."""
    found = np.empty(len(lat))
    _union(shared, lat, lon, found)
    return found


@loop
def _union(shared: Shared, lat: Floats, lon: Floats, found: Floats) -> None:
    for n in range(len(found)):
        found[n] = deepest(shared, lat[n], lon[n])[0]


@loop
def deepest(shared: Shared, lat: float, lon: float) -> tuple[float, int]:
    """How far inside or outside the zone that a place lies deepest in or nearest to; which one.

    -inf and NOWHERE where there is no zone. What lies in the cell's list within REACH_M is the
    nearest of all; else all are compared, those first that their outer circles leave in question.
    """
    place, slot = spot(lat, lon), slot_of(shared, lat, lon)
    best, which = -math.inf, NOWHERE
    for n in range(shared.first[slot], shared.end[slot]):
        best, which = _deeper(shared.zones, shared.near[n], place, best, which)
    for n in range(len(shared.large)):
        best, which = _deeper(shared.zones, shared.large[n], place, best, which)
    if best < -REACH_M:
        for zone in range(len(shared.zones.kind)):
            best, which = _deeper(shared.zones, zone, place, best, which)
    return best, which


@loop
def _deeper(zones: Zones, zone: int, place: Spot, best: float, which: int) -> tuple[float, int]:
    """This zone, where the place lies deeper in it than in the best one so far."""
    reached = zones.table[zone, OUTER_M] - math.sqrt(chord_2(zones.table, zone, place))
    if reached + SLACK_M > best:
        away = distance_m(zones, zone, place)
        if away > best:
            return away, zone
    return best, which
