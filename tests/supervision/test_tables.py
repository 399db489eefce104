# SPDX-License-Identifier: EUPL-1.2
import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime

import openpyxl
import pytest

from tarazy.core.errors import Refused
from tarazy.supervision.tables import BYTES_MAX, FORMULA, ROWS_MAX, read_table


def xlsx(*rows: Sequence[object]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append([*row])  # type: ignore[union-attr]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def bomb(size: int) -> bytes:
    """A spreadsheet of some kilobytes whose one part unpacks to `size`."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"<a>" + b" " * size)
    return out.getvalue()


def reason(content: bytes) -> str:
    with pytest.raises(Refused) as caught:
        read_table(content)
    assert caught.value.name == "table_unreadable"
    return str(caught.value.facts["reason"])


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_in_the_forms_that_spreadsheets_write(delimiter: str, encoding: str) -> None:
    text = f'Аты{delimiter}№\r\n"Әбіш{delimiter} Айгүл"{delimiter} 7 \r\n'
    assert read_table(text.encode(encoding)) == [
        ["Аты", "№"],
        [f"Әбіш{delimiter} Айгүл", "7"],
    ]


def test_a_spreadsheet_s_values_are_as_people_type_them() -> None:
    row: list[object] = [
        *("x", 900101300017.0, 1.5, date(2026, 11, 1)),
        *(datetime(2026, 11, 1, 9, 30), None),  # noqa: DTZ001 - spreadsheets know no zone
        "=1+1",
    ]
    assert read_table(xlsx(["a"], row))[1][:7] == [
        *("x", "900101300017", "1.5", "2026-11-01", "2026-11-01 09:30", "", FORMULA)
    ]


def test_a_formula_in_csv_is_no_text_either() -> None:
    assert read_table(b"a;b\n=HYPERLINK(1);x\n")[1] == [FORMULA, "x"]


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "empty"),
        (b"\n;;\n", "empty"),
        ("Аты;№".encode("cp1251"), "UTF-8"),
        (b"a;b\0c", "no text"),
        (b'a;"b\n', "broken"),
        (b"PK\x03\x04 not a zip", "no readable XLSX"),
        (b"a\n" * (ROWS_MAX + 2), "rows"),
        (b"a" + b";a" * 60, "columns"),
        (b"a" * 3_000, "letters"),
        (b"a" * (BYTES_MAX + 1), "larger than"),
        (bomb(100 * 1024 * 1024), "unpacks"),
        (bomb(1024), "no readable XLSX"),
    ],
)
def test_a_hostile_table_is_refused_with_the_reason(content: bytes, part: str) -> None:
    assert part in reason(content)
