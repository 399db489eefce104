# SPDX-License-Identifier: EUPL-1.2
"""What people do all day: work, shop, walk, visit, drive a taxi; always within their curfew.

A service day begins at an hour at which the person is at home, so that each day stands alone: 04:00
local for those who sleep at night, 14:00 for those who work then.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np

from tarazy.supervision.simulate.city import City, Place
from tarazy.supervision.simulate.timetables import DAY_S, HOUR_S, Stretch, local_midnight
from tarazy.supervision.simulate.tracks import Outing, Stop, Track, lay_out

Routine = Literal["office", "idle", "driver", "night_driver", "night_worker", "housebound"]

DAY_STARTS_H: dict[Routine, float] = {
    "office": 4,
    "idle": 4,
    "driver": 4,
    "night_driver": 14,
    "night_worker": 14,
    "housebound": 4,
}
SATURDAY = 5
BACK_BEFORE_CURFEW_S = 1200.0
AFTER_CURFEW_S = 600.0
STAY_S_MIN = 300.0
BETWEEN_OUTINGS_S = 900.0
RIDES, WAIT_S = 52, (60.0, 480.0)


@dataclass(frozen=True, slots=True)
class Life:
    """Where a person's days take place. `leisure` are shops, parks, friends and the market."""

    home: Place
    routine: Routine
    job: Place
    leisure: tuple[Place, ...]
    stands: tuple[Place, ...]
    walking_mps: float
    riding_mps: float

    def day(self, day: int) -> Stretch:
        """The service day of a local day's number, epoch seconds."""
        starts = local_midnight(day) + DAY_STARTS_H[self.routine] * HOUR_S
        return starts, starts + DAY_S


def wishes(life: Life, day: int, rng: np.random.Generator) -> list[Outing]:
    """The outings that the person has in mind for a day, before the law and the clock are asked."""
    match life.routine:
        case "housebound":
            return []
        case "driver":
            return [_tour(life, day, 8.0 + rng.normal(0, 0.5), rng)]
        case "night_driver":
            return [_tour(life, day, 20.5 + rng.normal(0, 0.7), rng)]
        case "night_worker":
            hours = 9.0 + rng.normal(0, 0.3)
            shift = (Stop(life.job, hours * HOUR_S),)
            return [_outing(life, day, 20.5 + rng.normal(0, 0.4), shift)]
        case "office" if date.fromordinal(day).weekday() < SATURDAY:
            return _working_day(life, day, rng)
        case "office" | "idle":
            hours_of_day = (rng.uniform(8, 11), rng.uniform(12, 15), rng.uniform(16, 19.5))
            return [_leisure(life, day, hour, rng) for hour in hours_of_day]


def kept(
    city: City, life: Life, outings: list[Outing], free: list[Stretch]
) -> list[tuple[Outing, Track]]:
    """The outings that fit into the free time, moved or shortened to fit, with their tracks."""
    found: list[tuple[Outing, Track]] = []
    for outing in sorted(outings, key=lambda o: o.depart):
        after = float(found[-1][1].at[-1]) + BETWEEN_OUTINGS_S if found else 0.0
        fit = fitted(city, life, replace(outing, depart=max(outing.depart, after)), free)
        if fit:
            found.append(fit)
    return found


def fitted(
    city: City, life: Life, outing: Outing, free: list[Stretch]
) -> tuple[Outing, Track] | None:
    """The outing within the first stretch of free time that can hold it, its longest stay cut."""
    track = lay_out(city, life.home, outing)
    lasts = float(track.at[-1]) - outing.depart
    longest = max(range(len(outing.stops)), key=lambda n: outing.stops[n].stay_s)
    for start, end in free:
        depart = max(outing.depart, start + AFTER_CURFEW_S)
        surplus = max(0.0, depart + lasts - (end - BACK_BEFORE_CURFEW_S))
        stay_s = outing.stops[longest].stay_s - surplus
        if stay_s >= STAY_S_MIN and depart < outing.depart + 2 * HOUR_S:
            stops = list(outing.stops)
            stops[longest] = Stop(stops[longest].place, stay_s)
            moved = replace(outing, depart=depart, stops=tuple(stops))
            if moved == outing:
                return outing, track
            return moved, lay_out(city, life.home, moved)
    return None


def _outing(life: Life, day: int, hour: float, stops: tuple[Stop, ...]) -> Outing:
    depart = local_midnight(day) + hour * HOUR_S
    return Outing(depart, stops, life.walking_mps, life.riding_mps)


def _working_day(life: Life, day: int, rng: np.random.Generator) -> list[Outing]:
    leaves = 8.0 + rng.normal(0, 0.35)
    stops = [Stop(life.job, (9.0 + rng.normal(0, 0.3)) * HOUR_S)]
    if rng.random() < 0.35:  # noqa: PLR2004 - about two days a week with shopping on the way
        stops.append(Stop(life.leisure[0], rng.uniform(600, 1800)))
    outings = [_outing(life, day, leaves, tuple(stops))]
    if rng.random() < 0.3:  # noqa: PLR2004 - some evenings out
        outings.append(_leisure(life, day, 19.2 + rng.normal(0, 0.3), rng))
    return outings


def _leisure(life: Life, day: int, hour: float, rng: np.random.Generator) -> Outing:
    count = int(rng.integers(1, 4))
    chosen = rng.choice(len(life.leisure), count, replace=False).tolist()
    stops = tuple(Stop(life.leisure[n], float(rng.uniform(600, 3000))) for n in chosen)
    return _outing(life, day, hour, stops)


def _tour(life: Life, day: int, hour: float, rng: np.random.Generator) -> Outing:
    """Nine hours or so from stand to stand, with short waits."""
    chosen: list[int] = []
    while len(chosen) < RIDES:
        stand = int(rng.integers(len(life.stands)))
        if not chosen or stand != chosen[-1]:
            chosen.append(stand)
    stops = tuple(Stop(life.stands[n], float(rng.uniform(*WAIT_S))) for n in chosen)
    return _outing(life, day, hour, stops)
