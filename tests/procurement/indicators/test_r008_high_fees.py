# SPDX-License-Identifier: EUPL-1.2
"""R008: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import Made

from tarazy.procurement.indicators import r008_high_fees as r008

VALUE = "the estimated value is not published, or is no positive amount"
CURRENCIES = "the amounts are in several currencies"
NONE = "no fee for taking part is published"
PRICE = "a fee has no value or no currency"


def made(*fees: Any, value: Any = 1000, currency: Any = "KZT") -> Made:
    own = [
        {"id": str(number), "value": {"amount": fee, "currency": currency}}
        for number, fee in enumerate(fees)
    ]
    return {"tender": {"value": {"amount": value, "currency": "KZT"}, "participationFees": own}}


CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (made(10), True, None, pytest.approx(1)),
    (made(5, 6), True, None, pytest.approx(1.1)),
    (made(9), False, None, pytest.approx(0.9)),
    (made(0), False, None, 0),
    (made(10, None), None, PRICE, None),
    (made(10, currency=None), None, PRICE, None),
    (made(10, currency="USD"), None, CURRENCIES, None),
    (made(10, value=0), None, VALUE, None),
    (made(), None, NONE, None),
    ({}, None, VALUE, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r008, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r008(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised
