# SPDX-License-Identifier: EUPL-1.2
"""CRI: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import Made, award, contract

from tarazy.procurement.indicators import cri_corruption_risk_index as cri

HELD = "the tender was not held, or its status is not known"
PARTS = "too few parts of the index are known"


def made(bids: int, method: str, days: int, amendments: int = 0, **more: Any) -> Made:
    period = {"startDate": "2026-01-01T00:00:00Z", "endDate": f"2026-01-{1 + days:02}T00:00:00Z"}
    facts = {"status": "complete", "numberOfTenderers": bids, "tenderPeriod": period, **more}
    own = contract(100, amendments=[{"id": "1"}] * amendments)
    return {
        "tender": {**facts, "procurementMethod": method},
        "awards": [award("a", date=f"2026-01-{3 + days:02}T00:00:00Z")],
        "contracts": [own],
    }


CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (made(1, "selective", 2, amendments=1), True, None, pytest.approx(60)),
    (made(3, "open", 20), False, None, 0),
    (made(1, "open", 20), False, None, pytest.approx(100 / 5)),
    ({"tender": {"status": "complete", "procurementMethod": "direct"}}, None, PARTS, None),
    (made(1, "open", 2, status="planning"), None, HELD, None),
    ({}, None, HELD, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(cri, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_cri(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised


def test_every_part_is_shown_with_its_weight(found: list[dict[str, Any]]) -> None:
    shown = {fact["field"]: fact["value"] for fact in found[0]["evidence"]}
    assert shown == {
        "cri.single_bid": "1.0 × 1.0",
        "cri.submission_period": "1.0 × 1.0",
        "cri.procedure": "0.5 × 1.0",
        "cri.contract_changed": "0.5 × 1.0",
        "cri.decision_period": "0.0 × 1.0",
        "cri.parts": "5",
        "threshold.percent_min": "50",
    }
    assert len(cri.PARTS) == 11


def test_the_winner_takes_most_of_the_buyer() -> None:
    releases = [{**made(3, "open", 20), "buyer": {"id": "b"}} for _ in range(10)]
    rows = answers(cri, *releases)
    assert [row["value"] for row in rows] == [pytest.approx(20)] * 10


def test_the_order_of_the_parts_leaves_no_trace_in_the_last_digits() -> None:
    """Three suppliers share what a buyer awards: thirds, whose sum has no exact digits."""
    releases = [
        {
            **made(3, "open", 20),
            "awards": [award(to, date="2026-01-23T00:00:00Z")],
            "buyer": {"id": "b"},
        }
        for to in "abc" * 4
    ]
    values = {row["value"] for row in answers(cri, *releases)}
    assert values == {round(100 / 3 / 5, 6)}


@pytest.mark.parametrize(("other", "parts"), [("goszakup-2", "6"), ("samruk-2", "5")])
def test_a_changed_tender_counts_where_its_publisher_tells_changes(other: str, parts: str) -> None:
    changed = made(1, "selective", 2, amendments=1)
    changed["tender"]["amendments"] = [{"id": "1"}]
    bare = made(1, "selective", 2, amendments=1)
    rows = answers(cri, {**changed, "ocid": "goszakup-1"}, {**bare, "ocid": other})
    seen = {row["ocid"]: {one["field"]: one["value"] for one in row["evidence"]} for row in rows}
    assert seen[other]["cri.parts"] == parts
