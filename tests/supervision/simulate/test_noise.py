# SPDX-License-Identifier: EUPL-1.2
"""The noise is as published: 68 % radius, correlation, understatement, outliers."""

from dataclasses import replace

import numpy as np
import pytest

from tarazy.supervision.simulate.geo import Floats
from tarazy.supervision.simulate.noise import Noise, Sensor, Surroundings

PLAIN = replace(Noise(), understating_share=0.0, outlier_share=0.0)
START = 1_740_000_000.0


def errors(noise: Noise, *, indoors: bool, east_m: float, every_s: float = 600.0) -> Floats:
    """Rows of error and claimed accuracy, from 60 devices with 500 fixes each."""
    found = []
    for index in range(60):
        at = START + every_s * np.arange(500.0)
        place = Surroundings(np.full(500, east_m), np.zeros(500), np.full(500, indoors))
        measured = Sensor(1, index, noise).measure(at, place, np.random.default_rng(index))
        error = np.hypot(measured.east_m - east_m, measured.north_m)
        found.append(np.column_stack((error, measured.accuracy_m)))
    return np.vstack(found)


@pytest.mark.parametrize(("indoors", "east_m"), [(False, 3000.0), (False, 0.0), (True, 3000.0)])
def test_the_claimed_radius_holds_68_percent(indoors: bool, east_m: float) -> None:
    error, accuracy = errors(PLAIN, indoors=indoors, east_m=east_m).T
    assert np.mean(error <= accuracy) == pytest.approx(0.683, abs=0.02)


@pytest.mark.parametrize(
    ("indoors", "east_m", "sigma_m"),
    [
        (False, 3000.0, np.hypot(3.0, 4.0)),
        (False, 0.0, np.sqrt(3.0**2 + 4.0**2 + 11.0**2)),
        (True, 0.0, np.sqrt(3.0**2 + 4.0**2 + 16.0**2)),
    ],
)
def test_sigma_is_as_published(indoors: bool, east_m: float, sigma_m: float) -> None:
    error = errors(PLAIN, indoors=indoors, east_m=east_m)[:, 0]
    assert np.sqrt(np.mean(error**2) / 2) == pytest.approx(sigma_m, rel=0.04)


def test_errors_last_for_the_correlation_time() -> None:
    """A Gauss-Markov process: at the correlation time the correlation is 1 / e."""
    noise = replace(PLAIN, white_sigma_m=0.0, open_sigma_m=0.0)
    first, later = [], []
    for index in range(400):
        at = START + np.array([0.0, noise.indoor_correlation_s])
        place = Surroundings(np.zeros(2), np.zeros(2), np.ones(2, dtype=bool))
        measured = Sensor(2, index, noise).measure(at, place, np.random.default_rng(0))
        first += [measured.east_m[0], measured.north_m[0]]
        later += [measured.east_m[1], measured.north_m[1]]
    assert np.corrcoef(first, later)[0, 1] == pytest.approx(np.exp(-1), abs=0.1)


def test_understating_devices_claim_too_little() -> None:
    noise = replace(PLAIN, understating_share=1.0)
    error, accuracy = errors(noise, indoors=True, east_m=0.0).T
    assert np.mean(error <= accuracy) < 0.25
    understate = [Sensor(1, index, Noise()).understates for index in range(2000)]
    assert np.mean(understate) == pytest.approx(Noise().understating_share, abs=0.03)


def test_outliers_are_as_many_and_as_false_as_published() -> None:
    noise = replace(PLAIN, outlier_share=0.1)
    error, accuracy = errors(noise, indoors=False, east_m=3000.0).T
    far = error > 110
    assert np.mean(far) == pytest.approx(0.1, abs=0.01)
    assert error.max() < 4550
    assert np.mean(accuracy[far] < 20) == pytest.approx(noise.lying_share, abs=0.04)


def test_each_device_that_understates_has_a_factor_of_its_own() -> None:
    noise = replace(PLAIN, understating_share=1.0, understating_worst=0.2, understating_factor=0.5)
    factors = np.array([Sensor(1, index, noise).factor for index in range(500)])
    assert 0.2 <= factors.min() < 0.21
    assert 0.49 < factors.max() <= 0.5
    assert np.median(factors) == pytest.approx(np.sqrt(0.2 * 0.5), rel=0.05)


def test_an_outlier_is_told_again_as_often_as_published() -> None:
    noise = replace(PLAIN, outlier_share=0.01, outlier_again_share=0.5, outlier_claims_m=5.0)
    error, accuracy = errors(replace(noise, lying_share=1.0), indoors=False, east_m=3000.0).T
    far = error > 110
    assert np.mean(far) == pytest.approx(0.02, abs=0.003)  # half of each goes on: 1 + 1/2 + 1/4...
    assert set(accuracy[far]) == {5.0}


def test_reflections_are_felt_among_tall_houses_alone() -> None:
    noise = replace(PLAIN, canyon_share=0.1, canyon_m=(100.0, 250.0))
    among, beyond = (errors(noise, indoors=False, east_m=east)[:, 0] for east in (0.0, 3000.0))
    assert np.mean(among > 75) == pytest.approx(0.1, abs=0.02)
    assert beyond.max() < 75


def test_a_wandering_device_errs_by_as_much_and_admits_it() -> None:
    noise = replace(PLAIN, wander_sigma_m=30.0)
    error, accuracy = errors(noise, indoors=False, east_m=3000.0).T
    assert np.sqrt(np.mean(error**2) / 2) == pytest.approx(np.hypot(5.0, 30.0), rel=0.05)
    assert np.mean(error <= accuracy) == pytest.approx(0.683, abs=0.03)


def test_who_states_no_accuracy_states_none_at_all() -> None:
    accuracy = errors(replace(PLAIN, unstated_share=1.0), indoors=False, east_m=3000.0)[:, 1]
    assert np.isnan(accuracy).all()


def test_the_error_at_a_time_does_not_depend_on_the_times_before() -> None:
    noise = replace(PLAIN, white_sigma_m=0.0)
    at = START + 60.0 * np.arange(50.0)
    every = Surroundings(np.zeros(50), np.zeros(50), np.ones(50, dtype=bool))
    last = Surroundings(np.zeros(1), np.zeros(1), np.ones(1, dtype=bool))
    all_at_once = Sensor(1, 7, noise).measure(at, every, np.random.default_rng(0))
    alone = Sensor(1, 7, noise).measure(at[-1:], last, np.random.default_rng(0))
    assert alone.east_m[0] == pytest.approx(all_at_once.east_m[-1])
