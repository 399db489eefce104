# SPDX-License-Identifier: EUPL-1.2
"""A table as a list of columns with the paths that fill them, and the machine that fills a row."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import pyarrow as pa

from tarazy.procurement.sources import values
from tarazy.procurement.sources.interface import AMOUNT, COUNT, MOMENT, TEXT

Lose = Callable[[str], None]
"""Told the OCDS path of a value that was published and could not be kept."""

_NOTHING: dict[str, Any] = {}
_NO_MOMENT = (None, None)
_TYPES: dict[values.Reader, pa.DataType] = {
    values.text: TEXT,
    values.amount: AMOUNT,
    values.count: COUNT,
}


@dataclass(frozen=True, slots=True)
class Column:
    """`path` is below the object that the table's row stands for, with dots."""

    name: str
    path: str
    read: values.Reader = values.text


class _Place(NamedTuple):
    """Where a column's value stands: below which object, under which key, at which full path."""

    column: Column
    parent: int
    key: str
    path: str


class Shape:
    """Compiled once: each object on the way to a value is looked up once a row.

    The columns come out in the order texts, other values, moments: three tight loops, since an
    import spends most of its time here. `fields` names them in that order.
    """

    def __init__(self, root: str, *columns: Column) -> None:
        self._root = root
        self._parents: list[tuple[int, str, str]] = []
        self.fields: list[pa.Field] = []
        prefixes = {"": 0}
        self._texts: list[_Place] = []
        self._others: list[_Place] = []
        self._moments: list[_Place] = []
        groups: dict[values.Reader, list[_Place]] = {
            values.text: self._texts,
            values.moment: self._moments,
        }
        for column in columns:
            parent, _, key = column.path.rpartition(".")
            at = self._parent(prefixes, parent)
            group = groups.get(column.read, self._others)
            group.append(_Place(column, at, key, self._full(column.path)))
        for place in (*self._texts, *self._others, *self._moments):
            self.fields += _fields(place.column)

    def _full(self, path: str) -> str:
        return f"{self._root}.{path}".strip(".")

    def _parent(self, prefixes: dict[str, int], path: str) -> int:
        if path not in prefixes:
            above, _, key = path.rpartition(".")
            self._parents.append((self._parent(prefixes, above), key, self._full(path)))
            prefixes[path] = len(prefixes)
        return prefixes[path]

    def _objects(self, node: dict[str, Any], lose: Lose) -> list[dict[str, Any]]:
        objects = [node]
        for above, key, path in self._parents:
            inner = objects[above].get(key)
            if inner.__class__ is not dict:
                if inner is not None:
                    lose(path)
                inner = _NOTHING
            objects.append(inner)
        return objects

    def row(self, node: dict[str, Any], lose: Lose) -> list[Any]:
        """The values of the columns; two for a moment. What cannot be kept is told to `lose`."""
        objects = self._objects(node, lose)
        row: list[Any] = []
        for _, parent, key, path in self._texts:
            value = objects[parent].get(key)
            if value.__class__ is str:
                value = value.strip() or None
            elif value is not None:
                value = _kept(values.text, value, path, lose)
            row.append(value)
        for column, parent, key, path in self._others:
            row.append(_kept(column.read, objects[parent].get(key), path, lose))
        for column, parent, key, path in self._moments:
            row += _kept(column.read, objects[parent].get(key), path, lose) or _NO_MOMENT
        return row


def _kept(read: values.Reader, value: Any, path: str, lose: Lose) -> Any:
    if value is None or value == "":
        return None
    kept = read(value)
    if kept is None:
        lose(path)
    return kept


def _fields(column: Column) -> list[pa.Field]:
    if column.read is values.moment:
        return [
            pa.field(f"{column.name}_at", MOMENT),
            pa.field(f"{column.name}_published", TEXT),
        ]
    return [pa.field(column.name, _TYPES[column.read])]


def objects_in(value: Any, path: str, lose: Lose) -> list[dict[str, Any]]:
    """The objects of a list; whatever else stands there is counted as lost."""
    if value.__class__ is not list:
        if value is not None:
            lose(path)
        return []
    found = [one for one in value if one.__class__ is dict]
    for _ in range(sum(1 for one in value if one is not None) - len(found)):
        lose(path)
    return found


def texts_in(value: Any, path: str, lose: Lose) -> list[str]:
    """The texts of a list, or a text that stands alone where a list belongs."""
    if value is None or value == "":
        return []
    found = []
    for one in value if value.__class__ is list else [value]:
        readable = values.text(one)
        if readable:
            found.append(readable)
        elif one is not None and one != "":
            lose(path)
    return found
