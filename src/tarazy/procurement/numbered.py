# SPDX-License-Identifier: EUPL-1.2
"""The tables as a run reads them: each process by a number instead of its ocid, in that order.

A run joins tables by their process hundreds of times, and numbers that stand in order are joined in
half the time of texts. So each table is written once more, for runs only (`prepared`): with the
number of the process in the column `ocid` (its `place` in the lists of pages, `listing`), amounts
in one currency, merged parties under one id, and without the columns that no indicator reads. The
few indicators that need the text itself find it in `published_ocid` of the processes.
"""

from collections.abc import Collection
from functools import partial
from pathlib import Path

import duckdb
import ibis
import pyarrow as pa

from tarazy.procurement import stretches
from tarazy.procurement.listing import FACTS
from tarazy.procurement.prepared import Prepared
from tarazy.procurement.sources.interface import TEXT
from tarazy.procurement.sources.ocds import SCHEMAS
from tarazy.procurement.store import quoted

PROCESS, RELATED = "contracting_process", "related_process"
PUBLISHED_OCID = "published_ocid"

# no indicator reads these; each step of a query spells out, and each sort carries, all the others
UNREAD = {
    PROCESS: (
        "release_id", "language", "initiation_type", "tender_id", "title", "description", "tags",
        "source", "position", "fingerprint", "award_criteria_details", "released_published",
        "min_value_amount", "min_value_currency", "enquiry_start_at", "enquiry_start_published",
        "enquiry_end_at", "enquiry_end_published", "award_end_at", "award_end_published",
        "planning_rationale", "budget_project", "budget_project_id",
    ),
    "lot": (
        "title", "description", "status", "value_amount", "value_currency", "min_value_amount",
        "min_value_currency", "contract_start_at", "contract_start_published", "contract_end_at",
        "contract_end_published", "item_ids",
    ),
    "item": ("description", "classification", "unit_scheme", "lot_id"),
    "award": ("title", "bid_ids"),
    "contract": (
        "title", "start_at", "start_published", "end_at", "end_published",
    ),
    "party": ("scheme", "legal_name", "postal_code"),
    "document": ("modified_at", "modified_published"),
    "amendment": ("amendment_id", "amended_at", "amended_published", "rationale"),
    "milestone": ("title",),
    "transaction": (
        "transaction_id", "paid_at", "paid_published", "payer_id", "payer_name", "payee_id",
        "payee_name",
    ),
    "enquiry": ("asked_at", "asked_published"),
    "complaint": ("filed_at", "filed_published"),
    RELATED: ("relation_id",),
}  # fmt: skip


def schema(table: str) -> ibis.Schema:
    """What indicators see of a table."""
    left = [one for one in SCHEMAS[table] if one.name not in UNREAD.get(table, ())]
    if table == PROCESS:
        left.append(pa.field(PUBLISHED_OCID, TEXT))
    return ibis.Schema.from_pyarrow(pa.schema(left))


def names(tables: Collection[str] = tuple(SCHEMAS)) -> list[str]:
    """The names of these tables among those that are prepared."""
    return [f"numbered/{name}.parquet" for name in tables]


def write(
    engine: duckdb.DuckDBPyConnection, kept: Prepared, tables: Collection[str] = tuple(SCHEMAS)
) -> None:
    """Write the tables that the engine shows, and show those that were written instead.

    Needs the facts of `listing`.
    """
    if kept.lacks(names(tables)):
        facts = quoted(kept.file(FACTS))
        engine.execute(f"CREATE TABLE places AS SELECT ocid, place FROM read_parquet({facts})")  # noqa: S608
    for name, own in zip(tables, names(tables), strict=True):
        file = kept.make(own, partial(_write, engine, name))
        stretches.show(engine, name, [file])
    engine.execute("DROP TABLE IF EXISTS places")


def _write(engine: duckdb.DuckDBPyConnection, name: str, file: Path) -> None:
    """A process that another names is given by its number, too; where nobody knows it, by none."""
    columns = {one: f't."{one}"' for one in schema(name)} | {"ocid": "places.place"}
    other = ""
    if name == PROCESS:
        columns[PUBLISHED_OCID] = "t.ocid"
    if name == RELATED:
        columns["identifier"] = "other.place"
        other = "LEFT JOIN places other ON other.ocid = t.identifier"
    chosen = ", ".join(f'{value} AS "{one}"' for one, value in columns.items())
    engine.execute(
        f"COPY (SELECT {chosen} FROM {name} t JOIN places ON places.ocid = t.ocid"  # noqa: S608
        f" {other} ORDER BY places.place) TO {quoted(file)} (FORMAT parquet, COMPRESSION lz4_raw)"
    )


def as_published(engine: duckdb.DuckDBPyConnection, processes: str) -> None:
    """Show the processes of the table of that name with their ocid as it is, for a few rows."""
    engine.execute(
        f"CREATE VIEW {PROCESS} AS SELECT *, ocid AS {PUBLISHED_OCID} FROM {processes}"  # noqa: S608
    )
