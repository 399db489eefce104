# SPDX-License-Identifier: EUPL-1.2
"""Pages on which zones and hours are drawn, changed, copied, imported and rehearsed."""

import re
from dataclasses import dataclass, field

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from tarazy.core import clock
from tarazy.core.access import POLICY, Actor
from tarazy.core.door import together
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.core.web import actor_of, sentence_of
from tarazy.supervision.actions import zones as zone_actions
from tarazy.supervision.hours import exceptions_text, week_days
from tarazy.supervision.looks import zones as zone_looks
from tarazy.supervision.looks.zones import Rehearsal, ZonePage
from tarazy.supervision.maps import map_facts
from tarazy.supervision.models import ConditionKind
from tarazy.supervision.zone_files import BYTES_MAX, zones_of
from tarazy.supervision.zone_forms import ZoneForm, corners_text

NUMBER = re.compile(r"[1-9]\d?", re.ASCII)
PAGES = {CoreRefusal.NOT_PERMITTED, CoreRefusal.NOT_FOUND, CoreRefusal.BASIS_MISSING}


@require_http_methods(["GET", "POST"])
def new_zone(request: HttpRequest, person_id: str) -> HttpResponse:
    """A zone for a demand of the order, or a copy of another zone."""
    more = {name: request.GET.get(name, "") for name in ("demand", "copy")}
    page = zone_looks.prepare(actor_of(request), clock.now(), person_id=person_id, more=more)
    return _editor(request, page)


@require_http_methods(["GET", "POST"])
def edit_zone(request: HttpRequest, condition_id: str) -> HttpResponse:
    """A condition's zone and hours, drawn anew."""
    page = zone_looks.prepare(actor_of(request), clock.now(), condition_id=condition_id, more={})
    return _editor(request, page)


@require_POST
def end_condition(request: HttpRequest, condition_id: str) -> HttpResponse:
    """End a condition now."""
    ended = zone_actions.end_condition(actor_of(request), condition_id)
    messages.success(request, gettext("The condition has ended. Its history stays."))
    return redirect("supervision:person", person_id=ended.order.person.public_id)


def _editor(request: HttpRequest, page: ZonePage) -> HttpResponse:
    then, refusal, tried = request.POST.get("then", ""), "", Tried()
    data = request.POST.copy() if request.method == "POST" else None
    fixed = page.condition is not None or page.asked is not None
    if data is not None and then == "import":
        refusal = _take_file(request, data)
        # Not bound: what is missing beside the shape is no mistake yet.
        form = ZoneForm(page=page, initial=data.dict(), fixed=fixed)
    else:
        form = ZoneForm(data, page=page, fixed=fixed)
    if form.is_bound and form.is_valid():
        try:
            tried = _try(actor_of(request), page, form, then, sure="sure" in request.POST)
        except Refused as refused:
            if refused.name in PAGES:
                raise
            refusal = sentence_of(refused)
    if tried.saved:
        messages.success(request, gettext("The zone is saved; it is judged from now on."))
        return redirect("supervision:person", person_id=page.person.public_id)
    wrong = bool(refusal) or (form.is_bound and bool(form.errors))
    facts = {"page": page, "form": form, "wrong": wrong, "refusal": refusal, "tried": tried}
    facts |= {"week_days": week_days(), "fixed": fixed, **map_facts()}
    facts["may_end"] = bool(POLICY.reaches(actor_of(request), "supervision.condition.end"))
    return render(request, "supervision/zone.html", facts, status=422 if wrong else 200)


@dataclass(slots=True)
class Tried:
    """What became of a whole form: saved, or held back with what there is to think about."""

    saved: bool = False
    asked: bool = False
    """Whether somebody looked for what is unreasonable."""
    warnings: list[str] = field(default_factory=list)
    unsure: bool = False
    """Warnings that must be confirmed before it is saved."""
    rehearsal: Rehearsal | None = None


def _try(actor: Actor, page: ZonePage, form: ZoneForm, then: str, *, sure: bool) -> Tried:
    """Check, and rehearse or save, as was asked. Raises Refused."""
    now, trial, person = clock.now(), form.trial(), page.person.public_id
    own = page.condition.public_id if page.condition else ""
    found = zone_looks.warn(actor, person, trial, now, without=own)
    tried = Tried(asked=True)
    tried.warnings = [gettext(one.sentence).format(**one.facts) for one in found]
    grave = any(one.grave for one in found)
    if then == "rehearse":
        tried.rehearsal = zone_looks.rehearse(actor, person, trial, now)
    elif then == "save" and (sure or not grave):
        _save(actor, page, form)
        tried.saved = True
    tried.unsure = grave
    return tried


def _save(actor: Actor, page: ZonePage, form: ZoneForm) -> None:
    said, before = form.cleaned_data, page.condition
    if before is None:
        drawn = zone_actions.Drawn(
            name=said["name"],
            shape=form.drawn(),
            kind=ConditionKind(said["demand"]),
            timetable=said["hours"],
            exceptions=said["exceptions"],
            demand_id=page.asked.public_id if page.asked else "",
            buffer_m=said["buffer_m"],
        )
        of_class = isinstance(drawn.shape, str)
        begin = zone_actions.forbid_class if of_class else zone_actions.draw_zone
        begin(actor, page.order.public_id, drawn)
        return
    with together():
        condition_id = before.public_id
        buffer = zone_actions.Buffer(said["buffer_m"])
        if form.moved:
            after = zone_actions.replace_zone(
                actor, condition_id, said["name"], form.drawn(), buffer
            )
            condition_id = after.public_id
        elif said["buffer_m"] != before.buffer_m:
            condition_id = zone_actions.set_buffer(actor, condition_id, buffer).public_id
        dates = exceptions_text(said["exceptions"])
        if said["hours"] != before.timetable or dates != exceptions_text(before.exceptions):
            zone_actions.set_hours(actor, condition_id, said["hours"], said["exceptions"])


def _take_file(request: HttpRequest, data: QueryDict) -> str:
    """Put a polygon of the file into the fields; the sentence of a refusal, or nothing."""
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        return gettext("Choose a file first.")
    number = NUMBER.fullmatch(request.POST.get("number", "1"))
    try:
        found = zones_of(file.read(BYTES_MAX + 1))
    except Refused as refused:
        return sentence_of(refused)
    chosen = int(number[0]) if number else 1
    if chosen > len(found):
        return gettext("The file has only {count} polygons.").format(count=len(found))
    zone = found[chosen - 1]
    data["shape"], data["corners"] = "polygon", corners_text(zone.rings)
    data["name"] = data.get("name") or zone.name
    messages.info(
        request,
        gettext("Taken from the file: polygon {number} of {count}. Look at it, then save.").format(
            number=chosen, count=len(found)
        ),
    )
    return ""
