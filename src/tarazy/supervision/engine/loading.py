# SPDX-License-Identifier: EUPL-1.2
"""Read what the engine must know of a step's orders: a few queries for all of them."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields.ranges import RangeStartsWith
from django.db import connection
from django.db.models import Q, QuerySet

from tarazy.supervision.engine import demands, terms
from tarazy.supervision.engine.part import WHOLE, Part
from tarazy.supervision.judging import pace
from tarazy.supervision.judging import signs as shown
from tarazy.supervision.judging.spells import CHANGES_MAX
from tarazy.supervision.judging.subjects import (
    Cause,
    Episode,
    Late,
    Spell,
    Subject,
    Wearer,
)
from tarazy.supervision.models import (
    Act,
    Alert,
    AlertState,
    AlertVersion,
    Fitting,
    WearerState,
)
from tarazy.supervision.models.devices import REPORT_INTERVAL_S_DEFAULT
from tarazy.supervision.numbers import settings_of
from tarazy.supervision.presence import thrown
from tarazy.supervision.presence.interface import Sighting
from tarazy.supervision.presence.packing import unpacked
from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.rules import RULES
from tarazy.supervision.rules.interface import Alarmed, Breach

ORDERS = """
SELECT id, person_id, coalesce(lower(in_force), %s), coalesce(upper(in_force), %s),
    time_zone, rule_settings
FROM supervision_order
WHERE id = ANY(%s) AND NOT isempty(in_force)
ORDER BY id
"""
REOPENED_LATELY = timedelta(hours=1)
RECENT = timedelta(days=1)
"""Alerts that ended longer before what is judged go on no more, but by late data."""

SIGNS = """
SELECT o.id, md5(concat_ws('|', o.version, o.in_force, o.rule_settings,
    (SELECT string_agg(concat_ws(',', k.id, k.state, k.until, k.noted_at), ';' ORDER BY k.id)
        FROM supervision_checkin k WHERE k.order_id = o.id AND k.state <> 'planned'
        AND greatest(k.until, k.noted_at) > %s - interval '2 days'),
    (SELECT string_agg(concat_ws(',', c.id, c.kind, c.zone_id, c.period, c.timetable,
            c.exceptions, c.buffer_m, c.priority), ';'
        ORDER BY c.id) FROM supervision_condition c WHERE c.order_id = o.id),
    (SELECT concat(count(*), '-', count(removed_at)) FROM supervision_zone WHERE person_id IS NULL),
    (SELECT string_agg(concat_ws(',', a.id, a.period, a.withdrawn_at), ';' ORDER BY a.id)
        FROM supervision_permittedabsence a WHERE a.order_id = o.id),
    (SELECT string_agg(concat_ws(',', f.id, f.period, d.report_interval_s, (
            SELECT string_agg(concat_ws(',', a.id, a.state, a.sent_at), '/' ORDER BY a.id)
            FROM supervision_devicecommand a WHERE a.device_id = d.id AND a.kind = 'interval'
                AND a.queued_at > %s - interval '2 days')), ';' ORDER BY f.id)
        FROM supervision_fitting f JOIN supervision_device d ON d.id = f.device_id
        WHERE f.person_id = o.person_id AND f.period @> %s)))
FROM supervision_order o
WHERE o.in_force && tstzrange(%s, %s, '[]') AND o.id >= %s AND mod(o.person_id, %s) = %s
ORDER BY o.id
LIMIT %s
"""


def signs(
    since: datetime, now: datetime, first: int, most: int, part: Part = WHOLE
) -> dict[int, str]:
    """Orders in force in the span, from a key on, each with a mark that changes with its terms."""
    with connection.cursor() as cursor:
        cursor.execute(SIGNS, [*(now, now, now, since, now), first, part.of, part.number, most])
        return dict(cursor.fetchall())


def left_over(now: datetime, part: Part = WHOLE) -> set[int]:
    """Orders that are no longer in force while a place or a running alert of theirs is."""
    out = Q(order__isnull=False) & ~Q(order__in_force__contains=now)
    places = WearerState.objects.filter(out).values_list("order_id", "order__person_id")
    alerts = _ending(out).values_list("order_id", "order__person_id")
    return {key for key, person in (*places, *alerts) if person is not None and part.has(person)}


def running_alerts(orders: Collection[int]) -> list[Alert]:
    """The running alerts of some orders, oldest first."""
    found = _ending(Q(order_id__in=orders)).order_by("pk")
    return list(found.select_related("order"))


def _ending(where: Q) -> QuerySet[Alert]:
    """Running alerts that an order's end ends: no person's tamper is cleared by that.

    Those about pairs end where pairs are judged (engine/pairs.py).
    """
    latched = [rule.CARD.code for rule in RULES if rule.LATCHED]
    return Alert.objects.filter(where, until=None, no_contact=None).exclude(rule__in=latched)


def healed(now: datetime) -> set[int]:
    """Orders whose people are shown with an alert that somebody has resolved meanwhile, or without
    one that somebody has opened again."""
    running = Alert.objects.filter(until=None, person__isnull=False)
    running = running.exclude(state=AlertState.RESOLVED)
    alarmed = WearerState.objects.filter(urgency="alert")
    calm = alarmed.exclude(person_id__in=running.values("person_id"))
    acts = AlertVersion.objects.filter(act=Act.REOPENED, known_at__gte=now - REOPENED_LATELY)
    again = running.filter(pk__in=acts.values("alert_id"))
    shown_calm = WearerState.objects.filter(person_id__in=again.values("person_id"))
    found = calm.union(shown_calm.exclude(urgency="alert"))
    return set(found.values_list("order_id", flat=True))


@dataclass(frozen=True, slots=True)
class Reach:
    """How far back is read: alerts that ended after `alerts_since`, and so many changes."""

    alerts_since: datetime
    changes: int = CHANGES_MAX


@dataclass(frozen=True, slots=True)
class Read:
    """An order as it was read."""

    subject: Subject
    turns_at: datetime | None
    """When its person's devices are to report more often or more rarely, if nothing comes up."""


def subjects(
    keys: Collection[int],
    now: datetime,
    listening_since: datetime | None,
    reach: Reach | None = None,
) -> list[Subject]:
    """The orders with everything that judging them needs, in the order of their keys."""
    return [one.subject for one in read(keys, now, listening_since, reach)]


def read(
    keys: Collection[int],
    now: datetime,
    listening_since: datetime | None,
    reach: Reach | None = None,
) -> list[Read]:
    """The same, and until when it stays so."""
    if not keys:
        return []
    reach = reach or Reach(now - RECENT)
    with connection.cursor() as cursor:
        cursor.execute(ORDERS, [demands.NEVER, demands.ENDLESS, list(keys)])
        rows = cursor.fetchall()
    orders = [
        demands.Terms(key, person_id, Interval(since, until), time_zone)
        for key, person_id, since, until, time_zone, _ in rows
    ]
    settings = [settings_of(json.loads(row[-1])) for row in rows]
    people = [order.person_id for order in orders]
    wearers = {one.person_id: one for one in WearerState.objects.filter(person_id__in=people)}
    fittings = _fittings(people, now)
    packed = {key: unpacked(row.states) for key, row in wearers.items()}
    watched = demands.watched(orders, reach.changes, packed)
    alerts = episodes(keys, reach.alerts_since)
    intervals = terms.intervals([one for each in fittings.values() for one in each], now)
    check_ins = terms.check_ins(keys)
    found = []
    for order, set_otherwise in zip(orders, settings, strict=True):
        fitted = fittings.get(order.person_id, [])
        subject = Subject(
            order.order_id,
            order.person_id,
            order.in_force,
            _interval_s(fitted, intervals),
            _monitored_since(fitted, order.in_force, listening_since),
            _wearer(wearers.get(order.person_id), order.order_id),
            tuple(watched.get(order.order_id, ())),
            alerts.get(order.order_id, {}),
            ZoneInfo(order.time_zone),
            set_otherwise,
            check_ins.get(order.order_id, ()),
        )
        turns = [intervals[one.device_id].turns_at for one in fitted]
        found.append(Read(subject, min((one for one in turns if one), default=None)))
    return found


def _interval_s(fitted: Iterable[terms.Fitted], asked: Mapping[int, terms.Interval]) -> int:
    """How often a person's devices are to report, in seconds, as each was asked to."""
    every = (asked[one.device_id].seconds for one in fitted)
    return max(every, default=0) or REPORT_INTERVAL_S_DEFAULT


def _fittings(people: Iterable[int], now: datetime) -> dict[int, list[terms.Fitted]]:
    found: dict[int, list[terms.Fitted]] = defaultdict(list)
    current = Fitting.objects.filter(person_id__in=people, period__contains=now)
    columns = ("device_id", RangeStartsWith("period"), "device__report_interval_s")
    for person_id, *fitted in current.values_list("person_id", *columns):
        found[person_id].append(terms.Fitted(*fitted))
    return found


def _monitored_since(
    fitted: list[terms.Fitted], in_force: Interval, listening_since: datetime | None
) -> datetime | None:
    """Reports are due once the order is in force, a device is fitted, and we listen."""
    if not fitted or listening_since is None:
        return None
    first = min(one.since or in_force.since for one in fitted)
    return max(first, in_force.since, listening_since)


def episodes(keys: Collection[int], since: datetime) -> dict[int, dict[Cause, tuple[Episode, ...]]]:
    """The alerts that run or ended since then, each with what its last version said; none that was
    withdrawn, whoever has it in hand."""
    recent = Q(until=None) | Q(until__gte=since)
    believed = Alert.objects.filter(no_contact=None).exclude(state=AlertState.WITHDRAWN)
    alerts = list(believed.filter(recent, order_id__in=keys).order_by("since", "pk"))
    versions = AlertVersion.objects.filter(alert__in=alerts).order_by("alert_id", "number")
    last = {version.alert_id: version for version in versions}
    told = {version.alert_id: version.state for version in versions if not version.act}
    found: dict[int, dict[Cause, tuple[Episode, ...]]] = defaultdict(dict)
    for alert in alerts:
        if alert.order_id is None or told.get(alert.pk) == AlertState.WITHDRAWN:
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
    doubted = demands.places_of([row.doubted])[0] if row.doubted else None
    return Wearer(
        *(row.heard_at, place, doubted, row.speed_kmh, row.battery_percent, row.device_id),
        *(row.clock_fault_at, row.urgency, _alarms(row.alarms), _late(row.late)),
        *(row.mock_at, row.unplaced_at, shown.read(row.signs, place)),
        *(
            *pace.read(row.pace, row.suspected_at, row.pending),
            thrown.read(row.throws, row.rested_s, place),
            row.battery_at,
        ),
    )


def _alarms(rows: list[dict[str, Any]] | None) -> tuple[Alarmed, ...]:
    return tuple(
        Alarmed(
            *(one["name"], datetime.fromisoformat(one["at"])),
            *(datetime.fromisoformat(one["known_at"]), one["count"]),
            # A row from before it was kept has none.
            datetime.fromisoformat(one["begun_at"]) if one.get("begun_at") else None,
        )
        for one in rows or ()
    )


def _late(row: dict[str, str] | None) -> Late | None:
    if row is None:
        return None
    # A row from before `newest` was kept has none.
    told = (row.get(name, row["since"]) for name in Late._fields)
    return Late(*(datetime.fromisoformat(one) for one in told))
