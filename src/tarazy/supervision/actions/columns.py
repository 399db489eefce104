# SPDX-License-Identifier: EUPL-1.2
"""Write rows of one table a column at a time: several times faster than a value at a time."""

from collections.abc import Collection, Sequence
from typing import Any

import msgspec
from django.db import connection, models

NUMBERS = ("bigint", "integer", "double precision")


def write(rows: Sequence[models.Model], unique: Collection[str] = ()) -> None:
    """Insert rows, or write over those that are alike in the `unique` columns."""
    if not rows:
        return
    table = type(rows[0])._meta
    fields = [
        one for one in table.local_concrete_fields if rows[0].pk is not None or one is not table.pk
    ]
    names = [connection.ops.quote_name(str(one.column)) for one in fields]
    # Without lengths: a cast would cut what is too long, and the table refuses it.
    kinds = [(one.db_type(connection) or "").partition("(")[0] for one in fields]
    columns = [
        _array(kind, [getattr(row, one.attname) for row in rows])
        for one, kind in zip(fields, kinds, strict=True)
    ]
    told = ", ".join("%s::text[]" if kind == "jsonb" else f"%s::{kind}[]" for kind in kinds)
    taken = ", ".join(
        f"one.{name}::jsonb" if kind == "jsonb" else f"one.{name}"
        for name, kind in zip(names, kinds, strict=True)
    )
    query = (  # names of our own tables and columns
        f"INSERT INTO {table.db_table} ({', '.join(names)}) SELECT {taken}"  # noqa: S608
        f" FROM unnest({told}) AS one ({', '.join(names)})"
    )
    if unique:
        over = (
            f"{name} = excluded.{name}"
            for one, name in zip(fields, names, strict=True)
            if one.column not in unique
        )
        query += f" ON CONFLICT ({', '.join(unique)}) DO UPDATE SET {', '.join(over)}"
    with connection.cursor() as cursor:
        cursor.execute(query, columns)


def _array(kind: str, values: Sequence[Any]) -> Any:
    """A column as one text: several times faster than a value at a time."""
    if kind in NUMBERS:
        told = ("NULL" if one is None else str(one) for one in values)
    elif kind == "timestamp with time zone":
        told = ("NULL" if one is None else f'"{one.isoformat()}"' for one in values)
    elif kind == "jsonb":
        told = (
            "NULL" if one is None else _quoted(msgspec.json.encode(one).decode()) for one in values
        )
    else:
        return list(values)
    return "{" + ",".join(told) + "}"


def _quoted(text: str) -> str:
    text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
