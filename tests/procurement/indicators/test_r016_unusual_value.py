# SPDX-License-Identifier: EUPL-1.2
"""R016: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import Made

from tarazy.procurement.indicators import r016_unusual_value as r016

ESTIMATE = "the estimated value is not published, or is no positive amount"
KIND = "what is bought is not classified"
KINDS = "things of several kinds are bought"
FEW = "there are too few comparable ones to say what is usual"
SAME = "at least half of the comparable ones are equal"


def made(amount: Any, *codes: str, currency: Any = "KZT", method: str = "open") -> Made:
    items = [{"id": code, "classification": {"scheme": "CPV", "id": code}} for code in codes]
    value = {"amount": amount, "currency": currency}
    return {"tender": {"procurementMethod": method, "value": value, "items": items}}


USUAL = [made(100 + number, "33100000") for number in range(20)]

CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (made(1000, "33100000"), True, None, pytest.approx(910, abs=10)),
    (made(10, "33112000", "33118000"), True, None, pytest.approx(9, abs=1)),
    (made(110, "33100000"), False, None, pytest.approx(100, abs=2)),
    (made(1000, "33100000", "45000000"), None, KINDS, None),
    (made(1000), None, KIND, None),
    (made(1000, "33100000", currency="USD"), None, FEW, None),
    (made(1000, "33100000", method="direct"), None, FEW, None),
    (made(None, "33100000"), None, ESTIMATE, None),
    (made(0, "33100000"), None, ESTIMATE, None),
    (made(1000, "33100000", currency=None), None, ESTIMATE, None),
    ({}, None, ESTIMATE, None),
    *((usual, False, None, pytest.approx(100, abs=12)) for usual in USUAL),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r016, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r016(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised


def test_where_all_values_are_one_nothing_can_be_said() -> None:
    assert {row["reason"] for row in answers(r016, *[made(5, "33100000")] * 20)} == {SAME}
