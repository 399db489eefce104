# SPDX-License-Identifier: EUPL-1.2
"""Rows out of CSV and XLSX as they come from anywhere, hostile ones too."""

import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tarazy.procurement.refusals import Refusal
from tarazy.procurement.sources import flat_rows
from tarazy.procurement.sources.flat_mapping import Mapping
from tarazy.procurement.sources.flat_rows import BadFile, FlatRows, Row


def rows(path: Path, **how: Any) -> list[Row]:
    return list(FlatRows(path, Mapping(prefix="x", key=["k"], column=[], **how)).rows())


def file(folder: Path, content: bytes) -> Path:
    path = folder / "a.csv"
    path.write_bytes(content)
    return path


def book(folder: Path, cells: dict[str, Any], title: str = "Лист") -> Path:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = title
    for at, value in cells.items():
        sheet[at] = value
    path = folder / "a.xlsx"
    made.save(path)
    return path


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", ""),
        ("utf-8-sig", ""),
        ("utf-16", ""),
        ("windows-1251", "windows-1251"),
        ("kz1048", "kz1048"),
        ("utf-16-le", "utf-16-le"),
    ],
)
def test_encodings(encoding: str, told: str, tmp_path: Path) -> None:
    text = "№;Ақ\r\n1;Өнім\r\n" if encoding != "windows-1251" else "№;Цена\r\n1;Щит\r\n"
    found = rows(file(tmp_path, text.encode(encoding)), encoding=told, separator=";")
    assert [row.cells for row in found] == [tuple(line.split(";")) for line in text.split()]


def test_quotes_blank_lines_and_cells_of_several_lines(tmp_path: Path) -> None:
    found = rows(file(tmp_path, 'a,b\n\n"x\ny","ТОО ""Р"""\n1,2'.encode()))
    assert [(row.number, row.cells) for row in found] == [
        (1, ("a", "b")),
        (3, ("x\ny", 'ТОО "Р"')),
        (5, ("1", "2")),
    ]


def test_a_quote_that_is_not_closed_is_told_with_each_line_that_it_took(tmp_path: Path) -> None:
    found = rows(file(tmp_path, b'a,b\n1,"x\n2,y\n3,"z",4\n5,w\n6,"end\n7,x'))
    assert [(row.number, row.refusal, row.lines) for row in found if row.refusal] == [
        (2, Refusal.ROW_BROKEN, 3),
        (6, Refusal.ROW_BROKEN, 2),
    ]
    assert [row.cells for row in found if not row.refusal] == [("a", "b"), ("5", "w")]
    plain = rows(file(tmp_path, b'a,b\n"R" LLP,2'), quote="")
    assert plain[1].cells == ('"R" LLP', "2")


def test_a_line_without_end_costs_only_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flat_rows, "LINE_LENGTH_MAX", 100)
    found = rows(file(tmp_path, b"a\n" + b"x" * 100_000 + b"\n1\n" + b"y" * 300))
    assert [(row.number, row.refusal) for row in found] == [
        (1, None),
        (2, Refusal.TOO_LONG),
        (3, None),
        (4, Refusal.TOO_LONG),
    ]


def test_a_cell_longer_than_a_reader_takes_is_told(tmp_path: Path) -> None:
    found = rows(file(tmp_path, b"a,b\n1," + b"x" * 200_000 + b"\n2,y\n"))
    assert [row.refusal for row in found] == [None, Refusal.ROW_BROKEN, None]


def test_a_mixture_of_encodings_marks_only_what_cannot_be_read(tmp_path: Path) -> None:
    found = rows(file(tmp_path, "а,б\n".encode() + "в,1\n".encode("cp1251") + "г,2\n".encode()))
    assert ["\ufffd" in row.cells[0] for row in found] == [False, True, False]
    assert found[1].cells[1] == "1"


def test_any_sheet_and_what_its_cells_are(tmp_path: Path) -> None:
    path = book(tmp_path, {"A1": "n", "B3": 1.5, "C3": "=1+1", "D3": True}, "Закупки")
    for sheet in ("Закупки", 1):
        found = rows(path, sheet=sheet)
        assert [(row.number, row.cells) for row in found] == [
            (1, ("n",)) if len(found[0].cells) == 1 else (1, ("n", None, None, None)),
            (3, (None, 1.5, None, True)),
        ]
        assert found[1].formulas == (2,)
    for sheet in ("нет", 2, 0, -1):
        with pytest.raises(BadFile) as bad:
            rows(path, sheet=sheet)
        assert bad.value.why == Refusal.NO_SHEET


@pytest.mark.parametrize("name", ["list", "list.xls", "list.csv", "list.XLSX.tmp"])
def test_a_spreadsheet_is_one_whatever_it_is_called(name: str, tmp_path: Path) -> None:
    path = book(tmp_path, {"A1": "№", "B1": "Sum", "A2": "=1+1", "B2": 5}).rename(tmp_path / name)
    assert rows(path) == [Row(1, ("№", "Sum")), Row(2, (None, 5), formulas=(0,))]


def test_of_a_formula_the_value_is_taken_that_was_last_worked_out(tmp_path: Path) -> None:
    path = book(tmp_path, {"A1": "n", "A2": "=40+2"})
    worked = tmp_path / "worked.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(worked, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            new.writestr(
                part, content.replace(b"<v></v>", b"<v>42</v>").replace(b"<v />", b"<v>42</v>")
            )
    [_, row] = rows(worked)
    assert (row.cells, row.formulas) == ((42,), (0,))


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"PK\x03\x04" + b"\0" * 1000])
def test_a_damaged_spreadsheet_is_refused(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(BadFile) as bad:
        rows(file(tmp_path, content))
    assert bad.value.why == Refusal.DAMAGED_SHEET


def test_an_archive_that_is_no_spreadsheet_is_refused(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("hello.txt", "hello")
    with pytest.raises(BadFile) as bad:
        rows(file(tmp_path, packed.getvalue()))
    assert bad.value.why == Refusal.DAMAGED_SHEET


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = book(tmp_path, {"A1": "n"})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet2.xml", b"0" * (64 * 1024**2))
    with pytest.raises(BadFile) as bad:
        rows(path)
    assert bad.value.why == Refusal.SHEET_BOMB


def test_a_sheet_that_lies_about_its_size_or_its_rows_is_read_within_limits(tmp_path: Path) -> None:
    path = book(tmp_path, {"A1": "n", "A2": 7})
    lying = tmp_path / "lying.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(lying, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            content = content.replace(b'ref="A1:A2"', b'ref="A1:XFD999999999"')
            new.writestr(part, content.replace(b'<row r="2"', b'<row r="900000"'))
    assert [row.cells for row in rows(lying)] == [("n",), (7,)]
