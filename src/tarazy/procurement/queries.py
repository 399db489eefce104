# SPDX-License-Identifier: EUPL-1.2
"""What pages show, read by DuckDB from the Parquet files in force. Every value is a parameter."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from tempfile import gettempdir
from typing import Any, Literal

import duckdb
import msgspec

from tarazy.core.errors import Refused
from tarazy.procurement import listing, ranking
from tarazy.procurement.importing import FileReport
from tarazy.procurement.indicators import INDICATORS
from tarazy.procurement.refusals import Refusal
from tarazy.procurement.store import BaseRate, Findings, Folder, Manifest, quoted

PAGE_SIZE = 50
ROWS_MAX = 500  # of bids, items and so on of one process
TEXT_LENGTH_MAX = 200
READER_MEMORY = "500MB"
SPILL = "tarazy-pages"  # beside other temporary files: a page may not write into the folder
LOOKED_THROUGH = (1_000, 30_000)  # of the newest processes, before all of them are

Answer = Literal["raised", "clear", "not_assessed", "all"]
Sort = Literal["newest", "largest", "buyer"]
Row = dict[str, Any]

ANSWERS: dict[Answer, str] = {
    "raised": "raised",
    "clear": "NOT raised",
    "not_assessed": "raised IS NULL",
    "all": "true",
}
SORTS: dict[Sort, str] = {
    "newest": "place NULLS LAST",
    "largest": "value_amount DESC NULLS LAST, place NULLS LAST",
    "buyer": "buyer_name NULLS LAST, place NULLS LAST",
}
# the evidence about a process is on its own page, that about an organisation in the list
SHOWN = """SELECT * EXCLUDE (evidence), CASE WHEN place IS NULL THEN evidence END AS evidence
FROM findings"""
CODES = tuple(indicator.CARD.code for indicator in INDICATORS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The filters of the page of flags."""

    code: str = ""
    answer: Answer = "raised"
    buyer: str = ""
    """The id, or a part of the name."""
    text: str = ""
    year: int | None = None
    sort: Sort = "newest"
    page: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Flags:
    """A page of findings, or of processes, and what is known of the indicators as a whole."""

    rows: list[Row] = field(default_factory=list)
    total: int = 0
    page: int = 1
    years: list[int] = field(default_factory=list)
    base_rates: list[BaseRate] = field(default_factory=list)
    processes: int = 0
    ran_at: datetime | None = None
    outdated: bool = False
    """The tables have changed since the indicators ran."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One process with everything that we hold of it."""

    facts: Row
    findings: list[Row]
    bids: list[Row]
    awards: list[Row]
    contracts: list[Row]
    items: list[Row]
    lots: list[Row]
    source: FileReport | None
    base_rates: list[BaseRate]


def flags(folder: Path, wanted: Wanted) -> Flags:
    """Findings by filters, a page of them; a wrong page number gives the nearest page.

    Raises Refused where all answers of a country would have to be looked through for a word.
    """
    try:
        return _flags(folder, wanted)
    except duckdb.OutOfMemoryException as error:
        raise Refused(Refusal.TOO_MUCH_TO_READ) from error


def _flags(folder: Path, wanted: Wanted) -> Flags:
    manifest = Folder(folder).manifest()
    ran, lists = _ran(folder, manifest)
    if manifest.findings is None or lists is None:
        return ran
    condition, values = _condition(wanted)
    with reading() as reader:
        if wanted.answer == "raised":
            listing.show_raised(reader, lists)
        else:
            rates = [one for one in ran.base_rates if wanted.code in ("", one.code)]
            listing.show(reader, lists, rates, _last(reader, lists, rates, wanted))
        total = _total(reader, manifest.findings, wanted)
        query = f"{SHOWN} WHERE {condition} ORDER BY {SORTS[wanted.sort]}, code, lot_id"
        return _page(reader, replace(ran, total=total, page=wanted.page), query, values)


def _last(
    reader: duckdb.DuckDBPyConnection, lists: Path, rates: list[BaseRate], wanted: Wanted
) -> int | None:
    """Up to which place the page is surely full, so that the newest need not all be read."""
    if wanted.sort != "newest" or wanted.buyer or wanted.text or wanted.year is not None:
        return None
    for last in LOOKED_THROUGH:
        listing.show(reader, lists, rates, last)
        condition = ANSWERS[wanted.answer]
        if _number(reader, f"SELECT count(*) FROM written WHERE {condition}", []) >= (  # noqa: S608
            wanted.page * PAGE_SIZE
        ):
            return last
    return None


def first(folder: Path, wanted: Wanted) -> Flags:
    """Processes by filters, those to open first on top; they have no answer and no other sort."""
    ran, lists = _ran(folder, Folder(folder).manifest())
    if lists is None:
        return ran
    condition, values = _condition(replace(wanted, answer="all", code=""))
    if wanted.code:
        condition, values = f"{condition} AND list_contains(codes, ?)", [*values, wanted.code]
    found = f"FROM read_parquet(?) WHERE {condition}"
    values = [str(lists / listing.PAGES / ranking.FILE), *values]
    with reading() as reader:
        total = _number(reader, f"SELECT count(*) {found}", values)
        query = f"SELECT * {found} ORDER BY {ranking.RANKED}"
        return _page(reader, replace(ran, total=total, page=wanted.page), query, values)


def _ran(folder: Path, manifest: Manifest) -> tuple[Flags, Path | None]:
    """What is known of the run, and where its lists are; None where it must run first."""
    processes = manifest.rows.get("contracting_process", 0)
    findings = manifest.findings
    if findings is None or not listing.has_lists(folder / findings.folder):
        return Flags(processes=processes), None
    ran = Flags(
        years=findings.years,
        base_rates=findings.base_rates,
        processes=processes,
        ran_at=findings.at,
        outdated=findings.tables != manifest.tables,
    )
    return ran, folder / findings.folder


def _page(reader: duckdb.DuckDBPyConnection, whole: Flags, query: str, values: list[Any]) -> Flags:
    """The page of the whole that is asked for, or the nearest."""
    page = max(1, min(whole.page, -(-whole.total // PAGE_SIZE)))
    limits = [PAGE_SIZE, (page - 1) * PAGE_SIZE]
    return replace(
        whole, rows=_rows(reader, f"{query} LIMIT ? OFFSET ?", [*values, *limits]), page=page
    )


def process(folder: Path, ocid: str) -> Process | None:
    """One process, or None."""
    store = Folder(folder)
    manifest = store.manifest()
    if manifest.tables is None:
        return None
    everything = store.tables(manifest)
    with reading() as reader:

        def of(table: str, order: str) -> list[Row]:
            return _rows(
                reader,
                f"SELECT * FROM read_parquet(?) WHERE ocid = ? ORDER BY {order} LIMIT ?",  # noqa: S608
                [str(files[table]), ocid, ROWS_MAX],
            )

        place, part = _place(reader, store, manifest, ocid)
        files = everything
        if part and all((path.parent / part).exists() for path in everything.values()):
            files = {name: path.parent / part for name, path in everything.items()}
        facts = of("contracting_process", "ocid")
        if not facts:  # or it stands elsewhere since the run
            files = everything
            facts = of("contracting_process", "ocid")
        if not facts:
            return None
        return Process(
            facts=facts[0],
            findings=_findings_of(reader, store, manifest, place),
            bids=of("bid", "value_amount NULLS LAST, bid_id"),
            awards=of("award", "award_id"),
            contracts=of("contract", "contract_id"),
            items=of("item", "part DESC, part_id, item_id"),
            lots=of("lot", "lot_id"),
            source=_source(store, facts[0]["source"]),
            base_rates=manifest.findings.base_rates if manifest.findings else [],
        )


def _place(
    reader: duckdb.DuckDBPyConnection, store: Folder, manifest: Manifest, ocid: str
) -> tuple[int | None, str | None]:
    """The place of the process in the findings, and the part of the tables in which it was."""
    if manifest.findings is None or not listing.has_lists(store.path / manifest.findings.folder):
        return None, None
    found = listing.place_of(reader, store.path / manifest.findings.folder, ocid)
    return found or (None, None)


def _condition(wanted: Wanted) -> tuple[str, list[Any]]:
    parts: list[tuple[str, list[Any]]] = [(ANSWERS[wanted.answer], [])]
    if wanted.code:
        parts.append(("code = ?", [wanted.code]))
    if wanted.year is not None:
        parts.append(("year = ?", [wanted.year]))
    if buyer := wanted.buyer[:TEXT_LENGTH_MAX]:
        parts.append(("(buyer_id = ? OR contains(lower(buyer_name), lower(?)))", [buyer, buyer]))
    if text := wanted.text[:TEXT_LENGTH_MAX]:
        parts.append(("(contains(words, lower(?)) OR contains(ocid, ?))", [text, text]))
    condition = " AND ".join(part for part, _ in parts)
    return condition, [value for _, values in parts for value in values]


def _total(reader: duckdb.DuckDBPyConnection, findings: Findings, wanted: Wanted) -> int:
    """How many there are; without more filters than code and answer, the run has counted them."""
    if wanted.buyer or wanted.text or wanted.year is not None:
        condition, values = _condition(wanted)
        return _number(reader, f"SELECT count(*) FROM findings WHERE {condition}", values)  # noqa: S608
    rates = [one for one in findings.base_rates if wanted.code in ("", one.code)]
    missing = sum(sum(one.not_assessed.values()) for one in rates)
    raised = sum(one.raised for one in rates)
    assessed = sum(one.assessed for one in rates)
    counts = {"raised": raised, "clear": assessed - raised, "not_assessed": missing}
    return counts.get(wanted.answer, assessed + missing)


def _findings_of(
    reader: duckdb.DuckDBPyConnection, store: Folder, manifest: Manifest, place: int | None
) -> list[Row]:
    if manifest.findings is None or place is None:  # it came after the run
        return []
    target = store.path / manifest.findings.folder
    rates = [one for one in manifest.findings.base_rates if not one.of_organisations]
    rows = _rows(reader, f"{listing.answers_at(target, rates)} LIMIT $2", [place, ROWS_MAX])
    answered = {row["code"] for row in rows}
    rows += [_usual(rate) for rate in rates if rate.usual and rate.code not in answered]
    in_order = {code: number for number, code in enumerate(CODES)}
    answers = {True: 0, False: 1, None: 2}
    return sorted(
        rows,
        key=lambda row: (answers[row["raised"]], in_order.get(row["code"], 0), row["lot_id"] or ""),
    )


def _usual(rate: BaseRate) -> Row:
    """The answer of a process that has none of its own."""
    return {
        "code": rate.code, "version": rate.version, "subject": "process", "lot_id": None,
        "raised": None, "reason": rate.usual, "value": None, "evidence": None,
    }  # fmt: skip


def _source(store: Folder, import_id: str) -> FileReport | None:
    try:
        record = (store.imports / f"{import_id}.json").read_bytes()
        return msgspec.json.decode(record, type=FileReport)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def reading() -> duckdb.DuckDBPyConnection:
    """DuckDB for a page: bounded, and kept from the network."""
    reader = duckdb.connect()
    reader.execute(f"SET memory_limit = '{READER_MEMORY}'")
    reader.execute(f"SET temp_directory = {quoted(Path(gettempdir()) / SPILL)}")
    reader.execute("SET autoinstall_known_extensions = false")
    reader.execute("SET TimeZone = 'UTC'")
    return reader


def _rows(reader: duckdb.DuckDBPyConnection, query: str, values: list[Any]) -> list[Row]:
    # By way of Arrow: DuckDB's own rows would need pytz for times with a zone.
    rows: list[Row] = reader.sql(query, params=values).to_arrow_table().to_pylist()
    return rows


def _number(reader: duckdb.DuckDBPyConnection, query: str, values: list[Any]) -> int:
    return int(reader.sql(query, params=values).fetchall()[0][0])
