# SPDX-License-Identifier: EUPL-1.2
"""Legal holds on the page of a person's reports: placed with a reason, and lifted."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from tarazy.core import clock
from tarazy.core.errors import Refused
from tarazy.core.web import actor_of
from tarazy.supervision.actions import holds
from tarazy.supervision.refusals import Refusal
from tarazy.supervision.views.reports import register_with

TYPED = {Refusal.NOTE_MISSING, Refusal.NOTE_TOO_LONG}


@require_POST
def place(request: HttpRequest, person_id: str) -> HttpResponse:
    """Keep everything of a person from deletion."""
    try:
        holds.place_hold(
            actor_of(request), person_id, request.POST.get("reason", ""), now=clock.now()
        )
    except Refused as refused:
        if refused.name not in TYPED:
            raise
        return register_with(request, person_id, refused)
    messages.success(
        request, gettext("Nothing of this person is deleted until the hold is lifted.")
    )
    return redirect("supervision:reports", person_id=person_id)


@require_POST
def lift(request: HttpRequest, hold_id: str) -> HttpResponse:
    """Let the periods run again."""
    hold = holds.lift_hold(actor_of(request), hold_id, now=clock.now())
    if hold.person.holds.filter(lifted_at=None).exists():
        messages.info(
            request,
            gettext("This hold is lifted. Another one still keeps everything of the person."),
        )
    else:
        messages.success(
            request, gettext("The hold is lifted: what is past its period goes again.")
        )
    return redirect("supervision:reports", person_id=hold.person.public_id)
