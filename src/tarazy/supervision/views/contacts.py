# SPDX-License-Identifier: EUPL-1.2
"""Contacts of a person: add one, remove one; back to where one came from."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from tarazy.core.errors import Refused
from tarazy.core.ids import PUBLIC_ID
from tarazy.core.web import actor_of, sentence_of
from tarazy.supervision.actions import contacts as contact_actions
from tarazy.supervision.refusals import Refusal

MENDABLE = {
    Refusal.CONTACT_UNREADABLE,
    Refusal.PHONE_UNREADABLE,
    Refusal.CONTACTS_TOO_MANY,
    Refusal.NO_ORDER,
}


@require_POST
def add(request: HttpRequest, person_id: str) -> HttpResponse:
    """Enter whom to telephone."""
    typed = {name: request.POST.get(name, "") for name in ("kind", "name", "phone")}
    try:
        contact_actions.add_contact(actor_of(request), person_id, **typed)
    except Refused as refused:
        if refused.name not in MENDABLE:
            raise
        messages.error(request, sentence_of(refused))
        request.session["contact_typed"] = typed
    else:
        messages.success(request, gettext("The contact is kept."))
    return _back(request, person_id)


@require_POST
def remove(request: HttpRequest, contact_id: str) -> HttpResponse:
    """Take a contact off the list."""
    contact = contact_actions.remove_contact(actor_of(request), contact_id)
    messages.success(request, gettext("The contact is removed."))
    return _back(request, contact.person.public_id)


def _back(request: HttpRequest, person_id: str) -> HttpResponse:
    alert_id = request.POST.get("alert", "")
    if PUBLIC_ID.match(alert_id):
        return redirect("supervision:alert", alert_id=alert_id)
    return redirect("supervision:person", person_id=person_id)
