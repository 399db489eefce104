# SPDX-License-Identifier: EUPL-1.2
"""A flat table (CSV, XLSX) with its mapping, as documents for the import like any other source.

Two passes, so that the rows of a process may stand anywhere in the file and memory is bounded. The
first reads cells, and leaves what they say in a Parquet file; DuckDB puts the rows of each process
together on the disk; the second makes a release of each. Every wrong row is a line of `wrong`.
"""

import csv
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from itertools import groupby, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
from typing_extensions import override

from tarazy.core.tables import harmless
from tarazy.procurement.refusals import Refusal
from tarazy.procurement.sources.flat_cells import (
    ERRORS,
    Leaf,
    Read,
    Wrong,
    checks,
    folded,
    reader,
    text_of,
)
from tarazy.procurement.sources.flat_mapping import Mapping
from tarazy.procurement.sources.flat_releases import Releases
from tarazy.procurement.sources.flat_rows import COLUMNS_MAX, BadFile, FlatRows, Row
from tarazy.procurement.sources.framing import SourceFile
from tarazy.procurement.sources.interface import Document, Tally
from tarazy.procurement.store import Folder, quoted

KEPT = pa.schema({"number": pa.int64(), "key": pa.string(), "leaves": pa.binary()})
BATCH_ROWS = 20_000
BATCH_BYTES = 16 * 1024 * 1024  # of what a batch says; long rows come in smaller ones
KEY_LENGTH_MAX = 200
PROCESS_ROWS_MAX = 20_000  # a process is made in memory
WRONG_COLUMNS = ("row", "column", "value", "reason")
WRONG_MAX = 1_000_000  # lines of a report; the counts have no limit
SHOWN_LENGTH_MAX = 100
NOTES = frozenset({Refusal.CELL_FORMULA, Refusal.CELL_CHECK_DIGIT})
"""Told, though nothing was lost."""
SECRET = ("identifier.id", "telephone", "email", "beneficialOwners", "shareholders")
_JSON = msgspec.json.Encoder()
_LEAVES = msgspec.json.Decoder(list[str | bool | None])


@dataclass(frozen=True, slots=True)
class Trial:
    """What an import would give, were it done."""

    rows: int
    processes: int
    refused: dict[Refusal, int]
    report: "Report"


@dataclass(slots=True)
class Report:
    """What was wrong in a file: each place as a line of `lines`, and how often by column."""

    lines: Path
    by_column: dict[tuple[str, Refusal], Tally] = field(default_factory=dict)
    first: list[tuple[int, str, str, Refusal]] = field(default_factory=list)
    """The first ones: row, column, what stands there, why."""


class FlatFile(SourceFile):
    """A flat file to import: a document is the release of a process, at its first row.

    Each pass is half of its bytes; of the first nobody hears but by `tell`, since it gives nothing.
    """

    def __init__(
        self,
        path: Path,
        mapping: Mapping,
        folder: Path,
        tell: Callable[[int], None] = lambda _read: None,
    ) -> None:
        super().__init__(path)
        self.mapping = mapping
        self._tell = tell
        self.rows_read = 0
        self.report = Report(folder / "wrong.csv")
        self._folder = folder
        self._rows = FlatRows(path, mapping)
        self._written = 0
        self._empty = frozenset(folded(word) for word in mapping.empty)

    @override
    def is_lines(self) -> bool:
        return False

    @override
    def documents(self) -> Iterator[Document]:
        self._folder.mkdir(parents=True, exist_ok=True)
        self.rows_read = self._written = 0
        self.report = Report(self.report.lines)
        kept = self._folder / "rows.parquet"
        with ExitStack() as opened:
            lines = opened.enter_context(self.report.lines.open("w", encoding="utf-8", newline=""))
            self._lines = csv.writer(lines, lineterminator="\n")
            self._lines.writerow(WRONG_COLUMNS)
            try:
                yield from self._read(kept)
            except BadFile as bad:
                yield Document(1, refusal=bad.why)
                return
            yield from self._released(kept)
        kept.unlink()

    def _read(self, kept: Path) -> Iterator[Document]:
        """The first pass: cells into leaves; rows that cannot be read come as refusals."""
        with closing(self._rows.rows()) as rows:
            yield from self._kept(rows, kept)

    def _kept(self, rows: Iterator[Row], kept: Path) -> Iterator[Document]:
        columns = self._columns(rows)
        if columns is None:
            yield Document(max(self.mapping.header_row, 1), refusal=Refusal.NO_COLUMN)
        keys, places, width = columns or ([], [], 0)
        readers = [reader(column, self._empty) for column in self.mapping.column]
        with pq.ParquetWriter(kept, KEPT, compression="zstd") as target:  # type: ignore[no-untyped-call]
            batch: list[tuple[int, str, bytes]] = []
            size = 0
            for row in rows if columns else ():
                if row.refusal is None and row.number < self.mapping.begin():
                    continue
                key, why = self._key(row, keys, width)
                if why is not None:
                    yield from self._refused(row, why)
                    continue
                leaves = self._leaves(row, places, readers)
                batch.append((row.number, key, _JSON.encode(leaves)))
                self.rows_read += 1
                size += len(batch[-1][2])
                if len(batch) == BATCH_ROWS or size >= BATCH_BYTES:
                    target.write_table(_table(batch))
                    batch, size = [], 0
                    self.bytes_read = self._rows.bytes_read // 2
                    self._tell(self.bytes_read)
            target.write_table(_table(batch))

    def _columns(self, rows: Iterator[Row]) -> tuple[list[int], list[int | None], int] | None:
        """Where the keys and the columns stand, and the width; None where one is missing."""
        mapping, header = self.mapping, Row(0)
        if mapping.header_row:
            header = next((row for row in rows if row.number >= mapping.header_row), Row(0))
        names = [folded(text_of(cell)) for cell in header.cells]
        found: list[int | None] = []
        whole = header.refusal is None
        for column in mapping.column:
            place = column.at - 1 if column.at else _only(names, column.header)
            found.append(place)
            if place is None and not column.optional:
                self._wrong(header.number, column.named(), "", Refusal.NO_COLUMN)
                whole = False
        keys = []
        for key in mapping.key:
            place = (
                int(key[1:]) - 1 if key[:1] == "#" and key[1:].isdecimal() else _only(names, key)
            )
            if place is None:
                self._wrong(header.number, key, "", Refusal.NO_COLUMN)
                whole = False
            keys.append(place or 0)
        return (keys, found, len(names) or COLUMNS_MAX) if whole else None

    def _key(self, row: Row, keys: list[int], width: int) -> tuple[str, Refusal | None]:
        if row.refusal is not None:
            return "", row.refusal
        if any(cell not in (None, "") for cell in row.cells[width:]):
            return "", Refusal.ROW_WIDE
        words = [text_of(row.cells[place]) if place < len(row.cells) else "" for place in keys]
        key = words[0] if len(words) == 1 else "-".join(map(_part, words))
        unreadable = "\ufffd" in key
        nameless = any(not word or word in ERRORS or folded(word) in self._empty for word in words)
        if nameless or unreadable or len(key) > KEY_LENGTH_MAX:
            return "", Refusal.CELL_ENCODING if unreadable else Refusal.ROW_NO_KEY
        return key, None

    def _refused(self, row: Row, why: Refusal) -> Iterator[Document]:
        for line in range(row.number, row.number + (row.lines if row.refusal else 1)):
            self._wrong(line, "", "", why)
            yield Document(line, refusal=why)

    def _leaves(self, row: Row, places: list[int | None], readers: list[Read]) -> list[Leaf]:
        leaves: list[Leaf] = []
        for column, place, read in zip(self.mapping.column, places, readers, strict=True):
            cell = row.cells[place] if place is not None and place < len(row.cells) else None
            leaf: Leaf = None
            try:
                leaf = read(cell)
            except Wrong as wrong:
                self._wrong(row.number, column.named(), self._shown(column.to, cell), wrong.why)
            if place in row.formulas:
                worked = Refusal.CELL_UNWORKED if cell is None else Refusal.CELL_FORMULA
                self._wrong(row.number, column.named(), "", worked)
            if column.kind == "biin" and leaf and not checks(str(leaf)):
                self._wrong(row.number, column.named(), "", Refusal.CELL_CHECK_DIGIT)
            leaves.append(leaf)
        return leaves

    def _released(self, kept: Path) -> Iterator[Document]:
        """The second pass: the rows of each process together, processes in order of first rows."""
        releases = Releases(self.mapping)
        named = [column.named() for column in self.mapping.column]
        whole, released = self.path.stat().st_size, 0

        def conflict(number: int, column: int) -> None:
            self._wrong(number, named[column], "", Refusal.CELL_CONFLICT)

        for key, listed in groupby(_together(kept, self._folder), key=lambda row: row[1]):
            some = islice(listed, PROCESS_ROWS_MAX)
            rows = [(number, _LEAVES.decode(leaves)) for number, _, leaves in some]
            made = releases.release(f"{self.mapping.prefix}-{key}", rows, conflict)
            released += len(rows)
            self.bytes_read = round(whole / 2 * (1 + released / self.rows_read))
            yield Document(rows[0][0], _JSON.encode(made))
            for number, _, _ in listed:  # noqa: B031 - what the first part of it left
                yield from self._refused(Row(number), Refusal.TOO_LONG)

    def _shown(self, path: str, cell: Any) -> str:
        """What stands in a cell, where that is nobody's own number or address."""
        secret = any(part in path for part in SECRET)
        return "" if secret else text_of(cell)[:SHOWN_LENGTH_MAX]

    def _wrong(self, row: int, column: str, value: str, why: Refusal) -> None:
        if column:
            self.report.by_column.setdefault((column, why), Tally()).add(row)
        if self._written < WRONG_MAX:
            self._written += 1
            self._lines.writerow((row, harmless(column), harmless(value), why))
            if len(self.report.first) < SHOWN_LENGTH_MAX:
                self.report.first.append((row, column, value, why))


def trial(path: Path, mapping: Mapping) -> Trial:
    """Read a whole file and change nothing. Raises OSError."""
    refused: dict[Refusal, int] = {}
    processes = 0
    with TemporaryDirectory(prefix="tarazy-") as folder:
        file = FlatFile(path, mapping, Path(folder))
        for document in file.documents():
            if document.refusal is None:
                processes += 1
            else:
                refused[document.refusal] = refused.get(document.refusal, 0) + 1
    return Trial(file.rows_read, processes, refused, file.report)


def _part(word: str) -> str:
    """One of several words of a key: joined by hyphens, other words never give the same key."""
    return word.replace("~", "~~").replace("-", "~-")


def _only(names: list[str], wanted: str) -> int | None:
    """Where a name stands, if it stands once."""
    name = folded(wanted)
    return names.index(name) if names.count(name) == 1 else None


def _table(batch: list[tuple[int, str, bytes]]) -> pa.Table:
    numbers, keys, leaves = zip(*batch, strict=True) if batch else ((), (), ())
    return pa.table([numbers, keys, leaves], schema=KEPT)


def _together(kept: Path, folder: Path) -> Iterator[tuple[int, str, bytes]]:
    query = (
        "SELECT number, key, leaves FROM ("  # noqa: S608 - our own file
        f"SELECT *, min(number) OVER (PARTITION BY key) AS first FROM read_parquet({quoted(kept)}))"
        " ORDER BY first, number"
    )
    own = Folder(folder)
    own.staging.mkdir(parents=True, exist_ok=True)  # for what does not fit into memory
    with own.engine() as engine:
        result = engine.execute(query)
        while rows := result.fetchmany(BATCH_ROWS):
            yield from rows
