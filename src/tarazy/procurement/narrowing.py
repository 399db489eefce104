# SPDX-License-Identifier: EUPL-1.2
"""Which rows of a list of the pages the filters mean: found in narrow columns, then read by number.

A list is sorted already, so that the number of a row is its rank. Whole rows are read of the one
page only: those of a country, compared with each other, would take a second.

Answers of one indicator about processes with certain words are found in the same way: the places of
these processes, in the order that is asked for, then their answers, then the rows of one page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from tarazy.procurement import listing
from tarazy.procurement.store import BaseRate

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


def count_answers(
    reader: duckdb.DuckDBPyConnection,
    of: tuple[Path, BaseRate],
    among: tuple[Path, Part],
    answer: str,
    steps: Sequence[int],
) -> int:
    """How many such answers an indicator gives about the processes that are meant, as far as asked.

    `of` is the folder of a run and the indicator, not one about organisations; `among` a list of
    all processes and which are meant. The first of them are looked at, then more, by `steps`, of
    which the first is how many answers are counted: once there are more, the others need not be
    looked at. `answered` has them.
    """
    lists, rate = of
    found = 0
    for most in (*steps, None):
        every = _choose(reader, *among, most)
        [span] = reader.execute("SELECT min(place), max(place) FROM chosen").fetchall()
        listing.show(reader, lists, [rate], [span if span[0] is not None else (0, 0)])
        whoever = "JOIN" if rate.usual is None else "LEFT JOIN"  # who has no row has that answer
        reader.execute(
            "CREATE OR REPLACE TEMP TABLE answered AS SELECT rank"  # noqa: S608
            f" FROM chosen {whoever} (SELECT place, raised FROM rows"
            f" WHERE place IN (SELECT place FROM chosen)) USING (place) WHERE {answer}"
        )
        [(found,)] = reader.execute("SELECT count(*) FROM answered").fetchall()
        if every or found > steps[0]:
            break
    return int(found)


def page_of_answers(
    reader: duckdb.DuckDBPyConnection, rate: BaseRate, file: Path, limits: tuple[int, int]
) -> int:
    """After `count_answers`: show what the page has; how many rows of it come before its first.

    A process may have answers on several pages. Its processes, all of them, and their answers are
    in the views of `listing` then.
    """
    listed = reader.execute("SELECT rank FROM answered ORDER BY rank LIMIT ? OFFSET ?", limits)
    ranks = sorted({rank for (rank,) in listed.fetchall()})
    reader.execute(f"CREATE OR REPLACE TEMP TABLE chosen AS {page(ranks, '')}", [str(file)])
    listing.narrow(reader, [rate])
    [(before,)] = reader.execute(
        "SELECT count(*) FROM answered WHERE rank < ?", [ranks[0] if ranks else 0]
    ).fetchall()
    return limits[1] - int(before)


def _choose(reader: duckdb.DuckDBPyConnection, file: Path, which: Part, most: int | None) -> bool:
    """Put the places of the first rows that are meant into `chosen`; whether these are all."""
    limit = "" if most is None else f" LIMIT {most + 1:d}"
    reader.execute(
        "CREATE OR REPLACE TEMP TABLE chosen AS SELECT place, file_row_number AS rank"  # noqa: S608
        f" FROM read_parquet(?, file_row_number = true) WHERE {which.sql}{limit}",
        [str(file), *which.values],
    )
    [(count,)] = reader.execute("SELECT count(*) FROM chosen").fetchall()
    return most is None or int(count) <= most


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
