# SPDX-License-Identifier: EUPL-1.2
"""Releases of every kind into rows; every wrong thing in them into the account."""

import json
from copy import deepcopy
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from procurement.documents import BID, FULL, PATHS, junk

from tarazy.procurement.refusals import Refusal
from tarazy.procurement.simulate import simulate_market
from tarazy.procurement.sources import ocds, release
from tarazy.procurement.sources.framing import SourceFile
from tarazy.procurement.sources.interface import Batch, Document


def read(*contents: object) -> Batch:
    documents = [
        Document(number, content if isinstance(content, bytes) else json.dumps(content).encode())
        for number, content in enumerate(contents, start=1)
    ]
    return ocds.read(documents, "imp_test")


def rows(batch: Batch) -> dict[str, list[dict[str, Any]]]:
    return {name: table.to_pylist() for name, table in batch.tables.items()}


def refused(batch: Batch) -> dict[Refusal, list[int]]:
    return {why: tally.positions for why, tally in batch.account.refused.items()}


def with_value(path: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    changed: Any = deepcopy(FULL)
    node = changed
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    return dict(changed)


def at(path: tuple[str | int, ...]) -> Any:
    node: Any = FULL
    for key in path:
        node = node[key]
    return node


def test_a_full_release_fills_every_column() -> None:
    batch = read(FULL)
    assert batch.account.lost == {}
    assert batch.account.refused == {}
    for name, table in batch.tables.items():
        empty = {
            column
            for column in table.column_names
            if all(value in (None, [], "") for value in table[column].to_pylist())
        }
        assert empty <= {"part_id"}, name
    assert rows(batch)["item"][0]["unit_price"] == Decimal("0.12345")


def test_null_at_every_path_loses_nothing_and_stops_nothing() -> None:
    batch = read(*(with_value(path, None) for path in PATHS))
    assert batch.account.read == len(PATHS)
    assert batch.account.lost == {}


@pytest.mark.parametrize("wrong", [True, {"wrong": {}}, [[]], [True]], ids=str)
def test_a_wrong_type_at_every_path_is_counted_with_its_line(wrong: Any) -> None:
    batch = read(*(with_value(path, wrong) for path in PATHS))
    assert batch.account.read == len(PATHS)
    lines = {line for tally in batch.account.lost.values() for line in tally.positions}
    unharmed = [path for number, path in enumerate(PATHS, start=1) if number not in lines]
    # An object without the fields that we read, where an object belongs, loses nothing; nor does
    # yes, where yes belongs.
    unharmed = [path for path in unharmed if path[-1] != "hasSubcontracting" or wrong is not True]
    assert all(isinstance(wrong, dict) and isinstance(at(path), dict) for path in unharmed)


def test_nulls_everywhere() -> None:
    def nulled(node: Any) -> Any:
        return dict.fromkeys(node)

    everything = {**nulled(FULL), "ocid": "ocds-null-1"}
    inside = {**FULL, "tender": nulled(FULL["tender"]), "bids": {"details": [nulled(BID), None]}}
    batch = read(everything, inside)
    assert batch.account.read == 2
    assert batch.account.lost == {}
    assert len(rows(batch)["bid"]) == 1


def test_the_amount_x_is_counted_with_its_line() -> None:
    bad = with_value(("tender", "value", "amount"), "x")
    batch = read(FULL, bad, FULL, bad)
    assert batch.account.lost["tender.value.amount"].positions == [2, 4]
    assert batch.account.lost["tender.value.amount"].count == 2
    assert [row["value_amount"] for row in rows(batch)["contracting_process"]] == [100, None] * 2


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"{", Refusal.NOT_JSON),
        (b"\x89PNG\r\n", Refusal.NOT_JSON),
        (b"[" * 100_000, Refusal.NOT_JSON),
        (b"a,b,c", Refusal.NOT_JSON),
        (b'{"ocid": "\xff"}', Refusal.NOT_UTF8),
        (b"[]", Refusal.NOT_OCDS),
        (b"17", Refusal.NOT_OCDS),
        (b"null", Refusal.NOT_OCDS),
        (b'{"name": "other"}', Refusal.NOT_OCDS),
        (b'{"releases": [17]}', Refusal.NOT_OCDS),
        (b'{"tender": {}}', Refusal.NO_OCID),
        (b'{"ocid": null}', Refusal.NO_OCID),
        (b'{"ocid": 17}', Refusal.NO_OCID),
        (b'{"ocid": " "}', Refusal.NO_OCID),
        (json.dumps({"ocid": "x" * 256}).encode(), Refusal.LONG_OCID),
        (b'{"releases": []}', Refusal.NO_RELEASE),
        (b'{"records": []}', Refusal.NO_RELEASE),
        (b'{"ocid": "a", "releases": []}', Refusal.NO_RELEASE),
        (b'{"records": [{"ocid": "a", "releases": []}]}', Refusal.NO_RELEASE),
        (b'{"version": "2.0", "releases": [{"ocid": "a"}]}', Refusal.UNSUPPORTED_VERSION),
        (b'{"version": "0.9", "ocid": "a"}', Refusal.UNSUPPORTED_VERSION),
        (
            b'{"records": [{"ocid": "a", "releases": [{"url": "http://x"}]}]}',
            Refusal.NO_COMPILED_RELEASE,
        ),
    ],
)
def test_what_is_no_release_is_refused_by_name_and_costs_only_itself(
    content: bytes, why: Refusal
) -> None:
    batch = read(FULL, content, FULL)
    assert refused(batch) == {why: [2]}
    assert batch.account.read == 2


def test_a_byte_order_mark_costs_nothing() -> None:
    spelt = json.dumps(FULL).encode()
    marked, plain = read(b"\xef\xbb\xbf" + spelt), read(spelt)
    assert rows(marked) == rows(plain)
    assert marked.account == plain.account


def test_packages_and_records_give_their_releases() -> None:
    release_package = {"version": "1.1", "releases": [FULL, {**FULL, "ocid": "b"}, {"id": "x"}]}
    record_package = {
        "version": "1.0",
        "records": [
            {"ocid": "ocds-full-1", "compiledRelease": FULL, "releases": [{"url": "u"}]},
            {"ocid": "c", "releases": [{**FULL, "ocid": "c"}]},
        ],
    }
    batch = read(release_package)
    assert [row["position"] for row in rows(batch)["contracting_process"]] == [1, 2]
    assert refused(batch) == {Refusal.NOT_OCDS: [3]}
    batch = read(record_package)
    assert [row["ocid"] for row in rows(batch)["contracting_process"]] == ["ocds-full-1", "c"]
    batch = read({"compiledRelease": FULL, "releases": [FULL, FULL]})
    assert batch.account.read == 1
    batch = read({"records": [], "releases": [FULL]})
    assert batch.account.read == 1


def test_ocds_1_0_names_organisations_by_identifier_and_has_one_amendment() -> None:
    buyer = {"name": "Buyer", "identifier": {"scheme": "KZ-BIN", "id": 7}}
    supplier = {"identifier": {"id": "80023118-0", "legalName": "Legal"}}
    batch = read(
        {
            "ocid": "ocds-old-1",
            "buyer": buyer,
            "tender": {"procuringEntity": buyer, "tenderers": [supplier]},
            "awards": [{"id": "a", "suppliers": [supplier, {"name": "Only a name"}]}],
            "contracts": [{"id": "c", "amendment": {"date": "2015-06-03"}}],
        }
    )
    found = rows(batch)
    assert found["contracting_process"][0]["buyer_id"] == "KZ-BIN-7"
    assert found["award"][0]["supplier_ids"] == ["80023118-0", "Only a name"]
    assert found["award"][0]["supplier_names"] == ["Legal", "Only a name"]
    assert found["contract"][0]["amendments"] == 1
    parties = {row["party_id"]: row["roles"] for row in found["party"]}
    assert parties == {
        "KZ-BIN-7": ["buyer", "procuringEntity"],
        "80023118-0": ["tenderer", "supplier"],
        None: ["supplier"],
    }


def test_a_lone_text_serves_where_a_list_belongs_and_a_lone_lot_too() -> None:
    bid = {**BID, "relatedLots": None, "relatedLot": "l2"}
    batch = read({**FULL, "tag": "award", "bids": {"details": [bid]}})
    assert rows(batch)["contracting_process"][0]["tags"] == ["award"]
    assert rows(batch)["bid"][0]["lot_ids"] == ["l2"]
    assert batch.account.lost == {}


def test_the_fingerprint_knows_content_not_its_spelling() -> None:
    turned = dict(reversed(FULL.items()))
    batch = read(FULL, turned, json.dumps(FULL, indent=2).encode(), {"releases": [turned]})
    assert len({row["fingerprint"] for row in rows(batch)["contracting_process"]}) == 1
    changed = read(with_value(("tender", "status"), "cancelled"))
    assert rows(changed)["contracting_process"][0]["fingerprint"] not in {
        row["fingerprint"] for row in rows(batch)["contracting_process"]
    }


def test_the_fast_way_and_the_slow_way_give_the_same_rows() -> None:
    for release_, _ in simulate_market(seed=5, processes=30):
        fast, slow = read(release_), read({"releases": [release_]})
        assert rows(fast) == rows(slow)


@given(st.lists(st.tuples(st.sampled_from(PATHS), junk), min_size=1, max_size=3))
def test_whatever_stands_in_a_release_it_is_read_and_columns_keep_their_types(
    changes: list[tuple[tuple[str | int, ...], Any]],
) -> None:
    changed: Any = deepcopy(FULL)
    for path, value in changes:
        node = changed
        try:
            for key in path[:-1]:
                node = node[key]
            node[path[-1]] = value
        except (KeyError, IndexError, TypeError):
            continue
    batch = read(changed)
    assert batch.account.read == 1
    for name, table in batch.tables.items():
        assert table.schema == ocds.STAGED[name]


@given(st.binary(max_size=200))
def test_whatever_bytes_come_none_raise(data: bytes) -> None:
    batch = ocds.read([Document(1, data)], "imp_test")
    assert batch.account.read + sum(batch.account.refused_by_reason().values()) >= 1


@given(junk)
def test_fit_always_gives_a_release(tender: Any) -> None:
    lost: list[str] = []
    fitted = release.fit({"ocid": "a", "tender": tender, "awards": tender}, lost.append)
    assert fitted.ocid == "a"
    assert msgspec.json.encode(fitted)


def test_the_real_releases_lose_only_what_is_known(shared_data: Path) -> None:
    file = SourceFile(shared_data / "ocds" / "real_compiled.jsonl")
    batch = ocds.read(list(file.documents()), "imp_test")
    assert batch.account.read == 152
    assert batch.account.refused == {}
    # Armenia's awards name their lots as objects, where OCDS has ids, and some of its plans are
    # lists; Mexico has two addresses in one text.
    assert {path: tally.count for path, tally in batch.account.lost.items()} == {
        "awards.relatedLots": 20,
        "planning": 27,
        "parties.contactPoint.email": 12,
    }


def test_every_real_package_is_read(shared_data: Path) -> None:
    packages = sorted((shared_data / "ocds" / "packages").iterdir())
    read_of = {
        path.name: ocds.read(list(SourceFile(path).documents()), "imp_test") for path in packages
    }
    assert all(not batch.account.refused for batch in read_of.values())
    assert sum(batch.account.read for batch in read_of.values()) == 112
    assert read_of["armenia_6.json"].account.read == 100
