# SPDX-License-Identifier: EUPL-1.2
"""K009: one row a case, nulls included."""

from datetime import UTC, datetime
from typing import Any

import pytest
from procurement.factory import answers, reference
from procurement.offers import Made

from tarazy.procurement.indicators import k009_above_price_list as k009

UNPRICED = "no priced item has a code and a unit"
UNLISTED = "no item is on the list of prices"
CEILING = {
    "code": "A01",
    "unit": "Tablet",
    "price_max": 50,
    "currency": "KZT",
    "valid_from": datetime(2026, 1, 1, tzinfo=UTC),
    "source": "ceiling prices of medicines",
}


def made(price: Any, date: str = "2026-05-01T00:00:00Z", **more: Any) -> Made:
    facts = {"code": "A01", "unit": "tablet", "currency": "KZT", **more}
    money = {"amount": price, "currency": facts["currency"]}
    item = {"id": "1", "classification": {"scheme": "ATC", "id": facts["code"]}}
    items = [{**item, "unit": {"name": facts["unit"], "value": money}}]
    return {"date": date, "tender": {"items": items}}


GIVEN = reference("prices", CEILING)

CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (made(55), True, None, pytest.approx(110)),
    (made(50), False, None, pytest.approx(100)),
    (made(55, currency="USD"), None, UNLISTED, None),
    (made(55, unit="box"), None, UNLISTED, None),
    (made(55, code="A02"), None, UNLISTED, None),
    (made(55, "2025-12-31T00:00:00Z"), None, UNLISTED, None),
    (made(0), None, UNPRICED, None),
    (made(-5), None, UNPRICED, None),
    (made(55, unit=None), None, UNPRICED, None),
    ({}, None, UNPRICED, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(k009, *(release for release, *_ in CASES), given=GIVEN)


@pytest.mark.parametrize("number", range(len(CASES)))
def test_k009(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised


def test_without_a_list_nothing_is_said() -> None:
    [row] = answers(k009, made(55))
    assert row["reason"] == "no list of reference prices was given"
