# SPDX-License-Identifier: EUPL-1.2
"""What a device reports of where its wearer is: late, in gaps, beside the truth, and sure of it.

Errors that last (multipath, indoors) are a sum of 24 cosines whose frequencies are drawn from the
spectrum of a first-order Gauss-Markov process (a Cauchy distribution of width 1 / correlation
time). So the error at any moment is known without having walked there from the first moment, and a
feed that starts again goes on where it would have been. The reported accuracy is the radius that
holds 68.3 % of a circular normal error, sqrt(-2 ln(1 - 0.683)) = 1.516 standard deviations of one
axis.
"""

from dataclasses import dataclass
from math import log, sqrt

import numpy as np
import numpy.typing as npt

from tarazy.supervision.simulate.geo import Floats

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
        sigma = np.sqrt(noise.white_sigma_m**2 + noise.open_sigma_m**2 + indoor**2 + urban**2)
        claimed = (
            RADIUS_68_SIGMAS * sigma * np.exp(noise.accuracy_spread * rng.normal(size=len(at)))
        )
        if self.understates:
            claimed = claimed * noise.understating_factor
        stray, claimed = self._outliers(claimed, rng)
        east, north = where.east_m + error[0] + stray[0], where.north_m + error[1] + stray[1]
        accuracy: Floats = np.maximum(claimed, CLAIMED_M_MIN).round(1)
        return Measured(east, north, accuracy)

    def _outliers(self, claimed: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
        count, noise = len(claimed), self.noise
        near, far = np.log(noise.outlier_m)
        hit = rng.random(count) < noise.outlier_share
        distance = np.exp(rng.uniform(near, far, count)) * hit
        turn = rng.uniform(0, 2 * np.pi, count)
        honest = hit & (rng.random(count) >= noise.lying_share)
        admitted = np.where(honest, distance * rng.uniform(0.6, 1.2, count), claimed)
        return np.vstack((distance * np.cos(turn), distance * np.sin(turn))), admitted


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
