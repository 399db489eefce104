# SPDX-License-Identifier: EUPL-1.2
"""R015: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import Made

from tarazy.procurement.indicators import r015_long_evaluation as r015

NO_DATE = "the opening of bids or the start of their evaluation is not published"
ZONE = "a date has no time zone, or cannot be read"
ORDER = "the dates are not in their natural order"
FEW = "there are too few comparable ones to say what is usual"


def tender(started: Any, opened: Any = "2025-03-01T10:00:00Z") -> Made:
    return {"tender": {"bidOpening": {"date": opened}, "awardPeriod": {"startDate": started}}}


USUAL = [tender(f"2025-03-{2 + number % 3:02}T10:00:00Z") for number in range(20)]

CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (tender("2025-04-01T10:00:00Z"), True, None, 31),
    (tender("2025-03-04T10:00:00Z"), False, None, 3),
    (tender("2025-02-28T10:00:00Z"), None, ORDER, None),
    (tender("2025-04-01"), None, ZONE, None),
    (tender(None), None, NO_DATE, None),
    (tender("2025-04-01T10:00:00Z", opened=None), None, NO_DATE, None),
    ({}, None, NO_DATE, None),
    *((usual, False, None, pytest.approx(2, abs=1)) for usual in USUAL),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r015, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r015(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised


def test_nineteen_are_too_few_to_say_what_is_usual() -> None:
    rows = answers(r015, *USUAL[:18], tender("2025-04-01T10:00:00Z"))
    assert {(row["raised"], row["reason"]) for row in rows} == {(None, FEW)}
