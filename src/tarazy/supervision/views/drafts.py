# SPDX-License-Identifier: EUPL-1.2
"""Pages of the court's orders: the desk, the form, a draft and what becomes of it, a scan."""

import re
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tarazy.core import clock
from tarazy.core.access import POLICY, Actor, Role
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.core.web import actor_of, sentence_of
from tarazy.supervision.actions import drafts as draft_actions
from tarazy.supervision.actions.drafts import DraftFacts
from tarazy.supervision.actions.papers import store_paper
from tarazy.supervision.files import FILE_BYTES_MAX
from tarazy.supervision.hours import week_days
from tarazy.supervision.looks import drafts as draft_looks
from tarazy.supervision.looks import papers as paper_looks
from tarazy.supervision.looks.contact_drafts import waiting_contacts
from tarazy.supervision.models import DraftState, Order, OrderDraft, PaperKind
from tarazy.supervision.order_forms import (
    ChangeForm,
    DemandForms,
    NewOrderForm,
    demands_of,
    initial_of,
)

VERSION = re.compile(r"\d{1,9}", re.ASCII)
NOT_MENDABLE = {CoreRefusal.NOT_PERMITTED, CoreRefusal.NOT_FOUND, CoreRefusal.PURPOSE_MISSING}
"""Refusals that are pages of their own; all others are mended in the form, which keeps its text."""


@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """What is to be done about orders."""
    actor = actor_of(request)
    facts = {
        "desk": draft_looks.desk(actor, clock.now()),
        "contacts": waiting_contacts(actor),
        "may_approve": bool(POLICY.reaches(actor, "supervision.draft.approve")),
        "me": actor.user_pk,
    }
    return render(request, "supervision/desk.html", facts)


@require_http_methods(["GET", "POST"])
def new_order(request: HttpRequest) -> HttpResponse:
    """The form of a new order."""
    _check_may_save(request)
    return _form(request, None, None)


@require_http_methods(["GET", "POST"])
def change_order(request: HttpRequest, order_id: str) -> HttpResponse:
    """The form of a change of an order."""
    return _form(request, draft_looks.changed_order(actor_of(request), order_id), None)


@require_http_methods(["GET", "POST"])
def edit_draft(request: HttpRequest, draft_id: str) -> HttpResponse:
    """The form again, with what was written."""
    page = draft_looks.own_draft(actor_of(request), draft_id)
    return _form(request, page.running, page.draft)


@require_GET
def draft(request: HttpRequest, draft_id: str) -> HttpResponse:
    """One draft."""
    return _draft_page(request, draft_id)


@require_POST
def decide(request: HttpRequest, draft_id: str, what: str) -> HttpResponse:
    """Submit, discard, approve a draft, or give it back."""
    actor, remark = actor_of(request), request.POST.get("remark", "")
    try:
        done = _decide(request, actor, draft_id, what)
    except Refused as refused:
        if refused.name in NOT_MENDABLE:
            raise
        return _draft_page(request, draft_id, refusal=sentence_of(refused), remark=remark)
    messages.success(request, done)
    return redirect("supervision:draft", draft_id=draft_id)


@require_GET
def paper(request: HttpRequest, paper_id: str) -> HttpResponse:
    """The bytes of a scan, photo or signature, as what they are and nothing else."""
    found = paper_looks.paper(actor_of(request), paper_id)
    answer = HttpResponse(found.content, content_type=found.paper.content_type)
    name = found.paper.name.encode("ascii", "replace").decode().replace('"', "")
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _decide(request: HttpRequest, actor: Actor, draft_id: str, what: str) -> str:
    typed = VERSION.fullmatch(request.POST.get("version", ""))
    version = int(typed[0]) if typed else 0
    match what:
        case "submit":
            draft_actions.submit_draft(actor, draft_id)
            return gettext("Another person must approve it now; it stands on their list.")
        case "discard":
            draft_actions.discard_draft(actor, draft_id)
            return gettext("The draft is put away. It stays on record.")
        case "approve":
            draft_actions.approve_draft(actor, draft_id, version)
            return gettext("Approved: it is in force from the date in the document.")
        case "give-back":
            draft_actions.give_back_draft(actor, draft_id, version, request.POST.get("remark", ""))
            return gettext("Given back to its author.")
        case _:
            raise Refused(CoreRefusal.NOT_FOUND)


def _draft_page(
    request: HttpRequest, draft_id: str, *, refusal: str = "", remark: str = ""
) -> HttpResponse:
    actor = actor_of(request)
    page = draft_looks.draft(actor, draft_id)
    may_approve = bool(POLICY.reaches(actor, "supervision.draft.approve"))
    facts = {
        "page": page,
        "may_approve": may_approve and page.draft.state == DraftState.SUBMITTED and not page.own,
        "refusal": refusal,
        "remark": remark,
        "remark_length_max": draft_actions.REMARK_LENGTH_MAX,
    }
    return render(request, "supervision/draft.html", facts, status=422 if refusal else 200)


def _check_may_save(request: HttpRequest) -> None:
    """An empty form shows no record; still only those see it who may send it."""
    draft_looks.blank(actor_of(request))


def _form(request: HttpRequest, order: Order | None, draft: OrderDraft | None) -> HttpResponse:
    actor = actor_of(request)
    refusal, data, scan_name = "", None, draft.scan.name if draft and draft.scan else ""
    if request.method == "POST":
        data = request.POST.copy()
        refusal, scan_name = _take_scan(request, actor, data, scan_name)
    form = _document_form(actor, order, draft, data)
    rows = DemandForms(data, initial=demands_of(draft) if draft else [], prefix="demands")
    if data is not None and form.is_valid() and rows.is_valid() and not refusal:
        demands = [one for one in (row.demand() for row in rows) if one is not None]
        try:
            saved = _save(request, actor, form, demands, (order, draft))
        except Refused as refused:
            if refused.name in NOT_MENDABLE:
                raise
            refusal = sentence_of(refused)
        else:
            return redirect("supervision:draft", draft_id=saved)
    wrong = bool(refusal) or (data is not None and not (form.is_valid() and rows.is_valid()))
    facts = {
        "form": form,
        "rows": rows,
        "order": order,
        "draft": draft,
        "refusal": refusal,
        "wrong": wrong,
        "scan_name": scan_name,
        "scan_megabytes": FILE_BYTES_MAX // 1024**2,
        "scan_bytes": FILE_BYTES_MAX,
        "week_days": week_days(),
    }
    return render(request, "supervision/draft_form.html", facts, status=422 if wrong else 200)


def _document_form(
    actor: Actor, order: Order | None, draft: OrderDraft | None, data: QueryDict | None
) -> NewOrderForm | ChangeForm:
    initial = initial_of(draft) if draft else {}
    if order is not None:
        return ChangeForm(data, initial=initial)
    chooses = Role.SUPERVISOR in actor.roles
    return NewOrderForm(data, initial=initial, officers=draft_looks.officers() if chooses else [])


def _save(
    request: HttpRequest,
    actor: Actor,
    form: NewOrderForm | ChangeForm,
    demands: list[Any],
    about: tuple[Order | None, OrderDraft | None],
) -> str:
    """Write the draft down, and submit it where that was asked; its id."""
    order, draft = about
    facts: DraftFacts
    if isinstance(form, ChangeForm):
        facts = form.facts(order.public_id if order else "", demands)
    else:
        facts = form.facts(demands)
    saved = draft_actions.save_draft(actor, facts, draft.public_id if draft else "")
    if request.POST.get("then") != "submit":
        messages.success(request, gettext("The draft is saved. Nothing is in force yet."))
        return saved.public_id
    try:
        draft_actions.submit_draft(actor, saved.public_id)
    except Refused as refused:
        said = gettext("The draft is saved, but cannot be submitted yet.")
        messages.error(request, f"{said} {sentence_of(refused)}")
    else:
        messages.success(
            request, gettext("Another person must approve it now; it stands on their list.")
        )
    return saved.public_id


def _take_scan(
    request: HttpRequest, actor: Actor, data: QueryDict, scan_name: str
) -> tuple[str, str]:
    """Keep an uploaded scan at once, so that a mistake elsewhere does not lose it.

    Gives the refusal's sentence, empty where there is none, and the name of the scan.
    """
    file = request.FILES.get("scan")
    if not isinstance(file, UploadedFile):
        return "", data.get("scan_name", "") if data.get("scan_id") else scan_name
    try:
        kept = store_paper(actor, PaperKind.SCAN, file.read(FILE_BYTES_MAX + 1), file.name or "")
    except Refused as refused:
        if refused.name in NOT_MENDABLE:
            raise
        return sentence_of(refused), ""
    data["scan_id"] = kept.public_id
    return "", kept.name
