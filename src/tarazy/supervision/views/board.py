# SPDX-License-Identifier: EUPL-1.2
"""The board of the control centre, the door of its live stream, and its map on paper."""

import math
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from tarazy.core import clock
from tarazy.core.access import POLICY
from tarazy.core.web import actor_of, events_url
from tarazy.supervision.actions import live as live_actions
from tarazy.supervision.cards import CARDS
from tarazy.supervision.looks import board as board_looks
from tarazy.supervision.looks import map_print
from tarazy.supervision.looks.filters import HANDS, SEVERITIES, Filters
from tarazy.supervision.maps import map_facts
from tarazy.supervision.reports.printing import pdf_of

ID_LENGTH_MAX = 40


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """The control centre: map and alerts, which then move by themselves."""
    actor, filters = actor_of(request), Filters.read(request.GET.dict())
    seen = board_looks.board(actor, clock.now(), filters)
    facts = {
        "board": seen,
        "groups": seen.waiting.groups,
        "more": seen.waiting.more,
        "to_call": seen.to_call,
        "me": actor.user_pk,
        "may_act": bool(POLICY.reaches(actor, "supervision.alert.resolve")),
        "filters": filters,
        "severities": SEVERITIES.items(),
        "hands": HANDS.items(),
        "rules": [(code, card.title) for code, card in CARDS.items()],
        **map_facts(),
    }
    return render(request, "supervision/board.html", facts)


@require_POST
def live_open(request: HttpRequest) -> HttpResponse:
    """A ticket for the live stream, and where to take it."""
    alert = request.POST.get("alert", "")[:ID_LENGTH_MAX]
    of_board = Filters.parse(request.POST.get("wish", "")).query()
    wish = urlencode({"alert": alert}) if alert else of_board
    language = get_language() or settings.LANGUAGE_CODE
    ticket = live_actions.open_stream(actor_of(request), language, wish)
    address = f"{events_url(request).rstrip('/')}/live?ticket={ticket.secret}"
    answer = JsonResponse({"address": address, "lasts_s": ticket.lasts_s})
    answer.headers["Cache-Control"] = "no-store"
    return answer


@require_POST
def print_map(request: HttpRequest) -> HttpResponse:
    """The map's window as PDF. Sent as a form: where somebody looked is in no URL."""
    told = request.POST
    window = map_print.Window(
        **{edge: _degrees(told.get(edge, "")) for edge in ("west", "south", "east", "north")},
        others="others" in told,
        shared="shared" in told,
        person_id=told.get("person", ""),
    )
    document = map_print.print_map(actor_of(request), window, clock.now())
    answer = HttpResponse(pdf_of(document), content_type="application/pdf")
    answer.headers["Content-Disposition"] = 'inline; filename="map.pdf"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _degrees(text: str) -> float:
    """What is no number goes to the look as no place, and is refused there."""
    try:
        return float(text)
    except ValueError:
        return math.nan
