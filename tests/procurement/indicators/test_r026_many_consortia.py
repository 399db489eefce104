# SPDX-License-Identifier: EUPL-1.2
"""R026: each subject with its answer, and what is not assessed."""

from typing import Any

from procurement.factory import answers
from procurement.offers import Made, award

from tarazy.procurement.indicators import r026_many_consortia as r026


def made(code: Any, *to: str, amount: Any = 100, **more: Any) -> Made:
    items = [{"id": "1", "classification": {"scheme": "CPV", "id": code}}]
    return {"tender": {"items": items}, "awards": [award(*to, amount=amount, **more)]}


def found(*releases: Made, **more: Any) -> dict[str, Any]:
    rows = answers(r026, *releases, **more)
    assert all(row["evidence"] for row in rows if row["raised"])
    assert all((row["raised"] is None) == bool(row["reason"]) for row in rows)
    return {row["party_id"]: (row["raised"], row["reason"], row["value"]) for row in rows}


def test_a_market_of_consortia_stands_out() -> None:
    releases: list[Made] = []
    for number in range(20):
        releases += [made(f"{100 + number}", "a")] * 9
        releases += [
            made(f"{100 + number}", "a", "b") if number % 2 else made(f"{100 + number}", "a")
        ]
    releases += [made("900", "a", "b")] * 10 + [made("901", "a", "b")] * 9
    releases += [made(None, "a", "b")] * 10
    answer = found(*releases)
    assert answer["CPV:900"] == (True, None, 100)
    assert answer["CPV:101"] == (False, None, 10)
    assert answer["CPV:901"][1] == "it has too few processes to say anything of it"
