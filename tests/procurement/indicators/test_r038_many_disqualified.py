# SPDX-License-Identifier: EUPL-1.2
"""R038: buyers among twenty others."""

from typing import Any

from procurement.factory import answers
from procurement.offers import bid, process

from tarazy.procurement.indicators import r038_many_disqualified as r038

SMALL = "it has too few processes to say anything of it"
STATUS = "the status of a bid is not known"
OUT = bid(1, "a", status="disqualified")
GOOD = bid(2, "b")


def received(buyer: str, *statuses: Any, processes: int = 10) -> list[dict[str, Any]]:
    """`processes` with these bids in the first one, and one good bid in each other."""
    bids = [bid(1, "a", status=status, id=str(n)) for n, status in enumerate(statuses)]
    first = process(bids)
    rest = [process([GOOD]) for _ in range(processes - 1)]
    return [{**one, "buyer": {"id": buyer}} for one in (first, *rest)]


def test_a_buyer_who_disqualifies() -> None:
    usual = [
        release
        for number in range(20)
        for release in received(f"u{number}", *["disqualified"] * (number % 3), "valid")
    ]
    rows = {
        row["party_id"]: row
        for row in answers(
            r038,
            *usual,
            *received("bad", *["disqualified"] * 27),
            *received("small", "disqualified", processes=9),
            *received("odd", "qualified", processes=11),
            *received("idle", "withdrawn", processes=10),
        )
    }
    assert (rows["bad"]["raised"], rows["bad"]["value"]) == (True, 75)
    assert rows["small"]["reason"] == SMALL
    assert rows["odd"]["reason"] == STATUS
    assert rows["idle"]["reason"] == SMALL  # nine processes with submitted bids
    assert [rows[f"u{number}"]["raised"] for number in range(20)] == [False] * 20


def test_where_nobody_disqualifies_nobody_is_an_outlier() -> None:
    clean = [release for number in range(20) for release in received(f"u{number}", "valid")]
    assert {row["raised"] for row in answers(r038, *clean)} == {False}
