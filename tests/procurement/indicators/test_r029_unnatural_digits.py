# SPDX-License-Identifier: EUPL-1.2
"""R029: each subject with its answer, and what is not assessed."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import Made

from tarazy.procurement.indicators import r029_unnatural_digits as r029


def made(buyer: str, amount: float) -> Made:
    value = {"amount": round(amount, 2), "currency": "KZT"}
    return {"buyer": {"id": buyer}, "tender": {"value": value}}


GROWN = [10 ** (4 * number / 300) for number in range(300)]


def found(*releases: Made, **more: Any) -> dict[str, Any]:
    rows = answers(r029, *releases, **more)
    assert all(row["evidence"] for row in rows if row["raised"])
    assert all((row["raised"] is None) == bool(row["reason"]) for row in rows)
    return {row["party_id"]: (row["raised"], row["reason"], row["value"]) for row in rows}


def test_grown_values_follow_the_law_and_made_up_ones_do_not() -> None:
    releases = [made("grown", amount) for amount in GROWN]
    releases += [made("fives", 5 * 10 ** (number % 5)) for number in range(300)]
    releases += [made("small", amount) for amount in GROWN[:299]]
    releases += [made("alike", 100 + number) for number in range(300)]
    releases += [made("zero", 0)] * 300
    answer = found(*releases)
    assert answer["grown"] == (False, None, pytest.approx(0, abs=0.5))
    assert answer["fives"][0] is True
    assert answer["small"][1] == "it has too few values to look at their digits"
    assert answer["alike"][1] == "its values are too much alike to look at digits"
    assert "zero" not in answer
