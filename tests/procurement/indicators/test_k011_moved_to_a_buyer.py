# SPDX-License-Identifier: EUPL-1.2
"""K011: one row a case, nulls included, in a market in which one supplier buys, too."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import Made, award

from tarazy.procurement.indicators import k011_moved_to_a_buyer as k011

NONE = "no award is active"
METHOD = "the procedure is competitive, or its method is not known"
NAME = "an award does not name its supplier"


def made(*to: str, method: Any = "direct", buyer: str = "b", **more: Any) -> Made:
    tender = {"procurementMethod": method}
    return {"buyer": {"id": buyer}, "tender": tender, "awards": [award(*to, **more)]}


CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (made("center"), True, None, 1),
    (made("center", "s", method="limited"), True, None, 1),
    (made("s"), False, None, 0),
    (made("small"), False, None, 0),  # buys nine times only
    (made("center", method="open"), None, METHOD, None),
    (made("center", method=None), None, METHOD, None),
    (made("center", status="cancelled"), None, NONE, None),
    (made(), None, NAME, None),
    ({}, None, NONE, None),
]
BUY = [made("s", buyer="center") for _ in range(10)] + [made("s", buyer="small") for _ in range(9)]
OWN = [made("center", buyer="center")]  # to itself: nothing is moved


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(k011, *(release for release, *_ in CASES), *BUY, *OWN)


@pytest.mark.parametrize("number", range(len(CASES)))
def test_k011(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised


def test_the_evidence_names_the_body_and_how_often_it_buys(found: list[dict[str, Any]]) -> None:
    assert found[0]["evidence"] == [{"field": "supplier.purchases", "id": "center", "value": "11"}]
    assert {row["raised"] for row in found[len(CASES) :]} == {False}
