# SPDX-License-Identifier: EUPL-1.2
"""R057: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import Made, award, bid, process

from tarazy.procurement.indicators import r057_bid_rotation as r057

NO_BIDS = "no bids are published"
NO_AWARD = "no award is active"


def made(winner: str, *losers: str, day: int = 1) -> Made:
    bids = [bid(100 + number, one) for number, one in enumerate((winner, *losers))]
    date = {"date": f"2026-01-{day:02}T00:00:00Z"}
    return {**date, **process(bids, award(winner))}


TURNS = [made("a", "b", day=1 + n) if n % 2 else made("b", "a", day=1 + n) for n in range(6)]
ALWAYS = [made("c", "d", day=1 + n) for n in range(6)]
PAIRS = [("e", "f"), ("f", "e"), ("f", "e"), ("e", "f"), ("f", "e"), ("e", "f")]
MIXED = [made(one, other, day=1 + n) for n, (one, other) in enumerate(PAIRS)]


CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    *((one, True, None, 6) for one in TURNS),
    *((one, False, None, 6) for one in ALWAYS),
    *((one, False, None, 6) for one in MIXED),
    (made("a", "z"), False, None, 1),
    (process([bid(1, "a"), bid(2, "b")]), None, NO_AWARD, None),
    ({}, None, NO_BIDS, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r057, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r057(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised


def test_where_no_group_met_often_nothing_is_said() -> None:
    [row] = answers(r057, made("a", "b"))
    assert row["reason"] == "no group of bidders of the data met often enough to compare"
