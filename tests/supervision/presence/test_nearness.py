# SPDX-License-Identifier: EUPL-1.2
"""The distance of two uncertain places, against Marcum's series and by simulation."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarazy.supervision.presence.nearness import (
    LOG_ODDS_MAX,
    near_chance,
    near_log_odds,
)

TERMS = 600


def by_series(away: float, wide: float) -> float:
    """1 - Q1(away, wide) as a sum of Poisson weights times gamma distributions."""
    x, y = away * away / 2, wide * wide / 2
    weight, term, total = math.exp(-x), math.exp(-y), 0.0
    below = term
    for n in range(TERMS):
        total += weight * (1 - below)
        weight *= x / (n + 1)
        term *= y / (n + 1)
        below += term
    return total


@given(away=st.floats(0, 20), wide=st.floats(0.01, 20))
def test_it_is_marcums_function(away: float, wide: float) -> None:
    assert near_chance(away, 1.0, wide) == pytest.approx(by_series(away, wide), abs=1e-9)


def test_two_people_at_one_place() -> None:
    assert near_chance(0, 40, 100) == pytest.approx(1 - math.exp(-(2.5**2) / 2), abs=1e-12)


def test_it_agrees_with_many_pairs_of_places() -> None:
    rng = np.random.default_rng(1)
    one, other = rng.normal(0, 30, (2, 200_000)), rng.normal(0, 40, (2, 200_000))
    apart = np.hypot(one[0] - other[0] - 120, one[1] - other[1])
    assert near_chance(120, 50, 100) == pytest.approx(float((apart < 100).mean()), abs=0.004)


@given(near=st.floats(0, 5_000), more=st.floats(0, 5_000), sigma=st.floats(8, 3_000))
def test_further_is_never_nearer(near: float, more: float, sigma: float) -> None:
    assert near_chance(near + more, sigma, 300) <= near_chance(near, sigma, 300) + 1e-12


def test_the_ends_of_the_arithmetic() -> None:
    assert near_log_odds(1e7, 8, 100) == -LOG_ODDS_MAX
    assert near_log_odds(0, 8, 5_000) == LOG_ODDS_MAX
    assert near_log_odds(100, 8, 100) == pytest.approx(0, abs=0.1)
