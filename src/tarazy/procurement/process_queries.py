# SPDX-License-Identifier: EUPL-1.2
"""The page of one process, read by DuckDB: its records, and what each indicator says of it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from tarazy.procurement import listing
from tarazy.procurement.importing import FileReport
from tarazy.procurement.queries import CODES, Row, is_outdated, reading, rows_of
from tarazy.procurement.reported import report_in
from tarazy.procurement.store import BaseRate, Folder, Manifest

ROWS_MAX = 500  # of bids, items, flags and so on of one process
# of a process: whole rows of wide tables are read five times as slowly
PROCESS = "contracting_process"
READ: dict[str, str] = {
    PROCESS: """ocid, release_id, source, position, title, description, status, method,
        method_details, award_criteria, bidders, buyer_id, buyer_name, procuring_entity_name,
        tender_start_at, tender_start_published, tender_end_at, tender_end_published,
        value_amount, value_currency""",
    "bid": """bid_id, tenderer_names, value_amount, value_currency, status, submitted_at,
        submitted_published, lot_ids""",
    "award": """award_id, supplier_names, status, value_amount, value_currency, awarded_at,
        awarded_published""",
    "contract": """contract_id, award_id, amendments, status, value_amount, value_currency,
        signed_at, signed_published""",
    "item": """item_id, part, part_id, description, scheme, classification, classification_id,
        quantity, unit, unit_price, unit_price_currency""",
    "lot": "lot_id, title, status, value_amount, value_currency",
}
# few rows of each are read, so that a table keeps one core busy
ORDERS = {
    "bid": "value_amount NULLS LAST, bid_id",
    "award": "award_id",
    "contract": "contract_id",
    "item": "part DESC, part_id, item_id",
    "lot": "lot_id",
}
READ_AT_ONCE = 2
# Of hundreds of lots the first ones of every indicator, so that none is left out altogether; and
# how many answers of the kind there are.
FIRST_OF_EACH = """
SELECT * EXCLUDE (turn), count(*) OVER (PARTITION BY raised) AS answers FROM (
    SELECT *, row_number() OVER (PARTITION BY code, raised ORDER BY lot_id) AS turn FROM ({rows})
) QUALIFY row_number() OVER (PARTITION BY raised ORDER BY turn, code) <= ?
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One process with what its page shows of it."""

    facts: Row
    findings: list[Row]
    bids: list[Row]
    awards: list[Row]
    contracts: list[Row]
    items: list[Row]
    lots: list[Row]
    cut: dict[str, bool]
    """Of which of these tables there are more rows than ROWS_MAX."""
    source: FileReport | None
    base_rates: list[BaseRate]
    ran_at: datetime | None
    """When the indicators ran; their versions then are in the base rates."""
    outdated: bool
    """What the indicators say may be of earlier data."""


def process(folder: Path, ocid: str) -> Process | None:
    """One process, or None."""
    store = Folder(folder)
    manifest = store.manifest()
    if manifest.tables is None:
        return None
    everything = store.tables(manifest)
    with reading() as reader:

        def of(table: str, by: str) -> list[Row]:
            sql = f"SELECT {READ[table]} FROM read_parquet(?) WHERE ocid = ? ORDER BY {by} LIMIT ?"  # noqa: S608 - our own names
            with reader.cursor() as cursor:
                cursor.execute("SET TimeZone = 'UTC'")
                return rows_of(cursor, sql, [str(files[table]), ocid, ROWS_MAX + 1])

        place, part = _place(reader, store, manifest, ocid)
        files = everything
        if part and all((path.parent / part).exists() for path in everything.values()):
            files = {name: path.parent / part for name, path in everything.items()}
        facts = of(PROCESS, "ocid")
        if not facts:  # or it stands elsewhere since the run
            files = everything
            facts = of(PROCESS, "ocid")
        if not facts:
            return None
        with ThreadPoolExecutor(READ_AT_ONCE) as threads:
            findings = threads.submit(_findings_of, reader, store, manifest, place)
            found = dict(zip(ORDERS, threads.map(of, ORDERS, ORDERS.values()), strict=True))
        rows = {name: listed[:ROWS_MAX] for name, listed in found.items()}
        return Process(
            facts=facts[0],
            findings=findings.result(),
            bids=rows["bid"],
            awards=rows["award"],
            contracts=rows["contract"],
            items=rows["item"],
            lots=rows["lot"],
            cut={name: len(listed) > ROWS_MAX for name, listed in found.items()},
            source=report_in(store.imports / f"{facts[0]['source']}.json"),
            base_rates=manifest.findings.base_rates if manifest.findings else [],
            ran_at=manifest.findings.at if manifest.findings else None,
            outdated=manifest.findings is not None and is_outdated(manifest.findings, manifest),
        )


def _place(
    reader: duckdb.DuckDBPyConnection, store: Folder, manifest: Manifest, ocid: str
) -> tuple[int | None, str | None]:
    """The place of the process in the findings, and the part of the tables in which it was."""
    if manifest.findings is None or not listing.has_lists(store.path / manifest.findings.folder):
        return None, None
    found = listing.place_of(reader, store.path / manifest.findings.folder, ocid)
    return found or (None, None)


def _findings_of(
    reader: duckdb.DuckDBPyConnection, store: Folder, manifest: Manifest, place: int | None
) -> list[Row]:
    if manifest.findings is None or place is None:  # it came after the run
        return []
    target = store.path / manifest.findings.folder
    rates = [one for one in manifest.findings.base_rates if not one.of_organisations]
    found = FIRST_OF_EACH.format(rows=listing.answers_at(target, rates, place))
    rows = rows_of(reader, found, [ROWS_MAX])
    answered = {row["code"] for row in rows}
    raised = {row["code"] for row in rows if row["raised"]}
    with_some = [rate for rate in rates if rate.code in raised]
    shown = rows_of(reader, listing.evidence_at(target, with_some, place), []) if with_some else []
    evidence = {(one["code"], one["lot_id"]): one["evidence"] for one in shown}
    for row in rows:
        row["evidence"] = evidence.get((row["code"], row["lot_id"]))
    usual = [_usual(rate) for rate in rates if rate.usual and rate.code not in answered]
    missing = next((row["answers"] for row in rows if row["raised"] is None), 0) + len(usual)
    rows += usual
    for row in rows:
        if row["raised"] is None:
            row["answers"] = missing
    in_order = {code: number for number, code in enumerate(CODES)}
    answers = {True: 0, False: 1, None: 2}
    return sorted(
        rows,
        key=lambda row: (answers[row["raised"]], in_order.get(row["code"], 0), row["lot_id"] or ""),
    )


def _usual(rate: BaseRate) -> Row:
    """The answer of a process that has none of its own."""
    return {
        "code": rate.code, "subject": "process", "lot_id": None, "raised": None,
        "reason": rate.usual, "value": None, "evidence": None,
    }  # fmt: skip
