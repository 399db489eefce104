# SPDX-License-Identifier: EUPL-1.2
"""One cell of a flat table -> the leaf of a release, or the reason why not. Nothing is guessed."""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from tarazy.procurement.refusals import Refusal
from tarazy.procurement.sources import values
from tarazy.procurement.sources.flat_mapping import ColumnMap
from tarazy.procurement.sources.flat_paths import CODES

Cell = Any
"""A text; or, out of a spreadsheet, a number, a date or yes and no."""
Leaf = str | bool | None
Read = Callable[[Cell], Leaf]

BIIN_DIGITS = 12
BIIN_DIGITS_MIN = 9  # shorter, and too many zeros would be made up
REMEMBERED = 4096  # cells of a column
REMEMBERED_LENGTH_MAX = 200  # longer ones fill the memory and seldom come again
YEARS = range(1900, 2200)
UNREADABLE = "\ufffd"  # stands where bytes are no letters of the file's encoding
ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#Н/Д"})
YES = frozenset({"true", "yes", "1", "да", "иә", "ия"})
NO = frozenset({"false", "no", "0", "нет", "жоқ"})
_BLANKS = re.compile(r"[\s\u00a0\u202f\u2009]+")


class Wrong(Exception):
    """A cell that cannot be read, and why."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why)
        self.why = why


def reader(column: ColumnMap, empty: frozenset[str]) -> Read:
    """How the cells of a column are read: a leaf, None for an empty one; raises Wrong."""
    kind = _kind(column)
    codes = {folded(word): code for word, code in column.values.items()}
    closed = CODES.get(column.to)

    def read(cell: Cell) -> Leaf:
        written = text_of(cell)
        word = folded(written) if empty or codes else written
        if not written or word in empty:
            return None
        if UNREADABLE in written:
            raise Wrong(Refusal.CELL_ENCODING)
        if written in ERRORS:
            raise Wrong(Refusal.CELL_ERROR)
        if codes and word not in codes:
            raise Wrong(Refusal.CELL_CODE)
        meant = codes.get(word, cell)
        return kind(meant) if closed is None else _code(meant, closed)

    remembered = lru_cache(REMEMBERED, typed=True)(read)  # dates, words and names come again

    def read_once(cell: Cell) -> Leaf:
        long = isinstance(cell, str) and len(cell) > REMEMBERED_LENGTH_MAX
        return read(cell) if long else remembered(cell)

    return read_once


def _code(cell: Cell, closed: set[str]) -> str:
    code = text_of(cell).lower()
    if code not in closed:
        raise Wrong(Refusal.CELL_CODE)
    return code


def folded(word: str) -> str:
    """For comparing headers and words: blanks and capitals apart."""
    return _BLANKS.sub(" ", word).strip().casefold()


def text_of(cell: Cell) -> str:
    """As a person would type it."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    return str(cell).replace("\0", "").strip()


def _kind(column: ColumnMap) -> Read:
    if column.kind == "biin":
        return biin
    read = column.place().read
    if read in (values.amount, values.share, values.count):
        return _number(column, read)
    if read is values.moment:
        return _moment(column)
    if read is values.flag:
        return _flag
    if read in (values.telephone, values.email, values.folded):
        return _judged(read)
    return text_of


def _judged(read: values.Reader) -> Read:
    def judged(cell: Cell) -> Leaf:
        written = text_of(cell)
        if read(written) is None:
            raise Wrong(Refusal.CELL_TEXT)
        return written

    return judged


def _flag(cell: Cell) -> Leaf:
    if isinstance(cell, bool):
        return cell
    word = folded(text_of(cell))
    if word in YES or word in NO:
        return word in YES
    raise Wrong(Refusal.CELL_FLAG)


def _number(column: ColumnMap, read: values.Reader) -> Read:
    point, group = re.escape(column.decimal or "."), re.escape(column.grouping)
    between = f"[ {group}]" if group else " "
    whole = rf"\d+|\d{{1,3}}(?:{between}\d{{3}})+"
    form = re.compile(rf"(-?)({whole})(?:{point}(\d+))?", re.ASCII)

    def number(cell: Cell) -> Leaf:
        if isinstance(cell, (int, float)) and not isinstance(cell, bool):
            plain = repr(cell)
        else:
            written = text_of(cell)
            for word in column.without:
                written = written.replace(word, "")
            found = form.fullmatch(_BLANKS.sub(" ", written).strip())
            if not found:
                raise Wrong(Refusal.CELL_NUMBER)
            digits = re.sub(r"\D", "", found[2], flags=re.ASCII)
            plain = f"{found[1]}{digits}.{found[3]}" if found[3] else f"{found[1]}{digits}"
        if read(plain) is None:
            raise Wrong(Refusal.CELL_NUMBER)
        return plain

    return number


def _moment(column: ColumnMap) -> Read:
    forms = [column.format] if isinstance(column.format, str) else list(column.format)
    forms = [form for form in forms if form]
    zone = ZoneInfo(column.zone) if column.zone else None
    hour = time.fromisoformat(column.hour) if column.hour else None

    def moment(cell: Cell) -> Leaf:
        found = _when(cell, forms)
        if found.year not in YEARS:
            raise Wrong(Refusal.CELL_DATE)
        if not isinstance(found, datetime):
            if hour is None:
                return found.isoformat()
            found = datetime.combine(found, hour)
        if found.tzinfo is None and zone is not None:
            found = found.replace(tzinfo=zone)
        return found.isoformat()

    return moment


def _when(cell: Cell, forms: list[str]) -> datetime | date:
    """A time, or a day where no hour is said; midnight in a spreadsheet is how it writes a day."""
    if isinstance(cell, datetime):
        return cell.date() if cell.time() == time() else cell
    if isinstance(cell, date):
        return cell
    written = text_of(cell)
    for form in forms:
        try:
            found = datetime.strptime(written, form)  # noqa: DTZ007 - the zone is the column's
        except ValueError:
            continue
        return found if "%H" in form or "%I" in form else found.date()
    if not forms and values.moment(written) is not None:
        if len(written) <= len("2026-01-01"):
            return date.fromisoformat(written)
        return datetime.fromisoformat(written)
    raise Wrong(Refusal.CELL_DATE)


def biin(cell: Cell) -> str:
    """A BIN or IIN of twelve digits. Raises Wrong where it is none.

    Zeros in front are put back only where the check digit is then right.
    """
    digits = re.sub(r"[\s\u00a0'`-]", "", text_of(cell))
    if not digits.isascii() or not digits.isdecimal():
        raise Wrong(Refusal.CELL_BIIN)
    if BIIN_DIGITS_MIN <= len(digits) < BIIN_DIGITS and checks(digits.zfill(BIIN_DIGITS)):
        return digits.zfill(BIIN_DIGITS)
    if len(digits) != BIIN_DIGITS:
        raise Wrong(Refusal.CELL_BIIN)
    return digits


@lru_cache(REMEMBERED)
def checks(number: str) -> bool:
    """Whether the check digit of a BIN or IIN is right: weights 1 to 11, then 3 to 11, 1, 2.

    Zeros alone would be right as well, and stand where somebody knew no number.
    """
    digits = [int(one) for one in number]
    if not any(digits):
        return False
    for first in (1, 3):
        weights = ((first + place - 1) % 11 + 1 for place in range(11))
        rest = sum(weight * digit for weight, digit in zip(weights, digits, strict=False)) % 11
        if rest < 10:  # noqa: PLR2004 - ten is no digit: the second weights decide
            return rest == digits[-1]
    return False


def scheme(number: str) -> str:
    """Which register a number is of: the fifth digit of a BIN is 4, 5 or 6."""
    return "KZ-BIN" if number[4] in "456" else "KZ-IIN"
