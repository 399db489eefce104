# SPDX-License-Identifier: EUPL-1.2
"""Which rows of a list of the pages the filters mean: found in narrow columns, then read by number.

A list is sorted already, so that the number of a row is its rank. Whole rows are read of the one
page only: those of a country, compared with each other, would take a second.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from tarazy.procurement import listing

OCIDS_MAX = 1_000  # that begin or end like a text; where more do, each row is looked at
HIGHEST = chr(0x10FFFF)  # sorts after every text that begins like another


@dataclass(frozen=True, slots=True)
class Part:
    """A condition of SQL and its parameters."""

    sql: str
    values: list[Any]


def whole(parts: list[Part]) -> Part:
    """All of these together."""
    sql = " AND ".join(f"({part.sql})" for part in parts) or "true"
    return Part(sql, [value for part in parts for value in part.values])


def of_buyers(reader: duckdb.DuckDBPyConnection, pages: Path, text: str) -> tuple[Part, bool]:
    """The rows of the buyer with this id, and of those with this in one of their names.

    And whether that is one buyer, whose rows stand together in the list that is buyer by buyer.
    """
    reader.execute(
        "CREATE TEMP TABLE meant AS SELECT DISTINCT buyer_id FROM read_parquet($file)"
        " WHERE buyer_id = $text OR contains(words, lower($text))",
        {"file": str(pages / listing.BUYERS), "text": text},
    )
    meant = reader.execute("FROM meant LIMIT 2").fetchall()
    if len(meant) == 1:
        [(buyer,)] = meant
        names = reader.execute(
            "SELECT DISTINCT buyer_name FROM read_parquet(?) WHERE buyer_id = ?",
            [str(pages / listing.BUYERS), buyer],
        ).fetchall()  # by which the list is sorted
        named = ", ".join("?" * len(names))
        return Part(
            f"buyer_id = ? AND buyer_name IN ({named})", [buyer, *(name for (name,) in names)]
        ), True
    return Part("buyer_id IN (FROM meant)", []), False


def with_words(reader: duckdb.DuckDBPyConnection, pages: Path, text: str) -> Part:
    """The rows with this in their title, and those whose ocid begins or ends like this."""
    told = Part("contains(words, lower(?))", [text])
    places = _places(reader, pages, text)
    if not places:
        return told
    if len(places) > OCIDS_MAX:
        return Part(f"{told.sql} OR starts_with(ocid, ?) OR ends_with(ocid, ?)", [text] * 3)
    return Part(f"{told.sql} OR place IN ({', '.join(map(str, places))})", told.values)


def numbers(
    reader: duckdb.DuckDBPyConnection, file: Path, which: Part, order: str, limits: tuple[int, int]
) -> list[int]:
    """The numbers of rows of a file in this order, (how many, after how many).

    Without an order they come as they stand, and no row is read after the last of them.
    """
    by = f" ORDER BY {order}, file_row_number" if order else ""
    query = (
        "SELECT file_row_number FROM read_parquet(?, file_row_number = true)"  # noqa: S608
        f" WHERE {which.sql}{by} LIMIT ? OFFSET ?"
    )
    found = reader.execute(query, [str(file), *which.values, *limits]).fetchall()
    return [number for (number,) in found]


def page(numbers: Sequence[int], order: str) -> str:
    """A query for the rows with these numbers in this order."""
    listed = ", ".join(map(str, numbers)) or "NULL"
    by = f"{order}, file_row_number" if order else "file_row_number"
    return (
        "SELECT * EXCLUDE (file_row_number) FROM read_parquet(?, file_row_number = true)"  # noqa: S608
        f" WHERE file_row_number IN ({listed}) ORDER BY {by}"
    )


def _places(reader: duckdb.DuckDBPyConnection, pages: Path, text: str) -> list[int]:
    [(backwards,)] = reader.execute("SELECT reverse(?)", [text]).fetchall()
    found: set[int] = set()
    for name, column, begins in (
        (listing.PLACES, "ocid", text),
        (listing.ENDINGS, "ending", backwards),
    ):
        rows = reader.execute(
            f"SELECT place FROM read_parquet(?) WHERE {column} >= ? AND {column} < ? LIMIT ?",  # noqa: S608
            [str(pages / name), begins, begins + HIGHEST, OCIDS_MAX + 1],
        )
        found.update(place for (place,) in rows.fetchall())
    return sorted(found)
