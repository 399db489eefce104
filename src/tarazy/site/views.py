# SPDX-License-Identifier: EUPL-1.2
"""Pages of the whole house: the way in, the catalogue, the policy, the audit log, health."""

import sys

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template import loader
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST
from django.views.defaults import server_error
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from tarazy.core.access import POLICY, ROLE_TITLES, Role
from tarazy.core.audit import looks as audit_looks
from tarazy.core.errors import Refused
from tarazy.core.ids import PUBLIC_ID
from tarazy.core.refusals import Refusal
from tarazy.core.web import PURPOSE_KEY, RETRY_S, actor_of
from tarazy.procurement.indicators.interface import SUBJECT_TITLES
from tarazy.procurement.indicators.unanswerable import UNANSWERABLE
from tarazy.site.catalogue import CARDS, PROCUREMENT, Entry, about, laws, plain
from tarazy.site.navigation import PLACES
from tarazy.site.wiring import verbs
from tarazy.supervision.looks.identity import identify, named_with

AUDIT_PAGE_SIZE = 50


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """To the first place that the roles open."""
    actor = actor_of(request)
    for place in PLACES:
        if POLICY.reaches(actor, place.verb):
            try:
                return redirect(reverse(place.url_name))
            except NoReverseMatch:
                continue
    return redirect("catalogue")


@require_POST
def purpose(request: HttpRequest) -> HttpResponse:
    """Choose why one looks, for this session."""
    chosen = request.POST.get("purpose", "")
    if chosen not in actor_of(request).purposes():
        raise Refused(Refusal.PURPOSE_MISSING)
    request.session[PURPOSE_KEY] = chosen
    back = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    return redirect(back if safe else "/")


@login_not_required
@require_GET
def catalogue(request: HttpRequest) -> HttpResponse:
    """Every rule and indicator, open to everybody: nobody is judged by a secret rule."""
    subject = request.GET.get("subject", "")
    rooms: dict[str, list[Entry]] = {}
    for entry in about(subject):
        rooms.setdefault(entry.room, []).append(entry)
    known = {
        "rooms": list(rooms.items()),
        "subjects": [(one.value, title) for one, title in SUBJECT_TITLES.items()],
        "subject": subject if subject in set(SUBJECT_TITLES) else "",
        "room_of_subjects": PROCUREMENT,
        "unanswerable": UNANSWERABLE,
    }
    return render(request, "catalogue/list.html", known)


@login_not_required
@require_GET
def catalogue_json(request: HttpRequest) -> HttpResponse:
    """The same for other programs; ?subject= for those about one kind of subject."""
    known = plain(about(request.GET.get("subject", "")))
    return JsonResponse(known, json_dumps_params={"ensure_ascii": False, "indent": 1})


@login_not_required
@require_GET
def card(request: HttpRequest, code: str) -> HttpResponse:
    """One rule or indicator: what it looks for, on what basis, and when it says nothing."""
    entry = CARDS.get(code)
    if entry is None:
        raise Refused(Refusal.NOT_FOUND)
    known = {
        "entry": entry,
        "card": entry.card,
        "laws": laws(settings.TARAZY.procurement_folder, code),
    }
    return render(request, "catalogue/card.html", known)


@login_not_required
@require_GET
def access(request: HttpRequest) -> HttpResponse:
    """The policy table: who may do what, on which records."""
    roles = list(Role)
    said = verbs()
    rows = [
        (grant.verb, said.get(grant.verb), [grant.reaches.get(role) for role in roles])
        for grant in POLICY.grants.values()
    ]
    reaches = {
        reach.name: reach for grant in POLICY.grants.values() for reach in grant.reaches.values()
    }
    facts = {
        "roles": [ROLE_TITLES[role] for role in roles],
        "rows": rows,
        "reaches": reaches.values(),
    }
    return render(request, "catalogue/access.html", facts)


@require_GET
def audit(request: HttpRequest) -> HttpResponse:
    """The audit log, newest first; all of it, or what it has about one id."""
    raw = request.GET.get("before", "")
    before = int(raw) if raw.isdecimal() and len(raw) < 19 else None  # noqa: PLR2004 - a bigint
    about_id, actor = request.GET.get("about", ""), actor_of(request)
    if not about_id:
        page = audit_looks.view(actor, before, AUDIT_PAGE_SIZE)
    elif PUBLIC_ID.match(about_id):
        page = audit_looks.about(actor, named_with(about_id), before, AUDIT_PAGE_SIZE)
    else:  # all of it would look like an answer
        raise Refused(Refusal.NOT_FOUND)
    return render(request, "audit.html", {"page": page, "about": about_id})


@require_POST
def audit_find(request: HttpRequest) -> HttpResponse:
    """To what the log has about the person of an IIN or a document, or about an id."""
    text = request.POST.get("text", "").strip()
    try:
        found = text if PUBLIC_ID.match(text) else identify(actor_of(request), text)
    except Refused as refused:
        if refused.name is not Refusal.NOT_FOUND:
            raise
        told = gettext("This IIN or document number is nobody's who is or was under an order.")
        messages.error(request, told)
        return redirect("audit")
    return redirect(f"{reverse('audit')}?about={found}")


@login_not_required
@require_GET
def live(_request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"status": "live"})


@login_not_required
@require_GET
def ready(_request: HttpRequest) -> HttpResponse:
    """The process can do its work: the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "the database is away"}, status=503)
    return JsonResponse({"status": "ready"})


def fault(request: HttpRequest) -> HttpResponse:
    """What went wrong before or in a page: the database is away, or it is a fault of ours.

    The templates ask for nothing: no session, no user, no database.
    """
    _, error, _ = sys.exc_info()
    if isinstance(error, OperationalError | InterfaceError):
        answer = HttpResponse(loader.get_template("503.html").render(), status=503)
        answer.headers["Retry-After"] = str(RETRY_S)
        return answer
    return server_error(request)


@login_not_required
@require_GET
def metrics(_request: HttpRequest) -> HttpResponse:
    """Counts for Prometheus; they hold no personal data."""
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)
