# SPDX-License-Identifier: EUPL-1.2
"""K005: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import Made, contract

from tarazy.procurement.indicators import k005_dearer_than_plan as k005

CURRENCIES = "the amounts are in several currencies"
NONE = "no signed contract is published"
PLAN = "the planned amount is not published"
PRICE = "the value of a contract or award is not published"


def made(plan: Any, *contracts: Made, currency: Any = "KZT") -> Made:
    budget = {"amount": {"amount": plan, "currency": currency}}
    return {"planning": {"budget": budget}, "contracts": list(contracts)}


CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (made(100, contract(111)), True, None, pytest.approx(111)),
    (made(100, contract(60), contract(60, "d")), True, None, pytest.approx(120)),
    (made(100, contract(110)), False, None, pytest.approx(110)),
    (made(100, contract(None)), None, PRICE, None),
    (made(None, contract(1)), None, PLAN, None),
    (made(0, contract(1)), None, PLAN, None),
    (made(100, contract(1), currency=None), None, PLAN, None),
    (made(100, contract(1), currency="USD"), None, CURRENCIES, None),
    (made(100, contract(1, status="pending")), None, NONE, None),
    ({}, None, NONE, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(k005, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_k005(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised
