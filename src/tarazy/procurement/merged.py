# SPDX-License-Identifier: EUPL-1.2
"""The tables with merged parties under one id, as views: what lies on the disk stays as published.

Only processes that name a merged party are touched, so that a few decisions cost little among
millions of processes.
"""

from pathlib import Path

import duckdb
import pyarrow as pa

from tarazy.procurement.deciding import aliases
from tarazy.procurement.sources.interface import TEXT

COLUMNS = {
    "contracting_process": ("buyer_id", "procuring_entity_id"),
    "bid": ("tenderer_ids",),
    "award": ("supplier_ids",),
    "party": ("party_id",),
    "transaction": ("payer_id", "payee_id"),
    "beneficial_owner": ("part_id",),
    "shareholder": ("part_id",),
}
LISTS = frozenset({"tenderer_ids", "supplier_ids"})


def show(engine: duckdb.DuckDBPyConnection, folder: Path | None) -> None:
    """Put merged ids in place of published ones in the views of the tables, if there are any."""
    if not folder or not name_parties(engine, folder):
        return
    engine.execute(
        "CREATE TABLE merged_processes AS SELECT DISTINCT ocid FROM party"
        " WHERE party_id IN (SELECT alias FROM merged_parties)"
    )
    engine.execute(
        "SET VARIABLE merged_map = (SELECT map(list(alias), list(id)) FROM merged_parties)"
    )
    for table, columns in COLUMNS.items():
        engine.execute(f'ALTER VIEW "{table}" RENAME TO "published_{table}"')
        replaced = ", ".join(f"{_merged(column)} AS {column}" for column in columns)
        engine.execute(
            f'CREATE VIEW "{table}" AS SELECT * REPLACE ({replaced})'  # noqa: S608 - our own names
            f' FROM "published_{table}" WHERE ocid IN (FROM merged_processes)'
            f' UNION ALL FROM "published_{table}" WHERE ocid NOT IN (FROM merged_processes)'
        )


def name_parties(engine: duckdb.DuckDBPyConnection, folder: Path) -> int:
    """Give DuckDB the table merged_parties: the alias of each, and the id instead; how many."""
    known = aliases(folder)
    listed = {"alias": pa.array(known, TEXT), "id": pa.array(known.values(), TEXT)}
    engine.register("merged_given", pa.table(listed))
    engine.execute("CREATE TABLE merged_parties AS FROM merged_given")
    return len(known)


def _merged(column: str) -> str:
    one = "coalesce(getvariable('merged_map')[{}], {})"
    if column in LISTS:
        ids = f"list_transform({column}, lambda x: {one.format('x', 'x')})"
        return (
            f"list_filter({ids}, lambda x, i: list_position({ids}, x) = i)"  # each once, in order
        )
    return one.format(column, column)
