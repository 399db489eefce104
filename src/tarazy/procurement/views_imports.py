# SPDX-License-Identifier: EUPL-1.2
"""The page of files that came in: source, time, hash, and what was refused or lost of each."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tarazy.core.catalogue import said
from tarazy.core.web import actor_of
from tarazy.procurement import looks
from tarazy.procurement.fetching import FetchReport
from tarazy.procurement.importing import FileReport, Trouble
from tarazy.procurement.queries import PAGE_SIZE
from tarazy.procurement.refusals import SENTENCES, UNKEPT, Refusal
from tarazy.procurement.sources.interface import POSITIONS_KEPT_MAX
from tarazy.procurement.views import filters_of, page_of, plain

FATES = {
    "imported": said("new"),
    "replaced": said("instead of older ones"),
    "unchanged": said("known already"),
    "superseded": said("older than what is known"),
}
"""What became of releases that could be read."""
LISTS = {
    "TrdBuy": said("notices"),
    "Lots": said("lots"),
    "Contract": said("contracts"),
    "TrdApp": said("bids"),
    "Subjects": said("organisations"),
    "Rnu": said("register of unfair suppliers"),
}
"""Of the portal."""


@dataclass(frozen=True, slots=True)
class Told:
    """One kind of trouble in words."""

    what: str
    """The path of the field, or the column; empty where the whole line is meant."""
    why: str
    count: int
    lines: list[int]
    more: bool
    """Whether there are lines beyond these."""


@require_GET
def imports(request: HttpRequest) -> HttpResponse:
    """Files that came in, with filters in the address."""
    text, troubled = plain(request.GET.get("text", "")), request.GET.get("trouble") == "1"
    found = looks.imports(actor_of(request), text, page_of(request.GET), troubled=troubled)
    facts = {
        "found": found,
        "rows": [_shown(one) for one in found.rows],
        "missing": _missing(found.fetched),
        "text": text,
        "troubled": troubled,
        "page": Paginator(range(found.total), PAGE_SIZE).get_page(found.page),
        "query": filters_of(request.GET),
    }
    return render(request, "procurement/imports.html", facts)


def _missing(fetched: FetchReport | None) -> list[dict[str, object]]:
    """What the last fetch did not get of the lists of the portal."""
    return [
        {
            "title": LISTS.get(one.kind, one.kind),
            "failed": _sentence(one.failed) if one.failed else "",
            "gaps": [{"gap": gap, "why": _sentence(gap.why)} for gap in one.unread],
            "short": one.kind == "TrdApp" and any(not gap.process for gap in one.unread),
        }
        for one in (fetched.kinds if fetched else [])
        if one.failed or one.unread
    ]


def _shown(report: FileReport) -> dict[str, object]:
    return {
        "report": report,
        "refusal": _sentence(report.refusal) if report.refusal and not report.refused else "",
        "refused": report.refused_count(),
        "lost": sum(one.count for one in report.lost),
        "fates": [(title, getattr(report, name)) for name, title in FATES.items()],
        "troubles": [
            *(_told("", one.what, one) for one in report.refused),
            *(_told(one.what, one.why, one) for one in (*report.lost, *report.noted)),
        ],
    }


def _told(what: str, why: str | None, trouble: Trouble) -> Told:
    lines = trouble.lines
    return Told(what, _sentence(why), trouble.count, lines, len(lines) >= POSITIONS_KEPT_MAX)


def _sentence(name: str | None) -> str:
    """What a refusal says; a name of an earlier version as it is."""
    if name is None:
        return UNKEPT
    return SENTENCES[Refusal(name)] if name in set(Refusal) else name
