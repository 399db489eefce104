# SPDX-License-Identifier: EUPL-1.2
"""A mapping is used as it stands, or refused with the place that is wrong."""

import pytest

from tarazy.procurement.sources import flat_mapping
from tarazy.procurement.sources.flat_mapping import BadMapping, read_mapping
from tarazy.procurement.sources.flat_paths import CODES, LISTS, ORGANISATIONS, PLACES

GOOD = """
prefix = "own"
key = ["№"]
zone = "Asia/Almaty"
decimal = ","
[[column]]
header = "a"
to = "tender.value.amount"
[[column]]
at = 2
to = "tender.procurementMethod"
values = { "открытый" = "open" }
"""
COLUMN = 'prefix = "own"\nkey = ["№"]\n[[column]]\nheader = "a"\n'


def test_what_holds_for_all_columns_holds_for_each() -> None:
    found = read_mapping(b"\xef\xbb\xbf" + GOOD.encode())
    assert [column.zone for column in found.column] == ["Asia/Almaty"] * 2
    assert [column.decimal for column in found.column] == [","] * 2
    assert found.begin() == 2


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "prefix"),
        ("prefix = ", "Invalid"),
        (GOOD.replace('"own"', '"Own!"'), "prefix"),
        (GOOD.replace('["№"]', "[]"), "key"),
        (GOOD.replace('prefix = "own"', 'prefix = "own"\nprfix = "x"'), "prfix"),
        (GOOD.replace("zone =", 'encoding = "utf-7"\nzone ='), "encoding"),
        (GOOD.replace("zone =", 'separator = ";;"\nzone ='), "separator"),
        (GOOD.replace("zone =", "header_row = 5\nfirst_row = 5\nzone ="), "first_row"),
        (GOOD.replace("Asia/Almaty", "../../etc/passwd"), "no such zone"),
        (GOOD.replace("Asia/Almaty", "Asia/Nowhere"), "no such zone"),
        (GOOD.replace('"open"', '"opened"'), "no code opened"),
        (GOOD.replace("at = 2", "at = 0"), "header, or at"),
        (GOOD.replace("tender.value.amount", "tender.procurementMethod"), "two columns"),
        (GOOD + '[[constant]]\nto = "tender.value.amount"\nvalue = "1"', "already"),
        (GOOD + '[[constant]]\nto = "tender.status"\nvalue = "done"', "no code done"),
        (COLUMN + 'to = "tender.value.amont"', "did you mean tender.value.amount"),
        (COLUMN + 'to = "parties.contactPoint.name"', "no place"),
        (COLUMN + 'to = "tender.title"\nkind = "biin"', "identifier.id"),
        (COLUMN + 'to = "date"\nhour = "25:00"\nzone = "UTC"', "hour"),
        (COLUMN + 'to = "tender.value.amount"\ndecimal = ","\ngrouping = ","', "the same"),
    ],
)
def test_what_is_wrong_is_named(text: str, what: str) -> None:
    with pytest.raises(BadMapping) as refused:
        read_mapping(text.encode())
    assert what in refused.value.what


def test_a_mapping_in_another_encoding_or_without_end_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(BadMapping):
        read_mapping(GOOD.encode("windows-1251"))
    monkeypatch.setattr(flat_mapping, "BYTES_MAX", 10)
    with pytest.raises(BadMapping):
        read_mapping(GOOD.encode())


def test_every_place_is_known_by_its_lists() -> None:
    assert {place.owner() for place in PLACES.values()} - {""} <= LISTS
    assert set(CODES) <= set(PLACES)
    assert {f"{one}.name" for one in ORGANISATIONS} <= set(PLACES)
    assert PLACES["awards.suppliers.address.region"].lists == ("awards", "awards.suppliers")
    assert PLACES["contracts.implementation.transactions.value.amount"].leaf == "value.amount"
    assert PLACES["tender.value.amount"].lists == ()
