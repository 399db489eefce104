# SPDX-License-Identifier: EUPL-1.2
"""Rows of a process into one release: what is one object, what belongs together, who is a party."""

from typing import Any

from tarazy.procurement.sources.flat_mapping import ColumnMap, Constant, Mapping
from tarazy.procurement.sources.flat_releases import Releases

BIDS = ("bids.details.tenderers.name", "bids.details.value.amount")
SUPPLIER = "awards.suppliers.name"


def made(
    paths: list[str], *rows: tuple[Any, ...], constants: dict[str, str] | None = None
) -> tuple[dict[str, Any], list[tuple[int, int]]]:
    mapping = Mapping(
        prefix="x",
        key=["k"],
        column=[
            ColumnMap(header=path, to=path, kind="biin" if path.endswith("identifier.id") else "")
            for path in paths
        ],
        constant=[Constant(to=to, value=value) for to, value in (constants or {}).items()],
    )
    told: list[tuple[int, int]] = []
    numbered = [(number, list(row)) for number, row in enumerate(rows, 2)]
    release = Releases(mapping).release("x-1", numbered, lambda *one: told.append(one))
    return release, told


def test_a_leaf_is_said_once_and_a_row_that_says_otherwise_is_told() -> None:
    release, told = made(
        ["tender.title", "tender.status"], ("a", None), ("b", "active"), ("a",) * 2
    )
    assert release["tender"] == {"title": "a", "status": "active"}
    assert told == [(3, 0), (4, 1)]


def test_objects_with_the_same_id_are_one() -> None:
    paths = ["tender.lots.id", "tender.lots.title", *BIDS]
    release, told = made(
        paths, ("L1", "x", "A", "5"), ("L1", None, "B", "6"), ("L2", "y", "A", "7")
    )
    assert [lot["id"] for lot in release["tender"]["lots"]] == ["L1", "L2"]
    bids = release["bids"]["details"]
    assert [(bid["value"]["amount"], bid["relatedLots"]) for bid in bids] == [
        ("5", ["L1"]),
        ("6", ["L1"]),
        ("7", ["L2"]),
    ]
    assert [bid["id"] for bid in bids] == ["1", "2", "3"]
    assert told == []


def test_two_suppliers_of_equal_awards_are_no_consortium_unless_an_id_says_so() -> None:
    rows = (("A", "5"), ("B", "5"), ("A", "5"))
    apart, _ = made([SUPPLIER, "awards.value.amount"], *rows)
    assert [[one["name"] for one in award["suppliers"]] for award in apart["awards"]] == [
        ["A"],
        ["B"],
    ]
    together, _ = made([SUPPLIER, "awards.id"], ("A", "1"), ("B", "1"))
    assert [[one["name"] for one in award["suppliers"]] for award in together["awards"]] == [
        ["A", "B"]
    ]


def test_each_row_is_an_item_and_belongs_to_its_lot() -> None:
    paths = ["tender.items.description", "tender.items.quantity", "tender.lots.id"]
    release, _ = made(paths, ("paper", "1", "L1"), ("paper", "1", "L1"), (None, None, "L2"))
    items = release["tender"]["items"]
    assert [(item["id"], item["relatedLot"]) for item in items] == [("1", "L1"), ("2", "L1")]


def test_a_contract_belongs_to_the_award_of_its_row() -> None:
    paths = [SUPPLIER, "contracts.id", "contracts.value.amount", "contracts.items.description"]
    release, told = made(
        paths, ("A", "c1", "5", "x"), ("B", "c2", "6", "y"), ("A", "c1", None, "z")
    )
    contracts = release["contracts"]
    assert [(one["id"], one["awardID"]) for one in contracts] == [("c1", "1"), ("c2", "2")]
    assert [item["description"] for item in contracts[0]["items"]] == ["x", "z"]
    assert told == []


def test_a_constant_makes_no_object_and_a_currency_stands_beside_an_amount() -> None:
    constants = {
        "bids.details.value.currency": "KZT",
        "tender.value.currency": "KZT",
        "tender.status": "complete",
    }
    release, _ = made(list(BIDS), (None, None), constants=constants)
    assert release["tender"] == {"status": "complete"}
    assert "bids" not in release
    release, _ = made(list(BIDS), ("A", "5"), ("B", None), constants=constants)
    assert [bid.get("value") for bid in release["bids"]["details"]] == [
        {"amount": "5", "currency": "KZT"},
        None,
    ]


def test_organisations_become_parties_with_their_roles_and_registers() -> None:
    paths = [
        "buyer.identifier.id",
        "buyer.name",
        "awards.suppliers.identifier.id",
        "awards.suppliers.name",
        "awards.suppliers.address.region",
        "awards.suppliers.beneficialOwners.name",
    ]
    release, _ = made(
        paths,
        ("041240002346", "АО Б", "880101300123", "ИП С", None, "Владелец"),
        ("041240002346", "АО Б", "880101300123", "ИП С", "Алматы", None),
    )
    assert release["buyer"] == {"id": "KZ-BIN-041240002346", "name": "АО Б"}
    by_id = {one["id"]: one for one in release["parties"]}
    assert set(by_id) == {"KZ-BIN-041240002346", "KZ-IIN-880101300123"}
    supplier = by_id["KZ-IIN-880101300123"]
    assert supplier["roles"] == ["supplier"]
    assert supplier["address"] == {"region": "Алматы"}
    assert supplier["beneficialOwners"] == [{"name": "Владелец", "id": "1"}]
    assert by_id["KZ-BIN-041240002346"]["identifier"]["scheme"] == "KZ-BIN"
