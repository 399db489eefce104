# SPDX-License-Identifier: EUPL-1.2
"""R001: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers

from tarazy.procurement.indicators import r001_no_planning_documents as r001

HELD = "the tender was not held, or its status is not known"

DONE = {"status": "complete"}
PLAN = {"documents": [{"id": "d", "documentType": "procurementPlan"}]}


CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    ({"tender": DONE, "planning": PLAN}, False, None, 1),
    ({"tender": DONE}, True, None, 0),
    ({"tender": DONE, "planning": {"documents": []}}, True, None, 0),
    ({"tender": {"documents": PLAN["documents"], **DONE}}, True, None, 0),
    ({"tender": {"status": "planning"}, "planning": PLAN}, None, HELD, None),
    ({}, None, HELD, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r001, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r001(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised


def test_a_publisher_without_any_plan_is_not_judged() -> None:
    rows = answers(
        r001,
        {"ocid": "ocds-aaaaaa-1", "tender": DONE},
        {"ocid": "ocds-bbbbbb-1", "tender": DONE, "planning": PLAN},
        {"ocid": "ocds-bbbbbb-2", "tender": DONE},
    )
    assert [row["raised"] for row in rows] == [None, False, True]
    assert rows[0]["reason"] == "no process of this publisher has such data"
