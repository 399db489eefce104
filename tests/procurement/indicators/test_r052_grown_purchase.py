# SPDX-License-Identifier: EUPL-1.2
"""R052: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import Made, award, process

from tarazy.procurement.indicators import r052_grown_purchase as r052

NO_AWARD = "no award is active"
NO_BUYER = "the buyer is not published"
SEVERAL = "several awards are active"
MISSING = "the supplier, the value or the date of an award is not published"
FIRST = "it is the first award of this buyer to this supplier"


def made(day: Any, amount: Any, to: str = "s", buyer: Any = "b", method: str = "direct") -> Made:
    date = f"2025-{day}T10:00:00Z" if day else None
    one = award(to, amount=amount, date=date) if to else award(amount=amount, date=date)
    return {**process([], one, procurementMethod=method), "buyer": {"id": buyer}}


TWO = {**process([], award("s"), award("t")), "buyer": {"id": "b"}}

CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (made("01-10", 100), None, FIRST, None),
    (made("02-10", 1000, method="open"), True, None, 10),
    (made("02-11", 999), False, None, pytest.approx(9.99)),
    (made("02-12", 5000, to="t"), None, FIRST, None),
    (made("02-12", 5000, buyer="c"), None, FIRST, None),
    (made("01-10", 100, to="u", method="open"), None, FIRST, None),
    (made("02-10", 1000, to="u"), False, None, 10),  # the first one was in competition
    (made("01-10", 100, to="v"), None, FIRST, None),
    (made("01-10", 900, to="v", method="open"), None, FIRST, None),
    (made("02-10", 9000, to="v"), False, None, 10),  # the larger one of that moment counts
    (made("02-10", None), None, MISSING, None),
    (made(None, 1000), None, MISSING, None),
    (made("02-10", 1000, to=""), None, MISSING, None),
    (made("02-10", 1000, buyer=None), None, NO_BUYER, None),
    (TWO, None, SEVERAL, None),
    ({}, None, NO_AWARD, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r052, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r052(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised
