# SPDX-License-Identifier: EUPL-1.2
"""R033: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import Made, bid

from tarazy.procurement.indicators import r033_one_shareholder as r033

NO_BIDDERS = "there are no two bidders to compare"


def made(*parties: Made, bids: tuple[Made, ...] = (bid(1, "a"), bid(2, "b"))) -> Made:
    return {"parties": list(parties), "bids": {"details": list(bids)}}


NONE = "the shareholders of the bidders are not published"


def party(name: str, who: str, share: Any) -> Made:
    return {"id": name, "shareholders": [{"shareholder": {"id": who}, "shareholding": share}]}


CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (made(party("a", "o", 0.3), party("b", "o", 0.25)), True, None, 2),
    (made(party("a", "o", None), party("b", "o", 0.5)), None, NONE, None),
    (made(party("a", "o", 30), party("b", "o", 0.5)), None, NONE, None),
    (made(party("a", "o", 1), party("b", "o", 1)), True, None, 2),
    (made(party("a", "o", 0.5), party("b", "p", 0.5)), False, None, 1),
    (made(party("a", "o", 0.5), party("b", "o", 0.24)), None, NONE, None),
    (
        made(party("a", "o", 1), party("b", "o", 1), bids=(bid(1, "a", "b"),)),
        None,
        NO_BIDDERS,
        None,
    ),
    (made(party("a", "o", 0.5)), None, NONE, None),
    ({}, None, NO_BIDDERS, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r033, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r033(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised
