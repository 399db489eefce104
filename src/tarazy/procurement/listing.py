# SPDX-License-Identifier: EUPL-1.2
"""What pages list: findings with the few facts of their process by which people filter and sort.

    facts.parquet        every process, newest first; its `place` there stands for it elsewhere
    whereabouts.parquet  the place of each ocid, and the part of the tables that has it, by ocids
    raised.parquet       all that was raised with its facts, newest first
    ../CODE.parquet      the answers of one indicator in the order of places

In a file of answers a process that was not assessed for the reason that most others have, too, has
no row: the reason stands once in the base rates (`usual`). Such answers are most of all answers,
and the views here give them like any other.
"""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from tarazy.procurement.store import BaseRate, quoted

PAGES = "lists"  # of the findings' folder
FACTS = "facts.parquet"
PLACES = "whereabouts.parquet"
RAISED = "raised.parquet"
ROW_GROUP = 20_480  # small, so that a page of the newest reads few of many
FACTS_QUERY = """
SELECT ocid, title, lower(title) AS words, status, method, value_amount, value_currency,
    coalesce(buyer_id, buyer_name) AS buyer_id, coalesce(buyer_name, buyer_id) AS buyer_name,
    TRY_CAST(substr(coalesce(tender_start_published, released_published), 1, 4) AS INTEGER) AS year,
    coalesce(tender_start_at, released_at) AS happened_at
FROM contracting_process
"""
NEWEST = "happened_at DESC NULLS LAST, ocid"
COLUMNS = """code, version, subject, ocid, lot_id, raised, reason, value, evidence, party_id,
    party_name"""
# An organisation has a name for its title, and none of the facts of a process. Two parts, so that
# what is asked of the facts (a word, a buyer, a year) leaves few processes to look up.
LISTED = """
SELECT f.* EXCLUDE (party_name, place), p.*
FROM {rows} f JOIN facts p ON p.place = f.place
UNION ALL BY NAME
SELECT f.* EXCLUDE (party_name), party_name AS title, lower(party_name) AS words,
    CASE WHEN subject = 'buyer' THEN party_id END AS buyer_id,
    CASE WHEN subject = 'buyer' THEN party_name END AS buyer_name
FROM {rows} f WHERE place IS NULL
"""


def write_facts(engine: duckdb.DuckDBPyConnection, processes: Path, target: Path) -> list[int]:
    """Write the processes in their order, and give DuckDB the table `places`; which years.

    `processes` are the files of their table.
    """
    pages = target / PAGES
    pages.mkdir()
    placed = (
        f"SELECT row_number() OVER (ORDER BY {NEWEST})::INTEGER AS place, * FROM ({FACTS_QUERY})"  # noqa: S608
    )
    _copy(engine, f"{placed} ORDER BY place", pages / FACTS)
    facts = f"read_parquet({quoted(pages / FACTS)})"
    engine.execute(f"CREATE TABLE places AS SELECT ocid, place FROM {facts}")  # noqa: S608
    # a page of one process need not open a country's thousand parts
    parts = f"SELECT ocid, parse_filename(filename) AS part FROM read_parquet({quoted(processes)})"  # noqa: S608
    _copy(engine, f"FROM places JOIN ({parts}) USING (ocid) ORDER BY ocid", pages / PLACES)
    years = engine.sql(f"SELECT DISTINCT year FROM {facts} WHERE year IS NOT NULL ORDER BY 1 DESC")  # noqa: S608
    return [year for (year,) in years.fetchall()]


def write_raised(
    engine: duckdb.DuckDBPyConnection, target: Path, rates: Sequence[BaseRate]
) -> None:
    """Write what was raised, of a run whose answers lie in `target`."""
    show(engine, target, rates)
    raised = LISTED.format(rows="(FROM rows WHERE raised)")
    order = "place NULLS LAST, code, lot_id"
    _copy(engine, f"FROM ({raised}) ORDER BY {order}", target / PAGES / RAISED)


def has_lists(target: Path) -> bool:
    """False for findings of an earlier version of this program."""
    return (target / PAGES / PLACES).exists()


def show_raised(engine: duckdb.DuckDBPyConnection, target: Path) -> None:
    """Give DuckDB the view `findings` of what was raised."""
    file = quoted(target / PAGES / RAISED)
    engine.execute(f"CREATE VIEW findings AS FROM read_parquet({file})")


def show(
    engine: duckdb.DuckDBPyConnection,
    target: Path,
    rates: Sequence[BaseRate],
    last: int | None = None,
) -> None:
    """Give DuckDB the views `findings`, with facts, and `answers`, as the indicators gave them.

    Of the processes up to the place `last`, if one is given, and no organisations.
    """
    within = "" if last is None else f" WHERE place <= {last}"
    facts = f"FROM read_parquet({quoted(target / PAGES / FACTS)}){within}"
    engine.execute(f"CREATE OR REPLACE VIEW facts AS {facts}")
    engine.execute(f"CREATE OR REPLACE VIEW rows AS {_rows_of(target, rates)}{within}")
    engine.execute(f"CREATE OR REPLACE VIEW written AS {_written(rates)}")
    engine.execute(f"CREATE OR REPLACE VIEW findings AS {LISTED.format(rows='written')}")
    engine.execute(
        f"CREATE OR REPLACE VIEW answers AS SELECT {COLUMNS}"  # noqa: S608 - our own names
        " FROM written LEFT JOIN (SELECT place, ocid FROM facts) USING (place)"
    )


def written_of(rate: BaseRate, source: str) -> str:
    """The rows of a file of answers, `source`, with what its name and the base rates say of all."""
    named = f"'{rate.code}' AS code, {rate.version} AS version"
    if rate.of_organisations:
        return f"SELECT {named}, * FROM {source}"  # noqa: S608 - our own names
    subject = "CASE WHEN lot_id IS NULL THEN 'process' ELSE 'lot' END AS subject"
    nobody = "NULL::VARCHAR AS party_id, NULL::VARCHAR AS party_name"
    return f"SELECT {named}, {subject}, *, {nobody} FROM {source}"  # noqa: S608


def place_of(reader: duckdb.DuckDBPyConnection, target: Path, ocid: str) -> tuple[int, str] | None:
    """The place of a process and the name of its part; None where the run did not know it."""
    file = quoted(target / PAGES / PLACES)
    found = reader.execute(
        f"SELECT place, part FROM read_parquet({file}) WHERE ocid = ?",  # noqa: S608
        [ocid],
    )
    return next(iter(found.fetchall()), None)


def answers_at(target: Path, rates: Sequence[BaseRate]) -> str:
    """A query for the written answers about the process at a place, its one parameter so far."""
    return f"FROM ({_rows_of(target, rates)}) WHERE place = $1"


def _rows_of(target: Path, rates: Sequence[BaseRate]) -> str:
    """All rows of the files of answers; one scan, since eighty at once would fill the memory."""
    files = ", ".join(quoted(target / f"{rate.code}.parquet") for rate in rates)
    known = ", ".join(f"('{rate.code}', {rate.version})" for rate in rates)
    found = {
        name: f"f.{name}" if any(rate.of_organisations for rate in rates) else "NULL::VARCHAR"
        for name in ("subject", "party_id", "party_name")
    }
    usual = "CASE WHEN lot_id IS NULL THEN 'process' ELSE 'lot' END"
    return (
        f"SELECT code, version, coalesce({found['subject']}, {usual}) AS subject, place, lot_id,"  # noqa: S608
        f" raised, reason, value, evidence, {found['party_id']} AS party_id,"
        f" {found['party_name']} AS party_name"
        f" FROM read_parquet([{files}], union_by_name = true, filename = 'file') f"
        f" JOIN (VALUES {known}) known(code, version) ON code = parse_filename(file, true)"
    )


def _written(rates: Sequence[BaseRate]) -> str:
    """The rows, and what has none: all processes of an indicator that are not among its rows."""
    usual = ", ".join(
        "('{}', {}, '{}')".format(rate.code, rate.version, rate.usual.replace("'", "''"))
        for rate in rates
        if rate.usual is not None
    )
    if not usual:
        return "FROM rows"
    return (
        "FROM rows UNION ALL BY NAME"  # noqa: S608 - our own names and words
        " SELECT code, version, 'process' AS subject, place, reason"
        f" FROM facts CROSS JOIN (VALUES {usual}) usual(code, version, reason)"
        " ANTI JOIN rows USING (code, place)"
    )


def _copy(engine: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    engine.execute(
        f"COPY ({query}) TO {quoted(path)}"
        f" (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
    )
