# SPDX-License-Identifier: EUPL-1.2
"""Read what the engine must know of a step's orders: a few queries for all of them."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from django.db import connection
from django.db.models import Q, QuerySet

from tarazy.supervision.judging.subjects import (
    Cause,
    Episode,
    Late,
    Spell,
    Subject,
    Watched,
    Wearer,
)
from tarazy.supervision.models import (
    Alert,
    AlertState,
    AlertVersion,
    Condition,
    Fitting,
    Order,
    PresenceState,
    WearerState,
)
from tarazy.supervision.models.devices import REPORT_INTERVAL_S_DEFAULT
from tarazy.supervision.presence.geometry import zone_of
from tarazy.supervision.presence.interface import Change, Presence, Sighting, State
from tarazy.supervision.presence.timetable import Interval, parse
from tarazy.supervision.rules import RULES
from tarazy.supervision.rules.interface import Alarmed, Breach, Kind

log = structlog.get_logger()

CHANGES_MAX = 8
"""Changes of presence that are read for a condition: rules look back over one stay."""
RECENT = timedelta(hours=1)
"""Alerts that ended longer ago go on under no circumstances that come in time."""
ZONE_COLUMNS = ("lat", "lon", "radius_m", "rings")
NEVER = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
_KINDS: Mapping[str, Kind] = {
    "home_curfew": "home_curfew",
    "inclusion": "inclusion",
    "exclusion": "exclusion",
}
ENDLESS = datetime.fromisoformat("9999-01-01T00:00:00+00:00")

SIGNS = """
SELECT o.id, md5(concat_ws('|', o.version, o.in_force,
    (SELECT string_agg(concat_ws(',', c.id, c.kind, c.zone_id, c.period, c.timetable), ';'
        ORDER BY c.id) FROM supervision_condition c WHERE c.order_id = o.id),
    (SELECT string_agg(concat_ws(',', f.id, f.period, d.report_interval_s), ';' ORDER BY f.id)
        FROM supervision_fitting f JOIN supervision_device d ON d.id = f.device_id
        WHERE f.person_id = o.person_id AND f.period @> %s)))
FROM supervision_order o
WHERE o.in_force && tstzrange(%s, %s, '[]')
"""

CHANGES = """
SELECT c.id, last.state, last.at, last.known_at, last.probability, last.evidence
FROM unnest(%s::bigint[]) AS c (id) CROSS JOIN LATERAL (
    SELECT * FROM supervision_presencechange p
    WHERE p.condition_id = c.id AND p.superseded_at IS NULL
    ORDER BY p.at DESC, p.id DESC LIMIT %s) AS last
ORDER BY c.id, last.at, last.id
"""


def signs(since: datetime, now: datetime) -> dict[int, str]:
    """Each order in force in the span, with a mark that changes whenever its terms do."""
    with connection.cursor() as cursor:
        cursor.execute(SIGNS, [now, since, now])
        return dict(cursor.fetchall())


def left_over(now: datetime) -> set[int]:
    """Orders that are no longer in force while a place or a running alert of theirs is."""
    out = Q(order__isnull=False) & ~Q(order__in_force__contains=now)
    places = WearerState.objects.filter(out).values_list("order_id", flat=True)
    alerts = _ending(out).values_list("order_id", flat=True)
    return {key for key in (*places, *alerts) if key is not None}


def running_alerts(order_id: int) -> list[Alert]:
    """The running alerts of an order, oldest first."""
    found = _ending(Q(order_id=order_id)).order_by("pk")
    return list(found.select_related("order"))


def _ending(where: Q) -> QuerySet[Alert]:
    """Running alerts that an order's end ends: no person's tamper is cleared by that.

    Those about pairs end where pairs are judged (engine/pairs.py).
    """
    latched = [rule.CARD.code for rule in RULES if rule.LATCHED]
    return Alert.objects.filter(where, until=None, no_contact=None).exclude(rule__in=latched)


def healed() -> set[int]:
    """Orders whose people are shown with an alert that somebody has resolved meanwhile."""
    alarmed = WearerState.objects.filter(urgency="alert")
    running = Alert.objects.filter(until=None).exclude(state=AlertState.RESOLVED)
    calm = alarmed.exclude(person_id__in=running.filter(person__isnull=False).values("person_id"))
    return set(calm.values_list("order_id", flat=True))


@dataclass(frozen=True, slots=True)
class Reach:
    """How far back is read: alerts that ended after `alerts_since`, and so many changes."""

    alerts_since: datetime
    changes: int = CHANGES_MAX


def subjects(
    keys: Collection[int],
    now: datetime,
    listening_since: datetime | None,
    reach: Reach | None = None,
) -> list[Subject]:
    """The orders with everything that judging them needs, in the order of their keys."""
    reach = reach or Reach(now - RECENT)
    orders = list(Order.objects.filter(pk__in=keys).order_by("pk"))
    people = [order.person_id for order in orders]
    wearers = {one.person_id: one for one in WearerState.objects.filter(person_id__in=people)}
    fittings = _fittings(people, now)
    watched = _watched(orders, reach.changes)
    episodes = _episodes(keys, reach.alerts_since)
    found = []
    for order in orders:
        fitted, in_force = fittings.get(order.person_id, []), _interval(order.in_force)
        if in_force is None:
            continue
        found.append(
            Subject(
                order.pk,
                order.person_id,
                in_force,
                max((one.device.report_interval_s for one in fitted), default=0)
                or REPORT_INTERVAL_S_DEFAULT,
                _monitored_since(fitted, in_force, listening_since),
                _wearer(wearers.get(order.person_id), order.pk),
                tuple(watched.get(order.pk, ())),
                episodes.get(order.pk, {}),
            )
        )
    return found


def _fittings(people: Iterable[int], now: datetime) -> dict[int, list[Fitting]]:
    found: dict[int, list[Fitting]] = defaultdict(list)
    current = Fitting.objects.filter(person_id__in=people, period__contains=now)
    for fitting in current.select_related("device"):
        found[fitting.person_id].append(fitting)
    return found


def _monitored_since(
    fitted: list[Fitting], in_force: Interval, listening_since: datetime | None
) -> datetime | None:
    """Reports are due once the order is in force, a device is fitted, and we listen."""
    if not fitted or listening_since is None:
        return None
    first = min(one.period.lower or in_force.since for one in fitted)
    return max(first, in_force.since, listening_since)


def _interval(period: Any) -> Interval | None:
    if period.isempty:
        return None
    return Interval(period.lower or NEVER, period.upper or ENDLESS)


def _watched(orders: list[Order], changes_max: int) -> dict[int, list[Watched]]:
    by_key = {order.pk: order for order in orders}
    conditions = list(
        Condition.objects.filter(order_id__in=by_key).select_related("zone").order_by("pk")
    )
    keys = [condition.pk for condition in conditions]
    states = {one.condition_id: one for one in PresenceState.objects.filter(condition__in=keys)}
    changes = _changes(keys, changes_max)
    found: dict[int, list[Watched]] = defaultdict(list)
    for condition in conditions:
        try:
            one = _watch(condition, by_key[condition.order_id])
        except ValueError:
            # The doors let none such in. One bad row must not leave everybody else unwatched.
            log.exception("condition_unreadable", condition=condition.public_id)
            continue
        if one is not None:
            state = _state(states.get(condition.pk), one.period)
            seen = tuple(changes.get(condition.pk, ()))
            found[condition.order_id].append(replace(one, state=state, changes=seen))
    return found


def _watch(condition: Condition, order: Order) -> Watched | None:
    """A condition as nobody has looked at it yet; None where its period is empty."""
    own, whole = _interval(condition.period), _interval(order.in_force)
    if own is None or whole is None:
        return None
    period = Interval(max(own.since, whole.since), min(own.until, whole.until))
    columns = {name: getattr(condition.zone, name) for name in ZONE_COLUMNS}
    return Watched(
        id=condition.pk,
        public_id=condition.public_id,
        kind=_KINDS[condition.kind],
        zone=zone_of(condition.zone.kind, columns),
        zone_name=condition.zone.name,
        timetable=parse(condition.timetable),
        time_zone=ZoneInfo(order.time_zone),
        period=period,
        state=_state(None, period),
        changes=(),
    )


def _state(row: PresenceState | None, period: Interval) -> State:
    if row is None:
        return State(Presence.UNKNOWN, period.since, NEVER, NEVER, NEVER, 0.0)
    evidence = places_of(row.evidence)
    return State(
        *(Presence(row.state), row.since, row.at, row.known_at, row.confirmed_at),
        *(row.log_odds, evidence),
    )


def places_of(evidence: list[dict[str, Any]] | str) -> tuple[Sighting, ...]:
    """Evidence as it stands in the tables; a plain cursor gives JSON as text.

    Of what may not be kept any more the time alone is left.
    """
    rows = json.loads(evidence) if isinstance(evidence, str) else evidence
    return tuple(
        Sighting(datetime.fromisoformat(one["at"]), one["lat"], one["lon"], one["accuracy_m"])
        for one in rows
        if one["lat"] is not None
    )


def _changes(keys: list[int], changes_max: int) -> dict[int, list[Change]]:
    with connection.cursor() as cursor:
        cursor.execute(CHANGES, [keys, changes_max])
        rows = cursor.fetchall()
    found: dict[int, list[Change]] = defaultdict(list)
    for key, state, at, known_at, probability, evidence in rows:
        found[key].append(Change(Presence(state), at, known_at, probability, places_of(evidence)))
    return found


def _episodes(
    keys: Collection[int], since: datetime
) -> dict[int, dict[Cause, tuple[Episode, ...]]]:
    """The alerts that run or ended since then, each with what its last version said."""
    recent = Q(until=None) | Q(until__gte=since)
    believed = Alert.objects.filter(no_contact=None).exclude(state=AlertState.WITHDRAWN)
    alerts = list(believed.filter(recent, order_id__in=keys).order_by("since", "pk"))
    versions = AlertVersion.objects.filter(alert__in=alerts).order_by("alert_id", "number")
    last = {version.alert_id: version for version in versions}
    found: dict[int, dict[Cause, tuple[Episode, ...]]] = defaultdict(dict)
    for alert in alerts:
        if alert.order_id is None:
            continue
        words = last[alert.pk]
        breach = Breach(since=alert.since, sentence=words.sentence, facts=words.facts)
        spell = Spell(alert.since, breach, alert.until, words.sentence if alert.until else "")
        cause, resolved = (alert.rule, alert.condition_id), alert.state == AlertState.RESOLVED
        before = found[alert.order_id].get(cause, ())
        episode = Episode((spell,), resolved, len(before) + 1, alert.pk)
        found[alert.order_id][cause] = (*before, episode)
    return found


def _wearer(row: WearerState | None, order_id: int) -> Wearer:
    if row is None:
        return Wearer()
    if row.order_id != order_id:
        # One order follows another: the device was heard, but no place of one is shown in the other
        return Wearer(row.heard_at)
    place = None
    if row.at is not None and row.lat is not None and row.lon is not None:
        place = Sighting(row.at, row.lat, row.lon, row.accuracy_m)
    doubted = places_of([row.doubted])[0] if row.doubted else None
    return Wearer(
        *(row.heard_at, place, doubted, row.speed_kmh, row.battery_percent, row.device_id),
        *(row.clock_fault_at, row.urgency, _alarms(row.alarms), _late(row.late)),
        *(row.mock_at, row.unplaced_at),
    )


def _alarms(rows: list[dict[str, Any]] | None) -> tuple[Alarmed, ...]:
    return tuple(
        Alarmed(
            *(one["name"], datetime.fromisoformat(one["at"])),
            *(datetime.fromisoformat(one["known_at"]), one["count"]),
        )
        for one in rows or ()
    )


def _late(row: dict[str, str] | None) -> Late | None:
    if row is None:
        return None
    return Late(*(datetime.fromisoformat(row[name]) for name in Late._fields))
