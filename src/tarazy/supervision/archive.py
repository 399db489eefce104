# SPDX-License-Identifier: EUPL-1.2
"""The archive's files: a closed day of fixes as two Parquet files, sorted by person and time.

1. `fixes-….parquet` has what is asked for: who, when, where, how well. `raw-….parquet` has the
   message as it came and its digest, for evidence, in the same order of rows.
2. Nothing is rounded. Coordinates that are whole ten-millionths of a degree, as most devices send
   them, are kept as whole numbers; others as they are. Both come back to the last bit.
3. Files are written beside, synced and renamed: there is no half file under a good name.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

MEMORY_MAX = "512MB"
THREADS = 2
BATCH_ROWS = 50_000
COMPRESSION_LEVEL = 9
MODE_FILE, MODE_FOLDER = 0o600, 0o700
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

SCHEMA = pa.schema(
    [
        ("device_id", pa.int64()),
        ("person_id", pa.int64()),
        ("order_id", pa.int64()),
        ("at", pa.timestamp("us", "UTC")),
        ("known_at", pa.timestamp("us", "UTC")),
        ("lat", pa.float64()),
        ("lon", pa.float64()),
        ("accuracy_m", pa.float32()),
        ("speed_kmh", pa.float32()),
        ("course_deg", pa.float32()),
        ("altitude_m", pa.float32()),
        ("battery_percent", pa.float32()),
        ("satellites", pa.int16()),
        ("hdop", pa.float32()),
        ("charging", pa.bool_()),
        ("moving", pa.bool_()),
        ("stored", pa.bool_()),
        ("alarms", pa.list_(pa.string())),
        ("marks", pa.list_(pa.string())),
        ("content", pa.binary()),
        ("digest", pa.binary()),
    ]
)
COLUMNS = tuple(name for name in SCHEMA.names if name not in {"content", "digest"})
SELECTED = ", ".join(f'"{name}"' for name in SCHEMA.names)
ROW = f"hash({SELECTED})"
SHOWN = ", ".join(f'"{name}"' for name in COLUMNS)
PLAIN = ", ".join(f'"{name}"' for name in COLUMNS if name not in {"lat", "lon"})
ORDER = 'person_id, "at", device_id, digest'

WRITTEN = f"""
SELECT {PLAIN},
    CASE WHEN lat <> 0 AND round(lat * 1e7) / 1e7 = lat
        THEN round(lat * 1e7)::INTEGER END AS lat_e7,
    CASE WHEN lon <> 0 AND round(lon * 1e7) / 1e7 = lon
        THEN round(lon * 1e7)::INTEGER END AS lon_e7,
    CASE WHEN lat_e7 IS NULL THEN lat END AS lat_exact,
    CASE WHEN lon_e7 IS NULL THEN lon END AS lon_exact
"""
READ = f"""
SELECT {PLAIN}, coalesce(lat_e7 / 1e7, lat_exact) AS lat, coalesce(lon_e7 / 1e7, lon_exact) AS lon
"""
PARQUET = (
    f"(FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd, COMPRESSION_LEVEL {COMPRESSION_LEVEL})"
)


@dataclass(frozen=True, slots=True)
class Without:
    """What is not written again: an order's fixes, or its places outside of the spared times."""

    order_id: int
    known_before: datetime
    before: datetime
    places_only: bool
    spared: Sequence[tuple[datetime, datetime | None]]

    @property
    def condition(self) -> str:
        """True of a row that goes."""
        times = " OR ".join(
            f"(\"at\" >= '{since.isoformat()}'"
            + (f" AND \"at\" < '{until.isoformat()}')" if until else ")")
            for since, until in self.spared
        )
        kept = f" AND NOT ({times})" if times else ""
        places = " AND lat IS NOT NULL" if self.places_only else ""
        old = (
            f"known_at < '{self.known_before.isoformat()}' AND \"at\" < '{self.before.isoformat()}'"
        )
        return f"(order_id = {int(self.order_id)} AND {old}{places}{kept})"


@dataclass(frozen=True, slots=True)
class Written:
    """What was written."""

    fixes: int
    size_bytes: int
    sha256: str
    raw_sha256: str


def connect(scratch: Path | None = None) -> duckdb.DuckDBPyConnection:
    """An engine that goes to disk when a day is larger than its memory."""
    engine = duckdb.connect()
    engine.execute(
        f"SET memory_limit = '{MEMORY_MAX}'; SET threads = {THREADS}; SET TimeZone = 'UTC'"
    )
    if scratch is not None:
        engine.execute("SET temp_directory = ?", [str(scratch)])
    return engine


@cache
def _reader() -> duckdb.DuckDBPyConnection:
    return connect()


def reader() -> duckdb.DuckDBPyConnection:
    """An engine to read with; making one anew each time would cost more than the reading."""
    return _reader().cursor()


def quoted(path: Path) -> str:
    """A path as DuckDB reads it in a query."""
    return "'" + str(path).replace("'", "''") + "'"


def moment(microseconds: int) -> datetime:
    """A time as DuckDB's epoch_us tells it."""
    return EPOCH + timedelta(microseconds=microseconds)


def table(rows: Sequence[Sequence[Any]], names: Sequence[str] = SCHEMA.names) -> pa.Table:
    """Rows of the database as columns of these names."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    schema = pa.schema([SCHEMA.field(name) for name in names])
    arrays = [pa.array(one, field.type) for one, field in zip(columns, schema, strict=True)]
    return pa.table(arrays, schema=schema)


def write_day(
    hot: Iterator[Sequence[Sequence[Any]]],
    old: tuple[Path, Path] | None,
    new: tuple[Path, Path],
    without: Without | None = None,
) -> Written:
    """Write a day's two files from the database's rows and the files of the generation before.

    A fix that is in both is written once.
    """
    folder = new[0].parent
    for one in (folder.parent, folder):
        one.mkdir(parents=True, exist_ok=True, mode=MODE_FOLDER)
    scratch = folder / f".{new[0].stem}"
    scratch.mkdir(exist_ok=True, mode=MODE_FOLDER)
    try:
        with connect(scratch) as engine:
            engine.register("no_rows", table([]))
            engine.execute("CREATE TABLE hot AS SELECT * FROM no_rows")
            for rows in hot:
                batch = table(rows)  # noqa: F841 - DuckDB finds it by its name
                engine.execute("INSERT INTO hot SELECT * FROM batch")
            engine.execute(f"CREATE VIEW whole AS {_whole(old, without)}")
            _copy(engine, f"{WRITTEN} FROM whole ORDER BY {ORDER}", new[0])
            _copy(engine, f"SELECT content, digest FROM whole ORDER BY {ORDER}", new[1])
            (count,) = _one(engine, f"SELECT count(*) FROM read_parquet({quoted(new[0])})")
            _verify(engine, new)
    finally:
        for left in scratch.iterdir():
            left.unlink()
        scratch.rmdir()
    size = sum(path.stat().st_size for path in new)
    return Written(int(count), size, _digest(new[0]), _digest(new[1]))


def _whole(old: tuple[Path, Path] | None, without: Without | None) -> str:
    parts = [f"SELECT {SELECTED} FROM hot"]
    if old is not None:
        before = f"SELECT * FROM {_pair(old)}"
        parts.append(f"SELECT {SELECTED} FROM ({READ}, content, digest FROM ({before}))")
    where = "" if without is None else f"WHERE NOT {without.condition}"
    return f"""SELECT * FROM ({" UNION ALL ".join(parts)}) {where} QUALIFY row_number() OVER (
        PARTITION BY device_id, "at", digest ORDER BY known_at) = 1"""


def _pair(files: tuple[Path, Path]) -> str:
    columns, messages = (f"read_parquet({quoted(path)})" for path in files)
    return f"{columns} POSITIONAL JOIN {messages}"


def _verify(engine: duckdb.DuckDBPyConnection, new: tuple[Path, Path]) -> None:
    """Every row can be read back as it was; else the database keeps the day.

    By the rows' digests added up, which needs no memory, and not by comparing the sets.
    """
    back = f"SELECT {SELECTED} FROM ({READ}, content, digest FROM (SELECT * FROM {_pair(new)}))"
    sums = f"SELECT count(*), sum({ROW}), bit_xor({ROW}) FROM"
    if _one(engine, f"{sums} whole") != _one(engine, f"{sums} ({back})"):
        raise RuntimeError(f"the fixes of {new[0].name} do not read back as they were")


def _copy(engine: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    half = path.with_suffix(".half")
    engine.execute(f"COPY ({query}) TO {quoted(half)} {PARQUET}")
    half.chmod(MODE_FILE)
    with half.open("rb") as written:
        os.fsync(written.fileno())
    half.replace(path)
    for folder in (path.parent, path.parent.parent):
        place = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(place)  # the name too must be there after a power cut, and the year's folder
        finally:
            os.close(place)


def _one(engine: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    found = engine.execute(query).fetchone()
    return found or (0,)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
