# SPDX-License-Identifier: EUPL-1.2
"""The picture of a trail for paper: streets of the extract, numbered stops, moves, dashed gaps.

Black on white, told apart by shape alone: a printer may have no colours. Streets are drawn as they
stand in the operator's own extract; a service without one prints the trail without a ground.
"""

from collections.abc import Sequence

from tarazy.supervision.reports.sketch import (
    FONT,
    Outline,
    Plane,
    framed,
    zone_of_plane,
)
from tarazy.supervision.stays import Gap, Leg, Move, Stop

Line = tuple[tuple[float, float], tuple[float, float]]
STREET = 'fill="none" stroke="#c9c6bb" stroke-width="2.4" stroke-linecap="round"'
MOVE = 'fill="none" stroke="#17335c" stroke-width="1.8" stroke-linejoin="round"'
GAP = 'fill="none" stroke="#555555" stroke-width="1.6" stroke-dasharray="3 5"'


def spots_of(legs: Sequence[Leg]) -> list[tuple[float, float]]:
    """Every place of a trail in (lon, lat): what the picture must hold."""
    spots: list[tuple[float, float]] = []
    for leg in legs:
        if isinstance(leg, Stop):
            spots.append((leg.lon, leg.lat))
        elif isinstance(leg, Move):
            spots += leg.path
        else:
            spots += [end for end in leg.ends if end is not None]
    return spots


def box_of(legs: Sequence[Leg]) -> tuple[float, float, float, float] | None:
    """West, south, east and north of what is drawn, its edge included; None for nothing."""
    spots = spots_of(legs)
    return Plane.around(spots, 0.0).box() if spots else None


def chart(legs: Sequence[Leg], zones: Sequence[Outline], streets: Sequence[Line]) -> str:
    """SVG of a trail; empty where there is nothing to draw."""
    spots = spots_of(legs)
    if not spots:
        return ""
    plane = Plane.around(spots, 0.0)
    parts = [_path([here, there], plane, STREET) for here, there in streets]
    parts += [zone_of_plane(zone, plane) for zone in zones]
    number = 0
    tops: list[str] = []
    for leg in legs:
        if isinstance(leg, Move):
            parts.append(_path(leg.path, plane, MOVE))
        elif isinstance(leg, Gap):
            ends = [end for end in leg.ends if end is not None]
            parts.append(_path(ends, plane, GAP) if len(ends) > 1 else "")
        else:
            number += 1
            tops.append(_stop(number, leg, plane))
    return framed([*parts, *tops], plane)


def _path(spots: Sequence[tuple[float, float]], plane: Plane, look: str) -> str:
    corners = "L".join("{:.1f} {:.1f}".format(*plane.of(*spot)) for spot in spots)
    return f'<path d="M{corners}" {look}/>'


def _stop(number: int, stop: Stop, plane: Plane) -> str:
    x, y = plane.of(stop.lon, stop.lat)
    ring = max(stop.radius_m * plane.points_a_metre, 9.0)
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{ring:.1f}" fill="#17335c" fill-opacity="0.08"'
        ' stroke="#17335c" stroke-width="0.7"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="8" fill="#17335c" stroke="#ffffff"/>'
        f'<text x="{x:.1f}" y="{y + 3.2:.1f}" font-size="9" text-anchor="middle" fill="#ffffff"'
        f" {FONT}>{number}</text>"
    )
