# SPDX-License-Identifier: EUPL-1.2
"""What somebody who draws a zone must see: the order, its other zones, warnings, a rehearsal.

The rehearsal replays the last week under the order in force against the draft, by the same code as
the engine, and shows which alerts it would have raised: those of the zone, of its buffer, and of
ways that may lead through it, each apart. It shows times and no places.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from django.conf import settings
from django.db.models import Count
from django.utils.translation import gettext

from tarazy.core.door import Door, look
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.basis import permit_in_force
from tarazy.supervision.classes import classes_of, shared_zones, whole_classes
from tarazy.supervision.judging.facets import check_buffer, facets
from tarazy.supervision.judging.subjects import (
    FACETS,
    Arrival,
    Facet,
    Subject,
    Turn,
    Watched,
    Wearer,
)
from tarazy.supervision.looks.history import KeptFix, fixes_of
from tarazy.supervision.looks.people import person_of
from tarazy.supervision.looks.words import shape_of
from tarazy.supervision.models import (
    Condition,
    ConditionKind,
    DraftCondition,
    DraftState,
    Order,
    Person,
    Zone,
)
from tarazy.supervision.models.devices import REPORT_INTERVAL_S_DEFAULT
from tarazy.supervision.presence.geometry import Extent, Places, zone_of
from tarazy.supervision.presence.interface import Presence, Sighting, State
from tarazy.supervision.presence.timetable import Interval, parse
from tarazy.supervision.refusals import Refusal
from tarazy.supervision.replay.course import replay
from tarazy.supervision.rules import buffer_entry, possible_crossing
from tarazy.supervision.rules.interface import Kind
from tarazy.supervision.unreasonable import Home, Warned, class_warnings_of, warnings_of

REHEARSED = timedelta(days=7)
FIXES_MAX = 50_000
RECENT = timedelta(hours=48)
ALERTS_SHOWN_MAX = 50
REHEARSED_ID = 1
NEVER = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
_KINDS: dict[str, Kind] = {
    "home_curfew": "home_curfew",
    "inclusion": "inclusion",
    "exclusion": "exclusion",
}
RAISED_BY: dict[str, Facet] = {
    buffer_entry.CARD.code: "buffer",
    possible_crossing.CARD.code: "passage",
}
"""Rules of other facets than the zone itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZonePage:
    """What the editor shows beside the zone that is drawn."""

    person: Person
    order: Order
    condition: Condition | None
    """The one whose zone or hours are changed; none where a zone is new."""
    asked: DraftCondition | None
    copied: Zone | None
    others: Sequence[dict[str, Any]]
    classes: Sequence[tuple[str, str, int]]
    """Kinds of shared zones, each with its title and how many there are."""


@dataclass(frozen=True, slots=True)
class WouldBe:
    """An alert that the draft would have raised."""

    facet: Facet
    """What of the draft raised it."""
    sentence: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """Last week against the draft. Without fixes nothing is known: that is not "no alerts"."""

    since: datetime
    until: datetime
    fixes: int
    alerts: Sequence[WouldBe]
    """Breaches of the zone itself."""
    near: Sequence[WouldBe]
    """Of its buffer: no breaches."""
    crossings: Sequence[WouldBe]
    """Ways between two fixes that may lead through it."""
    more: int
    cut: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A zone with its demand, as it would be judged; or a class of shared zones with its own."""

    zone: Extent
    name: str
    kind: ConditionKind
    timetable: Sequence[dict[str, object]]
    exceptions: Sequence[dict[str, object]] = ()
    buffer_m: float | None = None


@look("supervision.zone.prepare")
def prepare(
    door: Door, now: datetime, *, person_id: str = "", condition_id: str = "", more: dict[str, str]
) -> ZonePage:
    """See an order's zones in order to draw or change one."""
    condition = None
    if condition_id:
        found = Condition.objects.select_related("order__person", "zone")
        condition = found.filter(public_id=condition_id).first()
        if condition is None:
            raise Refused(CoreRefusal.NOT_FOUND)
        person = condition.order.person
    else:
        person = person_of(person_id)
    order = permit_in_force(door, person, now)
    asked = _asked(order, more.get("demand", ""))
    copied = _copied(door, more.get("copy", ""))
    if copied is not None:
        door.permit(person, person.public_id, basis=order.public_id)
    own = condition.pk if condition else -1
    running = order.conditions.select_related("zone").filter(period__contains=now).exclude(pk=own)
    others = [{**shape_of(one.zone), "demand": one.kind} for one in running]
    return ZonePage(
        person=person,
        order=order,
        condition=condition,
        asked=asked,
        copied=copied,
        others=others,
        classes=_classes(),
    )


def _classes() -> list[tuple[str, str, int]]:
    """Kinds of shared zones: the name of the class, what it is called, how many there are."""
    shared = shared_zones().order_by()
    counts = dict(shared.values_list("place_class").annotate(Count("pk")))
    rows = whole_classes().values_list("place_class", "name")
    return [(one, name, counts.get(one, 0)) for one, name in rows]


def class_as_judged(place_class: str) -> Places:
    """Every shared zone of a class together; nobody is inside where it has none."""
    return classes_of([place_class])[place_class]


@look("supervision.zone.rehearse")
def rehearse(door: Door, person_id: str, trial: Trial, now: datetime) -> Rehearsal:
    """Replay the last week of an order in force against a zone before it is saved."""
    person = person_of(person_id)
    order = permit_in_force(door, person, now)
    if trial.buffer_m is not None:
        try:
            check_buffer(trial.kind, trial.zone, trial.buffer_m)
        except ValueError as error:
            raise Refused(Refusal.BUFFER_UNREADABLE, reason=str(error)) from error
    since = max(now - REHEARSED, order.in_force.lower)
    door.keep(since=since.isoformat(), until=now.isoformat(), zone=trial.name)
    fixes = fixes_of(person.pk, order.pk, since, now, limit=FIXES_MAX + 1)
    arrivals = sorted(map(_arrival, fixes[:FIXES_MAX]), key=lambda one: (one.known_at, one.at))
    subject = _subject(order, trial, Interval(since, now))
    found = _would_be(replay(subject, arrivals, now).turns if arrivals else ())
    by_facet = {facet: [one for one in found if one.facet == facet] for facet in FACETS}
    shown = {facet: of_it[:ALERTS_SHOWN_MAX] for facet, of_it in by_facet.items()}
    return Rehearsal(
        since=since,
        until=now,
        fixes=len(arrivals),
        alerts=shown["zone"],
        near=shown["buffer"],
        crossings=shown["passage"],
        more=len(found) - sum(map(len, shown.values())),
        cut=len(fixes) > FIXES_MAX,
    )


def _would_be(turns: Sequence[Turn]) -> list[WouldBe]:
    """What stands at the end, of the draft alone, oldest first."""
    alerts: dict[tuple[Any, int], WouldBe] = {}
    for turn in turns:
        rule, condition = turn.cause
        if condition is None:
            continue
        alert = (turn.cause, turn.number)
        if turn.kind == "withdrawn":
            alerts.pop(alert, None)
            continue
        told = alerts.get(alert)
        sentence = (
            told.sentence if told else gettext(turn.breach.sentence).format(**turn.breach.facts)
        )
        since = told.since if told else turn.breach.since
        alerts[alert] = WouldBe(RAISED_BY.get(rule, "zone"), sentence, since, turn.until)
    return sorted(alerts.values(), key=lambda one: one.since)


@look("supervision.zone.check")
def warn(
    door: Door, person_id: str, trial: Trial, now: datetime, *, without: str = ""
) -> list[Warned]:
    """Hold a drawn zone against the person's home, device and roads."""
    person = person_of(person_id)
    order = permit_in_force(door, person, now)
    running = order.conditions.filter(kind=ConditionKind.HOME_CURFEW, period__contains=now)
    homes = [
        Home(one.zone.name, zone_of(one.zone.kind, shape_of(one.zone)))
        for one in running.exclude(public_id=without).select_related("zone")
    ]
    fixes = fixes_of(person.pk, order.pk, now - RECENT, now, limit=1_000)
    known = [fix.accuracy_m for fix in fixes if fix.accuracy_m]
    accuracy_m = float(np.median(known)) if known else None
    keep_out = trial.kind is ConditionKind.EXCLUSION
    if isinstance(trial.zone, Places):
        return class_warnings_of(trial.zone, homes, _roads())
    return warnings_of(trial.zone, keep_out, homes, accuracy_m, _roads() if keep_out else None)


def _subject(order: Order, trial: Trial, window: Interval) -> Subject:
    watched = Watched(
        id=REHEARSED_ID,
        public_id="rehearsal",
        kind=_KINDS[trial.kind],
        zone=trial.zone,
        zone_name=trial.name,
        timetable=parse(list(trial.timetable), list(trial.exceptions)),
        time_zone=ZoneInfo(order.time_zone),
        period=window,
        state=State(Presence.UNKNOWN, window.since, NEVER, NEVER, NEVER, 0.0),
        changes=(),
    )
    return Subject(
        order_id=order.pk,
        person_id=order.person_id,
        # The order goes on: its end must not end what still runs.
        in_force=window._replace(until=window.until + REHEARSED),
        report_interval_s=REPORT_INTERVAL_S_DEFAULT,
        monitored_since=window.since,
        wearer=Wearer(),
        watched=tuple(facets(watched, trial.buffer_m)),
    )


def _arrival(fix: KeptFix) -> Arrival:
    known_at = max(fix.known_at, fix.at)
    place = Sighting(fix.at, fix.lat, fix.lon, fix.accuracy_m)
    marks = frozenset(fix.marks)
    return Arrival(
        fix.device_id, fix.at, known_at, place, fix.speed_kmh, None, marks, tuple(fix.alarms)
    )


def _asked(order: Order, demand_id: str) -> DraftCondition | None:
    if not demand_id:
        return None
    found = DraftCondition.objects.filter(
        public_id=demand_id, draft__order=order, draft__state=DraftState.APPROVED
    ).first()
    if found is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    return found


def _copied(door: Door, zone_id: str) -> Zone | None:
    """A zone to begin with: of somebody whom the actor reaches, or a shared one."""
    if not zone_id:
        return None
    zone = Zone.objects.select_related("person").filter(public_id=zone_id).first()
    if zone is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    if zone.person is not None:
        door.permit(zone.person, zone.public_id)
    return zone


def _roads() -> list[list[list[float]]] | None:
    """The lines of the service's own streets; None where it has none."""
    path = settings.TARAZY.folder / "demo" / "streets.json"
    if not path.is_file():
        return None
    features = json.loads(path.read_text())["features"]
    return [
        feature["geometry"]["coordinates"]
        for feature in features
        if feature["geometry"]["type"] == "LineString"
    ]
