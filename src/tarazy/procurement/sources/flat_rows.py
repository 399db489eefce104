# SPDX-License-Identifier: EUPL-1.2
"""A CSV file or a sheet of an XLSX file, row by row, in bounded memory.

1. A row that cannot be told from its neighbours (a quote that is never closed, a line longer than
   the limit, more cells than columns) is refused with every line that it took.
2. A spreadsheet that unpacks to far more than it is, is refused before it is unpacked; Python's
   reader gives no byte more than the archive says.
3. Of a formula the value is taken that the spreadsheet last worked out, and noted.
"""

import csv
import re
import zipfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import repeat
from pathlib import Path
from typing import Any, BinaryIO

import openpyxl

from tarazy.procurement.refusals import Refusal
from tarazy.procurement.sources.flat_mapping import Mapping

XLSX_MAGIC = b"PK\x03\x04"
LINE_LENGTH_MAX = 4 * 1024 * 1024  # letters
COLUMNS_MAX = 2_000
SHEET_ROWS_MAX = 1_048_576  # Excel's own; a hostile file names rows beyond it
UNPACKED_MAX = 4 * 1024**3
STRINGS_MAX = 512 * 1024**2  # of texts that a sheet shares: openpyxl holds them in memory
RATIO_MAX = 200
RATIO_FROM = 16 * 1024**2  # small parts may well be packed so tightly
PARTS_MAX = 2_000
FORMULA = re.compile(rb"<(\w+:)?f[\s/>]")
BUFFER_BYTES = 1024 * 1024


class BadFile(Exception):
    """A file of which no row can be read, and why."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Row:
    """`number` is the line of the file or the row of the sheet; a refused row took `lines`."""

    number: int
    cells: tuple[Any, ...] = ()
    formulas: tuple[int, ...] = ()
    """Which cells hold one, from 0."""
    refusal: Refusal | None = None
    lines: int = 1


class FlatRows:
    """The rows of a file; `bytes_read` tells how far it is."""

    def __init__(self, path: Path, mapping: Mapping) -> None:
        self.path, self.mapping = path, mapping
        self.bytes_read = 0

    def rows(self) -> Generator[Row, None, None]:
        """Every row that holds anything. Raises BadFile, OSError."""
        if is_spreadsheet(self.path):
            yield from self._sheet()
            self.bytes_read = self.path.stat().st_size
        else:
            encoding = encoding_of(self.path, self.mapping.encoding)
            with (
                self.path.open("rb", buffering=BUFFER_BYTES) as file,
                TextIOWrapper(file, encoding, errors="replace", newline="") as stream,
            ):
                yield from self._text(file, stream)

    def _text(self, file: BinaryIO, stream: TextIOWrapper) -> Iterator[Row]:
        lines = _Lines(stream)
        reader = csv.reader(
            iter(lines),
            delimiter=self.mapping.separator or ",",
            quotechar=self.mapping.quote or None,
            quoting=csv.QUOTE_MINIMAL if self.mapping.quote else csv.QUOTE_NONE,
            strict=True,
        )
        while True:
            first = lines.number + 1
            try:
                cells = next(reader)
            except StopIteration:
                break
            except csv.Error:
                yield Row(first, refusal=Refusal.ROW_BROKEN, lines=lines.number - first + 1)
                continue
            finally:
                self.bytes_read = file.tell()
            if lines.too_long:
                lines.too_long = False
                yield Row(first, refusal=Refusal.TOO_LONG, lines=lines.number - first + 1)
            elif any(cells):
                yield Row(first, tuple(cells), lines=lines.number - first + 1)

    def _sheet(self) -> Iterator[Row]:
        check_archive(self.path)
        try:
            with _opened(self.path, data_only=True) as book:
                sheet = _sheet_of(book, self.mapping.sheet)
                formulas = self._formulas(sheet.title)
                values = sheet.iter_rows(values_only=True, max_row=SHEET_ROWS_MAX)
                for number, (cells, worked_out) in enumerate(
                    zip(values, formulas, strict=False), 1
                ):
                    if any(cell is not None for cell in cells):
                        yield Row(number, cells, worked_out)
        except (BadFile, OSError, GeneratorExit):
            raise
        except Exception as error:  # a broken file fails in any of many ways, in the library
            raise BadFile(Refusal.DAMAGED_SHEET) from error

    def _formulas(self, title: str) -> Iterator[tuple[int, ...]]:
        """Which cells of each row hold a formula; a second reading only where there are any."""
        if not _may_hold_formulas(self.path):
            yield from repeat(())
        with _opened(self.path, data_only=False) as book:
            sheet = book[title]
            sheet.reset_dimensions()
            for cells in sheet.iter_rows(max_row=SHEET_ROWS_MAX):
                yield tuple(place for place, cell in enumerate(cells) if cell.data_type == "f")


class _Lines:
    """Lines of a text, each within the limit; a longer one stands there empty."""

    def __init__(self, stream: TextIOWrapper) -> None:
        self._stream = stream
        self.number = 0
        self.too_long = False

    def __iter__(self) -> Iterator[str]:
        while line := self._stream.readline(LINE_LENGTH_MAX):
            self.number += 1
            if len(line) < LINE_LENGTH_MAX or line.endswith(("\n", "\r")):
                yield line
                continue
            while line and not line.endswith(("\n", "\r")):
                line = self._stream.readline(LINE_LENGTH_MAX)
            self.too_long = True
            yield "\n"


@contextmanager
def _opened(path: Path, *, data_only: bool) -> Iterator[Any]:
    """The workbook, whatever its file is called: by a path openpyxl takes a few endings only."""
    with path.open("rb") as file:
        book = openpyxl.load_workbook(file, read_only=True, data_only=data_only)
        try:
            yield book
        finally:
            book.close()


def is_spreadsheet(path: Path) -> bool:
    """Whether the file is an XLSX, by its first bytes."""
    with path.open("rb") as file:
        return file.read(len(XLSX_MAGIC)) == XLSX_MAGIC


def encoding_of(path: Path, told: str) -> str:
    """The encoding: what a mark at the front says, else what was told, else UTF-8."""
    with path.open("rb") as file:
        start = file.read(4)
    if start[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return "utf-16"
    if start[:3] == b"\xef\xbb\xbf":
        return "utf-8-sig"
    return told or "utf-8"


def check_archive(path: Path) -> None:
    """Refuse a spreadsheet that unpacks to far more than it is. Raises BadFile."""
    try:
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, ValueError) as error:
        raise BadFile(Refusal.DAMAGED_SHEET) from error
    too_tight = any(
        part.file_size > RATIO_FROM and part.file_size > RATIO_MAX * max(part.compress_size, 1)
        for part in parts
    )
    strings = sum(part.file_size for part in parts if not part.filename.startswith("xl/worksheets"))
    whole = sum(part.file_size for part in parts)
    if too_tight or len(parts) > PARTS_MAX or strings > STRINGS_MAX or whole > UNPACKED_MAX:
        raise BadFile(Refusal.SHEET_BOMB)


def _sheet_of(book: Any, wanted: str | int) -> Any:
    """The sheet by name, or by number from 1. Raises BadFile where there is none."""
    sheets = book.worksheets
    if isinstance(wanted, int):
        found = sheets[wanted - 1] if 1 <= wanted <= len(sheets) else None
    else:
        found = next((one for one in sheets if one.title.strip() == wanted.strip()), None)
    if found is None:
        raise BadFile(Refusal.NO_SHEET)
    found.reset_dimensions()  # what the file says of its own size is not believed
    return found


def _may_hold_formulas(path: Path) -> bool:
    with zipfile.ZipFile(path) as packed:
        for part in packed.infolist():
            if not part.filename.startswith("xl/worksheets/"):
                continue
            with packed.open(part) as file:
                before = b""
                while piece := file.read(BUFFER_BYTES):
                    if FORMULA.search(before + piece):
                        return True
                    before = piece[-16:]
    return False
