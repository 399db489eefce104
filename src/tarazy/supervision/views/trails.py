# SPDX-License-Identifier: EUPL-1.2
"""A person's trail: the page by stops, moves and gaps, its fixes as GeoJSON, and following one."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET, require_POST

from tarazy.core import clock
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.core.web import actor_of, sentence_of
from tarazy.supervision.looks import map_zones
from tarazy.supervision.looks import trail_print as trail_print_looks
from tarazy.supervision.looks import trails as trail_looks
from tarazy.supervision.looks.way_words import counts_of, rows_of
from tarazy.supervision.maps import map_facts
from tarazy.supervision.refusals import Refusal
from tarazy.supervision.reports.printing import pdf_of

TRAIL_H_DEFAULT = 6
PAGES = {CoreRefusal.NOT_PERMITTED, CoreRefusal.NOT_FOUND, CoreRefusal.BASIS_MISSING}


@require_GET
def trail(request: HttpRequest, person_id: str) -> HttpResponse:
    """The fixes of a window as GeoJSON; each request is a look."""
    since, until = _moment(request, "since"), _moment(request, "until")
    answer = JsonResponse(
        trail_looks.trail(actor_of(request), person_id, since, until).geojson(),
        content_type="application/geo+json",
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@require_GET
def trail_page(request: HttpRequest, person_id: str) -> HttpResponse:
    """A window of 48 hours at most, by stops, moves and gaps; each request is a look."""
    refusal = ""
    until = clock.now()
    since = until - timedelta(hours=TRAIL_H_DEFAULT)
    try:
        if request.GET.get("since") or request.GET.get("until"):
            since, until = _window(request)
        seen = trail_looks.trail(actor_of(request), person_id, since, until, by_legs=True)
    except Refused as refused:
        if refused.name in PAGES:
            raise
        # What was typed stays in its fields.
        refusal, seen = sentence_of(refused), None
    rows = rows_of(seen) if seen else []
    facts: dict[str, Any] = {
        "person_id": person_id,
        "trail": seen,
        "rows": rows,
        "counts": counts_of(rows),
        "zones": list(seen.zones) if seen else [],
        "legs": [row.shape for row in rows],
        "refusal": refusal,
        "since": request.GET.get("since") or _local(since),
        "until": request.GET.get("until") or _local(until),
        "hours_max": trail_looks.TRAIL_H_MAX,
        **map_facts(),
    }
    return render(request, "supervision/trail.html", facts, status=422 if refusal else 200)


@require_GET
def trail_print(request: HttpRequest, person_id: str) -> HttpResponse:
    """A window as PDF, with who printed it; each request is a look of its own."""
    document = trail_print_looks.print_trail(
        actor_of(request), person_id, *_window(request), clock.now()
    )
    answer = HttpResponse(pdf_of(document), content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="trail-{person_id}.pdf"'
    return answer


@require_POST
def follow(request: HttpRequest, person_id: str) -> HttpResponse:
    """Leave to follow one person on the board, for a quarter of an hour."""
    found = trail_looks.follow(actor_of(request), person_id, clock.now())
    lasts_s = int(found.lasts.total_seconds())
    return _fresh({"name": found.name, "lasts_s": lasts_s, "zones": found.zones})


@require_POST
def zones(request: HttpRequest, person_id: str) -> HttpResponse:
    """The zones of a person who was chosen on the board's map."""
    return _fresh({"zones": map_zones.zones(actor_of(request), person_id, clock.now())})


@require_GET
def shared_zones(request: HttpRequest) -> HttpResponse:
    """The shared zones for the board's map."""
    found = map_zones.shared(actor_of(request))
    return _fresh({"zones": found.zones, "more": found.more})


def _fresh(facts: dict[str, object]) -> HttpResponse:
    answer = JsonResponse(facts)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _local(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%dT%H:%M")


def _window(request: HttpRequest) -> tuple[datetime, datetime]:
    since, until = _moment(request, "since"), _moment(request, "until")
    if since >= until:
        raise Refused(Refusal.PERIOD_BACKWARDS)
    return since, until


def _moment(request: HttpRequest, name: str) -> datetime:
    """A time of the address: with its zone, or local to the screen."""
    try:
        found = parse_datetime(request.GET.get(name, ""))
        if found is None:
            raise Refused(Refusal.BAD_TIME)
        return (found if timezone.is_aware(found) else timezone.make_aware(found)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Refused(Refusal.BAD_TIME) from error
