# SPDX-License-Identifier: EUPL-1.2
"""A table of a run, and those of its rows that are of one stretch of the processes.

A view in the schema `here` hides the one of its name in `main`, for a cursor that has entered a
stretch. Files are in the order of the processes, so that DuckDB reads no other part of them. What
is of no process, as a table of thresholds, is in `main` only.
"""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from tarazy.procurement import listing
from tarazy.procurement.store import quoted

KEY = "ocid"


def count(engine: duckdb.DuckDBPyConnection) -> int:
    """How many there are; one where there is no process."""
    [(processes,)] = engine.execute("SELECT count(*) FROM contracting_process").fetchall()
    return int(processes) // listing.STRETCH + 1


def ends(number: int) -> tuple[int, int]:
    """The first and the last place of a stretch."""
    return number * listing.STRETCH, (number + 1) * listing.STRETCH - 1


def enter(engine: duckdb.DuckDBPyConnection, number: int) -> None:
    """Have a cursor see this stretch only."""
    first, last = ends(number)
    engine.execute("SET search_path = 'here,main'")
    engine.execute(f"SET VARIABLE first = {first}")
    engine.execute(f"SET VARIABLE last = {last}")


def show(engine: duckdb.DuckDBPyConnection, name: str, files: Sequence[Path]) -> None:
    """Show files in the order of the processes, if they are of these, as a table of that name."""
    listed = ", ".join(quoted(file) for file in files)
    engine.execute(f"CREATE OR REPLACE VIEW {name} AS FROM read_parquet([{listed}])")
    narrow(engine, name)


def narrow(engine: duckdb.DuckDBPyConnection, name: str) -> None:
    """Show the rows of a stretch of a table that is there as a whole; if it has any process."""
    columns = [row[0] for row in engine.execute(f"DESCRIBE {name}").fetchall()]
    if KEY in columns:
        engine.execute("CREATE SCHEMA IF NOT EXISTS here")
        engine.execute(
            f"CREATE OR REPLACE VIEW here.{name} AS FROM main.{name}"
            f" WHERE {KEY} BETWEEN getvariable('first') AND getvariable('last')"
        )
