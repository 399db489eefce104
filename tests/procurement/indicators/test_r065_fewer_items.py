# SPDX-License-Identifier: EUPL-1.2
"""R065: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import Made, award, contract

from tarazy.procurement.indicators import r065_fewer_items as r065

NONE = "no signed contract is published"
APART = "no item of the modified contract can be compared with the award"


def made(before: Any, now: Any, amendments: int = 1, item: str = "i") -> Made:
    items, changes = [{"id": item, "quantity": now}], [{"id": "1"}] * amendments
    return {
        "awards": [award("a", items=[{"id": "i", "quantity": before}])],
        "contracts": [contract(1, items=items, amendments=changes)],
    }


def parts(before: Any, *now: Any) -> Made:
    """An award in several contracts, of which the first was modified."""
    whole = made(before, now[0])
    for number, quantity in enumerate(now[1:], 1):
        items = [{"id": "i", "quantity": quantity}]
        whole["contracts"].append(contract(1, f"c{number}", items=items))
    return whole


CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (made(10, 8), True, None, pytest.approx(20)),
    (made(10, 12), False, None, 0),
    (made(10, 10), False, None, 0),
    (made(10, 8, amendments=0), False, None, 0),
    (made(10, None), None, APART, None),
    (made(0, 8), None, APART, None),
    (made(-5, 8), None, APART, None),
    (made(10, 8, item="j"), None, APART, None),
    (parts(10, 5, 5), False, None, 0),
    (parts(10, 3, 5), True, None, pytest.approx(20)),
    (parts(10, 5, None), None, APART, None),
    ({}, None, NONE, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r065, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r065(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised


def test_where_nothing_is_ever_modified_nobody_is_judged() -> None:
    [row] = answers(r065, made(10, 8, amendments=0))
    assert row["reason"] == "no contract of this publisher has a modification"
