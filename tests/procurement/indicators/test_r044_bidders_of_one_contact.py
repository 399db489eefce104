# SPDX-License-Identifier: EUPL-1.2
"""R044: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import Made, bid

from tarazy.procurement.indicators import r044_bidders_of_one_contact as r044

NO_BIDS = "no bids are published"
ALONE = "there are no two bidders to compare"
NOWHERE = "the contacts of the bidders are not published"


def party(name: str, street: Any, locality: Any = "Almaty") -> Made:
    return {"id": name, "name": name, "address": {"streetAddress": street, "locality": locality}}


def made(*parties: Made, bids: tuple[Made, ...] = (bid(1, "a"), bid(2, "b"))) -> Made:
    return {"parties": list(parties), "bids": {"details": list(bids)}}


def called(name: str, phone: str) -> Made:
    return {"id": name, "name": name, "contactPoint": {"telephone": phone}}


A = party("a", "Abay 5, office 1")

CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (made(A, party("b", "ABAY, 5 - office 1", " almaty ")), True, None, 2),
    (made(A, party("b", "Abay 5, office 2")), False, None, 1),
    (made(A, party("b", "Abay 5, office 1", "Astana")), False, None, 1),
    (made(A, party("c", "Abay 5, office 1"), party("b", "Abay 7")), False, None, 1),
    (made(called("a", "+7 700 000 00 01"), called("b", "8 700 0000001")), True, None, 2),
    (made(called("a", "+7 700 000 00 01"), called("b", "8 700 0000002")), False, None, 1),
    (made(A, party("b", "Abay 5, office 1"), bids=(bid(1, "a", "b"),)), None, ALONE, None),
    (made(A, party("b", None)), None, NOWHERE, None),
    (made(A, party("b", "Abay 5", None)), None, NOWHERE, None),
    (made(A, party("b", "-", "-")), None, NOWHERE, None),
    (made(A, bids=(bid(1, "a"), bid(2, "a"))), None, ALONE, None),
    (made(A, bids=(bid(1, "a"), bid(2, "b", status="withdrawn"))), None, ALONE, None),
    (made(A, bids=()), None, NO_BIDS, None),
    ({}, None, NO_BIDS, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r044, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r044(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised
