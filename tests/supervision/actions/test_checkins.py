# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from supervision.factory import CONSOLE, DOCUMENT, Supervised, supervised, user
from supervision.raised import actor, seen

from tarazy.core.access import Actor, Role
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.actions import checkins
from tarazy.supervision.actions.devices import enrol_device, fit_device, remove_device
from tarazy.supervision.actions.orders import revoke_order
from tarazy.supervision.models import (
    CheckIn,
    CheckInAnswer,
    CheckInPlan,
    CheckInRoute,
    DeviceCommand,
)
from tarazy.supervision.refusals import Refusal

pytestmark = pytest.mark.django_db
NOW = datetime.combine(datetime.now(UTC).date(), time(6), UTC)  # noqa: TID251 - a test's own clock
WORKER = Actor.system("worker")
ALMATY = ZoneInfo("Asia/Almaty")
DAILY = [{"days": list(range(7)), "from": "09:00", "until": "21:00", "times": 3}]
MINUTE = timedelta(minutes=1)
DAY = date(2026, 3, 2)


def plan(one: Supervised, windows: Any = DAILY, **more: Any) -> CheckInPlan:
    told: dict[str, Any] = {"answer_min": 30, "route": CheckInRoute.CALL} | more
    return checkins.plan_check_ins(CONSOLE, one.order.public_id, windows, **told)


def due(one: Supervised, **more: Any) -> CheckIn:
    facts = {"route": "call", "due_at": NOW, "answer_min": 30} | more
    return CheckIn.objects.create(order=one.order, **facts)


def state_of(check_in: CheckIn) -> str:
    return CheckIn.objects.get(pk=check_in.pk).state


def with_a_watch(one: Supervised) -> None:
    device, _ = enrol_device(CONSOLE, "watch", f"watch of {one.person.public_id}")
    fit_device(CONSOLE, device.public_id, one.person.public_id, since=NOW - timedelta(days=1))


def test_times_lie_one_in_each_part_of_the_window_and_cannot_be_foretold() -> None:
    chances = [Random(n) for n in range(9)]
    drawn = [list(checkins.times_of(DAILY, DAY, ALMATY, one, answer_min=30)) for one in chances]
    for times in drawn:
        hours = [one.astimezone(ALMATY).hour for one in times]
        assert [9 <= hours[0] < 13, 13 <= hours[1] < 17, 17 <= hours[2] < 21] == [True] * 3
    assert len({one.minute for times in drawn for one in times}) > 10
    night = [{"days": [0], "from": "22:00", "until": "06:00", "times": 1}]
    (one,) = checkins.times_of(night, DAY, ALMATY, Random(1), answer_min=30)
    begin = datetime(2026, 3, 2, 22, tzinfo=ALMATY)
    assert begin <= one < begin + timedelta(hours=8)
    other = checkins.times_of(night, date(2026, 3, 3), ALMATY, Random(1), answer_min=30)
    assert list(other) == []


@pytest.mark.parametrize("answer_min", [10, 60, 120])
def test_of_two_check_ins_the_first_is_over_before_the_second_is_asked(answer_min: int) -> None:
    """One answer would answer the later alone, and the earlier would stand as missed."""
    often = [{**DAILY[0], "times": 3}]
    for number in range(200):
        chance = Random(number)
        times = list(checkins.times_of(often, DAY, ALMATY, chance, answer_min=answer_min))
        assert all(b - a >= answer_min * MINUTE for a, b in pairwise(times))
        assert times[-1] + answer_min * MINUTE <= datetime(2026, 3, 2, 21, tzinfo=ALMATY)


@pytest.mark.parametrize(
    ("windows", "more", "refusal"),
    [
        ([{**DAILY[0], "times": 0}], {}, Refusal.CHECK_IN_TIMES),
        ([{**DAILY[0], "times": 7}], {}, Refusal.CHECK_IN_TIMES),
        ([{**DAILY[0], "times": True}], {}, Refusal.CHECK_IN_TIMES),
        ([{**DAILY[0], "until": "10:00"}], {}, Refusal.CHECK_IN_TIMES),
        ([{**DAILY[0], "until": "11:59"}], {}, Refusal.CHECK_IN_TIMES),
        ([{**DAILY[0], "until": "25:00"}], {}, Refusal.TIMETABLE_UNREADABLE),
        ([{"times": 1}], {}, Refusal.TIMETABLE_UNREADABLE),
        (DAILY * 21, {}, Refusal.TIMETABLE_UNREADABLE),
        (DAILY, {"answer_min": 9}, Refusal.CHECK_IN_TIME),
        (DAILY, {"answer_min": 241}, Refusal.CHECK_IN_TIME),
        (DAILY, {"route": CheckInRoute.DEVICE}, Refusal.CHECK_IN_ROUTE),
    ],
)
def test_a_plan_that_cannot_be_kept_is_refused(windows: Any, more: Any, refusal: Refusal) -> None:
    with pytest.raises(Refused) as caught:
        plan(supervised(now=NOW), windows, **more)
    assert caught.value.name == refusal
    assert not CheckInPlan.objects.exists()


def test_times_are_drawn_once_for_today_and_tomorrow() -> None:
    one = supervised(now=NOW)
    plan(one)
    checkins.keep_check_ins(WORKER, NOW)
    checkins.keep_check_ins(WORKER, NOW)
    found = CheckIn.objects.order_by("due_at")
    assert 4 <= found.count() <= 6  # a part of today may be over
    assert all(NOW < row.due_at < NOW + timedelta(days=2) for row in found)
    plan(one, [])
    assert {row.state for row in CheckIn.objects.all()} == {"cancelled"}
    checkins.keep_check_ins(WORKER, NOW + timedelta(days=1))
    assert not CheckIn.objects.exclude(state="cancelled").exists()


def test_a_call_is_asked_for_and_noted() -> None:
    operator = user("op", Role.OPERATOR)
    one = supervised(now=NOW)
    check_in = due(one)
    with pytest.raises(Refused) as caught:  # what is planned is nobody's to see
        checkins.note_answer(actor(operator), check_in.public_id, CheckInAnswer.CALL, now=NOW)
    assert caught.value.name == CoreRefusal.NOT_FOUND
    checkins.keep_check_ins(WORKER, NOW)
    asked = CheckIn.objects.get()
    assert (asked.state, asked.asked_at, asked.until) == ("asked", NOW, NOW + 30 * MINUTE)
    assert not DeviceCommand.objects.exists()
    answer = CheckInAnswer.NOT_RECOGNISED
    checkins.note_answer(
        actor(operator), check_in.public_id, answer, "at home, hoarse", now=NOW + 5 * MINUTE
    )
    asked = CheckIn.objects.get()
    assert (asked.state, asked.noted_at) == ("answered", NOW + 5 * MINUTE)
    assert (asked.noted_by, asked.note) == (operator.public_id, "at home, hoarse")
    with pytest.raises(Refused) as caught:
        checkins.note_answer(actor(operator), check_in.public_id, CheckInAnswer.CALL, now=NOW)
    assert caught.value.name == Refusal.CHECK_IN_ANSWERED


def test_a_device_that_can_asks_its_wearer() -> None:
    one = supervised(now=NOW)
    with_a_watch(one)
    plan(one, route=CheckInRoute.DEVICE)
    check_in = due(one, route="device")
    checkins.ask(WORKER, check_in.public_id, now=NOW)
    command = DeviceCommand.objects.get()
    assert (command.kind, command.text, command.requested_by) == (
        *("message", "Белгіленіңіз: қазір жауап беріңіз. Отметьтесь: ответьте сейчас."),
        "sys_worker",
    )
    assert CheckIn.objects.get(pk=check_in.pk).command == command
    checkins.ask(WORKER, check_in.public_id, now=NOW)
    assert DeviceCommand.objects.count() == 1


def test_a_device_that_was_taken_off_meanwhile_means_a_call() -> None:
    one = supervised(now=NOW)
    check_in = due(one, route="device")
    checkins.ask(WORKER, check_in.public_id, now=NOW)
    asked = CheckIn.objects.get(pk=check_in.pk)
    assert (asked.state, asked.route, asked.command) == ("asked", "call", None)


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        ((), "missed"),
        ((-1,), "missed"),
        ((5,), "answered"),
        ((45,), "answered"),
    ],
    ids=["none", "from before", "in time", "late"],
)
def test_answers_of_the_device_are_written_down(answers: tuple[int, ...], state: str) -> None:
    one = supervised(now=NOW)
    check_in = due(one)
    checkins.keep_check_ins(WORKER, NOW)
    checkins.keep_check_ins(WORKER, NOW + 30 * MINUTE)
    assert state_of(check_in) == "asked"
    checkins.keep_check_ins(WORKER, NOW + 31 * MINUTE)
    assert state_of(check_in) == "missed"
    told = [(NOW + minute * MINUTE).isoformat() for minute in answers]
    seen(one, NOW, signs={"answers": told} if told else None)
    checkins.keep_check_ins(WORKER, NOW + 50 * MINUTE)
    assert state_of(check_in) == state
    given = [NOW + minute * MINUTE for minute in answers if minute > 0]
    assert CheckIn.objects.get().noted_at == (given[0] if given else None)


def test_what_a_person_noted_stays_where_the_device_answered_too() -> None:
    operator = user("op", Role.OPERATOR)
    one = supervised(now=NOW)
    check_in = due(one, state="asked", asked_at=NOW, until=NOW + 30 * MINUTE)
    seen(one, NOW, signs={"answers": [(NOW + MINUTE).isoformat()]})
    answer = CheckInAnswer.NOT_RECOGNISED
    checkins.note_answer(
        actor(operator), check_in.public_id, answer, "hoarse", now=NOW + 2 * MINUTE
    )
    checkins.settle(WORKER, check_in.public_id, now=NOW + 3 * MINUTE)  # it had begun before
    noted = CheckIn.objects.get()
    assert (noted.answer, noted.note, noted.noted_at) == (answer, "hoarse", NOW + 2 * MINUTE)


@pytest.mark.parametrize("answer", [CheckInAnswer.DEVICE, CheckInAnswer.PAGE])
def test_nobody_notes_that_the_wearer_answered_alone(answer: CheckInAnswer) -> None:
    one = supervised(now=NOW)
    check_in = due(one, state="asked", asked_at=NOW, until=NOW + 30 * MINUTE)
    with pytest.raises(Refused):
        checkins.note_answer(CONSOLE, check_in.public_id, answer, now=NOW + MINUTE)
    assert state_of(check_in) == "asked"


@pytest.mark.parametrize(
    ("ended_after", "state"), [(10, "cancelled"), (30, "missed"), (40, "missed")]
)
def test_after_the_orders_end_nobody_owes_an_answer(ended_after: int, state: str) -> None:
    one = supervised(now=NOW)
    check_in = due(one, state="asked", asked_at=NOW, until=NOW + 30 * MINUTE)
    revoke_order(CONSOLE, one.order.public_id, DOCUMENT, at=NOW + ended_after * MINUTE)
    checkins.keep_check_ins(WORKER, NOW + 45 * MINUTE)
    assert state_of(check_in) == state


def test_what_nobody_asked_in_time_or_under_no_order_is_never_asked() -> None:
    late, ended = supervised("Бір", now=NOW), supervised("Екі", now=NOW)
    checks = due(late, due_at=NOW - timedelta(hours=1)), due(ended)
    revoke_order(CONSOLE, ended.order.public_id, DOCUMENT, at=NOW - MINUTE)
    checkins.keep_check_ins(WORKER, NOW)
    assert [state_of(one) for one in checks] == ["cancelled", "cancelled"]


def test_wearers_answer_their_own_and_nobody_elses() -> None:
    wearer = user("wearer", Role.WEARER)
    mine, others = supervised("Бір", now=NOW, login=wearer), supervised("Екі", now=NOW)
    asked = {"state": "asked", "asked_at": NOW, "until": NOW + 30 * MINUTE}
    own, other = due(mine, **asked), due(others, **asked)
    checkins.answer_own(actor(wearer), own.public_id, now=NOW + MINUTE)
    assert CheckIn.objects.get(pk=own.pk).answer == "page"
    with pytest.raises(Refused) as caught:
        checkins.answer_own(actor(wearer), other.public_id, now=NOW + MINUTE)
    assert caught.value.name == CoreRefusal.NOT_PERMITTED
    assert state_of(other) == "asked"


def test_a_device_route_needs_a_worn_device() -> None:
    one = supervised(now=NOW)
    device, _ = enrol_device(CONSOLE, "watch", "w")
    fitting = fit_device(
        CONSOLE, device.public_id, one.person.public_id, since=NOW - timedelta(days=2)
    )
    remove_device(CONSOLE, fitting.public_id, at=NOW - timedelta(days=1))
    with pytest.raises(Refused) as caught:
        plan(one, route=CheckInRoute.DEVICE)
    assert caught.value.name == Refusal.CHECK_IN_ROUTE
