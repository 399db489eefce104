# SPDX-License-Identifier: EUPL-1.2
"""The log of what was told beyond the screen."""

from dataclasses import asdict
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tarazy.core.access import POLICY
from tarazy.core.web import actor_of
from tarazy.supervision.looks import notices as notice_looks
from tarazy.supervision.notices.routes import Occasion

ALERT = "supervision.alert.view"
OPENED_BY = {
    Occasion.RAISED: ALERT,
    Occasion.RETURNED: ALERT,
    Occasion.ESCALATED: ALERT,
    Occasion.SERVICE: ALERT,
    Occasion.APPROVAL: "supervision.draft.view",
    Occasion.APPOINTMENT: "supervision.appointment.find",
}
"""Which verb opens what a message told of."""


@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """Messages by route and outcome, and the routes that are set up."""
    actor, wish = actor_of(request), notice_looks.Wish.read(request.GET.dict())
    seen = notice_looks.notices(actor, wish, request.GET.get("page", "1"))
    query = urlencode({name: value for name, value in asdict(wish).items() if value})
    facts = {
        "seen": seen,
        "page": seen.page,
        "wish": wish,
        "query": f"{query}&" if query else "",
        "states": notice_looks.STATES.items(),
        "sorts": notice_looks.SORT_TITLES.items(),
        "may_open": {one for one, verb in OPENED_BY.items() if POLICY.reaches(actor, verb)},
    }
    return render(request, "supervision/notices.html", facts)
