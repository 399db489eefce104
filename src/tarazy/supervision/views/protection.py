# SPDX-License-Identifier: EUPL-1.2
"""Pages about protected people; they call looks and actions, and write nothing."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from tarazy.core import clock
from tarazy.core.access import POLICY, Actor
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.core.web import actor_of, sentence_of
from tarazy.supervision.actions import protection as actions
from tarazy.supervision.judging.bonds import (
    INNER_M_DEFAULT,
    INNER_M_RANGE,
    OUTER_M_DEFAULT,
    OUTER_M_RANGE,
)
from tarazy.supervision.looks import protection as looks
from tarazy.supervision.refusals import Refusal

METRES = re.compile(r"\d{1,5}", re.ASCII)
TOLD = ("label", "full_name", "phone")
MENDABLE = frozenset(Refusal) | {CoreRefusal.NOT_FOUND}
"""Refusals that are told on the page where they arose."""
RECORD, VIEW = "supervision.protected.record", "supervision.protected.view"


@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """The register."""
    return _people(request)


@require_POST
def record(request: HttpRequest) -> HttpResponse:
    """Record somebody."""
    told = {name: request.POST.get(name, "").strip() for name in TOLD}
    try:
        made = actions.record_protected(
            actor_of(request), told["label"], full_name=told["full_name"], phone=told["phone"]
        )
    except Refused as refused:
        if refused.name not in MENDABLE:
            raise
        return _people(request, told=told, refusal=sentence_of(refused))
    return redirect("supervision:protected-person", protected_id=made.public_id)


@require_GET
def person(request: HttpRequest, protected_id: str) -> HttpResponse:
    """One protected person."""
    return _person(request, protected_id)


@require_POST
def consent(request: HttpRequest, protected_id: str) -> HttpResponse:
    """Record a consent, from now on."""

    def act(actor: Actor) -> object:
        now = clock.now()
        paper = actions.ConsentPaper(
            document_number=request.POST.get("document_number", ""),
            given_at=now,
            since=now,
            until=_moment(request.POST.get("until", ""), now),
        )
        return actions.record_consent(actor, protected_id, paper)

    return _done(request, protected_id, act, gettext("The consent is recorded."))


@require_POST
def withdraw(request: HttpRequest, consent_id: str) -> HttpResponse:
    """Take a consent back, from this moment on."""
    taken = actions.withdraw_consent(actor_of(request), consent_id, at=clock.now())
    messages.success(
        request, gettext("The consent is withdrawn. From this moment nothing is taken in or used.")
    )
    return redirect("supervision:protected-person", protected_id=taken.protected.public_id)


@require_POST
def device(request: HttpRequest, protected_id: str) -> HttpResponse:
    """Hand out a device, from now on."""
    identifier = request.POST.get("device", "").strip()
    return _done(
        request,
        protected_id,
        lambda actor: actions.fit_protected(actor, identifier, protected_id, since=clock.now()),
        gettext("The device is handed out."),
    )


@require_POST
def unfit(request: HttpRequest, fitting_id: str) -> HttpResponse:
    """Take a device back."""
    fitting = actions.unfit_protected(actor_of(request), fitting_id, at=clock.now())
    messages.success(request, gettext("The device is taken back."))
    return redirect("supervision:protected-person", protected_id=fitting.protected.public_id)


@require_POST
def bind(request: HttpRequest, protected_id: str) -> HttpResponse:
    """Record that an order protects this person."""

    def act(actor: Actor) -> object:
        outer, inner = (_metres(request, name) for name in ("radius_m", "inner_m"))
        apart = actions.Apart(radius_m=outer, inner_m=inner)
        return actions.protect(actor, request.POST.get("order", "").strip(), protected_id, apart)

    return _done(request, protected_id, act, gettext("The order protects this person now."))


def _done(
    request: HttpRequest, protected_id: str, act: Callable[[Actor], object], done: str
) -> HttpResponse:
    actor = actor_of(request)
    try:
        act(actor)
    except Refused as refused:
        if refused.name not in MENDABLE or not POLICY.reaches(actor, VIEW):
            raise
        return _person(request, protected_id, refusal=sentence_of(refused))
    messages.success(request, done)
    return redirect("supervision:protected-person", protected_id=protected_id)


def _people(
    request: HttpRequest, *, told: dict[str, str] | None = None, refusal: str = ""
) -> HttpResponse:
    actor = actor_of(request)
    facts = {
        "lines": looks.protected_people(actor, clock.now()),
        "may_write": bool(POLICY.reaches(actor, RECORD)),
        "told": told or {},
        "refusal": refusal,
    }
    template = "supervision/protected_people.html"
    return render(request, template, facts, status=422 if refusal else 200)


def _person(request: HttpRequest, protected_id: str, *, refusal: str = "") -> HttpResponse:
    actor = actor_of(request)
    facts = {
        "page": looks.protected(actor, protected_id, clock.now()),
        "typed": request.POST,
        "may_write": bool(POLICY.reaches(actor, RECORD)),
        "refusal": refusal,
        "outer_range": OUTER_M_RANGE,
        "outer_default": OUTER_M_DEFAULT,
        "inner_range": INNER_M_RANGE,
        "inner_default": INNER_M_DEFAULT,
    }
    template = "supervision/protected_person.html"
    return render(request, template, facts, status=422 if refusal else 200)


def _metres(request: HttpRequest, name: str) -> int:
    """What is no number is none that is lawful: behind the door it is refused as such."""
    found = METRES.fullmatch(request.POST.get(name, ""))
    return int(found[0]) if found else 0


def _moment(text: str, otherwise: datetime) -> datetime:
    """What is no time is the other one: behind the door an empty period is refused."""
    try:
        found = parse_datetime(text)
        if found is None:
            return otherwise
        return (found if timezone.is_aware(found) else timezone.make_aware(found)).astimezone(UTC)
    except (ValueError, OverflowError):
        return otherwise
