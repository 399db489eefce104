# SPDX-License-Identifier: EUPL-1.2
"""Staged releases and the tables in force into the next version of the tables, by DuckDB."""

from datetime import datetime

import duckdb
import msgspec

from tarazy.procurement.sources.ocds import SCHEMAS
from tarazy.procurement.staging import staged
from tarazy.procurement.store import Folder, Manifest, quoted

Fates = dict[str, dict[str, int]]
"""By import id: how many releases were imported, replaced, unchanged, superseded."""

# `release` is null for what is in force. One row stays for each ocid.
JUDGE = """
CREATE TABLE judged AS
WITH known AS (
    SELECT ocid, released_at, fingerprint FROM in_force
), fresh AS (
    SELECT s.release, s.source, s.ocid, s.released_at, k.ocid IS NOT NULL AS is_known,
        s.fingerprint = k.fingerprint
            OR row_number() OVER (PARTITION BY s.ocid, s.fingerprint ORDER BY s.release DESC) > 1
            AS is_repeat,
        k.released_at AS known_at
    FROM staged s LEFT JOIN known k USING (ocid)
), ranked AS (
    SELECT *, row_number() OVER (
        PARTITION BY ocid, coalesce(is_repeat, false)
        ORDER BY released_at DESC NULLS LAST, release DESC) AS rank
    FROM fresh
)
SELECT release, source, ocid, CASE
    WHEN is_repeat THEN 'unchanged'
    WHEN rank > 1 OR (is_known AND known_at > released_at)
        OR (is_known AND known_at IS NOT NULL AND released_at IS NULL) THEN 'superseded'
    WHEN is_known THEN 'replaced'
    ELSE 'imported' END AS fate
FROM ranked
"""


def merge(store: Folder, manifest: Manifest, now: datetime) -> tuple[Fates, Manifest]:
    """Judge every staged release, and put a new version in force where any of them stays."""
    with store.engine() as engine:
        _open(engine, store, manifest)
        engine.execute(JUDGE)
        fates = _fates(engine)
        if not any(fate.get("imported") or fate.get("replaced") for fate in fates.values()):
            return fates, manifest
        after = _write(engine, store, manifest, now)
    store.publish(after)
    return fates, after


def _open(engine: duckdb.DuckDBPyConnection, store: Folder, manifest: Manifest) -> None:
    process = "contracting_process"
    for table in SCHEMAS:
        engine.register(_staged(table), staged(store.staging, table))
    engine.execute(f"CREATE VIEW staged AS FROM {_staged(process)}")
    in_force = (
        f"FROM {_parquet(store, manifest, process)}"
        if manifest.tables
        else "SELECT * EXCLUDE (release) FROM staged WHERE false"
    )
    engine.execute(f"CREATE VIEW in_force AS {in_force}")


def _fates(engine: duckdb.DuckDBPyConnection) -> Fates:
    fates: Fates = {}
    for source, fate, count in engine.sql(
        "SELECT source, fate, count(*) FROM judged GROUP BY ALL"
    ).fetchall():
        fates.setdefault(source, {})[fate] = count
    return fates


def _write(
    engine: duckdb.DuckDBPyConnection, store: Folder, manifest: Manifest, now: datetime
) -> Manifest:
    version = manifest.version + 1
    name, folder = store.fresh("tables", version)
    engine.execute(
        "CREATE TABLE staying AS SELECT release, ocid FROM judged"
        " WHERE fate IN ('imported', 'replaced')"
    )
    rows = {}
    for table in SCHEMAS:
        kept = (
            f"SELECT * FROM {_parquet(store, manifest, table)}"  # noqa: S608 - our own names
            " WHERE ocid NOT IN (SELECT ocid FROM staying) UNION ALL "
            if manifest.tables
            else ""
        )
        fresh = (
            f"SELECT * EXCLUDE (release) FROM {_staged(table)}"  # noqa: S608
            " WHERE release IN (SELECT release FROM staying)"
        )
        target = quoted(folder / f"{table}.parquet")
        written = engine.execute(
            f"COPY ({kept}{fresh}) TO {target} (FORMAT parquet, COMPRESSION zstd)"
        ).fetchone()
        rows[table] = int(written[0]) if written else 0
    return msgspec.structs.replace(
        manifest, version=version, tables=name, rows=rows, changed_at=now
    )


def _staged(table: str) -> str:
    return f"staged_{table}"


def _parquet(store: Folder, manifest: Manifest, table: str) -> str:
    return f"read_parquet({quoted(store.tables(manifest)[table])})"
