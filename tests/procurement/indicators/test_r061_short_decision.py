# SPDX-License-Identifier: EUPL-1.2
"""R061: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import Made, award, process

from tarazy.procurement.indicators import r061_short_decision as r061

NO_AWARD = "no award is active"
NO_DATE = "the end of the tender period or the date of an award is not published"
ZONE = "a date has no time zone, or cannot be read"
ORDER = "the dates are not in their natural order"
METHOD = "the method promises no competition, or is not known"
END = {"endDate": "2025-03-01T10:00:00+05:00"}


def made(*awarded: Any, **more: Any) -> Made:
    awards = [award(str(number), date=date) for number, date in enumerate(awarded)]
    return process([], *awards, **{"tenderPeriod": END, **more})


CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (made("2025-03-01T16:00:00+05:00"), True, None, 0.25),
    (made("2025-03-02T05:00:00Z"), False, None, 1),
    (made("2025-03-20T10:00:00Z", "2025-03-01T16:00:00+05:00"), True, None, 0.25),
    (made("2025-02-28T10:00:00Z"), None, ORDER, None),
    (made("2025-03-01"), None, ZONE, None),
    (made("2025-03-02T05:00:00Z", None), None, NO_DATE, None),
    (made("2025-03-02T05:00:00Z", tenderPeriod=None), None, NO_DATE, None),
    (made("2025-03-02T05:00:00Z", procurementMethod="direct"), None, METHOD, None),
    (made(), None, NO_AWARD, None),
    ({}, None, NO_AWARD, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r061, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r061(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised
