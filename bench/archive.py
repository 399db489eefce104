# SPDX-License-Identifier: EUPL-1.2
"""Closed days of fixes moved from the database to Parquet: bytes a fix, speed, and reading again.

The fixes are simulated wearers', with their messages as OwnTracks sends them. The peers, in the
same run: for size and speed plain Parquet (pyarrow, zstd) of the same rows read from the same
database, which is neither sorted, verified nor recorded; for reading the same look, while all of
it is still in PostgreSQL.
"""

import argparse
import json
import os
import statistics
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import django
import msgspec
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings
from harness import Bench, Result, database, report
from peers import versions

from tarazy.core import clock
from tarazy.core.access import Actor
from tarazy.supervision import archive
from tarazy.supervision.gateway import owntracks
from tarazy.supervision.gateway.interface import Message, Report
from tarazy.supervision.simulate.dataset import FixLine, Sample, write

SEED = 1
READ_PEOPLE = 30
POINTS_MAX = 5_000
ROUND_TO_S = 86_400
COLUMNS = (
    *("device_id", "person_id", "order_id", "at", "known_at", "lat", "lon", "accuracy_m"),
    *("speed_kmh", "course_deg", "battery_percent", "stored", "content", "digest"),
)
JUDGED = """
INSERT INTO supervision_enginecheckpoint (name, transaction, fix_id)
    SELECT 'engine', max(transaction), max(id) FROM supervision_fix
"""  # what the engine has not judged is not archived


def message(line: FixLine) -> bytes:
    """What the phone would have sent."""
    told = {
        "_type": "location",
        "tid": line.person[-2:],
        "lat": line.lat,
        "lon": line.lon,
        "acc": round(line.accuracy_m or 0),
        "tst": int(datetime.fromisoformat(line.at).timestamp()),
        "vel": round(line.speed_kmh),
        "batt": line.battery_percent,
        "conn": "m",
        "_id": f"{zlib.crc32(f'{line.person} {line.at}'.encode()):08x}",
        "created_at": int(datetime.fromisoformat(line.known_at).timestamp()),
    }
    return json.dumps(told).encode()


def rows_of(lines: Path) -> Iterator[Sequence[Any]]:
    """Rows of the fix store, decoded from the messages by our own decoder."""
    people: dict[str, int] = {}
    decoder = msgspec.json.Decoder(FixLine)
    for line in lines.open("rb"):
        fix = decoder.decode(line)
        number = people.setdefault(fix.person, len(people) + 1)
        (part,) = owntracks.decode(Message(b"", message(fix), str)).parts
        if not isinstance(part, Report):
            raise TypeError(part)
        yield (
            *(number, number, number, fix.at, fix.known_at),
            *(part.lat, part.lon, part.accuracy_m, part.speed_kmh, part.course_deg),
            *(part.battery_percent, fix.stored, part.content, part.digest),
        )


def fill(bench: Bench, people: int, days: list[date]) -> int:
    """Simulate these days, but for the edges, into the fix store; how many fixes.

    The city's midnight is not that of UTC.
    """
    bench.fill([f"{n}".encode() for n in range(people)])
    out = Path(bench.env["TARAZY_FOLDER"])
    sample = Sample(seed=SEED, people=people, days=len(days) - 2, start=days[1])
    fixes = write(sample, out / "fixes.jsonl", out / "truth.jsonl", out / "orders.json").fixes
    with psycopg.connect(bench.server.url("tarazy_owner"), autocommit=True) as connection:
        for day in days:
            connection.execute("SELECT supervision_ensure_fix_day(%s)", [day])
        copy = f"COPY supervision_fix ({', '.join(COLUMNS)}) FROM STDIN"
        with connection.cursor().copy(copy.encode()) as lines:
            for row in rows_of(out / "fixes.jsonl"):
                lines.write_row(row)
        connection.execute(JUDGED)
        connection.execute("ANALYZE")
    return fixes


def hot_bytes(bench: Bench) -> int:
    """What the fix store takes, with its indexes."""
    query = """SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits
        WHERE inhparent = 'supervision_fix'::regclass"""
    with psycopg.connect(bench.server.url("tarazy_owner")) as connection:
        (size,) = connection.execute(query).fetchone() or (0,)
        return int(size)


def plain_parquet(days: list[date], folder: Path) -> int:
    """The peer; its bytes."""
    from tarazy.supervision.actions.archive import Counted

    path = folder / "plain.parquet"
    writer = pq.ParquetWriter(path, archive.SCHEMA, compression="zstd")  # type: ignore[no-untyped-call]
    with writer:
        for day in days:
            for rows in Counted(day):
                columns = zip(*rows, strict=True)
                arrays = [
                    pa.array(one, kind.type)
                    for one, kind in zip(columns, archive.SCHEMA, strict=True)
                ]
                rows_table = pa.table(arrays, schema=archive.SCHEMA)
                writer.write_table(rows_table)  # type: ignore[no-untyped-call]
    return path.stat().st_size


def timed(go: Callable[[], int]) -> tuple[int, float]:
    began = time.perf_counter()
    found = go()
    return found, time.perf_counter() - began


def read_ms(days: list[date]) -> tuple[float, int]:
    """A person's day, as the trail shows it: the median time of many, and how many fixes."""
    from tarazy.supervision.looks.history import fixes_of

    times, found = [], 0
    for person in range(1, READ_PEOPLE + 1):
        since = datetime.combine(days[person % len(days)], datetime.min.time(), UTC)
        until = since + timedelta(days=1)
        began = time.perf_counter()
        found += len(fixes_of(person, person, since, until, limit=POINTS_MAX))
        times.append(time.perf_counter() - began)
    return 1000 * statistics.median(times), found


def measure(bench: Bench, fixes: int, days: list[date]) -> list[Result]:
    from django.db import transaction

    from tarazy.supervision.actions.archive import close_day
    from tarazy.supervision.archived import files_of
    from tarazy.supervision.models import ArchivedDay

    before = hot_bytes(bench)
    hot_ms, hot_found = read_ms(days)
    with transaction.atomic():
        plain, plain_s = timed(lambda: plain_parquet(days, settings.TARAZY.folder))
    actor = Actor.system("worker")
    moved, taken_s = timed(lambda: sum(close_day(actor, day, clock.now()) for day in days))
    cold_ms, cold_found = read_ms(days)
    if moved != fixes or cold_found != hot_found:
        raise RuntimeError(f"{fixes} fixes were there and {moved} moved; read {cold_found}")
    archived = ArchivedDay.objects.all()
    size = sum(day.size_bytes for day in archived)
    evidence = sum(files_of(day)[1].stat().st_size for day in archived)
    return [
        Result("size", size / fixes, "bytes/fix", plain / fixes),
        Result("size_without_raw_messages", (size - evidence) / fixes, "bytes/fix"),
        Result("size_in_postgresql", before / fixes, "bytes/fix"),
        Result("archived", fixes / taken_s, "fixes/s", fixes / plain_s),
        Result("read_a_person_s_day", cold_ms, "ms", hot_ms),
    ]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--people", type=int, default=200)
    options.add_argument("--days", type=int, default=4)
    asked = options.parse_args()
    versions.tell()
    with database() as bench:
        os.environ.update(bench.env)
        django.setup()
        last = clock.now().date() - timedelta(days=5)
        days = [last - timedelta(days=n) for n in reversed(range(asked.days + 2))]
        fixes = fill(bench, asked.people, days)
        print(f"{fixes} fixes of {asked.people} people in {asked.days} days, seed {SEED}")
        print(f"{'':32} {'Tarazy':>12} {'':12}{'plain':>12} {'ratio':>8}")
        report("archive", measure(bench, fixes, days))


if __name__ == "__main__":
    main()
