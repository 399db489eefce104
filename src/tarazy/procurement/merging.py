# SPDX-License-Identifier: EUPL-1.2
"""Staged releases and the tables in force into the next version of the tables, by DuckDB."""

import os
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from tarazy.procurement.sources.interface import TEXT
from tarazy.procurement.sources.ocds import SCHEMAS
from tarazy.procurement.staging import (
    PART_SHIFT,
    READER_VERSION,
    numbers,
    read_parquet,
    write_parquet,
)
from tarazy.procurement.store import ROW_GROUP, Folder, Manifest, quoted, settle

PROCESS = "contracting_process"
SMALL_PROCESSES = 10_000
SMALL_PARTS_MAX = 32

Fates = dict[str, dict[str, int]]
"""By import id: how many releases were imported, replaced, unchanged, superseded."""
Positions = dict[str, list[int]]
"""By import id: where releases stand."""


@dataclass(frozen=True, slots=True)
class Flat:
    """A flat file that was read: its import, its mapping and its bytes."""

    source: str
    mapping: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Merged:
    """What came of each import, and the next version."""

    fates: Fates
    refused: Positions
    """Of releases whose ocid another buyer's file holds."""
    noted: Positions
    """Of releases that took the place of those of a buyer with another name."""
    after: Manifest


# How new a release is: by its moment. One whose date names no zone, or that has none, is older than
# all others; such ones are told apart by the date as it is written.
AGE = """coalesce(released_at, '-infinity'::TIMESTAMPTZ) AS dated,
    if(released_at IS NULL, coalesce(replace(released_published, ' ', 'T'), ''), '') AS written"""
# A process of a flat file is the prefix of a mapping and a key, which two buyers' files may share.
# The first one holds the ocid: in force, else the first that was read. Another file is of the same
# process where the buyers say so, by number or by name; by another mapping nobody knows it where
# neither names one. By the same mapping it is a later table, in which a buyer may be named, or have
# a new name: it counts, and the new name is told. Another number is another buyer.
OTHER_BUYERS = """
CREATE TABLE other_buyers AS
WITH flat AS (
    SELECT s.release, s.ocid, s.buyer_id, s.buyer_name, f.mapping, f.sha256,
        (s.buyer_id <> s.buyer_name) IS NOT false AS is_numbered -- a name alone is the id as well
    FROM staged s JOIN flat_sources f USING (source)
), holder AS (
    SELECT k.ocid, k.buyer_id, k.buyer_name, f.mapping, f.sha256,
        (k.buyer_id <> k.buyer_name) IS NOT false AS is_numbered
    FROM in_force k JOIN flat_sources f USING (source)
    UNION ALL BY NAME
    SELECT * EXCLUDE (release) FROM flat WHERE ocid NOT IN (SELECT ocid FROM in_force)
    QUALIFY row_number() OVER (PARTITION BY ocid ORDER BY release) = 1
)
SELECT flat.release,
    flat.mapping <> h.mapping OR flat.buyer_id <> h.buyer_id AND flat.is_numbered AND h.is_numbered
        AS refused
FROM flat JOIN holder h USING (ocid)
WHERE flat.sha256 <> h.sha256
    AND NOT coalesce(flat.buyer_id = h.buyer_id
        OR lower(trim(flat.buyer_name)) = lower(trim(h.buyer_name)), false)
    AND (flat.mapping <> h.mapping OR flat.buyer_id <> h.buyer_id)
"""
NO_OTHER_BUYERS = "CREATE TABLE other_buyers (release BIGINT, refused BOOLEAN)"
# One row stays for each ocid. Most releases are the only one of theirs, and need no ranking.
JUDGE = """
CREATE TABLE judged AS
WITH known AS (
    SELECT ocid, dated, written, fingerprint FROM in_force
), sound AS (
    SELECT * FROM staged WHERE release NOT IN (FROM of_another)
), contested AS (
    SELECT ocid FROM sound GROUP BY ocid HAVING count(*) > 1
    UNION ALL SELECT ocid FROM known WHERE ocid IN (SELECT ocid FROM sound)
), fresh AS (
    SELECT s.release, s.source, s.ocid, s.dated, s.written, k.ocid IS NOT NULL AS is_known,
        s.fingerprint = k.fingerprint
            OR row_number() OVER (PARTITION BY s.ocid, s.fingerprint ORDER BY s.release DESC) > 1
            AS is_repeat,
        (k.dated, k.written) > (s.dated, s.written) AS is_older
    FROM sound s LEFT JOIN known k USING (ocid) WHERE s.ocid IN (FROM contested)
), ranked AS (
    SELECT *, row_number() OVER (
        PARTITION BY ocid, coalesce(is_repeat, false)
        ORDER BY dated DESC, written DESC, release DESC) AS rank
    FROM fresh
)
SELECT release, source, ocid, CASE
    WHEN is_repeat THEN 'unchanged'
    WHEN rank > 1 OR (is_known AND is_older) THEN 'superseded'
    WHEN is_known THEN 'replaced'
    ELSE 'imported' END AS fate
FROM ranked
UNION ALL
SELECT release, source, ocid, 'imported' FROM sound WHERE ocid NOT IN (FROM contested)
UNION ALL
SELECT release, source, ocid, 'of_another' FROM staged WHERE release IN (FROM of_another)
"""

REPLACING = """SELECT release FROM other_buyers JOIN judged USING (release)
    WHERE fate IN ('imported', 'replaced')"""


def merge(
    store: Folder, parts: list[Path], manifest: Manifest, now: datetime, flat: Sequence[Flat] = ()
) -> Merged:
    """Judge every staged release, and make a new version where any of them stays.

    It is in force when its manifest, `after`, is published. `flat` are all flat files that were
    read, those on their way among them.
    """
    with store.engine() as engine:
        _judge(engine, store, parts, manifest, flat)
        fates = _fates(engine)
        refused = _positions(engine, "FROM of_another")
        noted = _positions(engine, REPLACING)
        if not any(fate.get("imported") or fate.get("replaced") for fate in fates.values()):
            return Merged(fates, refused, noted, manifest)
        version = manifest.version + 1
        name, folder = store.fresh("tables", version)
        for table in SCHEMAS:
            (folder / table).mkdir()
        if manifest.tables:
            _keep(engine, store.path / manifest.tables, folder)
        _add(engine, parts, folder, version)
        rows = _rows(engine, folder)
        _join_small(engine, folder, version, rows[PROCESS])
    after = msgspec.structs.replace(
        manifest,
        version=version,
        tables=name,
        reader=READER_VERSION,
        rows={table: sum(files.values()) for table, files in rows.items()},
        changed_at=now,
    )
    settle(folder)
    return Merged(fates, refused, noted, after)


def _judge(
    engine: duckdb.DuckDBPyConnection,
    store: Folder,
    parts: list[Path],
    manifest: Manifest,
    flat: Sequence[Flat],
) -> None:
    files = ", ".join(quoted(part / f"{PROCESS}.parquet") for part in parts)
    engine.execute(
        f"CREATE VIEW staged AS SELECT source, position, ocid, fingerprint, {AGE},"  # noqa: S608
        " buyer_id, buyer_name,"
        f" (parse_path(filename)[-2]::BIGINT << {PART_SHIFT}) + file_row_number AS release"
        f" FROM read_parquet([{files}], filename = true, file_row_number = true)"
    )
    in_force = (
        f"SELECT *, {AGE}"  # noqa: S608 - our own names
        f" FROM read_parquet({quoted(store.tables(manifest)[PROCESS])}, filename = true)"
        if manifest.tables
        else "SELECT *, '' AS filename FROM staged WHERE false"
    )
    engine.execute(f"CREATE VIEW in_force AS {in_force}")
    columns = {"source": TEXT, "mapping": TEXT, "sha256": TEXT}
    engine.register(
        "flat_sources", pa.Table.from_pylist([asdict(one) for one in flat], pa.schema(columns))
    )
    engine.execute(OTHER_BUYERS if flat else NO_OTHER_BUYERS)
    engine.execute("CREATE VIEW of_another AS SELECT release FROM other_buyers WHERE refused")
    engine.execute(JUDGE)


def _fates(engine: duckdb.DuckDBPyConnection) -> Fates:
    fates: Fates = {}
    for source, fate, count in engine.sql(
        "SELECT source, fate, count(*) FROM judged WHERE fate <> 'of_another' GROUP BY ALL"
    ).fetchall():
        fates.setdefault(source, {})[fate] = count
    return fates


def _positions(engine: duckdb.DuckDBPyConnection, releases: str) -> Positions:
    found = engine.sql(
        "SELECT source, list(position ORDER BY position) FROM staged"  # noqa: S608 - our own names
        f" WHERE release IN ({releases}) GROUP BY source"
    )
    return dict(found.fetchall())


def _keep(engine: duckdb.DuckDBPyConnection, before: Path, after: Path) -> None:
    """What stays of the version in force; a part in which nothing is replaced is only linked."""
    replaced: dict[str, list[str]] = {}
    for file, ocid in engine.sql(
        "SELECT parse_filename(filename), ocid FROM in_force"
        " WHERE ocid IN (SELECT ocid FROM judged WHERE fate = 'replaced')"
    ).fetchall():
        replaced.setdefault(file, []).append(ocid)
    for name in SCHEMAS:
        for part in sorted((before / name).iterdir()):
            target = after / name / part.name
            if part.name not in replaced:
                _link(part, target)
                continue
            table = read_parquet(part)
            gone = _is_in(table["ocid"], pa.array(replaced[part.name], table["ocid"].type))
            write_parquet(table.filter(pc.call_function("invert", [gone])), target)


def _add(engine: duckdb.DuckDBPyConnection, parts: list[Path], folder: Path, version: int) -> None:
    """What stays of the staged parts; a part of which all stays is only linked."""
    counted = engine.sql(
        f"SELECT release >> {PART_SHIFT}, count(*),"  # noqa: S608 - our own number
        " count(*) FILTER (fate IN ('imported', 'replaced')) FROM judged GROUP BY ALL"
    ).fetchall()
    counts = {part: (every, staying) for part, every, staying in counted}
    for part in parts:
        every, staying = counts.get(int(part.name), (0, 0))
        name = f"{version:06}-{part.name}.parquet"
        if staying == every > 0:
            for table in SCHEMAS:
                _link(part / f"{table}.parquet", folder / table / name)
        elif staying:
            _add_some(engine, part, folder, name)


def _add_some(engine: duckdb.DuckDBPyConnection, part: Path, folder: Path, name: str) -> None:
    found = engine.sql(
        f"SELECT release FROM judged WHERE release >> {PART_SHIFT} = ?"  # noqa: S608
        " AND fate IN ('imported', 'replaced')",
        params=[int(part.name)],
    ).to_arrow_table()
    staying = found["release"].combine_chunks()
    for table, releases in numbers(part).items():
        whole = read_parquet(part / f"{table}.parquet")
        write_parquet(whole.filter(_is_in(releases, staying)), folder / table / name)


def _rows(engine: duckdb.DuckDBPyConnection, folder: Path) -> dict[str, dict[str, int]]:
    """How many there are, by table and file."""
    found: dict[str, dict[str, int]] = {table: {} for table in SCHEMAS}
    for table, file, count in engine.sql(
        "SELECT parse_path(file_name)[-2], parse_filename(file_name), num_rows"  # noqa: S608
        f" FROM parquet_file_metadata({quoted(folder / '*' / '*.parquet')})"
    ).fetchall():
        found[table][file] = count
    return found


def _join_small(
    engine: duckdb.DuckDBPyConnection, folder: Path, version: int, processes: dict[str, int]
) -> None:
    """Many small parts, as many small imports leave them, into one."""
    small = sorted(file for file, count in processes.items() if count < SMALL_PROCESSES)
    if len(small) <= SMALL_PARTS_MAX:
        return
    for table in SCHEMAS:
        paths = [folder / table / name for name in small]
        files = ", ".join(map(quoted, paths))
        target = quoted(folder / table / f"{version:06}-joined.parquet")
        engine.execute(
            f"COPY (FROM read_parquet([{files}])) TO {target}"
            f" (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
        )
        for path in paths:
            path.unlink()


def _link(file: Path, target: Path) -> None:
    try:
        os.link(file, target)
    except OSError:  # a file system without such links
        shutil.copyfile(file, target)


def _is_in(column: Any, among: pa.Array) -> Any:
    return pc.call_function("is_in", [column], pc.SetLookupOptions(among))
