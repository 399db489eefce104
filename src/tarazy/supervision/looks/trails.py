# SPDX-License-Identifier: EUPL-1.2
"""Where a person was in a window: the fixes, and the same by stops, moves and gaps."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext

from tarazy.core import clock
from tarazy.core.access import Actor
from tarazy.core.door import Door, look, together
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.basis import permit_in_force
from tarazy.supervision.looks.gaps import unseen_of
from tarazy.supervision.looks.history import KeptFix, fixes_of, marks_of
from tarazy.supervision.looks.map_zones import drawn, drawn_within
from tarazy.supervision.looks.people import person_of
from tarazy.supervision.looks.places import Near, near
from tarazy.supervision.models import Order, Person
from tarazy.supervision.presence.constants import UNUSABLE_MARKS
from tarazy.supervision.presence.interface import Sighting
from tarazy.supervision.presence.timetable import Interval
from tarazy.supervision.quality import MARKS
from tarazy.supervision.quality.interface import MARKED
from tarazy.supervision.refusals import Refusal
from tarazy.supervision.stays import Leg, Stop, legs_of

TRAIL_H_MAX = 48
TRAIL_FIXES_MAX = 20_000
GAP_MIN = timedelta(minutes=10)
FOLLOW_LASTS = timedelta(minutes=15)
NAMED_MAX = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """The fixes of a window, oldest first; gaps are stated, never drawn over."""

    since: datetime
    until: datetime
    fixes: Sequence[KeptFix]
    cut: bool
    person: Person
    legs: Sequence[Leg] = ()
    """Stops, moves and gaps; empty where only the fixes were asked for."""
    near: Mapping[int, Near] = field(default_factory=dict)
    """What lies nearest to each stop, by the number of its leg."""
    zones: Sequence[dict[str, Any]] = ()
    """Those that ran in the window, for the map: not those that were drawn later."""

    def doubts(self) -> list[dict[str, Any]]:
        """What is doubtful, in words, and how many fixes it concerns; most serious first."""
        marked = marks_of(self.fixes)
        return [
            {"said": gettext(one.CARD.title), "why": gettext(one.CARD.description), "fixes": count}
            for one in MARKS
            if (count := int((marked[one.CARD.name] == MARKED).sum()))
        ]

    def geojson(self) -> dict[str, Any]:
        """Points (lon, lat) with their facts, and one line for each stretch without a gap."""
        lines: list[list[list[float]]] = []
        before: datetime | None = None
        for fix in self.fixes:
            if before is None or fix.at - before > GAP_MIN:
                lines.append([])
            lines[-1].append([_degrees(fix.lon), _degrees(fix.lat)])
            before = fix.at
        parts = [_feature("LineString", line, {}) for line in lines if len(line) > 1]
        parts += [_point(fix) for fix in self.fixes]
        return {
            "type": "FeatureCollection",
            "features": parts,
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "fixes": len(self.fixes),
            "gaps": max(len(lines) - 1, 0),
            "gap_min": int(GAP_MIN.total_seconds() // 60),
            "cut": self.cut,
            "doubts": self.doubts(),
        }


@dataclass(frozen=True, slots=True)
class Asked:
    """The window that was asked for, and whether by stops, moves and gaps."""

    since: datetime
    until: datetime
    by_legs: bool


Under = Callable[[Actor, str, Asked, Order | None], Trail]


def trail(
    actor: Actor, public_id: str, since: datetime, until: datetime, *, by_legs: bool = False
) -> Trail:
    """Where a person was in a window of 48 hours at most, while orders were in force.

    Each order is a ground of its own, and so a look of its own, with its line in the log. Between
    two orders there is no trail. `by_legs` adds stops, moves and gaps. Raises Refused.
    """
    return joined(actor, public_id, Asked(since, until, by_legs), _trail_under)


def joined(actor: Actor, public_id: str, asked: Asked, under: Under) -> Trail:
    """The parts of a window under its orders as one trail, each part by a look of that kind."""
    since, until = asked.since, asked.until
    found = Order.objects.filter(
        person__public_id=public_id, in_force__overlap=(since, max(since, until))
    )
    orders: Sequence[Order | None] = list(found.order_by("in_force")) or [None]
    with together():
        parts = [under(actor, public_id, asked, order) for order in orders]
    fixes = [fix for part in parts for fix in part.fixes]
    legs = [leg for part in parts for leg in part.legs]
    return Trail(
        since=parts[0].since,
        until=parts[-1].until,
        fixes=fixes[-TRAIL_FIXES_MAX:],
        cut=len(fixes) > TRAIL_FIXES_MAX or any(part.cut for part in parts),
        person=parts[0].person,
        legs=legs,
        near=_near(legs),
        zones=[zone for part in parts for zone in part.zones],
    )


@look("supervision.trail.view")
def _trail_under(door: Door, public_id: str, asked: Asked, order: Order | None) -> Trail:
    """See where a person was in a window of 48 hours at most, while an order was in force."""
    return seen_under(door, public_id, asked, order)


def seen_under(door: Door, public_id: str, asked: Asked, order: Order | None) -> Trail:
    """What the look at a trail, and its print, both ask of the door and read."""
    found, since, until = person_of(public_id), asked.since, asked.until
    door.permit(found, found.public_id, basis=order.public_id if order else None)
    door.keep(since=since.isoformat(), until=until.isoformat())
    if until - since > timedelta(hours=TRAIL_H_MAX):
        raise Refused(Refusal.WINDOW_TOO_LONG, hours=TRAIL_H_MAX)
    if order is None:
        raise Refused(CoreRefusal.BASIS_MISSING)
    since, until = max(since, order.in_force.lower), min(until, order.in_force.upper)
    newest = fixes_of(found.pk, order.pk, since, until, limit=TRAIL_FIXES_MAX + 1)
    fixes = newest[:TRAIL_FIXES_MAX][::-1]
    return Trail(
        since=since,
        until=until,
        fixes=fixes,
        cut=len(newest) > TRAIL_FIXES_MAX,
        person=found,
        legs=_legs(order, fixes, Interval(since, until)) if asked.by_legs else (),
        zones=drawn_within(order, Interval(since, until)) if asked.by_legs else (),
    )


@dataclass(frozen=True, slots=True)
class Followed:
    """Who may be followed and for how long, and the zones that are judged now."""

    name: str
    lasts: timedelta
    zones: Sequence[dict[str, Any]]


@look("supervision.person.follow")
def follow(door: Door, public_id: str, now: datetime) -> Followed:
    """Follow one person on the board's map with the zones; asked for anew each quarter of an hour.

    The places come with the board's own live stream, which asks for the rights of each event.
    """
    person = person_of(public_id)
    order = permit_in_force(door, person, now)
    return Followed(person.full_name, FOLLOW_LASTS, drawn(order, now))


def _near(legs: Sequence[Leg]) -> dict[int, Near]:
    """The first stops have an address; nobody reads a list of hundreds of them."""
    stops = [(number, leg) for number, leg in enumerate(legs) if isinstance(leg, Stop)]
    found = {number: near(leg.lat, leg.lon) for number, leg in stops[:NAMED_MAX]}
    return {number: one for number, one in found.items() if one is not None}


def _legs(order: Order, fixes: Sequence[KeptFix], span: Interval) -> list[Leg]:
    """What is no witness for judging is none here either."""
    usable = [
        Sighting(fix.at, fix.lat, fix.lon, fix.accuracy_m)
        for fix in fixes
        if UNUSABLE_MARKS.isdisjoint(fix.marks)
    ]
    # Where fixes were cut off, the time before the first one shown is not looked at either.
    since = max(span.since, fixes[0].at) if len(fixes) == TRAIL_FIXES_MAX else span.since
    now = clock.now()
    until = min(span.until, now)
    gaps = unseen_of(order, Interval(since, until), now) if since < until else []
    return legs_of(usable, gaps)


def _point(fix: KeptFix) -> dict[str, Any]:
    facts = {
        "at": fix.at.isoformat(),
        "known_at": fix.known_at.isoformat(),
        "accuracy_m": fix.accuracy_m,
        "speed_kmh": fix.speed_kmh,
        "marks": list(fix.marks),
        "alarms": list(fix.alarms),
    }
    return _feature("Point", [_degrees(fix.lon), _degrees(fix.lat)], facts)


def _feature(kind: str, coordinates: list[Any], properties: dict[str, Any]) -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _degrees(value: float | None) -> float:
    return 0.0 if value is None else round(value, 6)
