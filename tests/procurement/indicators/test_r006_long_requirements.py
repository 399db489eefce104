# SPDX-License-Identifier: EUPL-1.2
"""R006: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import Made

from tarazy.procurement.indicators import r006_long_requirements as r006

HELD = "the tender was not held, or its status is not known"
METHOD = "the method promises no competition, or is not known"
TEXT = "no condition for bidders is published as a text"


def made(length: int, method: Any = "open", **more: Any) -> Made:
    facts = {"status": "complete", "procurementMethod": method, "eligibilityCriteria": "x" * length}
    return {"tender": {**facts, **more}}


USUAL = [made(90 + number) for number in range(21)]
LONG = {"criteria": [{"description": "y" * 900}]}


CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (made(500), True, None, 500),
    (made(100, selectionCriteria=LONG), True, None, 1000),
    (made(0, selectionCriteria=LONG), True, None, 900),
    (made(100), False, None, 100),
    (made(0), None, TEXT, None),
    (made(500, method="direct"), None, METHOD, None),
    ({}, None, HELD, None),
    *((usual, False, None, 90 + number) for number, usual in enumerate(USUAL)),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r006, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r006(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised


def test_of_few_nothing_is_said() -> None:
    [row] = answers(r006, made(500))
    assert row["reason"] == "there are too few comparable ones to say what is usual"
