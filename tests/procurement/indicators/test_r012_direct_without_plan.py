# SPDX-License-Identifier: EUPL-1.2
"""R012: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import Made

from tarazy.procurement.indicators import r012_direct_without_plan as r012

HELD = "the tender was not held, or its status is not known"
METHOD = "the method is not known"
COMPETITIVE = "the procedure is competitive"


def made(method: Any, *plans: Made, status: str = "complete", budget: Any = None) -> Made:
    planning = {"documents": list(plans), "budget": {"id": budget}}
    return {"tender": {"status": status, "procurementMethod": method}, "planning": planning}


PLAN = {"id": "d", "documentType": "procurementPlan"}


CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (made("direct"), True, None, 0),
    (made("limited"), True, None, 0),
    (made("direct", PLAN), False, None, 1),
    (made("direct", budget="p1"), False, None, 1),
    (made("open"), None, COMPETITIVE, None),
    (made(None), None, METHOD, None),
    (made("direct", status="planning"), None, HELD, None),
    ({}, None, HELD, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r012, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r012(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised


def test_where_nobody_publishes_plans_nobody_is_judged() -> None:
    [row] = answers(r012, made("direct"))
    assert row["reason"] == "no process of this publisher has such data"
