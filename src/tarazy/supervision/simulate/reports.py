# SPDX-License-Identifier: EUPL-1.2
"""The fixes that a device sends along a true track: when, how late, and what is missing."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from tarazy.supervision.simulate.breaches import Silence
from tarazy.supervision.simulate.geo import Floats, Plane
from tarazy.supervision.simulate.noise import Noise, Sensor, Surroundings
from tarazy.supervision.simulate.timetables import DAY_S, HOUR_S
from tarazy.supervision.simulate.tracks import Track

KMH = 3.6
STANDING_KMH = 1.0
UPLOAD_STEP_S = 0.3  # between two stored fixes sent one after the other
BATTERY_FULL, BATTERY_USED_A_DAY = 100.0, 62.0
BATTERY_DYING_S, BATTERY_DYING_PERCENT = 2 * HOUR_S, 12.0
Flags = npt.NDArray[np.bool_]


class Report(Struct, frozen=True):
    """One fix as a device knows it. `at` in epoch seconds; unknown is null, never 0 or -1."""

    at: float
    lat: float
    lon: float
    accuracy_m: float
    speed_kmh: float
    course_deg: float | None
    battery_percent: int


@dataclass(frozen=True, slots=True)
class Fixes:
    """Many fixes in columns, by the time of taking; `known_at` is when the centre had them."""

    at: Floats
    known_at: Floats
    lat: Floats
    lon: Floats
    accuracy_m: Floats
    speed_kmh: Floats
    course_deg: Floats
    battery_percent: npt.NDArray[np.int64]
    stored: Flags

    def reports(self) -> list[Report]:
        """The same, one by one."""
        return [
            Report(at, lat, lon, accuracy, speed, course if speed else None, battery)
            for at, lat, lon, accuracy, speed, course, battery in zip(
                self.at.tolist(),
                self.lat.tolist(),
                self.lon.tolist(),
                self.accuracy_m.tolist(),
                self.speed_kmh.tolist(),
                self.course_deg.tolist(),
                self.battery_percent.tolist(),
                strict=True,
            )
        ]


def fix_times(track: Track, noise: Noise, shift_s: float) -> Floats:
    """Each minute, and seldom after ten minutes at rest."""
    edges = np.flatnonzero(np.diff(track.moving.astype(int), prepend=2, append=2))
    until = np.append(track.at[edges[1:-1]], track.at[-1])
    parts = []
    for since, end, moving in zip(
        track.at[edges[:-1]].tolist(),
        until.tolist(),
        track.moving[edges[:-1]].tolist(),
        strict=True,
    ):
        lively = end if moving else min(end, since + noise.rest_after_s)
        first = since + (shift_s - since) % noise.interval_s
        parts.append(np.arange(first, lively, noise.interval_s))
        rest = noise.rest_interval_s
        parts.append(np.arange(lively + (shift_s - lively) % rest, end, rest))
    return np.round(np.unique(np.concatenate(parts)))


def observe(
    track: Track, at: Floats, sensor: Sensor, plane: Plane, rng: np.random.Generator
) -> Fixes:
    """Fixes at given times, each known at once."""
    east, north = track.positions(at)
    indoors = track.indoors[track.knot_before(at)]
    measured = sensor.measure(at, Surroundings(east, north, indoors), rng)
    lat, lon = plane.geographic(measured.east_m, measured.north_m)
    east_mps, north_mps = track.velocity_mps(at)
    speed = np.round(
        KMH * np.hypot(east_mps, north_mps) * np.exp(0.05 * rng.normal(size=len(at))), 1
    )
    speed = np.where(speed < STANDING_KMH, 0.0, speed)
    course = np.round(np.degrees(np.arctan2(east_mps, north_mps)) + 4 * rng.normal(size=len(at)))
    return Fixes(
        at=at,
        known_at=np.round(at + rng.uniform(*sensor.noise.delay_s, len(at)), 1),
        lat=lat,
        lon=lon,
        accuracy_m=measured.accuracy_m,
        speed_kmh=speed,
        course_deg=np.mod(course, 360),
        battery_percent=_battery(at, sensor.charging_shift_days),
        stored=np.zeros(len(at), dtype=bool),
    )


def lose_and_delay(
    fixes: Fixes, silences: list[Silence], sensor: Sensor, rng: np.random.Generator
) -> Fixes:
    """Gaps without fixes, stretches without a network, and the planted silences."""
    noise, at = sensor.noise, fixes.at
    lost = np.zeros(len(at), dtype=bool)
    for since, until in _spells(at, noise.gaps_a_day, noise.gap_mean_s, rng):
        lost |= (at >= since) & (at < until)
    battery = fixes.battery_percent.astype(float)
    for silence in silences:
        lost |= (at >= silence.since) & (at < silence.until)
        if silence.cause == "battery":
            left = BATTERY_DYING_PERCENT * (silence.since - at) / BATTERY_DYING_S
            battery = np.where((left > 0) & (left < battery), np.maximum(left, 1), battery)
    known_at, stored = fixes.known_at.copy(), fixes.stored.copy()
    for since, until in _spells(at, noise.offline_a_day, noise.offline_mean_s, rng):
        held = np.flatnonzero((at >= since) & (at < until))
        order = held[::-1] if sensor.newest_first else held
        back = _back_online(until, silences)
        known_at[order] = np.round(back + UPLOAD_STEP_S * np.arange(1, len(held) + 1), 1)
        stored[held] = True
    keep = ~lost
    return Fixes(
        at=at[keep],
        known_at=known_at[keep],
        lat=fixes.lat[keep],
        lon=fixes.lon[keep],
        accuracy_m=fixes.accuracy_m[keep],
        speed_kmh=fixes.speed_kmh[keep],
        course_deg=fixes.course_deg[keep],
        battery_percent=battery[keep].astype(np.int64),
        stored=stored[keep],
    )


def _spells(
    at: Floats, a_day: float, mean_s: float, rng: np.random.Generator
) -> list[tuple[float, float]]:
    """Stretches of bad luck over the time of the fixes, which do not overlap."""
    if not len(at):
        return []
    since, until = float(at[0]), float(at[-1])
    starts = np.sort(rng.uniform(since, until, rng.poisson(a_day * (until - since) / DAY_S)))
    ends = starts + rng.exponential(mean_s, len(starts))
    ends[:-1] = np.minimum(ends[:-1], starts[1:])
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


def _back_online(at: float, silences: list[Silence]) -> float:
    """A device that is silent when the network returns sends when it is on again."""
    return max([at, *(s.until for s in silences if s.since <= at < s.until)])


def _battery(at: Floats, shift_days: float) -> npt.NDArray[np.int64]:
    """Full in the morning, and charged every night."""
    used = np.mod(at / DAY_S + shift_days, 1.0)
    return np.round(BATTERY_FULL - BATTERY_USED_A_DAY * used).astype(np.int64)
