# SPDX-License-Identifier: EUPL-1.2
"""R063: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import contract

from tarazy.procurement.indicators import r063_unpublished_contract as r063

NONE = "no signed contract is published"
TEXT = {"id": "d", "documentType": "contractSigned"}


CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    ({"contracts": [contract(1, documents=[TEXT])]}, False, None, 0),
    ({"contracts": [contract(1), contract(2, "d", documents=[TEXT])]}, True, None, 1),
    ({"contracts": [contract(1, documents=[{"documentType": "contractAnnexe"}])]}, True, None, 1),
    ({"contracts": [contract(1, None, documents=[TEXT])]}, False, None, 0),
    ({"contracts": [contract(1, None), contract(2, documents=[TEXT])]}, True, None, 1),
    ({"contracts": [contract(1, status="cancelled")]}, None, NONE, None),
    ({"tender": {"documents": [TEXT]}, "contracts": [contract(1)]}, True, None, 1),
    ({}, None, NONE, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r063, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r063(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised


def test_where_no_text_is_published_nobody_is_judged() -> None:
    [row] = answers(r063, {"contracts": [contract(1)]})
    assert row["reason"] == "no process of this publisher has such data"
