# SPDX-License-Identifier: EUPL-1.2
"""R059: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import Made, award, contract

from tarazy.procurement.indicators import r059_contract_unlike_award as r059

NONE = "no signed contract is published"
LOOSE = "a contract cannot be told to which award it belongs"
PRICE = "the value of a contract or award is not published"
CURRENCIES = "the amounts are in several currencies"
NOT_POSITIVE = "the value of an award is zero or negative"
WORTHLESS = "the value of the contract is zero or negative"


def made(*contracts: Made, awards: tuple[Made, ...] = (award("a", amount=100),)) -> Made:
    return {"awards": list(awards), "contracts": list(contracts)}


TWO = (award("a", amount=100), award("b", amount=200))

CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (made(contract(111)), True, None, pytest.approx(11)),
    (made(contract(89)), True, None, pytest.approx(11)),
    (made(contract(110)), False, None, pytest.approx(10)),
    (made(contract(100), contract(50, "d")), True, None, pytest.approx(50)),
    (made(contract(50), contract(50, "d")), False, None, 0),
    (made(contract(50, awardID="award-a"), contract(50, "d")), False, None, 0),
    (
        made(contract(30), contract(50, "d"), contract(20, "e", status="cancelled")),
        True,
        None,
        pytest.approx(20),
    ),
    (
        made(
            contract(100, awardID="award-a"),
            contract(100, "d", awardID="award-b"),
            contract(100, "e", awardID="award-b"),
            awards=TWO,
        ),
        False,
        None,
        0,
    ),
    (made(contract(50), contract(None, "d")), None, PRICE, None),
    (made(contract(200, awardID="award-b"), awards=TWO), False, None, 0),
    (made(contract(200), awards=TWO), None, LOOSE, None),
    (made(contract(200, awardID="award-x")), None, LOOSE, None),
    (made(contract(200), awards=(award("a", status="cancelled"),)), None, LOOSE, None),
    (made(contract(None)), None, PRICE, None),
    (made(contract(100), awards=(award("a", amount=None),)), None, PRICE, None),
    (made(contract(value={"amount": 100, "currency": "USD"})), None, CURRENCIES, None),
    (made(contract(1), awards=(award("a", amount=0),)), None, NOT_POSITIVE, None),
    (made(contract(0)), None, WORTHLESS, None),
    (made(contract(0), contract(100, "d")), False, None, 0),
    (made(contract(200, status="cancelled")), None, NONE, None),
    (made(contract(200, status="pending")), None, NONE, None),
    (made(), None, NONE, None),
    ({}, None, NONE, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r059, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r059(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised
