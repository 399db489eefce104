# SPDX-License-Identifier: EUPL-1.2
"""A list of reference prices as its publisher gives it (CSV, XLSX) into the table `prices`.

    kind = "prices"
    header_row = 4
    decimal = ","
    [columns]                         # or at = { code = 2, … } by number
    code = "Код"
    unit = "Ед. изм."
    price_max = "Предельная цена, тенге"
    [constants]
    currency = "KZT"
    valid_from = "2026-01-01"
    source = "Order No. … of the Ministry of Health"

A list with holes would make the dearest purchases look cheap: a row that cannot be read refuses the
whole list with its number and column, and the list before stays. Rows without a price or a code
are headings between the others, and are counted.
"""

import csv
import tomllib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import msgspec

from tarazy.procurement import references
from tarazy.procurement.references import REFERENCES, BadReference
from tarazy.procurement.refusals import SENTENCES, Refusal
from tarazy.procurement.sources.flat_cells import Leaf, Read, Wrong, folded, reader, text_of
from tarazy.procurement.sources.flat_mapping import BadMapping, ColumnMap, Mapping
from tarazy.procurement.sources.flat_rows import BadFile, FlatRows, Row

NAMES = REFERENCES["prices"].schema.names
OPTIONAL = REFERENCES["prices"].optional
LIKE = {"price_max": "tender.value.amount", "valid_from": "date", "valid_to": "date"}
"""A column of releases that is read in the same way; other columns are texts."""
NEEDED = ("code", "price_max")


class PriceMapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which column of a list is which of ours."""

    kind: Literal["prices"]
    columns: dict[str, str] = {}
    at: dict[str, int] = {}
    constants: dict[str, str] = {}
    encoding: str = ""
    separator: str = ","
    sheet: str | int = 1
    header_row: int = 1
    decimal: Literal[".", ","] = "."
    grouping: Literal["", ".", ",", "'"] = ""
    format: str | list[str] = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """What came of a list."""

    rows: int
    passed_over: int
    """Headings, and rows without a price."""


def keep(folder: Path, file: Path, text: bytes) -> Kept:
    """Put a list of prices in force. Raises BadMapping, BadReference with the row that is wrong."""
    with TemporaryDirectory(prefix="tarazy-") as own:
        plain = Path(own) / "prices.csv"
        passed_over = write(file, text, plain)
        return Kept(references.keep(folder, "prices", plain), passed_over)


def write(file: Path, text: bytes, target: Path) -> int:
    """A list as the CSV that `run --prices` takes; how many rows were passed over. Raises the same.

    Nothing is escaped: the file is read by us, and a code may begin with a sign.
    """
    mapping = _read(text)
    taken, passed_over = 0, 0
    with target.open("w", encoding="utf-8", newline="") as opened:
        rows = csv.writer(opened, lineterminator="\n")
        rows.writerow(NAMES)
        for row in _rows(file, mapping):
            if row is None:
                passed_over += 1
            else:
                rows.writerow(row)
                taken += 1
    if not taken:
        raise BadReference(0, "no row has both a code and a price")
    return passed_over


def _read(text: bytes) -> PriceMapping:
    try:
        found = msgspec.convert(tomllib.loads(text.decode("utf-8-sig")), PriceMapping)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadMapping(str(error)) from error
    said = [*found.columns, *found.at, *found.constants]
    if len(said) != len(set(said)) or not set(said) <= set(NAMES):
        raise BadMapping(f"columns, at and constants: each once, of {', '.join(NAMES)}")
    if missing := set(NAMES) - OPTIONAL - set(said):
        raise BadMapping(f"neither a column nor a constant: {', '.join(sorted(missing))}")
    return found


def _rows(file: Path, mapping: PriceMapping) -> Iterator[list[str] | None]:
    flat = Mapping(
        prefix="prices",
        key=[],
        column=[],
        encoding=mapping.encoding,
        separator=mapping.separator,
        sheet=mapping.sheet,
        header_row=mapping.header_row,
    )
    readers = {name: _reader(name, mapping) for name in NAMES}
    try:
        with closing(FlatRows(file, flat).rows()) as rows:
            places = _places(rows, mapping)
            for row in rows:
                if row.refusal is not None:
                    raise BadReference(row.number, SENTENCES[row.refusal])
                if row.number > mapping.header_row:
                    yield _row(row, places, readers, mapping)
    except BadFile as bad:
        raise BadReference(0, SENTENCES[bad.why]) from bad
    except OSError as error:
        raise BadReference(0, "there is no such file, or it cannot be opened") from error


def _reader(name: str, mapping: PriceMapping) -> Read:
    to = LIKE.get(name, "tender.title")
    how = ColumnMap(
        header=name,
        to=to,
        decimal=mapping.decimal,
        grouping=mapping.grouping,
        format=mapping.format,
    )
    return reader(how, frozenset({"-", "–", "—"}))


def _places(rows: Iterator[Row], mapping: PriceMapping) -> dict[str, int]:
    """Where each of our columns stands."""
    header = next((row for row in rows if row.number >= mapping.header_row), Row(0))
    names = [folded(text_of(cell)) for cell in header.cells]
    places = {name: number - 1 for name, number in mapping.at.items()}
    for name, wanted in mapping.columns.items():
        if names.count(folded(wanted)) != 1:
            raise BadReference(header.number, f"no column, or two, of this name: {wanted}")
        places[name] = names.index(folded(wanted))
    return places


def _row(
    row: Row, places: dict[str, int], readers: dict[str, Read], mapping: PriceMapping
) -> list[str] | None:
    found: dict[str, Leaf] = dict(mapping.constants)
    for name, place in places.items():
        cell = row.cells[place] if 0 <= place < len(row.cells) else None
        try:
            found[name] = readers[name](cell)
        except Wrong as wrong:
            raise BadReference(row.number, f"{name}: {SENTENCES[wrong.why]}") from wrong
        if cell is None and place in row.formulas:
            raise BadReference(row.number, f"{name}: {SENTENCES[Refusal.CELL_UNWORKED]}")
    if any(not found.get(name) for name in NEEDED):
        return None
    for name in NAMES:
        if not found.get(name) and name not in OPTIONAL:
            raise BadReference(row.number, f"{name} is empty")
    return [str(found.get(name) or "") for name in NAMES]
