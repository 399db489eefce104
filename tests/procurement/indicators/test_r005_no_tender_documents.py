# SPDX-License-Identifier: EUPL-1.2
"""R005: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import Made

from tarazy.procurement.indicators import r005_no_tender_documents as r005

HELD = "the tender was not held, or its status is not known"
METHOD = "the method promises no competition, or is not known"
ZONE = "a date is missing, has no time zone, or cannot be read"
SPECIFICATIONS = "technicalSpecifications"


def made(*documents: Made, status: Any = "complete", method: Any = "open", **dates: Any) -> Made:
    period = {"startDate": "2026-01-05T00:00:00Z", "endDate": "2026-01-25T00:00:00Z", **dates}
    facts = {"status": status, "procurementMethod": method, "tenderPeriod": period}
    return {"tender": {**facts, "documents": list(documents)}}


def document(kind: str, published: Any = "2026-01-04T00:00:00Z", number: str = "d") -> Made:
    return {"id": number, "documentType": kind, "datePublished": published}


CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (
        made(document("biddingDocuments"), document(SPECIFICATIONS, number="e")),
        False,
        None,
        2,
    ),
    (made(document(SPECIFICATIONS)), False, None, 1),
    (made(document("biddingDocuments", None)), False, None, 1),
    (made(document("biddingDocuments", "2026-01-26T00:00:00Z")), True, None, 0),
    (made(document("tenderNotice")), True, None, 0),
    (made(), True, None, 0),
    (made(document("biddingDocuments", "2026-01-04")), None, ZONE, None),
    (made(document("biddingDocuments"), endDate="2026-01-25"), None, ZONE, None),
    (made(method=None), None, METHOD, None),
    ({}, None, HELD, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r005, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r005(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised
