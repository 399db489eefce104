# SPDX-License-Identifier: EUPL-1.2
"""Pages of the control centre and of the wearer; they call looks and actions, and write nothing."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_GET, require_POST

from tarazy.core import clock
from tarazy.core.access import POLICY, Actor
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.core.web import actor_of, events_url, sentence_of
from tarazy.supervision.actions import alerts as alert_actions
from tarazy.supervision.actions import commands as command_actions
from tarazy.supervision.actions import live as live_actions
from tarazy.supervision.looks import alerts as alert_looks
from tarazy.supervision.looks import board as board_looks
from tarazy.supervision.looks import own as own_looks
from tarazy.supervision.looks import people as people_looks
from tarazy.supervision.looks import protection as protection_looks
from tarazy.supervision.models import Alert
from tarazy.supervision.refusals import Refusal

TRAIL_H_DEFAULT = 6
SEARCH_LENGTH_MAX = 100
STREETS_AGE_S = 300
VERSION = re.compile(r"\d{1,9}", re.ASCII)
SECONDS = re.compile(r"\d{1,6}", re.ASCII)
RANGE = re.compile(r"^bytes=(\d{1,15})-(\d{1,15})$", re.ASCII)
RANGE_BYTES_MAX = 16 * 1024 * 1024
MENDABLE = {
    Refusal.ALERT_CHANGED,
    Refusal.ALERT_RESOLVED,
    Refusal.NOTE_MISSING,
    Refusal.NOTE_TOO_LONG,
}
"""Refusals that the person mends on the page where they stand, with the note still in its place."""

COMMAND_REFUSALS = {
    Refusal.COMMAND_UNKNOWN,
    Refusal.COMMAND_INTERVAL,
    Refusal.COMMAND_TEXT,
    Refusal.COMMANDS_TOO_MANY,
    Refusal.NOT_FITTED,
    Refusal.NO_ORDER,
}


def _map() -> dict[str, object]:
    """What every page with a map is told about it."""
    here = settings.TARAZY
    return {"map_style_url": here.map_style_url, "map_tiles": here.map_tiles is not None}


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """The control centre: map and alerts, which then move by themselves."""
    seen = board_looks.board(actor_of(request), clock.now())
    facts = {"board": seen, "groups": seen.waiting.groups, "more": seen.waiting.more, **_map()}
    return render(request, "supervision/board.html", facts)


@require_POST
def live_open(request: HttpRequest) -> HttpResponse:
    """A ticket for the live stream, and where to take it."""
    ticket = live_actions.open_stream(actor_of(request), get_language() or settings.LANGUAGE_CODE)
    address = f"{events_url(request).rstrip('/')}/live?ticket={ticket.secret}"
    answer = JsonResponse({"address": address, "lasts_s": ticket.lasts_s})
    answer.headers["Cache-Control"] = "no-store"
    return answer


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
        **_map(),
    }
    return render(request, "supervision/alert.html", facts, status=422 if refusal else 200)


def _other_side(actor: Actor, alert_id: str) -> protection_looks.OtherSide | None:
    """Whom to call besides, where the alert is about two people and the role may know."""
    about_two = alert_looks.is_about_a_pair(alert_id)
    if not about_two or not POLICY.reaches(actor, "supervision.protected.contact"):
        return None
    return protection_looks.other_side(actor, alert_id)


@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """The list of people under an order, searched by name; htmx asks for the table alone."""
    search = request.GET.get("name", "").strip()[:SEARCH_LENGTH_MAX]
    page = request.GET.get("page", 1)
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
        "hours_max": people_looks.TRAIL_H_MAX,
        "may_command": bool(POLICY.reaches(actor_of(request), "supervision.device.command")),
        **_map(),
    }
    return render(request, "supervision/person.html", facts)


@require_GET
def trail(request: HttpRequest, person_id: str) -> HttpResponse:
    """The fixes of a window as GeoJSON; each request is a look."""
    since, until = _moment(request, "since"), _moment(request, "until")
    answer = JsonResponse(
        people_looks.trail(actor_of(request), person_id, since, until).geojson(),
        content_type="application/geo+json",
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


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
    else:
        messages.success(request, gettext("The device will be asked as soon as it is there."))
    return redirect(f"{reverse('supervision:person', args=[person_id])}#devices")


def _moment(request: HttpRequest, name: str) -> datetime:
    """A time of the address: with its zone, or local to the screen."""
    try:
        found = parse_datetime(request.GET.get(name, ""))
        if found is None:
            raise Refused(Refusal.BAD_TIME)
        return (found if timezone.is_aware(found) else timezone.make_aware(found)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Refused(Refusal.BAD_TIME) from error


@require_GET
def own(request: HttpRequest) -> HttpResponse:
    """The wearer's own page."""
    seen = own_looks.own(actor_of(request), clock.now())
    return render(request, "supervision/own.html", {"page": seen, **_map()})


@require_GET
def streets(_request: HttpRequest) -> HttpResponse:
    """The demo city's streets; a service without a demo has none."""
    path = settings.TARAZY.folder / "demo" / "streets.json"
    if not path.is_file():
        return JsonResponse({"type": "FeatureCollection", "features": []})
    answer = HttpResponse(path.read_bytes(), content_type="application/geo+json")
    answer.headers["Cache-Control"] = f"private, max-age={STREETS_AGE_S}"
    return answer


@require_GET
def tiles(request: HttpRequest) -> HttpResponse | FileResponse:
    """The operator's own map tiles: byte ranges of one PMTiles file."""
    path: Path | None = settings.TARAZY.map_tiles
    asked = RANGE.match(request.headers.get("Range", ""))
    if path is None or asked is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    size = path.stat().st_size
    first, last = int(asked[1]), min(int(asked[2]), size - 1)
    if first > last or last - first >= RANGE_BYTES_MAX:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    with path.open("rb") as file:
        file.seek(first)
        part = file.read(last - first + 1)
    answer = HttpResponse(part, status=206, content_type="application/octet-stream")
    answer.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    answer.headers["Accept-Ranges"] = "bytes"
    return answer
