# SPDX-License-Identifier: EUPL-1.2
"""R048: suppliers among twenty others."""

from typing import Any

from procurement.factory import answers
from procurement.offers import award

from tarazy.procurement.indicators import r048_heterogeneous_supplier as r048

SMALL = "it has too few processes to say anything of it"


def sold(name: str, *codes: str, processes: int = 20) -> list[dict[str, Any]]:
    """`processes`, the codes in turn."""
    releases = []
    for turn in range(processes):
        code = {"classification": {"scheme": "CPV", "id": codes[turn % len(codes)]}}
        releases.append({"awards": [award(name, items=[{"id": "1", **code}])]})
    return releases


def test_a_supplier_of_everything() -> None:
    usual = [
        release
        for number in range(20)
        for release in sold(f"u{number}", *("33100000", "33112000", "45000000")[: 2 + number % 2])
    ]
    rows = {
        row["party_id"]: row
        for row in answers(
            r048,
            *usual,
            *sold("bad", *(f"{kind}300000" for kind in range(30, 39))),
            *sold("one", *(f"331{kind}0000" for kind in range(9))),
            *sold("small", "33100000", processes=19),
            {"awards": [award("bad", "other", items=[{"classification": {"id": "999"}}])]},
            {"awards": [award("bad", items=[{"id": "1"}])]},
            {},
        )
    }
    assert (rows["bad"]["subject"], rows["bad"]["raised"]) == ("supplier", True)
    assert rows["bad"]["value"] == 9
    assert rows["small"]["reason"] == SMALL
    assert (rows["one"]["raised"], rows["one"]["value"]) == (False, 1)  # one division
    assert {rows[f"u{number}"]["raised"] for number in range(20)} == {False}
    assert set(rows) == {"bad", "one", "small", *(f"u{number}" for number in range(20))}


def test_those_who_sell_more_often_are_compared_with_their_like() -> None:
    """Twenty sell often and of many divisions, forty seldom and of one."""
    seldom = [one for number in range(40) for one in sold(f"s{number}", "33", "33")]
    divisions = [f"{kind}" for kind in range(30, 38)]
    often = [
        one
        for number in range(20)
        for one in sold(f"o{number}", *divisions[: 7 + number % 2], processes=100)
    ]
    rows = {row["party_id"]: row for row in answers(r048, *seldom, *often)}
    assert {rows[f"o{number}"]["raised"] for number in range(20)} == {False}
