# SPDX-License-Identifier: EUPL-1.2
"""What tests of the room share: releases into DuckDB, and an indicator's answers about them."""

import json
from typing import Any

import duckdb
import ibis

from tarazy.procurement.indicators.interface import Indicator
from tarazy.procurement.run import tables
from tarazy.procurement.sources import ocds
from tarazy.procurement.sources.interface import Document


def answers(indicator: Indicator, *releases: dict[str, Any]) -> list[dict[str, Any]]:
    """One row for each subject, in the order of ocid and lot."""
    documents = [
        Document(number, json.dumps({"ocid": f"p{number:03}", **release}).encode())
        for number, release in enumerate(releases)
    ]
    batch = ocds.read(documents, "imp_test")
    query = ibis.to_sql(indicator.assess(tables()), dialect="duckdb")
    with duckdb.connect() as engine:
        engine.execute("SET TimeZone = 'UTC'")
        for name, table in batch.tables.items():
            engine.register(name, table)
        found = engine.sql(f"SELECT * FROM ({query}) ORDER BY ocid, lot_id").to_arrow_table()
        rows: list[dict[str, Any]] = found.to_pylist()
    return rows
