# SPDX-License-Identifier: EUPL-1.2
"""The page of parties that may be one: evidence side by side, and a person's answer."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from tarazy.core.access import POLICY
from tarazy.core.catalogue import said
from tarazy.core.errors import Refused
from tarazy.core.web import actor_of, sentence_of
from tarazy.procurement import actions, looks
from tarazy.procurement.deciding import PAIRS_SHOWN, WHY_LENGTH_MAX, Answer, Pair, State, masked
from tarazy.procurement.matching import FIELDS
from tarazy.procurement.refusals import Refusal
from tarazy.procurement.views import page_of

MENDABLE = {
    Refusal.DECISION_WHY,
    Refusal.DECISION_ANSWER,
    Refusal.PARTIES_DECIDED,
    Refusal.PARTIES_CONTRADICTED,
    Refusal.PARTIES_TWO_NUMBERS,
}
ANSWER_TITLES = {
    Answer.SAME: said("the same"),
    Answer.DIFFERENT: said("different ones"),
    Answer.UNKNOWN: said("not known"),
}
FIELD_TITLES = {
    "name": said("Name of the party"),
    "form": said("Legal form"),
    "address": said("Address"),
    "region": said("Region"),
    "telephone": said("Telephone"),
    "email": said("E-mail"),
}


@require_GET
def parties(request: HttpRequest) -> HttpResponse:
    """Pairs to decide, or those decided."""
    state, page = _place(request.GET)
    found = looks.parties(actor_of(request), state, page)
    facts = {
        "found": found,
        "pairs": [_shown(one) for one in found.rows],
        "state": state,
        "page": Paginator(range(found.total), PAIRS_SHOWN).get_page(found.page),
        "query": f"state={state}&",
        "may_decide": POLICY.reaches(actor_of(request), "procurement.parties.decide"),
        "answers": [(answer.value, title) for answer, title in ANSWER_TITLES.items()],
        "why_max": WHY_LENGTH_MAX,
    }
    return render(request, "procurement/parties.html", facts)


@require_POST
def decide(request: HttpRequest, pair: str) -> HttpResponse:
    """Say of a pair whether it is one party, or take that back; with the reason."""
    answer, why = request.POST.get("answer", ""), request.POST.get("why", "").replace("\0", "")
    try:
        actions.decide_parties(actor_of(request), pair, answer, why)
    except Refused as refused:
        if refused.name not in MENDABLE:
            raise
        messages.error(request, sentence_of(refused))
    state, page = _place(request.POST)
    return redirect(f"{reverse('procurement:parties')}?state={state}&page={page}")


def _place(address: QueryDict) -> tuple[State, int]:
    """Which list an address or a form is about, and which page of it."""
    return "decided" if address.get("state") == "decided" else "open", page_of(address)


def _shown(one: Pair) -> dict[str, Any]:
    facts = one.facts
    return {
        "pair": facts["pair"],
        "left": masked(facts["unique_id_l"]),
        "right": masked(facts["unique_id_r"]),
        "facts": facts,
        "percent": int(100 * facts["probability"]) if facts.get("probability") else None,
        "start": _start(facts),
        "decision": one.decision,
        "answer": ANSWER_TITLES.get(one.decision.answer) if one.decision else None,
        "evidence": [
            _evidence(field, facts) for field in FIELDS if facts.get("weight") is not None
        ],
    }


def _start(facts: dict[str, Any]) -> float | None:
    """What the weight begins with, before any field is looked at."""
    if facts.get("weight") is None:
        return None
    return float(facts["weight"] - sum(facts[f"{field}_weight"] for field in FIELDS))


def _evidence(field: str, facts: dict[str, Any]) -> dict[str, Any]:
    """One field of a pair: what each says where that may be shown, and what it weighs."""
    return {
        "title": FIELD_TITLES[field],
        "left": facts.get(f"{field}_l"),
        "right": facts.get(f"{field}_r"),
        "known": facts[f"{field}_level"] >= 0,
        # a telephone or address is a hash, the form stands in the name
        "hidden": facts[f"{field}_level"] >= 0 and f"{field}_l" not in facts,
        "alike": facts[f"{field}_level"] > 0,
        "weight": facts[f"{field}_weight"],
    }
