# SPDX-License-Identifier: EUPL-1.2
"""R014: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers

from tarazy.procurement.indicators import r014_opened_soon as r014

HELD = "the tender was not held, or its status is not known"
METHOD = "the method invites no open submission, or is not known"
NO_DATE = "the start of the tender or the opening of bids is not published"
ZONE = "a date has no time zone, or cannot be read"
ORDER = "the dates are not in their natural order"
START = "2025-03-01T10:00:00+05:00"


def tender(
    opened: Any, start: Any = START, status: Any = "complete", method: Any = "open"
) -> dict[str, Any]:
    return {
        "tender": {
            "status": status,
            "procurementMethod": method,
            "tenderPeriod": {"startDate": start},
            "bidOpening": {"date": opened},
        }
    }


CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (tender("2025-03-08T09:59:59+05:00"), True, None, 6),
    (tender("2025-03-08T10:00:00+05:00"), False, None, 7),
    (tender("2025-03-08T05:00:00Z", method="selective"), False, None, 7),
    (tender("2025-02-28T10:00:00+05:00"), None, ORDER, None),
    (tender("2025-03-08T09:00:00"), None, ZONE, None),
    (tender("0001-01-05T00:00:00Z", start="0001-01-01T00:00:00Z"), True, None, 4),
    (tender("soon"), None, NO_DATE, None),  # the import counts it as lost
    (tender(None), None, NO_DATE, None),
    (tender("2025-03-08T10:00:00+05:00", start=None), None, NO_DATE, None),
    (tender("2025-03-02T10:00:00+05:00", method="direct"), None, METHOD, None),
    (tender("2025-03-02T10:00:00+05:00", method=None), None, METHOD, None),
    (tender("2025-03-02T10:00:00+05:00", status="planned"), None, HELD, None),
    ({}, None, HELD, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r014, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r014(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised
