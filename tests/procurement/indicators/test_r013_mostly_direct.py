# SPDX-License-Identifier: EUPL-1.2
"""R013: buyers among twenty others, and who is too small."""

from typing import Any

from procurement.factory import answers

from tarazy.procurement.indicators import r013_mostly_direct as r013

SMALL = "it has too few processes to say anything of it"
FEW = "there are too few comparable ones to say what is usual"


def bought(buyer: Any, *methods: Any) -> list[dict[str, Any]]:
    return [{"buyer": {"id": buyer}, "tender": {"procurementMethod": method}} for method in methods]


def usual(number: int) -> list[dict[str, Any]]:
    return bought(f"u{number}", *["direct"] * (1 + number % 3), *["open"] * (10 - number % 3))


def found(*releases: dict[str, Any]) -> dict[Any, dict[str, Any]]:
    return {row["party_id"]: row for row in answers(r013, *releases)}


def test_a_buyer_who_avoids_competition() -> None:
    others = [release for number in range(20) for release in usual(number)]
    rows = found(
        *others,
        *bought("bad", *["limited"] * 9, "selective"),
        *bought("small", *["direct"] * 9, None, "odd"),
        *bought(None, "direct"),
    )
    bad, small = rows["bad"], rows["small"]
    assert (bad["subject"], bad["ocid"], bad["raised"], bad["value"]) == ("buyer", None, True, 90)
    assert (small["raised"], small["reason"], small["value"]) == (None, SMALL, None)
    assert [rows[f"u{number}"]["raised"] for number in range(20)] == [False] * 20
    assert None not in rows


def test_nineteen_buyers_are_too_few() -> None:
    others = [release for number in range(19) for release in usual(number)]
    assert {row["reason"] for row in found(*others).values()} == {FEW}
