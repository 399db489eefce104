# SPDX-License-Identifier: EUPL-1.2
"""Where a person truly was: outings along the streets, laid out as knots in time and place."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tarazy.supervision.simulate.city import City, Place
from tarazy.supervision.simulate.geo import Floats

INDOOR_KINDS = ("home", "workplace", "shop", "school", "hospital", "police")
WALKED_M_MAX = 1400.0  # longer ways are ridden


@dataclass(frozen=True, slots=True)
class Stop:
    """A stay at a place during an outing."""

    place: Place
    stay_s: float


@dataclass(frozen=True, slots=True)
class Outing:
    """From home to one or more places and home again. `depart` is in epoch seconds."""

    depart: float
    stops: tuple[Stop, ...]
    walking_mps: float
    riding_mps: float


@dataclass(frozen=True, slots=True)
class Track:
    """Knots of a true track: straight and even movement from each to the next.

    `at` epoch seconds (never falling), `east_m` and `north_m` on the plane; `indoors[i]` and
    `moving[i]` hold from knot i to knot i + 1.
    """

    at: Floats
    east_m: Floats
    north_m: Floats
    indoors: npt.NDArray[np.bool_]
    moving: npt.NDArray[np.bool_]

    def positions(self, at: Floats) -> tuple[Floats, Floats]:
        """East and north at given times, metres."""
        return np.interp(at, self.at, self.east_m), np.interp(at, self.at, self.north_m)

    def knot_before(self, at: Floats) -> npt.NDArray[np.intp]:
        """The knot that governs each time."""
        return np.clip(np.searchsorted(self.at, at, side="right") - 1, 0, len(self.at) - 1)

    def velocity_mps(self, at: Floats) -> tuple[Floats, Floats]:
        """East and north components of the speed at given times."""
        knot = np.minimum(self.knot_before(at), len(self.at) - 2)
        lasted = self.at[knot + 1] - self.at[knot]
        lasted = np.where(lasted > 0, lasted, np.inf)
        east = (self.east_m[knot + 1] - self.east_m[knot]) / lasted
        return east, (self.north_m[knot + 1] - self.north_m[knot]) / lasted


def lay_out(city: City, home: Place, outing: Outing) -> Track:
    """The knots of one outing, from leaving the door to entering it again."""
    times, places, indoors, moving = [], [], [], []
    now, here = outing.depart, home
    for stop in (*outing.stops, Stop(home, 0.0)):
        way = city.way(here, stop.place)
        walks = way.walked_m[-1] < WALKED_M_MAX
        along = now + way.walked_m / (outing.walking_mps if walks else outing.riding_mps)
        times.append(along)
        places.append(way.points)
        indoors.append(np.zeros(len(along), dtype=bool))
        indoors[-1][-1] = stop.place.kind in INDOOR_KINDS
        moving.append(np.ones(len(along), dtype=bool))
        moving[-1][-1] = False
        now, here = float(along[-1]) + stop.stay_s, stop.place
    east, north = np.concatenate(places).T
    return Track(
        np.concatenate(times), east, north, np.concatenate(indoors), np.concatenate(moving)
    )


def at_home(home: Place, since: float, until: float) -> Track:
    """Two knots at the door, indoors all the time."""
    return Track(
        np.array([since, until]),
        np.full(2, home.door[0]),
        np.full(2, home.door[1]),
        np.ones(2, dtype=bool),
        np.zeros(2, dtype=bool),
    )


def joined(parts: list[Track]) -> Track:
    """Tracks that follow each other as one; where one ends, the next begins or the person rests."""
    return Track(
        np.concatenate([part.at for part in parts]),
        np.concatenate([part.east_m for part in parts]),
        np.concatenate([part.north_m for part in parts]),
        np.concatenate([part.indoors for part in parts]),
        np.concatenate([part.moving for part in parts]),
    )
