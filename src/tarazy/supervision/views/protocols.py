# SPDX-License-Identifier: EUPL-1.2
"""Protocols: what is done about alerts of each rule, and the form that writes a new version."""

import re

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from tarazy.core.access import POLICY
from tarazy.core.errors import Refused
from tarazy.core.web import actor_of, sentence_of
from tarazy.supervision.actions import protocols as protocol_actions
from tarazy.supervision.looks import protocols as protocol_looks
from tarazy.supervision.models import StepKind
from tarazy.supervision.protocols import MINUTES_MAX, STEPS_MAX, TEXT_LENGTH_MAX, Plan, Step
from tarazy.supervision.refusals import Refusal

MINUTES = re.compile(r"\d{1,6}", re.ASCII)
NOT_MENDABLE = {Refusal.PROTOCOL_UNKNOWN}


@require_GET
def protocols(request: HttpRequest) -> HttpResponse:
    """Every rule with its protocol."""
    pages = protocol_looks.protocols(actor_of(request))
    return render(request, "supervision/protocols.html", {"pages": pages})


@require_GET
def protocol(request: HttpRequest, rule: str) -> HttpResponse:
    """One protocol with its versions, and the form for whoever may write it."""
    return _page(request, rule)


@require_POST
def write(request: HttpRequest, rule: str) -> HttpResponse:
    """Write a new version."""
    form = request.POST
    number = _minutes(form.get("number", ""))
    plan = Plan(_minutes(form.get("take_min", "")), _steps(form))
    reason = form.get("reason", "")
    try:
        protocol_actions.write_protocol(actor_of(request), rule, number, plan, reason)
    except Refused as refused:
        if not isinstance(refused.name, Refusal) or refused.name in NOT_MENDABLE:
            raise
        return _page(request, rule, plan=plan, refusal=sentence_of(refused))
    messages.success(request, gettext("The new version is kept; alerts begin with it from now on."))
    return redirect("supervision:protocol", rule=rule)


def _page(
    request: HttpRequest, rule: str, *, plan: Plan | None = None, refusal: str = ""
) -> HttpResponse:
    actor = actor_of(request)
    page = protocol_looks.protocol(actor, rule)
    shown = plan or page.newest.plan
    facts = {
        "page": page,
        "take_min": shown.take_min or "",
        "rows": protocol_looks.blank_steps(shown.steps, STEPS_MAX),
        "kinds": StepKind.choices,
        "reason": request.POST.get("reason", ""),
        "refusal": refusal,
        "may_write": bool(POLICY.reaches(actor, "supervision.protocol.write")),
        "minutes_max": MINUTES_MAX,
        "text_length_max": TEXT_LENGTH_MAX,
        "reason_length_max": protocol_actions.REASON_LENGTH_MAX,
    }
    return render(request, "supervision/protocol.html", facts, status=422 if refusal else 200)


def _steps(form: QueryDict) -> tuple[Step, ...]:
    """The rows of the form that name a kind, in their order."""
    kinds, minutes, texts = (form.getlist(name) for name in ("kind", "minutes", "text"))
    return tuple(
        Step(StepKind(kind), _minutes(wait), text.strip())
        for kind, wait, text in zip(kinds[:STEPS_MAX], minutes, texts, strict=False)
        if kind in StepKind.values
    )


def _minutes(raw: str) -> int:
    """A whole number of minutes; what is none becomes 0, which is refused."""
    return int(raw) if MINUTES.fullmatch(raw.strip()) else 0
