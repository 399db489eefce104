# SPDX-License-Identifier: EUPL-1.2
"""R043: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import Made, bid

from tarazy.procurement.indicators import r043_contact_of_official as r043

NAMED = "no bidder or supplier is named"
BUYER = "no contact of the buyer is published"
SELF = "the bidder is the buyer itself"
BIDDER = "no contact of a bidder is published"


def party(name: str, role: str, phone: Any = None, email: Any = None) -> Made:
    return {"id": name, "roles": [role], "contactPoint": {"telephone": phone, "email": email}}


def made(*parties: Made) -> Made:
    return {"parties": list(parties), "bids": {"details": [bid(1, "a")]}}


BUYING = party("x", "buyer", "+7 700 000 00 01", "x@example.org")


CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (made(BUYING, party("a", "tenderer", "8 (700) 000-00-01")), True, None, 1),
    (made(BUYING, party("a", "tenderer", email="X@Example.org")), True, None, 1),
    (made(BUYING, party("a", "tenderer", "+7 700 000 00 02")), False, None, 0),
    (made(BUYING, party("a", "tenderer", "12")), None, BIDDER, None),
    (made(BUYING, party("c", "tenderer", "+7 700 000 00 01")), None, BIDDER, None),
    (made(party("x", "buyer"), party("a", "tenderer", "8 700 000 00 01")), None, BUYER, None),
    ({**made({**BUYING, "id": "a", "roles": ["buyer", "tenderer"]})}, None, SELF, None),
    ({**made({**BUYING, "id": "a", "roles": ["procuringEntity"]})}, None, SELF, None),
    (
        {**made(BUYING, {**BUYING, "roles": ["supplier"], "id": "a"}), "buyer": {"id": "a"}},
        None,
        SELF,
        None,
    ),
    ({"parties": [BUYING]}, None, NAMED, None),
    ({}, None, NAMED, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r043, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r043(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised
