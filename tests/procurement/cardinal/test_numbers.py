# SPDX-License-Identifier: EUPL-1.2
"""Quantiles against NumPy's same type, and printing to the last character."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from tarazy.procurement.cardinal.numbers import (
    fused,
    printed,
    quantile,
    quartiles,
    ratio,
    rounded,
)

FINITE = some.floats(-1e9, 1e9)


@given(some.lists(FINITE, min_size=1, max_size=40), some.floats(0, 1))
def test_quantiles_are_of_type_8(values: list[float], tau: float) -> None:
    expected = np.quantile(values, tau, method="median_unbiased")
    assert quantile(sorted(values), tau) == pytest.approx(expected, rel=1e-9, abs=1e-6)


@pytest.mark.parametrize(("values", "tau"), [([], 0.5), ([1.0], 1.5), ([1.0], -0.1)])
def test_no_quantile(values: list[float], tau: float) -> None:
    assert math.isnan(quantile(values, tau))


@pytest.mark.parametrize("values", [[math.nan, 0.1], [0.1, math.nan], [0.1, math.nan, 0.2, 0.3]])
def test_no_quartiles_where_a_value_is_no_number(values: list[float]) -> None:
    assert all(map(math.isnan, quartiles(values)))


def test_a_product_and_a_sum_are_rounded_once() -> None:
    assert fused(0.1, 10.0, -1.0) == 5.551115123125783e-17
    assert fused(math.inf, 1.5, 1.0) == math.inf
    assert math.isnan(fused(math.nan, 1.5, 1.0))
    assert fused(1.7e308, 1.5, 1.7e308) == math.inf
    assert printed(fused(0.0, -1.5, -0.0)) == "-0.0"


def test_a_division_by_zero_is_no_error() -> None:
    assert ratio(1.0, 0.0) == math.inf
    assert ratio(1.0, -0.0) == -math.inf
    assert math.isnan(ratio(0.0, 0.0))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (2.0, "2.0"),
        (1 / 6, "0.16666666666666666"),
        (1e15, "1000000000000000.0"),
        (1e16, "1e16"),
        (1.5e17, "1.5e17"),
        (0.0001, "0.0001"),
        (0.000015, "0.000015"),
        (-0.00001, "-0.00001"),
        (1.5e-6, "1.5e-6"),
        (5e-324, "5e-324"),
        (math.nan, "null"),
        (-math.inf, "null"),
    ],
)
def test_printed(value: float, text: str) -> None:
    assert printed(value) == text


@pytest.mark.parametrize(
    ("value", "four"),
    [(66.66666, 66.6667), (0.00005, 0.0001), (-0.00005, -0.0001), (0.00004, 0.0), (3.0, 3.0)],
)
def test_rounded_to_four_places(value: float, four: float) -> None:
    assert rounded(value) == four


def test_what_is_no_number_is_not_rounded() -> None:
    assert math.isnan(rounded(math.nan))
    assert rounded(1e305) == math.inf
