# SPDX-License-Identifier: EUPL-1.2
"""R034: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import Made, bid, process

from tarazy.procurement.indicators import r034_same_order as r034

NO_BIDS = "no bids are published"
STATUS = "the status of a bid is not known"
ALONE = "there are no two bidders to compare"
ZONE = "a date is missing, has no time zone, or cannot be read"


def made(*bidders: str, zone: str = "Z", **more: Any) -> Made:
    bids = [
        bid(100, one, date=f"2026-01-01T1{number}:00:00{zone}", **more)
        for number, one in enumerate(bidders)
    ]
    return process(bids)


CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    *((made("a", "b"), True, None, 6) for _ in range(5)),
    (made("a", "b", "c"), True, None, 6),
    *((made("a", "c"), False, None, 2) for _ in range(1)),
    *((made("d", "e"), False, None, 0) for _ in range(5)),
    (made("e", "d"), False, None, 0),
    (made("a", "b", zone=""), None, ZONE, None),
    (made("a"), None, ALONE, None),
    (made("a", "b", status=None), None, STATUS, None),
    (made("a", "b", status="withdrawn"), None, ALONE, None),
    ({}, None, NO_BIDS, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r034, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r034(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised


def test_where_nobody_met_often_nothing_is_said() -> None:
    [row] = answers(r034, made("a", "b"))
    assert row["reason"] == "no two bidders of the data met often enough to compare"
