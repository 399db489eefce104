# SPDX-License-Identifier: EUPL-1.2
"""R003: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers

from tarazy.procurement.indicators import r003_short_submission_period as r003

HELD = "the tender was not held, or its status is not known"
METHOD = "the method invites no open submission, or is not known"
PERIOD = "the tender period is not published"
ZONE = "a date has no time zone, or cannot be read"
ORDER = "the tender period ends before it starts"
START = "2026-01-01T09:00:00+05:00"


def tender(
    start: Any = START,
    end: Any = "2026-01-16T09:00:00+05:00",
    status: Any = "complete",
    method: Any = "open",
) -> dict[str, Any]:
    period = {"startDate": start, "endDate": end}
    return {"tender": {"status": status, "procurementMethod": method, "tenderPeriod": period}}


CASES = [
    (tender(), False, None, 15),
    (tender(end="2026-01-16T08:59:59+05:00"), True, None, 14),
    (tender(end="2026-01-16T04:00:00Z"), False, None, 15),  # the same moment, another zone
    (tender(end="2026-01-16T09:00:00+06:00"), True, None, 14),  # a day of another zone
    (tender(end=START), True, None, 0),
    (tender(status="active"), False, None, 15),
    (tender(status="unsuccessful", method="selective"), False, None, 15),
    (tender(status=None), None, HELD, None),
    (tender(status="cancelled"), None, HELD, None),
    (tender(status="planned"), None, HELD, None),
    (tender(status="whatever"), None, HELD, None),
    (tender(method=None), None, METHOD, None),
    (tender(method="direct"), None, METHOD, None),
    (tender(method="limited"), None, METHOD, None),
    (tender(start=None), None, PERIOD, None),
    (tender(end=None), None, PERIOD, None),
    (tender(start="2026-01-01T09:00:00"), None, ZONE, None),
    (tender(end="2026-01-09"), None, ZONE, None),
    (tender(end="soon"), None, PERIOD, None),  # lost in reading, and counted there
    (tender(end="2025-12-31T09:00:00+05:00"), None, ORDER, None),
    (tender(start="1960-01-01T00:00:00Z", end="1960-01-02T00:00:00Z"), None,
     "no threshold was in force at that time", None),
    ({}, None, HELD, None),
    ({"tender": None}, None, HELD, None),
]  # fmt: skip


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r003, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r003(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)


def test_the_evidence_is_what_was_published(found: list[dict[str, Any]]) -> None:
    assert [(fact["field"], fact["value"]) for fact in found[1]["evidence"]] == [
        ("tender.procurementMethod", "open"),
        ("tender.tenderPeriod.startDate", START),
        ("tender.tenderPeriod.endDate", "2026-01-16T08:59:59+05:00"),
        ("threshold.days_min", "15"),
    ]
