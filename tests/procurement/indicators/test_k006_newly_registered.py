# SPDX-License-Identifier: EUPL-1.2
"""K006: one row a case, nulls included."""

from datetime import UTC, datetime
from typing import Any

import pytest
from procurement.factory import answers, reference
from procurement.offers import Made, award

from tarazy.procurement.indicators import k006_newly_registered as k006

NO_AWARD = "no award is active"
ZONE = "a date is missing, has no time zone, or cannot be read"
AGE = "the time of registration of the supplier is not known"
LISTED = {"identifier": "250940000002", "since": datetime(2026, 4, 1, tzinfo=UTC)}


def made(number: str, date: Any = "2026-06-15T00:00:00+05:00", **more: Any) -> Made:
    return {"awards": [award(f"KZ-BIN-{number}", date=date, **more)]}


def named(identifier: str) -> Made:
    return {"id": "KZ-BIN-x", "name": "X", "identifier": {"id": identifier}}


GIVEN = reference("registered", LISTED)

CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (made("260140000001"), True, None, 5),
    (made("260740000001"), True, None, 0),
    (made("251240000001"), False, None, 6),
    (made("970540000001"), False, None, 349),
    (made("250940000002"), True, None, 2),
    ({"parties": [named("БИН 260140000001")], **made("x")}, True, None, 5),
    ({"parties": [named("БИН 250940000002")], **made("x")}, True, None, 2),
    (made("000010000001"), None, AGE, None),
    (made("260190000001"), None, AGE, None),
    (made("12345"), None, AGE, None),
    (made("260140000001", "2026-06-15"), None, ZONE, None),
    (made("260140000001", status="cancelled"), None, NO_AWARD, None),
    ({}, None, NO_AWARD, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(k006, *(release for release, *_ in CASES), given=GIVEN)


@pytest.mark.parametrize("number", range(len(CASES)))
def test_k006(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised
