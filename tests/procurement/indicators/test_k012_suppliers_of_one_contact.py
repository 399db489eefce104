# SPDX-License-Identifier: EUPL-1.2
"""K012: each buyer with its answer, and what is not assessed."""

from typing import Any

import pytest
from procurement.factory import answers
from procurement.offers import Made, award

from tarazy.procurement.indicators import k012_suppliers_of_one_contact as k012

SMALL = "it has too few processes to say anything of it"
SILENT = "the contacts of its suppliers are not published"
OFFICE = {"streetAddress": "Абая, 1", "locality": "Алматы"}


def won(buyer: str, who: str, phone: str | None = None, **more: Any) -> Made:
    contact = {"contactPoint": {"telephone": phone}, **more}
    parties = [
        {"id": buyer, "name": buyer.upper(), "roles": ["buyer"]},
        {"id": who, "name": who, "roles": ["supplier"], **contact},
    ]
    return {"buyer": {"id": buyer}, "parties": parties, "awards": [award(who)]}


def bought(buyer: str, *phones: str | None, processes: int = 10, **more: Any) -> list[Made]:
    """A supplier for each telephone, in turn."""
    return [
        won(buyer, f"{buyer}-s{turn % len(phones)}", phones[turn % len(phones)], **more)
        for turn in range(processes)
    ]


A, B, C, D = (f"+7 701 000 00 0{number}" for number in range(4))


@pytest.fixture(scope="module")
def found() -> dict[str, dict[str, Any]]:
    same_as_buyer = bought("own", A, A, A)
    same_as_buyer[0]["parties"][0]["contactPoint"] = {"telephone": A}
    rows = answers(
        k012,
        *bought("bad", A, "8 (701) 000-00-00", A, B),
        *bought("two", A, A, B, C),
        *bought("good", A, B, C, D),
        *bought("office", A, B, C, address=OFFICE),
        *bought("few", A, A, A, processes=9),
        *bought("silent", None, None, None),
        *bought("one", A),
        *same_as_buyer,
        {},
    )
    return {row["party_id"]: row for row in rows}


@pytest.mark.parametrize(
    ("buyer", "raised", "reason", "value"),
    [
        ("bad", True, None, 3),
        ("two", False, None, 2),
        ("good", False, None, 1),
        ("office", True, None, 3),
        ("few", None, SMALL, None),
        ("silent", None, SILENT, None),
        ("one", None, SILENT, None),
        ("own", None, SILENT, None),
    ],
)
def test_k012(
    buyer: str, raised: Any, reason: Any, value: Any, found: dict[str, dict[str, Any]]
) -> None:
    row = found[buyer]
    assert (row["raised"], row["reason"], row["value"]) == (raised, reason, value)
    assert row["evidence"] or not raised
    assert row["subject"] == "buyer"


def test_the_evidence_names_who_shares_what(found: dict[str, dict[str, Any]]) -> None:
    told = [(one["id"], one["value"]) for one in found["bad"]["evidence"] if one["id"]]
    assert told == [("telephone", f"bad-s{number}") for number in range(3)]
