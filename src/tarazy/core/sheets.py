# SPDX-License-Identifier: EUPL-1.2
"""Tables that are given out, as CSV (one) or XLSX (a sheet each). What one says is never run.

CSV is for programs: English column names, times in UTC. A spreadsheet is for people: headings in
the language of the screen, times as the screen has them.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.writer.excel import save_workbook

from tarazy.core.tables import harmless

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
UTF8_MARK = "\ufeff"
"""So that a spreadsheet reads the letters of a CSV file as UTF-8."""
WIDTH_MIN, WIDTH_MAX = 10, 60
CELL_LENGTH_MAX = 32_000  # a cell of XLSX takes 32,767
YEAR_MIN = 1901
"""A spreadsheet knows no time before."""

Cell = str | int | float | Decimal | datetime | timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One table: `columns` are pairs of a stable name and a heading."""

    name: str
    title: str
    columns: Sequence[tuple[str, str]]
    rows: Sequence[Sequence[Cell]]


def facts(name: str, title: str, rows: Sequence[tuple[str, str, Cell]]) -> Sheet:
    """A table of single facts: stable name, words, value."""
    columns = [("fact", gettext("What")), ("words", ""), ("value", gettext("Value"))]
    return Sheet(name=name, title=title, columns=columns, rows=rows)


def csv_of(sheet: Sheet) -> bytes:
    """One table as CSV in UTF-8; lengths of time in seconds."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([name for name, _ in sheet.columns])
    writer.writerows([_plain(cell) for cell in row] for row in sheet.rows)
    return (UTF8_MARK + text.getvalue()).encode()


def xlsx_of(sheets: Iterable[Sheet]) -> bytes:
    """All of them as a workbook; lengths of time in minutes."""
    book = Workbook(write_only=True)
    for sheet in sheets:
        page = book.create_sheet(title=sheet.title[:31])
        page.freeze_panes = "A2"
        for number, (_, heading) in enumerate(sheet.columns):
            cells = [len(str(row[number] or "")) for row in sheet.rows[:200]]
            width = max([len(heading), *cells], default=WIDTH_MIN)
            letter = chr(ord("A") + number)
            page.column_dimensions[letter].width = min(max(width, WIDTH_MIN), WIDTH_MAX)
        page.append([_heading(page, heading) for _, heading in sheet.columns])
        for row in sheet.rows:
            page.append([_rich(cell) for cell in row])
    content = io.BytesIO()
    save_workbook(book, content)
    return content.getvalue()


def _heading(page: Any, text: str) -> Any:
    cell = WriteOnlyCell(page, value=_text(text))
    cell.font = Font(bold=True)
    return cell


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="seconds")
    if isinstance(cell, timedelta):
        return str(round(cell.total_seconds()))
    return harmless(cell) if isinstance(cell, str) else str(cell)


def _rich(cell: Cell) -> str | int | float | Decimal | datetime | None:
    if isinstance(cell, datetime):
        return _moment(cell)
    if isinstance(cell, timedelta):
        return round(cell.total_seconds() / 60, 1)
    return _text(cell) if isinstance(cell, str) else cell


def _moment(at: datetime) -> str | datetime:
    """As the screen has it; as text where a spreadsheet or the calendar here has no such time."""
    try:
        here = timezone.localtime(at).replace(tzinfo=None, microsecond=0)
    except OverflowError:
        return _plain(at)
    return here if here.year >= YEAR_MIN else _plain(at)


def _text(text: str) -> str:
    """Without the signs that no XML holds, and no formula."""
    return harmless(ILLEGAL_CHARACTERS_RE.sub("", text))[:CELL_LENGTH_MAX]
