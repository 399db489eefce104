# SPDX-License-Identifier: EUPL-1.2
"""Addresses for a map: searched, or asked of a place. Sent as forms: an address is in no URL."""

import math
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from tarazy.core.web import actor_of
from tarazy.supervision.looks import places as place_looks
from tarazy.supervision.models import PlaceKind


@require_POST
def search(request: HttpRequest) -> HttpResponse:
    """Where an address is."""
    hits = place_looks.search_places(actor_of(request), request.POST.get("text", ""))
    return _answer(
        {
            "known": bool(hits) or bool(place_looks.extracts()),
            "hits": [
                {
                    "title": hit.title,
                    "about": ", ".join(
                        part for part in (gettext(PlaceKind(hit.kind).label), hit.within) if part
                    ),
                    "at": [hit.lon, hit.lat],
                }
                for hit in hits
            ],
        }
    )


@require_POST
def name(request: HttpRequest) -> HttpResponse:
    """What lies at a place of the map."""
    found = place_looks.name_place(actor_of(request), *_spot(request))
    if found is None:
        return _answer({"said": ""})
    dated = gettext("extract of {date}").format(date=date_format(found.dated_on, "j E Y"))
    return _answer({"said": f"{found.said} ({dated})"})


def _spot(request: HttpRequest) -> tuple[float, float]:
    """What was sent as numbers; what is none goes to the look as no place, and is logged there."""
    try:
        return float(request.POST.get("lat", "")), float(request.POST.get("lon", ""))
    except ValueError:
        return math.nan, math.nan


def _answer(facts: Mapping[str, object]) -> JsonResponse:
    answer = JsonResponse(facts)
    answer.headers["Cache-Control"] = "no-store"
    return answer
