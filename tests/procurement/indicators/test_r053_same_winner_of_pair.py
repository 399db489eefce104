# SPDX-License-Identifier: EUPL-1.2
"""R053: one row a case; the shared reasons are tested at contests."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import Made, award, bid, process

from tarazy.procurement.indicators import r053_same_winner_of_pair as r053

NEVER = "no two bidders of the data met often enough to compare"
NO_AWARD = "no award is active"
SEVERAL = "several awards are active"


def made(winner: str, *losers: str) -> Made:
    bids = [bid(100 + number, one) for number, one in enumerate((winner, *losers))]
    return process(bids, award(winner))


CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    *((made("w", "l"), True, None, 6) for _ in range(5)),
    (made("w", "l", "z"), True, None, 6),
    (made("z", "y"), False, None, 1),
    *((made("a", "b"), False, None, 0) for _ in range(5)),
    (made("b", "a"), False, None, 0),
    (process([bid(1, "w"), bid(2, "l")]), None, NO_AWARD, None),
    (process([bid(1, "w"), bid(2, "l")], award("w"), award("l")), None, SEVERAL, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r053, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r053(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised


def test_where_no_two_met_often_nothing_is_said() -> None:
    assert {row["reason"] for row in answers(r053, *[made("w", "l")] * 5)} == {NEVER}
