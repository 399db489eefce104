# SPDX-License-Identifier: EUPL-1.2
"""R025: suppliers among twenty others."""

from typing import Any

from procurement.factory import answers
from procurement.offers import award, bid, process

from tarazy.procurement.indicators import r025_top_loser as r025

SMALL = "it has too few processes to say anything of it"
FEW = "there are too few comparable ones to say what is usual"
WON_OF_TEN = (5, 6, 7)


def competitors(number: int) -> list[dict[str, Any]]:
    """Ten processes of one supplier who wins about half of them, against many small ones."""
    won = WON_OF_TEN[number % 3]
    name = f"u{number}"
    return [
        process([bid(1, name), bid(2, f"x{number}-{turn}")],
                award(name if turn < won else f"x{number}-{turn}"))
        for turn in range(10)
    ]  # fmt: skip


def found(*releases: dict[str, Any]) -> dict[Any, dict[str, Any]]:
    return {row["party_id"]: row for row in answers(r025, *releases)}


def test_a_supplier_who_always_loses() -> None:
    others = [release for number in range(20) for release in competitors(number)]
    loses = [process([bid(1, "bad"), bid(1, "bad"), bid(2, "y")], award("y")) for _ in range(15)]
    not_counted = [
        process([bid(1, "bad")], award("y"), award("z")),
        process([bid(1, "bad")], award("y", "z")),
        process([bid(1, "bad", status="withdrawn")], award("y")),
        process([bid(1, "bad", "y")], award("y")),
        process([bid(1, "bad")]),
    ]
    rows = found(*others, *loses, *not_counted)
    bad = rows["bad"]
    assert (bad["subject"], bad["raised"], bad["value"]) == ("supplier", True, 0)
    assert {fact["field"]: fact["value"] for fact in bad["evidence"]}["supplier.bids"] == "15"
    assert rows["x0-1"]["reason"] == SMALL
    assert rows["y"]["raised"] is False
    assert [rows[f"u{number}"]["raised"] for number in range(20)] == [False] * 20


def test_a_few_suppliers_are_too_few() -> None:
    assert found(*competitors(0))["u0"]["reason"] == FEW
