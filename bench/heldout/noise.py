# SPDX-License-Identifier: EUPL-1.2
"""Errors of devices, otherwise made than the simulator's: what no constant was chosen on.

The simulator draws errors from a spectrum, and what a device claims from the error's own size. Here
errors are walked step by step (Ornstein-Uhlenbeck), jumps last for minutes, the claim is drawn
without looking at the error, single errors have heavy tails (Student's t), cells are few and come
again, and reports come in clumps, told twice or more.

Profiles and seeds were fixed before the method was changed, and are not to be tuned on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
HOUR_S, DAY_S = 3600.0, 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Errors:
    """Metres are of one axis where they are a sigma; times are in seconds."""

    white_m: float = 3.0
    tail: float = 4.0
    """Degrees of freedom of single errors."""
    outdoors: tuple[float, float] = (5.0, 120.0)
    """Sigma and correlation time of what lasts."""
    indoors: tuple[float, float] = (12.0, 900.0)
    claim_m: float = 12.0
    claim_spread: float = 0.4
    """Logarithmic, and drawn without looking at the error."""
    unstated_share: float = 0.0
    """Of reports, not of devices."""
    jumps_an_hour: float = 0.0
    jump_mean_s: float = 150.0
    jump_m: tuple[float, float] = (30.0, 180.0)
    wanders_a_day: float = 0.0
    wander_h: tuple[float, float] = (1.0, 4.0)
    wander_m: float = 110.0
    """How far a slow walk indoors gets at most."""
    towers_a_day: float = 0.0
    tower_mean_s: float = 120.0
    tower_m: tuple[float, float] = (300.0, 2000.0)
    tower_claim_m: tuple[float, float] = (20.0, 50.0)
    again_share: float = 0.0
    """Reports that are told one to three times more, some seconds later, as if they were new."""
    interval_s: float = 60.0
    jitter_s: float = 4.0
    lost_share: float = 0.02
    offline_a_day: float = 1.0
    offline_mean_s: float = 1800.0
    newest_first_share: float = 0.5


CALM = Errors()
CONCRETE = replace(CALM, indoors=(30.0, 2400.0), outdoors=(12.0, 200.0), claim_spread=0.7)
STREET = replace(CONCRETE, jumps_an_hour=0.5, white_m=5.0, tail=3.0)
WANDERING = replace(CALM, indoors=(15.0, 1200.0), wanders_a_day=1.0, again_share=0.05)
TOWERS = replace(CALM, towers_a_day=2.0, again_share=0.1)
ALL = replace(
    CONCRETE,
    jumps_an_hour=0.1,
    wanders_a_day=0.3,
    towers_a_day=0.3,
    again_share=0.05,
    unstated_share=0.1,
    lost_share=0.05,
    offline_a_day=3.0,
)
HELD_OUT: Mapping[str, Errors] = {
    "calm": CALM,
    "concrete": CONCRETE,
    "street": STREET,
    "wandering": WANDERING,
    "towers": TOWERS,
    "all": ALL,
    "all, each 15 s": replace(ALL, interval_s=15.0, jitter_s=2.0),
    "all, each 5 min": replace(ALL, interval_s=300.0, jitter_s=10.0),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What a device reports, in columns, by the time of taking."""

    at: Floats
    known_at: Floats
    east_m: Floats
    north_m: Floats
    accuracy_m: Floats
    """NaN where none is stated."""


def report_times(errors: Errors, until: float, rng: np.random.Generator) -> Floats:
    """Whole seconds, each later than the one before."""
    ticks = np.arange(60.0, until, errors.interval_s)
    at = np.unique(np.round(ticks + rng.uniform(-1, 1, len(ticks)) * errors.jitter_s))
    return at[rng.random(len(at)) >= errors.lost_share]


def report(
    errors: Errors, at: Floats, true: tuple[Floats, Floats, npt.NDArray[np.bool_]], seed: int
) -> Told:
    """Reports of somebody who truly was there (east, north, indoors) at these times."""
    rng = np.random.default_rng([seed, 77])
    east, north, indoors = true
    count = len(at)
    single = errors.white_m * rng.standard_t(errors.tail, (2, count))
    lasting = np.where(indoors, walked(at, *errors.indoors, rng), walked(at, *errors.outdoors, rng))
    off = single + lasting
    for since, end in spells(at, errors.jumps_an_hour * 24, errors.jump_mean_s, rng):
        off[:, (at >= since) & (at < end)] += arrow(rng, rng.uniform(*errors.jump_m))
    for since, _ in spells(at, errors.wanders_a_day, 1.0, rng):
        end = since + rng.uniform(*errors.wander_h) * HOUR_S
        felt = indoors & (at >= since) & (at < end)
        off[:, felt] += slow_walk(at[felt], errors.wander_m, rng)
    claim = errors.claim_m * np.exp(errors.claim_spread * rng.normal(size=count))
    claim = np.where(rng.random(count) < errors.unstated_share, np.nan, np.maximum(claim, 3.0))
    masts = [arrow(rng, rng.uniform(*errors.tower_m)) for _ in range(3)]
    for since, end in spells(at, errors.towers_a_day, errors.tower_mean_s, rng):
        caught = (at >= since) & (at < end)
        off[:, caught] = masts[rng.integers(3)] + rng.normal(size=(2, int(caught.sum())))
        claim[caught] = rng.uniform(*errors.tower_claim_m)
    told = Told(
        at, np.round(at + rng.uniform(1, 8, count), 1), east + off[0], north + off[1], claim
    )
    return delayed(errors, clumped(errors, told, rng), rng)


def walked(at: Floats, sigma_m: float, lasts_s: float, rng: np.random.Generator) -> Floats:
    """An Ornstein-Uhlenbeck process on two axes."""
    keep = np.exp(-np.diff(at, prepend=at[0] - 10 * lasts_s) / lasts_s)
    push = np.sqrt(1 - keep**2) * rng.normal(size=(2, len(at)))
    found, last = np.empty((2, len(at))), np.zeros(2)
    for n in range(len(at)):
        last = keep[n] * last + push[:, n]
        found[:, n] = last
    return sigma_m * found


def slow_walk(at: Floats, most_m: float, rng: np.random.Generator) -> Floats:
    """Away from the truth by some metres a minute, and never farther than a limit."""
    found, place = np.zeros((2, len(at))), np.zeros(2)
    heading = rng.uniform(0, 2 * np.pi)
    for n in range(1, len(at)):
        heading += 0.3 * rng.normal()
        step = min(at[n] - at[n - 1], 600.0) / 60 * rng.uniform(0, 6)
        place = place + step * np.array([np.cos(heading), np.sin(heading)])
        if np.hypot(*place) > most_m:
            place *= most_m / np.hypot(*place)
            heading += np.pi / 2
        found[:, n] = place
    return found


def spells(
    at: Floats, a_day: float, mean_s: float, rng: np.random.Generator
) -> list[tuple[float, float]]:
    """Stretches of bad luck."""
    whole = float(at[-1] - at[0])
    begins = at[0] + np.sort(rng.uniform(0, whole, rng.poisson(a_day * whole / DAY_S)))
    return [(float(one), float(one + rng.exponential(mean_s))) for one in begins]


def arrow(rng: np.random.Generator, metres: float) -> Floats:
    """So far in any direction, as a column."""
    turn = rng.uniform(0, 2 * np.pi)
    return metres * np.array([[np.cos(turn)], [np.sin(turn)]])


def clumped(errors: Errors, told: Told, rng: np.random.Generator) -> Told:
    """With some reports told again, 1 to 3 seconds apart."""
    again = np.where(
        rng.random(len(told.at)) < errors.again_share, rng.integers(1, 4, len(told.at)), 0
    )
    source = np.repeat(np.arange(len(told.at)), again + 1)
    later = np.arange(len(source)) - np.searchsorted(source, source)
    shift = later * rng.integers(1, 4, len(source))
    columns = (told.east_m[source], told.north_m[source], told.accuracy_m[source])
    return Told(told.at[source] + shift, told.known_at[source] + shift, *columns)


def delayed(errors: Errors, told: Told, rng: np.random.Generator) -> Told:
    """With stretches without a network: stored, and sent afterwards, newest first or oldest."""
    known_at, newest_first = told.known_at.copy(), rng.random() < errors.newest_first_share
    for since, end in spells(told.at, errors.offline_a_day, errors.offline_mean_s, rng):
        held = np.flatnonzero((told.at >= since) & (told.at < end))
        order = held[::-1] if newest_first else held
        known_at[order] = np.round(end + 0.2 * np.arange(1, len(held) + 1), 1)
    return Told(told.at, known_at, told.east_m, told.north_m, told.accuracy_m)
