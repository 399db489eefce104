# SPDX-License-Identifier: EUPL-1.2
"""Alerts as versioned episodes: raised, changed and ended by what the engine found; many at once.

After an outage ten thousand silences end in one step. So the alerts concerned are read and locked
together, take their turns in memory in the order in which they came, and are written together. Each
turn of each alert is an act and has its own audit line.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Q

from tarazy.core import outbox
from tarazy.core.access import Actor
from tarazy.core.door import LIVE_CHANNEL, Door, action, together
from tarazy.supervision.actions import columns
from tarazy.supervision.actions.turns import Act, Cause, Finding, Verb, closed_before
from tarazy.supervision.models import Alert, AlertState, AlertVersion, Order
from tarazy.supervision.presence.interface import Sighting
from tarazy.supervision.rules.interface import Breach

REOPEN = timedelta(minutes=30)
"""A cause that comes back this soon goes on with its episode: one alert, not a storm of them. The
alert is active again, also where somebody had acknowledged it; a resolved one is never reopened."""
OVER = (AlertState.RESOLVED, AlertState.WITHDRAWN)
LOADED_MAX = 5_000
"""Alerts that are read by one statement."""
TOLD_MAX = 200
"""Alerts in one event."""

UPDATE = """
UPDATE supervision_alert AS alert
SET since = one.since, until = one.until, state = one.state, version = one.version
FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[], %s::text[], %s::int[])
    AS one (id, since, until, state, version)
WHERE alert.id = one.id
"""

KEYS = """
SELECT nextval(pg_get_serial_sequence('supervision_alert', 'id')) FROM generate_series(1, %s)
"""

Key = TypeVar("Key")


def take_turns(
    actor: Actor,
    acts: Sequence[Act],
    now: datetime,
    named: MutableMapping[Any, Alert] | None = None,
) -> list[Alert | None]:
    """Let alerts take these turns, in order; each one's alert, None where there is none such.

    `named` remembers the alerts that were raised by name, from one call to the next.
    Raises Refused.
    """
    if not acts:
        return []
    with together():
        desk = _Desk(now, {} if named is None else named, actor.id)
        desk.read(acts)
        alerts = [desk.take(act) for act in acts]
        for verb, told in runs(desk.told):
            DOORS[verb](actor, told)
        desk.write()
    return alerts


def raise_alert(
    actor: Actor, finding: Finding, now: datetime, until: datetime | None = None
) -> Alert:
    """Raise one alert, or go on with an episode of the same cause that has just cleared.

    With `until` it was over before we knew it, and waits for a review.
    """
    (alert,) = take_turns(actor, [Act("raise", finding, until)], now)
    if alert is None:  # pragma: no cover - one is raised where there was none
        raise LookupError("no alert was raised")
    return alert


def update_alert(actor: Actor, finding: Finding, until: datetime | None, now: datetime) -> None:
    """Add a version to one running episode; with `until` it has ended, and waits for a review."""
    take_turns(actor, [Act("update", finding, until)], now)


def withdraw_alert(actor: Actor, finding: Finding, until: datetime, now: datetime) -> None:
    """Say that late reports deny one alert. Its versions stay, and a person reviews it."""
    take_turns(actor, [Act("withdraw", finding, until)], now)


@dataclass(frozen=True, slots=True)
class Told:
    """A turn as the audit log has it."""

    verb: Verb
    alert: Alert | None
    subject: str
    basis: str | None = None
    details: Mapping[str, str] = field(default_factory=dict)


@action("supervision.alert.raise")
def raise_alerts(door: Door, told: Sequence[Told]) -> None:
    """Raise alerts, or go on with episodes of the same cause that have just cleared."""
    _enter(door, told)


@action("supervision.alert.update")
def update_alerts(door: Door, told: Sequence[Told]) -> None:
    """Add versions to running episodes; what has ended waits for a review.

    What somebody acknowledged stays acknowledged, what somebody resolved stays resolved.
    """
    _enter(door, told)


@action("supervision.alert.withdraw")
def withdraw_alerts(door: Door, told: Sequence[Told]) -> None:
    """Say that late reports deny alerts. Their versions stay, and a person reviews them.

    What somebody acknowledged stays acknowledged, what somebody resolved stays resolved.
    """
    _enter(door, told)


DOORS: Mapping[Verb, Callable[[Actor, Sequence[Told]], None]] = {
    "raise": raise_alerts,
    "update": update_alerts,
    "withdraw": withdraw_alerts,
}


def runs(told: Iterable[Told]) -> list[tuple[Verb, list[Told]]]:
    """Turns in few runs of one verb, for each is an entry by a door; those of one alert stay in the
    order in which they came."""
    verbs = tuple(DOORS)
    found, last = defaultdict[int, list[Told]](list), dict[str, int]()
    for one in told:
        before = last.get(one.subject, 0)
        last[one.subject] = before + (verbs.index(one.verb) - before) % len(verbs)
        found[last[one.subject]].append(one)
    return [(verbs[number % len(verbs)], found[number]) for number in sorted(found)]


def places(sightings: Sequence[Sighting]) -> list[dict[str, Any]]:
    """Evidence as it stands in the tables."""
    return [
        {"at": one.at.isoformat(), "lat": one.lat, "lon": one.lon, "accuracy_m": one.accuracy_m}
        for one in sightings
    ]


def version_of(
    alert: Alert, breach: Breach, now: datetime, actor: str, *, denied: bool = False
) -> AlertVersion:
    """The alert's next version, not written yet.

    `denied`: it says that the alert is withdrawn, whatever somebody has made of it.
    """
    alert.version += 1
    return AlertVersion(
        alert=alert,
        number=alert.version,
        state=AlertState.WITHDRAWN if denied else alert.state,
        known_at=now,
        since=alert.since,
        until=alert.until,
        probability=breach.probability,
        sentence=breach.sentence,
        facts=breach.facts,
        evidence=places(breach.evidence),
        actor=actor,
    )


def denied(alerts: Iterable[Alert]) -> set[int]:
    """The keys of those of which the engine said last that they should never have been: also where
    somebody has them in hand, or has resolved them."""
    last = AlertVersion.objects.filter(alert__in=list(alerts), act="")
    newest = last.order_by("alert_id", "-number").distinct("alert_id")
    told = newest.values_list("alert_id", "state")
    return {key for key, state in told if state == AlertState.WITHDRAWN}


def _enter(door: Door, told: Sequence[Told]) -> None:
    for one in told:
        door.next_record()
        door.permit(one.alert or one, one.subject, basis=one.basis)
        door.keep(**one.details)


class _Desk:
    """The alerts concerned, locked, and what is to be written of them."""

    def __init__(self, now: datetime, named: MutableMapping[Any, Alert], actor: str) -> None:
        self.now, self.named, self.actor = now, named, actor
        self.by_key: dict[int, Alert] = {}
        self.by_cause: dict[Cause, list[Alert]] = {}
        self.denied: set[int] = set()
        self.orders: dict[int, Order] = {}
        self.raised: list[Alert] = []
        self.returned: list[Alert] = []
        """Those that were over, and whose beginning has been told of."""
        self.touched: dict[int, Alert] = {}
        self.versions: list[AlertVersion] = []
        self.told: list[Told] = []

    def read(self, acts: Sequence[Act]) -> None:
        """Lock what these turns may be about: people change alerts too."""
        orders = sorted({act.finding.order_id for act in acts})
        since = min(act.finding.breach.since for act in acts) - REOPEN
        named = {self.named[act.name].pk for act in acts if act.name in self.named}
        keys = sorted({act.finding.alert_id for act in acts if act.finding.alert_id} | named)
        recent = Q(until=None) | Q(until__gte=since)
        self.orders = Order.objects.select_related("person").in_bulk(orders)
        wheres = [Q(pk__in=part) for part in _parts(keys)]
        wheres += [recent & Q(order_id__in=part) for part in _parts(orders)]
        for where in wheres:
            found = Alert.objects.select_for_update(of=("self",)).filter(where).order_by("pk")
            for alert in found:
                if alert.pk not in self.by_key:
                    self._remember(alert)
        in_hand = [one for one in self.by_key.values() if one.state == AlertState.ACKNOWLEDGED]
        self.denied = denied(in_hand) if in_hand else set()

    def take(self, act: Act) -> Alert | None:
        """One turn, in memory."""
        finding, until = act.finding, act.until
        if act.verb == "raise":
            alert = self._raise(act)
        else:
            known = self._known(act)
            if known is None:
                self.told.append(Told(act.verb, None, f"order/{finding.order_id}"))
                return None
            alert = known
            if act.verb == "withdraw":
                alert.until = max(until or self.now, alert.since)
                if alert.state in {AlertState.ACTIVE, AlertState.CLEARED}:
                    alert.state = AlertState.WITHDRAWN
            else:
                alert.since, alert.until = finding.breach.since, until
                if until is not None and alert.state == AlertState.ACTIVE:
                    alert.state = AlertState.CLEARED
        self._add_version(act, alert)
        return alert

    def write(self) -> None:
        """All of it. What has ended goes first: no two alerts of a cause run at once."""
        old = list(self.touched.values())
        for some in ([one for one in old if one.until], [one for one in old if not one.until]):
            _update(some)
        _insert(self.raised)
        for version in self.versions:
            version.alert_id = version.alert.pk
        columns.write(self.versions)
        self._tell_of_returns()
        payloads = [
            json.dumps({"alert": one.alert.public_id, "person": self._person(one.alert)})
            for one in self.told
            if one.alert
        ]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_notify(%s, told)) FROM unnest(%s::text[]) AS told",
                [LIVE_CHANNEL, payloads],
            )

    def _tell_of_returns(self) -> None:
        """Whoever was called to an alert, and saw that it was over, is called again."""
        on = sorted({one.public_id for one in self.returned if one.until is None})
        for some in _parts(on, TOLD_MAX):
            outbox.put("supervision.alerts.returned", self.now, alerts=" ".join(some))

    def _raise(self, act: Act) -> Alert:
        finding, since = act.finding, act.finding.breach.since
        before = self._named(act)
        if before is not None and closed_before(before, finding):
            since, before = finding.begun or since, None
        elif before is None and act.until is None:
            recent = [
                one
                for one in self.by_cause.get(finding.cause, [])
                if one.until is not None
                and one.until >= since - REOPEN
                and one.since <= since
                and one.state not in OVER
                and one.pk not in self.denied
            ]
            before = max(recent, key=lambda one: one.until or since, default=None)
        if before is not None:
            if before.until is not None and before.protocol_id is not None:
                self.returned.append(before)
            before.until, before.state = None, AlertState.ACTIVE
            before.since = min(before.since, since)
            return before
        alert = Alert(
            person_id=finding.person_id,
            order_id=finding.order_id,
            condition_id=finding.condition_id,
            no_contact_id=finding.no_contact_id,
            rule=finding.rule,
            rule_version=finding.rule_version,
            severity=finding.severity,
            state=AlertState.ACTIVE if act.until is None else AlertState.CLEARED,
            since=since,
            until=act.until,
            known_at=self.now,
            version=0,
        )
        self.raised.append(alert)
        self.by_cause.setdefault(finding.cause, []).append(alert)
        if finding.alert_id is not None:
            self.named[finding.order_id, "instead of", finding.alert_id] = alert
        return alert

    def _known(self, act: Act) -> Alert | None:
        """The alert that is meant: by its key or name, else the one of its cause that runs."""
        found = self._named(act)
        if found is not None or act.finding.alert_id is not None:
            return found
        causes = self.by_cause.get(act.finding.cause, [])
        return next((one for one in causes if one.until is None), None)

    def _named(self, act: Act) -> Alert | None:
        key, name = act.finding.alert_id, act.name
        if key is not None:
            name = (act.finding.order_id, "instead of", key)
        named = self.named.get(name) if name is not None else None
        if named is not None:
            return self.by_key.get(named.pk, named)
        return None if key is None else self.by_key.get(key)

    def _add_version(self, act: Act, alert: Alert) -> None:
        if act.verb == "withdraw":  # the next of this name is another one
            self.named.pop(act.name, None)
        elif act.name is not None:
            self.named[act.name] = alert
        if alert.pk is not None:
            self.touched[alert.pk] = alert
        version = version_of(
            alert, act.finding.breach, self.now, self.actor, denied=act.verb == "withdraw"
        )
        self.versions.append(version)
        order = self.orders.get(alert.order_id or 0)
        basis = order.public_id if order else None
        details = {"rule": alert.rule, "version": str(alert.version), "state": alert.state}
        self.told.append(Told(act.verb, alert, alert.public_id, basis, details))

    def _remember(self, alert: Alert) -> None:
        self.by_key[alert.pk] = alert
        cause = (alert.order_id, alert.rule, alert.condition_id, alert.no_contact_id)
        self.by_cause.setdefault(cause, []).append(alert)

    def _person(self, alert: Alert) -> str:
        order = self.orders.get(alert.order_id or 0)
        return order.person.public_id if order else ""


def _insert(alerts: Sequence[Alert]) -> None:
    if not alerts:
        return
    with connection.cursor() as cursor:
        cursor.execute(KEYS, [len(alerts)])
        for alert, (key,) in zip(alerts, cursor.fetchall(), strict=True):
            alert.pk = key
    columns.write(alerts)


def _update(alerts: Sequence[Alert]) -> None:
    told = zip(
        *((one.pk, one.since, one.until, str(one.state), one.version) for one in alerts),
        strict=True,
    )
    if alerts:
        with connection.cursor() as cursor:
            cursor.execute(UPDATE, [list(column) for column in told])


def _parts(keys: Sequence[Key], size: int = LOADED_MAX) -> Iterable[Sequence[Key]]:
    return (keys[n : n + size] for n in range(0, len(keys), size))
