# SPDX-License-Identifier: EUPL-1.2
"""R011: one row a case, nulls included."""

from datetime import UTC, datetime
from typing import Any

import pytest
from procurement.factory import answers, reference
from procurement.offers import Made

from tarazy.procurement.indicators import r011_split_purchase as r011

HELD = "the tender was not held, or its status is not known"
ZONE = "a date is missing, has no time zone, or cannot be read"
VALUE = "the estimated value is not published, or is no positive amount"
BUYER = "the buyer is not published"
KIND = "what is bought is not classified"
LIMIT = "no threshold of the law is given for this currency, category and time"
ABOVE = "the purchase is above the threshold"
OPEN = "it was an open tender already"
LAW = {
    "limits": "simplified",
    "amount": 1000,
    "currency": "KZT",
    "valid_from": datetime(2020, 1, 1, tzinfo=UTC),
}


def made(amount: Any, day: Any = "2026-01-10", code: Any = "331", **more: Any) -> Made:
    start = {"startDate": day and f"{day}T00:00:00Z"}
    items = [{"id": "1", "classification": {"scheme": "CPV", "id": code}}]
    value = {"amount": amount, "currency": more.pop("currency", "KZT")}
    facts = {"status": "complete", "procurementMethod": "direct", "tenderPeriod": start}
    buyer = {"id": more.pop("buyer", "b")}
    return {"buyer": buyer, "tender": {**facts, "value": value, "items": items, **more}}


GIVEN = reference("thresholds", LAW)

CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (made(600), True, None, pytest.approx(110)),
    (made(500, "2026-02-01"), True, None, pytest.approx(110)),
    (made(300, "2026-03-01"), False, None, pytest.approx(80)),
    (made(600, code="450"), False, None, pytest.approx(60)),
    (made(600, buyer="c"), False, None, pytest.approx(60)),
    (made(1000, buyer="d"), True, None, pytest.approx(200)),
    (made(1000, "2026-01-20", buyer="d"), True, None, pytest.approx(200)),
    (made(1000, buyer="e"), False, None, pytest.approx(100)),
    (made(1000.01), None, ABOVE, None),
    (made(600, procurementMethod="open"), None, OPEN, None),
    (made(600, currency="USD"), None, LIMIT, None),
    (made(600, "2019-01-01"), None, LIMIT, None),
    (made(600, code=None), None, KIND, None),
    (made(600, None), None, ZONE, None),
    (made(0), None, VALUE, None),
    (made(600, buyer=None), None, BUYER, None),
    (made(600, status="planning"), None, HELD, None),
    ({}, None, HELD, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r011, *(release for release, *_ in CASES), given=GIVEN)


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r011(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised
