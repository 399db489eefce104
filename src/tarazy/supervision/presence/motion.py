# SPDX-License-Identifier: EUPL-1.2
"""Outliers: places that nobody could have reached since the last one. Marked, never deleted.

A jump is believed as soon as the next fix lies near it; until then it is no witness. So one wild
fix costs nothing, and somebody who really was far away (a flight, a tunnel) is found again.
"""

import math
from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from tarazy.supervision.presence.constants import (
    METRES_A_DEGREE_MAX,
    REACH_ACCURACIES,
    SIGMA_UNKNOWN_M,
    SPEED_MAX_M_S,
)
from tarazy.supervision.presence.geometry import WGS84
from tarazy.supervision.presence.interface import Sighting
from tarazy.supervision.presence.thrown import Throws


class Track(Struct, frozen=True):
    """The last place that we believe, and the one that we doubt, if that came later."""

    believed: Sighting | None = None
    doubted: Sighting | None = None
    throws: Throws | None = None
    """Where its device is thrown; None where nobody asks."""
    owed: tuple[Sighting, ...] = ()
    """Earlier places that were doubted (thrown.py), and count with the last one after all."""
    stayed: Sighting | None = None
    """The place before, where the device had leapt to it and the last one says that it is away."""

    @property
    def end(self) -> datetime | None:
        """The time of the last place, believed or not."""
        if self.believed is None or self.doubted is None:
            last = self.believed or self.doubted
            return last.at if last else None
        return max(self.believed.at, self.doubted.at)

    def follow(self, sighting: Sighting) -> "Track":
        """With one more place, later than those before."""
        if self.believed is None or reachable(self.believed, sighting):
            return self._believe(sighting)
        if self.doubted is not None and reachable(self.doubted, sighting):
            return self._believe(sighting)
        return replace(self, doubted=sighting, owed=(), stayed=None)

    @property
    def thrown(self) -> bool:
        """Whether the place that we believed last is no witness that somebody left."""
        return (
            self.throws is not None
            and self.believed is not None
            and self.throws.doubts(self.believed)
        )

    @property
    def leapt(self) -> bool:
        """Whether the place that we believed last is all that is known of a leap from rest."""
        return self.throws is not None and self.throws.leapt(self.believed)

    def _believe(self, sighting: Sighting) -> "Track":
        if self.throws is None:
            return Track(sighting)
        throws = self.throws.follow(self.believed, sighting)
        away = self.throws.leapt(self.believed) and not self.throws.returns(sighting)
        stayed = self.believed if away else None
        return Track(sighting, None, throws, self.throws.owes(throws, sighting), stayed)


def reachable(start: Sighting, end: Sighting) -> bool:
    """Whether anybody could have gone from one place to the other in that time."""
    seconds = abs((end.at - start.at).total_seconds())
    doubt_m = sum(
        [SIGMA_UNKNOWN_M if one.accuracy_m is None else one.accuracy_m for one in (start, end)]
    )
    reach_m = SPEED_MAX_M_S * seconds + REACH_ACCURACIES * doubt_m
    if at_most_m(start, end) <= reach_m:  # nearly always, and cheaper
        return True
    _, _, away = WGS84.inv(start.lon, start.lat, end.lon, end.lat)
    return bool(away <= reach_m)


def at_most_m(one: Sighting, other: Sighting) -> float:
    """No less than the distance between two places, without a geodesic."""
    wide = abs((other.lon - one.lon + 180.0) % 360.0 - 180.0)
    shrunk = math.cos(math.radians(min(abs(one.lat), abs(other.lat))))
    return METRES_A_DEGREE_MAX * math.hypot(other.lat - one.lat, wide * shrunk)


def believed(track: Track, sightings: Iterable[Sighting]) -> tuple[list[bool], Track]:
    """For each place in order of time whether it counts, and the track after all of them."""
    counts = []
    for sighting in sightings:
        track = track.follow(sighting)
        counts.append(track.believed is sighting)
    return counts, track
