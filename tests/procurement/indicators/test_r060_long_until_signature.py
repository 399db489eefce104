# SPDX-License-Identifier: EUPL-1.2
"""R060: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import Made, award, contract

from tarazy.procurement.indicators import r060_long_until_signature as r060

NONE = "no signed contract is published"
LOOSE = "a contract cannot be told to which award it belongs"
NO_DATE = "the date of a signature or award is not published"
ZONE = "a date has no time zone, or cannot be read"
ORDER = "the dates are not in their natural order"
FEW = "there are too few comparable ones to say what is usual"


def made(*signed: Any, awarded: Any = "2025-03-01T10:00:00Z") -> Made:
    contracts = [contract(1, str(number), dateSigned=date) for number, date in enumerate(signed)]
    return {"awards": [award("a", date=awarded)], "contracts": contracts}


USUAL = [made(f"2025-03-{6 + number % 3:02}T10:00:00Z") for number in range(20)]

CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (made("2025-06-01T10:00:00Z"), True, None, 92),
    (made("2025-03-07T10:00:00Z", "2025-06-01T10:00:00Z"), True, None, 92),
    (made("2025-03-07T10:00:00Z"), False, None, 6),
    (made("2025-02-01T10:00:00Z"), None, ORDER, None),
    (made("2025-06-01"), None, ZONE, None),
    (made(None), None, NO_DATE, None),
    (made("2025-06-01T10:00:00Z", awarded=None), None, NO_DATE, None),
    ({"contracts": [contract(dateSigned="2025-06-01T10:00:00Z")]}, None, LOOSE, None),
    ({}, None, NONE, None),
    *((usual, False, None, pytest.approx(6, abs=1)) for usual in USUAL),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r060, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r060(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised


def test_too_few() -> None:
    assert answers(r060, USUAL[0])[0]["reason"] == FEW
