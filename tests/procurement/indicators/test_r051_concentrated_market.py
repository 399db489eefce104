# SPDX-License-Identifier: EUPL-1.2
"""R051: each subject with its answer, and what is not assessed."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import Made, award

from tarazy.procurement.indicators import r051_concentrated_market as r051


def made(code: Any, *to: str, amount: Any = 100, **more: Any) -> Made:
    items = [{"id": "1", "classification": {"scheme": "CPV", "id": code}}]
    return {"tender": {"items": items}, "awards": [award(*to, amount=amount, **more)]}


FEW = "its market has too few awards"
PRICE = "the supplier or the value of an award is not published"


def found(*releases: Made, **more: Any) -> dict[str, Any]:
    rows = answers(r051, *releases, **more)
    assert all(row["evidence"] for row in rows if row["raised"])
    assert all((row["raised"] is None) == bool(row["reason"]) for row in rows)
    return {row["party_id"]: (row["raised"], row["reason"], row["value"]) for row in rows}


def test_a_market_in_the_hands_of_few() -> None:
    releases = [made("331", "a")] * 5 + [made("331", "b")] * 5
    releases += [made("450", f"s{number}") for number in range(10)]
    releases += [made("500", "a")] * 9
    releases += [made("600", "a")] * 9 + [made("600", "a", amount=0)]
    assert found(*releases) == {
        "CPV:331": (True, None, pytest.approx(5000)),
        "CPV:450": (False, None, pytest.approx(1000)),
        "CPV:500": (None, FEW, None),
        "CPV:600": (None, PRICE, None),
    }


def test_a_kind_of_purchase_is_a_market_in_each_region() -> None:
    def placed(release: Made, **address: Any) -> Made:
        return {**release, "parties": [{"id": "b", "roles": ["buyer"], "address": address}]}

    city = [placed(made("331", "a"), region="City") for _ in range(10)]
    town = [placed(made("331", f"s{number}"), locality="Town") for number in range(10)]
    assert found(*city, *town) == {
        "CPV:331 · City": (True, None, pytest.approx(10_000)),
        "CPV:331 · Town": (False, None, pytest.approx(1000)),
    }
