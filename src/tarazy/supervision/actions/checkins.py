# SPDX-License-Identifier: EUPL-1.2
"""Check-ins: plan them for an order, ask at times of chance, note and settle the answers.

Whoever wears the device must not know when. So times are drawn by the system for a day or two
ahead, one in each equal part of a window, and no page shows them before they are asked.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext, override

from tarazy.core import clock
from tarazy.core.access import Actor
from tarazy.core.catalogue import said
from tarazy.core.door import Door, action
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.actions.commands import queue_command, worn
from tarazy.supervision.actions.orders import running_order
from tarazy.supervision.gateway.commands import CommandKind
from tarazy.supervision.gateway.languages import commands_of
from tarazy.supervision.judging import signs as shown
from tarazy.supervision.models import (
    CheckIn,
    CheckInAnswer,
    CheckInPlan,
    CheckInRoute,
    CheckInState,
    DeviceCommand,
    Fitting,
    Order,
    WearerState,
)
from tarazy.supervision.presence import timetable as timetables
from tarazy.supervision.refusals import Refusal
from tarazy.supervision.rules.missed_checkin import replies_of

ANSWER_MIN = (10, 240)
WINDOWS_MAX = 20
TIMES_MAX = 6
"""In one window: who is woken each half hour is harmed, and answers no better."""
PARTS_AN_ANSWER_MIN = 2
"""So many times the time to answer is each part of a window: a half is left for chance."""
NOTE_LENGTH_MAX = 500
DAYS_AHEAD = 1
TOO_OLD = timedelta(minutes=30)
"""A time that went by while nobody asked is not made up for."""
MISSED_AFTER = timedelta(minutes=1)
ANSWERED_LATE = timedelta(days=2)
WORDS = said("Check-in: please answer now.")
LANGUAGES = ("kk", "ru")
"""Of what a device shows: nobody has told it which of them its wearer reads."""
VIBRATE_S = 10
CHANCE = secrets.SystemRandom()
OPEN = (CheckInState.ASKED, CheckInState.MISSED)
NOTED = (CheckInAnswer.CALL, CheckInAnswer.VISIT, CheckInAnswer.NOT_RECOGNISED)
"""What somebody can have seen; the device and the own page speak for themselves."""


@action("supervision.checkin.plan")
def plan_check_ins(
    door: Door,
    order_id: str,
    windows: Sequence[Mapping[str, Any]],
    *,
    answer_min: int,
    route: CheckInRoute,
) -> CheckInPlan:
    """Say how often and in which hours somebody is asked for a sign of life; no hours: never."""
    order = running_order(door, order_id)
    _check(windows, answer_min)
    if route is CheckInRoute.DEVICE and windows and _way_to_ask(order, clock.now()) is None:
        raise Refused(Refusal.CHECK_IN_ROUTE)
    plan, _ = CheckInPlan.objects.update_or_create(
        order=order,
        defaults={
            "windows": [dict(one) for one in windows],
            "answer_min": answer_min,
            "route": route,
            "planned_until": None,
        },
    )
    order.check_ins.filter(state=CheckInState.PLANNED).update(state=CheckInState.CANCELLED)
    door.keep(windows=str(list(windows)), route=route.value)
    return plan


@action("supervision.checkin.note")
def note_answer(
    door: Door, check_in_id: str, answer: CheckInAnswer, note: str = "", *, now: datetime
) -> CheckIn:
    """Note that a check-in was answered, such as after a call.

    Not being recognised by a machine is an answer: whoever answered has not breached anything.
    """
    asked = _open(check_in_id)
    order = asked.order
    door.permit(order.person, asked.public_id, basis=order.public_id)
    if answer not in NOTED:
        raise Refused(CoreRefusal.NOT_FOUND)
    if len(note) > NOTE_LENGTH_MAX:
        raise Refused(Refusal.NOTE_TOO_LONG, length_max=NOTE_LENGTH_MAX)
    door.keep(answer=answer.value, note=note)
    return _answered(door, asked, answer, now, note.strip())


@action("supervision.checkin.answer")
def answer_own(door: Door, check_in_id: str, *, now: datetime) -> CheckIn:
    """Answer a check-in on one's own page."""
    asked = _open(check_in_id)
    door.permit(asked.order.person, asked.public_id, basis=asked.order.public_id)
    return _answered(door, asked, CheckInAnswer.PAGE, now, "")


@action("supervision.checkin.ask")
def ask(door: Door, check_in_id: str, *, now: datetime) -> CheckIn:
    """Ask for a sign of life whose time has come, by the device or by a call."""
    asked = _locked(check_in_id)
    order = asked.order
    door.permit(order.person, asked.public_id, basis=order.public_id)
    if asked.state != CheckInState.PLANNED:
        return asked
    in_force = order.in_force.lower <= now < order.in_force.upper
    if not in_force or now - asked.due_at > TOO_OLD:
        asked.state = CheckInState.CANCELLED
        asked.save(update_fields=["state"])
        return asked
    if asked.route == CheckInRoute.DEVICE:
        asked.command = _asked_by_device(door, order, now)
        if asked.command is None:  # the device was changed for one that cannot ask
            asked.route = CheckInRoute.CALL
    asked.state, asked.asked_at = CheckInState.ASKED, now
    asked.until = now + timedelta(minutes=asked.answer_min)
    asked.save()
    door.keep(route=asked.route)
    door.announce(order=order.public_id, person=order.person.public_id)
    return asked


@action("supervision.checkin.settle")
def settle(door: Door, check_in_id: str, *, now: datetime) -> CheckIn:
    """Write down that a check-in was answered by the device, or that its time is over.

    Somebody may have noted an answer meanwhile: that stays as it was written.
    """
    asked = _locked(check_in_id)
    door.permit(asked.order.person, asked.public_id, basis=asked.order.public_id)
    at = answered_at(asked) if asked.state in OPEN else None
    if at is not None:
        asked.state, asked.answer = CheckInState.ANSWERED, CheckInAnswer.DEVICE
        asked.noted_at = at
    elif asked.state == CheckInState.ASKED and _is_over(asked, now):
        asked.state = CheckInState.MISSED if _was_owed(asked) else CheckInState.CANCELLED
    asked.save(update_fields=["state", "answer", "noted_at"])
    door.keep(state=asked.state)
    door.announce(person=asked.order.person.public_id)
    return asked


@action("supervision.checkin.draw")
def draw(door: Door, order_id: str, *, now: datetime, chance: Random = CHANCE) -> int:
    """Draw the times of an order's check-ins for the days ahead."""
    order = Order.objects.select_for_update().get(public_id=order_id)
    door.permit(order.person, order.public_id, basis=order.public_id)
    plan = order.check_in_plan
    today = now.astimezone(ZoneInfo(order.time_zone)).date()
    first = max(today, plan.planned_until + timedelta(days=1)) if plan.planned_until else today
    last = today + timedelta(days=DAYS_AHEAD)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    found = [
        CheckIn(order=order, route=plan.route, due_at=at, answer_min=plan.answer_min)
        for day in days
        for at in times_of(
            plan.windows, day, ZoneInfo(order.time_zone), chance, answer_min=plan.answer_min
        )
        if now < at < order.in_force.upper
    ]
    CheckIn.objects.bulk_create(found)
    plan.planned_until = last
    plan.save(update_fields=["planned_until"])
    return len(found)


def keep_check_ins(actor: Actor, now: datetime) -> None:
    """Do what is due: draw times, ask, settle. Each is an act of its own."""
    ahead = now.date() + timedelta(days=DAYS_AHEAD)  # a zone east of us draws a day later, no more
    plans = CheckInPlan.objects.exclude(windows=[]).exclude(planned_until__gte=ahead)
    for order_id in plans.filter(order__in_force__contains=now).values_list(
        "order__public_id", flat=True
    ):
        draw(actor, order_id, now=now)
    due = CheckIn.objects.filter(state=CheckInState.PLANNED, due_at__lte=now)
    for check_in_id in due.order_by("due_at").values_list("public_id", flat=True):
        ask(actor, check_in_id, now=now)
    for asked in CheckIn.objects.filter(state__in=OPEN, until__gt=now - ANSWERED_LATE):
        over = asked.state == CheckInState.ASKED and _is_over(asked, now)
        if over or answered_at(asked) is not None:
            settle(actor, asked.public_id, now=now)


def times_of(
    windows: Sequence[Mapping[str, Any]],
    day: date,
    zone: ZoneInfo,
    chance: Random,
    *,
    answer_min: int,
) -> Iterator[datetime]:
    """One time of chance in each equal part of each window that begins on a day.

    The time to answer ends before the next part begins: of two that are open together one answer
    would answer the later alone, and the other would stand as missed.
    """
    answer = timedelta(minutes=answer_min)
    for one in windows:
        if day.weekday() not in one["days"]:
            continue
        begin, end = _window(one, day, zone)
        part = (end - begin) / one["times"]
        drawn = max(part - answer, part / PARTS_AN_ANSWER_MIN)  # plans of before may have less
        for number in range(one["times"]):
            yield begin + part * number + drawn * chance.random()


def answered_at(asked: CheckIn) -> datetime | None:
    """When the device answered, as the engine has heard it; before the next one was asked."""
    state = WearerState.objects.filter(order_id=asked.order_id).only("signs").first()
    if state is None or asked.asked_at is None:
        return None
    later = asked.order.check_ins.filter(asked_at__gt=asked.asked_at).order_by("asked_at")
    after = later.values_list("asked_at", flat=True).first()
    given = (one.at for one in replies_of(shown.read(state.signs, None)))
    own = (one for one in given if asked.asked_at <= one and (after is None or one < after))
    return min(own, default=None)


def _window(one: Mapping[str, Any], day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Its beginning and end on a day, by the clock on the wall."""
    line = _hours(one)
    midnight = datetime.combine(day, time(), zone)
    begin, end = (
        (midnight + timedelta(minutes=minutes)).astimezone(UTC)
        for minutes in (line.from_min, line.until_min)
    )
    return begin, end


def _hours(one: Mapping[str, Any]) -> timetables.Hours:
    (line,) = timetables.parse([{name: one[name] for name in ("days", "from", "until")}]).hours
    return line


def _check(windows: Sequence[Mapping[str, Any]], answer_min: int) -> None:
    if not ANSWER_MIN[0] <= answer_min <= ANSWER_MIN[1]:
        raise Refused(Refusal.CHECK_IN_TIME, minutes_min=ANSWER_MIN[0], minutes_max=ANSWER_MIN[1])
    if len(windows) > WINDOWS_MAX:
        raise Refused(Refusal.TIMETABLE_UNREADABLE, reason="it has too many lines")
    for one in windows:
        times = one.get("times")
        if not isinstance(times, int) or isinstance(times, bool) or not 1 <= times <= TIMES_MAX:
            raise Refused(Refusal.CHECK_IN_TIMES, times_max=TIMES_MAX)
        try:
            line = _hours(one)
        except (KeyError, ValueError, TypeError) as error:
            raise Refused(Refusal.TIMETABLE_UNREADABLE, reason=str(error)) from error
        if line.until_min - line.from_min < times * answer_min * PARTS_AN_ANSWER_MIN:
            raise Refused(Refusal.CHECK_IN_TIMES, times_max=TIMES_MAX)


def _way_to_ask(order: Order, now: datetime) -> tuple[Fitting, CommandKind] | None:
    """The worn device that its wearer notices, and by what."""
    for fitting in order.person.fittings.select_related("device").filter(period__contains=now):
        kinds = commands_of(fitting.device.kind)
        for kind in (CommandKind.MESSAGE, CommandKind.VIBRATE):
            if kind in kinds and worn(fitting, now):
                return fitting, kind
    return None


def _words() -> str:
    told = []
    for language in LANGUAGES:
        with override(language):
            told.append(gettext(WORDS))
    return " ".join(told)


def _asked_by_device(door: Door, order: Order, now: datetime) -> DeviceCommand | None:
    found = _way_to_ask(order, now)
    if found is None:
        return None
    fitting, kind = found
    text = _words() if kind is CommandKind.MESSAGE else ""
    seconds = VIBRATE_S if kind is CommandKind.VIBRATE else 0
    until = min(now + timedelta(hours=1), order.in_force.upper)
    return queue_command(door, fitting.device, kind, (seconds, text), (now, until))


def _locked(check_in_id: str) -> CheckIn:
    found = CheckIn.objects.select_for_update(of=("self",)).select_related("order__person")
    asked = found.filter(public_id=check_in_id).first()
    if asked is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    return asked


def _open(check_in_id: str) -> CheckIn:
    """One that was asked. What is planned is nobody's to see, and so is not there."""
    asked = _locked(check_in_id)
    if asked.state in {CheckInState.PLANNED, CheckInState.CANCELLED}:
        raise Refused(CoreRefusal.NOT_FOUND)
    return asked


def _answered(
    door: Door, asked: CheckIn, answer: CheckInAnswer, now: datetime, note: str
) -> CheckIn:
    if asked.state not in OPEN:
        raise Refused(Refusal.CHECK_IN_ANSWERED)
    asked.state, asked.answer, asked.noted_at = CheckInState.ANSWERED, answer, now
    asked.noted_by, asked.note = door.actor.id, note
    asked.save()
    door.announce(person=asked.order.person.public_id)
    return asked


def _was_owed(asked: CheckIn) -> bool:
    """Whether the order was in force for the whole time to answer."""
    end = asked.order.in_force.upper
    return end is not None and asked.until is not None and asked.until <= end


def _is_over(asked: CheckIn, now: datetime) -> bool:
    return asked.until is not None and now >= asked.until + MISSED_AFTER
