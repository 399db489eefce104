# SPDX-License-Identifier: EUPL-1.2
"""The wearer's own page."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tarazy.core import clock
from tarazy.core.web import actor_of
from tarazy.supervision.looks import own as own_looks
from tarazy.supervision.maps import map_facts


@require_GET
def own(request: HttpRequest) -> HttpResponse:
    """The wearer's own page."""
    seen = own_looks.own(actor_of(request), clock.now())
    facts = {"page": seen, "duty_telephone": settings.TARAZY.duty_telephone, **map_facts()}
    return render(request, "supervision/own.html", facts)
