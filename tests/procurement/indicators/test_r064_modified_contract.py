# SPDX-License-Identifier: EUPL-1.2
"""R064: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import contract

from tarazy.procurement.indicators import r064_modified_contract as r064

NONE = "no signed contract is published"
SILENT = "no contract of this publisher has a modification"

CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    ({"contracts": [contract(amendments=[{"id": "1"}, {"id": "2"}])]}, True, None, 2),
    ({"contracts": [contract(amendment={"date": "2025-03-01"})]}, True, None, 1),
    ({"contracts": [contract(), contract(1, "d", amendments=[{}])]}, True, None, 1),
    ({"contracts": [contract(amendments=[])]}, False, None, 0),
    ({"contracts": [contract(status=None)]}, False, None, 0),
    ({"contracts": [contract(status="cancelled", amendments=[{}])]}, None, NONE, None),
    ({}, None, NONE, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r064, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r064(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised


def test_a_publisher_without_any_modification_is_not_judged() -> None:
    assert answers(r064, {"contracts": [contract()]})[0]["reason"] == SILENT
