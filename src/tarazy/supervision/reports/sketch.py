# SPDX-License-Identifier: EUPL-1.2
"""A picture of a place: the zone, the numbered fixes, their accuracy, north and a scale.

It is drawn in metres east and north of the middle, which is true to a percent over some kilometres:
enough to see, not to measure. The coordinates stand in the table beside it.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tarazy.supervision.presence.interface import Sighting

SIZE, MARGIN = 520.0, 34.0
METRES_A_DEGREE = 111_195.0
HALF_MIN_M = 120.0
STEPS = (1, 2, 5)
LABELS_MAX = 60
"""More numbers than this would cover each other; every fix keeps its dot."""
GROUND = 'fill="#fafaf7" stroke="#bbbbbb"'
PAPER = 'fill="#ffffff" stroke="#999999"'
ACCURACY = (
    'fill="#2b5c9e" fill-opacity="0.05" stroke="#2b5c9e" stroke-opacity="0.4" stroke-width="0.7"'
)
FONT = 'font-family="Libertinus Serif, Georgia, serif"'


@dataclass(frozen=True, slots=True)
class Outline:
    """A zone to draw: rings of (lon, lat); a circle has one point and a radius."""

    rings: tuple[tuple[tuple[float, float], ...], ...]
    radius_m: float | None = None
    keep_out: bool = False


def sketch(fixes: Sequence[tuple[int, Sighting]], zone: Outline | None) -> str:
    """SVG of fixes with their numbers; empty where there is nothing to draw."""
    points = [(one.lon, one.lat) for _, one in fixes]
    points += [point for ring in (zone.rings if zone else ()) for point in ring]
    if not points:
        return ""
    plane = Plane.around(points, (zone.radius_m if zone else None) or 0.0)
    parts = [] if zone is None else [zone_of_plane(zone, plane)]
    parts += [_accuracy(one, plane) for _, one in fixes]
    labelled = len(fixes) <= LABELS_MAX
    parts += [_fix(number if labelled else None, one, plane) for number, one in fixes]
    return framed(parts, plane, GROUND)


def framed(parts: Iterable[str], plane: "Plane", ground: str = PAPER) -> str:
    """SVG of what was drawn: cut at the edge, with a scale and north."""
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE:g} {SIZE:g}"'
            f' width="{SIZE:g}" height="{SIZE:g}" role="img">',
            f'<defs><clipPath id="frame"><rect width="{SIZE:g}" height="{SIZE:g}"/></clipPath>'
            "</defs>",
            f'<rect width="{SIZE:g}" height="{SIZE:g}" {ground}/>',
            '<g clip-path="url(#frame)">',
            *parts,
            "</g>",
            *scale_of(plane),
            north_of(),
            "</svg>",
        ]
    )


@dataclass(frozen=True, slots=True)
class Plane:
    """Degrees -> points of the picture."""

    lon: float
    lat: float
    points_a_metre: float

    @classmethod
    def around(cls, points: Sequence[tuple[float, float]], radius_m: float) -> "Plane":
        first = points[0][0]
        # Counted from the first point, so that the 180th meridian cuts nothing.
        lons = [first + (lon - first + 180) % 360 - 180 for lon, _ in points]
        lats = [lat for _, lat in points]
        lon, lat = (min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2
        east = (max(lons) - min(lons)) / 2 * METRES_A_DEGREE * math.cos(math.radians(lat))
        north = (max(lats) - min(lats)) / 2 * METRES_A_DEGREE
        half = max(east, north) + radius_m
        return cls(lon, lat, (SIZE / 2 - MARGIN) / max(half, HALF_MIN_M))

    def box(self) -> tuple[float, float, float, float]:
        """West, south, east and north of the picture, degrees."""
        half = SIZE / 2 / self.points_a_metre / METRES_A_DEGREE
        wide = half / max(math.cos(math.radians(self.lat)), 0.01)
        return self.lon - wide, self.lat - half, self.lon + wide, self.lat + half

    def of(self, lon: float, lat: float) -> tuple[float, float]:
        """Where it is drawn."""
        turn = (lon - self.lon + 180) % 360 - 180
        east = turn * METRES_A_DEGREE * math.cos(math.radians(self.lat))
        north = (lat - self.lat) * METRES_A_DEGREE
        return SIZE / 2 + east * self.points_a_metre, SIZE / 2 - north * self.points_a_metre


def zone_of_plane(zone: Outline, plane: Plane) -> str:
    """A zone in the picture."""
    colour = "#b3401f" if zone.keep_out else "#1d6b57"
    look = (
        f'fill="{colour}" fill-opacity="0.10" stroke="{colour}" stroke-width="1.6"'
        f' stroke-dasharray="{"6 3" if zone.keep_out else "none"}"'
    )
    return shape_of_plane(zone, plane, look)


def shape_of_plane(zone: Outline, plane: Plane, look: str) -> str:
    """The shape of a zone, drawn in whatever way."""
    if zone.radius_m is not None:
        return circle_of_plane(zone.rings[0][0], zone.radius_m, plane, look)
    ways = []
    for ring in zone.rings:
        corners = [plane.of(*point) for point in ring]
        ways.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in corners) + "Z")
    return f'<path d="{"".join(ways)}" fill-rule="evenodd" {look}/>'


def circle_of_plane(middle: tuple[float, float], radius_m: float, plane: Plane, look: str) -> str:
    """A circle about a place in (lon, lat), drawn in whatever way."""
    x, y = plane.of(*middle)
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius_m * plane.points_a_metre:.1f}" {look}/>'


def _accuracy(fix: Sighting, plane: Plane) -> str:
    if fix.accuracy_m is None:
        return ""
    return circle_of_plane((fix.lon, fix.lat), fix.accuracy_m, plane, ACCURACY)


def _fix(number: int | None, fix: Sighting, plane: Plane) -> str:
    x, y = plane.of(fix.lon, fix.lat)
    dot = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6" fill="#17335c"/>'
    if number is None:
        return dot
    place = f'x="{x + 4:.1f}" y="{y - 3:.1f}"'
    return f'{dot}<text {place} font-size="10" fill="#17335c" {FONT}>{number}</text>'


def scale_of(plane: Plane) -> list[str]:
    """The longest round number of metres that is at most a third of the picture."""
    longest = SIZE / 3 / plane.points_a_metre
    power = 10.0 ** math.floor(math.log10(longest))
    metres = max(step * power for step in STEPS if step * power <= longest)
    width, y = metres * plane.points_a_metre, SIZE - 12
    text = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"  # noqa: PLR2004
    return [
        f'<path d="M12 {y - 5:g}V{y:g}H{12 + width:.1f}V{y - 5:g}" fill="none" stroke="#222222"/>',
        f'<text x="{16 + width:.1f}" y="{y:g}" font-size="11" fill="#222222" {FONT}>{text}</text>',
    ]


def north_of() -> str:
    """An arrow to the north."""
    x = SIZE - 20
    return (
        f'<path d="M{x:g} 34V12M{x - 4:g} 18L{x:g} 11L{x + 4:g} 18" fill="none" stroke="#222222"/>'
        f'<text x="{x:g}" y="45" font-size="10" text-anchor="middle" fill="#222222" {FONT}>N</text>'
    )
