# SPDX-License-Identifier: EUPL-1.2
"""Read what orders demand: conditions in all their facets, with what is known of each so far.

Zones, classes of shared zones, timetables with exceptions, priorities, permitted absences, states.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
import structlog
from django.db import connection
from msgspec.structs import replace

from tarazy.supervision.classes import classes_of
from tarazy.supervision.judging import facets
from tarazy.supervision.judging.spells import LOOKED_BACK, STAY_MAX
from tarazy.supervision.judging.subjects import Watched
from tarazy.supervision.models import PermittedAbsence, ZoneKind
from tarazy.supervision.presence.geometry import Extent, Places, zone_of
from tarazy.supervision.presence.interface import Change, Presence, Sighting, State
from tarazy.supervision.presence.timetable import Interval, Timetable, merged, parse
from tarazy.supervision.rules.interface import Kind

log = structlog.get_logger()

TIMETABLES_CACHED = 10_000
NEVER = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
ENDLESS = datetime.fromisoformat("9999-01-01T00:00:00+00:00")
_KINDS: Mapping[str, Kind] = {
    "home_curfew": "home_curfew",
    "inclusion": "inclusion",
    "exclusion": "exclusion",
}

CONDITIONS = """
SELECT c.id, c.public_id, c.order_id, c.kind, c.buffer_m, c.priority,
    CASE WHEN NOT isempty(c.period) THEN coalesce(lower(c.period), %s) END, upper(c.period),
    c.timetable, c.exceptions, z.kind, z.name, z.place_class, z.lat, z.lon, z.radius_m, z.rings
FROM supervision_condition c JOIN supervision_zone z ON z.id = c.zone_id
WHERE c.order_id = ANY(%s)
ORDER BY c.id
"""
"""Plain columns: thousands of rows are read at once, and as objects they cost far more."""
STATES = """
SELECT condition_id, 'zone', state, since, at, known_at, confirmed_at,
    log_odds, evidence, beyond_m, crept_m
FROM supervision_presencestate WHERE condition_id = ANY(%s)
UNION ALL
SELECT condition_id, facet, state, since, at, known_at, confirmed_at,
    log_odds, evidence, beyond_m, crept_m
FROM supervision_facetstate WHERE condition_id = ANY(%s)
"""
CHANGES = """
SELECT c.id, c.facet, last.state, last.at, last.known_at, last.probability, last.evidence
FROM unnest(%s::bigint[], %s::text[]) AS c (id, facet) CROSS JOIN LATERAL (
    SELECT * FROM supervision_presencechange p
    WHERE p.condition_id = c.id AND p.facet = c.facet AND p.superseded_at IS NULL
    ORDER BY p.at DESC, p.id DESC LIMIT %s) AS last
ORDER BY c.id, c.facet, last.at, last.id
"""


class Terms(NamedTuple):
    """What of an order's own row its conditions need."""

    order_id: int
    person_id: int
    in_force: Interval
    time_zone: str


class _Condition(NamedTuple):
    """A row of CONDITIONS; documents are text."""

    id: int
    public_id: str
    order_id: int
    kind: str
    buffer_m: float | None
    priority: int
    since: datetime | None
    """None where its period is empty."""
    until: datetime | None
    """None where it has no end."""
    timetable: str
    exceptions: str
    zone_kind: str
    zone_name: str
    place_class: str
    lat: float | None
    lon: float | None
    radius_m: float | None
    rings: str | None


def watched(
    orders: Sequence[Terms], changes_max: int, packed: Mapping[int, Mapping[int, State]]
) -> dict[int, list[Watched]]:
    """By order: its conditions in all their facets, each with so many of its last changes.

    `packed` are states as they stand in a person's row, by the person's key and the facet's.
    """
    by_key = {order.order_id: order for order in orders}
    with connection.cursor() as cursor:
        cursor.execute(CONDITIONS, [NEVER, list(by_key)])
        conditions = [_Condition(*row) for row in cursor.fetchall()]
    classes = classes_of(
        {one.place_class for one in conditions if one.zone_kind == ZoneKind.PLACES}
    )
    rested = _permitted(by_key)
    found: dict[int, list[Watched]] = defaultdict(list)
    for condition in conditions:
        try:
            every = _facets(condition, by_key[condition.order_id], classes)
        except ValueError:
            # The doors let none such in. One bad row must not leave everybody else unwatched.
            log.exception("condition_unreadable", condition=condition.public_id)
            continue
        permitted = rested.get(condition.order_id, ())
        found[condition.order_id] += [facets.resting(one, permitted) for one in every]
    priority = {condition.id: condition.priority for condition in conditions}
    told = {
        key: state for order in orders for key, state in packed.get(order.person_id, {}).items()
    }
    ranked = {key: facets.ranked(watched, priority) for key, watched in found.items()}
    return _with_past(ranked, changes_max, told)


def _with_past(
    found: Mapping[int, Sequence[Watched]], changes_max: int, told: Mapping[int, State]
) -> dict[int, list[Watched]]:
    """With what is known of each facet so far: `told`, or else in its own row."""
    every = [one for watched in found.values() for one in watched]
    keys = {one.condition_id for one in every if one.id not in told}
    states = _states(keys)
    past = changes(every, changes_max)
    return {
        key: [
            replace(
                one,
                state=told.get(one.id) or states.get(one.id) or facets.unheard(one.period),
                changes=tuple(past.get(one.id, ())),
            )
            for one in watched
        ]
        for key, watched in found.items()
    }


def _facets(row: _Condition, order: Terms, classes: Mapping[str, Places]) -> list[Watched]:
    """A condition with all its facets, as nobody has looked at it yet; none where its period is
    empty. Raises ValueError."""
    if row.since is None:
        return []
    whole = order.in_force
    period = Interval(max(row.since, whole.since), min(row.until or ENDLESS, whole.until))
    fence = Watched(
        id=row.id,
        public_id=row.public_id,
        kind=_KINDS[row.kind],
        zone=_zone(row, classes),
        zone_name=row.zone_name,
        timetable=_timetable(f"[{row.timetable}, {row.exceptions}]"),
        time_zone=ZoneInfo(order.time_zone),
        period=period,
        state=facets.unheard(period),
        changes=(),
    )
    return facets.facets(fence, row.buffer_m)


@lru_cache(maxsize=TIMETABLES_CACHED)
def _timetable(told: str) -> Timetable:
    """Most orders have one of a few timetables: each stands in memory once."""
    return parse(*msgspec.json.decode(told))


def _zone(row: _Condition, classes: Mapping[str, Places]) -> Extent:
    if row.zone_kind == ZoneKind.PLACES:
        return classes[row.place_class]
    rings = None if row.rings is None else msgspec.json.decode(row.rings)
    shape = {"lat": row.lat, "lon": row.lon, "radius_m": row.radius_m, "rings": rings}
    return zone_of(row.zone_kind, shape)


def _permitted(orders: Collection[int]) -> dict[int, tuple[Interval, ...]]:
    """The absences with which the orders have been judged so far."""
    found: dict[int, list[Interval]] = defaultdict(list)
    judged = PermittedAbsence.objects.filter(order_id__in=orders, judged_until__isnull=False)
    for one in judged:
        if one.judged_until is not None and one.period.lower < one.judged_until:
            found[one.order_id].append(Interval(one.period.lower, one.judged_until))
    return {key: tuple(merged(each)) for key, each in found.items()}


@dataclass(frozen=True, slots=True)
class Permitted:
    """What is permitted of an order now, where it is something else than it was judged with."""

    since: datetime
    """From when on."""
    absences: tuple[Interval, ...]
    judged: Mapping[int, datetime]
    """Up to when those are judged with it that are judged otherwise so far, by their keys."""


def newly_permitted(orders: Collection[int]) -> dict[int, Permitted]:
    """The orders of which an absence was granted or withdrawn since they were judged."""
    rows = defaultdict(list)
    for one in PermittedAbsence.objects.filter(order_id__in=orders):
        rows[one.order_id].append(one)
    found = {}
    for key, each in rows.items():
        fresh = [one for one in each if one.judged_until != one.until]
        if fresh:
            absences = (Interval(one.period.lower, one.until) for one in each)
            found[key] = Permitted(
                min(one.period.lower for one in fresh),
                tuple(merged(one for one in absences if one.since < one.until)),
                {one.pk: one.until for one in fresh},
            )
    return found


def _states(conditions: Collection[int]) -> dict[int, State]:
    """What is known of each facet, as it stands in its own row, by the facet's key."""
    if not conditions:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(STATES, [list(conditions)] * 2)
        rows = cursor.fetchall()
    found = {}
    for key, facet, presence, since, at, known_at, confirmed_at, *rest in rows:
        log_odds, evidence, beyond_m, crept_m = rest
        found[facets.key_of(key, facet)] = State(
            *(Presence(presence), since, at, known_at, confirmed_at, log_odds),
            *(places_of(evidence), beyond_m, crept_m),
        )
    return found


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


def changes(watched: Sequence[Watched], changes_max: int) -> dict[int, list[Change]]:
    """The last changes of each facet that are believed, oldest first; more of them where rules have
    to know when a stay began, and it has been longer."""
    if not changes_max:
        return {}
    found = _changes(watched, changes_max)
    longer = [
        one
        for one in watched
        if one.kind in LOOKED_BACK
        and len(found.get(one.id, ())) == changes_max < STAY_MAX
        and all(each.presence is not Presence.INSIDE for each in found[one.id])
    ]
    return found | _changes(longer, STAY_MAX)


def _changes(watched: Sequence[Watched], changes_max: int) -> dict[int, list[Change]]:
    if not watched:
        return {}
    which = ([one.condition_id for one in watched], [one.facet for one in watched])
    with connection.cursor() as cursor:
        cursor.execute(CHANGES, [*which, changes_max])
        rows = cursor.fetchall()
    found: dict[int, list[Change]] = defaultdict(list)
    for key, facet, state, at, known_at, probability, evidence in rows:
        change = Change(Presence(state), at, known_at, probability, places_of(evidence))
        found[facets.key_of(key, facet)].append(change)
    for one in watched:
        if one.facet == "passage":  # where one way ends, another may begin, whichever came first
            found[one.id].sort(key=lambda each: (each.at, each.presence is Presence.INSIDE))
    return found
