# SPDX-License-Identifier: EUPL-1.2
"""The shift: who is on duty, the hand-over sheet, its tables to take away."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from tarazy.core import clock
from tarazy.core.access import POLICY
from tarazy.core.catalogue import said
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.core.sheets import CSV, XLSX, csv_of, xlsx_of
from tarazy.core.web import actor_of, attachment, sentence_of
from tarazy.supervision.actions import shifts as shift_actions
from tarazy.supervision.looks import shift as shift_looks
from tarazy.supervision.looks import shift_export as export_looks
from tarazy.supervision.refusals import Refusal

MENDABLE = {Refusal.SHIFT_NONE, Refusal.SHIFT_HOLDS, Refusal.NOTE_TOO_LONG}

TABLE_TITLES = {
    "alerts": said("Alerts"),
    "rules": said("By rule"),
    "kinds": said("By kind of device"),
    "work": said("Work of each"),
    "devices": said("Devices that need a person"),
}


@require_GET
def sheet(request: HttpRequest) -> HttpResponse:
    """The hand-over sheet."""
    return _page(request, _hours(request))


@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Come on duty."""
    shift_actions.begin_shift(actor_of(request))
    messages.success(request, gettext("You are on duty."))
    return redirect("supervision:shift")


@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """Go off duty, with a note for the next shift."""
    note = request.POST.get("note", "")
    try:
        shift_actions.end_shift(actor_of(request), note)
    except Refused as refused:
        if refused.name not in MENDABLE:
            raise
        hours = shift_looks.HOURS[1]
        return _page(request, hours, note=note, refusal=sentence_of(refused))
    messages.success(request, gettext("Your shift has ended. The next one sees your note."))
    return redirect("supervision:shift")


def _page(request: HttpRequest, hours: int, *, note: str = "", refusal: str = "") -> HttpResponse:
    actor = actor_of(request)
    found = shift_looks.sheet(actor, clock.now(), hours)
    facts = {
        "sheet": found,
        "hours": hours,
        "choices": shift_looks.HOURS,
        "tables": TABLE_TITLES.items(),
        "may_export": bool(POLICY.reaches(actor, "supervision.shift.export")),
        "may_serve": bool(POLICY.reaches(actor, "supervision.shift.begin")),
        "note": note,
        "refusal": refusal,
        "note_length_max": shift_actions.NOTE_LENGTH_MAX,
    }
    return render(request, "supervision/shift.html", facts, status=422 if refusal else 200)


@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """The tables of a shift as a workbook, or one of them as CSV."""
    table = request.GET.get("table", "")
    if table and table not in export_looks.TABLES:
        raise Refused(CoreRefusal.NOT_FOUND)
    tables = (table,) if table else export_looks.TABLES
    sheets = export_looks.export(actor_of(request), clock.now(), _hours(request), tables)
    if table:
        return attachment(csv_of(sheets[0]), CSV, f"shift-{table}.csv")
    return attachment(xlsx_of(sheets), XLSX, "shift.xlsx")


def _hours(request: HttpRequest) -> int:
    raw = request.GET.get("hours", "")
    return int(raw) if raw in {str(one) for one in shift_looks.HOURS} else shift_looks.HOURS[1]
