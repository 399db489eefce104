# SPDX-License-Identifier: EUPL-1.2
"""K008: one row a case, nulls included."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import Made

from tarazy.procurement.indicators import k008_odd_unit as k008

NAMELESS = "no item has both a code and a unit"
FEW = "there are too few comparable ones to say what is usual"


def made(unit: Any, code: Any = "325013") -> Made:
    classification = {"scheme": "ENSTRU", "id": code}
    items = [{"id": "1", "classification": classification, "unit": {"name": unit}}]
    return {"tender": {"items": items}}


USUAL = [made("дана") for _ in range(20)]


CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (made("қорап"), True, None, 1),
    (made("Дана"), False, None, 0),
    (made("қорап", "100000"), None, FEW, None),
    (made(None), None, NAMELESS, None),
    (made("дана", None), None, NAMELESS, None),
    ({}, None, NAMELESS, None),
    *((usual, False, None, 0) for usual in USUAL),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(k008, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_k008(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised


def test_a_thing_of_two_units_has_no_odd_one() -> None:
    rows = answers(k008, *[made("дана")] * 15, *[made("қорап")] * 15)
    assert {row["raised"] for row in rows} == {False}
