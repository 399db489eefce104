# SPDX-License-Identifier: EUPL-1.2
"""What pages show, read by DuckDB from the Parquet files in force. Every value is a parameter."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from tempfile import gettempdir
from typing import Any, Literal

import duckdb
import msgspec

from tarazy.core.errors import Refused
from tarazy.procurement import listing, narrowing, ranking
from tarazy.procurement.importing import FileReport
from tarazy.procurement.indicators import INDICATORS
from tarazy.procurement.refusals import Refusal
from tarazy.procurement.store import BaseRate, Findings, Folder, Manifest, quoted

PAGE_SIZE = 50
ROWS_MAX = 500  # of bids, items and so on of one process
TEXT_LENGTH_MAX = 200
READER_MEMORY = "500MB"
SPILL = "tarazy-pages"  # beside other temporary files: a page may not write into the folder
ANSWERS_MAX = 4_000_000  # of all indicators, that a page looks through; half a second
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
TIES = "code, lot_id, party_id, subject"
# the same of a list that is sorted as its rows are numbered
LISTED_SORTS: dict[Sort, str] = {
    "newest": "",
    "largest": "value_amount DESC NULLS LAST, ",
    "buyer": "buyer_name NULLS LAST, ",
}
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
    """One process with what its page shows of it."""

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

    Raises Refused where all answers of a country would have to be looked through.
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
    counted = _counted(manifest.findings, wanted)
    if wanted.answer == "raised":
        return _listed(replace(ran, page=wanted.page), lists, listing.RAISED, wanted, counted)
    rates = [one for one in ran.base_rates if wanted.code in ("", one.code)]
    all_looked_through = not wanted.code and (counted is None or wanted.sort != "newest")
    if all_looked_through and sum(one.written() for one in rates) > ANSWERS_MAX:
        raise Refused(Refusal.TOO_MUCH_TO_READ)
    with reading() as reader:
        year = _year_alone(manifest.findings, wanted) if len(rates) == 1 else None
        if year:
            counted = _counted_within(reader, lists, rates[0], year, wanted.answer)
        listing.show(reader, lists, rates, _newest(reader, lists, rates, (wanted, year)) or year)
        pages = lists / listing.PAGES
        parts, alone = _of_processes(reader, pages, wanted)
        which = narrowing.whole([narrowing.Part(ANSWERS[wanted.answer], []), *parts])
        if counted is None:
            few = narrowing.whole(parts)
            file = (pages / listing.OF_BUYERS if alone else pages) / listing.FACTS
            listing.narrow(reader, rates, file, few.sql, few.values)
            query = f"SELECT count(*) FROM findings WHERE {which.sql}"  # noqa: S608
            counted = _number(reader, query, which.values)
        page, limits = _limits(wanted.page, counted)
        query = f"FROM findings WHERE {which.sql} ORDER BY {SORTS[wanted.sort]}, {TIES}"
        rows = _rows(reader, f"{query} LIMIT ? OFFSET ?", [*which.values, *limits])
    return replace(ran, rows=rows, total=counted, page=page)


def _year_alone(findings: Findings, wanted: Wanted) -> list[listing.Span] | None:
    """The places of the year that is wanted, if they are known and nothing else is wanted."""
    if wanted.year is None or wanted.buyer or wanted.text:
        return None
    return findings.spans.get(wanted.year) or None


def _counted_within(
    reader: duckdb.DuckDBPyConnection,
    lists: Path,
    rate: BaseRate,
    year: list[listing.Span],
    answer: Answer,
) -> int:
    count = listing.count_within(reader, lists, rate, year, ANSWERS[answer])
    if answer not in {"not_assessed", "all"}:
        return count
    return count + listing.unwritten_within(reader, lists, rate, year)


def _newest(
    reader: duckdb.DuckDBPyConnection,
    lists: Path,
    rates: list[BaseRate],
    of: tuple[Wanted, list[listing.Span] | None],
) -> list[listing.Span] | None:
    """Places among which the page is surely full, so that the newest need not all be read."""
    wanted, year = of
    narrower = wanted.buyer or wanted.text or (wanted.year is not None and year is None)
    if wanted.sort != "newest" or narrower:
        return None
    for many in LOOKED_THROUGH:
        newest = list(listing.first_of(year or [(0, many)], many))
        listing.show(reader, lists, rates, newest)
        condition = ANSWERS[wanted.answer]
        if _number(reader, f"SELECT count(*) FROM written WHERE {condition}", []) >= (  # noqa: S608
            wanted.page * PAGE_SIZE
        ):
            return newest
    return None


def first(folder: Path, wanted: Wanted) -> Flags:
    """Processes by filters, those to open first on top; they have no answer and no other sort."""
    ran, lists = _ran(folder, Folder(folder).manifest())
    if lists is None:
        return ran
    return _listed(ran, lists, ranking.FILE, replace(wanted, sort="newest"), None)


def _listed(whole: Flags, lists: Path, name: str, wanted: Wanted, counted: int | None) -> Flags:
    """A page of a list that the run has sorted, of so many rows, if they are counted already."""
    with reading() as reader:
        file, which = _narrowed(reader, lists / listing.PAGES / name, wanted)
        if counted is None:
            query = f"SELECT count(*) FROM read_parquet(?) WHERE {which.sql}"  # noqa: S608
            counted = _number(reader, query, [str(file), *which.values])
        page, limits = _limits(wanted.page, counted)
        query = narrowing.page(reader, file, which, LISTED_SORTS[wanted.sort], limits)
        rows = _rows(reader, query, [str(file)])
    return replace(whole, rows=rows, total=counted, page=page)


def _narrowed(
    reader: duckdb.DuckDBPyConnection, file: Path, wanted: Wanted
) -> tuple[Path, narrowing.Part]:
    """Where to look for what is wanted of a list, and by what condition."""
    parts, alone = _of_processes(reader, file.parent, wanted)
    if wanted.code:
        sql = "list_contains(codes, ?)" if file.name == ranking.FILE else "code = ?"
        parts.append(narrowing.Part(sql, [wanted.code]))
    if alone:
        file = file.parent / listing.OF_BUYERS / file.name
    return file, narrowing.whole(parts)


def _of_processes(
    reader: duckdb.DuckDBPyConnection, pages: Path, wanted: Wanted
) -> tuple[list[narrowing.Part], bool]:
    """What is wanted of the facts of processes, and whether it is of one buyer."""
    parts, alone = [], False
    if wanted.year is not None:
        parts.append(narrowing.Part("year = ?", [wanted.year]))
    if buyer := wanted.buyer[:TEXT_LENGTH_MAX]:
        own, alone = narrowing.of_buyers(reader, pages, buyer)
        parts.append(own)
    if text := wanted.text[:TEXT_LENGTH_MAX]:
        parts.append(narrowing.with_words(reader, pages, text))
    return parts, alone


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


def _limits(page: int, total: int) -> tuple[int, tuple[int, int]]:
    """The page that is asked for, or the nearest; how many rows, after how many."""
    nearest = max(1, min(page, -(-total // PAGE_SIZE)))
    return nearest, (PAGE_SIZE, (nearest - 1) * PAGE_SIZE)


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
                return _rows(cursor, sql, [str(files[table]), ocid, ROWS_MAX])

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
            bids, awards, contracts, items, lots = threads.map(of, ORDERS, ORDERS.values())
        return Process(
            facts=facts[0],
            findings=findings.result(),
            bids=bids,
            awards=awards,
            contracts=contracts,
            items=items,
            lots=lots,
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


def _counted(findings: Findings, wanted: Wanted) -> int | None:
    """How many there are; None where the run did not count them, by more than code and answer."""
    if wanted.buyer or wanted.text or wanted.year is not None:
        return None
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
    rows = _rows(reader, f"{listing.answers_at(target, rates, place)} LIMIT ?", [ROWS_MAX])
    answered = {row["code"] for row in rows}
    raised = {row["code"] for row in rows if row["raised"]}
    with_some = [rate for rate in rates if rate.code in raised]
    shown = _rows(reader, listing.evidence_at(target, with_some, place), []) if with_some else []
    evidence = {(one["code"], one["lot_id"]): one["evidence"] for one in shown}
    for row in rows:
        row["evidence"] = evidence.get((row["code"], row["lot_id"]))
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
        "code": rate.code, "subject": "process", "lot_id": None, "raised": None,
        "reason": rate.usual, "value": None, "evidence": None,
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
