# SPDX-License-Identifier: EUPL-1.2
"""The picture of a map's window for paper: who is where, by signs, over a grid of coordinates.

Black on white like the trail's, and told apart by shape: triangle, disc, dashed ring. Where many
people are, those who need no checking share a ring with their number, as they do on the screen.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tarazy.supervision.reports.sketch import (
    FONT,
    HALF_MIN_M,
    METRES_A_DEGREE,
    SIZE,
    STEPS,
    Outline,
    Plane,
    circle_of_plane,
    framed,
    shape_of_plane,
    zone_of_plane,
)

WIDTH_PERCENT = 86
PRINTED_M = 0.170 * WIDTH_PERCENT / 100
"""How wide the picture is on paper of A4, whose text is 170 mm wide (report.typ)."""
SIGNS_MAX = 60
"""Of more people signs would cover each other."""
CELL = 26.0
EDGE = 12.0
"""So near to the edge a line would have no room for its number."""
LINES_MIN = 3
STREET = 'fill="none" stroke="#d4d1c7" stroke-width="1.8" stroke-linecap="round"'
BORDER = 'fill="none" stroke="#8a8a8a" stroke-width="0.8"'
GRID = 'stroke="#b9c3cc" stroke-width="0.4"'
SHARED = 'fill="#777777" fill-opacity="0.10" stroke="#777777" stroke-dasharray="1 2"'
INK = "#17335c"
ALERT = "#b0221b"
ACCURACY = f'fill="none" stroke="{INK}" stroke-opacity="0.4" stroke-width="0.6"'

Line = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Sign:
    """Where somebody was last, and how they stand: `alert`, `calm` or `unknown`."""

    lon: float
    lat: float
    state: str
    number: int
    """By which the list beside the picture names the person; 0 where it does not."""
    accuracy_m: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What lies under the signs."""

    streets: Sequence[Line] = ()
    borders: Sequence[Sequence[Sequence[float]]] = ()
    zones: Sequence[Outline] = ()
    shared: Sequence[Outline] = ()


def plane_of(west: float, south: float, east: float, north: float) -> Plane:
    """The square picture that holds a window; degrees, its west counted below its east."""
    lon, lat = (west + east) / 2, (south + north) / 2
    wide = (east - west) * math.cos(math.radians(lat))
    half_m = max(wide, north - south) / 2 * METRES_A_DEGREE
    return Plane(lon, lat, SIZE / 2 / max(half_m, HALF_MIN_M))


def scale_number(plane: Plane) -> int:
    """One metre on paper is so many on the ground, to three figures."""
    metres = SIZE / plane.points_a_metre / PRINTED_M
    power = 10 ** max(0, math.floor(math.log10(metres)) - 2)
    return int(round(metres / power) * power)


def survey(plane: Plane, ground: Ground, signs: Sequence[Sign]) -> str:
    """SVG of a window with the people in it."""
    parts = [
        *(_path(border, plane, BORDER) for border in ground.borders),
        *(_path(line, plane, STREET) for line in ground.streets),
        *_grid(plane),
        *(shape_of_plane(one, plane, SHARED) for one in ground.shared),
        *(zone_of_plane(one, plane) for one in ground.zones),
    ]
    if len(signs) <= SIGNS_MAX:
        parts += [_accuracy(one, plane) for one in signs]
        parts += [_sign(one, plane) for one in sorted(signs, key=_last_on_top)]
    else:
        parts += _crowds([one for one in signs if one.state != "alert"], plane)
        parts += [_sign(one, plane) for one in signs if one.state == "alert"]
    return framed(parts, plane)


def _last_on_top(sign: Sign) -> int:
    return ("calm", "unknown", "alert").index(sign.state)


def _path(spots: Iterable[Sequence[float]], plane: Plane, look: str) -> str:
    corners = "L".join("{:.1f} {:.1f}".format(*plane.of(lon, lat)) for lon, lat in spots)
    return f'<path d="M{corners}" {look}/>'


def _grid(plane: Plane) -> Iterator[str]:
    """Lines at round degrees, with their numbers at the edge."""
    west, south, east, north = plane.box()
    step = _step(min(east - west, north - south))
    digits = max(0, -math.floor(math.log10(step)))
    text = f'font-size="8" fill="#54616d" {FONT}'
    for n in range(math.ceil(west / step), math.floor(east / step) + 1):
        x, _ = plane.of(n * step, plane.lat)
        if not EDGE < x < SIZE - 2 * EDGE:
            continue
        said = (n * step + 180) % 360 - 180
        yield f'<path d="M{x:.1f} 0V{SIZE:g}" {GRID}/>'
        yield f'<text x="{x + 2:.1f}" y="9" {text}>{said:.{digits}f}°</text>'
    for n in range(math.ceil(south / step), math.floor(north / step) + 1):
        _, y = plane.of(plane.lon, n * step)
        if not 2 * EDGE < y < SIZE - 2 * EDGE:
            continue
        yield f'<path d="M0 {y:.1f}H{SIZE:g}" {GRID}/>'
        yield f'<text x="2" y="{y - 2:.1f}" {text}>{n * step:.{digits}f}°</text>'


def _step(degrees: float) -> float:
    """The widest round step that still gives some lines."""
    power = 10.0 ** math.floor(math.log10(degrees / LINES_MIN))
    return max(one * power for one in STEPS if one * power <= degrees / LINES_MIN)


def _accuracy(sign: Sign, plane: Plane) -> str:
    if sign.accuracy_m is None:
        return ""
    return circle_of_plane((sign.lon, sign.lat), sign.accuracy_m, plane, ACCURACY)


def _sign(sign: Sign, plane: Plane) -> str:
    x, y = plane.of(sign.lon, sign.lat)
    if sign.state == "alert":
        drawn = (
            f'<path d="M{x:.1f} {y - 7:.1f}L{x + 7:.1f} {y + 5:.1f}H{x - 7:.1f}Z" fill="{ALERT}"'
            ' stroke="#ffffff"/>'
        )
    elif sign.state == "unknown":
        drawn = (
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="#ffffff" stroke="#444444"'
            ' stroke-width="1.6" stroke-dasharray="2.4 1.6"/>'
        )
    else:
        drawn = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{INK}" stroke="#ffffff"/>'
    if not sign.number:
        return drawn
    place = f'x="{x + 7:.1f}" y="{y - 3:.1f}"'
    white = 'stroke="#ffffff" stroke-width="2.5" paint-order="stroke"'
    return f'{drawn}<text {place} font-size="10" fill="#111111" {white} {FONT}>{sign.number}</text>'


def _crowds(signs: Sequence[Sign], plane: Plane) -> Iterator[str]:
    """People of one cell of the picture as one ring with their number; `?` of so many not known."""
    cells: dict[tuple[int, int], list[Sign]] = defaultdict(list)
    for one in signs:
        x, y = plane.of(one.lon, one.lat)
        cells[int(x // CELL), int(y // CELL)].append(one)
    for crowd in cells.values():
        if len(crowd) == 1:
            yield _sign(crowd[0], plane)
            continue
        spots = [plane.of(one.lon, one.lat) for one in crowd]
        x, y = (sum(axis) / len(spots) for axis in zip(*spots, strict=True))
        unknown = sum(one.state == "unknown" for one in crowd)
        dashes = ' stroke-dasharray="3 2"' if unknown else ""
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="11" fill="#ffffff" stroke="{INK}"{dashes}/>'
        lines = [str(len(crowd)), *([f"?{unknown}"] if unknown else [])]
        for row, said in enumerate(lines):
            down = y + 3 + (row * 8 - (len(lines) - 1) * 4)
            yield (
                f'<text x="{x:.1f}" y="{down:.1f}" font-size="8" text-anchor="middle"'
                f' fill="{INK}" {FONT}>{said}</text>'
            )
