# SPDX-License-Identifier: EUPL-1.2
"""Whether the way between two fixes may lead through a zone that neither of them lies in.

Nobody saw it: it is possible, never more. Only places that lie clear of the fence count here, by
CLEAR_M and CLEAR_SIGMAS: whoever walks along it crosses nothing, and a vague place in between tells
no way. For four such places z, a, b, c in a row the way from a to b is one that may lead through
where

1. the straight way from a to b leads through the zone at least DEPTH_M deep; or there is a way
   through it that is at most DETOUR times as long as the straight one (an ellipse around both)
2. no more than GAP_MAX lies between: after that a straight line says nothing
3. z lies nearer to a than to b, and c nearer to b than to a, and neither z to a nor b to c leads
   through as well: one wild place alone makes no way, and what comes next may deny it. So it is
   known one place later
4. it is no entry: the person is not held to be in the zone when c comes. Who was in it is so until
   two places at least lie clear of the fence, and c is the second.

How sure it is cannot be stated honestly: there is no probability.
"""

import math
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tarazy.supervision.presence.constants import (
    ACCURACY_TO_SIGMA,
    SIGMA_FLOOR_M,
    SIGMA_UNKNOWN_M,
    UNDERSTATED,
)
from tarazy.supervision.presence.geometry import WGS84, Extent, signed_distance_m
from tarazy.supervision.presence.interface import Change, Presence, Sighting, State
from tarazy.supervision.presence.motion import at_most_m

Floats = npt.NDArray[np.float64]

CLEAR_M = 20.0
CLEAR_SIGMAS = 2.0
DEPTH_M = 10.0
DETOUR = 1.0
GAP_MAX = timedelta(hours=1)
STEPS = 65
"""Places along the straight way that are measured."""
TRAIL = 3


class Way(NamedTuple):
    """A way from one place to another."""

    length_m: float
    seconds: float

    @property
    def speed_kmh(self) -> float:
        """Straight on."""
        return self.length_m / self.seconds * 3.6


def way(start: Sighting, end: Sighting) -> Way:
    """The straight way between two places, at different times."""
    _, _, length_m = WGS84.inv(start.lon, start.lat, end.lon, end.lat)
    return Way(float(length_m), (end.at - start.at).total_seconds())


def follow(
    state: State,
    zone: Extent,
    places: Sequence[tuple[Sighting, datetime]],
    away_m: Sequence[float],
    entered: Callable[[datetime], bool],
) -> tuple[State, list[Change]]:
    """The state after more places (each with the time at which it was known), and the ways through.

    A way is a change to inside where it begins, and one to unknown where it ends. `entered` says
    whether the person was held to be in the zone just before a moment.
    """
    trail, distances = list(state.evidence), [math.nan] * len(state.evidence)
    changes: list[Change] = []
    at, known = state.at, state.known_at
    for (sighting, known_at), distance in zip(places, away_m, strict=True):
        if sighting.at <= at:
            continue
        at, known = sighting.at, known_at
        if -distance >= clear_m(sighting):
            may = len(trail) == TRAIL and _may(zone, (*trail, sighting), distances)
            if may and not entered(sighting.at):  # (4)
                begin, end = trail[1], trail[2]
                changes.append(Change(Presence.INSIDE, begin.at, known_at, None, (begin, end)))
                changes.append(Change(Presence.UNKNOWN, end.at, known_at))
            trail, distances = [*trail[-2:], sighting], [*distances[-2:], distance]
    if at == state.at:
        return state, []
    since = changes[-1].at if changes else state.since
    return State(Presence.UNKNOWN, since, at, known, at, 0.0, tuple(trail)), changes


def _may(zone: Extent, four: Sequence[Sighting], distances: list[float]) -> bool:
    """Whether the way between the two in the middle may lead through."""
    before, start, end, after = four
    if end.at - start.at > GAP_MAX:  # (2)
        return False
    longest = DETOUR * at_most_m(start, end)
    if longest < 2 * CLEAR_M:
        return False
    for n in (1, 2):
        if math.isnan(distances[n]):
            place = (np.array([four[n].lat]), np.array([four[n].lon]))
            distances[n] = float(signed_distance_m(zone, *place)[0])
    if longest < -distances[1] - distances[2] or not _through(zone, start, end):  # (1)
        return False
    if not (_nearer(before, start, end) and _nearer(after, end, start)):  # (3)
        return False
    return not _through(zone, before, start) and not _through(zone, end, after)


def deepest_between(zone: Extent, start: Sighting, end: Sighting) -> tuple[Sighting, float]:
    """The place on the straight way that lies deepest in the zone, or nearest to it; how deep."""
    lat, lon = _straight(start, end)
    inside = signed_distance_m(zone, lat, lon)
    most = int(inside.argmax())
    return Sighting(start.at, float(lat[most]), float(lon[most]), None), float(inside[most])


def _straight(start: Sighting, end: Sighting) -> tuple[Floats, Floats]:
    shares = np.linspace(0.0, 1.0, STEPS)
    lon = start.lon + shares * ((end.lon - start.lon + 180.0) % 360.0 - 180.0)
    lat = start.lat + shares * (end.lat - start.lat)
    return lat, (lon + 180.0) % 360.0 - 180.0


def _through(zone: Extent, start: Sighting, end: Sighting) -> bool:
    """(1)"""
    inside = signed_distance_m(zone, *_straight(start, end))
    if float(inside.max()) >= DEPTH_M:
        return True
    straight, shares = way(start, end), np.linspace(0.0, 1.0, STEPS)
    off = np.maximum(DEPTH_M - inside, 0.0)
    along = shares * straight.length_m
    ways = np.hypot(along, off) + np.hypot(straight.length_m - along, off)
    return bool(ways.min() <= DETOUR * straight.length_m)


def clear_m(place: Sighting) -> float:
    """How far beyond the fence a place lies clear of it."""
    sigma_m = SIGMA_UNKNOWN_M
    if place.accuracy_m is not None:
        sigma_m = max(place.accuracy_m * ACCURACY_TO_SIGMA * UNDERSTATED, SIGMA_FLOOR_M)
    return max(CLEAR_M, CLEAR_SIGMAS * sigma_m)


def _nearer(place: Sighting, one: Sighting, other: Sighting) -> bool:
    return way(place, one).length_m < way(place, other).length_m
