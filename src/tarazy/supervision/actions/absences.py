# SPDX-License-Identifier: EUPL-1.2
"""Permitted absences: grant one, withdraw one. Both are kept as they were said.

Curfews and zones to stay in rest while an absence is permitted; a zone to keep out of never does
(judging/facets.py). One that is granted late withdraws, with that reason, alerts that were raised
for its time; one that is withdrawn ends now, and makes no breach of what was permitted until then.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from tarazy.core import clock
from tarazy.core.door import Door, action
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.actions.orders import running_order
from tarazy.supervision.models import Paper, PaperKind, PermittedAbsence
from tarazy.supervision.refusals import Refusal

REASON_LENGTH_MAX = 2_000
LINE_LENGTH_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """What is permitted: from when until when (exclusive), why, on what, and who decided it."""

    since: datetime
    until: datetime
    reason: str
    decided_by: str
    evidence: str = ""
    scan_id: str = ""
    """The paper itself, as the same person has stored it."""


@action("supervision.absence.grant")
def grant_absence(door: Door, order_id: str, leave: Leave) -> PermittedAbsence:
    """Permit an absence from home or from a zone to stay in, for hours or for days."""
    order = running_order(door, order_id)
    if leave.since >= leave.until:
        raise Refused(Refusal.ABSENCE_PERIOD_EMPTY)
    if leave.since < order.in_force.lower or leave.until > order.in_force.upper:
        raise Refused(Refusal.ABSENCE_OUTSIDE_ORDER)
    reason = _said(leave.reason, REASON_LENGTH_MAX)
    decided_by = _said(leave.decided_by, LINE_LENGTH_MAX)
    evidence = leave.evidence.strip()
    if len(evidence) > LINE_LENGTH_MAX:
        raise Refused(Refusal.NOTE_TOO_LONG, length_max=LINE_LENGTH_MAX)
    scan = _own_paper(door, leave.scan_id) if leave.scan_id else None
    absence = PermittedAbsence.objects.create(
        order=order,
        scan=scan,
        period=DateTimeTZRange(leave.since, leave.until),
        reason=reason,
        evidence=evidence,
        decided_by=decided_by,
        granted_at=clock.now(),
        granted_by=door.actor.id,
    )
    door.keep(
        absence=absence.public_id,
        since=leave.since.isoformat(),
        until=leave.until.isoformat(),
        reason=reason,
        evidence=evidence,
        decided_by=decided_by,
        scan=scan.public_id if scan else "",
    )
    door.announce(order=order.public_id)
    return absence


@action("supervision.absence.withdraw")
def withdraw_absence(door: Door, absence_id: str, reason: str) -> PermittedAbsence:
    """Withdraw what was permitted, from now on."""
    found = PermittedAbsence.objects.select_for_update(of=("self",)).select_related("order")
    absence = found.filter(public_id=absence_id).first()
    if absence is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    order = running_order(door, absence.order.public_id)
    now = clock.now()
    if absence.withdrawn_at is not None or absence.period.upper <= now:
        raise Refused(Refusal.ABSENCE_OVER)
    absence.withdrawn_at, absence.withdrawn_by = now, door.actor.id
    absence.withdrawn_reason = _said(reason, REASON_LENGTH_MAX)
    absence.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    door.keep(absence=absence.public_id, reason=absence.withdrawn_reason)
    door.announce(order=order.public_id)
    return absence


def _own_paper(door: Door, paper_id: str) -> Paper:
    """Evidence that this actor has stored; somebody else's id is no record."""
    found = Paper.objects.filter(
        public_id=paper_id, kind=PaperKind.EVIDENCE, recorded_by=door.actor.id
    ).first()
    if found is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    return found


def _said(text: str, length_max: int) -> str:
    told = text.strip()
    if not told:
        raise Refused(Refusal.ABSENCE_REASON)
    if len(told) > length_max:
        raise Refused(Refusal.NOTE_TOO_LONG, length_max=length_max)
    return told
