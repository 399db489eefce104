# SPDX-License-Identifier: EUPL-1.2
"""R021: each subject with its answer, and what is not assessed."""

from typing import Any

from procurement.factory import answers
from procurement.offers import Made

from tarazy.procurement.indicators import r021_discretionary_criteria as r021


def made(buyer: Any, criteria: Any) -> Made:
    return {"buyer": {"id": buyer}, "tender": {"awardCriteria": criteria}}


def found(*releases: Made, **more: Any) -> dict[str, Any]:
    rows = answers(r021, *releases, **more)
    assert all(row["evidence"] for row in rows if row["raised"])
    assert all((row["raised"] is None) == bool(row["reason"]) for row in rows)
    return {row["party_id"]: (row["raised"], row["reason"], row["value"]) for row in rows}


def test_a_buyer_that_decides_by_points_stands_out() -> None:
    releases: list[Made] = []
    for number in range(20):
        releases += [made(f"b{number:02}", "priceOnly")] * 9
        releases += [made(f"b{number:02}", "ratedCriteria" if number % 2 else "priceOnly")]
    releases += [made("points", "ratedCriteria")] * 10 + [made("small", "ratedCriteria")] * 9
    releases += [made("silent", None)] * 10 + [made(None, "ratedCriteria")]
    answer = found(*releases)
    assert answer["points"] == (True, None, 100)
    assert answer["b01"] == (False, None, 10)
    assert answer["small"] == (None, "it has too few processes to say anything of it", None)
    assert "silent" not in answer


def test_of_few_buyers_nothing_is_said() -> None:
    answer = found(*[made("points", "ratedCriteria")] * 10)
    few = "there are too few comparable ones to say what is usual"
    assert answer == {"points": (None, few, None)}
