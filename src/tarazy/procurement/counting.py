# SPDX-License-Identifier: EUPL-1.2
"""What share of each field is filled, by buyer and month, kept beside the tables for the pages.

    quality/000007-000008/    of tables 7 and findings 8
        buyers.parquet        a row a buyer: how many processes, rows of each table, filled fields
        months.parquet        the same by month
        buyer_months.parquet  the same by both, in the order of buyers
        answers.parquet       of each indicator: how much was assessed, and why the rest was not

Counted part by part, since a part has the same releases in each table: memory is bounded by a part,
and nothing is joined that a part does not hold. A page then reads a few rows.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa

from tarazy.procurement import listing, merged
from tarazy.procurement.sources.interface import TEXTS
from tarazy.procurement.sources.tables import SHAPES
from tarazy.procurement.store import SPILL, VERSIONS_KEPT, Findings, Folder, Manifest, quoted, room

PROCESS = "contracting_process"
OURS = frozenset({"ocid", "source", "position", "fingerprint", "part", "part_id", "release_id"})
FOLDER = "quality"
BUYER = "coalesce(merged_parties.id, buyer_id, buyer_name, '')"  # as answers name it
MONTH = "coalesce(strftime(coalesce(tender_start_at, released_at), '%Y-%m'), '')"
NO_ANSWERS = "SELECT '' AS code, '' AS buyer, '' AS month, '' AS reason, 0 AS subjects WHERE false"
GROUPS = {"buyers": "buyer", "months": "month", "buyer_months": "buyer, month"}


def counted(table: str) -> list[pa.Field]:
    """The columns of a table that are counted."""
    names = {"tenderer_names", "supplier_names"}
    return [
        field
        for field in SHAPES[table].schema
        if field.name not in OURS and field.name not in names
    ]


def column(table: str, field: str) -> str:
    """The name of a count."""
    return f"{table}.{field}"


def place(store: Folder, manifest: Manifest) -> Path | None:
    """Where the counts of what is in force are, or will be."""
    if manifest.tables is None:
        return None
    findings = Path(manifest.findings.folder).name if manifest.findings else "none"
    return store.path / FOLDER / f"{Path(manifest.tables).name}-{findings}"


def keep(folder: Path) -> Path:
    """Count what is in force, unless it is counted already; where the counts are.

    Raises Refused where nothing was imported, or by an earlier version, Temporary where the disk is
    full.
    """
    store = Folder(folder)
    manifest = store.manifest()
    files = store.readable(manifest)
    target = place(store, manifest)
    assert target is not None  # noqa: S101 - there are tables
    if not target.exists():
        with room(folder):
            _count(store, manifest, files, target)
    return target


def _count(store: Folder, manifest: Manifest, files: dict[str, Path], target: Path) -> None:
    new = target.with_suffix(".new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    spill = new / SPILL  # the staging folder is there only while somebody writes
    with store.engine() as engine:
        engine.execute(f"SET temp_directory = {quoted(spill)}")
        merged.name_parties(engine, store.path)
        _count_fields(engine, files, new)
        _count_answers(engine, store, manifest.findings, new)
    shutil.rmtree(spill, ignore_errors=True)
    new.replace(target)
    by_age = sorted(target.parent.iterdir(), key=lambda one: one.stat().st_mtime_ns)
    for old in by_age[:-VERSIONS_KEPT]:
        shutil.rmtree(old, ignore_errors=True)


def _count_fields(engine: duckdb.DuckDBPyConnection, files: dict[str, Path], target: Path) -> None:
    pieces = target / "pieces"
    pieces.mkdir()
    for part in sorted(files[PROCESS].parent.glob("*.parquet")):
        engine.execute(
            "CREATE OR REPLACE TABLE part AS SELECT * EXCLUDE (alias, id), "  # noqa: S608 - our own names
            f"{BUYER} AS buyer, {MONTH} AS month FROM read_parquet({quoted(part)})"
            " LEFT JOIN merged_parties ON alias = buyer_id"
        )
        _copy(
            engine,
            "SELECT buyer, month, any_value(coalesce(buyer_name, buyer_id)) AS buyer_name,"  # noqa: S608
            f" count(*) AS processes, {_filled(PROCESS)} FROM part GROUP BY buyer, month",
            pieces / f"{part.stem}-{PROCESS}.parquet",
        )
        for table in SHAPES:
            if table != PROCESS:
                rows = quoted(files[table].parent / part.name)
                _copy(
                    engine,
                    f'SELECT p.buyer, p.month, count(DISTINCT t.ocid) AS "{table}",'  # noqa: S608
                    f' count(*) AS "{table}.rows", {_filled(table)}'
                    f" FROM read_parquet({rows}) t JOIN part p USING (ocid)"
                    " GROUP BY p.buyer, p.month",
                    pieces / f"{part.stem}-{table}.parquet",
                )
    sums = ", ".join(
        f'coalesce(sum("{name}"), 0)::BIGINT AS "{name}"' for name in ("processes", *_counts())
    )
    counts = f"read_parquet({quoted(pieces / '*.parquet')}, union_by_name = true)"
    for name, keys in GROUPS.items():
        _copy(
            engine,
            f"SELECT {keys}, any_value(buyer_name) AS buyer_name, {sums} FROM {counts}"  # noqa: S608
            f" GROUP BY {keys} ORDER BY {keys}",
            target / f"{name}.parquet",
        )
    shutil.rmtree(pieces)


def _copy(engine: duckdb.DuckDBPyConnection, query: str, target: Path) -> None:
    engine.execute(
        f"COPY ({query}) TO {quoted(target)}"
        " (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 10000)"
    )


def _counts() -> Iterator[str]:
    for table in SHAPES:
        if table != PROCESS:
            yield table
            yield column(table, "rows")
        for field in counted(table):
            yield column(table, field.name)


def _filled(table: str) -> str:
    prefix = "" if table == PROCESS else "t."
    return ", ".join(
        f'count(*) FILTER (len({prefix}"{field.name}") > 0) AS "{column(table, field.name)}"'
        if field.type == TEXTS
        else f'count({prefix}"{field.name}") AS "{column(table, field.name)}"'
        for field in counted(table)
    )


def _count_answers(
    engine: duckdb.DuckDBPyConnection, store: Folder, findings: Findings | None, target: Path
) -> None:
    pieces = target / "pieces"
    pieces.mkdir()
    answered = [(findings.folder, rate) for rate in findings.base_rates] if findings else []
    for answers, rate in answered:
        listing.show(engine, store.path / answers, [rate])
        # a null buyer or month here means all of them; an assessed subject has no reason
        _copy(
            engine,
            "SELECT code, buyer, month, reason, count(*) AS subjects FROM ("
            "SELECT f.code, coalesce(CASE WHEN f.subject = 'buyer' AND f.place IS NULL"
            " THEN f.party_id ELSE p.buyer_id END, '') AS buyer,"
            " coalesce(strftime(p.happened_at, '%Y-%m'), '') AS month,"
            " CASE WHEN f.raised IS NULL THEN coalesce(f.reason, '') END AS reason"
            " FROM written f LEFT JOIN facts p ON p.place = f.place"
            ") GROUP BY GROUPING SETS"
            " ((code, reason), (code, buyer, reason), (code, month, reason))",
            pieces / f"{rate.code}.parquet",
        )
    whole = f"FROM read_parquet({quoted(pieces / '*.parquet')})"
    order = " ORDER BY buyer NULLS FIRST, month NULLS FIRST, code, subjects DESC"
    _copy(engine, whole + order if answered else NO_ANSWERS, target / "answers.parquet")
    shutil.rmtree(pieces)
