# SPDX-License-Identifier: EUPL-1.2
"""R010: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers

from tarazy.procurement.indicators import r010_unexplained_direct_award as r010

HELD = "the tender was not held, or its status is not known"
METHOD = "the method is not known"
SILENT = "no process of this publisher gives a reason for its method"


def tender(method: Any, rationale: Any = None, status: Any = "complete") -> dict[str, Any]:
    facts = {"procurementMethod": method, "procurementMethodRationale": rationale}
    return {"tender": {**facts, "status": status}}


CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (tender("direct"), True, None, None),
    (tender("limited", "  "), True, None, None),
    (tender("direct", "one supplier"), False, None, None),
    (tender("open"), False, None, None),
    (tender("selective"), False, None, None),
    (tender("direct", status="cancelled"), None, HELD, None),
    (tender("direct", status=None), None, HELD, None),
    (tender("direct", status="planned"), None, HELD, None),
    (tender(None), None, METHOD, None),
    (tender("odd"), None, METHOD, None),
    ({}, None, HELD, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r010, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r010(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised


def test_a_publisher_without_any_reason_is_not_judged() -> None:
    rows = answers(r010, tender("direct"), tender("open"))
    assert [(row["raised"], row["reason"]) for row in rows] == [(None, SILENT), (False, None)]
