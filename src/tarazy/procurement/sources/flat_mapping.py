# SPDX-License-Identifier: EUPL-1.2
"""A mapping: which column of a flat table goes where in a release, and how its cells are read.

prefix = "samruk"                # ocids begin so
key = ["№ закупки"]              # rows of one process have the same words in these columns
encoding = "windows-1251"        # of CSV; UTF-8 and UTF-16 with a mark need no word
separator = ";"
sheet = "Закупки"                # of XLSX; or its number
header_row = 3
zone = "Asia/Almaty"             # of dates, for all columns
decimal = ","

[[column]]
header = "Способ закупки"
to = "tender.procurementMethod"
values = { "открытый тендер" = "open", "из одного источника" = "direct" }

[[column]]
header = "БИН поставщика"
to = "awards.suppliers.identifier.id"
kind = "biin"

[[constant]]
to = "tender.value.currency"
value = "KZT"
"""

import difflib
import re
import tomllib
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from tarazy.core.errors import Refused
from tarazy.procurement.refusals import Refusal
from tarazy.procurement.sources import values
from tarazy.procurement.sources.flat_paths import CODES, PLACES, Place

ENCODINGS = frozenset(
    {"", "utf-8", "utf-16", "utf-16-le", "utf-16-be", "windows-1251", "kz1048", "cp866"}
)
BYTES_MAX = 1024 * 1024
COLUMNS_MAX = 500
_PREFIX = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}", re.ASCII)
_HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)


class BadMapping(Refused):
    """A mapping that cannot be used, and what is wrong with it."""

    def __init__(self, what: str) -> None:
        super().__init__(Refusal.BAD_MAPPING)
        self.what = what


class ColumnMap(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One column: by its header, or by its number from 1."""

    to: str
    header: str = ""
    at: int = 0
    kind: Literal["", "biin"] = ""
    """`biin`: a BIN or IIN; zeros that a spreadsheet took from its front are put back."""
    format: str | list[str] = ""
    """Of a date, as `%d.%m.%Y %H:%M`; without, ISO 8601."""
    zone: str = ""
    hour: str = ""
    """Which hour a date without one means; without it, the day has no hour."""
    decimal: Literal["", ".", ","] = ""
    grouping: Literal["", ".", ",", "'"] = ""
    """Between thousands; blanks may always stand there."""
    without: list[str] = []
    """Words beside a number that say nothing, as a currency's sign."""
    values: dict[str, str] = {}
    optional: bool = False
    """The file may lack this column."""

    def place(self) -> Place:
        return PLACES[self.to]

    def named(self) -> str:
        return self.header or f"#{self.at}"


class Constant(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A value that holds for every row."""

    to: str
    value: str


class Mapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one kind of file is read."""

    prefix: str
    key: list[str]
    column: list[ColumnMap]
    constant: list[Constant] = []
    encoding: str = ""
    separator: str = ""
    quote: Literal["", '"', "'"] = '"'
    sheet: str | int = 1
    header_row: int = 1
    """The row with the names of the columns; 0 for none."""
    first_row: int = 0
    """The first row of data; without, the one after the header."""
    zone: str = ""
    format: str | list[str] = ""
    decimal: Literal[".", ","] = "."
    grouping: Literal["", ".", ",", "'"] = ""
    empty: tuple[str, ...] = ("-", "–", "—")
    """Words for nothing."""

    def begin(self) -> int:
        return self.first_row or self.header_row + 1

    def spelt(self, column: ColumnMap) -> ColumnMap:
        """A column with what holds for all of them."""
        return msgspec.structs.replace(
            column,
            zone=column.zone or self.zone,
            format=column.format or self.format,
            decimal=column.decimal or self.decimal,
            grouping=column.grouping or self.grouping,
        )


def read_mapping(text: bytes) -> Mapping:
    """A mapping out of TOML. Raises BadMapping with what is wrong."""
    if len(text) > BYTES_MAX:
        raise BadMapping("the mapping is too large")
    try:
        found = msgspec.convert(tomllib.loads(text.decode("utf-8-sig")), Mapping)
    except UnicodeDecodeError as error:
        raise BadMapping("the mapping is not in UTF-8") from error
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, RecursionError) as error:
        raise BadMapping(str(error)) from error
    _check(found)
    return msgspec.structs.replace(found, column=[found.spelt(one) for one in found.column])


def _check(mapping: Mapping) -> None:
    _check_file(mapping)
    if not _PREFIX.fullmatch(mapping.prefix):
        raise BadMapping("prefix: small letters, digits, - and _ only, forty at most")
    if not mapping.key or not mapping.column:
        raise BadMapping("key and column: at least one each")
    if len(mapping.column) > COLUMNS_MAX:
        raise BadMapping(f"column: {COLUMNS_MAX} at most")
    _check_targets(mapping)


def _check_file(mapping: Mapping) -> None:
    if mapping.encoding.lower() not in ENCODINGS:
        known = ", ".join(sorted(ENCODINGS - {""}))
        raise BadMapping(f"encoding: one of {known}")
    if mapping.separator and (len(mapping.separator) != 1 or mapping.separator in '"\r\n'):
        raise BadMapping("separator: one character")
    if mapping.header_row < 0 or mapping.begin() <= mapping.header_row:
        raise BadMapping("first_row: after header_row")


def _check_targets(mapping: Mapping) -> None:
    targets = set()
    for column in mapping.column:
        _check_column(mapping.spelt(column))
        if column.to in targets and column.place().read is not values.texts:
            raise BadMapping(f"{column.named()}: two columns go to {column.to}")
        targets.add(column.to)
    for constant in mapping.constant:
        _check_path(constant.to, "constant")
        if constant.to in targets:
            raise BadMapping(f"constant: a column goes to {constant.to} already")
        targets.add(constant.to)
        if constant.to in CODES and constant.value not in CODES[constant.to]:
            raise BadMapping(f"constant: {constant.to} has no code {constant.value}")


def _check_column(column: ColumnMap) -> None:
    if bool(column.header.strip()) == bool(column.at) or column.at < 0:
        raise BadMapping(f"{column.to}: header, or at from 1")
    _check_path(column.to, column.named())
    _check_manner(column)
    for code in column.values.values():
        if column.to in CODES and code not in CODES[column.to]:
            raise BadMapping(f"{column.named()}: {column.to} has no code {code}")


def _check_manner(column: ColumnMap) -> None:
    if column.kind == "biin" and not column.to.endswith("identifier.id"):
        raise BadMapping(f"{column.named()}: kind = biin goes to an identifier.id only")
    if column.hour and not (_HOUR.fullmatch(column.hour) and column.zone):
        raise BadMapping(f"{column.named()}: hour as 18:00, with a zone")
    if column.decimal == column.grouping:
        raise BadMapping(f"{column.named()}: decimal and grouping are the same")
    if column.zone:
        try:
            ZoneInfo(column.zone)
        except (OSError, ValueError, LookupError) as error:
            raise BadMapping(f"{column.named()}: no such zone: {column.zone}") from error


def _check_path(path: str, named: str) -> None:
    if path not in PLACES:
        near = difflib.get_close_matches(path, PLACES, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise BadMapping(f"{named}: our tables have no place for {path}{hint}")
