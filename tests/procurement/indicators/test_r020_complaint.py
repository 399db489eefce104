# SPDX-License-Identifier: EUPL-1.2
"""R020: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers

from tarazy.procurement.indicators import r020_complaint as r020

CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    ({"complaints": [{"id": "1", "status": "rejected"}]}, True, None, 1),
    ({"complaints": [{"id": "1"}, {"id": "1"}, {}]}, True, None, 2),
    ({"tender": {"complaints": [{"id": "1"}, {"id": "2"}]}}, True, None, 2),
    ({"complaints": []}, False, None, 0),
    ({}, False, None, 0),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r020, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r020(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised


def test_where_complaints_are_not_published_nobody_is_judged() -> None:
    [row] = answers(r020, {})
    assert row["reason"] == "no process of this publisher has such data"
