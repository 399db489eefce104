# SPDX-License-Identifier: EUPL-1.2
"""R017: one row a case, nulls included."""

from datetime import UTC, datetime
from typing import Any

import pytest
from procurement.factory import answers, reference
from procurement.offers import Made

from tarazy.procurement.indicators import r017_unusual_unit_price as r017

PRICE = "no unit price is published"
CODE = "no priced item has a code and a unit"
FEW = "there are too few comparable ones to say what is usual"


def item(price: Any, code: Any = "1", unit: Any = "kg", currency: Any = "KZT") -> Made:
    value = {"amount": price, "currency": currency}
    return {"id": f"i{price}", "classification": {"scheme": "CPV", "id": code},
            "unit": {"name": unit, "value": value}}  # fmt: skip


def made(*items: Made) -> Made:
    return {"tender": {"items": list(items)}}


USUAL = [made(item(100 + number)) for number in range(20)]

CASES: list[tuple[dict[str, Any], Any, Any, Any]] = [
    (made(item(200)), True, None, pytest.approx(183, abs=3)),
    (made(item(110), item(50)), True, None, pytest.approx(46, abs=2)),
    (made(item(110)), False, None, pytest.approx(100, abs=2)),
    (made(item(110), item(9, code="2")), False, None, pytest.approx(100, abs=2)),
    (made(item(200, unit="t")), None, FEW, None),
    (made(item(200, currency="USD")), None, FEW, None),
    (made(item(200, unit=None)), None, CODE, None),
    (made(item(200, code=None)), None, CODE, None),
    (made(item(0)), None, PRICE, None),
    (made(item(200, currency=None)), None, PRICE, None),
    ({}, None, PRICE, None),
    *((usual, False, None, pytest.approx(100, abs=12)) for usual in USUAL),
]


@pytest.fixture(scope="module")
def found() -> list[dict[str, Any]]:
    return answers(r017, *(release for release, *_ in CASES))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_r017(number: int, found: list[dict[str, Any]]) -> None:
    _, raised, reason, value = CASES[number]
    row = found[number]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised


def test_the_value_is_of_an_item_that_is_far_off() -> None:
    """Prices of the other code differ so much that none of them is far off."""
    wide = [made(item(4**number, code="2")) for number in range(20)]
    both = made(item(200), item(4**19, code="2"))
    row = answers(r017, *USUAL, *wide, both)[-1]
    assert (row["raised"], row["value"]) == (True, pytest.approx(183, abs=3))


def in_year(year: int, price: Any) -> Made:
    start = {"startDate": f"{year}-03-01T00:00:00Z"}
    return {"tender": {"items": [item(price)], "tenderPeriod": start}}


@pytest.mark.parametrize(
    ("index", "peers", "raised"),
    [({}, "20", False), ({2025: 100, 2026: 200}, "41", True)],
    ids=["each year by itself", "all years at one level"],
)
def test_prices_are_compared_within_a_year_or_at_one_level(
    index: dict[int, int], peers: str, raised: bool
) -> None:
    """Prices doubled from one year to the next; one of 2027 has no peers in its own year."""
    months = [
        {"currency": "KZT", "month": datetime(year, 3, 1, tzinfo=UTC), "index": level}
        for year, level in {**index, **({2027: 200} if index else {})}.items()
    ]
    old = [in_year(2025, 100 + number) for number in range(20)]
    new = [in_year(2026, 2 * (100 + number)) for number in range(20)]
    rows = answers(r017, *old, *new, in_year(2027, 1000), given=reference("inflation", *months))
    assert {row["raised"] for row in rows[:40]} == {False}
    assert rows[40]["raised"] is (True if raised else None)
    assert rows[40]["reason"] == (None if raised else FEW)
    told = {one["field"]: one["value"] for one in rows[40]["evidence"] or []}
    assert told.get("fence.peers", "20") == peers
