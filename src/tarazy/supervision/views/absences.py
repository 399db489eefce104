# SPDX-License-Identifier: EUPL-1.2
"""The page of permitted absences: what was granted, a new one with its paper, a withdrawal."""

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from tarazy.core import clock
from tarazy.core.access import POLICY, Actor
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.core.web import actor_of, sentence_of
from tarazy.supervision.actions import absences as absence_actions
from tarazy.supervision.actions.absences import LINE_LENGTH_MAX, REASON_LENGTH_MAX, Leave
from tarazy.supervision.actions.papers import store_paper
from tarazy.supervision.files import FILE_BYTES_MAX
from tarazy.supervision.looks import absences as absence_looks
from tarazy.supervision.models import PaperKind
from tarazy.supervision.order_forms import PlainForm, moment

PAGES = {CoreRefusal.NOT_PERMITTED, CoreRefusal.NOT_FOUND, CoreRefusal.PURPOSE_MISSING}


class AbsenceForm(PlainForm):
    """From when until when, why, by whose decision, on which paper."""

    since = moment(_("From"))
    until = moment(_("Until"))
    reason = forms.CharField(
        label=_("Why"), max_length=REASON_LENGTH_MAX, widget=forms.Textarea({"rows": 2})
    )
    decided_by = forms.CharField(label=_("Whose decision it is"), max_length=LINE_LENGTH_MAX)
    evidence = forms.CharField(
        label=_("What it rests on"),
        max_length=LINE_LENGTH_MAX,
        required=False,
        help_text=_("A document's number, a hospital's letter."),
    )
    scan_id = forms.CharField(required=False, widget=forms.HiddenInput, max_length=40)
    scan_name = forms.CharField(required=False, widget=forms.HiddenInput, max_length=120)

    def leave(self) -> Leave:
        """What is permitted, for the action."""
        said = self.cleaned_data
        names = ("since", "until", "reason", "decided_by", "evidence", "scan_id")
        return Leave(**{name: said[name] for name in names})


@require_http_methods(["GET", "POST"])
def absences(request: HttpRequest, person_id: str) -> HttpResponse:
    """A person's permitted absences, and a new one."""
    actor, data = actor_of(request), None
    page = absence_looks.absences(actor, person_id, clock.now())
    wrong = ""
    if request.method == "POST":
        data = request.POST.copy()
        wrong = _take_scan(request, actor, data)
    form = AbsenceForm(data)
    if form.is_bound and form.is_valid() and not wrong:
        try:
            absence_actions.grant_absence(actor, page.order.public_id, form.leave())
        except Refused as refused:
            if refused.name in PAGES:
                raise
            wrong = sentence_of(refused)
        else:
            messages.success(
                request,
                gettext("Permitted. Curfews and zones to stay in rest in that time."),
            )
            return redirect("supervision:absences", person_id=person_id)
    facts = {
        "page": page,
        "form": form,
        "wrong": wrong,
        "now": clock.now(),
        "may_grant": bool(POLICY.reaches(actor, "supervision.absence.grant")),
        "scan_megabytes": FILE_BYTES_MAX // 1024**2,
        "reason_length_max": REASON_LENGTH_MAX,
    }
    status = 422 if wrong or form.errors else 200
    return render(request, "supervision/absences.html", facts, status=status)


@require_POST
def withdraw(request: HttpRequest, absence_id: str) -> HttpResponse:
    """Take back what was permitted, from now on."""
    done = absence_actions.withdraw_absence(
        actor_of(request), absence_id, request.POST.get("reason", "")
    )
    messages.success(request, gettext("Withdrawn from now on. What was permitted until now stays."))
    return redirect("supervision:absences", person_id=done.order.person.public_id)


def _take_scan(request: HttpRequest, actor: Actor, data: QueryDict) -> str:
    """Keep an uploaded paper at once, so that a mistake elsewhere does not lose it."""
    file = request.FILES.get("scan")
    if not isinstance(file, UploadedFile):
        return ""
    try:
        kept = store_paper(
            actor, PaperKind.EVIDENCE, file.read(FILE_BYTES_MAX + 1), file.name or "evidence"
        )
    except Refused as refused:
        if refused.name in PAGES:
            raise
        return sentence_of(refused)
    data["scan_id"], data["scan_name"] = kept.public_id, kept.name
    return ""
