# SPDX-License-Identifier: EUPL-1.2
"""The plan of the demo city: arteries first, then each sector between them with a grid of its own.

That is how grown cities look from above: avenues meet in the middle, each quarter is aligned to
its own avenue, blocks are small in the centre and narrow at the edge, and the river breaks the
pattern. The straight plan is bent at the end by a smooth field, as land does.
"""

from dataclasses import dataclass
from math import cos, pi, sin
from typing import Literal, TypeVar

import numpy as np
import shapely
from shapely import LineString
from shapely.ops import polygonize

from tarazy.supervision.simulate.geo import Floats, Point

StreetKind = Literal["avenue", "street", "lane"]

RADIUS_M = 4300.0
HIGHWAY_END_M = 8500.0
RIVER_HALF_WIDTH_M = 65.0
BANK_HALF_WIDTH_M = 180.0
SNAP_M = 0.1
CORNER_M_MAX = 300.0  # between two corners of a bent street
CENTRE_M, MIDDLE_M = 1300.0, 2700.0
KEPT_SHARE = 0.87  # of the pieces of a grid; the rest are blocks that grew together
SECTOR_MIN_M2 = 40_000
LANE_SPACING_M = 125.0

DISTRICTS = (
    "Самал", "Арай", "Мерей", "Көктем", "Шаңырақ", "Алмалы", "Қайнар", "Теректі", "Жайлау",
    "Таңшолпан", "Нұрлы", "Қарағайлы", "Ақбұлақ", "Сұңқар", "Жастар", "Болашақ", "Ынтымақ",
    "Бәйтерек", "Құлагер", "Самұрық", "Ақжар", "Гүлдер", "Жұлдыз", "Аққайың", "Балауса", "Береке",
)  # fmt: skip
WORDS = (
    "Жібек жолы", "Наурыз", "Бірлік", "Театр", "Кітапхана", "Ұстаз", "Ақын", "Домбыра", "Күй",
    "Тұлпар", "Қыран", "Сарыарқа", "Алатау", "Ертіс", "Есіл", "Жетісу", "Вокзал", "Зауыт",
    "Диірмен", "Наубайхана", "Дәрігер", "Сәулет", "Құрылысшы", "Ғарышкер", "Шұғыла", "Бұлақ",
    "Жидек", "Қызғалдақ", "Аққу", "Тырна", "Қарлығаш", "Көгершін", "Кемеқұрақ", "Жалын", "Шапағат",
    "Мейірім", "Парасат", "Сабырлы", "Еңбек", "Өнер", "Саяхат", "Жаңа", "Ескі базар", "Тоған",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Street:
    """One named line of the plan."""

    name: str
    kind: StreetKind
    line: LineString


@dataclass(frozen=True, slots=True)
class Ground:
    """An area without streets."""

    name: str
    kind: Literal["river", "park"]
    shape: shapely.Polygon


@dataclass(frozen=True, slots=True)
class Layout:
    """The bent plan: streets in pieces between crossings, and grounds."""

    pieces: list[Street]
    grounds: list[Ground]


def lay_out(rng: np.random.Generator) -> Layout:
    """Streets in pieces between crossings, not yet checked for being connected."""
    outline = _outline(rng)
    river = LineString([(x, _river_north(x)) for x in np.arange(-9000.0, 9001.0, 100.0)])
    banks = river.buffer(BANK_HALF_WIDTH_M)
    arteries = _arteries(outline, banks)
    sectors = _sectors(outline, arteries, banks)
    parks = _parks(sectors, rng)
    words = rng.permutation(WORDS).tolist()
    streets = arteries + [
        street
        for number, sector in enumerate(sectors)
        if sector not in parks
        for street in _grid(sector, DISTRICTS[number % len(DISTRICTS)], words, rng)
    ]
    bend = _bend(rng)
    grounds = [Ground("Ақсу өзені", "river", river.buffer(RIVER_HALF_WIDTH_M))]
    grounds += [Ground("Орталық саябақ", "park", park.buffer(-25)) for park in parks]
    return Layout(
        [
            Street(s.name, s.kind, _bent(s.line.segmentize(CORNER_M_MAX), bend))
            for s in _pieces(streets, rng)
        ],
        [Ground(g.name, g.kind, _bent(g.shape.segmentize(100), bend)) for g in grounds],
    )


def _outline(rng: np.random.Generator) -> shapely.Polygon:
    phase = rng.uniform(0, 2 * pi, 3)
    turn = np.linspace(0, 2 * pi, 120, endpoint=False)
    radius = RADIUS_M * (
        1
        + 0.07 * np.sin(2 * turn + phase[0])
        + 0.05 * np.sin(3 * turn + phase[1])
        + 0.03 * np.sin(7 * turn + phase[2])
    )
    return shapely.Polygon(np.column_stack((radius * np.cos(turn), radius * np.sin(turn))))


def _river_north(east_m: float) -> float:
    """The river passes south of the centre, from west-north-west to east-south-east."""
    return -900.0 - 0.16 * east_m + 330.0 * sin(east_m / 1150.0) + 120.0 * sin(east_m / 430.0 + 1.0)


def _ray(bearing_deg: float, from_m: float, until_m: float) -> LineString:
    east, north = sin(bearing_deg * pi / 180), cos(bearing_deg * pi / 180)
    return LineString([(east * from_m, north * from_m), (east * until_m, north * until_m)])


def _arteries(outline: shapely.Polygon, banks: shapely.Polygon) -> list[Street]:
    """Two avenues that leave the city as highways, three diagonals, two rings, two quays."""
    inner = shapely.Point(0, 0).buffer(CENTRE_M, quad_segs=24).exterior
    outer = outline.buffer(-1250).exterior.simplify(4)
    lines = {
        "Тәуелсіздік даңғылы": _ray(82, -HIGHWAY_END_M, HIGHWAY_END_M),
        "Достық даңғылы": _ray(-6, -HIGHWAY_END_M, HIGHWAY_END_M),
        "Бейбітшілік даңғылы": _ray(38, -HIGHWAY_END_M * 0.42, HIGHWAY_END_M * 0.6),
        "Жеңіс даңғылы": _ray(-50, 0, RADIUS_M * 1.02),
        "Сарайшық даңғылы": _ray(140, 0, RADIUS_M * 1.0),
        "Кіші айналма": inner,
        "Үлкен айналма": outer,
    }
    avenues = [Street(name, "avenue", line) for name, line in lines.items()]
    quays = sorted(_lines_in(banks.exterior, outline), key=lambda line: -line.centroid.y)
    names = ("Солтүстік жағалау", "Оңтүстік жағалау")
    return avenues + [Street(n, "street", q) for n, q in zip(names, quays, strict=True)]


def _sectors(
    outline: shapely.Polygon, arteries: list[Street], banks: shapely.Polygon
) -> list[shapely.Polygon]:
    """Land between arteries, quays and the city's edge, nearest to the centre first."""
    borders = shapely.unary_union(
        [outline.exterior, *(street.line for street in arteries)], grid_size=SNAP_M
    )
    land = outline.difference(banks.buffer(-1))
    found = [
        shape
        for shape in polygonize(borders)
        if shape.area > SECTOR_MIN_M2 and land.contains(shape.representative_point())
    ]
    return sorted(
        found, key=lambda shape: (shape.centroid.distance(shapely.Point(0, 0)), shape.wkt)
    )


def _parks(sectors: list[shapely.Polygon], rng: np.random.Generator) -> list[shapely.Polygon]:
    """Two sectors of middling size stay green."""
    fit = [s for s in sectors if 90_000 < s.area < 900_000]  # noqa: PLR2004 - square metres
    chosen = rng.permutation(len(fit))[:2]
    return [fit[i] for i in sorted(chosen.tolist())]


def _grid(
    sector: shapely.Polygon, district: str, words: list[str], rng: np.random.Generator
) -> list[Street]:
    """Two families of parallel streets, aligned to the sector's longest straight border.

    Names are taken from `words`; when those are used up, streets have numbers in their district.
    """
    middle = sector.centroid
    far = middle.distance(shapely.Point(0, 0))
    along = _alignment(sector)
    if far < CENTRE_M:
        spacing = rng.uniform(150, 190), rng.uniform(170, 230)
    elif far < MIDDLE_M:
        spacing = rng.uniform(150, 210), rng.uniform(230, 340)
    else:
        spacing = rng.uniform(95, 150), rng.uniform(230, 330)
    streets: list[Street] = []
    for gap, turn in zip(spacing, (along, along + pi / 2), strict=True):
        for offset in _offsets(gap, rng):
            parts = _lines_in(_across(middle, turn, offset), sector)
            lane = gap < LANE_SPACING_M
            name = f"{district} {len(streets) + 1}-{'тұйығы' if lane else 'көшесі'}"
            if parts and words and not lane:
                name = f"{words.pop()} көшесі"
            streets += [Street(name, "lane" if lane else "street", part) for part in parts]
    return streets


def _alignment(sector: shapely.Polygon) -> float:
    """The direction, radians, in which most of the border runs (a histogram of 5 degree bins)."""
    step = np.diff(np.asarray(sector.exterior.coords), axis=0)
    length = np.hypot(step[:, 0], step[:, 1])
    turn = np.mod(np.arctan2(step[:, 1], step[:, 0]), pi / 2)
    weight, edges = np.histogram(turn, bins=18, range=(0, pi / 2), weights=length)
    best = int(np.argmax(weight))
    near = (turn >= edges[best]) & (turn <= edges[best + 1])
    return float(np.average(turn[near], weights=length[near]))


def _offsets(gap_m: float, rng: np.random.Generator) -> list[float]:
    steps = np.cumsum(gap_m * rng.uniform(0.82, 1.18, int(2.4 * RADIUS_M / gap_m)))
    return [float(step) for step in steps - 1.2 * RADIUS_M]


def _across(middle: shapely.Point, turn: float, offset_m: float) -> LineString:
    reach = 2 * RADIUS_M
    x, y = middle.x - offset_m * sin(turn), middle.y + offset_m * cos(turn)
    along = (cos(turn) * reach, sin(turn) * reach)
    return LineString([(x - along[0], y - along[1]), (x + along[0], y + along[1])])


def _lines_in(line: LineString, area: shapely.Polygon) -> list[LineString]:
    parts = shapely.get_parts(line.intersection(area))
    return [p for p in parts if isinstance(p, LineString) and p.length > 60]  # noqa: PLR2004 - metres


def _pieces(streets: list[Street], rng: np.random.Generator) -> list[Street]:
    """Cut all streets at their crossings and drop some pieces of the grids."""
    cut = shapely.get_parts(shapely.unary_union([s.line for s in streets], grid_size=SNAP_M))
    cut = sorted(cut, key=lambda piece: tuple(piece.coords))
    middles = [piece.interpolate(0.5, normalized=True) for piece in cut]
    _, owners = shapely.STRtree([s.line for s in streets]).query_nearest(middles, all_matches=False)
    kept: list[Street] = []
    for piece, owner in zip(cut, owners.tolist(), strict=True):
        street = streets[owner]
        if street.kind == "avenue" or rng.random() < KEPT_SHARE:
            kept.append(Street(street.name, street.kind, piece))
    return kept


Bend = tuple[Floats, Floats, Floats]
Shape = TypeVar("Shape", LineString, shapely.Polygon)


def _bend(rng: np.random.Generator) -> Bend:
    """A few long waves: direction and frequency, phase, and amplitude of each."""
    waves = 6
    return (
        rng.normal(0, 1 / 900.0, (2, waves)),
        rng.uniform(0, 2 * pi, (2, waves)),
        rng.normal(0, 22.0, (2, waves)),
    )


def _bent(shape: Shape, bend: Bend) -> Shape:
    return shapely.transform(shape, lambda points: points + _shift(points, bend))


def _shift(points: Floats, bend: Bend) -> Floats:
    frequency, phase, amplitude = bend
    waves = np.asarray(points) @ frequency
    return np.column_stack(
        [(amplitude[axis] * np.sin(waves + phase[axis])).sum(axis=1) for axis in range(2)]
    )


def crossing(point: Point) -> Point:
    """The key of a crossing: pieces that meet there agree on it to the snap's size."""
    return round(point[0], 2), round(point[1], 2)
