# SPDX-License-Identifier: EUPL-1.2
"""R046: one row a case, nulls included."""

from datetime import UTC, datetime
from typing import Any

import pytest
from procurement.factory import answers, reference
from procurement.offers import Made, bid, process

from tarazy.procurement.indicators import r046_debarred_bidder as r046

ZONE = "a date is missing, has no time zone, or cannot be read"
NAMED = "no bidder or supplier is named with an identifier"
LISTED = {
    "identifier": "000000000001",
    "valid_from": datetime(2026, 1, 1, tzinfo=UTC),
    "valid_to": datetime(2027, 1, 1, tzinfo=UTC),
    "source": "register of unfair suppliers",
}


def made(number: str, date: str | None = "2026-05-01T00:00:00Z") -> Made:
    return {"date": date, **process([bid(1, number)])}


def named(identifier: str) -> Made:
    """A bidder whose identifier stands beside an id that says nothing."""
    party = {"id": "b", "name": "B", "roles": ["tenderer"], "identifier": {"id": identifier}}
    return {"parties": [party], **made("b")}


GIVEN = reference("debarred", LISTED)

CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (made("KZ-BIN-000000000001"), True, None, 1),
    (made("000000000001"), True, None, 1),
    (made("000000000001", "2025-12-31T23:59:59Z"), False, None, 0),
    (made("000000000001", "2027-01-01T00:00:00Z"), False, None, 0),
    (made("000000000002"), False, None, 0),
    (made("000000000001", None), None, ZONE, None),
    (named("БИН 000000000001"), True, None, 1),
    (named("KZ-BIN-000000000001"), True, None, 1),
    (named("БИН 000000000002"), False, None, 0),
    (made("'; DROP TABLE bid; --"), None, NAMED, None),
    ({}, None, NAMED, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r046, *(release for release, *_ in CASES), given=GIVEN)


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r046(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised


def test_without_a_list_nobody_is_judged() -> None:
    [row] = answers(r046, made("000000000001"))
    assert row["reason"] == "no list of unfair suppliers was given"
