# SPDX-License-Identifier: EUPL-1.2
"""R049: each subject with its answer, and what is not assessed."""

from datetime import UTC, datetime
from typing import Any

from procurement.factory import answers, reference
from procurement.offers import Made, award

from tarazy.procurement.indicators import r049_direct_just_below as r049

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
    rows = answers(r049, *releases, **more)
    assert all(row["evidence"] for row in rows if row["raised"])
    assert all((row["raised"] is None) == bool(row["reason"]) for row in rows)
    return {row["party_id"]: (row["raised"], row["reason"], row["value"]) for row in rows}


def test_three_awards_just_below_the_threshold() -> None:
    releases = [made("three", 950)] * 3 + [made("two", 950)] * 2 + [made("two", 1000.01)]
    releases += [made("exact", 1000)] * 3
    releases += [made("open", 950, method="open")] * 3 + [made("mean", 10)] * 5
    releases += [made("none", None)] * 3 + [other("usd", "USD")] * 3
    releases += [made("mixed", 950), other("mixed", "USD"), made("gone", 950, status="cancelled")]
    assert found(*releases, given=GIVEN) == {
        "b → three": (True, None, 3),
        "b → exact": (True, None, 3),
        "b → two": (False, None, 2),
        "b → mean": (False, None, 0),
        "b → none": (None, PRICE, None),
        "b → usd": (None, LIMIT, None),
        "b → mixed": (None, CURRENCIES, None),
    }
