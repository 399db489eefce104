# SPDX-License-Identifier: EUPL-1.2
"""R055: each subject with its answer, and what is not assessed."""

from datetime import UTC, datetime
from typing import Any

import pytest
from procurement.factory import answers, reference
from procurement.offers import Made, award

from tarazy.procurement.indicators import r055_direct_above_together as r055

LAW = {
    "limits": "direct",
    "amount": 1000,
    "currency": "KZT",
    "valid_from": datetime(2020, 1, 1, tzinfo=UTC),
}
GIVEN = reference("thresholds", LAW)
PRICE = "the supplier or the value of an award is not published"
CURRENCIES = "the amounts are in several currencies"
LIMIT = "no threshold for direct awards is given for this currency and time"


def made(
    to: str, amount: Any, day: str = "2026-01-01", method: str = "direct", **more: Any
) -> Made:
    return {
        "date": f"{day}T00:00:00Z",
        "buyer": {"id": "b"},
        "tender": {"procurementMethod": method},
        "awards": [award(to, amount=amount, **more)],
    }


def other(to: str, currency: Any) -> Made:
    return made(to, 1, value={"amount": 950, "currency": currency})


def found(*releases: Made, **more: Any) -> dict[str, Any]:
    rows = answers(r055, *releases, **more)
    assert all(row["evidence"] for row in rows if row["raised"])
    assert all((row["raised"] is None) == bool(row["reason"]) for row in rows)
    return {row["party_id"]: (row["raised"], row["reason"], row["value"]) for row in rows}


def test_a_year_of_small_awards_is_above_the_threshold() -> None:
    releases = [made("year", 400, f"2026-{month:02}-01") for month in (1, 4, 7)]
    releases += [made("years", 400, f"202{year}-01-01") for year in (4, 5, 6)]
    releases += [made("two", 600)] * 2 + [made("large", 1000.01)] * 3 + [made("exact", 1000)] * 3
    releases += [made("open", 600, method="open")] * 3 + [other("usd", "USD")] * 3
    assert found(*releases, given=GIVEN) == {
        "b → year": (True, None, pytest.approx(120)),
        "b → years": (False, None, pytest.approx(80)),
        "b → two": (False, None, pytest.approx(120)),
        "b → exact": (True, None, pytest.approx(300)),
        "b → large": (False, None, 0),
        "b → usd": (None, LIMIT, None),
    }
