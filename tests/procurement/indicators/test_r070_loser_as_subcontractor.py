# SPDX-License-Identifier: EUPL-1.2
"""R070: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import Made, award, bid, process

from tarazy.procurement.indicators import r070_loser_as_subcontractor as r070

NO_BIDS = "no bids are published"
NO_AWARD = "no award is active"
NONE = "no subcontractor is published"
PAIR = [bid(1, "w"), bid(2, "l")]


def made(who: str, bids: Any = PAIR) -> Made:
    return {**process(bids, award("w")), "parties": [{"id": who, "roles": ["subcontractor"]}]}


def lots(who: str) -> Made:
    """Two winners and one who lost."""
    bids = [bid(1, "w"), bid(2, "x"), bid(3, "l")]
    return {**made(who, bids), "awards": [award("w"), award("x")]}


def related(number: str, relation: str = "subContract") -> Made:
    other = {"id": "1", "relationship": [relation], "scheme": "ocid", "identifier": number}
    return {**process(PAIR, award("w")), "relatedProcesses": [other]}


CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (made("l"), True, None, 1),
    (made("x"), False, None, 0),
    (made("w"), False, None, 0),
    (process(PAIR, award("w")), None, NONE, None),
    (made("l", []), None, NO_BIDS, None),
    (related("p006"), True, None, 1),
    ({"awards": [award("l")]}, None, NO_BIDS, None),
    (related("p006", "prior"), None, NONE, None),
    (related("p008"), None, NONE, None),
    (related("p010"), False, None, 0),
    (related("p009"), False, None, 0),
    (made("m", [bid(1, "w"), bid(2, "l", "m")]), True, None, 1),
    (lots("x"), False, None, 0),
    (lots("l"), True, None, 1),
    ({**made("l"), "awards": [award("w", status="cancelled")]}, None, NO_AWARD, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r070, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r070(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised


def test_processes_that_point_at_each_other_come_to_an_end() -> None:
    rows = answers(r070, related("p001"), related("p000"), related("p002"))
    assert [row["raised"] for row in rows] == [False, False, None]
