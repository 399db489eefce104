# SPDX-License-Identifier: EUPL-1.2
"""What stops every comparison of bids, held against R028, which names the most reasons."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import bid, process

from tarazy.procurement.indicators import r028_identical_prices as r028

TWO = [bid(5, "a"), bid(5, "b")]
LOTS = [{"id": "l1"}, {"id": "l2"}]

CASES: list[tuple[dict[str, Any], str]] = [
    ({}, "no bids are published"),
    (process([]), "no bids are published"),
    (process(TWO, lots=LOTS), "the tender has lots, and the bids do not name theirs"),
    (
        process([bid(5, "a", relatedLots=["l1"]), bid(5, "b")]),
        "a bid names no lot, or several lots with one price",
    ),
    (process([bid(5, "a", status=None), TWO[1]]), "the status of a bid is not known"),
    (process([bid(5, "a", status="qualified"), TWO[1]]), "the status of a bid is not known"),
    (process([bid(None, "a"), TWO[1]]), "the price of a bid is not published"),
    (process([bid(5, "a", currency=None), TWO[1]]), "the price of a bid is not published"),
    (process([bid(0, "a"), TWO[1]]), "the price of a bid is zero or negative"),
    (process([bid(5), TWO[1]]), "a bid does not name its bidder"),
    (process([TWO[0], TWO[0]]), "there are no two bidders to compare"),
    (process([TWO[0], bid(5, "b", status="withdrawn")]), "there are no two bidders to compare"),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r028, *(release for release, _ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_a_comparison_that_cannot_be_made(number: int, found: list[dict[str, Any]]) -> None:
    row = next(row for row in found if row["ocid"] == f"p{number:03}")
    assert (row["raised"], row["reason"]) == (None, CASES[number][1])


def test_lots_are_subjects_of_their_own() -> None:
    bids = [
        bid(5, "a", relatedLots=["l1"]),
        bid(5, "b", relatedLots=["l1"]),
        bid(5, "a", relatedLots=["l2"]),
        bid(6, "b", relatedLots=["l2"]),
    ]
    rows = answers(r028, process(bids, lots=LOTS))
    assert [(row["subject"], row["lot_id"], row["raised"]) for row in rows] == [
        ("lot", "l1", True),
        ("lot", "l2", False),
    ]
