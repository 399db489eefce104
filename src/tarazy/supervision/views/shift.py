# SPDX-License-Identifier: EUPL-1.2
"""The shift: who is on duty, the hand-over sheet, its tables as CSV."""

import csv

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from tarazy.core import clock
from tarazy.core.access import POLICY
from tarazy.core.errors import Refused
from tarazy.core.tables import harmless
from tarazy.core.web import actor_of, sentence_of
from tarazy.supervision.actions import shifts as shift_actions
from tarazy.supervision.looks import shift as shift_looks
from tarazy.supervision.refusals import Refusal

MENDABLE = {Refusal.SHIFT_NONE, Refusal.SHIFT_HOLDS, Refusal.NOTE_TOO_LONG}


@require_GET
def sheet(request: HttpRequest) -> HttpResponse:
    """The hand-over sheet, on the screen or as a table."""
    raw = request.GET.get("hours", "")
    hours = int(raw) if raw in {str(one) for one in shift_looks.HOURS} else shift_looks.HOURS[1]
    return _page(request, hours)


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
    if request.GET.get("format") == "csv":
        return _csv(found)
    facts = {
        "sheet": found,
        "hours": hours,
        "choices": shift_looks.HOURS,
        "may_serve": bool(POLICY.reaches(actor, "supervision.shift.begin")),
        "note": note,
        "refusal": refusal,
        "note_length_max": shift_actions.NOTE_LENGTH_MAX,
    }
    return render(request, "supervision/shift.html", facts, status=422 if refusal else 200)


def _csv(found: shift_looks.Sheet) -> HttpResponse:
    """The open alerts; figures are on the page."""
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="open-alerts.csv"'
    answer.write("\ufeff")  # so that a spreadsheet reads the letters as UTF-8
    rows = csv.writer(answer)
    rows.writerow(["alert", "person", "severity", "state", "since", "holder", "sentence"])
    for line in found.waiting.lines:
        alert = line.alert
        rows.writerow(
            harmless(value)
            for value in (
                alert.public_id,
                alert.person.full_name if alert.person else "",
                alert.severity,
                alert.state,
                alert.since.isoformat(),
                alert.holder.username if alert.holder else "",
                line.sentence,
            )
        )
    return answer
