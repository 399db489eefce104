# SPDX-License-Identifier: EUPL-1.2
"""The tables with merged parties under one id, as views: what lies on the disk stays as published.

They are joined: a map of tens of thousands of parties is searched from its beginning for each id.
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
# each list that names a merged party, and the ids instead, each once, in order
MERGED_LISTS = """
CREATE TABLE merged_lists AS
SELECT listed AS alias, list(id ORDER BY place) AS id FROM (
    SELECT listed, coalesce(id, party) AS id, min(place) AS place, bool_or(id NOT NULL) AS merged
    FROM (
        SELECT listed, unnest(listed) AS party, generate_subscripts(listed, 1) AS place
        FROM ({lists})
    ) LEFT JOIN merged_parties ON alias = party
    GROUP BY listed, coalesce(id, party)
) GROUP BY listed HAVING bool_or(merged)
"""


def show(engine: duckdb.DuckDBPyConnection, folder: Path | None) -> None:
    """Put merged ids in place of published ones in the views of the tables, if there are any."""
    if not folder or not name_parties(engine, folder):
        return
    lists = " UNION ".join(
        f'SELECT {column} AS listed FROM "{table}"'  # noqa: S608 - our own names
        for table, columns in COLUMNS.items()
        for column in LISTS.intersection(columns)
    )
    engine.execute(MERGED_LISTS.format(lists=lists))
    for table, columns in COLUMNS.items():
        engine.execute(f'ALTER VIEW "{table}" RENAME TO "published_{table}"')
        replaced = ", ".join(f"coalesce(of_{one}.id, t.{one}) AS {one}" for one in columns)
        joins = " ".join(_join(one) for one in columns)
        engine.execute(
            f'CREATE VIEW "{table}" AS SELECT t.* REPLACE ({replaced})'  # noqa: S608 - our own names
            f' FROM "published_{table}" t {joins}'
        )


def name_parties(engine: duckdb.DuckDBPyConnection, folder: Path) -> int:
    """Give DuckDB the table merged_parties: the alias of each, and the id instead; how many."""
    known = aliases(folder)
    listed = {"alias": pa.array(known, TEXT), "id": pa.array(known.values(), TEXT)}
    engine.register("merged_given", pa.table(listed))
    engine.execute("CREATE TABLE merged_parties AS FROM merged_given")
    return len(known)


def _join(column: str) -> str:
    """What a column of a table `t` is merged by: an id, or a list of them at once."""
    by = "merged_lists" if column in LISTS else "merged_parties"
    return f"LEFT JOIN {by} of_{column} ON of_{column}.alias = t.{column}"
