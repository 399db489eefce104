# SPDX-License-Identifier: EUPL-1.2
"""How a run has DuckDB answer the statements: shared tables, then indicators, two at a time.

Two statements on a thread each take a fifth less of the processors than one after the other on two
threads, which share out every step of it and put its parts together again.

What looks no further than a process (`reach`) is answered of a stretch of the processes at a time,
so that what is joined fits into the memory of any machine, and into a processor's own where a
country's would not. The answers stay in the engine until they are counted; then they go to their
file, but for those that most processes have (`listing`).
"""

import re
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import partial
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import msgspec

from tarazy.procurement import listing, stretches
from tarazy.procurement.indicators import INDICATORS
from tarazy.procurement.indicators.interface import Indicator, Subject
from tarazy.procurement.prepared import Prepared
from tarazy.procurement.store import ROW_GROUP, BaseRate, quoted

AT_ONCE = 2  # many steps of one indicator keep a single core busy
OF_PROCESSES = "ocid::INTEGER AS place, lot_id, raised, reason, value, evidence"
OF_ORGANISATIONS = f"{OF_PROCESSES}, subject, party_id, party_name"

WRITTEN = (
    "($usual IS NULL OR raised IS NOT NULL OR lot_id IS NOT NULL OR reason IS DISTINCT FROM $usual)"
)

Counted = tuple[bool | None, str | None, bool]
"""Of answers: raised, reason, whether they are of a whole process."""
Made = TypeVar("Made")
Tell = Callable[[str], None]
"""Told the name of each table that is done."""


class Statements(msgspec.Struct, frozen=True, kw_only=True):
    """SQL of every shared table by its name, and of every indicator by its code."""

    made_by: str
    shared: dict[str, str]
    queries: dict[str, str]
    of_organisations: set[str]
    """Codes of indicators whose subjects are no processes."""
    by_process: set[str]
    """Names of tables, as in `expressions`, that look no further than a process."""


def share(
    engine: duckdb.DuckDBPyConnection, written: Statements, kept: Prepared, tell: Tell
) -> None:
    """Compute the shared tables, into files: a country's would not fit into the memory.

    Each after those that it is made of; one that finds no memory beside another, by itself. Needs
    the tables by numbers (`numbered`).
    """
    make = partial(_files_of_shared, engine, written, kept, stretches.count(engine))
    parts = _parts("shared", written.shared)
    for name, files in in_turn(engine, make, parts):
        stretches.show(engine, f"shared_{name}", files)
        tell(f"shared_{name}")


def _parts(kind: str, queries: Mapping[str, str]) -> dict[str, list[str]]:
    """Which of the others each reads."""
    named = re.compile(rf'"{kind}_(\w+)"')
    return {name: sorted(queries.keys() & named.findall(query)) for name, query in queries.items()}


def in_turn(
    engine: duckdb.DuckDBPyConnection,
    make: Callable[[str], Made],
    parts: Mapping[str, Collection[str]],
) -> Iterator[tuple[str, Made]]:
    """Make each after its parts, some at a time; what finds no memory beside another, by itself.

    What has become possible by others comes first: such are large, and the last one has no other
    beside it. A caller shows what was made before it asks for the next.
    """
    waiting = TopologicalSorter(parts)
    waiting.prepare()
    ready = deque[str]()
    running: dict[Future[Made], str] = {}
    with _side_by_side(engine) as threads:
        while waiting.is_active():
            ready.extendleft(reversed(waiting.get_ready()))
            while ready and len(running) < AT_ONCE:
                name = ready.popleft()
                running[threads.submit(make, name)] = name
            for one in wait(running, return_when=FIRST_COMPLETED).done:
                name = running.pop(one)
                try:
                    made = one.result()
                except duckdb.OutOfMemoryException:
                    wait(running)
                    made = make(name)
                yield name, made
                waiting.done(name)


@contextmanager
def _side_by_side(engine: duckdb.DuckDBPyConnection) -> Iterator[ThreadPoolExecutor]:
    """Threads that ask the engine: with its own they are as many as its own would be alone."""
    [(alone,)] = engine.execute("SELECT current_setting('threads')").fetchall()
    engine.execute(f"SET threads = {max(1, alone - AT_ONCE + 1)}")
    with ThreadPoolExecutor(AT_ONCE) as threads:
        try:
            yield threads
        finally:
            threads.shutdown(wait=False, cancel_futures=True)  # whoever stops waits for no others
    engine.execute(f"SET threads = {alone}")


def _files_of_shared(
    engine: duckdb.DuckDBPyConnection,
    written: Statements,
    kept: Prepared,
    count: int,
    name: str,
) -> list[Path]:
    with engine.cursor() as cursor:
        cursor.execute("SET TimeZone = 'UTC'")
        write = partial(_write_shared, cursor, written.shared[name])
        if f"shared_{name}" not in written.by_process:
            return [kept.make(f"shared/{name}.parquet", write)]
        files = []
        for number in range(count):
            stretches.enter(cursor, number)
            files.append(kept.make(f"shared/{name}/{number}.parquet", write))
        return files


def _write_shared(engine: duckdb.DuckDBPyConnection, query: str, file: Path) -> None:
    engine.execute(f"COPY ({query}) TO {quoted(file)} (FORMAT parquet, COMPRESSION lz4_raw)")


def assess_all(
    engine: duckdb.DuckDBPyConnection, written: Statements, target: Path, tell: Tell
) -> list[BaseRate]:
    """The indicators that have a query, those that are made of the answers of others after these.

    Needs the tables by numbers (`numbered`).
    """
    queries = written.queries
    asked = {one.CARD.code: one for one in INDICATORS if one.CARD.code in queries}
    folders = [target / str(number) for number in range(stretches.count(engine))]
    for folder in folders:
        folder.mkdir()

    def assess(code: str) -> BaseRate:
        card = asked[code].CARD
        with engine.cursor() as cursor:
            cursor.execute("SET TimeZone = 'UTC'")
            rate = partial(BaseRate, code=code, version=card.version)
            if code in written.of_organisations:
                return _organisations(cursor, queries[code], target / f"{code}.parquet", rate)
            files = [folder / f"{code}.parquet" for folder in folders]
            answer = _by_stretches if f"found_{code}" in written.by_process else _at_one_go
            return answer(cursor, queries[code], files, rate, _order(asked[code]))

    rates = {}
    for code, rate in in_turn(engine, assess, _parts("found", queries)):
        rates[code] = rate
        _show(engine, rate, target)
        tell(code)
    return [rates[code] for code in asked]


def _order(indicator: Indicator) -> str:
    """Of the answers in a file: numbers alone are sorted in half the time of numbers and texts."""
    return "place, lot_id" if Subject.LOT in indicator.CARD.subjects else "place"


def _by_stretches(
    engine: duckdb.DuckDBPyConnection,
    query: str,
    files: Sequence[Path],
    rate: Callable[..., BaseRate],
    order: str,
) -> BaseRate:
    """The usual reason is known when all is counted; till then it is taken to be the first one's.

    Where it turns out to be another, all is answered once more: seldom, and dearly.
    """
    usual, guessed = None, False
    while True:
        counted: Counter[Counted] = Counter()
        for number, file in enumerate(files):
            stretches.enter(engine, number)
            here = _answer(engine, query, OF_PROCESSES)
            if not guessed:
                usual, guessed = _usual(here), True
            _write(engine, f"WHERE {WRITTEN} ORDER BY {order}", file, usual=usual)
            engine.execute("DROP TABLE answer")
            counted += here
        if usual == _usual(counted):
            return rate(**_counts(counted), usual=usual)
        usual = _usual(counted)


def _at_one_go(
    engine: duckdb.DuckDBPyConnection,
    query: str,
    files: Sequence[Path],
    rate: Callable[..., BaseRate],
    order: str,
) -> BaseRate:
    counted = _answer(engine, query, OF_PROCESSES)
    usual = _usual(counted)
    for number, file in enumerate(files):
        first, last = stretches.ends(number)  # a range is told from whole blocks, no quotient is
        which = f"WHERE place BETWEEN {first} AND {last} AND {WRITTEN} ORDER BY {order}"
        _write(engine, which, file, usual=usual)
    engine.execute("DROP TABLE answer")
    return rate(**_counts(counted), usual=usual)


def _organisations(
    engine: duckdb.DuckDBPyConnection, query: str, target: Path, rate: Callable[..., BaseRate]
) -> BaseRate:
    counted = _answer(engine, query, OF_ORGANISATIONS)
    _write(engine, "ORDER BY party_id, subject", target)
    engine.execute("DROP TABLE answer")
    return rate(**_counts(counted), of_organisations=True)


def _answer(engine: duckdb.DuckDBPyConnection, query: str, columns: str) -> "Counter[Counted]":
    """Keep the answers as `answer`; how many there are of each kind."""
    engine.execute(
        f"CREATE TEMP TABLE answer AS SELECT {columns} FROM ({query})"  # noqa: S608 - our own names
    )
    found = engine.execute(
        "SELECT raised, reason, lot_id IS NULL, count(*) FROM answer GROUP BY ALL"
    ).fetchall()
    return Counter({(raised, reason, whole): count for raised, reason, whole, count in found})


def _usual(counted: "Counter[Counted]") -> str | None:
    """The reason for which most processes as a whole were not assessed."""
    missing = {
        reason: count
        for (raised, reason, whole), count in counted.items()
        if raised is None and whole
    }
    return max(missing, key=lambda reason: (missing[reason], reason or ""), default=None)


def _write(engine: duckdb.DuckDBPyConnection, which: str, target: Path, **given: Any) -> None:
    engine.execute(
        f"COPY (FROM answer {which}) TO {quoted(target)}"
        f" ({listing.PACKED}, ROW_GROUP_SIZE {ROW_GROUP})",
        given,
    )


def _counts(counted: "Counter[Counted]") -> dict[str, Any]:
    not_assessed: Counter[str] = Counter()
    for (raised, reason, _), count in counted.items():
        if raised is None:
            not_assessed[reason or ""] += count
    return {
        "raised": sum(count for (raised, *_), count in counted.items() if raised),
        "assessed": sum(count for (raised, *_), count in counted.items() if raised is not None),
        "not_assessed": dict(not_assessed.most_common()),
    }


def _show(engine: duckdb.DuckDBPyConnection, rate: BaseRate, target: Path) -> None:
    """For those that are made of what others could assess."""
    files = ", ".join(quoted(file) for file in listing.files_of(target, rate))
    rows = listing.written_of(rate, f"read_parquet([{files}])")
    number = "NULL" if rate.of_organisations else "place"
    engine.execute(f"CREATE VIEW found_{rate.code} AS SELECT *, {number} AS ocid FROM ({rows})")  # noqa: S608
    stretches.narrow(engine, f"found_{rate.code}")
