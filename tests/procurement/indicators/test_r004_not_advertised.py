# SPDX-License-Identifier: EUPL-1.2
"""R004: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import Made

from tarazy.procurement.indicators import r004_not_advertised as r004

HELD = "the tender was not held, or its status is not known"
METHOD = "the method promises no competition, or is not known"
ZONE = "a date is missing, has no time zone, or cannot be read"


def made(*documents: Made, status: Any = "complete", method: Any = "open", **dates: Any) -> Made:
    period = {"startDate": "2026-01-05T00:00:00Z", "endDate": "2026-01-25T00:00:00Z", **dates}
    facts = {"status": status, "procurementMethod": method, "tenderPeriod": period}
    return {"tender": {**facts, "documents": list(documents)}}


def document(kind: str, published: Any = "2026-01-04T00:00:00Z", number: str = "d") -> Made:
    return {"id": number, "documentType": kind, "datePublished": published}


CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (made(document("tenderNotice")), False, None, 0),
    (made(document("tenderNotice", "2026-01-05T12:00:00Z")), False, None, 0),
    (made(document("tenderNotice", "2026-01-07T00:00:00Z")), True, None, 2),
    (made(document("biddingDocuments")), True, None, None),
    (made(), True, None, None),
    (made(document("tenderNotice", "2026-01-04")), None, ZONE, None),
    (made(document("tenderNotice", None)), None, ZONE, None),
    (made(document("tenderNotice"), startDate=None), None, ZONE, None),
    (made(method="direct"), None, METHOD, None),
    (made(status="cancelled"), None, HELD, None),
    ({}, None, HELD, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r004, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r004(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised
