# SPDX-License-Identifier: EUPL-1.2
"""K010: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers

from tarazy.procurement.indicators import k010_high_prepayment as k010

SILENT = "the plan does not say what is paid in advance"


def made(share: Any) -> dict[str, Any]:
    return {"planning": {"prepaymentShare": share}}


CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (made(0.5), True, None, 50),
    (made(1), True, None, 100),
    (made("0.31"), True, None, 31),
    (made(0.3), False, None, 30),
    (made(0), False, None, 0),
    (made(30), None, SILENT, None),  # no share of one
    (made(-0.1), None, SILENT, None),
    (made("half"), None, SILENT, None),
    (made(None), None, SILENT, None),
    ({}, None, SILENT, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(k010, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_k010(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised
