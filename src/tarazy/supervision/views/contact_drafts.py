# SPDX-License-Identifier: EUPL-1.2
"""The page of forbidden contact: find the other order, ask, approve, put away."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from tarazy.core import clock
from tarazy.core.access import POLICY
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.core.web import actor_of, sentence_of
from tarazy.supervision.actions import contact_drafts as draft_actions
from tarazy.supervision.actions.contact_drafts import NUMBER_LENGTH_MAX, Asked
from tarazy.supervision.actions.protection import Apart
from tarazy.supervision.judging.bonds import CONTACT_M_DEFAULT, CONTACT_M_RANGE
from tarazy.supervision.looks import contact_drafts as draft_looks
from tarazy.supervision.models import Order
from tarazy.supervision.order_forms import PlainForm, moment

PAGES = {CoreRefusal.NOT_PERMITTED, CoreRefusal.NOT_FOUND, CoreRefusal.PURPOSE_MISSING}


class ContactForm(PlainForm):
    """What the document says about the two; the other order was found before."""

    other = forms.CharField(widget=forms.HiddenInput, max_length=40)
    document_number = forms.CharField(
        label=_("Number of the document that forbids it"), max_length=NUMBER_LENGTH_MAX
    )
    radius_m = forms.IntegerField(
        label=_("Nearer than, metres"),
        min_value=CONTACT_M_RANGE[0],
        max_value=CONTACT_M_RANGE[1],
        initial=CONTACT_M_DEFAULT,
    )
    since = moment(_("From"), required=False, help_text=_("Empty: as long as the order."))
    until = moment(_("Until"), required=False)

    def asked(self) -> Asked:
        """As the action takes it."""
        said = self.cleaned_data
        apart = Apart(radius_m=said["radius_m"], since=said["since"], until=said["until"])
        return Asked(
            other_order_id=said["other"], document_number=said["document_number"], apart=apart
        )


@require_http_methods(["GET", "POST"])
def contacts(request: HttpRequest, person_id: str) -> HttpResponse:
    """Whom a person must not meet; the search for the other order, and the form."""
    actor, now = actor_of(request), clock.now()
    page = draft_looks.contacts(actor, person_id, now)
    then, search, wrong = request.POST.get("then", ""), request.POST.get("search", ""), ""
    found: list[Order] | None = None
    if then in {"find", "ask"}:
        found = draft_looks.find_order(actor, person_id, search, now)
    form = ContactForm(request.POST if then == "ask" else None)
    if form.is_bound and form.is_valid():
        try:
            if form.cleaned_data["other"] not in {one.public_id for one in found or ()}:
                raise Refused(CoreRefusal.NOT_FOUND)  # noqa: TRY301 - nobody names an order unfound
            draft_actions.ask_contact(actor, page.order.public_id, form.asked())
        except Refused as refused:
            if refused.name in PAGES:
                raise
            wrong = sentence_of(refused)
        else:
            messages.success(
                request, gettext("Another person must approve it now; it stands on their list.")
            )
            return redirect("supervision:no-contact", person_id=person_id)
    facts = {
        "page": page,
        "form": form,
        "found": found,
        "search": search,
        "wrong": wrong,
        "may_ask": bool(POLICY.reaches(actor, "supervision.no_contact.ask")),
        "may_approve": bool(POLICY.reaches(actor, "supervision.no_contact.approve")),
    }
    status = 422 if wrong or form.errors else 200
    return render(request, "supervision/no_contact.html", facts, status=status)


@require_POST
def decide(request: HttpRequest, draft_id: str, what: str) -> HttpResponse:
    """Approve what was asked, or put it away."""
    actor = actor_of(request)
    if what == "approve":
        person = draft_actions.approve_contact(actor, draft_id).order.person
        said = gettext("Approved. It is judged once the other order forbids it too.")
    elif what == "discard":
        person = draft_actions.discard_contact(actor, draft_id).order.person
        said = gettext("The draft is put away. It stays on record.")
    else:
        raise Refused(CoreRefusal.NOT_FOUND)
    messages.success(request, said)
    return redirect("supervision:no-contact", person_id=person.public_id)
