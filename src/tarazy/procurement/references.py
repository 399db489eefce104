# SPDX-License-Identifier: EUPL-1.2
"""Tables that the user brings as CSV: thresholds, exchange rates, inflation, registers, prices.

A table that was given is kept in the folder and stays in force until another is given. The first
line names the columns; lines that begin with # are remarks. A line that cannot be read is refused
with its number: a register with holes would make the wrong suppliers look honest.
"""

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib import resources
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from tarazy.core.errors import Refused
from tarazy.procurement.identifiers import compared
from tarazy.procurement.refusals import Refusal
from tarazy.procurement.sources import values
from tarazy.procurement.sources.interface import AMOUNT, MOMENT, TEXT

FOLDER = "references"
ROWS_MAX = 2_000_000
BYTES_MAX = 512 * 1024 * 1024
RATE = pa.decimal128(18, 14)
RATE_MIN, RATE_MAX = Decimal("1E-8"), Decimal(10_000)

LIMITS = ("simplified", "direct", "submission_days")  # asked for by `indicators.thresholds`
OR = "|"  # between spellings of one country or method

Row = dict[str, Any]
Read = Callable[[str], Any]
Checks = Callable[[list[Row]], None]


class BadReference(Refused):
    """A reference table that cannot be used: which line, and what is wrong with it."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(Refusal.BAD_REFERENCE)
        self.line, self.what = line, what


@dataclass(frozen=True, slots=True)
class Reference:
    """One kind of table: its columns, how a field is read, which of them may be empty."""

    schema: pa.Schema
    optional: frozenset[str] = frozenset()
    later: frozenset[str] = frozenset()
    """Of the optional ones those that tables made for earlier versions do not have."""
    check: Checks = lambda _rows: None


def _text(field: str) -> str:
    return field.strip()


def _identifier(field: str) -> str:
    return compared(field.strip())


def _day(field: str) -> datetime:
    return datetime.combine(date.fromisoformat(field.strip()), datetime.min.time(), UTC)


def _amount(field: str) -> Decimal:
    found = values.amount(field)
    if found is None or found <= 0:
        raise ValueError("not a positive number")
    return Decimal(found)


def _rate(field: str) -> Decimal:
    if values.amount(field) is None or (found := Decimal(field.strip())) <= 0:
        raise ValueError("not a positive number")
    if not RATE_MIN <= found < RATE_MAX:
        raise ValueError(f"a rate must be less than {RATE_MAX}, and not less than {RATE_MIN:f}")
    return Decimal(round(found, RATE.scale))


_READERS: dict[pa.DataType, Read] = {TEXT: _text, MOMENT: _day, AMOUNT: _amount, RATE: _rate}
IDENTIFIER = "identifier"  # a column that is read as identifiers are compared


def _in_order(rows: list[Row]) -> None:
    """A row that ends before it begins never holds."""
    for row in rows:
        if row["valid_to"] is not None and row["valid_to"] <= row["valid_from"]:
            raise BadReference(row["line"], "valid_to is not after valid_from")


def _no_overlap(rows: Iterable[Row], what: str) -> None:
    """Of such rows one holds at a time: else nobody knows which."""
    for before, after in pairwise(sorted(rows, key=lambda row: row["valid_from"])):
        if before["valid_to"] is None or after["valid_from"] < before["valid_to"]:
            later = max(before["line"], after["line"])
            raise BadReference(later, f"two {what} hold at the same time")


def _thresholds(rows: list[Row]) -> None:
    """Of one limit, currency, country, method and category one row at a time; only known limits.

    A row that names less than another may hold beside it: the one that says more is taken.
    """
    by_key: dict[Any, list[Row]] = {}
    for row in rows:
        if row["limits"] not in LIMITS:
            raise BadReference(row["line"], f"limits: one of {', '.join(LIMITS)}")
        own = row["limits"], row["currency"], row["category"]
        for country, method in product(_spellings(row["country"]), _spellings(row["method"])):
            by_key.setdefault((*own, country, method), []).append(row)
    _in_order(rows)
    for same in by_key.values():
        _no_overlap(same, "thresholds")


def _spellings(cell: str | None) -> set[str]:
    return {one.strip().lower() for one in (cell or "").split(OR)}


def _prices(rows: list[Row]) -> None:
    """Of one code, unit and currency one ceiling at a time; one without a scheme is of each."""
    by_key: dict[Any, dict[str | None, list[Row]]] = {}
    for row in rows:
        key = row["code"], row["unit"].lower(), row["currency"]
        by_key.setdefault(key, {}).setdefault(row["scheme"], []).append(row)
    _in_order(rows)
    for by_scheme in by_key.values():
        general = by_scheme.pop(None, [])
        _no_overlap(general, "prices")
        for same in by_scheme.values():
            _no_overlap([*general, *same], "prices")


def _once(*key: str) -> Checks:
    def check(rows: list[Row]) -> None:
        seen = set()
        for row in rows:
            own = tuple(row[name] for name in key)
            if own in seen:
                raise BadReference(row["line"], "the same twice: " + ", ".join(key))
            seen.add(own)

    return check


def _one_a_month(rows: list[Row]) -> None:
    """An amount is compared by the index of its month: two of one month would count it twice."""
    seen = set()
    for row in rows:
        own = row["currency"], row["month"].year, row["month"].month
        if own in seen:
            raise BadReference(row["line"], "a currency has two lines of one month")
        seen.add(own)


def _one_base(rows: list[Row]) -> None:
    _once("currency", "day")(rows)
    for row in rows:
        if row["base"] != rows[0]["base"]:
            raise BadReference(row["line"], "all rates must be in one currency")


REFERENCES = {
    "thresholds": Reference(
        pa.schema(
            {
                "country": TEXT,
                "method": TEXT,
                "category": TEXT,
                "limits": TEXT,
                "amount": AMOUNT,
                "currency": TEXT,
                "valid_from": MOMENT,
                "valid_to": MOMENT,
                "source": TEXT,
            }
        ),
        frozenset({"country", "method", "category", "valid_to"}),
        frozenset({"method"}),
        _thresholds,
    ),
    "rates": Reference(
        pa.schema({"currency": TEXT, "day": MOMENT, "rate": RATE, "base": TEXT}), check=_one_base
    ),
    "inflation": Reference(
        pa.schema({"currency": TEXT, "month": MOMENT, "index": AMOUNT}),
        check=_one_a_month,
    ),
    "debarred": Reference(
        pa.schema({"identifier": TEXT, "valid_from": MOMENT, "valid_to": MOMENT, "source": TEXT}),
        frozenset({"valid_to"}),
        check=_in_order,
    ),
    "registered": Reference(
        pa.schema({"identifier": TEXT, "since": MOMENT}),
        frozenset({"since"}),
        check=_once("identifier"),
    ),
    "prices": Reference(
        pa.schema(
            {
                "scheme": TEXT,
                "code": TEXT,
                "unit": TEXT,
                "price_max": AMOUNT,
                "currency": TEXT,
                "valid_from": MOMENT,
                "valid_to": MOMENT,
                "source": TEXT,
            }
        ),
        frozenset({"scheme", "valid_to"}),
        check=_prices,
    ),
}


def keep(folder: Path, kind: str, file: Path) -> int:
    """Check a table and put it in force for the folder; how many rows it has.

    Raises BadReference with the line that is wrong; the table in force stays then.
    """
    try:
        text = file.read_bytes()
    except OSError as error:
        raise BadReference(0, "there is no such file, or it cannot be opened") from error
    rows = len(_read(kind, text))
    target = folder / FOLDER / f"{kind}.csv"
    target.parent.mkdir(parents=True, exist_ok=True)
    new = target.with_suffix(".new")
    new.write_bytes(text)
    new.replace(target)
    return rows


def load(folder: Path | None, kind: str) -> pa.Table:
    """The table in force: the user's, else the one that comes with us, else an empty one."""
    text = content(folder, kind)
    return REFERENCES[kind].schema.empty_table() if text is None else _read(kind, text)


def content(folder: Path | None, kind: str) -> bytes | None:
    """The same as the file has it; None for an empty one."""
    own = folder / FOLDER / f"{kind}.csv" if folder else None
    if own is not None and own.exists():
        return own.read_bytes()
    shipped = resources.files("tarazy.procurement") / "data" / f"{kind}.csv"
    return shipped.read_bytes() if shipped.is_file() else None


def show(engine: duckdb.DuckDBPyConnection, folder: Path | None) -> None:
    """Give DuckDB the tables in force, under their names."""
    for kind in REFERENCES:
        engine.register("given", load(folder, kind))
        engine.execute(f"CREATE TABLE reference_{kind} AS FROM given")  # for other cursors, too


def _read(kind: str, text: bytes) -> pa.Table:
    reference = REFERENCES[kind]
    if len(text) > BYTES_MAX:
        raise BadReference(0, "the file is too large")
    try:
        lines = text.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise BadReference(0, "the text is not in UTF-8") from error
    rows = list(_rows(reference, lines))
    reference.check(rows)
    bare = [{name: row[name] for name in reference.schema.names} for row in rows]
    return pa.Table.from_pylist(bare, schema=reference.schema)


def _rows(reference: Reference, lines: list[str]) -> Iterator[Row]:
    wanted = [(n, line) for n, line in enumerate(lines, 1) if line.strip() and line[0] != "#"]
    names = [name.strip() for name in _cells(*wanted[0])] if wanted else []
    missing = set(reference.schema.names) - set(names) - reference.later
    if missing:
        raise BadReference(1, "columns are missing: " + ", ".join(sorted(missing)))
    if twice := {name for name in reference.schema.names if names.count(name) > 1}:
        raise BadReference(wanted[0][0], "columns are there twice: " + ", ".join(sorted(twice)))
    if len(wanted) > ROWS_MAX:
        raise BadReference(ROWS_MAX, "the file has too many lines")
    for number, line in wanted[1:]:
        cells = _cells(number, line)
        if any(cell.strip() for cell in cells[len(names) :]):
            raise BadReference(number, "the line has more cells than columns")
        fields = dict(zip(names, cells, strict=False))
        yield {"line": number} | {
            field.name: _field(reference, field, fields.get(field.name, ""), number)
            for field in reference.schema
        }


def _cells(number: int, line: str) -> list[str]:
    try:
        return next(csv.reader([line]))
    except csv.Error as error:
        raise BadReference(number, str(error)) from error


def _field(reference: Reference, field: pa.Field, published: str, line: int) -> Any:
    if not published.strip():
        if field.name in reference.optional:
            return None
        raise BadReference(line, f"{field.name} is empty")
    try:
        return (_identifier if field.name == IDENTIFIER else _READERS[field.type])(published)
    except ValueError as error:
        raise BadReference(line, f"{field.name}: {error}") from error
