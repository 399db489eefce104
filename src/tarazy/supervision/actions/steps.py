# SPDX-License-Identifier: EUPL-1.2
"""The steps of an alert's protocol: begun, done or tried in vain, taken back, called out by clock.

A step's time runs from the end of the one before; until somebody takes the alert it runs from when
we knew of it. What stays undone is escalated once, and the clock then rests until the next act, or
until the alert, which was over, goes on again.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from tarazy.core import clock, outbox
from tarazy.core.access import Actor
from tarazy.core.door import Door, action
from tarazy.core.errors import Refused
from tarazy.supervision.actions.alerts import (
    BEGUN,
    acknowledge,
    begin,
    check_free,
    escalate,
    open_alert,
    step_due,
    write,
)
from tarazy.supervision.models import Act, Alert, AlertState, AlertVersion
from tarazy.supervision.protocols import read_steps
from tarazy.supervision.refusals import Refusal

AT_ONCE_MAX = 200
ESCALATED_AGAIN = timedelta(minutes=30)
"""An alert that comes and goes calls the supervisor no oftener than this."""


@action("supervision.alert.step")
def finish_step(  # noqa: PLR0913 - what finishing a step is made of
    door: Door, alert_id: str, step: int, *, done: bool, version: int, note: str = ""
) -> Alert:
    """Say that the step under way was done, or tried without success; the next one begins.

    Whoever does it has the alert in hand from then on.
    """
    alert = open_alert(door, alert_id)
    check_free(door, alert)
    if alert.protocol is None or step != alert.step:
        raise Refused(Refusal.STEP_CHANGED)
    steps = read_steps(alert.protocol.steps)
    if step >= len(steps):
        raise Refused(Refusal.STEP_CHANGED)
    if not done and not note.strip():
        raise Refused(Refusal.STEP_NOTE_MISSING)
    if alert.holder is None or alert.state != AlertState.ACKNOWLEDGED:
        acknowledge(door.actor, alert_id, version)
        alert = open_alert(door, alert_id)
    alert.step += 1
    alert.due_at = step_due(alert, clock.now())
    act = Act.STEP_DONE if done else Act.STEP_FAILED
    return write(door, alert, act, note, about=steps[step].kind.value)


@action("supervision.alert.step_back")
def take_step_back(door: Door, alert_id: str, step: int, note: str = "") -> Alert:
    """Say that the last step was not done after all: it is under way again."""
    alert = open_alert(door, alert_id)
    check_free(door, alert)
    if alert.protocol is None or step < 1 or step != alert.step:
        raise Refused(Refusal.STEP_CHANGED)
    alert.step -= 1
    alert.due_at = step_due(alert, clock.now())
    kind = read_steps(alert.protocol.steps)[alert.step].kind
    return write(door, alert, Act.STEP_UNDONE, note, about=kind.value)


def begin_protocols(now: datetime) -> int:
    """Give new alerts the protocol of the moment; the time to take them runs from when we knew.

    That they began is one event for all of them.
    """
    fresh = Alert.objects.filter(protocol=None).exclude(state=AlertState.RESOLVED)
    with transaction.atomic():
        rows = list(fresh.select_for_update(of=("self",)).order_by("id")[:AT_ONCE_MAX])
        for alert in rows:
            begin(alert, now)
            Alert.objects.filter(pk=alert.pk).update(protocol=alert.protocol, due_at=alert.due_at)
        if rows:
            ids = " ".join(alert.public_id for alert in rows)
            outbox.put(BEGUN, now, alerts=ids)
    return len(rows)


def run_again(payload: Mapping[str, str], now: datetime) -> int:
    """Alerts that were over and go on again: where no clock runs any more, for it was escalated or
    all its steps were done, it is to be taken anew. How many there are."""
    stopped = Alert.objects.filter(due_at=None, until=None, state=AlertState.ACTIVE)
    with transaction.atomic():
        back = stopped.filter(public_id__in=payload["alerts"].split(), protocol__isnull=False)
        rows = list(back.select_for_update(of=("self",)).select_related("protocol").order_by("id"))
        calls = AlertVersion.objects.filter(alert__in=rows, act=Act.ESCALATED).order_by("number")
        called_at = {call.alert_id: call.known_at for call in calls}
        for alert in rows:
            due_at = now + timedelta(minutes=alert.protocol.take_min) if alert.protocol else None
            if due_at and alert.pk in called_at:
                due_at = max(due_at, called_at[alert.pk] + ESCALATED_AGAIN)
            Alert.objects.filter(pk=alert.pk).update(due_at=due_at)
    return len(rows)


def escalate_overdue(worker: Actor, now: datetime) -> int:
    """Call the supervisor to what was not taken, or not done, in time."""
    late = Alert.objects.filter(due_at__lte=now).exclude(state=AlertState.RESOLVED)
    ids = list(late.order_by("due_at").values_list("public_id", flat=True)[:AT_ONCE_MAX])
    for alert_id in ids:
        _escalate_if_due(worker, alert_id, now)
    return len(ids)


def _escalate_if_due(worker: Actor, alert_id: str, now: datetime) -> None:
    """Somebody may act at this very moment: then there is nothing to escalate."""
    with transaction.atomic():
        alert = Alert.objects.select_for_update().filter(public_id=alert_id).first()
        if alert is None or alert.due_at is None or alert.due_at > now:
            return
        if alert.state != AlertState.RESOLVED:
            escalate(worker, alert_id, "")
