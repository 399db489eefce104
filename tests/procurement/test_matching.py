# SPDX-License-Identifier: EUPL-1.2
"""Parties that may be one: by number at once, by likeness as a proposal, never two numbers."""

from pathlib import Path
from typing import Any

import pytest
from procurement.imported import NOW, Write

from tarazy.core.errors import Refused
from tarazy.procurement import matching
from tarazy.procurement.deciding import aliases, proposals
from tarazy.procurement.importing import import_files
from tarazy.procurement.matching import FIELDS, propose
from tarazy.procurement.staging import read_parquet

FIRST, SECOND = "971240001315", "020240000555"  # valid check digits
PERSON = "880101300123"


def party(key: str, name: str, **more: Any) -> dict[str, Any]:
    telephone = more.pop("telephone", None)
    number = more.pop("number", None)
    return {
        "id": key,
        "name": name,
        "roles": ["supplier"],
        "identifier": {"id": number} if number else {},
        "contactPoint": {"telephone": telephone} if telephone else {},
        "address": more,
    }


def market(folder: Path, write: Write, *parties: dict[str, Any]) -> Path:
    releases = [{"ocid": f"o{n}", "parties": [one]} for n, one in enumerate(parties)]
    import_files(folder, [write("p.jsonl", *releases)], now=NOW)
    return folder


def sides(folder: Path) -> set[frozenset[str]]:
    return {frozenset((one["unique_id_l"], one["unique_id_r"])) for one in proposals(folder)}


def test_equal_valid_numbers_are_one_at_once_and_no_proposal(folder: Path, write: Write) -> None:
    market(
        folder,
        write,
        party(f"KZ-BIN-{FIRST}", "ТОО Ромашка"),
        party("X-1", "Romashka LLP", number=FIRST),
        party(FIRST, "ЖШС Ромашка"),
        party("X-2", "Иное", number="971240001316"),
        party("X-3", "Иное 2", number="971240001316"),
    )
    one = {"X-1": f"KZ-BIN-{FIRST}", FIRST: f"KZ-BIN-{FIRST}"}
    assert aliases(folder) == one  # since the import
    propose(folder)
    assert aliases(folder) == one


def test_two_different_valid_numbers_are_never_proposed(folder: Path, write: Write) -> None:
    same = {"telephone": "+7 701 111 22 33", "streetAddress": "Абая 1", "region": "Алматы"}
    market(
        folder,
        write,
        party(f"KZ-BIN-{FIRST}", "ТОО Ромашка", **same),
        party(f"KZ-BIN-{SECOND}", "ТОО Ромашка", **same),
        party("X-1", "ЖШС «Ромашка»", **same),
    )
    assert propose(folder) == 2
    assert sides(folder) == {
        frozenset((f"KZ-BIN-{FIRST}", "X-1")),
        frozenset((f"KZ-BIN-{SECOND}", "X-1")),
    }
    assert aliases(folder) == {}


def test_an_id_of_several_numbers_is_never_proposed(folder: Path, write: Write) -> None:
    same = {"telephone": "+7 701 111 22 33", "streetAddress": "Абая 1", "region": "Алматы"}
    market(
        folder,
        write,
        party("1", "ТОО Ромашка", number=FIRST, **same),
        party("1", "ТОО Ромашка", number=SECOND, **same),
        party(f"KZ-BIN-{FIRST}", "ТОО Ромашка", **same),
        party("X-1", "ТОО Ромашка", **same),
    )
    assert propose(folder) == 1
    assert sides(folder) == {frozenset((f"KZ-BIN-{FIRST}", "X-1"))}


def test_names_of_three_scripts_are_proposed_with_the_weight_of_each_field(
    folder: Path, write: Write
) -> None:
    market(
        folder,
        write,
        party("A", 'ТОО "Қазақ Құрылыс"', telephone="87011112233", region="Алматы"),
        party("B", "Qazaq Qurylys LLP", telephone="+7 (701) 111-22-33", region="Алматы"),
        party("C", "АО Совсем другое", region="Шымкент"),
    )
    assert propose(folder) == 1
    [one] = proposals(folder)
    assert {one["unique_id_l"], one["unique_id_r"]} == {"A", "B"}
    assert one["name_weight"] > 5
    assert one["telephone_weight"] > 5
    assert one["form_weight"] > 0
    assert one["email_weight"] == 0
    assert one["probability"] > 0.9
    assert sum(one[f"{field}_weight"] for field in FIELDS) == pytest.approx(
        one["weight"] + 13.29, abs=0.1
    )


def test_nothing_that_is_shared_by_many_tells_anybody_apart(
    folder: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "BLOCK_MAX", 3)
    market(folder, write, *(party(f"P{n}", f"Имя {n}", telephone="87011112233") for n in range(4)))
    assert propose(folder) == 0
    monkeypatch.setattr(matching, "BLOCK_MAX", 4)
    assert propose(folder) in range(7)


def test_the_same_data_give_the_same_proposals_and_no_number_stands_in_the_files(
    folder: Path, write: Write
) -> None:
    market(
        folder,
        write,
        party("A", "ИП Иванов", number=PERSON, telephone="87011112233"),
        party("B", "ЖК Иванов", telephone="87011112233"),
        party("'; DROP TABLE parties; --", "<b>x</b>", telephone="87011112233"),
    )
    propose(folder)
    first = proposals(folder)
    propose(folder)
    assert proposals(folder) == first
    assert frozenset(("A", "B")) in sides(folder)
    for file in (folder / "parties").glob("*.parquet"):
        assert PERSON not in str(read_parquet(file).to_pylist())


def test_without_parties_or_tables(folder: Path, write: Write) -> None:
    with pytest.raises(Refused):
        propose(folder)
    import_files(folder, [write("p.jsonl", {"ocid": "a"})], now=NOW)
    assert propose(folder) == 0
    assert proposals(folder) == []
