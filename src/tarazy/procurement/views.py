# SPDX-License-Identifier: EUPL-1.2
"""The pages of this room: what to open first, what was found, one process with its evidence."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from tarazy.core.catalogue import Card, said
from tarazy.core.web import actor_of
from tarazy.procurement import exporting, looks, process_queries, queries, ranking
from tarazy.procurement.fields import FIELD_TITLES
from tarazy.procurement.indicators import INDICATORS
from tarazy.procurement.indicators.interface import SUBJECT_TITLES
from tarazy.procurement.queries import (
    ANSWER_TITLES,
    ANSWERS,
    CODES,
    PAGE_SIZE,
    SORTS,
    Sort,
    Wanted,
)
from tarazy.procurement.store import BaseRate

YEAR_DIGITS = 4
PAGE_DIGITS_MAX = 9
FLAGS_SHOWN = 4  # of a process in the list; the others are counted, and on its own page
NUMBERED = frozenset({"bids", "awards", "contracts"})  # a record has facts of one of these only
CARDS = {indicator.CARD.code: indicator.CARD for indicator in INDICATORS}
UNITS = {indicator.CARD.code: indicator.UNIT for indicator in INDICATORS}

SORT_TITLES: dict[Sort, str] = {
    "newest": said("newest first"),
    "largest": said("largest value first"),
    "buyer": said("by buyer"),
}


@dataclass(frozen=True, slots=True)
class Strip:
    """One indicator above the list: how often it is raised, and whether that is too often."""

    card: Card
    rate: BaseRate
    missing: int
    wide: bool


@require_GET
def flags(request: HttpRequest) -> HttpResponse:
    """What needs checking, with filters in the address."""
    wanted = wanted_of(request.GET)
    found = looks.flags(actor_of(request), wanted)
    rows = [
        {
            **row,
            "card": CARDS[row["code"]],
            "unit": UNITS[row["code"]],
            "subject_title": SUBJECT_TITLES[row["subject"]],
            "evidence": _by_record(row["evidence"] or []),
        }
        for row in found.rows
    ]
    facts = {
        **_listed(request, wanted, found, "flags"),
        "rows": rows,
        "strips": [_strip(rate) for rate in found.base_rates if rate.code in CARDS],
        "cards": CARDS.values(),
        "answers": ANSWER_TITLES.items(),
        "sorts": SORT_TITLES.items(),
    }
    return render(request, "procurement/flags.html", facts)


@require_GET
def first(request: HttpRequest) -> HttpResponse:
    """The processes in which flags meet that few others have, with filters in the address."""
    wanted = wanted_of(request.GET)
    found = looks.first(actor_of(request), wanted)
    counted = ranking.weights(found.base_rates)
    rows = []
    for row in found.rows:
        flags = [CARDS[code] for code in row["codes"] if code in CARDS]
        rows.append({**row, "flags": flags[:FLAGS_SHOWN], "more": len(flags[FLAGS_SHOWN:])})
    facts = {
        **_listed(request, wanted, found, "first"),
        "rows": rows,
        "cards": [CARDS[code] for code in counted if code in CARDS],
    }
    return render(request, "procurement/first.html", facts)


@require_GET
def process(request: HttpRequest, ocid: str) -> HttpResponse:
    """One contracting process: its facts, and what each indicator says of it and why."""
    found = looks.process(actor_of(request), ocid)
    rates = {rate.code: rate for rate in found.base_rates}
    findings = [
        {
            **row,
            "card": CARDS[row["code"]],
            "unit": UNITS[row["code"]],
            "evidence": _by_record(row["evidence"] or []),
            "rate": rates.get(row["code"]),
            "missing": sum(rates[row["code"]].not_assessed.values()) if row["code"] in rates else 0,
        }
        for row in found.findings
        if row["code"] in CARDS
    ]
    raised = [one for row in findings if row["raised"] for one in row["evidence"]]
    behind = {one["id"] for one in raised if one["is_bid"]} - {None}  # an award may have the same
    facts: dict[str, Any] = {
        "process": found,
        "facts": found.facts,
        "findings": findings,
        "bids": [{**bid, "behind": bid["bid_id"] in behind} for bid in found.bids],
        "rows_max": process_queries.ROWS_MAX,
    }
    return render(request, "procurement/process.html", facts)


def wanted_of(address: QueryDict) -> Wanted:
    """The filters of an address; what makes no sense is left out."""
    code, answer, sort = (address.get(name, "") for name in ("code", "answer", "sort"))
    year = address.get("year", "")
    return Wanted(
        code=code if code in CODES else "",
        answer=answer if answer in ANSWERS else "raised",
        buyer=plain(address.get("buyer", "")),
        text=plain(address.get("text", "")),
        year=int(year) if year.isascii() and year.isdigit() and len(year) == YEAR_DIGITS else None,
        sort=sort if sort in SORTS else "newest",
        page=page_of(address),
    )


def filters_of(address: QueryDict) -> str:
    """An address without its page, for those of other pages: "a=b&"."""
    others = address.copy()
    others.pop("page", None)
    return f"{others.urlencode()}&" if others else ""


def page_of(address: QueryDict) -> int:
    """The page of an address; what is no number is the first."""
    page = address.get("page", "")
    return int(page) if page.isascii() and page.isdigit() and len(page) < PAGE_DIGITS_MAX else 1


def _listed(
    request: HttpRequest, wanted: Wanted, found: queries.Flags, name: str
) -> dict[str, Any]:
    """What the frame of a list with this address shows (listed.html)."""
    return {
        "found": found,
        "wanted": wanted,
        "page": Paginator(range(found.reached), PAGE_SIZE).get_page(found.page),
        "query": filters_of(request.GET),
        "table_address": reverse(f"procurement:{name}-export"),
        "rows_max": exporting.ROWS_MAX,
    }


def _by_record(evidence: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Facts of one bid or award together; a fact of the process stands alone.

    A bid, an award and a contract may have one id: a publisher numbers each of them from one.
    """
    records: list[dict[str, Any]] = []
    for fact in evidence:
        titled = {**fact, "title": FIELD_TITLES.get(fact["field"], fact["field"])}
        head = fact["field"].partition(".")[0]
        own = {"id": fact["id"], "of": head if head in NUMBERED else ""}
        if fact["id"] and records and own.items() <= records[-1].items():
            records[-1]["facts"].append(titled)
        else:
            records.append({**own, "is_bid": head == "bids", "facts": [titled]})
    return records


def plain(text: str) -> str:
    """Words of an address, without what a database refuses."""
    return text.replace("\0", "").strip()[: queries.TEXT_LENGTH_MAX]


def _strip(rate: BaseRate) -> Strip:
    return Strip(CARDS[rate.code], rate, sum(rate.not_assessed.values()), rate.is_wide())
