# SPDX-License-Identifier: EUPL-1.2
"""K004: each subject with its answer, and what is not assessed."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import Made, award

from tarazy.procurement.indicators import k004_december_rush as k004


def made(buyer: Any, month: int, amount: Any = 100, zone: str = "+05:00", **more: Any) -> Made:
    date = f"2025-{month:02}-01T02:00:00{zone}"
    return {"buyer": {"id": buyer}, "awards": [award("s", amount=amount, date=date, **more)]}


USUAL = [made(f"b{number:02}", month) for number in range(20) for month in range(1, 13)]


def found(*releases: Made, **more: Any) -> dict[str, Any]:
    rows = answers(k004, *releases, **more)
    assert all(row["evidence"] for row in rows if row["raised"])
    assert all((row["raised"] is None) == bool(row["reason"]) for row in rows)
    return {row["party_id"]: (row["raised"], row["reason"], row["value"]) for row in rows}


def test_who_spends_in_december_stands_out() -> None:
    releases = [*USUAL, *[made("rush", 12)] * 9, made("rush", 1), *[made("small", 12)] * 9]
    releases += [*[made("unpriced", 12)] * 9, made("unpriced", 12, None)]
    releases += [*[made("nobody", 12)] * 9, made("nobody", 1, suppliers=[])]
    releases += [*[made("undated", 12)] * 9, made("undated", 12, zone="")]
    answer = found(*releases)
    assert answer["rush"] == answer["nobody"] == (True, None, pytest.approx(90))
    assert answer["b00"] == (False, None, pytest.approx(100 / 12))
    assert answer["small"][1] == "it has too few processes to say anything of it"
    unclear = "the value or the date of an award is not published"
    assert answer["unpriced"][1] == answer["undated"][1] == unclear


def test_who_spends_in_the_last_quarter_stands_out() -> None:
    autumn = [made("autumn", month) for month in (10, 11) for _ in range(5)]
    summer = [made("summer", month) for month in (7, 8, 9) for _ in range(4)]
    answer = found(*USUAL, *autumn, *summer, made("autumn", 1))
    assert answer["autumn"] == (True, None, 0)
    assert answer["summer"] == (False, None, 0)


def test_of_few_buyers_nothing_is_said() -> None:
    few = "there are too few comparable ones to say what is usual"
    assert found(*[made("rush", 12)] * 10) == {"rush": (None, few, None)}
