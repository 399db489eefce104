# SPDX-License-Identifier: EUPL-1.2
"""Parties that are one by their numbers are so from the import on, and the next run sees it."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from procurement.imported import NOW, Write, bring
from procurement.test_matching import FIRST, SECOND

from tarazy.procurement.deciding import aliases
from tarazy.procurement.run import run
from tarazy.procurement.store import Folder


def sold(ocid: str, number: str, supplier: str) -> dict[str, Any]:
    """An award to a supplier that has a BIN beside an id of its publisher's."""
    award = {"id": "a", "status": "active", "suppliers": [{"id": supplier, "name": "S"}]}
    identifier = {"scheme": "KZ-BIN", "id": number}
    party = {"id": supplier, "name": "S", "roles": ["supplier"], "identifier": identifier}
    return {"ocid": ocid, "awards": [award], "parties": [party]}


def test_a_later_import_makes_one_of_what_an_earlier_one_could_not(
    folder: Path, write: Write
) -> None:
    bring(folder, write("a.jsonl", sold("a", FIRST, "X-1"), sold("b", SECOND, "X-2")))
    assert aliases(folder) == {}
    bring(folder, write("b.jsonl", sold("c", FIRST, f"KZ-BIN-{FIRST}")))
    assert aliases(folder) == {"X-1": f"KZ-BIN-{FIRST}"}
    run(folder, now=NOW)
    suppliers = pq.read_table(  # type: ignore[no-untyped-call]
        Folder(folder).prepared(Folder(folder).manifest()) / "numbered" / "award.parquet"
    )["supplier_ids"].to_pylist()
    assert sorted(suppliers) == [["KZ-BIN-" + FIRST], ["KZ-BIN-" + FIRST], ["X-2"]]


def test_an_id_of_several_numbers_is_joined_with_none_of_them(folder: Path, write: Write) -> None:
    registered = [sold("a", FIRST, f"KZ-BIN-{FIRST}"), sold("b", SECOND, f"KZ-BIN-{SECOND}")]
    counted_anew = [sold("c", FIRST, "1"), sold("d", SECOND, "1")]
    mistyped = [sold("e", FIRST, "2"), sold("f", "999999999999", "2")]
    bring(folder, write("a.jsonl", *registered, *counted_anew, *mistyped))
    assert aliases(folder) == {"2": f"KZ-BIN-{FIRST}"}


def test_zeros_where_a_number_is_not_known_make_nobody_one(folder: Path, write: Write) -> None:
    bring(folder, write("a.jsonl", sold("a", "0" * 12, "X-1"), sold("b", "0" * 12, "X-2")))
    assert aliases(folder) == {}


def test_the_files_hold_no_number(folder: Path, write: Write) -> None:
    bring(folder, write("a.jsonl", sold("a", FIRST, "X-1")))
    [row] = pq.read_table(  # type: ignore[no-untyped-call]
        folder / "parties" / "numbers.parquet"
    ).to_pylist()
    assert row["party_id"] == "X-1"
    assert FIRST not in row["mark"]
