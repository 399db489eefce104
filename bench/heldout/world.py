# SPDX-License-Identifier: EUPL-1.2
"""People of the second world: a home, ways out of it, and when each truly was beyond the fence."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import cos, hypot, pi, sin

import numpy as np

from heldout.noise import DAY_S, HOUR_S, Errors, Floats, Told, report, report_times

START = datetime(2025, 9, 1, tzinfo=UTC)
LAT, LON = 51.128, 71.43
METRES_A_DEGREE = 111_259.0
"""Of latitude there; one of longitude is that times the cosine (good to 0.2 % here)."""
RADIUS_M = (40, 150)
LEAVES = 0.25
"""On so many days."""
SPEEDS_M_S = ((0.5, (0.9, 1.6)), (0.7, (3.0, 5.0)), (1.0, (6.0, 14.0)))
"""On foot, by bicycle, by car: cumulative shares."""
ZONE = "home"


@dataclass(frozen=True, slots=True)
class Breach:
    """When somebody truly was outside, seconds from the start, and how far at most."""

    since: float
    until: float
    farthest_m: float


@dataclass(frozen=True, slots=True)
class Person:
    """An order, its reports, and what truly happened."""

    radius_m: int
    shift_m: tuple[float, float]
    told: Told
    breaches: tuple[Breach, ...]


def sigma_m(errors: Errors) -> float:
    """Of the error of one axis at home."""
    return hypot(errors.white_m, errors.indoors[0])


def person(errors: Errors, days: int, seed: int) -> Person:
    """Somebody under house arrest: out of the house seldom, and then it counts."""
    rng = np.random.default_rng([seed, 5])
    radius = int(rng.integers(*RADIUS_M))
    turn, far = rng.uniform(0, 2 * pi), rng.uniform(0, radius / 3)
    shift = (far * cos(turn), far * sin(turn))
    knots = [(0.0, 0.0, 0.0, True)]
    for day in range(days):
        knots += _day(rng, day * DAY_S, radius, 100 + 3 * sigma_m(errors))
    knots.append((days * DAY_S, 0.0, 0.0, True))
    at = report_times(errors, days * DAY_S, rng)
    east, north, indoors = _where(knots, at)
    told = report(errors, at, (east, north, indoors > 0), seed)
    return Person(radius, shift, told, tuple(_breaches(knots, days, radius, shift)))


def _day(
    rng: np.random.Generator, begin: float, radius: int, beyond_m: float
) -> list[tuple[float, float, float, bool]]:
    """Knots of one day: time, east, north, indoors up to the next one."""
    found = []
    at = begin + HOUR_S * rng.uniform(1, 6)
    if rng.random() < 0.5:  # in the yard, inside the fence
        turn, far = rng.uniform(0, 2 * pi), rng.uniform(0.2, 0.6) * radius
        found += [(at, 0.0, 0.0, False), (at + 60, far * cos(turn), far * sin(turn), False)]
        at += rng.uniform(300, 1800)
        found += [(at, far * cos(turn), far * sin(turn), False), (at + 60, 0.0, 0.0, True)]
    if rng.random() >= LEAVES:
        return found
    at = begin + HOUR_S * rng.uniform(8, 21)
    kind = rng.random()
    speed = rng.uniform(*next(speeds for share, speeds in SPEEDS_M_S if kind < share))
    reach = 4 * radius / 3 + beyond_m + rng.exponential(300)
    turn, bend = rng.uniform(0, 2 * pi), rng.uniform(-0.7, 0.7)
    half = (reach / 2 * cos(turn - bend / 2), reach / 2 * sin(turn - bend / 2))
    end = (reach * cos(turn), reach * sin(turn))
    ways = [hypot(*half), hypot(end[0] - half[0], end[1] - half[1])]
    found += [(at, 0.0, 0.0, False), (at + ways[0] / speed, *half, False)]
    at += sum(ways) / speed
    found.append((at, *end, bool(rng.random() < 0.5)))
    at += rng.uniform(600, 4800)
    found.append((at, *end, False))
    at += ways[1] / speed
    found.append((at, *half, False))
    found.append((at + ways[0] / speed, 0.0, 0.0, True))
    return found


def _where(knots: list[tuple[float, float, float, bool]], at: Floats) -> tuple[Floats, ...]:
    times, east, north, indoors = (
        np.array(column, dtype=float) for column in zip(*knots, strict=True)
    )
    before = np.searchsorted(times, at, side="right") - 1
    return np.interp(at, times, east), np.interp(at, times, north), indoors[before]


def _breaches(
    knots: list[tuple[float, float, float, bool]],
    days: int,
    radius: int,
    shift: tuple[float, float],
) -> list[Breach]:
    at = np.arange(0.0, days * DAY_S)
    east, north, _ = _where(knots, at)
    beyond = np.hypot(east - shift[0], north - shift[1]) - radius
    edges = np.flatnonzero(np.diff(np.concatenate(([0], (beyond > 0).astype(int), [0]))))
    return [
        Breach(float(at[first]), float(at[min(end, len(at) - 1)]), float(beyond[first:end].max()))
        for first, end in edges.reshape(-1, 2).tolist()
    ]


def moment(seconds: float) -> datetime:
    """Of so many seconds from the start."""
    return START + timedelta(seconds=round(seconds, 1))


def place(east_m: float, north_m: float) -> tuple[float, float]:
    """Degrees north and east."""
    lat = LAT + north_m / METRES_A_DEGREE
    return round(lat, 7), round(LON + east_m / (METRES_A_DEGREE * cos(LAT * pi / 180)), 7)
