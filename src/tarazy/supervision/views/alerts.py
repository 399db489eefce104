# SPDX-License-Identifier: EUPL-1.2
"""The page of an alert, and what people do about it there."""

import re
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from tarazy.core.access import POLICY, Actor
from tarazy.core.errors import Refused
from tarazy.core.web import actor_of, sentence_of
from tarazy.supervision.actions import alerts as alert_actions
from tarazy.supervision.looks import alerts as alert_looks
from tarazy.supervision.looks import protection as protection_looks
from tarazy.supervision.models import Alert
from tarazy.supervision.refusals import Refusal
from tarazy.supervision.views.maps import map_facts

VERSION = re.compile(r"\d{1,9}", re.ASCII)
MENDABLE = {
    Refusal.ALERT_CHANGED,
    Refusal.ALERT_RESOLVED,
    Refusal.NOTE_MISSING,
    Refusal.NOTE_TOO_LONG,
}
"""Refusals that the person mends on the page where they stand, with the note still in its place."""


@require_GET
def alert(request: HttpRequest, alert_id: str) -> HttpResponse:
    """One alert with its reason, evidence and history."""
    return _alert_page(request, alert_id)


@require_POST
def acknowledge(request: HttpRequest, alert_id: str) -> HttpResponse:
    """Take the alert in hand."""
    done = gettext("You have this alert in hand; everybody sees it.")
    return _decide(request, alert_id, alert_actions.acknowledge, done)


@require_POST
def resolve(request: HttpRequest, alert_id: str) -> HttpResponse:
    """Close the alert with a note."""
    done = gettext("The alert is resolved. Its history stays.")
    return _decide(request, alert_id, alert_actions.resolve, done)


Decision = Callable[[Actor, str, int, str], Alert]


def _decide(request: HttpRequest, alert_id: str, decision: Decision, done: str) -> HttpResponse:
    version = VERSION.fullmatch(request.POST.get("version", ""))
    note = request.POST.get("note", "")
    try:
        decision(actor_of(request), alert_id, int(version[0]) if version else 0, note)
    except Refused as refused:
        if refused.name not in MENDABLE:
            raise
        return _alert_page(request, alert_id, note=note, refusal=sentence_of(refused))
    messages.success(request, done)
    return redirect("supervision:alert", alert_id=alert_id)


def _alert_page(
    request: HttpRequest, alert_id: str, *, note: str = "", refusal: str = ""
) -> HttpResponse:
    actor = actor_of(request)
    facts = {
        "page": alert_looks.alert(actor, alert_id),
        "other": _other_side(actor, alert_id),
        "may_act": bool(POLICY.reaches(actor, "supervision.alert.resolve")),
        "note": note,
        "refusal": refusal,
        "note_length_max": alert_actions.NOTE_LENGTH_MAX,
        **map_facts(),
    }
    return render(request, "supervision/alert.html", facts, status=422 if refusal else 200)


def _other_side(actor: Actor, alert_id: str) -> protection_looks.OtherSide | None:
    """Whom to call besides, where the alert is about two people and the role may know."""
    about_two = alert_looks.is_about_a_pair(alert_id)
    if not about_two or not POLICY.reaches(actor, "supervision.protected.contact"):
        return None
    return protection_looks.other_side(actor, alert_id)
