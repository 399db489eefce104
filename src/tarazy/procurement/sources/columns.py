# SPDX-License-Identifier: EUPL-1.2
"""Rows of leaves as published -> typed Arrow columns; a leaf that cannot be kept is counted.

A table is declared by its columns and the paths that fill them. Whole columns are converted at
once: an import spends most of its time here.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tarazy.procurement.sources import values
from tarazy.procurement.sources.interface import (
    AMOUNT,
    COUNT,
    FLAG,
    MOMENT,
    RELEASE,
    TEXT,
    TEXTS,
    Account,
)

_TYPES: dict[values.Reader, pa.DataType] = {
    values.text: TEXT,
    values.amount: AMOUNT,
    values.count: COUNT,
    values.flag: FLAG,
    values.texts: TEXTS,
    values.telephone: TEXT,
    values.email: TEXT,
    values.folded: TEXT,
}


@dataclass(frozen=True, slots=True)
class Column:
    """`path` is the OCDS path below the object that the table's row stands for."""

    name: str
    path: str
    read: values.Reader = values.text
    sealed: bool = False
    """Kept as a salted hash only, to be compared (`sealing`)."""

    def fields(self) -> list[pa.Field]:
        if self.read is values.moment:
            return [pa.field(f"{self.name}_at", MOMENT), pa.field(f"{self.name}_published", TEXT)]
        return [pa.field(self.name, _TYPES[self.read])]

    def attribute(self) -> str:
        return snake(self.path)


def snake(path: str) -> str:
    """A path of OCDS as one of attributes."""
    return re.sub("[A-Z]+", lambda found: f"_{found[0].lower()}", path)


class Rows:
    """Rows of one table under way. `leaves` picks the published leaves out of an object."""

    def __init__(self, shape: "Shape") -> None:
        self._shape = shape
        self.positions: list[int] = []
        self.roots: list[str] = []
        self._rows: list[tuple[Any, ...]] = []

    def add(self, part: object, own: tuple[Any, ...], position: int, root: str = "") -> None:
        """A row: the leaves of an object, and values that are ours already."""
        self._rows.append(self._shape.leaves(part) + own)
        self.positions.append(position)
        self.roots.append(root)

    def table(self, account: Account) -> pa.Table:
        """The Arrow table; what was lost goes to the account."""
        return self._shape.table(self._rows, Where(account, self.positions, self.roots))


@dataclass(frozen=True, slots=True)
class Where:
    """To which line and which object each row belongs, for the account of what was lost."""

    account: Account
    positions: Sequence[int]
    roots: Sequence[str]

    def lose(self, row: int, path: str) -> None:
        self.account.lose(f"{self.roots[row]}.{path}".strip("."), self.positions[row])


@dataclass(frozen=True, slots=True)
class Root:
    """Where in a release the objects of a table stand: a list, or a list in each of a list."""

    part: str
    """What the rows of this root are of, in their column `part`."""
    path: str
    of: str = ""
    """The outer list; the id of its objects is in the column `part_id`."""

    def whole(self) -> str:
        return f"{self.of}.{self.path}".strip(".")

    def objects(self, release: object) -> list[tuple[Any, Any]]:
        """(object of the outer list or None, object) of a release."""
        owners = attrgetter(snake(self.of))(release) if self.of else [None]
        inner = attrgetter(snake(self.path))
        return [
            (owner, one) for owner in owners for one in inner(release if owner is None else owner)
        ]


class Shape:
    """The columns of a table: those with paths, then our own, which need no reading."""

    def __init__(self, *columns: Column, **own: pa.DataType) -> None:
        self.columns = columns
        self.leaves: Callable[[object], tuple[Any, ...]] = attrgetter(
            *(column.attribute() for column in columns)
        )
        self._own = [pa.field(name, kind) for name, kind in own.items()]
        fields = [field for column in columns for field in column.fields()]
        key = [pa.field("ocid", TEXT)]
        self.schema = pa.schema(key + fields + self._own)
        self.sealed = [column.name for column in columns if column.sealed]
        self.staged = self.schema.insert(0, RELEASE)

    def table(self, rows: list[tuple[Any, ...]], where: Where) -> pa.Table:
        width = len(self.columns) + len(self._own) + 2
        raw = list(zip(*rows, strict=True)) if rows else [()] * width
        read: list[pa.Array] = []
        for column, leaves in zip(self.columns, raw, strict=False):
            read += converted(column, leaves, where)
        release, ocid, *own = raw[len(self.columns) :]
        key = [pa.array(release, RELEASE.type), pa.array(ocid, TEXT)]
        ours = [pa.array(leaves, field.type) for leaves, field in zip(own, self._own, strict=True)]
        return pa.table(key + read + ours, schema=self.staged)


def converted(column: Column, leaves: Sequence[Any], where: Where) -> list[pa.Array]:
    """The Arrow columns of one of ours; what was lost goes to the account."""
    if column.read is values.text:
        return [_texts(column, leaves, where)]
    if column.read is values.texts:
        return [pa.array(leaves, TEXTS)]
    read = _read(column, leaves, where)
    if column.read is values.moment:
        at = [moment and moment[0] for moment in read]
        published = [moment and moment[1] for moment in read]
        return [pa.array(at, MOMENT), pa.array(published, TEXT)]
    return [pa.array(read, _TYPES[column.read])]


def _texts(column: Column, leaves: Sequence[Any], where: Where) -> pa.Array:
    try:
        published = pa.array(leaves, TEXT)
    except (pa.ArrowTypeError, pa.ArrowInvalid):  # some are no texts: numbers, or worse
        published = pa.array(_read(column, leaves, where), TEXT)
    trimmed = pc.call_function("utf8_trim_whitespace", [published])
    empty = pc.call_function("equal", [trimmed, pa.scalar("")])
    return pc.call_function("if_else", [empty, pa.scalar(None, TEXT), trimmed])


def _read(column: Column, leaves: Sequence[Any], where: Where) -> list[Any]:
    read = [None if leaf is None or leaf == "" else column.read(leaf) for leaf in leaves]
    if read.count(None) != leaves.count(None) + leaves.count(""):
        for row, (leaf, kept) in enumerate(zip(leaves, read, strict=True)):
            if kept is None and leaf is not None and leaf != "":
                where.lose(row, column.path)
    return read
