# SPDX-License-Identifier: EUPL-1.2
"""R032: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import Made, bid

from tarazy.procurement.indicators import r032_one_owner as r032

NO_BIDDERS = "there are no two bidders to compare"


def made(*parties: Made, bids: tuple[Made, ...] = (bid(1, "a"), bid(2, "b"))) -> Made:
    return {"parties": list(parties), "bids": {"details": list(bids)}}


NONE = "the owners of the bidders are not published"


def party(name: str, *owners: Made) -> Made:
    return {"id": name, "beneficialOwners": list(owners)}


JOINT = (bid(1, "a", "b"), bid(2, "c"))
ONE, TWO = {"id": "o1", "name": "One"}, {"id": "o2", "name": "Two"}


CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (made(party("a", ONE), party("b", TWO, ONE)), True, None, 2),
    (made(party("a", {"name": "One"}), party("b", {"name": " ONE "})), True, None, 2),
    (made(party("a", ONE), party("b", TWO)), False, None, 1),
    (made(party("a", ONE, ONE), party("b", TWO)), False, None, 1),
    (made(party("a", ONE), party("b", ONE), bids=(bid(1, "a", "b"),)), None, NO_BIDDERS, None),
    (
        made(party("a", ONE), party("b", ONE), bids=(bid(1, "a", "b"), bid(2, "c"))),
        None,
        NONE,
        None,
    ),
    (made(party("a", ONE), party("b", ONE), party("c", TWO), bids=JOINT), False, None, 1),
    (made(party("a", ONE), party("b", TWO), party("c", ONE), bids=JOINT), True, None, 2),
    (made(party("a", ONE), party("b", ONE), party("c", ONE), bids=JOINT), True, None, 3),
    (made(party("a", ONE), party("b", ONE), bids=(bid(1, "a", "b"), bid(2, "a"))), False, None, 1),
    (made(party("a", ONE), party("b")), None, NONE, None),
    (made(party("a", ONE), party("b", {"id": "", "name": None})), None, NONE, None),
    (made(party("a", ONE), bids=(bid(1, "a"),)), None, NO_BIDDERS, None),
    ({}, None, NO_BIDDERS, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r032, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r032(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised
