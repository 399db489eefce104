# SPDX-License-Identifier: EUPL-1.2
"""The page of an alert, and what people do about it there."""

import re
from collections.abc import Callable, Sequence

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from tarazy.core import clock
from tarazy.core.access import POLICY, Actor
from tarazy.core.errors import Refused
from tarazy.core.web import actor_of, sentence_of
from tarazy.supervision.actions import alerts as alert_actions
from tarazy.supervision.actions import steps as step_actions
from tarazy.supervision.cards import TOGETHER_MAX
from tarazy.supervision.causes import offered
from tarazy.supervision.looks import alerts as alert_looks
from tarazy.supervision.looks import protection as protection_looks
from tarazy.supervision.looks import together as together_looks
from tarazy.supervision.looks.filters import Filters
from tarazy.supervision.maps import map_facts
from tarazy.supervision.models import ContactKind, StepKind
from tarazy.supervision.models.duty import cause_choices
from tarazy.supervision.refusals import Refusal

NUMBER = re.compile(r"\d{1,9}", re.ASCII)
MENDABLE = {
    Refusal.ALERT_CHANGED,
    Refusal.ALERT_HELD,
    Refusal.ALERT_RESOLVED,
    Refusal.CAUSE_MISSING,
    Refusal.CAUSE_NOT_OFFERED,
    Refusal.NOTE_MISSING,
    Refusal.NOTE_TOO_LONG,
    Refusal.RESOLVED_LONG_AGO,
    Refusal.STEP_CHANGED,
    Refusal.STEP_NOTE_MISSING,
    Refusal.TAKER_UNKNOWN,
}
"""Refusals that the person mends on the page where they stand, with the note still in its place."""


@require_GET
def alert(request: HttpRequest, alert_id: str) -> HttpResponse:
    """One alert with its reason, evidence and history."""
    return _alert_page(request, alert_id)


@require_POST
def acknowledge(request: HttpRequest, alert_id: str) -> HttpResponse:
    """Take the alert in hand."""
    return _do(
        request,
        alert_id,
        lambda: alert_actions.acknowledge(
            actor_of(request), alert_id, _number(request, "version"), _text(request, "note")
        ),
        gettext("You have this alert in hand; everybody sees it."),
    )


@require_POST
def release(request: HttpRequest, alert_id: str) -> HttpResponse:
    """Give the alert back."""
    return _do(
        request,
        alert_id,
        lambda: alert_actions.release(
            actor_of(request), alert_id, _number(request, "version"), _text(request, "note")
        ),
        gettext("The alert waits for somebody again."),
    )


@require_POST
def hand_over(request: HttpRequest, alert_id: str) -> HttpResponse:
    """Put the alert into somebody's hands, or take it over."""
    actor = actor_of(request)
    to = actor.id if request.POST.get("to") == "me" else _text(request, "to")
    done = gettext("The alert is in other hands now; everybody sees whose.")
    return _do(
        request,
        alert_id,
        lambda: alert_actions.hand_over(
            actor, alert_id, _number(request, "version"), to, _text(request, "note")
        ),
        gettext("You have this alert in hand; everybody sees it.") if to == actor.id else done,
    )


@require_POST
def note(request: HttpRequest, alert_id: str) -> HttpResponse:
    """Write something down."""
    return _do(
        request,
        alert_id,
        lambda: alert_actions.note(actor_of(request), alert_id, _text(request, "note")),
        gettext("The note is kept."),
    )


@require_POST
def escalate(request: HttpRequest, alert_id: str) -> HttpResponse:
    """Call the supervisor."""
    return _do(
        request,
        alert_id,
        lambda: alert_actions.escalate(actor_of(request), alert_id, _text(request, "note")),
        gettext("The supervisor's board calls for this alert."),
    )


@require_POST
def called(request: HttpRequest, alert_id: str) -> HttpResponse:
    """Somebody tapped a telephone number; the page's script tells it behind the call."""
    alert_actions.call(actor_of(request), alert_id, _text(request, "contact"))
    return HttpResponse(status=204)


@require_POST
def step(request: HttpRequest, alert_id: str) -> HttpResponse:
    """The step under way was done, or tried in vain."""
    return _do(
        request,
        alert_id,
        lambda: step_actions.finish_step(
            actor_of(request),
            alert_id,
            _number(request, "step"),
            done=request.POST.get("outcome") != "failed",
            version=_number(request, "version"),
            note=_text(request, "note"),
        ),
        gettext("Noted. The next step is here."),
    )


@require_POST
def step_back(request: HttpRequest, alert_id: str) -> HttpResponse:
    """The last step was not done after all."""
    return _do(
        request,
        alert_id,
        lambda: step_actions.take_step_back(
            actor_of(request), alert_id, _number(request, "step"), _text(request, "note")
        ),
        gettext("The step is under way again."),
    )


@require_POST
def resolve(request: HttpRequest, alert_id: str) -> HttpResponse:
    """Close the alert with its cause and a note."""
    return _do(
        request,
        alert_id,
        lambda: alert_actions.resolve(
            actor_of(request),
            alert_id,
            _number(request, "version"),
            _text(request, "cause"),
            _text(request, "note"),
        ),
        gettext("The alert is resolved. Its history stays."),
    )


@require_POST
def reopen(request: HttpRequest, alert_id: str) -> HttpResponse:
    """The alert was resolved by mistake."""
    return _do(
        request,
        alert_id,
        lambda: alert_actions.reopen(
            actor_of(request), alert_id, _number(request, "version"), _text(request, "note")
        ),
        gettext("The alert is open again, and waits for somebody."),
    )


@require_GET
def together(request: HttpRequest) -> HttpResponse:
    """Alerts that may be resolved together, as the board's address filters them."""
    return _together_page(request)


@require_POST
def resolve_together(request: HttpRequest) -> HttpResponse:
    """Resolve the chosen ones, each as an act of its own."""
    chosen: dict[str, int] = {}
    for row in request.POST.getlist("alert")[:TOGETHER_MAX]:
        alert_id, _, version = row.partition(" ")
        chosen[alert_id] = int(version) if NUMBER.fullmatch(version) else 0
    cause, text = _text(request, "cause"), _text(request, "note")
    if not chosen:
        return _together_page(request, gettext("Choose at least one alert."))
    refused = alert_actions.resolve_together(actor_of(request), chosen, cause, text)
    if len(refused) == len(chosen):
        return _together_page(request, sentence_of(refused[0]))
    done = gettext("Resolved: {done}. Refused, and still open: {refused}.")
    counts = {"done": len(chosen) - len(refused), "refused": len(refused)}
    messages.success(request, done.format(**counts))
    return redirect("supervision:board")


def _together_page(request: HttpRequest, refusal: str = "") -> HttpResponse:
    filters = Filters.read(request.GET.dict())
    lines = together_looks.together(actor_of(request), clock.now(), filters)
    facts = {
        "lines": lines,
        "filters": filters,
        "causes": _causes([line.alert.rule for line in lines]),
        "typed": request.POST,
        "chosen": {row.partition(" ")[0] for row in request.POST.getlist("alert")},
        "refusal": refusal,
        "note_length_max": alert_actions.NOTE_LENGTH_MAX,
    }
    return render(request, "supervision/together.html", facts, status=422 if refusal else 200)


def _causes(rules: Sequence[str]) -> list[tuple[str, str]]:
    """What alerts of these rules may turn out to be, by code, in the language of the screen."""
    codes = offered(settings.TARAZY.causes, rules)
    return [(code, title) for code, title in cause_choices() if code in codes]


def _do(request: HttpRequest, alert_id: str, deed: Callable[[], object], done: str) -> HttpResponse:
    try:
        deed()
    except Refused as refused:
        if refused.name not in MENDABLE:
            raise
        return _alert_page(request, alert_id, refusal=sentence_of(refused))
    messages.success(request, done)
    return redirect("supervision:alert", alert_id=alert_id)


def _number(request: HttpRequest, name: str) -> int:
    found = NUMBER.fullmatch(request.POST.get(name, ""))
    return int(found[0]) if found else 0


def _text(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "")


def _alert_page(request: HttpRequest, alert_id: str, *, refusal: str = "") -> HttpResponse:
    actor = actor_of(request)
    page = alert_looks.alert(actor, alert_id, clock.now())
    holder = page.alert.holder
    facts = {
        "page": page,
        "other": _other_side(actor, alert_id),
        "may_act": bool(POLICY.reaches(actor, "supervision.alert.resolve")),
        "may_watch": page.open and bool(POLICY.reaches(actor, "supervision.live.open")),
        "may_reopen": page.resolved_within(alert_actions.REOPENED_MAX),
        "mine": holder is not None and holder.public_id == actor.id,
        "causes": _causes([page.alert.rule]),
        "kinds": StepKind,
        "typed": request.POST,
        "asked": request.resolver_match.url_name if refusal and request.resolver_match else "",
        "refusal": refusal,
        "contact_typed": request.session.pop("contact_typed", {}),
        "contact_kinds": ContactKind.choices,
        "note_length_max": alert_actions.NOTE_LENGTH_MAX,
        **map_facts(),
    }
    return render(request, "supervision/alert.html", facts, status=422 if refusal else 200)


def _other_side(actor: Actor, alert_id: str) -> protection_looks.OtherSide | None:
    """Whom to call besides, where the alert is about two people and the role may know."""
    about_two = alert_looks.is_about_a_pair(alert_id)
    if not about_two or not POLICY.reaches(actor, "supervision.protected.contact"):
        return None
    return protection_looks.other_side(actor, alert_id)
