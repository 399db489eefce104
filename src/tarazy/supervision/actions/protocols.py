# SPDX-License-Identifier: EUPL-1.2
"""Protocols in versions: a supervisor writes a new one, and alerts that begin later follow it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from tarazy.core import clock
from tarazy.core.door import Door, action
from tarazy.core.errors import Refused
from tarazy.supervision.cards import CARDS, SEVERITIES
from tarazy.supervision.models import Protocol
from tarazy.supervision.protocols import (
    MINUTES_MAX,
    STEPS_MAX,
    TEXT_LENGTH_MAX,
    Plan,
    Step,
    shipped,
)
from tarazy.supervision.refusals import Refusal

SHIPPED_BY = "sys_tarazy"
REASON_LENGTH_MAX = 200


@action("supervision.protocol.write")
def write_protocol(door: Door, rule: str, number: int, plan: Plan, reason: str) -> Protocol:
    """Write a new version of what is done about alerts of a rule; `number` is the one seen.

    Alerts that have begun keep the version with which they began.
    """
    if rule not in CARDS:
        raise Refused(Refusal.PROTOCOL_UNKNOWN)
    _check(plan.take_min, plan.steps)
    reason = reason.strip()
    if not reason or len(reason) > REASON_LENGTH_MAX:
        raise Refused(Refusal.REASON_MISSING, length_max=REASON_LENGTH_MAX)
    now = clock.now()
    if protocol_of(rule, SEVERITIES[rule], now).number != number:
        raise Refused(Refusal.PROTOCOL_CHANGED)
    facts = {"take_min": plan.take_min, "steps": plan.rows(), "reason": reason}
    try:
        with transaction.atomic():
            made = Protocol.objects.create(
                rule=rule, number=number + 1, made_at=now, made_by=door.actor.id, **facts
            )
    except IntegrityError as error:
        raise Refused(Refusal.PROTOCOL_CHANGED) from error
    door.permit(made, f"protocol/{rule}")
    door.keep(rule=rule, number=str(made.number), reason=reason)
    return made


def protocol_of(rule: str, severity: str, now: datetime) -> Protocol:
    """The newest version for a rule; the first is what ships."""
    newest = Protocol.objects.filter(rule=rule).order_by("-number").first()
    if newest is not None:
        return newest
    plan = shipped(rule, severity)
    made, _ = Protocol.objects.get_or_create(
        rule=rule,
        number=1,
        defaults={
            "take_min": plan.take_min,
            "steps": plan.rows(),
            "made_at": now,
            "made_by": SHIPPED_BY,
        },
    )
    return made


def _check(take_min: int, steps: Sequence[Step]) -> None:
    if not 1 <= len(steps) <= STEPS_MAX:
        raise Refused(Refusal.PROTOCOL_LENGTH, steps_max=STEPS_MAX)
    if not all(1 <= minutes <= MINUTES_MAX for minutes in (take_min, *(s.minutes for s in steps))):
        raise Refused(Refusal.PROTOCOL_MINUTES, minutes_max=MINUTES_MAX)
    if any(len(step.text) > TEXT_LENGTH_MAX for step in steps):
        raise Refused(Refusal.PROTOCOL_TEXT, length_max=TEXT_LENGTH_MAX)
