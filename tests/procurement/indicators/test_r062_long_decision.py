# SPDX-License-Identifier: EUPL-1.2
"""R062: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import Made, award, process

from tarazy.procurement.indicators import r062_long_decision as r062

NO_AWARD = "no award is active"
NO_DATE = "the end of the tender period or the date of an award is not published"
ZONE = "a date has no time zone, or cannot be read"
ORDER = "the dates are not in their natural order"
FEW = "there are too few comparable ones to say what is usual"
END = {"endDate": "2025-03-01T10:00:00Z"}


def made(*awarded: Any, **more: Any) -> Made:
    awards = [award(str(number), date=date) for number, date in enumerate(awarded)]
    return process([], *awards, **{"tenderPeriod": END, **more})


USUAL = [made(f"2025-03-{6 + number % 3:02}T10:00:00Z") for number in range(20)]

CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (made("2025-06-01T10:00:00Z"), True, None, 92),
    (made("2025-03-07T10:00:00Z", "2025-06-01T10:00:00Z"), False, None, 6),
    (made("2025-02-28T10:00:00Z"), None, ORDER, None),
    (made("2025-06-01"), None, ZONE, None),
    (made(None), None, NO_DATE, None),
    ({}, None, NO_AWARD, None),
    *((usual, False, None, pytest.approx(6, abs=1)) for usual in USUAL),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r062, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r062(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised


def test_too_few() -> None:
    assert answers(r062, USUAL[0])[0]["reason"] == FEW
