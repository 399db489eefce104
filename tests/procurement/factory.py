# SPDX-License-Identifier: EUPL-1.2
"""What tests of the room share: releases into DuckDB, and an indicator's answers about them."""

import json
from typing import Any

import duckdb
import pyarrow as pa

from tarazy.procurement import numbered
from tarazy.procurement.indicators.interface import Indicator
from tarazy.procurement.references import REFERENCES, load
from tarazy.procurement.run import sql, tables
from tarazy.procurement.sources import ocds
from tarazy.procurement.sources.interface import Document


def answers(
    indicator: Indicator,
    *releases: dict[str, Any],
    given: dict[str, pa.Table] | None = None,
) -> list[dict[str, Any]]:
    """One row for each subject, in the order of ocid and lot; `given` are reference tables."""
    documents = [
        Document(number, json.dumps({"ocid": f"p{number:03}", **release}).encode())
        for number, release in enumerate(releases)
    ]
    batch = ocds.read(documents, "imp_test")
    query = sql(indicator.assess(tables()))
    with duckdb.connect() as engine:
        engine.execute("SET TimeZone = 'UTC'")
        show(engine, batch.tables)
        for kind in REFERENCES:
            engine.register(f"reference_{kind}", (given or {}).get(kind, load(None, kind)))
        found = engine.sql(f"SELECT * FROM ({query}) ORDER BY ocid, lot_id").to_arrow_table()
        rows: list[dict[str, Any]] = found.to_pylist()
    return rows


def show(engine: duckdb.DuckDBPyConnection, tables: dict[str, pa.Table]) -> None:
    """Give DuckDB tables that were just read, as indicators see them."""
    for name, table in tables.items():
        engine.register("read" if name == numbered.PROCESS else name, table)
    numbered.as_published(engine, "read")


def reference(kind: str, *rows: dict[str, Any]) -> dict[str, pa.Table]:
    """A reference table of these rows; what is not named is null."""
    schema = REFERENCES[kind].schema
    full = [{name: row.get(name) for name in schema.names} for row in rows]
    return {kind: pa.Table.from_pylist(full, schema=schema)}
