# SPDX-License-Identifier: EUPL-1.2
"""Parties that are one by their numbers are so from the import on, and the next run sees it."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
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


def foreign(ocid: str, party: str, scheme: str | None, number: str | None) -> dict[str, Any]:
    """A party of another country, as its publisher spells it."""
    identifier = {"scheme": scheme, "id": number}
    return {"ocid": ocid, "parties": [{"id": party, "name": "S", "identifier": identifier}]}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("GB-COH", "SC123456"), ("GB-COH", "sc123456")),
        (("GB-COH", "SC123456"), ("gb-coh", " SC 123456")),
        (("GB-COH", "SC123456"), ("GB-COH", "SC-123456")),
        (("GB-COH", "SC123456"), ("GB-COH", "GB-COH-SC123456")),
        (("GB-COH", "SC123456"), ("GB-COH", "gb-coh: SC123456")),
        (("GB-COH", "SC123456"), (None, "GB-COH-SC123456")),
        (("US-EIN", "12-3456789"), ("US-EIN", "123456789")),
        (("US-EIN", "12-3456789"), ("US-EIN", "12–3456789")),
    ],
)
def test_spellings_of_one_number_of_one_register_are_one_party(
    first: tuple[str, str], second: tuple[str | None, str], folder: Path, write: Write
) -> None:
    bring(folder, write("a.jsonl", foreign("a", "X-1", *first), foreign("b", "X-2", *second)))
    assert aliases(folder) == {"X-2": "X-1"}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("GB-COH", "SC123456"), ("GB-CHC", "SC123456")),  # another register
        (("GB-COH", "SC123456"), ("IE-COH", "SC123456")),
        (("GB-COH", "SC123456"), (None, "SC123456")),  # nobody says which
        (("COH", "SC123456"), ("COH", "sc123456")),  # a list of the publisher's own
        (("GB-COH", "SC123456"), ("GB-COH", "SC1234560")),
        (("GB-COH", "SC123456"), ("GB-COH", "GB-COHSC123456")),
        (("GB-COH", "SC.123456"), ("GB-COH", "SC123456")),
        (("US-EIN", "12-345678"), ("US-EIN", "123-45678")),  # parted elsewhere
        (("GB-COH", "N/A"), ("GB-COH", "n/a")),
        (("GB-COH", "00000000"), ("GB-COH", "0000-0000")),
        (("GB-COH", "1234"), ("GB-COH", "12 34")),
        (("KZ-BIN", "123456789012"), ("KZ-BIN", "12345678901-2")),  # a wrong check digit
    ],
)
def test_what_is_not_surely_one_number_stays_two_parties(
    first: tuple[str, str], second: tuple[str | None, str], folder: Path, write: Write
) -> None:
    bring(folder, write("a.jsonl", foreign("a", "X-1", *first), foreign("b", "X-2", *second)))
    assert aliases(folder) == {}


def test_two_ways_to_part_a_number_leave_all_of_its_spellings_apart(
    folder: Path, write: Write
) -> None:
    spelt = ("12-345678", "123-45678", "12345678")
    rows = [foreign(f"o{n}", f"X-{n}", "US-EIN", one) for n, one in enumerate(spelt)]
    bring(folder, write("a.jsonl", *rows))
    assert aliases(folder) == {}


def test_the_id_of_the_register_is_kept_and_an_id_of_two_numbers_joins_nothing(
    folder: Path, write: Write
) -> None:
    rows = [
        foreign("a", "X-1", "GB-COH", "sc 123456"),
        foreign("b", "X-1", "GB-COH", "SC123456"),
        foreign("c", "GB-COH-SC123456", "GB-COH", "SC123456"),
        foreign("d", "1", "GB-COH", "SC123456"),
        foreign("e", "1", "GB-COH", "SC999999"),
        foreign("f", "2", "GB-COH", "SC123456"),
        sold("g", FIRST, "2"),  # it has a BIN, too
        sold("h", FIRST, f"KZ-BIN-{FIRST}"),
    ]
    bring(folder, write("a.jsonl", *rows))
    assert aliases(folder) == {"X-1": "GB-COH-SC123456", "2": f"KZ-BIN-{FIRST}"}


def test_twelve_digits_of_another_country_are_no_bin(folder: Path, write: Write) -> None:
    """An INN of a Russian citizen has twelve digits, and may have our check digit by chance."""
    rows = [foreign("a", "X-1", "RU-INN", FIRST), sold("b", FIRST, f"KZ-BIN-{FIRST}")]
    bring(folder, write("a.jsonl", *rows))
    assert aliases(folder) == {}
