# SPDX-License-Identifier: EUPL-1.2
"""R019: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import Made

from tarazy.procurement.indicators import r019_few_bidders as r019

COMPLETE = "the tender is not complete, or its status is not known"
METHOD = "the method promises no competition, or is not known"
NUMBER = "the number of bidders is not published"
KIND = "what is bought is not classified"
KINDS = "things of several kinds are bought"
FEW = "there are too few comparable ones to say what is usual"


def made(bidders: Any, *codes: str, status: Any = "complete", method: Any = "open") -> Made:
    items = [{"id": code, "classification": {"scheme": "CPV", "id": code}} for code in codes]
    facts = {"status": status, "procurementMethod": method, "numberOfTenderers": bidders}
    return {"tender": {**facts, "items": items}}


USUAL = [made(4, "331") for _ in range(20)]

CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (made(1, "331"), True, None, pytest.approx(27.4, abs=0.1)),
    (made(0, "331"), True, None, 0),
    (made(3, "331"), False, None, pytest.approx(82.1, abs=0.1)),
    (made(1, "331", "450"), None, KINDS, None),
    (made(1), None, KIND, None),
    (made(1, "450"), None, FEW, None),
    (made(None, "331"), None, NUMBER, None),
    (made(1, "331", method="direct"), None, METHOD, None),
    (made(1, "331", status="active"), None, COMPLETE, None),
    ({}, None, COMPLETE, None),
    *((usual, False, None, pytest.approx(109.5, abs=0.1)) for usual in USUAL),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r019, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r019(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised


def test_where_nobody_ever_comes_nobody_is_missed() -> None:
    rows = answers(r019, *[made(0, "331")] * 20)
    assert {(row["raised"], row["reason"], row["value"]) for row in rows} == {(False, None, None)}


def placed(bidders: Any, region: str | None) -> Made:
    address = {"region": region}
    return {
        **made(bidders, "331"),
        "parties": [{"id": "b", "roles": ["buyer"], "address": address}],
    }


def test_a_region_with_enough_tenders_is_compared_with_itself() -> None:
    """Where many come, three are few; of the kind as a whole every second tender has three."""
    rows = answers(
        r019,
        placed(3, "City"),
        placed(3, None),
        placed(3, "Village"),
        *[placed(10, "City")] * 20,
        *[placed(3, "Steppe")] * 20,
    )
    assert [row["raised"] for row in rows[:3]] == [True, False, False]
    assert rows[0]["value"] == pytest.approx(300 / (203 / 21))
    assert {row["raised"] for row in rows[3:]} == {False}
