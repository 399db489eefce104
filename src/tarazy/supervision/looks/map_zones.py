# SPDX-License-Identifier: EUPL-1.2
"""Zones on maps: those of one person that are judged now, or were in a span; the shared ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from tarazy.core.door import Door, look
from tarazy.supervision.basis import permit_in_force
from tarazy.supervision.classes import shared_zones, whole_classes
from tarazy.supervision.judging.facets import STAYED
from tarazy.supervision.looks.people import person_of
from tarazy.supervision.looks.words import PARTS_MAX, shape_of
from tarazy.supervision.models import Condition, Order, ZoneKind
from tarazy.supervision.presence.geometry import fence, zone_of
from tarazy.supervision.presence.timetable import Interval

SHARED_DRAWN_MAX = 2_000
"""A browser draws so many at ease; what is left out is said."""


@dataclass(frozen=True, slots=True)
class SharedZones:
    """Zones that are nobody's own, and how many `more` are not drawn."""

    zones: list[dict[str, Any]]
    more: int


@look("supervision.zones.shared", personal=False)
def shared(door: Door) -> SharedZones:
    """See the shared zones (schools, airports, borders), each with the title of its class."""
    door.subject = "shared zones"
    titles = dict(whole_classes().values_list("place_class", "name"))
    rows = shared_zones()
    zones = [
        {
            **shape_of(one),
            "id": one.public_id,
            "place_class": one.place_class,
            "of_class": titles.get(one.place_class, one.place_class),
        }
        for one in rows[:SHARED_DRAWN_MAX]
    ]
    return SharedZones(zones, max(0, rows.count() - len(zones)))


@look("supervision.person.zones")
def zones(door: Door, public_id: str, now: datetime) -> list[dict[str, Any]]:
    """See the zones of one person who was chosen on the board's map."""
    found = person_of(public_id)
    return drawn(permit_in_force(door, found, now), now)


def drawn(order: Order, now: datetime) -> list[dict[str, Any]]:
    """The zones of the conditions that run: shape, demand, its words, the edges of the buffer."""
    rows = order.conditions.select_related("zone").filter(period__contains=now)
    return [
        {
            **shape_of(row.zone),
            "demand": row.kind,
            "said": gettext(row.get_kind_display()),
            "buffer": _buffer(row),
        }
        for row in rows.order_by("kind", "id")
    ]


def drawn_within(order: Order, span: Interval) -> list[dict[str, Any]]:
    """The zones of the conditions that ran at some time of a span, as they were drawn then.

    One whose hours were changed is drawn once; one that ran for a part of the span says for which.
    """
    rows = order.conditions.select_related("zone").filter(period__overlap=(span.since, span.until))
    ran: dict[tuple[int, str], list[Condition]] = {}
    for row in rows.order_by("kind", "id"):
        ran.setdefault((row.zone_id, row.kind), []).append(row)
    found = []
    for (_, kind), same in ran.items():
        since, until = min(r.period.lower for r in same), max(r.period.upper for r in same)
        zone = shape_of(same[0].zone)
        zone["name"] = _for_a_part(zone["name"], Interval(since, until), span)
        found.append({**zone, "demand": kind})
    return found


def _for_a_part(name: str, ran: Interval, span: Interval) -> str:
    begun, ended = ran.since > span.since, ran.until < span.until
    since, until = (date_format(timezone.localtime(at), "j E H:i") for at in (ran.since, ran.until))
    if begun and ended:
        return gettext("{name}, {since} – {until}").format(name=name, since=since, until=until)
    if begun:
        return gettext("{name}, from {since}").format(name=name, since=since)
    return gettext("{name}, until {until}").format(name=name, until=until) if ended else name


def _buffer(row: Condition) -> Sequence[Any]:
    """Around what is to be kept out of, inside what is to be stayed in."""
    if not row.buffer_m:
        return ()
    members = [row.zone]
    if row.zone.kind == ZoneKind.PLACES:
        members = list(shared_zones(row.zone.place_class)[:PARTS_MAX])
    shift_m = -row.buffer_m if row.kind in STAYED else row.buffer_m
    return [part for one in members for part in fence(zone_of(one.kind, vars(one)), shift_m)]
