# SPDX-License-Identifier: EUPL-1.2
"""Acts about an order's numbers and check-ins, from the page of a person and the own page."""

import re

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from tarazy.core import clock
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.core.web import actor_of, sentence_of
from tarazy.supervision.actions import checkins, terms
from tarazy.supervision.models import CheckInAnswer, CheckInRoute, Order
from tarazy.supervision.refusals import Refusal
from tarazy.supervision.views import typed

WHOLE = re.compile(r"\d{1,6}", re.ASCII)
EVERY_DAY = list(range(7))
MENDABLE = {
    Refusal.NUMBER_UNKNOWN,
    Refusal.NUMBER_OUT_OF_BOUNDS,
    Refusal.NUMBERS_TOO_MANY,
    Refusal.CHECK_IN_ROUTE,
    Refusal.CHECK_IN_TIME,
    Refusal.CHECK_IN_TIMES,
    Refusal.CHECK_IN_ANSWERED,
    Refusal.TIMETABLE_UNREADABLE,
    Refusal.NOTE_TOO_LONG,
    Refusal.ORDER_ENDED,
}
"""Refusals that the person reads on the page where they stand."""


@require_POST
def set_number(request: HttpRequest, order_id: str) -> HttpResponse:
    """Set a number of a rule for one order."""
    try:
        terms.set_number(
            actor_of(request), order_id, request.POST.get("name", ""), _whole(request, "value")
        )
    except Refused as refused:
        _tell(request, refused, "numbers")
    else:
        messages.success(request, gettext("The number holds from the minute after next on."))
    return _back(order_id, "numbers")


@require_POST
def plan_check_ins(request: HttpRequest, order_id: str) -> HttpResponse:
    """Say how often somebody is asked for a sign of life, every day in the same hours."""
    told = request.POST
    hours = {"from": told.get("from", ""), "until": told.get("until", "")}
    times = _whole(request, "times")
    windows = [{"days": EVERY_DAY, **hours, "times": times}] if times else []
    route = CheckInRoute.DEVICE if told.get("route") == "device" else CheckInRoute.CALL
    try:
        checkins.plan_check_ins(
            actor_of(request),
            order_id,
            windows,
            answer_min=_whole(request, "answer_min"),
            route=route,
        )
    except Refused as refused:
        _tell(request, refused, "check-ins")
    else:
        messages.success(request, gettext("The check-ins are planned; their times are drawn."))
    return _back(order_id, "check-ins")


@require_POST
def note_check_in(request: HttpRequest, check_in_id: str) -> HttpResponse:
    """Note that a check-in was answered, such as after a call."""
    try:
        answer = CheckInAnswer(request.POST.get("answer", "call"))
    except ValueError:
        raise Refused(CoreRefusal.NOT_FOUND) from None
    try:
        asked = checkins.note_answer(
            actor_of(request),
            check_in_id,
            answer,
            request.POST.get("note", ""),
            now=clock.now(),
        )
    except Refused as refused:
        _tell(request, refused, f"note {check_in_id}")
        order = Order.objects.filter(check_ins__public_id=check_in_id).first()
        return _back(order.public_id, "check-ins") if order else redirect("supervision:people")
    messages.success(request, gettext("The answer is noted."))
    return _back(asked.order.public_id, "check-ins")


@require_POST
def answer_check_in(request: HttpRequest, check_in_id: str) -> HttpResponse:
    """The wearer answers on the own page."""
    try:
        checkins.answer_own(actor_of(request), check_in_id, now=clock.now())
    except Refused as refused:
        _tell(request, refused)
    else:
        messages.success(request, gettext("Thank you. Your answer has arrived."))
    return redirect("supervision:own")


def _tell(request: HttpRequest, refused: Refused, form: str = "") -> None:
    if refused.name not in MENDABLE:
        raise refused
    if form:
        typed.keep(request, form)
    messages.error(request, sentence_of(refused))


def _back(order_id: str, part: str) -> HttpResponse:
    order = Order.objects.select_related("person").get(public_id=order_id)
    return redirect(f"{reverse('supervision:person', args=[order.person.public_id])}#{part}")


def _whole(request: HttpRequest, name: str) -> int:
    """A whole number of the form; what is none is 0, which no rule allows."""
    text = request.POST.get(name, "")
    return int(text) if WHOLE.fullmatch(text) else 0
