# SPDX-License-Identifier: EUPL-1.2
"""R022: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import bid, process

from tarazy.procurement.indicators import r022_wide_disparity as r022

CURRENCIES = "the bids are in several currencies"
ALONE = "there are no two bidders to compare"
NO_BIDS = "no bids are published"
PRICE = "the price of a bid is not published"

CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (process([bid(70, "a"), bid(100, "b")]), True, None, pytest.approx(30)),
    (process([bid(71, "a"), bid(100, "b")]), False, None, pytest.approx(29)),
    (process([bid(5, "a"), bid(5, "b")]), False, None, 0),
    (process([bid(70, "a", status="disqualified"), bid(100, "b")]), True, None, pytest.approx(30)),
    (
        process([bid(1, "a", status="withdrawn"), bid(99, "b"), bid(100, "c")]),
        False,
        None,
        pytest.approx(1),
    ),
    (process([bid(70, "a"), bid(100, "b", currency="USD")]), None, CURRENCIES, None),
    (process([bid(70, "a"), bid(100, "a")]), None, ALONE, None),
    (process([bid("x", "a"), bid(100, "b")]), None, PRICE, None),
    ({}, None, NO_BIDS, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r022, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r022(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised
