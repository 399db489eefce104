# SPDX-License-Identifier: EUPL-1.2
"""A first mapping for a flat file, from its headers and first rows: a person corrects and uses it.

A header goes where the longest of our words stands in it (`data/headers.toml`: Kazakh, Russian,
English). What the first rows show is proposed with it: encoding, separator, the header's row, how
dates and numbers are written, which word means which code. What is not sure is a remark.
"""

import re
import tomllib
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib import resources
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
from rapidfuzz import fuzz, process

from tarazy.procurement.sources import values
from tarazy.procurement.sources.flat_cells import Cell, folded, text_of
from tarazy.procurement.sources.flat_mapping import Mapping
from tarazy.procurement.sources.flat_paths import CODES, PLACES
from tarazy.procurement.sources.flat_rows import FlatRows, Row, is_spreadsheet

ROWS_LOOKED_AT = 200
HEADER_ROWS = 15
SNIFFED_BYTES = 256 * 1024
LIKE_MIN = 88  # of 100: a header nearly as we know it
WORDS_MAX = 30
SEPARATORS = ";,\t|"
KEY = "key"
_FORMS = (
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y",
    "%d-%m-%Y",
    "%Y.%m.%d",
    "%d.%m.%y",
)
_COMMA = re.compile(r"\d,\d{1,2}$|\d,\d{4,}$", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Found:
    """A column of the file, and where it seems to go."""

    header: str
    path: str
    sample: list[Cell]


def propose(path: Path, sheet: str | None = None) -> str:
    """A mapping as TOML with remarks. Raises OSError, BadFile."""
    spreadsheet = is_spreadsheet(path)
    encoding, separator = ("", "") if spreadsheet else _sniffed(path)
    looking = Mapping(
        prefix="x",
        key=[],
        column=[],
        encoding=encoding,
        separator=separator,
        sheet=_sheet(sheet),
    )
    with closing(FlatRows(path, looking).rows()) as every:
        rows = [row for row in islice(every, ROWS_LOOKED_AT) if row.cells]
    header = _header(rows[:HEADER_ROWS])
    body = [row for row in rows if row.number > header.number]
    found = _columns(header, body)
    return "\n".join([*_top(looking, header, found, path), *_column_lines(found)]) + "\n"


def _sheet(sheet: str | None) -> str | int:
    if sheet is None:
        return 1
    return int(sheet) if sheet.isascii() and sheet.isdecimal() else sheet


def _sniffed(path: Path) -> tuple[str, str]:
    """(encoding, separator) by the beginning of the file."""
    with path.open("rb") as file:
        start = file.read(SNIFFED_BYTES)
    if start[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        encoding, text = "utf-16", start.decode("utf-16", "replace")
    else:
        try:
            cut = start.rfind(b"\n") + 1 or len(start)
            encoding, text = "", start[:cut].decode("utf-8-sig")
        except UnicodeDecodeError:
            encoding, text = "windows-1251", start.decode("windows-1251", "replace")
    lines = [line for line in text.splitlines() if line.strip()][:HEADER_ROWS]
    counts = {one: sorted(line.count(one) for line in lines) for one in SEPARATORS}
    middle = {one: listed[len(listed) // 2] if listed else 0 for one, listed in counts.items()}
    best = max(SEPARATORS, key=lambda one: middle[one])
    return encoding, best if middle[best] else ","


def _header(rows: list[Row]) -> Row:
    """The row with most words that we know; else the first with most texts."""

    def likeness(row: Row) -> tuple[int, int, int]:
        words = [cell for cell in row.cells if isinstance(cell, str) and cell.strip()]
        plain = [word for word in words if not any(letter.isdigit() for letter in word)]
        return sum(bool(_path(word)) for word in words), len(plain), -row.number

    return max(rows, key=likeness, default=Row(1))


def _columns(header: Row, body: list[Row]) -> list[_Found]:
    taken: set[str] = set()
    found = []
    for place, cell in enumerate(header.cells):
        named = text_of(cell)
        if not named:
            continue
        path = _path(named)
        if path in taken and path != KEY:
            path = ""
        taken.add(path)
        sample = [row.cells[place] for row in body if place < len(row.cells)]
        found.append(_Found(named, path, [one for one in sample if text_of(one)]))
    return found


def _path(header: str) -> str:
    """Where a header goes: the same word, else a nearly same one, else the longest within it."""
    word = re.sub(r"[*:]", "", folded(header)).strip(" ,.")
    known = {one: path for path, words in _headers().items() for one in words}
    if word in known:
        return known[word]
    near = process.extractOne(word, list(known), scorer=fuzz.ratio, score_cutoff=LIKE_MIN)
    if near:
        return known[near[0]]
    within = [one for one in known if re.search(rf"(?<!\w){re.escape(one)}(?!\w)", word)]
    return known[max(within, key=len)] if within else ""


@cache
def _data() -> dict[str, Any]:
    text = (resources.files("tarazy.procurement") / "data" / "headers.toml").read_text("utf-8")
    return tomllib.loads(text)


def _headers() -> dict[str, list[str]]:
    return {path: words for path, words in _data().items() if path != "words"}


def _top(looking: Mapping, header: Row, found: list[_Found], path: Path) -> list[str]:
    keys = [one.header for one in found if one.path == KEY]
    prefix = re.sub(r"[^a-z0-9]+", "-", path.stem.lower(), flags=re.ASCII).strip("-")[:40]
    comma = any(_COMMA.search(text_of(cell)) for one in found for cell in one.sample)
    lines = [
        f"# Proposed from {_quoted(path.name)}. Check every line, then: tarazy procurement import"
        " FILE --mapping THIS --dry-run",
        f"prefix = {_quoted(prefix or 'own')}  # ocids begin so: the system's name",
        f"key = [{', '.join(map(_quoted, keys[:1]))}]"
        f"{'' if keys else '  # which column tells the processes apart?'}",
    ]
    if looking.encoding:
        lines.append(f"encoding = {_quoted(looking.encoding)}")
    if looking.separator not in ("", ","):
        lines.append(f"separator = {_quoted(looking.separator)}")
    if is_spreadsheet(path):
        lines.append(f"sheet = {_quoted(looking.sheet)}")
    lines += [
        f"header_row = {header.number}",
        'zone = "Asia/Almaty"  # of dates without one',
        f"decimal = {_quoted(',' if comma else '.')}",
        "",
    ]
    paths = {one.path for one in found}
    if "tender.value.currency" not in paths:
        for money in sorted(one for one in paths if one.endswith("value.amount")):
            to = f"{money.removesuffix('amount')}currency"
            lines += ["[[constant]]", f"to = {_quoted(to)}", 'value = "KZT"', ""]
    if "tender.items.classification.id" in paths:
        lines += [
            "[[constant]]",
            'to = "tender.items.classification.scheme"',
            'value = "ENSTRU"',
            "",
        ]
    return lines


def _column_lines(found: list[_Found]) -> list[str]:
    lines: list[str] = []
    for one in found:
        if one.path == KEY:
            continue
        if not one.path:
            shown = ", ".join(text_of(cell)[:30].replace("\n", " ") for cell in one.sample[:3])
            lines += [
                f"# {_quoted(one.header)} goes nowhere yet{': ' + _bare(shown) if shown else ''}",
                "",
            ]
            continue
        lines += ["[[column]]", f"header = {_quoted(one.header)}", f"to = {_quoted(one.path)}"]
        lines += [*_manner(one), ""]
    return lines


def _manner(one: _Found) -> list[str]:
    """How the cells of a column are read, by what stands in them."""
    lines = []
    if one.path.endswith("identifier.id"):
        lines.append('kind = "biin"')
    if PLACES[one.path].read is values.moment:
        forms = _forms(one.sample)
        if forms:
            lines.append(f"format = [{', '.join(map(_quoted, forms))}]")
    if one.path in CODES:
        lines.append("values = { " + ", ".join(_words(one)) + " }")
        lines[-1] = lines[-1].replace("{  }", "{}")
        unknown = [word for word in _seen(one) if not _code(one.path, word)]
        lines += [f"# which code is {_quoted(word)}?" for word in unknown[:WORDS_MAX]]
    return lines


def _forms(sample: list[Cell]) -> list[str]:
    """The ways in which dates of a column are written, commonest first."""
    counted: Counter[str] = Counter()
    for cell in sample:
        if isinstance(cell, date):
            continue
        written = text_of(cell)
        counted.update([form for form in _FORMS if _fits(written, form)][:1])
    return [form for form, _ in counted.most_common()]


def _fits(written: str, form: str) -> bool:
    try:
        datetime.strptime(written, form)  # noqa: DTZ007 - only whether it fits
    except ValueError:
        return False
    return True


def _seen(one: _Found) -> list[str]:
    """The different words of a column, as first written."""
    seen = {folded(text_of(cell)): text_of(cell) for cell in reversed(one.sample)}
    return sorted(seen.values())[:WORDS_MAX]


def _words(one: _Found) -> list[str]:
    return [
        f"{_quoted(word)} = {_quoted(code)}"
        for word in _seen(one)
        if (code := _code(one.path, word))
    ]


def _code(path: str, word: str) -> str:
    """What a word means: one that we know, else the longest within it; nothing where not sure."""
    codes: dict[str, list[str]] = _data()["words"][path]
    known = {folded(one): code for code, words in codes.items() for one in words}
    small = folded(word)
    if small in known:
        return known[small]
    within = [one for one in known if re.search(rf"(?<!\w){re.escape(one)}(?!\w)", small)]
    return known[max(within, key=len)] if within else ""


def _quoted(word: object) -> str:
    """As TOML writes a text; JSON's way is a part of it."""
    return str(word) if isinstance(word, int) else msgspec.json.encode(word).decode()


def _bare(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f]", " ", text)
