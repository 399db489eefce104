# SPDX-License-Identifier: EUPL-1.2
"""What people do about alerts: acknowledge, and resolve with a note. Each adds a version.

Callers pass the version that they saw, so that two operators never overwrite each other. The
engine writes versions too, and often: taking an alert in hand stands beside those, while a decision
must rest on the newest facts.
"""

from tarazy.core import clock
from tarazy.core.door import Door, action
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.basis import permit_alert
from tarazy.supervision.models import Alert, AlertState, AlertVersion
from tarazy.supervision.refusals import Refusal

NOTE_LENGTH_MAX = 2000
SYSTEM_PREFIX = "sys_"


@action("supervision.alert.acknowledge")
def acknowledge(door: Door, alert_id: str, version: int, note: str = "") -> Alert:
    """Take an alert in hand, so that others see that somebody is on it."""
    alert = _open(door, alert_id)
    newer = alert.versions.filter(number__gt=version)
    if newer.exclude(actor__startswith=SYSTEM_PREFIX).exists():
        raise Refused(Refusal.ALERT_CHANGED)
    if alert.state == AlertState.ACKNOWLEDGED:
        raise Refused(Refusal.ALERT_CHANGED)
    return _move(door, alert, AlertState.ACKNOWLEDGED, note.strip())


@action("supervision.alert.resolve")
def resolve(door: Door, alert_id: str, version: int, note: str) -> Alert:
    """Close an alert with what was found and what was done.

    A breach that still goes on keeps its episode: the engine ends it, and raises no second alert.
    """
    alert = _open(door, alert_id)
    if alert.version != version:
        raise Refused(Refusal.ALERT_CHANGED)
    if not note.strip():
        raise Refused(Refusal.NOTE_MISSING)
    return _move(door, alert, AlertState.RESOLVED, note.strip())


def _open(door: Door, alert_id: str) -> Alert:
    """The alert, locked, if the actor reaches it and it is not closed."""
    found = Alert.objects.select_for_update(of=("self",)).select_related("person", "order")
    alert = found.filter(public_id=alert_id).first()
    if alert is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    permit_alert(door, alert)
    if alert.state == AlertState.RESOLVED:
        raise Refused(Refusal.ALERT_RESOLVED)
    return alert


def _move(door: Door, alert: Alert, state: AlertState, note: str) -> Alert:
    if len(note) > NOTE_LENGTH_MAX:
        raise Refused(Refusal.NOTE_TOO_LONG, length_max=NOTE_LENGTH_MAX)
    before = alert.versions.get(number=alert.version)
    alert.state, alert.version = state, alert.version + 1
    alert.save(update_fields=["state", "version"])
    AlertVersion.objects.create(
        alert=alert,
        number=alert.version,
        state=state,
        known_at=clock.now(),
        since=before.since,
        until=before.until,
        probability=before.probability,
        sentence=before.sentence,
        facts=before.facts,
        evidence=before.evidence,
        actor=door.actor.id,
        note=note,
    )
    door.keep(note=note, version=str(alert.version))
    door.announce(alert=alert.public_id, person=alert.person.public_id if alert.person else "")
    return alert
