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
import re
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
BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
GLOB = re.compile(r"[*?\[]")

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
LEAVING = pa.schema(
    [
        ("order_id", pa.int64()),
        ("since", pa.timestamp("us", "UTC")),
        ("until", pa.timestamp("us", "UTC")),
        ("known_before", pa.timestamp("us", "UTC")),
        ("places_only", pa.bool_()),
    ]
)
GOES = """leaving AS one ON fix.order_id = one.order_id AND fix."at" >= one.since
    AND fix."at" < one.until AND fix.known_at < one.known_before
    AND (fix.lat IS NOT NULL) >= one.places_only"""
"""True of a row that goes: all of them are comparisons, so that DuckDB joins by hash."""
HOLDERS = """
SELECT count(*), list(DISTINCT order_id),
    list(DISTINCT order_id) FILTER (lat_e7 IS NOT NULL OR lat_exact IS NOT NULL)
"""
PARQUET = (
    f"(FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd, COMPRESSION_LEVEL {COMPRESSION_LEVEL})"
)


@dataclass(frozen=True, slots=True)
class Without:
    """What may go of an order: its fixes, or its places outside of the spared times."""

    order_id: int
    known_before: datetime
    before: datetime
    places_only: bool
    spared: Sequence[tuple[datetime, datetime | None]]

    def times(self) -> Iterator[tuple[datetime, datetime]]:
        """The times between the spared ones, up to the last that goes."""
        since = BEGINNING
        for first, last in sorted(self.spared, key=lambda one: one[0]):
            if since < min(first, self.before):
                yield since, min(first, self.before)
            since = max(since, last or self.before)
        if since < self.before:
            yield since, self.before


@dataclass(frozen=True, slots=True)
class Told:
    """How many there are, from when, until when."""

    count: int
    since: datetime
    until: datetime

    def __add__(self, other: "Told") -> "Told":
        since, until = min(self.since, other.since), max(self.until, other.until)
        return Told(self.count + other.count, since, until)


@dataclass(frozen=True, slots=True)
class Written:
    """What was written."""

    fixes: int
    size_bytes: int
    sha256: str
    raw_sha256: str
    orders: Sequence[int]
    """Keys of the orders that have fixes in it."""
    placed: Sequence[int]
    """And of those that have places in it."""


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


def parquet(*paths: Path) -> str:
    """Files as DuckDB reads them: these, whatever signs of a pattern are in their names."""
    names = ", ".join(quoted(Path(GLOB.sub(r"[\g<0>]", str(path)))) for path in paths)
    return f"read_parquet([{names}], hive_partitioning = false)"


def count(path: Path, without: Sequence[Without]) -> dict[int, Told]:
    """What of each order goes, of a day's file; of orders without any there is nothing."""
    with reader() as engine:
        engine.register("leaving", _leaving(without))
        rows = engine.execute(
            f"""SELECT fix.order_id, count(*), epoch_us(min("at")), epoch_us(max("at"))
            FROM ({READ} FROM {parquet(path)}) AS fix JOIN {GOES} GROUP BY fix.order_id"""
        ).fetchall()
        engine.unregister("leaving")
    return {key: Told(number, moment(since), moment(until)) for key, number, since, until in rows}


def _leaving(without: Sequence[Without]) -> pa.Table:
    rows = [
        (one.order_id, since, until, one.known_before, one.places_only)
        for one in without
        for since, until in one.times()
    ]
    columns = zip(*rows, strict=True) if rows else [()] * len(LEAVING)
    arrays = [pa.array(one, field.type) for one, field in zip(columns, LEAVING, strict=True)]
    return pa.table(arrays, schema=LEAVING)


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
    without: Sequence[Without] = (),
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
            engine.register("leaving", _leaving(without))
            (late,) = _one(engine, "SELECT count(*) FROM hot")
            engine.execute(f"CREATE VIEW whole AS {_whole(old, mixed=late > 0)}")
            _copy(engine, f"{WRITTEN} FROM whole ORDER BY {ORDER}", new[0])
            _copy(engine, f"SELECT content, digest FROM whole ORDER BY {ORDER}", new[1])
            fixes, orders, placed = _one(engine, f"{HOLDERS} FROM {parquet(new[0])}")
            _verify(engine, new)
    finally:
        for left in scratch.iterdir():
            left.unlink()
        scratch.rmdir()
    size = sum(path.stat().st_size for path in new)
    digests = _digest(new[0]), _digest(new[1])
    return Written(int(fixes), size, *digests, sorted(orders or ()), sorted(placed or ()))


def _whole(old: tuple[Path, Path] | None, *, mixed: bool) -> str:
    """What is written; either store has a fix once, so that only both together are looked through.

    That costs as much as all the rest.
    """
    parts = [f"SELECT {SELECTED} FROM hot"]
    if old is not None:
        before = f"SELECT * FROM {_pair(old)}"
        parts.append(f"SELECT {SELECTED} FROM ({READ}, content, digest FROM ({before}))")
    left = f"""SELECT * FROM ({" UNION ALL ".join(parts)}) AS fix ANTI JOIN {GOES}"""
    if old is None or not mixed:
        return left
    nth = 'row_number() OVER (PARTITION BY device_id, "at", digest ORDER BY known_at)'
    return f"{left} QUALIFY {nth} = 1"


def _pair(files: tuple[Path, Path]) -> str:
    columns, messages = (parquet(path) for path in files)
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
