# SPDX-License-Identifier: EUPL-1.2
"""R039: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import Made

from tarazy.procurement.indicators import r039_unanswered_questions as r039

HELD = "the tender was not held, or its status is not known"
OPEN = "the tender is not complete, or its status is not known"
ZONE = "a date is missing, has no time zone, or cannot be read"
NONE = "no question about the tender is published"


def made(*enquiries: Made, status: Any = "complete", end: Any = "2026-01-20T00:00:00Z") -> Made:
    facts = {"status": status, "tenderPeriod": {"endDate": end}, "enquiries": list(enquiries)}
    return {"tender": facts}


def asked(at: Any = None, answer: Any = None, number: str = "q") -> Made:
    return {"id": number, "dateAnswered": at, "answer": answer}


CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (made(asked()), True, None, 1),
    (made(asked("2026-01-21T00:00:00Z"), asked(number="r")), True, None, 2),
    (made(asked("2026-01-19T00:00:00Z")), False, None, 0),
    (made(asked(answer="Yes")), False, None, 0),
    (made(asked("2026-01-19")), None, ZONE, None),
    (made(asked("2026-01-19T00:00:00Z"), end=None), None, ZONE, None),
    (made(asked("2026-01-19"), asked(number="r")), True, None, 1),
    ({**made(asked(), status="active"), "date": "2026-01-19T00:00:00Z"}, None, OPEN, None),
    ({**made(asked(), status="active"), "date": "2026-01-21T00:00:00Z"}, True, None, 1),
    (made(asked(answer="Yes"), status="active"), None, OPEN, None),
    (made(), None, NONE, None),
    (made(asked(), status="cancelled"), None, HELD, None),
    ({}, None, HELD, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r039, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r039(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised
