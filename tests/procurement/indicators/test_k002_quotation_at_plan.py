# SPDX-License-Identifier: EUPL-1.2
"""K002: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import Made, award

from tarazy.procurement.indicators import k002_quotation_at_plan as k002

CURRENCIES = "the amounts are in several currencies"
OTHER = "it is not known to be a request for price quotations"
NO_AWARD = "no award is active"
PRICE = "the supplier or the value of an award is not published"
PLAN = "the planned amount is not published"
QUOTATION = "Запрос ценовых предложений"


def made(won: Any, plan: Any = None, value: Any = 100, details: Any = QUOTATION) -> Made:
    return {
        "planning": {"budget": {"amount": {"amount": plan, "currency": "KZT"}}},
        "tender": {
            "procurementMethodDetails": details,
            "value": {"amount": value, "currency": "KZT"},
        },
        "awards": [award("a", amount=won)],
    }


DOLLAR = award("a", value={"amount": 99, "currency": "USD"})


CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (made(99), True, None, pytest.approx(99)),
    (made(99.5, plan=100, value=500), True, None, pytest.approx(99.5)),
    (made(99, details="Баға ұсыныстарын сұрату"), True, None, pytest.approx(99)),
    (made(98), False, None, pytest.approx(98)),
    (made(0), None, PRICE, None),
    (made(99, value=None), None, PLAN, None),
    (made(99, value=-1), None, PLAN, None),
    ({**made(99), "awards": [DOLLAR]}, None, CURRENCIES, None),
    ({**made(99), "awards": []}, None, NO_AWARD, None),
    (made(99, details="Открытый конкурс"), None, OTHER, None),
    ({}, None, OTHER, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(k002, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_k002(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised


def test_the_evidence_says_which_of_the_two_was_the_plan(found: list[dict[str, Any]]) -> None:
    plans = [row["evidence"][0]["field"] for row in found[:2]]
    assert plans == ["tender.value", "planning.budget.amount"]
