# SPDX-License-Identifier: EUPL-1.2
"""R048: suppliers among twenty others."""

from typing import Any

from procurement.factory import answers
from procurement.offers import award

from tarazy.procurement.indicators import r048_heterogeneous_supplier as r048

SMALL = "it has too few processes to say anything of it"


def sold(name: str, *codes: str, processes: int = 10) -> list[dict[str, Any]]:
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
            *sold("bad", *(f"{kind}00000" for kind in range(100, 109))),
            *sold("small", "33100000", processes=9),
            {"awards": [award("bad", "other", items=[{"classification": {"id": "999"}}])]},
            {"awards": [award("bad", items=[{"id": "1"}])]},
            {},
        )
    }
    assert (rows["bad"]["subject"], rows["bad"]["raised"]) == ("supplier", True)
    assert rows["bad"]["value"] == 9
    assert rows["small"]["reason"] == SMALL
    assert {rows[f"u{number}"]["raised"] for number in range(20)} == {False}
    assert set(rows) == {"bad", "small", *(f"u{number}" for number in range(20))}
