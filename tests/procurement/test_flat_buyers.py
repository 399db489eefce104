# SPDX-License-Identifier: EUPL-1.2
"""Two buyers' files whose mappings give the same ocid: neither takes the other's place."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from procurement.imported import NOW, contents
from procurement.test_flat import MAPPING, bring, write

from tarazy.procurement import importing
from tarazy.procurement.importing import import_files
from tarazy.procurement.refusals import Refusal
from tarazy.procurement.staging import READER_VERSION
from tarazy.procurement.store import Folder

ONE, TWO = "041240002346", "971240001315"
OTHER = MAPPING.replace('"KZT"', '"USD"')
NAMELESS = "1;Бумага;;;;;Лист;1;1"


def row(number: int, title: str, buyer: str) -> str:
    return f"{number};{title};;;;{buyer};Лист;1;1"


def titles(folder: Path) -> dict[str, Any]:
    return {one["ocid"]: one["title"] for one in contents(folder)["contracting_process"]}


def test_a_process_of_another_buyer_is_refused_in_words_and_the_rest_comes(
    folder: Path, tmp_path: Path
) -> None:
    bring(folder, write(tmp_path, row(1, "Бумага", ONE), row(2, "Мел", ONE)))
    file = write(tmp_path, row(3, "Стол", TWO), row(2, "Стул", TWO), name="b.csv")
    [report] = bring(folder, file, mapping=OTHER).files
    assert (report.read, report.imported, report.replaced) == (2, 1, 0)
    [refused] = report.refused
    assert (refused.what, refused.count, refused.lines) == (Refusal.ROW_OTHER_BUYER, 1, [3])
    lines = (folder / report.wrong).read_text().splitlines()
    assert lines == ["row,column,value,reason", "3,,,row_other_buyer"]
    assert titles(folder) == {"own-1": "Бумага", "own-2": "Мел", "own-3": "Стол"}
    [again] = bring(folder, file, mapping=OTHER).files
    assert again.refused == report.refused
    own = OTHER.replace('prefix = "own"', 'prefix = "two"')
    assert bring(folder, file, mapping=own).files[0].imported == 2
    assert titles(folder)["two-2"] == "Стул"


def test_the_same_buyer_by_a_later_mapping_replaces_as_before(folder: Path, tmp_path: Path) -> None:
    bring(folder, write(tmp_path, row(1, "Бумага", ONE)))
    later = write(tmp_path, row(1, "Картон", ONE), name="b.csv")
    assert bring(folder, later, mapping=OTHER).files[0].replaced == 1
    named = MAPPING.replace('"buyer.identifier.id"\nkind = "biin"', '"buyer.name"')
    bring(folder, write(tmp_path, row(9, "Бумага", "Отдел"), name="c.csv"), mapping=named)
    renamed = named.replace('"KZT"', '"USD"')
    file = write(tmp_path, row(9, "Картон", " ОТДЕЛ "), name="d.csv")
    assert bring(folder, file, mapping=renamed).files[0].replaced == 1
    assert titles(folder) == {"own-1": "Картон", "own-9": "Картон"}


def test_where_no_buyer_is_named_nobody_knows_and_the_first_stays(
    folder: Path, tmp_path: Path
) -> None:
    file = write(tmp_path, NAMELESS)
    bring(folder, file)
    later = write(tmp_path, NAMELESS.replace("Бумага", "Картон"), name="b.csv")
    assert bring(folder, later).files[0].replaced == 1  # the same mapping: a later table
    third = write(tmp_path, NAMELESS.replace("Бумага", "Мел"), name="c.csv")
    [report] = bring(folder, third, mapping=OTHER).files
    assert [one.what for one in report.refused] == [Refusal.ROW_OTHER_BUYER]
    assert titles(folder) == {"own-1": "Картон"}
    assert bring(folder, later, mapping=OTHER).files[0].replaced == 1  # a mended mapping of a file


@pytest.mark.parametrize("at_once", [False, True])
def test_another_number_by_the_same_mapping_is_another_buyer(
    folder: Path, tmp_path: Path, *, at_once: bool
) -> None:
    unnamed = NAMELESS.replace("1", "7", 1)
    first = write(tmp_path, row(1, "Бумага", ONE), row(2, "Мел", ONE), unnamed)
    rows = [row(3, "Стул", TWO), row(2, "Стул", TWO), row(7, "Стол", TWO)]
    file = write(tmp_path, *rows, name="b.csv")
    if at_once:
        *_, report = bring(folder, first, file).files
    else:
        bring(folder, first)
        [report] = bring(folder, file).files
    assert titles(folder) == {"own-1": "Бумага", "own-2": "Мел", "own-3": "Стул", "own-7": "Стол"}
    [refused] = report.refused
    assert (refused.what, refused.count, refused.lines) == (Refusal.ROW_OTHER_BUYER, 1, [3])
    assert report.noted == []


def test_a_buyer_of_another_name_alone_is_taken_for_the_same_and_told(
    folder: Path, tmp_path: Path
) -> None:
    named = MAPPING.replace('"buyer.identifier.id"\nkind = "biin"', '"buyer.name"')
    bring(folder, write(tmp_path, row(1, "Бумага", "Отдел")), mapping=named)
    later = write(tmp_path, row(1, "Картон", "Управление"), name="b.csv")
    [report] = bring(folder, later, mapping=named).files
    assert titles(folder) == {"own-1": "Картон"}
    [noted] = report.noted
    assert (noted.what, noted.count, noted.lines) == ("buyer", 1, [2])
    assert noted.why == Refusal.NOTE_OTHER_BUYER


def test_what_is_read_anew_is_judged_as_it_came(folder: Path, tmp_path: Path) -> None:
    bring(folder, write(tmp_path, row(1, "Бумага", ONE)))
    bring(folder, write(tmp_path, row(1, "Стол", TWO), name="b.csv"), mapping=OTHER)
    bring(folder, write(tmp_path, row(1, "Картон", ONE), name="c.csv"))
    before = titles(folder)
    store = Folder(folder)
    with store.writing() as manifest:
        store.publish(type(manifest)(version=9, tables=manifest.tables, reader=READER_VERSION - 1))
    other = tmp_path / "o.jsonl"
    other.write_bytes(msgspec.json.encode({"ocid": "o"}))
    import_files(folder, [other], now=NOW)
    assert titles(folder) == before | {"o": None}
    assert before == {"own-1": "Картон"}


def test_each_wrong_row_is_told_once_beside_what_else_is_wrong(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(folder, write(tmp_path, row(1, "Бумага", ONE)))
    file = write(tmp_path, row(1, "Стол", TWO), ";без номера;;;;;;;", name="b.csv")
    with monkeypatch.context() as patch:  # killed before anything is in force
        patch.setattr(importing, "_keep_records", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            bring(folder, file, mapping=OTHER)
    [report] = bring(folder, file, mapping=OTHER).files
    assert (folder / report.wrong).read_text().splitlines() == [
        "row,column,value,reason",
        "3,,,row_no_key",
        "2,,,row_other_buyer",
    ]
    assert report.refused_count() == 2
