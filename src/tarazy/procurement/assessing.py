# SPDX-License-Identifier: EUPL-1.2
"""How a run has DuckDB answer the statements: shared tables, then indicators, two at a time.

What looks no further than a process (`reach`) is answered of a stretch of the processes at a time,
so that what is joined fits into the memory of any machine, and into a processor's own where a
country's would not. The answers stay in the engine until they are counted; then they go to their
file, but for those that most processes have (`listing`).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import msgspec

from tarazy.procurement import listing, stretches
from tarazy.procurement.indicators import INDICATORS
from tarazy.procurement.indicators.interface import Indicator
from tarazy.procurement.prepared import Prepared
from tarazy.procurement.store import BaseRate, quoted

AT_ONCE = 2  # many steps of one indicator keep a single core busy
ROW_GROUP = 40_960  # a page of one process reads one group of each file
OF_PROCESSES = "ocid::INTEGER AS place, lot_id, raised, reason, value, evidence"
OF_ORGANISATIONS = f"{OF_PROCESSES}, subject, party_id, party_name"

WRITTEN = (
    "($usual IS NULL OR raised IS NOT NULL OR lot_id IS NOT NULL OR reason IS DISTINCT FROM $usual)"
)

Counted = tuple[bool | None, str | None, bool]
"""Of answers: raised, reason, whether they are of a whole process."""
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

    Needs the tables by numbers (`numbered`).
    """
    for name, query in written.shared.items():
        table = f"shared_{name}"
        with engine.cursor() as cursor:
            cursor.execute("SET TimeZone = 'UTC'")
            write = partial(_write_shared, cursor, query)
            if table in written.by_process:
                files = []
                for number in range(stretches.count(engine)):
                    stretches.enter(cursor, number)
                    files.append(kept.make(f"shared/{name}/{number}.parquet", write))
            else:
                files = [kept.make(f"shared/{name}.parquet", write)]
        stretches.show(engine, table, files)
        tell(table)


def _write_shared(engine: duckdb.DuckDBPyConnection, query: str, file: Path) -> None:
    engine.execute(f"COPY ({query}) TO {quoted(file)} (FORMAT parquet, COMPRESSION lz4_raw)")


def assess_all(
    engine: duckdb.DuckDBPyConnection, written: Statements, target: Path, tell: Tell
) -> list[BaseRate]:
    """The indicators that have a query, those that are made of the answers of others after these.

    Needs the tables by numbers (`numbered`).
    """
    queries = written.queries
    asked = [one for one in INDICATORS if one.CARD.code in queries]
    folders = [target / str(number) for number in range(stretches.count(engine))]
    for folder in folders:
        folder.mkdir()

    def assess(indicator: Indicator) -> BaseRate:
        code = indicator.CARD.code
        with engine.cursor() as cursor:
            cursor.execute("SET TimeZone = 'UTC'")
            rate = partial(BaseRate, code=code, version=indicator.CARD.version)
            if code in written.of_organisations:
                return _organisations(cursor, queries[code], target / f"{code}.parquet", rate)
            files = [folder / f"{code}.parquet" for folder in folders]
            answer = _by_stretches if f"found_{code}" in written.by_process else _at_one_go
            return answer(cursor, queries[code], files, rate)

    made_of_others = [one for one in asked if '"found_' in queries[one.CARD.code]]
    first = [one for one in asked if one not in made_of_others]
    rates = {}
    for indicators in (first, made_of_others):
        for rate in at_once(assess, indicators):
            rates[rate.code] = rate
            _show(engine, rate, target)
            tell(rate.code)
    return [rates[one.CARD.code] for one in asked]


def at_once(
    assess: Callable[[Indicator], BaseRate], indicators: Iterable[Indicator]
) -> Iterator[BaseRate]:
    """Some indicators at a time; one that finds no memory beside another, by itself afterwards."""
    alone = []
    with ThreadPoolExecutor(AT_ONCE) as threads:
        try:
            for one, answer in [(one, threads.submit(assess, one)) for one in indicators]:
                try:
                    yield answer.result()
                except duckdb.OutOfMemoryException:
                    alone.append(one)
        finally:
            threads.shutdown(wait=False, cancel_futures=True)  # whoever stops waits for no others
    yield from map(assess, alone)


def _by_stretches(
    engine: duckdb.DuckDBPyConnection,
    query: str,
    files: Sequence[Path],
    rate: Callable[..., BaseRate],
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
            _write(engine, f"WHERE {WRITTEN} ORDER BY place, lot_id", file, usual=usual)
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
) -> BaseRate:
    counted = _answer(engine, query, OF_PROCESSES)
    usual = _usual(counted)
    for number, file in enumerate(files):
        first, last = stretches.ends(number)  # a range is told from whole blocks, no quotient is
        which = f"WHERE place BETWEEN {first} AND {last} AND {WRITTEN} ORDER BY place, lot_id"
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
        f" (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})",
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
