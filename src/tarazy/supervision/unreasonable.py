# SPDX-License-Identifier: EUPL-1.2
"""Whether a drawn zone makes sense: warnings for the officer, who may still know better. Pure.

1. A zone to stay in that is hardly larger than the device's own error raises alerts at home.
2. A zone to stay in that does not hold the person's home.
3. A zone to keep out of that covers the home, or a part of it.
4. A zone to keep out of through which every road from the home leads. Known only where the service
   has the streets; where it has none, that is said and not passed over. Of a class its zones count
   together.
5. A class of shared zones that has none yet.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

from tarazy.core.catalogue import said
from tarazy.supervision.presence.geometry import Circle, Corridor, Places, Polygon, Zone

ACCURACY_M_USUAL = 30.0
"""Where nothing is known of the device: indoors nine of ten places are this good (NIJ 1004.00)."""
ACCURACIES = 2.0
METRES_A_DEGREE = 110_000.0
"""At least."""
REACH_M = 5_000.0
"""How far from the home roads are looked at."""
OPEN_SHARE = 0.5
"""A home is cut off where less than this share of the roads around it can still be reached."""

TOO_SMALL = said(
    "The zone is hardly larger than the device's error ({metres} m): expect alerts without cause. "
    "Make it at least {least} m wide from its middle."
)
HOME_OUTSIDE = said("The person's home ({name}) is not in this zone.")
HOME_COVERED = said("The zone to keep out of covers the person's home ({name}), or a part of it.")
CLASS_COVERS = said(
    "{zone}, one of the shared zones to keep out of, covers the person's home ({name}), or a part "
    "of it."
)
CLASS_EMPTY = said("There is no shared zone of this kind yet: nothing would be judged.")
CUT_OFF = said("Every road from the home ({name}) that we know leads through this zone.")
ROADS_UNKNOWN = said("Not checked whether a road home is left: this service has no streets.")


@dataclass(frozen=True, slots=True)
class Home:
    """Where the person lives, by the order's curfew."""

    name: str
    zone: Zone


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning's sentence and the facts in it."""

    sentence: str
    facts: dict[str, str | int]

    @property
    def grave(self) -> bool:
        """Whether somebody must confirm it; not knowing is no reason to doubt the zone."""
        return self.sentence != ROADS_UNKNOWN


def warnings_of(
    zone: Zone,
    keep_out: bool,  # noqa: FBT001 - what the zone is
    homes: Sequence[Home],
    accuracy_m: float | None,
    roads: Sequence[Sequence[Sequence[float]]] | None,
) -> list[Warned]:
    """What is unreasonable about a zone. Roads are lines of (lon, lat); None where unknown."""
    plane = _Plane(zone)
    shape = plane.drawn(zone)
    found = []
    if not keep_out:
        error_m = accuracy_m or ACCURACY_M_USUAL
        least = ACCURACIES * error_m
        if shapely.maximum_inscribed_circle(shape).length < least:
            found.append(Warned(TOO_SMALL, {"metres": round(error_m), "least": round(least)}))
    for home in homes:
        place = plane.drawn(home.zone)
        if not keep_out and not shape.contains(place.centroid):
            found.append(Warned(HOME_OUTSIDE, {"name": home.name}))
        elif keep_out and shape.intersects(place):
            found.append(Warned(HOME_COVERED, {"name": home.name}))
        elif keep_out and roads is None:
            found.append(Warned(ROADS_UNKNOWN, {}))
        elif keep_out and roads and _cut_off(shape, place.centroid, plane.lines(roads)):
            found.append(Warned(CUT_OFF, {"name": home.name}))
    return found


def class_warnings_of(
    places: Places, homes: Sequence[Home], roads: Sequence[Sequence[Sequence[float]]] | None
) -> list[Warned]:
    """The same of a class: it is kept out of, and what is far from the home is no matter."""
    if not places.zones:
        return [Warned(CLASS_EMPTY, {})]
    found = []
    for home in homes:
        plane = _Plane(home.zone)
        place = plane.drawn(home.zone)
        near = [
            (name, plane.drawn(zone))
            for zone, name in zip(places.zones, places.names, strict=True)
            if _comes_near(zone, *_middle(home.zone))
        ]
        covering = next((name for name, shape in near if shape.intersects(place)), None)
        if covering is not None:
            found.append(Warned(CLASS_COVERS, {"zone": covering, "name": home.name}))
        elif near and roads is None:
            found.append(Warned(ROADS_UNKNOWN, {}))
        elif near and roads:
            together = shapely.unary_union([shape for _, shape in near])
            if _cut_off(together, place.centroid, plane.lines(roads)):
                found.append(Warned(CUT_OFF, {"name": home.name}))
    return found


def _comes_near(zone: Zone, lon: float, lat: float) -> bool:
    """Whether it may lie within reach of a place, by its box; a few too many do no harm."""
    points = np.array([(zone.lon, zone.lat)] if isinstance(zone, Circle) else _line(zone))
    reach_m = REACH_M + _beyond_m(zone)
    north = reach_m / METRES_A_DEGREE
    east = north / max(math.cos(math.radians(lat)), 0.01)
    turned = (points[:, 0] - lon + 180) % 360 - 180
    return bool(
        (turned.min() <= east)
        and (turned.max() >= -east)
        and (points[:, 1].min() <= lat + north)
        and (points[:, 1].max() >= lat - north)
    )


def _line(zone: Polygon | Corridor) -> Sequence[tuple[float, float]]:
    return zone.rings[0] if isinstance(zone, Polygon) else zone.line


def _beyond_m(zone: Zone) -> float:
    """How far it reaches beyond its points."""
    if isinstance(zone, Circle):
        return zone.radius_m
    return zone.half_width_m if isinstance(zone, Corridor) else 0.0


class _Plane:
    """Metres east and north around a zone."""

    def __init__(self, zone: Zone) -> None:
        lon, lat = _middle(zone)
        self.here = Transformer.from_crs(
            "EPSG:4326", f"+proj=aeqd +lat_0={lat} +lon_0={lon} +datum=WGS84", always_xy=True
        )

    def drawn(self, zone: Zone) -> BaseGeometry:
        """A zone in the plane."""
        if isinstance(zone, Circle):
            x, y = self.here.transform(zone.lon, zone.lat)
            return shapely.Point(x, y).buffer(zone.radius_m)
        if isinstance(zone, Polygon):
            outer, *holes = (self._points(ring) for ring in zone.rings)
            return shapely.Polygon(outer, holes)
        return shapely.LineString(self._points(zone.line)).buffer(zone.half_width_m)

    def lines(self, roads: Sequence[Sequence[Sequence[float]]]) -> BaseGeometry:
        """Roads in the plane, cut where they meet."""
        drawn = [shapely.LineString(self._points(road)) for road in roads if len(road) > 1]
        return shapely.unary_union(drawn)

    def _points(self, points: Sequence[Sequence[float]]) -> Any:
        lon, lat = np.array([point[:2] for point in points], dtype=np.float64).T
        return np.column_stack(self.here.transform(lon, lat))


def _middle(zone: Zone) -> tuple[float, float]:
    if isinstance(zone, Circle):
        return zone.lon, zone.lat
    return _line(zone)[0]


def _cut_off(shape: BaseGeometry, home: BaseGeometry, roads: BaseGeometry) -> bool:
    """Whether the roads that can be reached from home without crossing the zone are few."""
    near = roads.intersection(home.buffer(REACH_M))
    if near.is_empty or not near.intersects(shape):
        return False
    before = _reached(near, home)
    after = _reached(near.difference(shape), home)
    return after < OPEN_SHARE * before


def _reached(roads: BaseGeometry, home: BaseGeometry) -> float:
    """The metres of road that hang together with the one nearest to home."""
    parts = [one for one in shapely.get_parts(shapely.unary_union(roads)) if one.length > 0]
    if not parts:
        return 0.0
    corners = [
        tuple(map(tuple, np.round(shapely.get_coordinates(one)[[0, -1]], 1))) for one in parts
    ]
    group = {corner: corner for ends in corners for corner in ends}

    def root(corner: tuple[float, ...]) -> tuple[float, ...]:
        while group[corner] != corner:
            group[corner] = group[group[corner]]
            corner = group[corner]
        return corner

    for first, last in corners:
        group[root(first)] = root(last)
    nearest = min(range(len(parts)), key=lambda n: parts[n].distance(home))
    own = root(corners[nearest][0])
    return float(
        sum(one.length for one, (end, _) in zip(parts, corners, strict=True) if root(end) == own)
    )
