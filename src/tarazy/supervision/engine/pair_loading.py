# SPDX-License-Identifier: EUPL-1.2
"""Read what judging pairs needs: demands with all their grounds, what was believed, places."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from django.db import connection
from django.db.models import Q
from msgspec.structs import replace

from tarazy.supervision.engine.demands import places_of
from tarazy.supervision.judging.bonds import (
    Bond,
    common,
    radii_of_contact,
    radii_of_victim,
)
from tarazy.supervision.judging.pairs import PairBefore, order_of, unheard
from tarazy.supervision.judging.spells import CHANGES_MAX
from tarazy.supervision.judging.subjects import Cause, Episode
from tarazy.supervision.models import (
    Alert,
    AlertState,
    Consent,
    Fitting,
    NoContact,
    PairState,
    ProtectedFitting,
)
from tarazy.supervision.models.devices import REPORT_INTERVAL_S_DEFAULT
from tarazy.supervision.numbers import settings_of
from tarazy.supervision.presence.constants import UNUSABLE_MARKS
from tarazy.supervision.presence.interface import Change, Presence, Sighting
from tarazy.supervision.presence.pairs import LATE_MAX, OTHER, OWN, TICK, Memory, Placed
from tarazy.supervision.presence.timetable import Interval

Told = list[tuple[str, tuple[Episode, ...]]]

PLACES = """
SELECT asked.demand, asked.side, fix.*
FROM unnest(%(demands)s::bigint[], %(sides)s::int[], %(people)s::bigint[], %(orders)s::bigint[],
    %(since)s::timestamptz[]) AS asked (demand, side, person_id, order_id, since)
CROSS JOIN LATERAL (
    SELECT least(at, known_at), known_at, lat, lon, accuracy_m FROM supervision_fix AS one
    WHERE one.person_id = asked.person_id AND one.order_id = asked.order_id
        AND one.at > asked.since AND one.lat IS NOT NULL AND NOT one.marks && %(unusable)s
        AND (one.transaction, one.id) <= (%(worn_to)s, %(worn_id)s)
) AS fix
UNION ALL
SELECT asked.demand, asked.side, fix.*
FROM unnest(%(guarded)s::bigint[], %(protected)s::bigint[], %(guarded_since)s::timestamptz[])
    AS told (demand, protected_id, since)
CROSS JOIN LATERAL (SELECT told.demand, 1 AS side) AS asked
CROSS JOIN LATERAL (
    SELECT least(at, known_at), known_at, lat, lon, accuracy_m FROM supervision_protectedfix AS one
    WHERE one.protected_id = told.protected_id
        AND one.at > told.since AND one.lat IS NOT NULL AND NOT one.marks && %(unusable)s
        AND (one.transaction, one.id) <= (%(guarded_to)s, %(guarded_id)s)
) AS fix
"""
"""Only what has been read: an engine that is behind must not know what comes, and what is committed
meanwhile is news of the next step."""
CHANGES = """
SELECT asked.demand, asked.radius_m, change.state, change.at, change.known_at, change.probability,
    change.evidence
FROM unnest(%s::bigint[], %s::int[], %s::timestamptz[]) AS asked (demand, radius_m, since)
CROSS JOIN LATERAL (
    (SELECT * FROM supervision_pairchange AS one
    WHERE one.no_contact_id = asked.demand AND one.radius_m = asked.radius_m
        AND one.superseded_at IS NULL AND one.at > asked.since)
    UNION ALL
    (SELECT * FROM supervision_pairchange AS one
    WHERE one.no_contact_id = asked.demand AND one.radius_m = asked.radius_m
        AND one.superseded_at IS NULL AND one.at <= asked.since
    ORDER BY one.at DESC, one.id DESC LIMIT %s)
) AS change
ORDER BY asked.demand, asked.radius_m, change.at, change.id
"""
SNAPSHOTS = """
SELECT asked.demand, kept.memory::text
FROM unnest(%s::bigint[], %s::timestamptz[]) AS asked (demand, before)
CROSS JOIN LATERAL (
    SELECT memory FROM supervision_pairsnapshot AS one
    WHERE one.no_contact_id = asked.demand AND one.at < asked.before
    ORDER BY one.at DESC LIMIT 1) AS kept
"""
READ = """
SELECT transaction, id, protected_id, least(at, known_at), known_at
FROM supervision_protectedfix
WHERE (transaction, id) > (%s, %s)
    AND transaction < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
ORDER BY transaction, id LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Demand:
    """One row of a demand, and the pair as it is judged."""

    row: NoContact
    bond: Bond

    def judged_from(self, now: datetime) -> datetime | None:
        """From when on places may still be taken in; None where they may not at all.

        Of a consent that is over, or was withdrawn, nothing is used any more: what was kept on its
        ground may be deleted already, and half of it would deny what both halves had shown.
        """
        if self.row.protected_id is None:
            return self.bond.periods[0].since
        period = self.bond.period_of(now)
        return None if period is None else period.since


def demands(now: datetime) -> dict[int, Demand]:
    """Every demand that may be judged now, or that is not over yet; by its key."""
    alive = Q(period__contains=now, order__in_force__contains=now) | Q(state__due__isnull=False)
    found_rows = NoContact.objects.filter(alive).order_by("pk")
    rows = list(found_rows.select_related("order", "other_order", "protected"))
    consents = _consents({row.protected_id for row in rows if row.protected_id})
    backs = _counterparts({row.other_order_id for row in rows if row.other_order_id})
    intervals, fitted = _intervals(rows, now), _fitted_since(rows, now)
    found = {}
    for row in rows:
        grounds = [_spans(row.order.in_force), _spans(row.period)]
        if row.protected_id is not None:
            grounds.append(consents.get(row.protected_id, []))
        else:
            mutual = backs.get((row.other_order_id or 0, row.order_id), [])
            grounds += [
                [span for back in mutual for span in _spans(back.period)],
                [span for back in mutual for span in _spans(back.order.in_force)],
            ]
        periods = common(grounds)
        if periods:
            found[row.pk] = Demand(row, _bond(row, periods, intervals, _due(row, fitted)))
    return found


def _due(row: NoContact, fitted: Mapping[int, datetime]) -> datetime | None:
    """From when on reports are due of all who are under an order."""
    orders = [one for one in (row.order, row.other_order) if one is not None]
    begins = [fitted.get(one.person_id) for one in orders]
    known = [one for one in begins if one is not None]
    starts = [one.in_force.lower for one in orders]
    return max(*known, *starts) if len(known) == len(orders) else None


def _fitted_since(rows: Sequence[NoContact], now: datetime) -> dict[int, datetime]:
    """Since when each person under an order wears a device."""
    people = {one.person_id for row in rows for one in (row.order, row.other_order) if one}
    worn = Fitting.objects.filter(person_id__in=people, period__contains=now)
    found: dict[int, datetime] = {}
    for person, period in worn.values_list("person_id", "period"):
        found[person] = min(found.get(person, period.lower), period.lower)
    return found


def _bond(
    row: NoContact,
    periods: tuple[Interval, ...],
    intervals: dict[tuple[str, int], float],
    monitored_since: datetime | None,
) -> Bond:
    other = (
        ("protected", row.protected_id) if row.protected_id else ("order", row.other_order_id or 0)
    )
    radii = (
        radii_of_victim(row.radius_m, row.inner_m or 0)
        if row.protected_id
        else radii_of_contact(row.radius_m)
    )
    default = float(REPORT_INTERVAL_S_DEFAULT)
    return Bond(
        id=row.pk,
        public_id=row.public_id,
        order_id=row.order_id,
        person_id=row.order.person_id,
        in_force=Interval(row.order.in_force.lower, row.order.in_force.upper),
        name=row.protected.label if row.protected else row.public_id,
        radii=radii,
        intervals_s=(
            intervals.get(("order", row.order_id), default),
            intervals.get(other, default),
        ),
        periods=periods,
        monitored_since=monitored_since,
        settings=settings_of(row.order.rule_settings),
    )


def _spans(period: Any) -> list[Interval]:
    return [] if period.isempty else [Interval(period.lower, period.upper)]


def _consents(keys: Collection[int]) -> dict[int, list[Interval]]:
    found: dict[int, list[Interval]] = defaultdict(list)
    for one in Consent.objects.filter(protected_id__in=keys):
        found[one.protected_id] += _spans(one.period)
    return found


def _counterparts(orders: Collection[int]) -> dict[tuple[int, int], list[NoContact]]:
    """The demands of the other orders: which of them names which."""
    found: dict[tuple[int, int], list[NoContact]] = defaultdict(list)
    back = NoContact.objects.filter(order_id__in=orders, other_order__isnull=False)
    for one in back.select_related("order"):
        found[one.order_id, one.other_order_id or 0].append(one)
    return found


def _intervals(rows: Sequence[NoContact], now: datetime) -> dict[tuple[str, int], float]:
    """How often each side is to report: the slowest of the devices that are there now."""
    by_person: dict[int, set[int]] = defaultdict(set)
    for order in (order for row in rows for order in (row.order, row.other_order) if order):
        by_person[order.person_id].add(order.pk)
    found: dict[tuple[str, int], float] = {}
    worn = Fitting.objects.filter(person_id__in=by_person, period__contains=now)
    for person, seconds in worn.values_list("person_id", "device__report_interval_s"):
        for key in by_person[person]:
            found["order", key] = max(found.get(("order", key), 0.0), float(seconds))
    keys = {row.protected_id for row in rows if row.protected_id}
    held = ProtectedFitting.objects.filter(protected_id__in=keys, period__contains=now)
    for one, seconds in held.values_list("protected_id", "device__report_interval_s"):
        found["protected", one] = max(found.get(("protected", one), 0.0), float(seconds))
    return found


class ReadTo(NamedTuple):
    """Transaction and key of the last fix that was read: of people under an order, and of
    protected people."""

    worn: tuple[int, int]
    guarded: tuple[int, int]


def befores(
    asked: Sequence[tuple[Demand, datetime | None]], read_to: ReadTo
) -> dict[int, tuple[PairBefore, list[Placed]]]:
    """What was believed of each demand, with the places that are new since `unheard_since`."""
    keys = [demand.bond.id for demand, _ in asked]
    states = {one.pk: one for one in PairState.objects.filter(pk__in=keys)}
    # Of a demand that nobody has looked at yet, every place is new.
    asked = [
        (one, since if one.bond.id in states else one.bond.periods[0].since) for one, since in asked
    ]
    starts = _starts(asked, states)
    places = _places([(demand, starts[demand.bond.id][-1].at) for demand, _ in asked], read_to)
    changes = _changes([(demand.bond, starts[demand.bond.id][-1].at) for demand, _ in asked])
    episodes = _episodes(list(states.values()))
    found = {}
    for demand, unheard_since in asked:
        bond, state = demand.bond, states.get(demand.bond.id)
        whole = sorted(places.get(bond.id, []), key=order_of)
        new = [one for one in whole if unheard_since and one.sighting.at >= unheard_since]
        before = PairBefore(
            unheard(bond).judged_to if state is None else state.judged_to,
            starts[bond.id],
            [one for one in whole if not unheard_since or one.sighting.at < unheard_since],
            tuple(tuple(changes.get((bond.id, metres), ())) for _, metres in bond.radii),
            episodes.get(bond.id, {}),
        )
        found[bond.id] = before, new
    return found


def _starts(
    asked: Sequence[tuple[Demand, datetime | None]], states: Mapping[int, PairState]
) -> dict[int, tuple[Memory, ...]]:
    """Of each the head with the last snapshot before it; or, where a place is older, one that
    serves it."""
    heads = {key: msgspec.convert(state.head, Memory) for key, state in states.items()}
    limits = {
        demand.bond.id: min(heads[demand.bond.id].at, since or heads[demand.bond.id].at)
        for demand, since in asked
        if demand.bond.id in heads
    }
    kept = _snapshots(limits)
    found: dict[int, tuple[Memory, ...]] = {}
    for demand, since in asked:
        bond, blank = demand.bond, unheard(demand.bond).snapshots[0]
        head = heads.get(bond.id, blank)
        base = kept.get(bond.id, blank)
        if len(head.levels) != len(bond.radii):
            found[bond.id] = (blank,)
        elif since is not None and head.at >= since:
            state = states.get(bond.id)
            young = state is None or state.judged_to - bond.periods[0].since < LATE_MAX
            # Where neither a snapshot nor all places are left, nothing earlier is touched.
            found[bond.id] = (
                base if bond.id in kept or young else blank._replace(at=since - TICK),
            )
        else:
            found[bond.id] = (base, head) if base.at < head.at else (head,)
    return found


def _snapshots(limits: Mapping[int, datetime]) -> dict[int, Memory]:
    """The last snapshot of each demand that is older than a moment."""
    with connection.cursor() as cursor:
        cursor.execute(SNAPSHOTS, [list(limits), list(limits.values())])
        return {
            demand: msgspec.convert(json.loads(memory), Memory)
            for demand, memory in cursor.fetchall()
        }


def _places(asked: Iterable[tuple[Demand, datetime]], read_to: ReadTo) -> dict[int, list[Placed]]:
    worn: list[tuple[int, int, int, int, datetime]] = []
    guarded: list[tuple[int, int, datetime]] = []
    for demand, since in asked:
        row = demand.row
        worn.append((row.pk, OWN, row.order.person_id, row.order_id, since))
        if row.protected_id is not None:
            guarded.append((row.pk, row.protected_id, since))
        elif row.other_order is not None:
            other = row.other_order
            worn.append((row.pk, OTHER, other.person_id, other.pk, since))
    demands, sides, people, orders, sinces = zip(*worn, strict=True)
    facts: dict[str, list[int] | list[datetime] | list[str] | int] = {
        "demands": list(demands),
        "sides": list(sides),
        "people": list(people),
        "orders": list(orders),
        "since": list(sinces),
        "guarded": [one for one, _, _ in guarded],
        "protected": [one for _, one, _ in guarded],
        "guarded_since": [one for _, _, one in guarded],
        "unusable": sorted(UNUSABLE_MARKS),
        "worn_to": read_to.worn[0],
        "worn_id": read_to.worn[1],
        "guarded_to": read_to.guarded[0],
        "guarded_id": read_to.guarded[1],
    }
    found: dict[int, list[Placed]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(PLACES, facts)
        for demand, side, at, known_at, lat, lon, accuracy_m in cursor.fetchall():
            found[demand].append(Placed(side, Sighting(at, lat, lon, accuracy_m), known_at))
    return found


def _changes(asked: Sequence[tuple[Bond, datetime]]) -> dict[tuple[int, int], list[Change]]:
    wanted = [(bond.id, metres, since) for bond, since in asked for _, metres in bond.radii]
    columns = [list(column) for column in zip(*wanted, strict=True)]
    found: dict[tuple[int, int], list[Change]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(CHANGES, [*columns, CHANGES_MAX])
        for demand, radius_m, state, at, known_at, probability, evidence in cursor.fetchall():
            change = Change(Presence(state), at, known_at, probability, places_of(evidence))
            found[demand, radius_m].append(change)
    return found


def _episodes(states: Sequence[PairState]) -> dict[int, dict[Cause, tuple[Episode, ...]]]:
    told = {one.pk: msgspec.convert(one.episodes, Told) for one in states}
    keys = [one.key for rows in told.values() for _, each in rows for one in each if one.key]
    closed = set(
        Alert.objects.filter(pk__in=keys, state=AlertState.RESOLVED).values_list("pk", flat=True)
    )
    return {
        demand: {
            (rule, demand): tuple(replace(one, resolved=one.key in closed) for one in each)
            for rule, each in rows
        }
        for demand, rows in told.items()
    }


class New(NamedTuple):
    """A fix of a protected person that was not read yet."""

    transaction: int
    id: int
    protected_id: int
    at: datetime
    known_at: datetime


def new_of_protected(transaction: int, fix_id: int, most: int) -> list[New]:
    """Fixes of protected people after a checkpoint, in order of their commit."""
    with connection.cursor() as cursor:
        cursor.execute(READ, [transaction, fix_id, most])
        return [New(*row) for row in cursor.fetchall()]
