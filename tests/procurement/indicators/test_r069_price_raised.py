# SPDX-License-Identifier: EUPL-1.2
"""R069: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import Made, award, contract

from tarazy.procurement.indicators import r069_price_raised as r069

NONE = "no signed contract is published"
LOOSE = "a contract cannot be told to which award it belongs"
PRICE = "the value of a contract or award is not published"
CURRENCIES = "the amounts are in several currencies"
NOT_POSITIVE = "the value of an award is zero or negative"
SILENT = "no contract of this publisher has a modification"
CHANGED: Made = {"amendments": [{"id": "1"}]}


def made(*contracts: Made, awards: tuple[Made, ...] = (award("a", amount=100),)) -> Made:
    return {"awards": list(awards), "contracts": list(contracts)}


CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (made(contract(110, **CHANGED)), True, None, pytest.approx(10)),
    (made(contract(100, **CHANGED)), False, None, 0),
    (made(contract(90, **CHANGED)), False, None, 0),
    (made(contract(110)), False, None, 0),
    (made(contract(100, **CHANGED), contract(130, "d", **CHANGED)), True, None, pytest.approx(130)),
    (made(contract(50), contract(50, "d", **CHANGED)), False, None, 0),
    (made(contract(50), contract(70, "d", **CHANGED)), True, None, pytest.approx(20)),
    (made(contract(110, awardID="x", **CHANGED)), None, LOOSE, None),
    (made(contract(None, **CHANGED)), None, PRICE, None),
    (made(contract(value={"amount": 9, "currency": "USD"}, **CHANGED)), None, CURRENCIES, None),
    (made(contract(9, **CHANGED), awards=(award("a", amount=0),)), None, NOT_POSITIVE, None),
    (made(), None, NONE, None),
    ({}, None, NONE, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r069, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r069(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised


def test_a_publisher_without_any_modification_is_not_judged() -> None:
    assert answers(r069, made(contract(110)))[0]["reason"] == SILENT
