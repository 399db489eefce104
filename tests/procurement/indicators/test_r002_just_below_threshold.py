# SPDX-License-Identifier: EUPL-1.2
"""R002: each subject with its answer, and what is not assessed."""

from datetime import UTC, datetime
from typing import Any

import pytest
from procurement.factory import answers, reference
from procurement.offers import Made

from tarazy.procurement.indicators import r002_just_below_threshold as r002

LAW = {
    "limits": "simplified",
    "amount": 1000,
    "currency": "KZT",
    "valid_from": datetime(2020, 1, 1, tzinfo=UTC),
}
GIVEN = reference("thresholds", LAW)


def made(buyer: Any, amount: Any, currency: str = "KZT") -> Made:
    value = {"amount": amount, "currency": currency}
    return {"date": "2026-01-01T00:00:00Z", "buyer": {"id": buyer}, "tender": {"value": value}}


def found(*releases: Made, **more: Any) -> dict[str, Any]:
    rows = answers(r002, *releases, **more)
    assert all(row["evidence"] for row in rows if row["raised"])
    assert all((row["raised"] is None) == bool(row["reason"]) for row in rows)
    return {row["party_id"]: (row["raised"], row["reason"], row["value"]) for row in rows}


def test_many_just_below_and_few_just_above() -> None:
    releases = [made("many", 950)] * 12 + [made("many", 1050)]
    releases += [made("even", 950)] * 6 + [made("even", 1050)] * 6
    releases += [made("exact", 1000)] * 14 + [made("last", 1100)] * 10
    releases += [made("few", 950)] * 9 + [made("far", 10)] * 20 + [made("usd", 950, "USD")] * 20
    releases += [made(None, 950), {}]
    few = "it has too few tenders near the threshold"
    law = "no threshold of the law is given for this currency, category and time"
    assert found(*releases, given=GIVEN) == {
        "many": (True, None, pytest.approx(92.3, abs=0.1)),
        "even": (False, None, 50),
        "exact": (True, None, 100),
        "last": (None, few, None),
        "few": (None, few, None),
        "far": (None, few, None),
        "usd": (None, law, None),
    }
