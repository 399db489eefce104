# SPDX-License-Identifier: EUPL-1.2
"""Why the gap between the winning bid and the next one is not assessed, held against R058."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import award, bid, process

from tarazy.procurement.indicators import r058_heavily_discounted as r058

PAIR = [bid(100, "w"), bid(120, "l")]

CASES: list[tuple[dict[str, Any], str]] = [
    ({}, "no bids are published"),
    (
        process(PAIR, award("w"), awardCriteria="ratedCriteria"),
        "the award does not go by the price alone",
    ),
    (process([PAIR[0], bid(120)], award("w")), "a bid does not name its bidder"),
    (process(PAIR), "no award is active"),
    (process(PAIR, award("w", status="pending")), "no award is active"),
    (process(PAIR, award("w"), award("l")), "several awards are active"),
    (process(PAIR, award("x")), "no valid bid of the winner is published"),
    (process(PAIR, award()), "no valid bid of the winner is published"),
    (
        process([bid(100, "w", status="disqualified"), PAIR[1]], award("w")),
        "no valid bid of the winner is published",
    ),
    (
        process([PAIR[0], bid(120, "l", status="disqualified")], award("w")),
        "nobody else handed in a valid bid",
    ),
    (process(PAIR, award("l")), "a lower valid bid lost: not the price decided"),
    (process(PAIR, award("w")), "there are too few comparable ones to say what is usual"),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r058, *(release for release, _ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_not_assessed(number: int, found: list[dict[str, Any]]) -> None:
    assert (found[number]["raised"], found[number]["reason"]) == (None, CASES[number][1])


def test_several_suppliers_are_one_winner_whatever_their_order() -> None:
    together = process([bid(100, "b", "a"), bid(120, "l")], award("a", "b"))
    rows = answers(r058, *[together] * 20)
    assert [row["value"] for row in rows] == [pytest.approx(20)] * 20
