# SPDX-License-Identifier: EUPL-1.2
"""Lists of findings as tables that leave the service: what the page shows, with all its filters.

Numbers of persons (IIN) are masked as on the pages. Evidence stands on the page of each process.
"""

from django.utils import timezone
from django.utils.translation import gettext

from tarazy.core.sheets import Cell, Sheet, facts
from tarazy.procurement.deciding import masked
from tarazy.procurement.indicators import INDICATORS
from tarazy.procurement.indicators.interface import SUBJECT_TITLES
from tarazy.procurement.queries import ANSWER_TITLES, Answer, Flags, Row, Wanted

ROWS_MAX = 10_000
"""Of one table: a workbook of so many takes a second or two to write."""
ANSWERED: dict[bool | None, Answer] = {True: "raised", False: "clear", None: "not_assessed"}
BY_CODE = {one.CARD.code: one for one in INDICATORS}


def findings_of(found: Flags, wanted: Wanted) -> list[Sheet]:
    """What the indicators found, and what the table is of."""
    columns = [
        ("ocid", gettext("Process")),
        ("title", gettext("Title")),
        ("subject", gettext("About")),
        ("lot", gettext("Lot")),
        ("party", gettext("Organisation")),
        ("buyer_id", gettext("Id of the buyer")),
        ("buyer", gettext("Buyer")),
        ("indicator", gettext("Code")),
        ("indicator_title", gettext("Indicator")),
        ("answer", gettext("Answer")),
        ("reason", gettext("Why not assessed")),
        ("figure", gettext("Figure")),
        ("unit", gettext("Unit")),
        *_of_tender(),
    ]
    rows = [_finding(row) for row in found.rows if row["code"] in BY_CODE]
    sheet = Sheet(name="flags", title=gettext("Red flags"), columns=columns, rows=rows)
    return [sheet, _about(found, wanted, len(rows))]


def processes_of(found: Flags, wanted: Wanted) -> list[Sheet]:
    """Which processes to open first, and what the table is of."""
    columns = [
        ("ocid", gettext("Process")),
        ("title", gettext("Title")),
        ("buyer_id", gettext("Id of the buyer")),
        ("buyer", gettext("Buyer")),
        ("weight", gettext("Weight")),
        ("indicators", gettext("Codes")),
        ("indicator_titles", gettext("Why")),
        *_of_tender(),
    ]
    rows = [_process(row) for row in found.rows]
    sheet = Sheet(name="first", title=gettext("Open first"), columns=columns, rows=rows)
    return [sheet, _about(found, wanted, len(rows))]


def _of_tender() -> list[tuple[str, str]]:
    return [
        ("value_amount", gettext("Value of the tender")),
        ("value_currency", gettext("Currency")),
        ("at_utc", gettext("Tender began, else record published")),
        ("year", gettext("Year, as published")),
    ]


def _finding(row: Row) -> list[Cell]:
    indicator, answer = BY_CODE[row["code"]], ANSWERED[row["raised"]]
    subject, value, reason = (row[name] for name in ("subject", "value", "reason"))
    return [
        row["ocid"],
        _text(row["title"]),
        gettext(SUBJECT_TITLES[subject]),
        _text(row["lot_id"]),
        _text(row["party_id"]),
        _text(row["buyer_id"]),
        _text(row["buyer_name"]),
        row["code"],
        gettext(indicator.CARD.title),
        gettext(ANSWER_TITLES[answer]),
        gettext(reason) if reason else None,
        value,
        gettext(indicator.UNIT) if value is not None else None,
        *_tender(row),
    ]


def _process(row: Row) -> list[Cell]:
    codes = [code for code in row["codes"] if code in BY_CODE]
    return [
        row["ocid"],
        _text(row["title"]),
        _text(row["buyer_id"]),
        _text(row["buyer_name"]),
        row["weight"],
        " ".join(codes),
        "; ".join(gettext(BY_CODE[code].CARD.title) for code in codes),
        *_tender(row),
    ]


def _tender(row: Row) -> list[Cell]:
    return [row["value_amount"], _text(row["value_currency"]), row["happened_at"], row["year"]]


def _text(published: str | None) -> str | None:
    return None if published is None else masked(published)


def _zone() -> str:
    """A spreadsheet has no times with a zone, so the workbook says which they are in."""
    offset = timezone.localtime().isoformat()[-len("+05:00") :]
    told = gettext("{zone}, today UTC{offset}")
    return told.format(zone=timezone.get_current_timezone_name(), offset=offset)


def _about(found: Flags, wanted: Wanted, rows: int) -> Sheet:
    """When the indicators ran, what was asked for, and what the table leaves out."""
    left_out: Cell = max(found.total - rows, 0)
    if found.more:
        left_out = gettext("unknown: not counted")
    told: list[tuple[str, str, Cell]] = [
        (
            "meaning",
            gettext("What a flag is"),
            gettext("A flag is a reason to look, never a verdict."),
        ),
        ("zone", gettext("Times of this workbook are in"), _zone()),
        ("ran_utc", gettext("Indicators ran"), found.ran_at),
        ("processes", gettext("Contracting processes"), found.processes),
        ("indicator", gettext("Indicator"), wanted.code or gettext("all")),
        ("answer", gettext("Answer"), gettext(ANSWER_TITLES[wanted.answer])),
        ("year", gettext("Year"), wanted.year or gettext("all")),
        ("buyer", gettext("Buyer"), wanted.buyer),
        ("words", gettext("Words of the title, or the ocid"), wanted.text),
        ("rows", gettext("Rows of the table"), rows),
        ("left_out", gettext("Rows that the table leaves out"), left_out),
    ]
    return facts("about", gettext("About this table"), told)
