# SPDX-License-Identifier: EUPL-1.2
"""Who is in charge of a person's order, and the person's own log-in."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from tarazy.core.errors import Refused
from tarazy.core.web import actor_of, link_days, sentence_of
from tarazy.supervision.actions import charge as charge_actions
from tarazy.supervision.actions import own_login
from tarazy.supervision.gateway.enrolment import qr_svg
from tarazy.supervision.looks import charge as charge_looks
from tarazy.supervision.models import Order
from tarazy.supervision.refusals import Refusal

LETTER_LENGTH_MAX = 300
BESIDE_THE_FORM = {
    Refusal.OFFICER_UNKNOWN,
    Refusal.INVESTIGATOR_UNKNOWN,
    Refusal.LETTER_MISSING,
    Refusal.ORDER_ENDED,
}


@require_GET
def charge(request: HttpRequest, person_id: str) -> HttpResponse:
    """The officer, the investigator, the own log-in."""
    page = charge_looks.charge(actor_of(request), person_id)
    facts = {"page": page, "letter_length_max": LETTER_LENGTH_MAX}
    return render(request, "supervision/charge.html", facts)


@require_POST
def set_officer(request: HttpRequest, person_id: str, order_id: str) -> HttpResponse:
    """Another officer takes the person over."""
    chosen = request.POST.get("to", "")
    return _named(
        *(request, person_id),
        lambda: charge_actions.set_officer(actor_of(request), order_id, chosen),
        gettext("The officer is changed."),
    )


@require_POST
def set_investigator(request: HttpRequest, person_id: str, order_id: str) -> HttpResponse:
    """The investigator of the case is another one, or nobody."""
    chosen = request.POST.get("to", "")
    letter = request.POST.get("letter", "")[:LETTER_LENGTH_MAX]
    return _named(
        *(request, person_id),
        lambda: charge_actions.set_investigator(actor_of(request), order_id, chosen, letter),
        gettext("The investigator is changed."),
    )


@require_POST
def give_login(request: HttpRequest, person_id: str) -> HttpResponse:
    """A link for the person, as a code and as words, shown this once."""
    actor = actor_of(request)
    try:
        opens = own_login.give_login(actor, person_id)
    except Refused as refused:
        if refused.name not in BESIDE_THE_FORM:
            raise
        messages.error(request, sentence_of(refused))
        return redirect("supervision:charge", person_id=person_id)
    address = request.build_absolute_uri(reverse("choose_password", args=opens))
    facts = {
        "person_id": person_id,
        "address": address,
        "qr": qr_svg(address),
        "days": link_days(),
    }
    return render(request, "supervision/login_link.html", facts)


@require_POST
def close_login(request: HttpRequest, person_id: str) -> HttpResponse:
    """Nobody comes in by the person's log-in any more."""
    own_login.close_login(actor_of(request), person_id)
    messages.success(request, gettext("The log-in is closed."))
    return redirect("supervision:charge", person_id=person_id)


def _named(
    request: HttpRequest, person_id: str, act: Callable[[], Order], sentence: str
) -> HttpResponse:
    try:
        act()
    except Refused as refused:
        if refused.name not in BESIDE_THE_FORM:
            raise
        messages.error(request, sentence_of(refused))
    else:
        messages.success(request, sentence)
    return redirect("supervision:charge", person_id=person_id)
