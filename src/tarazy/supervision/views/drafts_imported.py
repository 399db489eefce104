# SPDX-License-Identifier: EUPL-1.2
"""Orders out of a CSV or XLSX file: a preview with every fault, and drafts once confirmed."""

import csv
import io

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from tarazy.core import clock
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.core.web import actor_of, sentence_of
from tarazy.supervision.actions import drafts_imported
from tarazy.supervision.actions.drafts import DraftFacts
from tarazy.supervision.looks import drafts as draft_looks
from tarazy.supervision.looks.words import timetable_words
from tarazy.supervision.models.orders import measure_choices
from tarazy.supervision.order_tables import COLUMNS, NEEDED, Checked, check_table, known_faults
from tarazy.supervision.refusals import Refusal
from tarazy.supervision.tables import BYTES_MAX, ROWS_MAX, read_table

GOOD_SHOWN_MAX = 20


@require_http_methods(["GET", "POST"])
def import_orders(request: HttpRequest) -> HttpResponse:
    """Choose a file, see what is in it, confirm it."""
    actor = actor_of(request)
    draft_looks.blank(actor)
    checked, digest, refusal = None, "", ""
    if request.method == "POST":
        try:
            if "confirmed" in request.POST:
                return _confirm(request, request.POST["confirmed"])
            checked, digest = _preview(request)
        except Refused as refused:
            if refused.name in {CoreRefusal.NOT_PERMITTED, CoreRefusal.PURPOSE_MISSING}:
                raise
            refusal = sentence_of(refused)
    wrong = bool(refusal) or (checked is not None and bool(checked.faults))
    facts = {
        "checked": checked,
        "good": [_shown(one) for one in checked.facts[:GOOD_SHOWN_MAX]] if checked else (),
        "digest": digest,
        "refusal": refusal,
        "columns": [(name, words, name in NEEDED) for name, words in COLUMNS.items()],
        "names": COLUMNS,
        "rows_max": ROWS_MAX,
        "megabytes": BYTES_MAX // 1024**2,
    }
    return render(request, "supervision/import.html", facts, status=422 if wrong else 200)


def _shown(facts: DraftFacts) -> dict[str, object]:
    demands = [(one, timetable_words(list(one.timetable))) for one in facts.demands]
    measure = dict(measure_choices())[facts.measure]
    return {"facts": facts, "measure": measure, "demands": demands}


@require_GET
def template(request: HttpRequest) -> HttpResponse:
    """An empty table with the columns, in the language of the screen."""
    draft_looks.blank(actor_of(request))
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerow([gettext(words) for words in COLUMNS.values()])
    answer = HttpResponse(f"\ufeff{text.getvalue()}", content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="orders.csv"'
    return answer


def _preview(request: HttpRequest) -> tuple[Checked, str]:
    """Every row and every fault; nothing is written but the file, which waits for an hour."""
    file = request.FILES.get("table")
    if not isinstance(file, UploadedFile):
        raise Refused(Refusal.FILE_EMPTY)
    content = file.read(BYTES_MAX + 1)
    checked = _checked(request, content)
    digest = "" if checked.faults else drafts_imported.keep_table(actor_of(request), content)
    return checked, digest


def _checked(request: HttpRequest, content: bytes) -> Checked:
    checked = check_table(read_table(content), clock.now())
    if checked.facts:
        asked = [
            draft_looks.NewOrder(
                one.document.court,
                one.document.number,
                one.person.iin_digest,
                one.person.full_name,
            )
            for one in checked.facts
        ]
        known_faults(checked, draft_looks.known(actor_of(request), asked))
    return checked


def _confirm(request: HttpRequest, digest: str) -> HttpResponse:
    actor = actor_of(request)
    checked = _checked(request, drafts_imported.kept_table(actor.id, digest))
    if checked.faults:
        raise Refused(Refusal.TABLE_WRONG)
    count = drafts_imported.import_drafts(actor, checked.facts, digest)
    said = gettext("{count} drafts were written. Each still needs its scan and an approval.")
    messages.success(request, said.format(count=count))
    return redirect("supervision:desk")
