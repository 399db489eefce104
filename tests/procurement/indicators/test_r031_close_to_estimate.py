# SPDX-License-Identifier: EUPL-1.2
"""R031: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import award, process

from tarazy.procurement.indicators import r031_close_to_estimate as r031

METHOD = "the method promises no competition, or is not known"
ESTIMATE = "the estimated value is not published, or is no positive amount"
NO_AWARD = "no award is active"
PRICE = "the value of an award is not published"
CURRENCIES = "the amounts are in several currencies"


def made(*amounts: Any, estimate: Any = 1000, currency: Any = "KZT", **more: Any) -> dict[str, Any]:
    awards = [award(str(number), amount=amount) for number, amount in enumerate(amounts)]
    return process([], *awards, value={"amount": estimate, "currency": currency}, **more)


CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (made(990), True, None, pytest.approx(99)),
    (made(500, 600), True, None, pytest.approx(110)),
    (made("989.99"), False, None, pytest.approx(98.999)),
    (made(990, procurementMethod="direct"), None, METHOD, None),
    (made(990, procurementMethod=None), None, METHOD, None),
    (made(990, estimate=None), None, ESTIMATE, None),
    (made(990, estimate=0), None, ESTIMATE, None),
    (made(990, currency=None), None, ESTIMATE, None),
    (made(), None, NO_AWARD, None),
    (made(500, None), None, PRICE, None),
    (made(500, 0), None, PRICE, None),
    (made(990, currency="USD"), None, CURRENCIES, None),
    ({}, None, METHOD, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r031, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r031(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised
