# SPDX-License-Identifier: EUPL-1.2
"""R045: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers, reference
from procurement.offers import award, bid, process

from tarazy.procurement.indicators import r045_unregistered_bidder as r045

NAMED = "no bidder or supplier is named with an identifier"
PARTY = {"id": "b", "name": "B", "identifier": {"id": "БИН 000000000001"}}
GIVEN = reference("registered", {"identifier": "000000000001"})

CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (process([bid(1, "KZ-BIN-000000000001")]), False, None, 0),
    (process([bid(1, "KZ-BIN-000000000001"), bid(1, "000000000002")]), True, None, 1),
    ({"awards": [award("KZ-BIN-000000000003")]}, True, None, 1),
    ({"parties": [PARTY], **process([bid(1, "b")])}, False, None, 0),
    (process([bid(1, "a")]), None, NAMED, None),
    ({}, None, NAMED, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r045, *(release for release, *_ in CASES), given=GIVEN)


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r045(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised


def test_without_a_register_nobody_is_judged() -> None:
    [row] = answers(r045, process([bid(1, "KZ-BIN-000000000001")]))
    assert row["reason"] == "no register of businesses was given"
