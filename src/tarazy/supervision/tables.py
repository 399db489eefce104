# SPDX-License-Identifier: EUPL-1.2
"""Rows of text out of a CSV file or a spreadsheet (XLSX), within limits.

1. A formula is never worked out: its cell says so, and the row is wrong.
2. Text is UTF-8 (with or without its mark) or UTF-16 with its mark. What is neither is refused:
   guessing an encoding would change names.
3. A spreadsheet that unpacks to far more than it is, is refused before it is unpacked.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from itertools import islice
from typing import Any

import openpyxl
from django.utils.translation import gettext

from tarazy.core.errors import Refused
from tarazy.supervision.refusals import Refusal

BYTES_MAX = 5 * 1024 * 1024
UNPACKED_MAX = 60 * 1024 * 1024
PARTS_MAX = 200
ROWS_MAX = 10_000
COLUMNS_MAX = 50
CELL_LENGTH_MAX = 2_000
FORMULA = "\0formula"
"""Stands in a cell that holds a formula; no text of a file can be it."""

Table = list[list[str]]


def read_table(content: bytes) -> Table:
    """All rows that hold anything, the header first. Raises Refused with the reason."""
    if len(content) > BYTES_MAX:
        raise _refused(
            gettext("it is larger than {most} MB; divide it").format(most=BYTES_MAX // 1024**2)
        )
    rows = _spreadsheet(content) if content.startswith(b"PK\x03\x04") else _csv(content)
    table = []
    for row in rows:
        cells = row[:COLUMNS_MAX]
        if any(row[COLUMNS_MAX:]):
            raise _refused(gettext("it has more than {most} columns").format(most=COLUMNS_MAX))
        if any(len(cell) > CELL_LENGTH_MAX for cell in cells):
            raise _refused(
                gettext("a cell has more than {most} letters").format(most=CELL_LENGTH_MAX)
            )
        table.append(cells)
        if len(table) > ROWS_MAX + 1:
            raise _refused(gettext("it has more than {most} rows; divide it").format(most=ROWS_MAX))
    if not any(any(row) for row in table):
        raise _refused(gettext("it is empty"))
    return table


def _csv(content: bytes) -> Iterator[list[str]]:
    text = _text(content)
    first = text.partition("\n")[0]
    delimiter = max(";,\t", key=first.count)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            yield [_cell(cell) for cell in row]
    except csv.Error as error:
        raise _refused(gettext("its CSV is broken")) from error


def _text(content: bytes) -> str:
    encoding = "utf-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise _refused(gettext("its letters are not in UTF-8; save it as “CSV UTF-8”")) from error
    if "\0" in text:
        raise _refused(gettext("it is no text"))
    return text


def _spreadsheet(content: bytes) -> Iterator[list[str]]:
    try:
        _check_size(content)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its own size is not believed
        rows: Iterable[tuple[Any, ...]] = sheet.iter_rows(values_only=True, max_col=COLUMNS_MAX + 1)
        for row in islice(rows, ROWS_MAX + 2):
            yield [_cell(value) for value in row]
    except Refused:
        raise
    except Exception as error:  # a broken file fails in any of many ways, in the library
        raise _refused(gettext("it is no readable XLSX file")) from error


def _check_size(content: bytes) -> None:
    """By what the archive says of each part; Python's reader gives no byte more than that."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts = packed.infolist()
    if len(parts) > PARTS_MAX or sum(part.file_size for part in parts) > UNPACKED_MAX:
        raise _refused(gettext("it unpacks to far more than a table of orders is"))


def _cell(value: object) -> str:
    """As people would type it; a whole number without its `.0`."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if value.time() == time() else "%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value).strip()
    # What begins with = would be worked out by the next program that opens it.
    return FORMULA if text.startswith("=") else text.replace("\0", "")


def _refused(reason: str) -> Refused:
    return Refused(Refusal.TABLE_UNREADABLE, reason=reason)
