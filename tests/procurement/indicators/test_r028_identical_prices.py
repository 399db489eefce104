# SPDX-License-Identifier: EUPL-1.2
"""R028: one row a case; the reasons are tested at contests."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import bid, process

from tarazy.procurement.indicators import r028_identical_prices as r028

A = bid(5, "a")

CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (process([A, bid("5.00", "b")]), True, None, 2),
    (process([A, bid(5, "b"), bid(5, "c", status="disqualified")]), True, None, 3),
    (process([A, bid(6, "b")]), False, None, 1),
    (process([A, bid(5, "b", currency="USD")]), False, None, 1),
    (process([bid(5, "a", "b"), bid(5, "b", "a"), bid(6, "c")]), False, None, 1),
    (process([A, bid(6, "b"), bid(5, "c", status="withdrawn")]), False, None, 1),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r028, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r028(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised
