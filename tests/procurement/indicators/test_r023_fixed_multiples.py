# SPDX-License-Identifier: EUPL-1.2
"""R023: one row a case; the shared reasons are tested at contests."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import Made, bid, process

from tarazy.procurement.indicators import r023_fixed_multiples as r023

NEVER = "no two of the bidders met often enough to compare"


def made(first: Any, second: Any, *names: str) -> Made:
    one, two = names or ("a", "b")
    return process([bid(first, one), bid(second, two)])


CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (made(100, 110), True, None, 3),
    (made(200, 220), True, None, 3),
    (made(330, 300, "b", "a"), True, None, 3),
    (made(100, 150), False, None, 1),
    (made(100, 110, "a", "c"), None, NEVER, None),
    (process([bid(100, "a"), bid(110, "b"), bid(90, "b")]), None, NEVER, None),  # which of two?
    *((made(5, 5, "x", "y"), False, None, 0) for _ in range(3)),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r023, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r023(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised


def test_one_price_for_several_lots_is_one_price() -> None:
    lots = ["1", "2", "3"]
    both = [bid(100, "a", relatedLots=lots), bid(110, "b", relatedLots=lots)]
    whole = process(both, lots=[{"id": one} for one in lots])
    *_, plain = answers(r023, whole, made(200, 220))
    assert (plain["raised"], plain["reason"]) == (None, NEVER)


def test_the_evidence_counts_the_meetings_of_its_pair() -> None:
    three = [process([bid(100, "a"), bid(110, "b"), bid(n, "c")]) for n in (50, 60, 70)]
    row = answers(r023, *three, made(100, 80, "a", "c"))[0]
    told = {fact["field"]: fact["value"] for fact in row["evidence"]}
    assert (told["pair.bidders"], told["pair.meetings"]) == ("a / b", "3")


def test_the_evidence_names_the_pair(found: list[dict[str, Any]]) -> None:
    told = {fact["field"]: fact["value"] for fact in found[0]["evidence"]}
    assert (told["pair.bidders"], told["pair.ratio"], told["pair.meetings"]) == (
        "a / b",
        "1.1",
        "4",
    )
