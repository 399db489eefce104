# SPDX-License-Identifier: EUPL-1.2
"""R042: each subject with its answer, and what is not assessed."""

from typing import Any

from procurement.factory import answers
from procurement.offers import Made, bid

from tarazy.procurement.indicators import r042_mass_address as r042


def made(number: int, phone: Any) -> Made:
    who = f"s{number:02}"
    contact = {"telephone": phone}
    return {
        "parties": [
            {"id": who, "name": who.upper(), "roles": ["tenderer"], "contactPoint": contact},
            {"id": "x", "roles": ["buyer"], "contactPoint": {"telephone": "8 700 000 00 99"}},
        ],
        "bids": {"details": [bid(1, who)]},
    }


def found(*releases: Made, **more: Any) -> dict[str, Any]:
    rows = answers(r042, *releases, **more)
    assert all(row["evidence"] for row in rows if row["raised"])
    assert all((row["raised"] is None) == bool(row["reason"]) for row in rows)
    return {row["party_id"]: (row["raised"], row["reason"], row["value"]) for row in rows}


def test_ten_firms_of_one_telephone() -> None:
    releases = [made(number, "+7 700 000 00 01") for number in range(10)]
    releases += [made(10, "+7 700 000 00 02"), made(11, None), made(11, "none"), {}]
    releases += [made(0, "8 700 000 00 01")]
    answer = found(*releases)
    assert all(answer[f"s{number:02}"] == (True, None, 10) for number in range(10))
    assert answer["s10"] == (False, None, 1)
    assert answer["s11"] == (None, "no contact of the supplier is published", None)
    assert "x" not in answer


def test_no_evidence_has_the_telephone_or_its_hash() -> None:
    rows = answers(r042, *(made(number, "+7 700 000 00 01") for number in range(10)))
    assert {fact["value"] for fact in rows[0]["evidence"]} == {"telephone", "10"}
