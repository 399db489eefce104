# SPDX-License-Identifier: EUPL-1.2
"""Breaches planted at random, for data with a known truth; everything else keeps to the order."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from tarazy.supervision.simulate.city import City, Place
from tarazy.supervision.simulate.geo import Fence
from tarazy.supervision.simulate.people import Population, Wearer
from tarazy.supervision.simulate.records import Condition
from tarazy.supervision.simulate.routines import kept, wishes
from tarazy.supervision.simulate.timetables import HOUR_S, Stretch, clipped, complement, stretches
from tarazy.supervision.simulate.tracks import Outing, Stop, Track, at_home, joined, lay_out

Breach = Literal["leave", "late", "enter", "stray"]
Cause = Literal["switched_off", "battery"]

ERRAND_M = (250.0, 2500.0)
OUTSIDE_M = (150.0, 2500.0)
ERRAND_S = (600.0, 5400.0)
DAY_HOURS = (6.0, 14.0)  # after the service day's begin
SILENCE_S = (1.5 * HOUR_S, 9 * HOUR_S)
TRIES_MAX = 12
DRIVE_M = (800.0, 4000.0)
"""How far behind the fence a drive through a zone goes on."""
DRIVING_MPS, PASSING_S = 14.0, 1.0


@dataclass(frozen=True, slots=True)
class Planting:
    """How often people breach, by person and day. Published with every data set."""

    breach_chance: float = 0.05
    silence_chance: float = 0.01
    drive_share: float = 0.0
    """Of the breaches of a zone to keep out of: how many drive through it without a stop."""
    absence_chance: float = 0.0
    """By person: an absence of some days is permitted once, and granted before it begins."""


@dataclass(frozen=True, slots=True)
class Silence:
    """A device that does not report, and why."""

    since: float
    until: float
    cause: Cause


@dataclass(frozen=True, slots=True)
class Day:
    """One service day of one person as it really was."""

    track: Track
    silences: tuple[Silence, ...] = ()


class Truth:
    """The true days of a population, each drawn from its own seed, so in any order."""

    def __init__(self, population: Population, planting: Planting) -> None:
        self.population, self._planting = population, planting

    def day(self, wearer: Wearer, day: int) -> Day:
        """A service day, from home to home."""
        rng = np.random.default_rng([self.population.seed, 5, wearer.person.index, day])
        city, life = self.population.city, wearer.life
        since, until = life.day(day)
        free = _free(wearer, since, until)
        outings = kept(city, life, wishes(life, day, rng), free)
        breach = None
        if rng.random() < self._planting.breach_chance:
            planter = _Planter(city, wearer, (since, until), rng)
            breach = planter.breach(self._planting.drive_share)
        if breach:
            outings = [(o, t) for o, t in outings if not _overlap(t, breach)]
        tracks = [track for _, track in outings] + ([breach] if breach else [])
        silences = self._silences(since, rng)
        return Day(day_track(life.home, (since, until), tracks), silences)

    def _silences(self, since: float, rng: np.random.Generator) -> tuple[Silence, ...]:
        if rng.random() >= self._planting.silence_chance:
            return ()
        starts = since + rng.uniform(1, 14) * HOUR_S
        cause: Cause = "battery" if rng.random() < 0.5 else "switched_off"  # noqa: PLR2004 - a coin
        return (Silence(starts, starts + rng.uniform(*SILENCE_S), cause),)


def day_track(home: Place, day: Stretch, outings: list[Track]) -> Track:
    """A service day: at home, but for the outings."""
    since, until = day
    parts, now = [], since
    for outing in sorted(outings, key=lambda track: float(track.at[0])):
        parts += [at_home(home, now, float(outing.at[0])), outing]
        now = float(outing.at[-1])
    return joined([*parts, at_home(home, now, until)])


def corner_place(city: City, corner: int) -> Place:
    """A crossing as a place to go to."""
    east, north = city.roads.points[corner].tolist()
    return Place("stand", "", "", (east, north), (east, north), corner)


def corner_at(
    city: City, fence: Fence, beyond_m: tuple[float, float], rng: np.random.Generator
) -> Place | None:
    """A crossing that lies so far beyond a fence, none where there is none."""
    away = fence.beyond_m(*city.roads.points.T)
    fit = np.flatnonzero((away >= beyond_m[0]) & (away <= beyond_m[1]))
    return corner_place(city, int(rng.choice(fit))) if len(fit) else None


class _Planter:
    """One try after another until a breach fits into the day."""

    def __init__(self, city: City, wearer: Wearer, day: Stretch, rng: np.random.Generator) -> None:
        self.city, self.wearer, self.since, self.until = city, wearer, *day
        self.rng = rng

    def breach(self, drive_share: float = 0.0) -> Track | None:
        conditions = self.wearer.person.order.conditions
        number = int(self.rng.integers(len(conditions)))
        condition, fence = conditions[number], self.wearer.fences[number]
        if condition.kind == "exclusion" and drive_share and self.rng.random() < drive_share:
            return self._drive(fence)
        late = bool(self.rng.random() < 0.5)  # noqa: PLR2004 - a coin
        for _ in range(TRIES_MAX):
            track = self._try(condition, fence, late=late)
            if track and self.since < track.at[0] and track.at[-1] < self.until:
                return track
        return None

    def _try(self, condition: Condition, fence: Fence, *, late: bool) -> Track | None:
        match condition.kind:
            case "home_curfew" if late:
                return self._late(condition, fence)
            case "home_curfew":
                return self._leave(condition, fence)
            case "exclusion":
                return self._by_day(self.wearer.forbidden)
            case "inclusion":
                return self._by_day(corner_at(self.city, fence, OUTSIDE_M, self.rng))

    def _leave(self, condition: Condition, fence: Fence) -> Track | None:
        """Out and back within one curfew."""
        curfews = stretches(condition.timetable, self.since, self.until)
        track = self._errand(corner_at(self.city, fence, ERRAND_M, self.rng))
        curfew = curfews[int(self.rng.integers(len(curfews)))] if curfews else (0.0, 0.0)
        room = curfew[1] - curfew[0] - float(track.at[-1]) if track else 0.0
        return shifted(track, curfew[0] + self.rng.uniform(0, room)) if track and room > 0 else None

    def _late(self, condition: Condition, fence: Fence) -> Track | None:
        """Out before a curfew begins, back after it did; none where it never begins anew."""
        starts = [
            start
            for start, _ in stretches(condition.timetable, self.since, self.until)
            if start > self.since
        ]
        track = self._errand(corner_at(self.city, fence, ERRAND_M, self.rng))
        if not starts or not track:
            return None
        start = starts[int(self.rng.integers(len(starts)))]
        return shifted(track, start - self.rng.uniform(0.15, 0.6) * float(track.at[-1]))

    def _by_day(self, target: Place | None) -> Track | None:
        """At an hour at which no curfew is in force."""
        track = self._errand(target)
        return self._at_a_free_hour(track) if track else None

    def _at_a_free_hour(self, track: Track) -> Track | None:
        depart = self.since + self.rng.uniform(*DAY_HOURS) * HOUR_S
        track = shifted(track, depart)
        free = clipped(_free(self.wearer, self.since, self.until), depart, float(track.at[-1]))
        return track if free == [(depart, float(track.at[-1]))] else None

    def _drive(self, fence: Fence) -> Track | None:
        """Through a zone without a stop, on to somewhere behind it, and home."""
        for _ in range(TRIES_MAX):
            through, behind = self.wearer.forbidden, corner_at(self.city, fence, DRIVE_M, self.rng)
            if through is None or behind is None:
                return None
            stops = (Stop(replace(through, kind="stand"), PASSING_S), Stop(behind, PASSING_S))
            life = self.wearer.life
            outing = Outing(0.0, stops, life.walking_mps, DRIVING_MPS)
            track = self._at_a_free_hour(lay_out(self.city, life.home, outing))
            if track and self.since < track.at[0] and track.at[-1] < self.until:
                return track
        return None

    def _errand(self, target: Place | None) -> Track | None:
        """There, a stay, and back; departs at 0."""
        if target is None:
            return None
        life = self.wearer.life
        stay = Stop(target, float(self.rng.uniform(*ERRAND_S)))
        return lay_out(
            self.city, life.home, Outing(0.0, (stay,), life.walking_mps, life.riding_mps)
        )


def shifted(track: Track, by_s: float) -> Track:
    """The same track at another time."""
    return replace(track, at=track.at + by_s)


def _free(wearer: Wearer, since: float, until: float) -> list[Stretch]:
    """When no curfew holds the person at home."""
    for condition in wearer.person.order.conditions:
        if condition.kind == "home_curfew":
            return complement(stretches(condition.timetable, since, until), since, until)
    return [(since, until)]


def _overlap(a: Track, b: Track) -> bool:
    return bool(a.at[0] <= b.at[-1] and b.at[0] <= a.at[-1])
