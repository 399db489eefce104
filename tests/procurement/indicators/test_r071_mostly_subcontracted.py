# SPDX-License-Identifier: EUPL-1.2
"""R071: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import Made, award

from tarazy.procurement.indicators import r071_mostly_subcontracted as r071

NO_AWARD = "no award is active"
SILENT = "no award says whether there are subcontracts"
SHARE = "the share of the subcontracts is not published"

YES, NO = True, False


def made(has: Any, least: Any = None, most: Any = None, status: str = "active") -> Made:
    share = {"minimumPercentage": least, "maximumPercentage": most}
    return {"awards": [award("a", status=status, hasSubcontracting=has, subcontracting=share)]}


def both(share: Any) -> Made:
    """Of two awards with subcontracts, of which one tells their share."""
    return {"awards": [*made(YES, share)["awards"], award("b", hasSubcontracting=YES)]}


CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (made(YES, 0.5), True, None, 50),
    (made(YES, 0.1, 0.8), True, None, 80),
    (made(None, 0.8), True, None, 80),
    (made(YES, 0.4), False, None, 40),
    (made(NO), False, None, 0),
    (made(YES), None, SHARE, None),
    (both(0.4), None, SHARE, None),
    (both(0.5), True, None, 50),
    (made("perhaps"), None, SILENT, None),
    (made(YES, 0.8, status="cancelled"), None, NO_AWARD, None),
    ({"awards": [award("a")]}, None, SILENT, None),
    ({}, None, NO_AWARD, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r071, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r071(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised
