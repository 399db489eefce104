# SPDX-License-Identifier: EUPL-1.2
"""An officer's leave: who looks after the people, from when until when. And who takes them over for
good."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from tarazy.core import clock
from tarazy.core.access import Role
from tarazy.core.errors import Refused
from tarazy.core.models import User
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.core.web import actor_of, sentence_of
from tarazy.supervision.actions import charge
from tarazy.supervision.actions import covers as cover_actions
from tarazy.supervision.looks import covers as cover_looks
from tarazy.supervision.looks.drafts import officers
from tarazy.supervision.order_forms import PlainForm, moment

PAGES = {CoreRefusal.NOT_PERMITTED, CoreRefusal.NOT_FOUND}


class CoverForm(PlainForm):
    """Who is away, who steps in, from when until when."""

    officer = forms.ChoiceField(label=_("Who is away"))
    substitute = forms.ChoiceField(label=_("Who steps in"))
    since = moment(_("From"))
    until = moment(_("Until"))

    def __init__(self, *args: Any, away: list[User], all_officers: list[User], **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name, offered in (("officer", away), ("substitute", all_officers)):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [
                    (one.public_id, one.get_full_name() or one.username) for one in offered
                ]


@require_http_methods(["GET", "POST"])
def covers(request: HttpRequest) -> HttpResponse:
    """The leaves, and a new one."""
    actor, known = actor_of(request), officers()
    page = cover_looks.covers(actor, clock.now())
    own = Role.SUPERVISOR not in actor.roles
    away = [one for one in known if one.pk == actor.user_pk] if own else known
    others = [one for one in known if one.pk != actor.user_pk] if own else known
    data = request.POST if request.method == "POST" else None
    form = CoverForm(data, away=away, all_officers=others)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            cover_actions.cover_caseload(
                actor, said["officer"], said["substitute"], said["since"], said["until"]
            )
        except Refused as refused:
            if refused.name in PAGES:
                raise
            form.add_error("until", sentence_of(refused))
        else:
            messages.success(request, gettext("Handed over; it comes back by itself."))
            return redirect("supervision:covers")
    status = 422 if form.is_bound else 200
    facts = {"page": page, "form": form, "officers": known}
    return render(request, "supervision/covers.html", facts, status=status)


@require_POST
def give(request: HttpRequest) -> HttpResponse:
    """All people of an officer go to another one for good."""
    leaver, to = (request.POST.get(name, "") for name in ("leaver", "to"))
    try:
        given = charge.give_caseload(actor_of(request), leaver, to)
    except Refused as refused:
        if refused.name in PAGES:
            raise
        messages.error(request, sentence_of(refused))
    else:
        words = ngettext("%(n)s order is handed over.", "%(n)s orders are handed over.", given)
        messages.success(request, words % {"n": given})
    return redirect("supervision:covers")


@require_POST
def end_cover(request: HttpRequest, cover_id: str) -> HttpResponse:
    """The officer is back."""
    cover_actions.return_caseload(actor_of(request), cover_id)
    messages.success(request, gettext("The caseload is back."))
    return redirect("supervision:covers")
