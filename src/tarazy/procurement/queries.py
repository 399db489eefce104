# SPDX-License-Identifier: EUPL-1.2
"""What pages show, read by DuckDB from the Parquet files in force. Every value is a parameter."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import gettempdir
from typing import Any, Literal

import duckdb

from tarazy.core.catalogue import said
from tarazy.core.errors import Refused
from tarazy.procurement import listing, narrowing, ranking
from tarazy.procurement.indicators import INDICATORS
from tarazy.procurement.refusals import Refusal
from tarazy.procurement.store import BaseRate, Findings, Folder, Manifest, quoted

PAGE_SIZE = 50
TEXT_LENGTH_MAX = 200
READER_MEMORY = "500MB"
SPILL = "tarazy-pages"  # beside other temporary files: a page may not write into the folder
ANSWERS_MAX = 4_000_000  # of all indicators, that a page looks through; half a second
REACHED_MAX = 10_000  # of answers in general, that have pages; filters lead to the others
COUNTED_MAX = 10_000  # that have words: a word that most have stands in every row of a country
LOOKED_THROUGH = (1_000, 30_000)  # of the first processes, before all of them are
GATHERED = (4 * COUNTED_MAX, 100_000)  # of those with the words, or of the buyer, that are wanted

Answer = Literal["raised", "clear", "not_assessed", "all"]
Sort = Literal["newest", "largest", "buyer"]
Row = dict[str, Any]
Shown = tuple[Path, Sequence[BaseRate], Sequence[listing.Span] | None]
"""The lists of a run, of these indicators, of the processes at these places only."""

ANSWERS: dict[Answer, str] = {
    "raised": "raised",
    "clear": "NOT raised",
    "not_assessed": "raised IS NULL",
    "all": "true",
}
ANSWER_TITLES: dict[Answer, str] = {
    "raised": said("needs checking"),
    "not_assessed": said("not assessed"),
    "clear": said("clear"),
    "all": said("every answer"),
}
SORTS: dict[Sort, str] = {
    "newest": "place NULLS LAST",
    "largest": listing.ORDERS[listing.LARGEST],
    "buyer": listing.ORDERS[listing.BY_BUYER],
}
TIES = "code, lot_id, party_id, subject"
# the same of a list that is sorted as its rows are numbered
LISTED_SORTS: dict[Sort, str] = {
    "newest": "",
    "largest": "value_amount DESC NULLS LAST",
    "buyer": "buyer_name NULLS LAST",
}
# and processes in these orders
SORTED: dict[Sort, str] = {
    "newest": listing.FACTS,
    "largest": listing.LARGEST,
    "buyer": listing.BY_BUYER,
}
CODES = tuple(indicator.CARD.code for indicator in INDICATORS)
VERSIONS = {indicator.CARD.code: indicator.CARD.version for indicator in INDICATORS}


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
    size: int = PAGE_SIZE
    """Rows of a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flags:
    """A page of findings, or of processes, and what is known of the indicators as a whole."""

    rows: list[Row] = field(default_factory=list)
    total: int = 0
    reached: int = 0
    """How many of the total have a page."""
    more: bool = False
    """There are more than the total, which neither were counted nor have a page."""
    page: int = 1
    years: list[int] = field(default_factory=list)
    base_rates: list[BaseRate] = field(default_factory=list)
    processes: int = 0
    ran_at: datetime | None = None
    outdated: bool = False
    """The tables, or the indicators, have changed since these ran."""


def flags(folder: Path, wanted: Wanted) -> Flags:
    """Findings by filters, a page of them; a wrong page number gives the nearest page.

    Of answers other than raised the first REACHED_MAX have pages: the answers lie on the disk
    without an order, and each page would sort all that come before it.

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
    wanted = replace(wanted, page=_limits(wanted, REACHED_MAX)[0])
    rates = [one for one in ran.base_rates if wanted.code in ("", one.code)]
    if not rates:  # an indicator that has come since the run
        return ran
    all_looked_through = not wanted.code and (counted is None or wanted.sort != "newest")
    if all_looked_through and sum(one.written() for one in rates) > ANSWERS_MAX:
        raise Refused(Refusal.TOO_MUCH_TO_READ)
    with reading() as reader:
        parts = _of_processes(reader, lists / listing.PAGES, wanted)
        if len(rates) == 1 and wanted.text and not (parts[1] or rates[0].of_organisations):
            page = _with_words(reader, (lists, rates[0]), wanted, narrowing.whole(parts[0]))
            return _of_run(ran, page)
        year = _year_alone(manifest.findings, wanted) if len(rates) == 1 else None
        if year:
            counted = _counted_within(reader, lists, rates[0], year, wanted.answer)
        listing.show(reader, lists, rates, _newest(reader, lists, rates, (wanted, year)) or year)
        page = _answered(reader, (lists, rates, year), (wanted, *parts), counted)
    return _of_run(ran, page)


def _of_run(ran: Flags, page: Flags) -> Flags:
    told = {name: getattr(page, name) for name in ("rows", "total", "reached", "more", "page")}
    return replace(ran, **told)


def _answered(
    reader: duckdb.DuckDBPyConnection,
    shown: Shown,
    of: tuple[Wanted, list[narrowing.Part], bool],
    counted: int | None,
) -> Flags:
    """A page of answers in general, of so many, if they are counted already."""
    lists, rates, _ = shown
    wanted, parts, alone = of
    which = narrowing.whole([narrowing.Part(ANSWERS[wanted.answer], []), *parts])
    which, more = narrowing.Part(f"FROM findings WHERE {which.sql}", which.values), False
    few = narrowing.whole(parts)
    file = lists / listing.PAGES / SORTED["buyer" if alone else wanted.sort]
    gather = partial(listing.gather, reader, file, few.sql, few.values)
    first_ones = partial(_ever_more, reader, shown, gather)
    if counted is None:
        counted, more = _counted_of_first(reader, which, wanted, first_ones, in_order=not alone)
    elif len(rates) == 1 and wanted.sort != "newest":
        last = _limits(wanted, counted)[0] * wanted.size
        for every in first_ones(LOOKED_THROUGH):
            if every or _number(reader, f"SELECT count(*) {which.sql}", which.values) >= last:
                break
    reached = min(counted, REACHED_MAX)
    page, limits = _limits(wanted, reached)
    query = f"{which.sql} ORDER BY {SORTS[wanted.sort]}, {TIES} LIMIT ? OFFSET ?"
    found = rows_of(reader, query, [*which.values, *limits])
    return Flags(rows=found, total=counted, reached=reached, more=more, page=page)


def _with_words(
    reader: duckdb.DuckDBPyConnection,
    of: tuple[Path, BaseRate],
    wanted: Wanted,
    which: narrowing.Part,
) -> Flags:
    """A page of one indicator's answers about processes, of those with certain words."""
    lists, rate = of
    file, answer = lists / listing.PAGES / SORTED[wanted.sort], ANSWERS[wanted.answer]
    steps = (COUNTED_MAX, *GATHERED)
    found = narrowing.count_answers(reader, of, (file, which), answer, steps)
    counted, more = min(found, COUNTED_MAX), found > COUNTED_MAX
    reached = min(counted, REACHED_MAX)
    page, limits = _limits(wanted, reached)
    before = narrowing.page_of_answers(reader, rate, file, limits)
    query = f"FROM findings WHERE {answer} ORDER BY {SORTS[wanted.sort]}, {TIES} LIMIT ? OFFSET ?"
    found_rows = rows_of(reader, query, [limits[0], before])
    return Flags(rows=found_rows, total=counted, reached=reached, more=more, page=page)


def _counted_of_first(
    reader: duckdb.DuckDBPyConnection,
    which: narrowing.Part,
    wanted: Wanted,
    first_ones: Callable[[Sequence[int]], Iterator[bool]],
    *,
    in_order: bool,
) -> tuple[int, bool]:
    """Count among the first where these are all, or where more than are counted are among them."""
    words = in_order and bool(wanted.text)
    for every in first_ones(GATHERED if words else GATHERED[-1:]):
        if every or (words and _count(reader, which, wanted)[1]):
            break
    return _count(reader, which, wanted)


def _ever_more(
    reader: duckdb.DuckDBPyConnection,
    shown: Shown,
    gather: Callable[[int], bool],
    steps: Sequence[int],
) -> Iterator[bool]:
    """Show the first processes that are wanted, then more, then all; whether none is left out.

    A page that is full is known to be, since whatever is left out comes after these.
    """
    lists, rates, spans = shown
    for most in steps:
        every = gather(most)
        listing.narrow(reader, rates)
        yield every
        listing.widen(reader, lists, rates, spans)


def _count(
    reader: duckdb.DuckDBPyConnection, which: narrowing.Part, wanted: Wanted
) -> tuple[int, bool]:
    """How many rows there are `FROM` somewhere, and whether there are more than are counted."""
    sql = f"{which.sql} LIMIT {COUNTED_MAX + 1}" if wanted.text else which.sql
    counted = _number(reader, f"SELECT count(*) FROM (SELECT 1 {sql})", which.values)  # noqa: S608
    more = bool(wanted.text) and counted > COUNTED_MAX
    return COUNTED_MAX if more else counted, more


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
            wanted.page * wanted.size
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
        order, more = LISTED_SORTS[wanted.sort], False
        if counted is None:
            rows = f"FROM read_parquet(?) WHERE {which.sql}"
            counted, more = _count(reader, narrowing.Part(rows, [str(file), *which.values]), wanted)
        page, limits = _limits(wanted, counted)
        numbers = narrowing.numbers(reader, file, which, order, limits)
        found = rows_of(reader, narrowing.page(numbers, order), [str(file)])
    return replace(whole, rows=found, total=counted, reached=counted, more=more, page=page)


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
        outdated=is_outdated(findings, manifest),
    )
    return ran, folder / findings.folder


def is_outdated(findings: Findings, manifest: Manifest) -> bool:
    """Whether the tables, or the indicators, have changed since these ran."""
    known = {rate.code: rate.version for rate in findings.base_rates}
    return findings.tables != manifest.tables or known != VERSIONS


def _limits(wanted: Wanted, total: int) -> tuple[int, tuple[int, int]]:
    """The page that is asked for, or the nearest; how many rows, after how many."""
    nearest = max(1, min(wanted.page, -(-total // wanted.size)))
    return nearest, (wanted.size, (nearest - 1) * wanted.size)


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


def reading() -> duckdb.DuckDBPyConnection:
    """DuckDB for a page: bounded, and kept from the network."""
    reader = duckdb.connect()
    reader.execute(f"SET memory_limit = '{READER_MEMORY}'")
    reader.execute(f"SET temp_directory = {quoted(Path(gettempdir()) / SPILL)}")
    reader.execute("SET autoinstall_known_extensions = false")
    reader.execute("SET TimeZone = 'UTC'")
    return reader


def rows_of(reader: duckdb.DuckDBPyConnection, query: str, values: list[Any]) -> list[Row]:
    """The rows of a query with these parameters."""
    # By way of Arrow: DuckDB's own rows would need pytz for times with a zone.
    found: list[Row] = reader.sql(query, params=values).to_arrow_table().to_pylist()
    return found


def _number(reader: duckdb.DuckDBPyConnection, query: str, values: list[Any]) -> int:
    return int(reader.sql(query, params=values).fetchall()[0][0])
