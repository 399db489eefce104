# SPDX-License-Identifier: EUPL-1.2
"""R050: each subject with its answer, and what is not assessed."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import Made, award

from tarazy.procurement.indicators import r050_high_market_share as r050


def made(code: Any, *to: str, amount: Any = 100, **more: Any) -> Made:
    items = [{"id": "1", "classification": {"scheme": "CPV", "id": code}}]
    return {"tender": {"items": items}, "awards": [award(*to, amount=amount, **more)]}


FEW = "its market has too few awards"
PRICE = "the supplier or the value of an award is not published"
CURRENCIES = "the amounts are in several currencies"
DOLLAR = {"amount": 100, "currency": "USD"}


def found(*releases: Made, **more: Any) -> dict[str, Any]:
    rows = answers(r050, *releases, **more)
    assert all(row["evidence"] for row in rows if row["raised"])
    assert all((row["raised"] is None) == bool(row["reason"]) for row in rows)
    return {row["party_id"]: (row["raised"], row["reason"], row["value"]) for row in rows}


def test_who_has_most_of_a_market() -> None:
    releases = [made("331", "most")] * 6 + [made("331", "less")] * 4
    releases += [made("450", "few")] * 9
    releases += [made("500", "dear")] * 9 + [made("500", "dear", amount=None)]
    releases += [made("600", "usd")] * 9 + [made("600", "usd", value=DOLLAR)]
    releases += [made(None, "nothing")] * 10 + [made("331", "gone", status="cancelled")]
    assert found(*releases) == {
        "most": (True, None, pytest.approx(60)),
        "less": (False, None, pytest.approx(40)),
        "few": (None, FEW, None),
        "dear": (None, PRICE, None),
        "usd": (None, CURRENCIES, None),
    }


def test_of_two_markets_with_one_share_the_last_is_named() -> None:
    [row] = answers(r050, *[made(code, "w") for code in ("331", "450") for _ in range(10)])
    assert row["evidence"][0]["value"] == "CPV:450"


def test_a_small_or_unclear_market_does_not_hide_a_large_one() -> None:
    releases = [made("450", "w")] * 19 + [made("450", "v"), made("999", "w")]
    releases += [made("500", "w")] * 10 + [made("500", "w", amount=None)]
    releases += [made("600", "x")] * 2 + [made("600", "y")] * 8 + [made("700", "x")] * 9
    releases += [made("800", "z")] * 2 + [made("800", "y")] * 8
    releases += [made("900", "z")] * 10 + [made("900", "z", amount=None)]
    assert found(*releases) == {
        "w": (True, None, pytest.approx(95)),
        "v": (False, None, pytest.approx(5)),
        "x": (False, None, pytest.approx(20)),
        "y": (True, None, pytest.approx(80)),
        "z": (None, PRICE, None),
    }
