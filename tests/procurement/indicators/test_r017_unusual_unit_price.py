# SPDX-License-Identifier: EUPL-1.2
"""R017: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import Made

from tarazy.procurement.indicators import r017_unusual_unit_price as r017

PRICE = "no unit price is published"
CODE = "no priced item has a code and a unit"
FEW = "there are too few comparable ones to say what is usual"


def item(price: Any, code: Any = "1", unit: Any = "kg", currency: Any = "KZT") -> Made:
    value = {"amount": price, "currency": currency}
    return {"id": f"i{price}", "classification": {"scheme": "CPV", "id": code},
            "unit": {"name": unit, "value": value}}  # fmt: skip


def made(*items: Made) -> Made:
    return {"tender": {"items": list(items)}}


USUAL = [made(item(100 + number)) for number in range(20)]

CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (made(item(200)), True, None, pytest.approx(183, abs=3)),
    (made(item(110), item(50)), True, None, pytest.approx(46, abs=2)),
    (made(item(110)), False, None, pytest.approx(100, abs=2)),
    (made(item(110), item(9, code="2")), False, None, pytest.approx(100, abs=2)),
    (made(item(200, unit="t")), None, FEW, None),
    (made(item(200, currency="USD")), None, FEW, None),
    (made(item(200, unit=None)), None, CODE, None),
    (made(item(200, code=None)), None, CODE, None),
    (made(item(0)), None, PRICE, None),
    (made(item(200, currency=None)), None, PRICE, None),
    ({}, None, PRICE, None),
    *((usual, False, None, pytest.approx(100, abs=12)) for usual in USUAL),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r017, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r017(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised
