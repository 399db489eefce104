# SPDX-License-Identifier: EUPL-1.2
"""R030: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import award, bid, process

from tarazy.procurement.indicators import r030_late_bid_won as r030

NO_BIDS = "no bids are published"
NO_AWARD = "no award is active"
NO_END = "the end of the tender period is not published"
NO_WINNER = "no valid bid of the winner is published"
DATE = "a date is missing, has no time zone, or cannot be read"
END = {"endDate": "2025-03-01T10:00:00+05:00"}


def made(date: Any, by: str = "w", status: str = "valid", **more: Any) -> dict[str, Any]:
    offers = [bid(1, by, status=status, date=date), bid(2, "x", date="2025-12-31T00:00:00Z")]
    return process(offers, award("w"), **{"tenderPeriod": END, **more})


CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (made("2025-03-01T12:00:00+05:00"), True, None, 2),
    (made("2025-03-01T05:00:01Z"), True, None, pytest.approx(1 / 3600)),
    (made("2025-03-01T05:00:00Z"), False, None, None),
    (made("2025-03-01T04:00:00-01:00"), False, None, None),  # later as a text only
    (made("2025-03-01"), None, DATE, None),
    (made("2025-03-01T12:00:00"), None, DATE, None),
    (made(None), None, DATE, None),
    (made("2025-03-01T12:00:00Z", tenderPeriod={"endDate": "2025-03-01"}), None, DATE, None),
    (made("2025-03-01T12:00:00Z", tenderPeriod=None), None, NO_END, None),
    (made("2025-03-01T12:00:00Z", by="other"), None, NO_WINNER, None),
    (made("2025-03-01T12:00:00Z", status="disqualified"), None, NO_WINNER, None),
    (process([bid(1, "w")], award("w", status="cancelled")), None, NO_AWARD, None),
    (process([], award("w")), None, NO_BIDS, None),
    ({}, None, NO_BIDS, None),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r030, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r030(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised
