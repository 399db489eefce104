# SPDX-License-Identifier: EUPL-1.2
"""What pages list: findings with the few facts of their process by which people filter and sort.

    facts.parquet        every process, newest first; its `place` there stands for it elsewhere
    whereabouts.parquet  the place of each ocid, and the part of the tables that has it, by ocids
    endings.parquet      the place of each ocid, by ocids read backwards
    raised.parquet       all that was raised with its facts, newest first
    largest.parquet      every process once more, the largest first
    by_buyer.parquet     and by the name of its buyer
    buyers.parquet       the names of each buyer
    of_buyers/…          raised.parquet and that of `ranking` once more, buyer by buyer
    ../CODE.parquet      the answers of an indicator whose subjects are organisations
    ../0/CODE.parquet    those of another of the first processes, in the order of places; ../1 has
                         those after them, and so on, so that a page of one process opens small
                         files however many there are

In a file of answers a process that was not assessed for the reason that most others have, too, has
no row: the reason stands once in the base rates (`usual`). Such answers are most of all answers,
and the views here give them like any other.
"""

import os
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from tarazy.procurement.prepared import Prepared
from tarazy.procurement.store import BaseRate, quoted

PAGES = "lists"  # of the findings' folder
FACTS = "facts.parquet"
PLACES = "whereabouts.parquet"
ENDINGS = "endings.parquet"
RAISED = "raised.parquet"
LARGEST = "largest.parquet"
BY_BUYER = "by_buyer.parquet"
BUYERS = "buyers.parquet"
OF_BUYERS = "of_buyers"
STRETCH = 1 << 20  # processes whose answers are in one file
Span = tuple[int, int]
"""The first and the last of some places that stand together."""
SPANS_MAX = 100  # in which all years stand
ROW_GROUP = 20_480  # small, so that a page of the newest reads few of many
# zstd's third level, DuckDB's own choice, takes up to a fifth longer and saves 0.3 % of the files
PACKED = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1"
FACTS_QUERY = """
SELECT ocid, title, lower(title) AS words, status, method, value_amount, value_currency,
    coalesce(buyer_id, buyer_name) AS buyer_id, coalesce(buyer_name, buyer_id) AS buyer_name,
    TRY_CAST(substr(coalesce(tender_start_published, released_published), 1, 4) AS INTEGER) AS year,
    coalesce(tender_start_at, released_at) AS happened_at
FROM contracting_process
"""
NEWEST = "happened_at DESC NULLS LAST, ocid"
ORDERS = {
    LARGEST: "value_amount DESC NULLS LAST, place NULLS LAST",
    BY_BUYER: "buyer_name NULLS LAST, buyer_id NULLS LAST, place NULLS LAST",
}
COLUMNS = """code, version, subject, ocid, lot_id, raised, reason, value, evidence, party_id,
    party_name"""
# An organisation has a name for its title, and none of the facts of a process. Two parts, so that
# what is asked of the facts (a word, a buyer, a year) leaves few processes to look up. The evidence
# about a process is on its own page, that about an organisation in the list; to read it takes
# longer than all the rest.
LISTED = """
SELECT f.* EXCLUDE (party_name, place, evidence), p.*
FROM {rows} f JOIN facts p ON p.place = f.place
UNION ALL BY NAME
SELECT f.* EXCLUDE (party_name), party_name AS title, lower(party_name) AS words,
    CASE WHEN subject = 'buyer' THEN party_id END AS buyer_id,
    CASE WHEN subject = 'buyer' THEN coalesce(party_name, party_id) END AS buyer_name
FROM {rows} f WHERE place IS NULL
"""


def write_facts(
    engine: duckdb.DuckDBPyConnection, kept: Prepared, processes: Path, target: Path
) -> dict[int, list[Span]]:
    """Put the processes in their order into the folder of a run; where those of each year stand.

    The newest year comes first. `processes` are the files of their table.
    """
    placed = (
        f"SELECT row_number() OVER (ORDER BY {NEWEST})::INTEGER AS place, * FROM ({FACTS_QUERY})"  # noqa: S608
    )
    facts = kept.make(FACTS, partial(_copy, engine, f"{placed} ORDER BY place"))
    source = f"read_parquet({quoted(facts)})"
    # a page of one process need not open a country's thousand parts
    parts = f"SELECT ocid, parse_filename(filename) AS part FROM read_parquet({quoted(processes)})"  # noqa: S608
    numbered = f"SELECT ocid, place FROM {source}"  # noqa: S608 - our own names
    whereabouts = f"FROM ({numbered}) JOIN ({parts}) USING (ocid) ORDER BY ocid"
    endings = f"SELECT reverse(ocid) AS ending, place FROM {source} ORDER BY ending"  # noqa: S608
    kept.make(PLACES, partial(_copy, engine, whereabouts))
    kept.make(ENDINGS, partial(_copy, engine, endings))
    for name, order in ORDERS.items():
        kept.make(name, partial(_copy, engine, f"FROM {source} ORDER BY {order}"))
    (target / PAGES / OF_BUYERS).mkdir(parents=True)
    for name in (FACTS, PLACES, ENDINGS, *ORDERS):
        os.link(kept.file(name), target / PAGES / name)
    return _years(engine, source)


def _years(engine: duckdb.DuckDBPyConnection, facts: str) -> dict[int, list[Span]]:
    """Where the places of each year stand together; nowhere, where years are wholly mixed up.

    A year is the publisher's own, and the order is that of moments, so a few stand elsewhere.
    """
    years = engine.sql(f"SELECT DISTINCT year FROM {facts} WHERE year NOT NULL ORDER BY 1 DESC")  # noqa: S608
    found: dict[int, list[Span]] = {year: [] for (year,) in years.fetchall()}
    begins = engine.sql(
        f"FROM (SELECT place, year, lag(year) OVER (ORDER BY place) AS before FROM {facts})"  # noqa: S608
        f" SELECT place, year WHERE year IS DISTINCT FROM before OR place = 1 ORDER BY place"
        f" LIMIT {SPANS_MAX + 1}"
    ).fetchall()
    if len(begins) > SPANS_MAX:
        return found
    [(last,)] = engine.sql(f"SELECT max(place) FROM {facts}").fetchall()  # noqa: S608
    ends = [place - 1 for place, _ in begins[1:]] + [last]
    for (place, year), end in zip(begins, ends, strict=True):
        if year is not None:
            found[year].append((place, end))
    return found


def write_raised(
    engine: duckdb.DuckDBPyConnection, target: Path, rates: Sequence[BaseRate]
) -> None:
    """Write what was raised, of a run whose answers lie in `target`."""
    show(engine, target, rates)
    raised = LISTED.format(rows="(FROM rows WHERE raised)")
    order = "place NULLS LAST, code, lot_id, party_id, subject"
    pages = target / PAGES
    _copy(engine, f"{raised} ORDER BY {order}", pages / RAISED)
    write_of_buyers(engine, pages / RAISED, order)
    files = f"{quoted(pages / FACTS)}, {quoted(pages / RAISED)}"  # organisations are in one only
    known = f"read_parquet([{files}], union_by_name = true) WHERE buyer_id NOT NULL"
    named = f"SELECT DISTINCT buyer_id, buyer_name, lower(buyer_name) AS words FROM {known}"  # noqa: S608
    _copy(engine, f"{named} ORDER BY ALL", pages / BUYERS)


def write_of_buyers(engine: duckdb.DuckDBPyConnection, file: Path, order: str) -> None:
    """Write a list once more, buyer by buyer, each buyer's rows in the order of the list."""
    known = f"FROM read_parquet({quoted(file)}) WHERE buyer_id NOT NULL"
    _copy(engine, f"{known} ORDER BY buyer_id, {order}", file.parent / OF_BUYERS / file.name)


def has_lists(target: Path) -> bool:
    """False for findings of an earlier version of this program."""
    return (target / PAGES / LARGEST).exists()


def files_of(target: Path, rate: BaseRate, spans: Sequence[Span] | None = None) -> list[Path]:
    """The files of the answers of an indicator, of processes at these places, if some are given."""
    name = f"{rate.code}.parquet"
    if rate.of_organisations:
        return [target / name]
    stretches = sorted(int(one.name) for one in target.iterdir() if one.name.isdigit())
    if spans is not None:
        asked = {
            one for first, last in spans for one in range(first // STRETCH, last // STRETCH + 1)
        }
        stretches = [one for one in stretches if one in asked]
    return [target / str(one) / name for one in stretches]


def show(
    engine: duckdb.DuckDBPyConnection,
    target: Path,
    rates: Sequence[BaseRate],
    spans: Sequence[Span] | None = None,
) -> None:
    """Give DuckDB the views `findings`, with facts, and `answers`, as the indicators gave them.

    Of the processes at these places, if some are given, and no organisations.
    """
    within = "" if spans is None else f" WHERE {_within(spans)}"
    facts = f"FROM read_parquet({quoted(target / PAGES / FACTS)}){within}"
    engine.execute(f"CREATE OR REPLACE VIEW facts AS {facts}")
    files = [file for rate in rates for file in files_of(target, rate, spans)]
    engine.execute(f"CREATE OR REPLACE VIEW rows AS {_rows_of(files, rates)}{within}")
    engine.execute(f"CREATE OR REPLACE VIEW written AS {_written(rates)}")
    engine.execute(f"CREATE OR REPLACE VIEW findings AS {LISTED.format(rows='written')}")
    engine.execute(
        f"CREATE OR REPLACE VIEW answers AS SELECT {COLUMNS}"  # noqa: S608 - our own names
        " FROM written LEFT JOIN (SELECT place, ocid FROM facts) USING (place)"
    )


def count_within(
    engine: duckdb.DuckDBPyConnection,
    target: Path,
    rate: BaseRate,
    spans: Sequence[Span],
    condition: str,
) -> int:
    """How many answers about the processes at these places have a row of which this is true."""
    return _within_rows(engine, target, rate, spans, f"count(*) FILTER (WHERE {condition})")


def unwritten_within(
    engine: duckdb.DuckDBPyConnection, target: Path, rate: BaseRate, spans: Sequence[Span]
) -> int:
    """How many of the processes at these places have no row (`usual`)."""
    if rate.of_organisations or rate.usual is None:
        return 0
    processes = sum(last - first + 1 for first, last in spans)
    return processes - _within_rows(engine, target, rate, spans, "count(DISTINCT place)")


def _within_rows(
    engine: duckdb.DuckDBPyConnection,
    target: Path,
    rate: BaseRate,
    spans: Sequence[Span],
    figure: str,
) -> int:
    if rate.of_organisations:
        return 0
    files = ", ".join(quoted(file) for file in files_of(target, rate, spans))
    [(found,)] = engine.execute(
        f"SELECT {figure} FROM read_parquet([{files}]) WHERE {_within(spans)}"  # noqa: S608
    ).fetchall()
    return int(found)


def first_of(spans: Sequence[Span], many: int) -> Iterator[Span]:
    """Of the places in these, about so many of the first."""
    for first, last in spans:
        if many > 0:
            yield first, min(last, first + many)
        many -= last - first + 1


def _within(spans: Sequence[Span]) -> str:
    return " OR ".join(f"place BETWEEN {first:d} AND {last:d}" for first, last in spans)


def gather(
    engine: duckdb.DuckDBPyConnection, facts: Path, condition: str, values: list[Any], most: int
) -> bool:
    """Put the first processes whose facts meet a condition into `chosen`; whether that is all.

    `facts` is a file that has these processes.
    """
    few = f"FROM read_parquet({quoted(facts)}) WHERE {condition} LIMIT {most + 1}"
    engine.execute(f"CREATE OR REPLACE TEMP TABLE chosen AS {few}", values)
    [(count,)] = engine.execute("SELECT count(*) FROM chosen").fetchall()
    return int(count) <= most


def narrow(engine: duckdb.DuckDBPyConnection, rates: Sequence[BaseRate]) -> None:
    """After `show`: of the processes `chosen` ones only.

    Their answers, too, if they are of one indicator: else each step of a page would look for them
    among all.
    """
    engine.execute("CREATE OR REPLACE VIEW facts AS FROM chosen")
    engine.execute("ALTER VIEW rows RENAME TO every_row")
    rows = (
        "SELECT * REPLACE (NULL AS evidence) FROM every_row"
        " WHERE place IN (SELECT place FROM chosen)"
    )
    if any(rate.of_organisations for rate in rates):
        rows = f"{rows} UNION ALL FROM every_row WHERE place IS NULL"
    engine.execute(f"CREATE TEMP {'TABLE' if len(rates) == 1 else 'VIEW'} rows AS {rows}")


def widen(
    engine: duckdb.DuckDBPyConnection,
    target: Path,
    rates: Sequence[BaseRate],
    spans: Sequence[Span] | None,
) -> None:
    """Take `narrow` back, after `show` with these places."""
    engine.execute(f"DROP {'TABLE' if len(rates) == 1 else 'VIEW'} temp.rows")
    engine.execute("DROP VIEW every_row")
    show(engine, target, rates, spans)


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


def answers_at(target: Path, rates: Sequence[BaseRate], place: int) -> str:
    """A query for the written answers of these indicators of processes about one process.

    They have no evidence: to decompress it takes as long as all the rest, and few have any
    (`evidence_at`).
    """
    subject = "CASE WHEN lot_id IS NULL THEN 'process' ELSE 'lot' END AS subject"
    return _at(target, rates, place, f"{subject}, lot_id, raised, reason, value")


def evidence_at(target: Path, rates: Sequence[BaseRate], place: int) -> str:
    """A query for the evidence of those of these answers that were raised."""
    return _at(target, rates, place, "lot_id, evidence") + " AND raised"


def _at(target: Path, rates: Sequence[BaseRate], place: int, columns: str) -> str:
    files = [target / str(place // STRETCH) / f"{rate.code}.parquet" for rate in rates]
    listed = ", ".join(quoted(file) for file in files)
    return (
        f"SELECT parse_filename(file, true) AS code, {columns}"  # noqa: S608 - our own names
        f" FROM read_parquet([{listed}], filename = 'file') WHERE place = {place:d}"
    )


def _rows_of(files: Sequence[Path], rates: Sequence[BaseRate]) -> str:
    """All rows of the files of answers; one scan, since eighty at once would fill the memory."""
    listed = ", ".join(quoted(file) for file in files)
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
        f" FROM read_parquet([{listed}], union_by_name = true, filename = 'file') f"
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
    engine.execute(f"COPY ({query}) TO {quoted(path)} ({PACKED}, ROW_GROUP_SIZE {ROW_GROUP})")
