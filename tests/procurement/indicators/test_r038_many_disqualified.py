# SPDX-License-Identifier: EUPL-1.2
"""R038: buyers, procuring entities and suppliers among twenty others of their kind."""

from typing import Any

import pytest
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


def answered(*releases: dict[str, Any], about: str = "buyer") -> list[dict[str, Any]]:
    return [row for row in answers(r038, *releases) if row["subject"] == about]


def test_a_buyer_who_disqualifies() -> None:
    usual = [
        release
        for number in range(20)
        for release in received(f"u{number}", *["disqualified"] * (number % 3), "valid")
    ]
    rows = {
        row["party_id"]: row
        for row in answered(
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
    assert {row["raised"] for row in answered(*clean)} == {False}


def test_a_procuring_entity_is_judged_among_its_own_kind() -> None:
    usual = [
        {**release, "tender": {**release["tender"], "procuringEntity": {"id": f"e{number}"}}}
        for number in range(20)
        for release in received("all", *["disqualified"] * (number % 3), "valid")
    ]
    bad = [
        {**release, "tender": {**release["tender"], "procuringEntity": {"name": "Bad"}}}
        for release in received("all", *["disqualified"] * 27)
    ]
    rows = {row["party_id"]: row for row in answered(*usual, *bad, about="procuring_entity")}
    assert set(rows) == {"Bad", *(f"e{number}" for number in range(20))}
    assert (rows["Bad"]["raised"], rows["Bad"]["value"]) == (True, 75)
    assert [rows[f"e{number}"]["raised"] for number in range(20)] == [False] * 20


def test_a_bidder_whose_bids_fail_again_and_again() -> None:
    """Each bids in eleven processes; one loses nine bids of them, once together with another."""
    names = [f"s{number}" for number in range(21)]
    releases = []
    for turn in range(11):
        bids = [bid(5, one, status="disqualified" if turn == 0 else "valid") for one in names]
        bad = {"tenderers": [{"id": "bad", "name": "Bad"}, *([{"id": "s0"}] if turn == 1 else [])]}
        bids.append({**bid(7, "bad", status="disqualified" if turn < 9 else "valid"), **bad})
        releases.append(process(bids))
    rows = {row["party_id"]: row for row in answered(*releases, about="supplier")}
    assert rows["bad"]["raised"]
    assert rows["bad"]["party_name"] == "Bad"
    assert rows["bad"]["value"] == pytest.approx(900 / 11)
    assert rows["s0"]["value"] == pytest.approx(200 / 12)
    assert rows["s1"]["value"] == pytest.approx(100 / 11)
    assert {row["raised"] for who, row in rows.items() if who not in {"bad", "s0"}} == {False}
