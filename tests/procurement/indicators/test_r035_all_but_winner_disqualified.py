# SPDX-License-Identifier: EUPL-1.2
"""R035: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import award, bid, process

from tarazy.procurement.indicators import r035_all_but_winner_disqualified as r035

NO_BIDS = "no bids are published"
LOTS = "a bid names no lot, or several lots with one price"
ALONE = "there are no two bidders to compare"
PENDING = "a bid is still pending"
NO_VALID = "no bid was found valid"
NO_AWARD = "no award is active"
SEVERAL = "several awards are active"
OUT = bid(5, "b", status="disqualified")
WON = bid(9, "w")

IN_LOTS = process(
    [
        bid(9, "w", relatedLots=["1"]),
        bid(5, "b", status="disqualified", relatedLots=["1"]),
    ],
    award("w"),
)

CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (process([WON, OUT], award("w")), True, None, 1),
    (process([WON, OUT, OUT, bid(6, "c", status="disqualified")], award("w")), True, None, 2),
    (process([WON, bid(8, "w", status="disqualified"), OUT], award("w")), True, None, 1),
    (process([WON, bid(None, "b", status="disqualified")], award("w")), True, None, 1),
    (process([WON, bid(7, "b"), OUT], award("w")), False, None, 1),
    (process([WON, OUT], award("x")), False, None, 1),  # the award is to somebody else
    (process([WON, OUT, bid(7, "c", status="pending")], award("w")), None, PENDING, None),
    (process([bid(9, "w", status="disqualified"), OUT], award("w")), None, NO_VALID, None),
    (process([WON], award("w")), None, ALONE, None),
    (process([WON, OUT]), None, NO_AWARD, None),
    (process([WON, OUT], award("w"), award("b")), None, SEVERAL, None),
    (IN_LOTS, True, None, 1),
    (process([*IN_LOTS["bids"]["details"], bid(7, "c")], award("w")), None, LOTS, None),
    ({}, None, NO_BIDS, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r035, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r035(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised
