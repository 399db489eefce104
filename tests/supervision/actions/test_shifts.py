# SPDX-License-Identifier: EUPL-1.2
from datetime import timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from supervision.factory import supervised, user
from supervision.raised import actor, raised, seen

from tarazy.core import clock
from tarazy.core.access import Actor, Role
from tarazy.core.errors import Refused
from tarazy.supervision.actions.alerts import acknowledge, release, resolve
from tarazy.supervision.actions.shifts import begin_shift, end_shift
from tarazy.supervision.looks.shift import sheet
from tarazy.supervision.models import Alert, Fitting, WearerState
from tarazy.supervision.refusals import Refusal
from tarazy.supervision.rules import curfew_absence, sos

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator() -> Actor:
    return actor(user("operator", Role.OPERATOR))


def soon() -> object:
    return clock.now() + timedelta(seconds=1)


def test_a_shift_begins_once_and_ends_with_a_note(operator: Actor) -> None:
    assert begin_shift(operator) == begin_shift(operator)
    end_shift(operator, " Серікова calls back at six. ")
    found = sheet(operator, soon(), 8)  # type: ignore[arg-type]
    assert [one.note for one in found.notes] == ["Серікова calls back at six."]
    assert found.on_duty == []
    with pytest.raises(Refused) as caught:
        end_shift(operator, "")
    assert caught.value.name == Refusal.SHIFT_NONE


def test_nobody_goes_with_alerts_in_hand(operator: Actor) -> None:
    alert = raised(supervised(), clock.now())
    begin_shift(operator)
    acknowledge(operator, alert.public_id, 1)
    with pytest.raises(Refused) as caught:
        end_shift(operator, "")
    assert caught.value.name == Refusal.SHIFT_HOLDS
    release(operator, alert.public_id, 2)
    end_shift(operator, "")


def test_the_sheet_counts_work_times_false_shares_and_needy_devices(operator: Actor) -> None:
    now = clock.now()
    one = supervised()
    seen(one, now, battery_percent=7.0)
    causes, rules = ("device", "breach", "breach"), ("S-CURFEW-ABSENCE", "S-SOS")
    for number, cause in enumerate(causes):
        alert = raised(one, now, rule=rules[number % 2], until=now)
        acknowledge(operator, alert.public_id, 1)
        resolve(operator, alert.public_id, 2, cause, "a note")
    Alert.objects.update(known_at=now - timedelta(minutes=10))
    found = sheet(operator, soon(), 8)  # type: ignore[arg-type]
    assert found.resolved == 3
    assert found.to_take is not None
    assert found.to_take >= timedelta(minutes=10)
    ((work),) = found.work
    assert (work.name, work.taken, work.resolved, work.held) == ("operator", 3, 3, 0)
    assert sorted((s.title, s.resolved, s.false, s.percent) for s in found.by_rule) == [
        (curfew_absence.CARD.title, 2, 1, 50),
        (sos.CARD.title, 1, 0, 0),
    ]
    assert [(s.resolved, s.false) for s in found.by_device] == [(3, 1)]
    assert [(n.person, n.reasons) for n in found.devices] == [(one.person, ["battery"])]


def test_a_device_that_was_never_heard_needs_a_person_too(operator: Actor) -> None:
    never, fresh, heard = supervised("Бірінші"), supervised("Екінші"), supervised("Үшінші")
    now = clock.now()
    for one in (never, fresh):
        seen(one, now, heard_at=None, at=None, lat=None, lon=None)
    WearerState.objects.update(device=None)
    seen(heard, now, battery_percent=80.0)
    fitting = Fitting.objects.get(person=fresh.person)
    fitting.period = DateTimeTZRange(now - timedelta(minutes=20), None)
    fitting.save()
    found = sheet(operator, soon(), 8)  # type: ignore[arg-type]
    assert [(n.person, n.device, n.reasons, n.heard_at) for n in found.devices] == [
        (never.person, never.device, ["silent"], None)
    ]
