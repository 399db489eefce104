# SPDX-License-Identifier: EUPL-1.2
"""Pairs with ground truth: a protected person who is approached, two co-accused who meet.

Both live their lives of the simulated city. On some days one of the two goes to where the other one
truly is at that time and stays beside them for a while; passing each other on the street happens
by itself. The truth is measured on the true tracks, second by second, and not by what was meant.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from tarazy.supervision.simulate.breaches import Silence, shifted
from tarazy.supervision.simulate.city import Place
from tarazy.supervision.simulate.dataset import Sample, Simulation
from tarazy.supervision.simulate.geo import Floats
from tarazy.supervision.simulate.noise import Sensor
from tarazy.supervision.simulate.people import Wearer
from tarazy.supervision.simulate.reports import Fixes, fix_times, lose_and_delay, observe
from tarazy.supervision.simulate.tracks import Outing, Stop, Track, joined, lay_out

STAY_S = (300.0, 1500.0)
BESIDE_M = 12.0
TRIES = 60


@dataclass(frozen=True, slots=True)
class Near:
    """A stretch in which the two truly were nearer than a radius, and the nearest they came."""

    since: datetime
    until: datetime
    nearest_m: float

    @property
    def lasted_s(self) -> float:
        """How long."""
        return (self.until - self.since).total_seconds()


@dataclass(frozen=True, slots=True)
class SimulatedPair:
    """Two people, their reports, and where they truly were."""

    number: int
    fixes: tuple[Fixes, Fixes]
    tracks: tuple[Track, Track]
    planned: int
    """How many visits were planted."""

    def near(self, radius_m: float) -> list[Near]:
        """When they truly were nearer than a radius."""
        since = max(float(track.at[0]) for track in self.tracks)
        until = min(float(track.at[-1]) for track in self.tracks)
        at = np.arange(np.ceil(since), until)
        apart = distance_m(self.tracks, at)
        edges = np.flatnonzero(np.diff(np.concatenate(([0], (apart < radius_m).astype(int), [0]))))
        return [
            Near(_moment(at[first]), _moment(at[after - 1]), float(apart[first:after].min()))
            for first, after in edges.reshape(-1, 2).tolist()
        ]


def distance_m(tracks: tuple[Track, Track], at: Floats) -> Floats:
    """How far apart the two truly are at some times, on the city's plane."""
    (east, north), (other_east, other_north) = (track.positions(at) for track in tracks)
    apart: Floats = np.hypot(east - other_east, north - other_north)
    return apart


def simulate_pairs(sample: Sample, visits_a_day: float) -> list[SimulatedPair]:
    """Everybody of a sample with the next one; the first of two is who visits."""
    simulation = Simulation(sample)
    wearers = simulation.population.wearers
    return [
        _pair(simulation, number, (wearers[2 * number], wearers[2 * number + 1]), visits_a_day)
        for number in range(len(wearers) // 2)
    ]


def _pair(
    simulation: Simulation, number: int, two: tuple[Wearer, Wearer], visits_a_day: float
) -> SimulatedPair:
    rng = np.random.default_rng([simulation.sample.seed, 11, number])
    (track, silences), (other, others) = (simulation.track(one) for one in two)
    planned = 0
    for day in range(simulation.sample.days):
        if rng.random() < visits_a_day:
            visit = _visit(simulation, two[0], (track, other), (day, rng))
            if visit is not None:
                track, planned = spliced(track, visit), planned + 1
    reports = tuple(
        _reports(simulation, wearer, way, quiet)
        for wearer, way, quiet in zip(two, (track, other), (silences, others), strict=True)
    )
    return SimulatedPair(number, (reports[0], reports[1]), (track, other), planned)


def _visit(
    simulation: Simulation,
    wearer: Wearer,
    tracks: tuple[Track, Track],
    when: tuple[int, np.random.Generator],
) -> Track | None:
    """A way from home to beside the other one and back, while the visitor would be at home."""
    (track, other), (day, rng), city = tracks, when, simulation.population.city
    begin = float(track.at[0]) + day * 86_400.0
    for _ in range(TRIES):
        meet, stay_s = begin + rng.uniform(8, 21) * 3600.0, float(rng.uniform(*STAY_S))
        stays = other.positions(np.array([meet, meet + stay_s]))
        if not np.ptp(stays[0]) < 1 > np.ptp(stays[1]):
            continue
        there = _beside(simulation, (float(stays[0][0]), float(stays[1][0])), rng)
        outing = Outing(
            0.0, (Stop(there, stay_s),), wearer.life.walking_mps, wearer.life.riding_mps
        )
        errand = lay_out(city, wearer.life.home, outing)
        arrives = float(errand.at[-1]) / 2 - stay_s / 2
        errand = shifted(errand, meet - arrives)
        span = np.arange(float(errand.at[0]), float(errand.at[-1]), 30.0)
        east, north = track.positions(span)
        home = wearer.life.home.door
        inside = float(track.at[0]) < errand.at[0] and errand.at[-1] < float(track.at[-1])
        if inside and np.hypot(east - home[0], north - home[1]).max() < 1:
            return errand
    return None


def _beside(simulation: Simulation, at: tuple[float, float], rng: np.random.Generator) -> Place:
    turn = rng.uniform(0, 2 * np.pi)
    spot = at[0] + BESIDE_M * float(np.cos(turn)), at[1] + BESIDE_M * float(np.sin(turn))
    corner = simulation.population.city.roads.nearest(at)
    return Place("stand", "", "", spot, spot, corner)


def spliced(track: Track, errand: Track) -> Track:
    """A track with an errand in the place of what it has in that time: a stay at home."""
    before, after = track.at < errand.at[0], track.at > errand.at[-1]
    return joined([_cut(track, before), errand, _cut(track, after)])


def _cut(track: Track, kept: npt.NDArray[np.bool_]) -> Track:
    return Track(
        track.at[kept],
        track.east_m[kept],
        track.north_m[kept],
        track.indoors[kept],
        track.moving[kept],
    )


def _reports(
    simulation: Simulation, wearer: Wearer, track: Track, silences: list[Silence]
) -> Fixes:
    seed, index, noise = simulation.sample.seed, wearer.person.index, simulation.sample.noise
    rng = np.random.default_rng([seed, 12, index])
    sensor = Sensor(seed, index, noise)
    at = fix_times(track, noise, sensor.rest_shift_s)
    fixes = observe(track, at, sensor, simulation.population.city.plane, rng)
    return lose_and_delay(fixes, silences, sensor, rng)


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(float(at), UTC)
