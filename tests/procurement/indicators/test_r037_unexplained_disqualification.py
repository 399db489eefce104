# SPDX-License-Identifier: EUPL-1.2
"""R037: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import award, bid, process

from tarazy.procurement.indicators import r037_unexplained_disqualification as r037

NO_BIDS = "no bids are published"
STATUS = "the status of a bid is not known"
OUT = [bid(1, "a", status="disqualified"), bid(2, "b")]
REPORT = {"id": "d", "documentType": "evaluationReports"}
WON = award("b")
DEARER = [bid(3, "a", status="disqualified"), bid(2, "b"), bid(2.5, "c")]
UNDECIDED = "whether a disqualification decided the tender is not known"


CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (process(OUT, WON), True, None, 1),
    (process(OUT, WON, documents=[REPORT]), False, None, 1),
    (process(OUT, {**WON, "documents": [REPORT]}), False, None, 1),
    (process([{**OUT[0], "documents": [REPORT]}, OUT[1]], WON), False, None, 1),
    (process(DEARER, WON), False, None, 1),  # neither the lowest nor all others
    (process([bid(1, "a"), bid(2, "b")], WON), False, None, 0),
    (process(OUT), None, UNDECIDED, None),  # no award yet
    (process([bid(1, "a", status="lost")]), None, STATUS, None),
    (process([bid(1, "a", status=None)]), None, STATUS, None),
    (process([]), None, NO_BIDS, None),
    ({}, None, NO_BIDS, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r037, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r037(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised
