# SPDX-License-Identifier: EUPL-1.2
"""K003: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import Made

from tarazy.procurement.indicators import k003_late_plan as k003

HELD = "the tender was not held, or its status is not known"
PLAN = "no planning document with a date is published"
ZONE = "a date is missing, has no time zone, or cannot be read"


def made(*days: Any, start: Any = "2026-02-10T00:00:00+05:00", status: str = "complete") -> Made:
    plans = [{"id": str(number), "datePublished": day} for number, day in enumerate(days)]
    tender = {"status": status, "tenderPeriod": {"startDate": start}}
    return {"planning": {"documents": plans}, "tender": tender}


CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (made("2026-02-06T00:00:00+05:00"), True, None, 4),
    (made("2026-02-12T00:00:00+05:00"), True, None, -2),
    (made("2026-02-05T00:00:00+05:00"), False, None, 5),
    (made("2026-02-09T00:00:00+05:00", "2026-01-01T00:00:00+05:00"), False, None, 40),
    (made("2026-02-09"), None, ZONE, None),
    (made("2026-02-09T00:00:00+05:00", start=None), None, ZONE, None),
    (made(None), None, PLAN, None),
    (made(), None, PLAN, None),
    (made("2026-02-09T00:00:00+05:00", status="cancelled"), None, HELD, None),
    ({}, None, HELD, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(k003, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_k003(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised
