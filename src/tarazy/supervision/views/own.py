# SPDX-License-Identifier: EUPL-1.2
"""The wearer's own page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tarazy.core import clock
from tarazy.core.web import actor_of
from tarazy.supervision.looks import own as own_looks
from tarazy.supervision.views.maps import map_facts


@require_GET
def own(request: HttpRequest) -> HttpResponse:
    """The wearer's own page."""
    seen = own_looks.own(actor_of(request), clock.now())
    return render(request, "supervision/own.html", {"page": seen, **map_facts()})
