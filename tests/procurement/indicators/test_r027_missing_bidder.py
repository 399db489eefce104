# SPDX-License-Identifier: EUPL-1.2
"""R027: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import Made, bid, process

from tarazy.procurement.indicators import r027_missing_bidder as r027

NO_BIDS = "no bids are published"
STATUS = "the status of a bid is not known"
NAMELESS = "a bid does not name its bidder"
LOTS = "a bid names no lot, or several lots with one price"
BUYER = "the buyer is not published"
KIND = "what is bought is not classified"
REGULAR = "this buyer has no regular bidder for this kind"


def made(*bidders: str, buyer: Any = "x", code: Any = "331", more: Any = ()) -> Made:
    items = [{"id": "1", "classification": {"scheme": "CPV", "id": code}}]
    bids = [bid(100, one) for one in bidders]
    return {"buyer": {"id": buyer}, **process([*bids, *more], items=items)}


CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    *((made("a", "b"), False, None, 0) for _ in range(5)),
    (made("b"), True, None, 1),
    (made("b", more=[bid(100, "a", status=None)]), None, STATUS, None),
    (made("b", more=[bid(100)]), None, NAMELESS, None),
    (made("a", more=[bid(100, "b", relatedLots=["1"])]), None, LOTS, None),
    (made(more=[bid(100, "a", status="withdrawn")]), None, NO_BIDS, None),
    (made("b", buyer="y"), None, REGULAR, None),
    (made("b", code="450"), None, REGULAR, None),
    (made("b", code=None), None, KIND, None),
    (made("b", buyer=None), None, BUYER, None),
    (made(), None, NO_BIDS, None),
    ({}, None, NO_BIDS, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r027, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r027(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised
