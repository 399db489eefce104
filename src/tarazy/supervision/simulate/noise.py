# SPDX-License-Identifier: EUPL-1.2
"""What a device reports of where its wearer is: late, in gaps, beside the truth, and sure of it.

Errors that last (multipath, indoors) are a sum of 24 cosines whose frequencies are drawn from the
spectrum of a first-order Gauss-Markov process (a Cauchy distribution of width 1 / correlation
time). So the error at any moment is known without having walked there from the first moment, and a
feed that starts again goes on where it would have been. The reported accuracy is the radius that
holds 68.3 % of a circular normal error, sqrt(-2 ln(1 - 0.683)) = 1.516 standard deviations of one
axis. What goes wrong for a spell (mishaps.py) comes on top; profiles.py has sets of parameters.
"""

from dataclasses import dataclass
from math import log, sqrt

import numpy as np
import numpy.typing as npt

from tarazy.supervision.simulate.geo import Floats
from tarazy.supervision.simulate.mishaps import Mishap, Spells

COSINES = 24
RADIUS_68_SIGMAS = sqrt(-2 * log(1 - 0.683))
CLAIMED_M_MIN = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """The published parameters. A sigma is of one axis, in metres; a time is in seconds."""

    white_sigma_m: float = 3.0
    open_sigma_m: float = 4.0
    open_correlation_s: float = 180.0
    urban_sigma_m: float = 11.0
    urban_correlation_s: float = 120.0
    urban_radius_m: float = 1300.0
    """Around the centre, where houses are tall; outdoors only."""
    indoor_sigma_m: float = 16.0
    indoor_correlation_s: float = 900.0
    accuracy_spread: float = 0.15
    """Logarithmic scatter of the accuracy that a device claims."""
    understating_share: float = 0.2
    understating_factor: float = 0.4
    outlier_share: float = 0.004
    outlier_m: tuple[float, float] = (120.0, 4500.0)
    """Spread evenly in its logarithm."""
    lying_share: float = 0.5
    """Of the outliers: those that claim an everyday accuracy."""
    interval_s: float = 60.0
    rest_interval_s: float = 600.0
    rest_after_s: float = 600.0
    gaps_a_day: float = 0.7
    gap_mean_s: float = 900.0
    offline_a_day: float = 1.2
    offline_mean_s: float = 1500.0
    newest_first_share: float = 0.3
    delay_s: tuple[float, float] = (1.0, 6.0)
    wander_sigma_m: float = 0.0
    """A lasting error everywhere, with a correlation time of each device's own."""
    wander_correlation_s: tuple[float, float] = (60.0, 1800.0)
    understating_worst: float | None = None
    """Where given, each device that understates has a factor of its own, from this one to
    `understating_factor`, spread evenly in its logarithm."""
    outlier_claims_m: float | None = None
    """What a lying outlier claims; None for an everyday accuracy."""
    outlier_again_share: float = 0.0
    """How often the report after an outlier lies at the same wrong place."""
    canyon_share: float = 0.0
    """Reports among tall houses, outdoors, that a reflection throws to one side."""
    canyon_m: tuple[float, float] = (40.0, 250.0)
    unstated_share: float = 0.0
    """Devices that state no accuracy."""
    displaced: Mishap | None = None
    """Indoors, at one wrong place for a spell, and sure of it."""
    towers: Mishap | None = None
    """Places of a mobile network's cells for a spell, coarse and honest about it."""
    frozen: Mishap | None = None
    """The first place of a spell is told again and again, as if it were new."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where each fix is taken, as far as satellites care."""

    east_m: Floats
    north_m: Floats
    indoors: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Measured:
    """Where the device believes to be, and the 68 % radius that it claims."""

    east_m: Floats
    north_m: Floats
    accuracy_m: Floats


class Sensor:
    """The receiver of one device, with its own habits."""

    def __init__(self, seed: int, index: int, noise: Noise) -> None:
        rng = np.random.default_rng([seed, 6, index])
        self.noise = noise
        self.understates = bool(rng.random() < noise.understating_share)
        self.newest_first = bool(rng.random() < noise.newest_first_share)
        self.rest_shift_s = float(rng.uniform(0, noise.rest_interval_s))
        self.charging_shift_days = float(rng.uniform(-0.12, 0.12))
        self._open = _Drift(noise.open_correlation_s, rng)
        self._urban = _Drift(noise.urban_correlation_s, rng)
        self._indoor = _Drift(noise.indoor_correlation_s, rng)
        own = np.random.default_rng([seed, 8, index])
        self.factor = _between(noise.understating_worst, noise.understating_factor, own)
        self.states_none = bool(own.random() < noise.unstated_share)
        self._wander = _Drift(_between(*noise.wander_correlation_s, own), own)
        self._displaced = Spells(noise.displaced, (seed, 9, index))
        self._towers = Spells(noise.towers, (seed, 10, index))
        self._frozen = Spells(noise.frozen, (seed, 11, index))

    def measure(self, at: Floats, where: Surroundings, rng: np.random.Generator) -> Measured:
        """Fixes at given times (epoch seconds) and true places."""
        noise = self.noise
        tall = np.hypot(where.east_m, where.north_m) < noise.urban_radius_m
        indoor = noise.indoor_sigma_m * where.indoors
        urban = noise.urban_sigma_m * (tall & ~where.indoors)
        error = (
            noise.white_sigma_m * rng.normal(size=(2, len(at)))
            + noise.open_sigma_m * self._open.at(at)
            + indoor * self._indoor.at(at, indoor > 0)
            + urban * self._urban.at(at, urban > 0)
        )
        if noise.wander_sigma_m:
            error = error + noise.wander_sigma_m * self._wander.at(at)
        flat = noise.white_sigma_m**2 + noise.open_sigma_m**2 + noise.wander_sigma_m**2
        sigma = np.sqrt(flat + indoor**2 + urban**2)
        claimed = (
            RADIUS_68_SIGMAS * sigma * np.exp(noise.accuracy_spread * rng.normal(size=len(at)))
        )
        if self.understates:
            claimed = claimed * self.factor
        stray, claimed = self._outliers(claimed, rng)
        stray = stray + self._reflected(tall & ~where.indoors, rng)
        shift, claimed = self._displaced.shift(at, claimed, where.indoors)
        far, claimed = self._towers.shift(at, claimed)
        off = error + stray + shift + far
        stands = self._frozen.first_of_each(at)
        east, north = (where.east_m + off[0])[stands], (where.north_m + off[1])[stands]
        accuracy: Floats = np.maximum(claimed[stands], CLAIMED_M_MIN).round(1)
        return Measured(east, north, np.full(len(at), np.nan) if self.states_none else accuracy)

    def _reflected(self, among_houses: npt.NDArray[np.bool_], rng: np.random.Generator) -> Floats:
        """Jumps to one side, of which the device knows nothing."""
        count, noise = len(among_houses), self.noise
        if not noise.canyon_share:
            return np.zeros((2, count))
        hit = among_houses & (rng.random(count) < noise.canyon_share)
        distance = rng.uniform(*noise.canyon_m, count) * hit
        turn = rng.uniform(0, 2 * np.pi, count)
        return np.vstack((distance * np.cos(turn), distance * np.sin(turn)))

    def _outliers(self, claimed: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
        count, noise = len(claimed), self.noise
        near, far = np.log(noise.outlier_m)
        hit = rng.random(count) < noise.outlier_share
        distance = np.exp(rng.uniform(near, far, count)) * hit
        turn = rng.uniform(0, 2 * np.pi, count)
        honest = hit & (rng.random(count) >= noise.lying_share)
        admitted = np.where(honest, distance * rng.uniform(0.6, 1.2, count), claimed)
        if noise.outlier_claims_m is not None:
            admitted = np.where(hit & ~honest, noise.outlier_claims_m, admitted)
        stray = np.vstack((distance * np.cos(turn), distance * np.sin(turn)))
        if noise.outlier_again_share and count:
            again = _last(hit, rng.random(count) < noise.outlier_again_share)
            return stray[:, again], admitted[again]
        return stray, admitted


def _between(low: float | None, high: float, rng: np.random.Generator) -> float:
    """Spread evenly in its logarithm."""
    return high if low is None else float(np.exp(rng.uniform(log(low), log(high))))


def _last(hit: npt.NDArray[np.bool_], again: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """For each report which one it repeats: that before it, for as long as such a run goes on."""
    found = np.arange(len(hit))
    for n in range(1, len(hit)):
        if again[n] and not hit[n] and hit[found[n - 1]]:
            found[n] = found[n - 1]
    return found


class _Drift:
    """A lasting error of unit sigma on two axes, known at any time."""

    def __init__(self, correlation_s: float, rng: np.random.Generator) -> None:
        self._frequency = np.tan(np.pi * (rng.random((2, COSINES)) - 0.5)) / correlation_s
        self._phase = rng.uniform(0, 2 * np.pi, (2, COSINES))

    def at(self, at: Floats, felt: npt.NDArray[np.bool_] | None = None) -> Floats:
        """Two rows, one for each axis; 0 where the error is not felt, which saves the work."""
        if felt is not None:
            error = np.zeros((2, len(at)))
            error[:, felt] = self.at(at[felt])
            return error
        total = np.zeros((2, len(at)))
        for k in range(COSINES):  # one at a time: the whole product would not fit the cache
            angle = self._frequency[:, k, np.newaxis] * at + self._phase[:, k, np.newaxis]
            total += np.cos(angle)
        return total * sqrt(2 / COSINES)
