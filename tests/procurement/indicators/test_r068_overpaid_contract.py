# SPDX-License-Identifier: EUPL-1.2
"""R068: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import Made, contract

from tarazy.procurement.indicators import r068_overpaid_contract as r068

CURRENCIES = "the amounts are in several currencies"
NONE = "no signed contract is published"
UNPAID = "no payment is published"
PRICE = "the value of a contract or of a payment is not published"
NOT_POSITIVE = "the value of the contract is zero or negative"


def made(worth: Any, *paid: Any, currency: Any = "KZT", name: str = "value") -> Made:
    payments = [
        {"id": f"t{number}", name: {"amount": one, "currency": currency}}
        for number, one in enumerate(paid)
    ]
    return {"contracts": [contract(worth, implementation={"transactions": payments})]}


def final(worth: Any, amount: Any, *paid: Any, currency: Any = "KZT", **more: Any) -> Made:
    whole = made(worth, *paid)
    value = {"amount": amount, "currency": currency}
    whole["contracts"][0]["implementation"]["finalValue"] = value
    whole["contracts"][0] |= more
    return whole


CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (made(100, 60, 50), True, None, pytest.approx(110)),
    (made(100, 60, 50, name="amount"), True, None, pytest.approx(110)),
    (made(100, 60, 40), False, None, pytest.approx(100)),
    (made(100, 60, -20), False, None, pytest.approx(40)),
    (made(100, None), None, PRICE, None),
    (made(None, 10), None, PRICE, None),
    (made(100, 10, currency=None), None, PRICE, None),
    (made(100, 10, currency="USD"), None, CURRENCIES, None),
    (made(0, 10), None, NOT_POSITIVE, None),
    (made(100), None, UNPAID, None),
    (final(100, 200), True, None, pytest.approx(200)),
    (final(100, 200, id=None), True, None, pytest.approx(200)),
    (final(100, 100), False, None, pytest.approx(100)),
    (final(100, 0), False, None, 0),
    (final(100, 100, 60, 50), True, None, pytest.approx(110)),
    (final(100, 120, 60, 50), True, None, pytest.approx(120)),
    (final(100, None), None, UNPAID, None),
    (final(None, 100), None, PRICE, None),
    (final(100, 200, currency=None), None, PRICE, None),
    (final(100, 200, currency="USD"), None, CURRENCIES, None),
    (final(-1, 200), None, NOT_POSITIVE, None),
    (final(100, 200, status="cancelled"), None, NONE, None),
    ({}, None, NONE, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r068, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r068(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised
