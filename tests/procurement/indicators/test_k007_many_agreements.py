# SPDX-License-Identifier: EUPL-1.2
"""K007: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import Made, contract

from tarazy.procurement.indicators import k007_many_agreements as k007

NONE = "no signed contract is published"


def made(*counts: int, status: str = "active") -> Made:
    return {
        "contracts": [
            contract(1, str(number), status=status, amendments=[{"id": n} for n in range(count)])
            for number, count in enumerate(counts)
        ]
    }


CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (made(3), True, None, 3),
    (made(0, 4), True, None, 4),
    (made(2, 2), False, None, 2),
    (made(0), False, None, 0),
    (made(3, status="cancelled"), None, NONE, None),
    ({}, None, NONE, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(k007, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_k007(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised


def test_where_nothing_is_ever_modified_nobody_is_judged() -> None:
    [row] = answers(k007, made(0))
    assert row["reason"] == "no contract of this publisher has a modification"
