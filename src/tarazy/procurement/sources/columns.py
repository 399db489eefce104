# SPDX-License-Identifier: EUPL-1.2
"""Leaves as published -> typed Arrow columns; a leaf that cannot be kept is counted.

A table is declared by its columns and the paths that fill them. Leaves are gathered in short runs,
while they are near the processor, and finished by Arrow, a whole column at once, with the answers
of `values`. What is of an unusual kind is read there, leaf by leaf.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tarazy.procurement.refusals import Refusal
from tarazy.procurement.sources import values
from tarazy.procurement.sources.interface import (
    AMOUNT,
    COUNT,
    FLAG,
    MOMENT,
    POSITIONS_KEPT_MAX,
    RELEASE,
    TEXT,
    TEXTS,
    Account,
)

_TYPES: dict[values.Reader, pa.DataType] = {
    values.text: TEXT,
    values.amount: AMOUNT,
    values.share: AMOUNT,
    values.count: COUNT,
    values.flag: FLAG,
    values.given: FLAG,
    values.texts: TEXTS,
    values.telephone: TEXT,
    values.email: TEXT,
    values.folded: TEXT,
}
# What Arrow's own cast reads as `values.moment` does; any other text is read there.
_PLAIN_MOMENT = pc.MatchSubstringOptions(
    r"^(19|20)\d\d-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-](0\d|1[0-4]):?[0-5]\d)$"
)
# The same of `values.amount`: nineteen places before the point, since rounding may give one more
# and Arrow makes nothing of what it has no room for, and eighteen after it.
_PLAIN_AMOUNT = pc.MatchSubstringOptions(
    r"^-?(\d{1,19}(\.\d{0,18})?|\d{1,10}(\.\d{1,18})?[eE]\+?\d)$"
)
_WIDE = pa.decimal128(38, 18)
_EIGHT_PLACES = pc.RoundOptions(8, "half_to_even")
# Made without `pa.scalar`, which imports pandas to ask whether a value is of it.
_NO_TEXT = pa.nulls(1, TEXT)[0]
_ZERO = pa.Array.from_buffers(AMOUNT, 1, [None, pa.py_buffer(bytes(16))])[0]
_EMPTY = pa.StringArray.from_buffers(1, pa.py_buffer(bytes(8)), pa.py_buffer(b""))[0]

Leaves = Sequence[Any]
Rows = np.ndarray[Any, np.dtype[np.int64]]
Arrays = list[pa.Array]


@dataclass(frozen=True, slots=True)
class Column:
    """`path` is the OCDS path below the object that the table's row stands for."""

    name: str
    path: str
    read: values.Reader = values.text
    sealed: bool = False
    """Kept as a salted hash only, to be compared (`sealing`)."""
    told: bool = True
    """Whether the account is told what of it cannot be kept."""

    def fields(self) -> list[pa.Field]:
        if self.read is values.moment:
            return [pa.field(f"{self.name}_at", MOMENT), pa.field(f"{self.name}_published", TEXT)]
        return [pa.field(self.name, _TYPES[self.read])]

    def is_money(self) -> bool:
        """Whether it is the amount of a price; quantities are amounts, too."""
        return self.read is values.amount and self.path.endswith("amount")


@dataclass(frozen=True, slots=True)
class Where:
    """At which line and in which object the leaves stand, for the account of what was lost."""

    account: Account
    root: str
    positions: Sequence[int]
    """The line of each release."""
    of: Rows
    """Of which release each leaf is."""

    def lose(self, row: int, column: Column) -> None:
        if column.told:
            path = f"{self.root}.{column.path}".strip(".")
            self.account.lose(path, self.positions[self.of[row]])

    def note(self, why: Refusal, column: Column, mask: pa.Array) -> None:
        """Tell the account of leaves that are odd, and kept."""
        rows = call("indices_nonzero", mask).to_numpy()
        first = np.unique(self.of[rows])[:POSITIONS_KEPT_MAX]
        path = f"{self.root}.{column.path}".strip(".")
        self.account.note(why, path, len(rows), [self.positions[one] for one in first])

    def only(self, rows: pa.Array) -> "Where":
        """The same of some of the leaves."""
        return replace(self, of=self.of[rows.to_numpy()])


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


class Shape:
    """The columns of a table: those with paths, then our own, which need no reading."""

    def __init__(self, *columns: Column, **own: pa.DataType) -> None:
        self.columns = columns
        fields = [field for column in columns for field in column.fields()]
        ours = [pa.field(name, kind) for name, kind in own.items()]
        self.schema = pa.schema([pa.field("ocid", TEXT), *fields, *ours])
        self.sealed = [column.name for column in columns if column.sealed]
        self.staged = self.schema.insert(0, RELEASE)

    @cached_property
    def empty(self) -> pa.Table:
        """The staged table without rows."""
        return self.staged.empty_table()


@cache
def snake(path: str) -> str:
    """A path of OCDS as one of attributes."""
    return re.sub("[A-Z]+", lambda found: f"_{found[0].lower()}", path)


def call(name: str, *arguments: Any, options: Any = None) -> Any:
    """An Arrow kernel by its name."""
    return pc.call_function(name, list(arguments), options)


class Gathered:
    """What is at a path, run after run; where nothing is there, nothing is kept of a run."""

    def __init__(self, column: Column) -> None:
        self._column = column
        self._runs: list[pa.Array] = []
        self._length = 0

    def add(self, leaves: Leaves, before: int, where: Where) -> None:
        """A run of leaves, before which there were so many; texts and moments as published."""
        if leaves[0] is None and leaves.count(None) == len(leaves):
            return
        try:
            run = _GATHER.get(self._column.read, _singly)(self._column, leaves, where)
        except (pa.ArrowTypeError, pa.ArrowInvalid, OverflowError):
            # Something is of another kind, or out of bounds.
            run = _singly(self._column, leaves, where)
        if run is not None:
            self._fill(before)
            self._runs.append(run)
            self._length += len(leaves)

    def whole(self, length: int) -> pa.Array:
        """All of it: so many leaves."""
        self._fill(length)
        return pa.concat_arrays(self._runs)

    def _fill(self, length: int) -> None:
        if length > self._length or not self._runs:
            self._runs.append(_nothing(self._column, length - self._length))
            self._length = length


def _nothing(column: Column, length: int) -> pa.Array:
    if column.read is values.texts:
        return listed(np.zeros(length, int), ())
    return pa.nulls(length, TEXT if column.read is values.moment else _TYPES[column.read])


def finished(column: Column, whole: pa.Array, where: Where) -> Arrays:
    """The columns of a table, out of all that was gathered."""
    if column.read is values.moment:
        at, published = _moments(column, whole, where)
        if at.null_count > published.null_count:
            unzoned = call("and", call("is_null", at), call("is_valid", published))
            where.note(Refusal.NOTE_NO_ZONE, column, unzoned)
        return [at, published]
    if column.is_money() and whole.null_count < len(whole):
        low = call("less_equal", whole, _ZERO)
        if call("any", low).as_py():
            where.note(Refusal.NOTE_NOT_POSITIVE, column, low)
    if column.read is values.text and whole.null_count < len(whole):
        return [filled(whole)]
    return [whole]


def filled(published: pa.Array) -> pa.Array:
    """Texts without the blanks around them; an empty one is none."""
    trimmed = call("utf8_trim_whitespace", published)
    if call("min", call("binary_length", trimmed)).as_py() != 0:
        return trimmed
    return call("if_else", call("equal", trimmed, _EMPTY), _NO_TEXT, trimmed)


def lengths(lists: Leaves) -> Rows:
    """How many things are in each list."""
    return np.fromiter(map(len, lists), np.int64, len(lists))


def listed(lengths: Rows, flat: Leaves | pa.Array) -> pa.ListArray:
    """Lists of these lengths, cut out of one of texts."""
    offsets = np.zeros(len(lengths) + 1, np.int32)
    np.cumsum(lengths, out=offsets[1:])
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(flat, TEXT), type=TEXTS)


def _lists(_column: Column, lists: Leaves, _where: Where) -> pa.Array | None:
    """Without blanks around the texts, and without empty ones, as `release` has them."""
    if not any(lists):
        return None
    whole = pa.array(lists, TEXTS)
    texts = filled(whole.values)
    if not texts.null_count:
        return pa.ListArray.from_arrays(whole.offsets, texts, type=TEXTS)
    kept = call("is_valid", texts)
    owners = np.repeat(np.arange(len(lists)), lengths(lists))[kept.to_numpy(zero_copy_only=False)]
    return listed(np.bincount(owners, minlength=len(lists)), texts.filter(kept))


def _texts(_column: Column, leaves: Leaves, _where: Where) -> pa.Array:
    return pa.array(leaves, TEXT)


def _amounts(column: Column, leaves: Leaves, where: Where) -> pa.Array:
    """Whole numbers are numbers; fractions are texts, since the decoder makes no floats."""
    kinds = set(map(type, leaves))
    if not kinds <= {int, str, type(None)}:
        raise pa.ArrowTypeError
    if str not in kinds:
        return pa.array(leaves, pa.int64()).cast(AMOUNT)
    whole = pa.array([leaf if leaf.__class__ is int else None for leaf in leaves], pa.int64())
    texts = pa.array([leaf if leaf.__class__ is str else None for leaf in leaves], TEXT)
    plain = call("match_substring_regex", texts, options=_PLAIN_AMOUNT)
    exact = call("if_else", plain, texts, _NO_TEXT).cast(_WIDE)
    rounded = call("round", exact, options=_EIGHT_PLACES).cast(AMOUNT)
    read = call("coalesce", whole.cast(AMOUNT), rounded)
    odd = _odd(plain)
    rows = call("indices_nonzero", odd)
    if not len(rows):
        return read
    some = [leaves[row] for row in rows.to_pylist()]
    return call("replace_with_mask", read, odd, _singly(column, some, where.only(rows)))


def _moments(column: Column, published: pa.Array, where: Where) -> Arrays:
    if published.null_count == len(published):
        return [pa.nulls(len(published), MOMENT), published]
    plain = call("match_substring_regex", published, options=_PLAIN_MOMENT)
    all_plain = call("all", plain).as_py()
    try:
        at = (published if all_plain else call("if_else", plain, published, _NO_TEXT)).cast(MOMENT)
        odd = _odd(plain)
    except pa.ArrowInvalid:  # the 30th of February
        odd = call("is_valid", published)
        at = pa.nulls(len(published), MOMENT)
    rows = call("indices_nonzero", odd)
    if not len(rows):
        return [at, published]
    read = _one_by_one(column, published.take(rows).to_pylist(), where.only(rows))
    moments = pa.array([moment and moment[0] for moment in read], MOMENT)
    texts = pa.array([moment and moment[1] for moment in read], TEXT)
    return [
        call("replace_with_mask", whole, odd, part)
        for whole, part in ((at, moments), (published, texts))
    ]


def _odd(plain: pa.Array) -> pa.Array:
    """Where there is something, and it is not plain."""
    return call("invert", call("coalesce", plain, pa.scalar(value=True)))


def _singly(column: Column, leaves: Leaves, where: Where) -> pa.Array:
    if column.read is values.moment:
        texts = replace(column, read=values.published)
        return pa.array(_one_by_one(texts, leaves, where), TEXT)
    return pa.array(_one_by_one(column, leaves, where), _TYPES[column.read])


def _one_by_one(column: Column, leaves: Leaves, where: Where) -> list[Any]:
    read = [None if leaf is None else column.read(leaf) for leaf in leaves]
    if read.count(None) != leaves.count(None):
        for row, (leaf, kept) in enumerate(zip(leaves, read, strict=True)):
            if kept is None and leaf is not None and leaf != "":
                where.lose(row, column)
    return read


_GATHER: dict[values.Reader, Callable[[Column, Leaves, Where], pa.Array | None]] = {
    values.text: _texts,
    values.moment: _texts,
    values.texts: _lists,
    values.amount: _amounts,
}
"""What gathers a run at once, where its leaves are of the usual kinds."""
