# SPDX-License-Identifier: EUPL-1.2
"""Cost of the audit log at a million entries: appending, proving, and checking all of it.

The peer is a plain INSERT of the same row, with the same indexes, over the same connection.
"""

import argparse
import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import django
import psycopg
from django.conf import settings
from peers import versions

from tarazy.core import clock
from tarazy.site.postgres import Postgres

OUT = Path(__file__).parent / "out" / "audit.jsonl"
AUDIT = Path(__file__).parents[1] / "src" / "tarazy" / "core" / "audit"
SCHEMA = "".join((AUDIT / name).read_text() for name in ("schema.sql", "append.sql", "naming.sql"))
DATABASE = "bench_audit"
FILL_BATCH = 10_000
REPEATS = 2_000

PLAIN = """
create table plain_entry (like core_audit_entry including indexes);
create table plain_detail (like core_audit_detail including indexes);
create sequence plain_seq;
grant insert on plain_entry, plain_detail to tarazy_app;
grant usage on plain_seq to tarazy_app;
"""
LEAVES = """
select convert_to(
    '{"actor":"usr_0190' || md5(n::text) || '","at":"2026-03-01T07:30:00.000000Z","basis":null,'
    || '"details":{"note":"' || md5(n::text) || md5(n::text) || '"},"kind":"look",'
    || '"outcome":"done","purpose":"supervision","roles":["officer"],'
    || '"subject":"per_' || md5(n::text) || '","v":1,"verb":"supervision.trail.view"}', 'UTF8')
from generate_series(1, %s) n
"""
FILL = f"select core_audit_append(array({LEAVES}), '[]')"
FILL_PLAIN = f"""
insert into plain_entry select nextval('plain_seq'), now(), leaf, sha256(leaf)
from ({LEAVES}) leaves (leaf)
"""


@dataclass(frozen=True, slots=True)
class Result:
    """One measured figure, and the peer's in the same run."""

    name: str
    value: float
    unit: str
    peer: str
    ratio: float


def main() -> None:
    """Fill, measure, print a table, append to bench/out/audit.jsonl."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    entries = parser.parse_args().entries
    versions.tell()
    folder = Path(tempfile.mkdtemp(prefix="tarazy-bench-"))
    server = Postgres(folder / "postgres")
    server.start()
    try:
        results = measure(server, entries)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    OUT.parent.mkdir(exist_ok=True)
    with OUT.open("a") as out:
        for result in results:
            out.write(json.dumps(asdict(result)) + "\n")
            print(f"{result.name:56} {result.value:10.3f} {result.unit:8}", end=" ")
            print(f"{result.ratio:7.2f} x {result.peer}")


def measure(server: Postgres, entries: int) -> list[Result]:
    """All figures, on a fresh database of the server."""
    server.create_database(DATABASE)
    with psycopg.connect(server.url("tarazy_owner", DATABASE), autocommit=True) as owner:
        owner.execute((SCHEMA + PLAIN).encode())
        filling = [
            _fill(owner, statement, entries) / entries * 1e6 for statement in (FILL, FILL_PLAIN)
        ]
        owner.execute("vacuum analyze")
    settings.configure(
        USE_TZ=True,
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": DATABASE,
                "HOST": str(server.socket_folder),
                "USER": "tarazy_app",
            }
        },
    )
    django.setup()
    ratio = filling[0] / filling[1]
    fill = Result("append in batches of 10,000", filling[0], "us/entry", "INSERT ... SELECT", ratio)
    return [fill, *appending(entries), *reading()]


def _fill(owner: psycopg.Connection, statement: str, entries: int) -> float:
    """Seconds."""
    start = time.perf_counter()
    for _ in range(0, entries, FILL_BATCH):
        owner.execute(statement.encode(), [FILL_BATCH])
    return time.perf_counter() - start


def appending(entries: int) -> list[Result]:
    """One action's line with two details: the call alone, and the whole transaction."""
    from django.db import connection, transaction

    from tarazy.core.audit import log
    from tarazy.core.audit.entry import Line, seal

    line = Line(
        verb="supervision.trail.view",
        kind="look",
        outcome="done",
        actor="usr_0190a1b2c3d4e5f60718293a4b5c6d7e",
        roles=("officer",),
        purpose="supervision",
        basis="ord_0190a1b2c3d4e5f60718293a4b5c6d7e",
        subject="per_0190a1b2c3d4e5f60718293a4b5c6d7e",
        details={"note": "Called, no answer.", "device": "868123456789012"},
    )

    def append() -> None:
        log.append([line], clock.now())

    def append_three() -> None:
        log.append([line] * 3, clock.now())

    def insert() -> None:
        now = clock.now()
        sealed = seal(line, now)
        note, device = sealed.details.values()
        with connection.cursor() as cursor:
            cursor.execute(
                "with e as (insert into plain_entry values (nextval('plain_seq'), %s, %s,"
                " sha256(%s)) returning seq)"
                " insert into plain_detail select seq, name, salt, value from e, (values"
                " ('note', %s::bytea, %s), ('device', %s::bytea, %s)) d (name, salt, value)",
                [now, sealed.leaf, sealed.leaf, note.salt, note.value, device.salt, device.value],
            )

    results = []
    for name, ours, whole in (
        ("append one line, the call", append, False),
        ("append three lines, the call", append_three, False),
        ("append one line, with its commit", append, True),
    ):
        mine, theirs = alternate((ours, insert), transaction.atomic, whole=whole)
        at = f"{name}, at {entries:,}"
        for figure in ("median", "p99"):
            ratio = mine[figure] / theirs[figure]
            results.append(Result(f"{at}: {figure}", mine[figure], "ms", "one plain INSERT", ratio))
    return results


def alternate(
    acts: tuple[Callable[[], None], ...], atomic: Callable[[], Any], *, whole: bool
) -> list[dict[str, float]]:
    """Milliseconds of each act in turn, each in a transaction of its own; `whole`: with commit."""
    times: list[list[float]] = [[] for _ in acts]
    for _ in range(REPEATS):
        for act, mine in zip(acts, times, strict=True):
            begun = time.perf_counter()
            with atomic():
                called = time.perf_counter()
                act()
                done = time.perf_counter()
            mine.append((time.perf_counter() - begun if whole else done - called) * 1000)
    return [
        {"median": statistics.median(mine), "p99": statistics.quantiles(mine, n=100)[98]}
        for mine in times
    ]


def reading() -> list[Result]:
    """A proof of one entry, and the check of the whole log."""
    from django.db import connection

    from tarazy.core.audit import log, verification

    size = log.size()
    (proof,) = alternate((lambda: use(log.inclusion(size // 3, size)),), nullcontext, whole=False)
    (entry,) = alternate((lambda: use(log.entry(size // 3)),), nullcontext, whole=False)
    start = time.perf_counter()
    verdict = verification.verify()
    checked = time.perf_counter() - start
    if verdict.bad:
        raise SystemExit(f"the benchmark's log is bad: {verdict.bad}")
    start = time.perf_counter()
    with connection.cursor() as cursor:
        for begin in range(0, size, verification.BATCH_ENTRIES):
            cursor.execute(
                "select seq, at, leaf, leaf_hash from core_audit_entry"
                " where seq >= %s and seq < %s",
                [begin, begin + verification.BATCH_ENTRIES],
            )
            cursor.fetchall()
    read = time.perf_counter() - start
    ratio = proof["median"] / entry["median"]
    return [
        Result(f"inclusion proof at {size:,}: median", proof["median"], "ms", "one entry", ratio),
        Result(f"verify {size:,} entries", checked, "s", "only reading them", checked / read),
    ]


def use(result: object) -> None:
    """The result must exist, and nothing more."""
    if result is None:
        raise SystemExit("nothing was read")


if __name__ == "__main__":
    main()
