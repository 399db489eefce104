# SPDX-License-Identifier: EUPL-1.2
"""How a run has DuckDB answer the statements: shared tables, then indicators, two at a time.

The answers of one indicator stay in the engine until they are counted; then they go to its file,
but for those that most processes have (`listing`).
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from tarazy.procurement import listing
from tarazy.procurement.indicators import INDICATORS
from tarazy.procurement.indicators.interface import Indicator
from tarazy.procurement.prepared import Prepared
from tarazy.procurement.store import BaseRate, quoted

AT_ONCE = 2  # many steps of one indicator keep a single core busy
ROW_GROUP = 40_960  # a page of one process reads one group of each file
OF_PROCESSES = "ocid::INTEGER AS place, lot_id, raised, reason, value, evidence"
OF_ORGANISATIONS = f"{OF_PROCESSES}, subject, party_id, party_name"

Tell = Callable[[str], None]
"""Told the name of each table that is done."""


def share(
    engine: duckdb.DuckDBPyConnection, shared: Mapping[str, str], kept: Prepared, tell: Tell
) -> None:
    """Compute the shared tables, into files: a country's would not fit into the memory."""
    for name, query in shared.items():
        file = kept.make(f"shared/{name}.parquet", partial(_write_shared, engine, query))
        engine.execute(f"CREATE VIEW shared_{name} AS FROM read_parquet({quoted(file)})")
        tell(f"shared_{name}")


def _write_shared(engine: duckdb.DuckDBPyConnection, query: str, file: Path) -> None:
    engine.execute(f"COPY ({query}) TO {quoted(file)} (FORMAT parquet, COMPRESSION lz4_raw)")


def assess_all(
    engine: duckdb.DuckDBPyConnection,
    queries: Mapping[str, str],
    of_organisations: Collection[str],
    target: Path,
    tell: Tell,
) -> list[BaseRate]:
    """The indicators that have a query, those that are made of the answers of others after these.

    Needs the tables by numbers (`numbered`).
    """
    asked = [one for one in INDICATORS if one.CARD.code in queries]
    stretches = _stretches(engine, target)

    def assess(indicator: Indicator) -> BaseRate:
        code = indicator.CARD.code
        with engine.cursor() as cursor:
            cursor.execute("SET TimeZone = 'UTC'")
            rate = partial(BaseRate, code=code, version=indicator.CARD.version)
            if code in of_organisations:
                return _organisations(cursor, queries[code], target / f"{code}.parquet", rate)
            files = [stretch / f"{code}.parquet" for stretch in stretches]
            return _processes(cursor, queries[code], files, rate)

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


def _stretches(engine: duckdb.DuckDBPyConnection, target: Path) -> list[Path]:
    """A folder for each stretch of the processes."""
    [(count,)] = engine.execute("SELECT count(*) FROM contracting_process").fetchall()
    stretches = [target / str(number) for number in range(count // listing.STRETCH + 1)]
    for stretch in stretches:
        stretch.mkdir()
    return stretches


def _processes(
    engine: duckdb.DuckDBPyConnection,
    query: str,
    files: Sequence[Path],
    rate: Callable[..., BaseRate],
) -> BaseRate:
    counted = _answer(engine, query, OF_PROCESSES)
    missing = [row for row in counted if row[0] is None and row[3]]
    usual = max(missing, key=lambda row: row[3])[1] if missing else None
    rest = "raised IS NOT NULL OR lot_id IS NOT NULL OR reason IS DISTINCT FROM $usual"
    for number, file in enumerate(files):
        first = number * listing.STRETCH  # a range is told from whole blocks, a quotient is not
        here = f"place BETWEEN {first} AND {first + listing.STRETCH - 1}"
        which = f"WHERE {here} AND ($usual IS NULL OR {rest}) ORDER BY place, lot_id"
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


def _answer(engine: duckdb.DuckDBPyConnection, query: str, columns: str) -> list[Any]:
    """Keep the answers as `answer`; (raised, reason, how many, how many of a whole process)."""
    engine.execute(
        f"CREATE TEMP TABLE answer AS SELECT {columns} FROM ({query})"  # noqa: S608 - our own names
    )
    return engine.execute(
        "SELECT raised, reason, count(*), count(*) - count(lot_id) FROM answer GROUP BY ALL"
    ).fetchall()


def _write(engine: duckdb.DuckDBPyConnection, which: str, target: Path, **given: Any) -> None:
    engine.execute(
        f"COPY (FROM answer {which}) TO {quoted(target)}"
        f" (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})",
        given,
    )


def _counts(counted: Iterable[Any]) -> dict[str, Any]:
    commonest_first = sorted(counted, key=lambda row: -row[2])
    not_assessed: dict[str, int] = {}
    for raised, reason, count, _ in commonest_first:
        if raised is None:
            not_assessed[reason or ""] = not_assessed.get(reason or "", 0) + count
    return {
        "raised": sum(row[2] for row in counted if row[0]),
        "assessed": sum(row[2] for row in counted if row[0] is not None),
        "not_assessed": not_assessed,
    }


def _show(engine: duckdb.DuckDBPyConnection, rate: BaseRate, target: Path) -> None:
    """For those that are made of what others could assess."""
    files = ", ".join(quoted(file) for file in listing.files_of(target, rate))
    rows = listing.written_of(rate, f"read_parquet([{files}])")
    number = "NULL" if rate.of_organisations else "place"
    engine.execute(f"CREATE VIEW found_{rate.code} AS SELECT *, {number} AS ocid FROM ({rows})")  # noqa: S608
