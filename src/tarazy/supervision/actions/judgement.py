# SPDX-License-Identifier: EUPL-1.2
"""What the engine writes: alerts as versioned episodes, outages of our own, and its derived state.

Raising and updating alerts and recording outages are acts and leave audit lines. `keep` writes what
is derived from the fix store and can be made again from it; it leaves none.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q

from tarazy.core.door import LIVE_CHANNEL, Door, action
from tarazy.supervision import own_outage
from tarazy.supervision.models import (
    Alert,
    AlertState,
    AlertVersion,
    EngineCheckpoint,
    FacetState,
    Heartbeat,
    PermittedAbsence,
    PresenceChange,
    PresenceState,
    WearerState,
)
from tarazy.supervision.presence.interface import Sighting
from tarazy.supervision.rules.interface import Breach

REOPEN = timedelta(minutes=30)
"""A cause that comes back this soon goes on with its episode: one alert, not a storm of them. The
alert is active again, also where somebody had acknowledged it; a resolved one is never reopened."""

FACET_COLUMNS = ["state", "since", "at", "known_at", "confirmed_at", "log_odds", "evidence"]

ENGINE = "engine"
INTAKE = "intake"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found, and of whom."""

    person_id: int
    order_id: int
    condition_id: int | None
    rule: str
    rule_version: int
    severity: str
    breach: Breach
    alert_id: int | None = None
    """The alert's key, where it is known: it may be one that does not run any more."""
    no_contact_id: int | None = None
    """The demand to keep away from somebody, where it is about a pair."""

    def cause(self) -> Q:
        """Episodes of the same order, rule and demand: no episode outlives its order."""
        demand = Q(condition_id=self.condition_id, no_contact_id=self.no_contact_id)
        return demand & Q(order_id=self.order_id, rule=self.rule)


@dataclass(slots=True)
class Derived:
    """The engine's state after a step."""

    checkpoint: EngineCheckpoint
    wearers: dict[int, WearerState] = field(default_factory=dict)
    """By the person's key: each has one row."""
    presence: dict[int, PresenceState] = field(default_factory=dict)
    """By the condition's key."""
    facets: dict[tuple[int, str], FacetState] = field(default_factory=dict)
    """By the condition's key and the facet."""
    changes: list[PresenceChange] = field(default_factory=list)
    superseded: list[tuple[int, str, str, datetime]] = field(default_factory=list)
    """Changes that are believed no longer: condition, facet, state and time."""
    ended: Collection[int] = ()
    """Keys of orders that are no longer in force: their people's places are shown no longer."""


@action("supervision.alert.raise")
def raise_alert(
    door: Door, finding: Finding, now: datetime, until: datetime | None = None
) -> Alert:
    """Raise an alert, or go on with an episode of the same cause that has just cleared.

    With `until` it was over before we knew it, and waits for a review.
    """
    breach = finding.breach
    before = _locked(Q(pk=finding.alert_id)).first() if finding.alert_id else None
    if before is None and until is None:
        recent = Q(until__gte=breach.since - REOPEN, since__lte=breach.since)
        over = (AlertState.RESOLVED, AlertState.WITHDRAWN)
        found = _locked(finding.cause() & recent).exclude(state__in=over)
        before = found.order_by("-until").first()
    if before is not None:
        before.until, before.state = None, AlertState.ACTIVE
        before.since = min(before.since, breach.since)
        before.save(update_fields=["since", "until", "state"])
        return _add_version(door, before, breach, now)
    alert = Alert.objects.create(
        person_id=finding.person_id,
        order_id=finding.order_id,
        condition_id=finding.condition_id,
        no_contact_id=finding.no_contact_id,
        rule=finding.rule,
        rule_version=finding.rule_version,
        severity=finding.severity,
        state=AlertState.ACTIVE if until is None else AlertState.CLEARED,
        since=breach.since,
        until=until,
        known_at=now,
        version=0,
    )
    return _add_version(door, alert, breach, now)


@action("supervision.alert.update")
def update_alert(door: Door, finding: Finding, until: datetime | None, now: datetime) -> None:
    """Add a version to a running episode; with `until` it has ended, and waits for a review.

    What somebody acknowledged stays acknowledged, what somebody resolved stays resolved.
    """
    alert = _locked(_which(finding)).first()
    if alert is None:
        door.permit(finding, f"order/{finding.order_id}")
        return
    alert.since = finding.breach.since
    alert.until = until
    if until is not None and alert.state == AlertState.ACTIVE:
        alert.state = AlertState.CLEARED
    alert.save(update_fields=["since", "until", "state"])
    _add_version(door, alert, finding.breach, now)


@action("supervision.alert.withdraw")
def withdraw_alert(door: Door, finding: Finding, until: datetime, now: datetime) -> None:
    """Say that late reports deny an alert. Its versions stay, and a person reviews it.

    What somebody acknowledged stays acknowledged, what somebody resolved stays resolved.
    """
    alert = _locked(_which(finding)).first()
    if alert is None:
        door.permit(finding, f"order/{finding.order_id}")
        return
    alert.until = max(until, alert.since)
    if alert.state in {AlertState.ACTIVE, AlertState.CLEARED}:
        alert.state = AlertState.WITHDRAWN
    alert.save(update_fields=["until", "state"])
    _add_version(door, alert, finding.breach, now)


@action("supervision.outage.record")
def record_outage(door: Door, since: datetime, until: datetime | None, now: datetime) -> None:
    """Say that our own intake is away, or that it is back: one alert for everybody."""
    alert = _locked(Q(person=None, rule=own_outage.CARD.code, until=None)).first()
    if alert is None:
        alert = Alert.objects.create(
            rule=own_outage.CARD.code,
            rule_version=own_outage.CARD.version,
            severity=own_outage.SEVERITY,
            state=AlertState.ACTIVE,
            since=since,
            known_at=now,
            version=0,
        )
    sentence = own_outage.AWAY
    if until is not None:
        sentence, alert.until = own_outage.BACK, until
        if alert.state == AlertState.ACTIVE:
            alert.state = AlertState.CLEARED
        alert.save(update_fields=["until", "state"])
    _add_version(door, alert, Breach(since=alert.since, sentence=sentence), now)


def keep(derived: Derived) -> int:
    """Write the engine's state with its checkpoint; the last number of the wearers' changes, or 0.

    Called inside the transaction of the alerts: after a crash all of it is there, or nothing.
    """
    checkpoint = derived.checkpoint
    EngineCheckpoint.objects.update_or_create(
        name=checkpoint.name,
        defaults={
            "transaction": checkpoint.transaction,
            "fix_id": checkpoint.fix_id,
            "judged_at": checkpoint.judged_at,
        },
    )
    PresenceState.objects.filter(condition__order_id__in=derived.ended).delete()
    FacetState.objects.filter(condition__order_id__in=derived.ended).delete()
    gone = WearerState.objects.filter(order_id__in=derived.ended)
    people = list(gone.values_list("person__public_id", flat=True))
    gone.delete()
    for condition_id, facet, state, at in derived.superseded:
        PresenceChange.objects.filter(
            condition_id=condition_id, facet=facet, state=state, at=at, superseded_at=None
        ).update(superseded_at=checkpoint.judged_at)
    PresenceChange.objects.bulk_create(derived.changes)
    PresenceState.objects.bulk_create(
        list(derived.presence.values()),
        update_conflicts=True,
        unique_fields=["condition"],
        update_fields=_columns(PresenceState, but="condition"),
    )
    FacetState.objects.bulk_create(
        list(derived.facets.values()),
        update_conflicts=True,
        unique_fields=["condition", "facet"],
        update_fields=FACET_COLUMNS,
    )
    last = _keep_wearers(list(derived.wearers.values()))
    for person in people:
        _announce(gone=person)
    if last:
        _announce(positions=str(last))
    return last


def note_absences(orders: Collection[int]) -> None:
    """That these orders have been judged with their permitted absences as they stand now."""
    for absence in PermittedAbsence.objects.filter(order_id__in=list(orders)):
        if absence.judged_until != absence.until:
            absence.judged_until = absence.until
            absence.save(update_fields=["judged_until"])


def beat(now: datetime) -> None:
    """Say that the engine lives."""
    Heartbeat.objects.update_or_create(process=ENGINE, defaults={"at": now})


def remember_intake(outage_id: int, listening_since: datetime) -> None:
    """Up to which outage of the gateway's has been recorded, and since when there is a gateway."""
    EngineCheckpoint.objects.update_or_create(
        name=INTAKE, defaults={"fix_id": outage_id, "judged_at": listening_since}
    )


def places(sightings: Sequence[Sighting]) -> list[dict[str, Any]]:
    """Evidence as it stands in the tables."""
    return [
        {"at": one.at.isoformat(), "lat": one.lat, "lon": one.lon, "accuracy_m": one.accuracy_m}
        for one in sightings
    ]


def _which(finding: Finding) -> Q:
    if finding.alert_id is not None:
        return Q(pk=finding.alert_id)
    return finding.cause() & Q(until=None)


def _locked(where: Q) -> Any:
    """Alerts with their rows locked: people change them too."""
    found = Alert.objects.select_for_update(of=("self",)).select_related("person", "order")
    return found.filter(where)


def _add_version(door: Door, alert: Alert, breach: Breach, now: datetime) -> Alert:
    alert.version += 1
    alert.save(update_fields=["version"])
    AlertVersion.objects.create(
        alert=alert,
        number=alert.version,
        state=alert.state,
        known_at=now,
        since=alert.since,
        until=alert.until,
        probability=breach.probability,
        sentence=breach.sentence,
        facts=breach.facts,
        evidence=places(breach.evidence),
        actor=door.actor.id,
    )
    basis = alert.order.public_id if alert.order else None
    door.permit(alert, alert.public_id, basis=basis)
    door.keep(rule=alert.rule, version=str(alert.version), state=alert.state)
    door.announce(alert=alert.public_id, person=alert.person.public_id if alert.person else "")
    return alert


def _keep_wearers(wearers: list[WearerState]) -> int:
    if not wearers:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval('supervision_change_seq') FROM generate_series(1, %s)", [len(wearers)]
        )
        numbers = [number for (number,) in cursor.fetchall()]
    for wearer, number in zip(wearers, numbers, strict=True):
        wearer.change = number
    WearerState.objects.bulk_create(
        wearers,
        update_conflicts=True,
        unique_fields=["person"],
        update_fields=_columns(WearerState, but="person"),
    )
    return int(numbers[-1])


def _columns(model: type[WearerState] | type[PresenceState], *, but: str) -> list[str]:
    return [one.name for one in model._meta.local_concrete_fields if one.name != but]


def _announce(**payload: str) -> None:
    """Wake the open pages after the commit; `payload` holds ids only."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [LIVE_CHANNEL, json.dumps(payload)])
