# SPDX-License-Identifier: EUPL-1.2
"""Pages of people under supervision: the list, one person, their trail, and commands to devices."""

import re
from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tarazy.core import clock
from tarazy.core.access import POLICY
from tarazy.core.errors import Refused
from tarazy.core.ids import PUBLIC_ID
from tarazy.core.web import actor_of, sentence_of
from tarazy.supervision.actions import commands as command_actions
from tarazy.supervision.looks import people as people_looks
from tarazy.supervision.looks.trails import TRAIL_H_MAX
from tarazy.supervision.maps import map_facts
from tarazy.supervision.models import ContactKind
from tarazy.supervision.refusals import Refusal
from tarazy.supervision.views import typed
from tarazy.supervision.views.trails import TRAIL_H_DEFAULT

SEARCH_LENGTH_MAX = 100
SECONDS = re.compile(r"\d{1,6}", re.ASCII)
COMMAND_REFUSALS = {
    Refusal.COMMAND_UNKNOWN,
    Refusal.COMMAND_INTERVAL,
    Refusal.COMMAND_TEXT,
    Refusal.COMMANDS_TOO_MANY,
    Refusal.NOT_FITTED,
    Refusal.NO_ORDER,
}


@require_http_methods(["GET", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """The list of people under an order; htmx asks for the table alone.

    What is searched for is an IIN or a name, and comes in the body: an address stays in histories,
    and in the logs of whatever stands between.
    """
    search = request.POST.get("name", "").strip()[:SEARCH_LENGTH_MAX]
    page = (request.POST if request.method == "POST" else request.GET).get("page", 1)
    found = people_looks.people(actor_of(request), clock.now(), search=search, page=page)
    part = getattr(request, "htmx", False)
    template = "supervision/_people.html" if part else "supervision/people.html"
    return render(request, template, {"page": found, "search": search})


@require_GET
def person(request: HttpRequest, person_id: str) -> HttpResponse:
    """One person: the order in words, devices, state, alerts."""
    now = clock.now()
    seen = people_looks.person(actor_of(request), person_id, now)
    until = min(now, seen.order.in_force.upper)
    window = {"since": until - timedelta(hours=TRAIL_H_DEFAULT), "until": until}
    facts = {
        "page": seen,
        "window": window,
        "hours_max": TRAIL_H_MAX,
        "may_set": bool(POLICY.reaches(actor_of(request), "supervision.order.set_number")),
        "may_note": bool(POLICY.reaches(actor_of(request), "supervision.checkin.note")),
        "may_act": bool(POLICY.reaches(actor_of(request), "supervision.contact.add")),
        "typed": typed.kept(request),
        "contact_kinds": ContactKind.choices,
        "contact_typed": request.session.pop("contact_typed", {}),
        "may_audit": bool(POLICY.reaches(actor_of(request), "core.audit.about")),
        "may_command": bool(POLICY.reaches(actor_of(request), "supervision.device.command")),
        **map_facts(),
    }
    return render(request, "supervision/person.html", facts)


@require_POST
def command(request: HttpRequest, person_id: str, device_id: str) -> HttpResponse:
    """Ask a device to do something."""
    seconds = request.POST.get("seconds", "")
    try:
        command_actions.command_device(
            actor_of(request),
            device_id,
            request.POST.get("kind", ""),
            now=clock.now(),
            seconds=int(seconds) if SECONDS.fullmatch(seconds) else 0,
            text=request.POST.get("text", "").strip(),
        )
    except Refused as refused:
        if refused.name not in COMMAND_REFUSALS:
            raise
        messages.error(request, sentence_of(refused))
        typed.keep(request, "command")
    else:
        messages.success(request, gettext("The device will be asked as soon as it is there."))
    alert_id = request.POST.get("alert", "")
    if PUBLIC_ID.match(alert_id):
        return redirect("supervision:alert", alert_id=alert_id)
    return redirect(f"{reverse('supervision:person', args=[person_id])}#devices")
