# SPDX-License-Identifier: EUPL-1.2
"""A trail cut into stops, moves and gaps. Pure.

A stop is a group of fixes that stay within a distance of their own middle for a least time: the
stay points of Li, Zheng, Xie, Chen, Liu and Ma, "Mining user similarity based on location history"
(ACM SIGSPATIAL GIS 2008), with four changes for what a court may read:

1. Accuracy counts. A fix belongs to a stop when its distance to the middle is explained by
   `STOP_M` and its own error (`LIKELY` times its accuracy holds 95 % of the error); the middle is
   the mean of the fixes weighted by 1 / accuracy². A fix without an accuracy is taken as poor. A
   fix that is worse than `COARSE_ACCURACY_M` neither holds nor ends a stop.
2. One outlier ends no stop: what is away for at most `BLIP` between two fixes of the stop is noise.
3. Slow walking is no stop: of a group shorter than `SHORT` the two halves must have their middles
   within `STOP_M`.
4. Gaps cut first. Nothing is drawn across a time in which the person could not be monitored
   (`judging/unseen.py` says when and why): a stop before a gap and one after it are two, and where
   the person was between them is not said.

Everything else is a move. Times are those of fixes: a stop lasts from its first to its last fix.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from tarazy.supervision.judging.unseen import Unseen, Why
from tarazy.supervision.presence.constants import (
    ACCURACY_TO_SIGMA,
    COARSE_ACCURACY_M,
    SIGMA_UNKNOWN_M,
)
from tarazy.supervision.presence.interface import Sighting

STOP_M = 50.0
"""How far people move about at one place: a house with its yard."""
STOP_MIN = timedelta(minutes=5)
"""A shorter halt is a traffic light, a chat, a bus stop."""
BLIP = timedelta(minutes=2)
STEP = timedelta(seconds=15)
"""Where no stop began, the next is looked for so much later: a trail may have a fix a second."""
SHORT = 3 * STOP_MIN
EARTH_RADIUS_M = 6_371_008.8
LIKELY = 1.62
"""A circle that holds 95 % of a two-dimensional error, by one that holds 68 % of it."""
ACCURACY_M_UNKNOWN = SIGMA_UNKNOWN_M / ACCURACY_TO_SIGMA
ACCURACY_M_FLOOR = 5.0


@dataclass(frozen=True, slots=True)
class Stop:
    """Where somebody stayed. `radius_m` holds the middle's fixes with their own accuracy."""

    since: datetime
    until: datetime
    lat: float
    lon: float
    radius_m: float
    fixes: int


@dataclass(frozen=True, slots=True)
class Move:
    """A way between stops, by its fixes: `path` in (lon, lat), its length along them."""

    since: datetime
    until: datetime
    path: tuple[tuple[float, float], ...]
    length_m: float


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which the person could not be monitored. From where to where, if that is known."""

    since: datetime
    until: datetime
    why: Why
    ends: tuple[tuple[float, float] | None, tuple[float, float] | None]
    """The last place before and the first after, in (lon, lat): what lies between is unknown."""


Leg = Stop | Move | Gap


def legs_of(fixes: Sequence[Sighting], gaps: Sequence[Unseen]) -> list[Leg]:
    """The legs of a trail, in the order of time. `fixes` are usable ones, oldest first."""
    found: list[Leg] = []
    rest = list(fixes)
    for gap in sorted(gaps, key=lambda one: one.since):
        before = [fix for fix in rest if fix.at <= gap.since]
        rest = [fix for fix in rest if fix.at >= gap.until]
        found += _run(before)
        ends = (_spot(before[-1]) if before else None, _spot(rest[0]) if rest else None)
        found.append(Gap(gap.since, gap.until, gap.why, ends))
    return [*found, *_run(rest)]


def _run(fixes: Sequence[Sighting]) -> list[Leg]:
    """The stops of a stretch without a gap, and the moves between them."""
    told = [fix for fix in fixes if not _coarse(fix)]
    spans, start = [], 0
    while start < len(told):
        members = _group(told, start)
        if _stays([told[index] for index in members]):
            spans.append(members)
            start = members[-1] + 1
        else:
            after = told[start].at + STEP
            start += 1
            while start < len(told) and told[start].at < after:
                start += 1
    found: list[Leg] = []
    at = 0
    for members in spans:
        found += _move(told[max(at - 1, 0) : members[0] + 1])
        found.append(_stop([told[index] for index in members]))
        at = members[-1] + 1
    return [*found, *_move(told[max(at - 1, 0) :])] if told else []


def _group(told: Sequence[Sighting], start: int) -> list[int]:
    """The fixes that stay with the one at `start`, by their index (1), (2)."""
    middle = _Middle(told[start])
    members = [start]
    for index in range(start + 1, len(told)):
        fix = told[index]
        if middle.holds(fix):
            middle.take(fix)
            members.append(index)
        elif fix.at - told[members[-1]].at > BLIP:
            break
    return members


def _stays(fixes: Sequence[Sighting]) -> bool:
    """Whether a group lasted long enough, and did not drift on (3)."""
    lasted = fixes[-1].at - fixes[0].at
    if lasted < STOP_MIN or lasted >= SHORT:
        return lasted >= STOP_MIN
    half = len(fixes) // 2
    return distance_m(_middle(fixes[:half]).spot(), _middle(fixes[half:]).spot()) <= STOP_M


def _middle(fixes: Sequence[Sighting]) -> "_Middle":
    middle = _Middle(fixes[0])
    for fix in fixes[1:]:
        middle.take(fix)
    return middle


class _Middle:
    """The weighted mean of places near each other, in degrees."""

    def __init__(self, first: Sighting) -> None:
        self.weight = self.lat = 0.0
        self.lon, self.turn = 0.0, first.lon
        self.take(first)

    def take(self, fix: Sighting) -> None:
        """Count a fix in."""
        weight = _accuracy(fix) ** -2
        self.weight += weight
        share = weight / self.weight
        self.lat += (fix.lat - self.lat) * share
        # Counted from the first fix, so that the 180th meridian divides no stop.
        self.lon += ((fix.lon - self.turn + 180) % 360 - 180 - self.lon) * share

    def spot(self) -> tuple[float, float]:
        """(lon, lat)."""
        return (self.turn + self.lon + 180) % 360 - 180, self.lat

    def holds(self, fix: Sighting) -> bool:
        """Whether the fix's distance is explained by moving about and by its own error."""
        return distance_m(self.spot(), _spot(fix)) <= STOP_M + LIKELY * _accuracy(fix)


def _stop(fixes: Sequence[Sighting]) -> Stop:
    lon, lat = _middle(fixes).spot()
    spread = sorted(distance_m((lon, lat), _spot(fix)) for fix in fixes)[len(fixes) * 2 // 3]
    radius = max(spread, min(_accuracy(fix) for fix in fixes))
    return Stop(fixes[0].at, fixes[-1].at, lat, lon, radius, len(fixes))


def _move(fixes: Sequence[Sighting]) -> list[Leg]:
    """The way over these fixes, the ends of the stops beside it included; none over one fix."""
    if len(fixes) < 2:  # noqa: PLR2004 - a way has two ends
        return []
    path = tuple(_spot(fix) for fix in fixes)
    length = sum(distance_m(here, there) for here, there in pairwise(path))
    return [Move(fixes[0].at, fixes[-1].at, path, length)]


def distance_m(here: tuple[float, float], there: tuple[float, float]) -> float:
    """Along a great circle, between two places in (lon, lat): true to half a percent."""
    (lon, lat), (lon_there, lat_there) = here, there
    east, north = math.radians(lon_there - lon) / 2, math.radians(lat_there - lat) / 2
    part = math.cos(math.radians(lat)) * math.cos(math.radians(lat_there)) * math.sin(east) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(math.sin(north) ** 2 + part)))


def _coarse(fix: Sighting) -> bool:
    return fix.accuracy_m is not None and fix.accuracy_m > COARSE_ACCURACY_M


def _accuracy(fix: Sighting) -> float:
    return max(fix.accuracy_m or ACCURACY_M_UNKNOWN, ACCURACY_M_FLOOR)


def _spot(fix: Sighting) -> tuple[float, float]:
    return fix.lon, fix.lat
