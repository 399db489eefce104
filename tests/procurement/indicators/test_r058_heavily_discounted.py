# SPDX-License-Identifier: EUPL-1.2
"""R058: outliers among twenty usual ones; the reasons are tested at gaps."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import award, bid, process

from tarazy.procurement.indicators import r058_heavily_discounted as r058

USUAL = [process([bid(100, "w"), bid(120 + number % 3, "l")], award("w")) for number in range(20)]
CLOSE = process([bid(100, "w"), bid(101, "l")], award("w"))
FAR = process([bid(100, "w"), bid(300, "l")], award("w"))
EQUAL = process([bid(100, "w"), bid(100, "l")], award("w"))

CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (CLOSE, False, None, pytest.approx(1)),
    (EQUAL, False, None, 0),
    (FAR, True, None, pytest.approx(200)),
    *((usual, False, None, pytest.approx(21, abs=1.1)) for usual in USUAL),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r058, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r058(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised


def test_where_all_prices_are_equal_nothing_is_an_outlier() -> None:
    assert {row["raised"] for row in answers(r058, *[EQUAL] * 20)} == {False}
