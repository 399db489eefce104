# SPDX-License-Identifier: EUPL-1.2
"""Flat files into the tables: every row lands, or is told with its line, column and reason."""

import csv
import tracemalloc
from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from procurement.imported import NOW, contents

from tarazy.procurement import flat, staging
from tarazy.procurement.flat import FlatFile, trial
from tarazy.procurement.importing import FileReport, ImportSummary, NothingRead, import_files
from tarazy.procurement.refusals import Refusal
from tarazy.procurement.sources import flat_rows, values
from tarazy.procurement.sources.flat_mapping import BadMapping, read_mapping
from tarazy.procurement.sources.flat_paths import CODES, PLACES
from tarazy.procurement.staging import READER_VERSION
from tarazy.procurement.store import Folder

MAPPING = """
prefix = "own"
key = ["№"]
separator = ";"
decimal = ","
zone = "Asia/Almaty"
format = ["%d.%m.%Y %H:%M", "%d.%m.%Y"]
[[column]]
header = "Предмет"
to = "tender.title"
[[column]]
header = "Способ"
to = "tender.procurementMethod"
values = { "открытый конкурс" = "open", "из одного источника" = "direct" }
[[column]]
header = "Начало"
to = "tender.tenderPeriod.startDate"
[[column]]
header = "Сумма"
to = "tender.value.amount"
[[column]]
header = "БИН"
to = "buyer.identifier.id"
kind = "biin"
[[column]]
header = "Товар"
to = "tender.items.description"
[[column]]
header = "Количество"
to = "tender.items.quantity"
[[column]]
header = "Цена"
to = "tender.items.unit.value.amount"
[[constant]]
to = "tender.value.currency"
value = "KZT"
[[constant]]
to = "tender.items.unit.value.currency"
value = "KZT"
"""
HEADER = "№;Предмет;Способ;Начало;Сумма;БИН;Товар;Количество;Цена"
GOOD = "1;Бумага;Открытый конкурс;05.02.2026 09:00;1 000,50;041240002346;Лист;2;500,25"
MORE = "1;;;;;;Папка;1;0"
OTHER = "2;Ремонт;Из одного источника;06.02.2026;-7;41240002346;Шкаф;3;-2,5"


def write(folder: Path, *lines: str, name: str = "a.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes("\n".join([HEADER, *lines, ""]).encode(encoding))
    return path


def bring(folder: Path, *files: Path, mapping: str = MAPPING) -> ImportSummary:
    return import_files(folder, files, now=NOW, mapping=mapping.encode())


def told(folder: Path, report: FileReport) -> list[tuple[int, str, str]]:
    if not report.wrong:
        return []
    with (folder / report.wrong).open(encoding="utf-8", newline="") as file:
        return [(int(row["row"]), row["column"], row["reason"]) for row in csv.DictReader(file)]


def test_rows_of_a_process_stand_anywhere_and_land_in_the_tables(
    folder: Path, tmp_path: Path
) -> None:
    [report] = bring(folder, write(tmp_path, GOOD, OTHER, MORE)).files
    assert (report.read, report.rows, report.imported) == (2, 3, 2)
    assert (report.refused, report.lost, report.wrong) == ([], [], "")
    assert {(one.what, one.why, *one.lines) for one in report.noted} == {
        ("tender.tenderPeriod.startDate", "note_no_zone", 3),
        ("tender.items.unit.value.amount", "note_not_positive", 2, 3),
        ("tender.value.amount", "note_not_positive", 3),
    }
    tables = contents(folder)
    [first, second] = tables["contracting_process"]
    assert (first["ocid"], first["title"], first["method"]) == ("own-1", "Бумага", "open")
    assert (str(first["value_amount"]), first["value_currency"]) == ("1000.50000000", "KZT")
    assert first["tender_start_published"] == "2026-02-05T09:00:00+05:00"
    assert first["tender_start_at"].isoformat() == "2026-02-05T04:00:00+00:00"
    assert (first["position"], second["position"]) == (2, 3)
    assert first["buyer_id"] == second["buyer_id"] == "KZ-BIN-041240002346"
    assert (second["tender_start_at"], second["tender_start_published"]) == (None, "2026-02-06")
    items = {(row["ocid"], row["description"]): row["unit_price"] for row in tables["item"]}
    assert {key: float(price) for key, price in items.items()} == {
        ("own-1", "Лист"): 500.25,
        ("own-1", "Папка"): 0,
        ("own-2", "Шкаф"): -2.5,
    }
    assert [row["identifier"] for row in tables["party"]] == ["041240002346"] * 2


def test_again_changes_nothing_another_mapping_reads_anew_and_all_is_kept(
    folder: Path, tmp_path: Path
) -> None:
    file = write(tmp_path, GOOD, OTHER)
    [first] = bring(folder, file).files
    before, manifest = contents(folder), Folder(folder).manifest()
    again = bring(folder, file)
    assert not again.changed
    assert again.files[0].unchanged == 2
    assert (contents(folder), Folder(folder).manifest()) == (before, manifest)
    assert (folder / first.mapping).read_text() == MAPPING
    assert (folder / first.kept).exists()
    [anew] = bring(folder, file, mapping=MAPPING.replace('"KZT"', '"USD"')).files
    assert (anew.imported, anew.replaced) == (0, 2)
    assert anew.mapping != first.mapping
    changed = write(tmp_path, GOOD, OTHER.replace("Ремонт", "Иное"), name="b.csv")
    [some] = bring(folder, changed, mapping=MAPPING.replace('"KZT"', '"USD"')).files
    assert (some.replaced, some.unchanged) == (1, 1)


def test_tables_of_an_earlier_reader_are_made_anew_with_the_mapping_of_each_file(
    folder: Path, tmp_path: Path
) -> None:
    bring(folder, write(tmp_path, GOOD))
    before = contents(folder)
    store = Folder(folder)
    with store.writing() as manifest:
        store.publish(type(manifest)(version=1, tables=manifest.tables, reader=READER_VERSION - 1))
    other = tmp_path / "o.jsonl"
    other.write_text('{"ocid": "o", "tender": {"title": "x"}}')
    import_files(folder, [other], now=NOW)
    after = contents(folder)
    [own] = [row for row in after["contracting_process"] if row["ocid"] == "own-1"]
    assert own["title"] == before["contracting_process"][0]["title"]
    assert [row["description"] for row in after["item"]] == ["Лист"]


def test_a_key_of_several_columns_is_of_one_process_only(folder: Path, tmp_path: Path) -> None:
    mapping = MAPPING.replace('key = ["№"]', 'key = ["№", "Предмет"]')
    keys = ("1-2;3", "1;2-3", "1;2~-3", "1-;2", "1;-2", "1~;2", "1;~2")
    file = write(tmp_path, *(f"{key};;;;;Лист;1;1" for key in keys))
    [report] = bring(folder, file, mapping=mapping).files
    assert report.read == len(keys)
    assert {row["ocid"] for row in contents(folder)["contracting_process"]} == {
        "own-1~-2-3",
        "own-1-2~-3",
        "own-1-2~~~-3",
        "own-1~--2",
        "own-1-~-2",
        "own-1~~-2",
        "own-1-~~2",
    }


def test_a_key_of_one_column_stands_as_it_is(folder: Path, tmp_path: Path) -> None:
    bring(folder, write(tmp_path, "1-2~3;x;;;;;Лист;1;1"))
    assert [row["ocid"] for row in contents(folder)["contracting_process"]] == ["own-1-2~3"]


WRONG = [
    ("3;x;Открытый конкурс;31.02.2026;1;;a;1;1", (2, "Начало", "cell_date")),
    ("3;x;Открытый конкурс;;один;;a;1;1", (2, "Сумма", "cell_number")),
    ("3;x;по знакомству;;1;;a;1;1", (2, "Способ", "cell_code")),
    ("3;x;;;1;123;a;1;1", (2, "БИН", "cell_biin")),
    ("3;x;;;1;;a;1,000.5;1", (2, "Количество", "cell_number")),
    (";x;;;1;;a;1;1", (2, "", "row_no_key")),
    ("-;x;;;1;;a;1;1", (2, "", "row_no_key")),
    ("#N/A;x;;;1;;a;1;1", (2, "", "row_no_key")),
    ("3;x;;;1;;a;1;1;more", (2, "", "row_wide")),
    ('3;"x;;;1;;a;1;1', (2, "", "row_broken")),
    ("3;=HYPERLINK(1);;;=1+1;;a;1;1", (2, "Сумма", "cell_number")),
]


@pytest.mark.parametrize(("line", "expected"), WRONG)
def test_a_wrong_row_is_a_row_of_the_report(
    line: str, expected: tuple[int, str, str], folder: Path, tmp_path: Path
) -> None:
    if expected[2] == "row_broken":
        [report] = bring(folder, write(tmp_path, GOOD, line)).files
        expected = (3, *expected[1:])
    else:
        [report] = bring(folder, write(tmp_path, line, GOOD)).files
    assert told(folder, report) == [expected]
    assert [one.what for one in report.refused] + [one.why for one in report.lost] == [expected[2]]


def test_what_an_earlier_row_says_otherwise_is_told(folder: Path, tmp_path: Path) -> None:
    [report] = bring(folder, write(tmp_path, GOOD, "1;Иное;;;;;Папка;1;5")).files
    assert told(folder, report) == [(3, "Предмет", "cell_conflict")]
    assert contents(folder)["contracting_process"][0]["title"] == "Бумага"


def test_names_are_data_and_the_report_holds_no_formula(folder: Path, tmp_path: Path) -> None:
    nasty = "'); DROP TABLE rows; --"
    file = write(tmp_path, f'"{nasty}";=cmd();=1;;=2;;"{nasty}";1;1', name="'; --.csv")
    [report] = bring(folder, file).files
    assert contents(folder)["contracting_process"][0]["title"] == "=cmd()"
    lines = (folder / report.wrong).read_text()
    assert ",'=1," in lines
    assert ",=" not in lines


def test_letters_in_another_encoding_cost_only_their_cells(folder: Path, tmp_path: Path) -> None:
    file = write(tmp_path, GOOD)
    file.write_bytes(file.read_bytes() + "2;Щётка;;;5;;x;1;1\n".encode("cp1251"))
    [report] = bring(folder, file).files
    assert told(folder, report) == [(3, "Предмет", "cell_encoding")]
    tables = contents(folder)["contracting_process"]
    assert [(row["ocid"], row["title"]) for row in tables] == [("own-1", "Бумага"), ("own-2", None)]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", Refusal.NO_COLUMN),
        (b"a;b\n1;2\n", Refusal.NO_COLUMN),
        (f"{HEADER};Сумма\n".encode(), Refusal.NO_COLUMN),
        (b"PK\x03\x04broken", Refusal.DAMAGED_SHEET),
    ],
)
def test_a_file_that_does_not_fit_the_mapping_is_refused_and_nothing_changes(
    content: bytes, why: Refusal, folder: Path, tmp_path: Path
) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(content)
    with pytest.raises(NothingRead) as refused:
        bring(folder, file)
    assert refused.value.files[0].refusal == why
    assert Folder(folder).manifest().tables is None


def test_a_bad_mapping_makes_no_folder(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(BadMapping):
        bring(folder, write(tmp_path, GOOD), mapping="prefix = 1")
    assert not folder.exists()


def test_a_spreadsheet_gives_the_same_tables_and_tells_its_formulas(
    folder: Path, tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADER.split(";"))
    sheet.append(["1", "Бумага", "открытый конкурс", None, 1000.5, 41240002346, "Лист", 2, 500.25])
    sheet.append(["1", None, None, None, None, None, "Папка", "=1+1", 0])
    book.save(tmp_path / "a.xlsx")
    [report] = bring(folder, tmp_path / "a.xlsx").files
    assert told(folder, report) == [(3, "Количество", "cell_unworked")]
    tables = contents(folder)
    assert float(tables["contracting_process"][0]["value_amount"]) == 1000.5
    assert tables["contracting_process"][0]["buyer_id"] == "KZ-BIN-041240002346"
    assert [row["quantity"] for row in tables["item"]] == [2, None]


def test_rows_beyond_what_one_process_may_have_are_told(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flat, "PROCESS_ROWS_MAX", 2)
    [report] = bring(folder, write(tmp_path, GOOD, MORE, MORE, OTHER)).files
    assert told(folder, report) == [(4, "", "source_too_long")]
    assert (report.read, len(contents(folder)["item"])) == (2, 3)


def test_a_dry_run_tells_the_same_and_changes_nothing(tmp_path: Path) -> None:
    before = set(tmp_path.iterdir())
    file = write(tmp_path, GOOD, WRONG[0][0], MORE, ";x")
    tried = trial(file, read_mapping(MAPPING.encode()))
    assert (tried.rows, tried.processes) == (3, 2)
    assert tried.refused == {Refusal.ROW_NO_KEY: 1}
    assert tried.report.first == [
        (3, "Начало", "31.02.2026", Refusal.CELL_DATE),
        (5, "", "", Refusal.ROW_NO_KEY),
    ]
    assert set(tmp_path.iterdir()) - before == {file}


LINES = st.lists(
    st.one_of(
        st.sampled_from([GOOD, MORE, OTHER, *(line for line, _ in WRONG)]),
        st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40),
    ),
    max_size=12,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(LINES)
def test_no_row_is_lost_without_a_word(tmp_path: Path, lines: list[str]) -> None:
    """Every row of the file is in a release or among the refused."""
    file = write(tmp_path, *lines)
    mapping = read_mapping(MAPPING.encode())
    given_rows = [
        row
        for row in flat_rows.FlatRows(file, mapping).rows()
        if row.refusal or row.number >= mapping.begin()
    ]
    opened = FlatFile(file, mapping, tmp_path / "staged")
    refused = [one.position for one in opened.documents() if one.refusal is not None]
    lines_given = Counter[int]()
    for row in given_rows:
        lines_given[row.number] += row.lines if row.refusal else 1
    assert opened.rows_read + len(refused) == sum(lines_given.values())


def test_memory_does_not_grow_with_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flat, "BATCH_ROWS", 100)
    peaks = []
    for count in (300, 3_000):
        file = write(tmp_path, *(f"{n * 7 % count};{'x' * 2000};;;1;;a;1;1" for n in range(count)))
        tracemalloc.start()
        opened = FlatFile(file, read_mapping(MAPPING.encode()), tmp_path / "staged")
        assert sum(1 for one in opened.documents() if one.refusal is None) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 2 * peaks[0]


def test_both_passes_tell_how_far_they_are(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flat, "BATCH_ROWS", 100)
    monkeypatch.setattr(staging, "LOOSE_BYTES", 10_000)
    file = write(tmp_path, *(f"{n};Бумага;;;1;;a;1;1" for n in range(1000)))
    told: list[tuple[int, int]] = []
    import_files(
        folder, [file], now=NOW, progress=lambda *one: told.append(one), mapping=MAPPING.encode()
    )
    size = file.stat().st_size
    shares = [done / size for done, _ in told]
    assert {total for _, total in told} == {size}
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert len([one for one in shares if one <= 0.5]) > 5
    assert len([one for one in shares if 0.5 < one < 1]) > 5


def test_a_mapping_reaches_every_column_of_every_table(folder: Path, tmp_path: Path) -> None:
    """Lots, bids, owners, fees, questions, subcontracts, payments: all of it can come in a row."""
    words: dict[Any, str] = {
        values.amount: "12.5",
        values.share: "0.5",
        values.count: "3",
        values.flag: "true",
        values.moment: "2026-01-05T09:00:00Z",
        values.email: "a@example.org",
        values.telephone: "+7 701 111 22 33",
    }
    paths = sorted(PLACES)
    cells = [min(CODES[one]) if one in CODES else words.get(PLACES[one].read, one) for one in paths]
    columns = "".join(f'[[column]]\nat = {n}\nto = "{one}"\n' for n, one in enumerate(paths, 2))
    file = tmp_path / "a.csv"
    file.write_text(",".join(["1", *cells]) + "\n", encoding="utf-8")
    mapping = f'prefix = "x"\nkey = ["#1"]\nheader_row = 0\n{columns}'
    [report] = bring(folder, file, mapping=mapping).files
    assert (report.lost, report.refused) == ([], [])
    empty = {
        (name, column)
        for name, rows in contents(folder).items()
        for column in (rows[0] if rows else {"": None})
        if all(row.get(column) in (None, [], "") for row in rows)
    }
    assert {
        one for one in empty if one[1] not in {"part_id", "old_amount", "old_currency"}
    } == set()
