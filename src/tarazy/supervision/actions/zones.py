# SPDX-License-Identifier: EUPL-1.2
"""Zones and hours of an order in force: drawn for what the court asks, and changed later.

Nothing is overwritten. A condition whose zone or hours change ends, and another begins in that
moment: an alert keeps the zone and the hours by which it was judged.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from tarazy.core import clock
from tarazy.core.door import Door, action
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.supervision.actions.demands import Demand, Shape
from tarazy.supervision.actions.orders import (
    condition_of,
    locked_order,
    still_running,
    zone_of_person,
)
from tarazy.supervision.actions.shared_zones import places_of
from tarazy.supervision.models import (
    Condition,
    ConditionKind,
    DraftCondition,
    DraftState,
    Order,
    Zone,
)
from tarazy.supervision.naming import one_line
from tarazy.supervision.refusals import Refusal

NAME_LENGTH_MAX = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A zone and what the court asks of it. `demand_id` is the line of the document, if any.

    Its shape is drawn, or it is the name of a class: then all shared zones of that together.
    """

    name: str
    shape: Shape | str
    kind: ConditionKind
    timetable: Sequence[Mapping[str, object]] = ()
    exceptions: Sequence[Mapping[str, object]] = ()
    """Dates with other hours."""
    demand_id: str = ""
    buffer_m: float | None = None
    """A ring so wide before the fence, with alerts of its own."""


@dataclass(frozen=True, slots=True)
class Buffer:
    """A ring to give a condition instead of its own; None takes it away."""

    buffer_m: float | None


@dataclass(frozen=True, slots=True)
class Times:
    """When a condition applies: its week, and the dates that are otherwise."""

    timetable: Sequence[Mapping[str, object]]
    exceptions: Sequence[Mapping[str, object]]

    @classmethod
    def of(cls, condition: Condition) -> "Times":
        """As they stand."""
        return cls(condition.timetable, condition.exceptions)


@action("supervision.zone.draw")
def draw_zone(door: Door, order_id: str, drawn: Drawn) -> Condition:
    """Draw a zone for what an order asks; from then on it is judged."""
    return _begun(door, order_id, drawn)


@action("supervision.zone.forbid_class")
def forbid_class(door: Door, order_id: str, drawn: Drawn) -> Condition:
    """Keep somebody out of every shared zone of a class, also of those that are added later."""
    return _begun(door, order_id, drawn)


def _begun(door: Door, order_id: str, drawn: Drawn) -> Condition:
    order = _reached(door, order_id)
    asked = _asked(order, drawn.demand_id) if drawn.demand_id else None
    zone = _zone_of(order, drawn.name, drawn.shape)
    since, until = (asked.since, asked.until) if asked else (None, None)
    demand = Demand(
        kind=drawn.kind,
        timetable=drawn.timetable,
        exceptions=drawn.exceptions,
        since=since,
        until=until,
        buffer_m=drawn.buffer_m,
    )
    condition = condition_of(order, zone, demand)
    if asked is not None:
        asked.condition = condition
        asked.save(update_fields=["condition"])
    door.keep(zone=zone.public_id, name=zone.name)
    door.announce(order=order.public_id)
    return condition


@action("supervision.zone.replace")
def replace_zone(
    door: Door, condition_id: str, name: str, shape: Shape | str, buffer: Buffer | None = None
) -> Condition:
    """Draw a condition's zone anew, or name a class; what was judged before keeps the old one."""
    condition = _running(door, condition_id)
    zone = _zone_of(condition.order, name, shape, replaces=condition.zone)
    door.keep(zone=zone.public_id, name=zone.name)
    return _succeeded(door, condition, zone, Times.of(condition), buffer)


@action("supervision.condition.set_hours")
def set_hours(
    door: Door,
    condition_id: str,
    timetable: Sequence[Mapping[str, object]],
    exceptions: Sequence[Mapping[str, object]] | None = None,
) -> Condition:
    """Give a condition other weekly hours, and other exceptions where some are given.

    What was judged before keeps the old ones.
    """
    condition = _running(door, condition_id)
    dates = condition.exceptions if exceptions is None else exceptions
    return _succeeded(door, condition, condition.zone, Times(timetable, dates))


@action("supervision.condition.set_buffer")
def set_buffer(door: Door, condition_id: str, buffer: Buffer) -> Condition:
    """Give a condition another ring before its fence, or none; the old one keeps its alerts."""
    condition = _running(door, condition_id)
    door.keep(buffer_m="" if buffer.buffer_m is None else f"{buffer.buffer_m:g}")
    return _succeeded(door, condition, condition.zone, Times.of(condition), buffer)


@action("supervision.condition.end")
def end_condition(door: Door, condition_id: str) -> Condition:
    """End a condition now; its history stays."""
    condition = _running(door, condition_id)
    _cut(condition, clock.now())
    door.announce(order=condition.order.public_id)
    return condition


def _succeeded(
    door: Door,
    condition: Condition,
    zone: Zone,
    times: Times,
    buffer: Buffer | None = None,
) -> Condition:
    until, now = condition.period.upper, clock.now()
    since = max(now, condition.period.lower)
    _cut(condition, now)
    demand = Demand(
        kind=ConditionKind(condition.kind),
        timetable=times.timetable,
        exceptions=times.exceptions,
        buffer_m=buffer.buffer_m if buffer else condition.buffer_m,
        priority=condition.priority,
        since=since,
        until=until,
    )
    after = condition_of(condition.order, zone, demand)
    DraftCondition.objects.filter(condition=condition).update(condition=after)
    door.keep(before=condition.public_id, after=after.public_id)
    door.announce(order=condition.order.public_id)
    return after


def _cut(condition: Condition, at: datetime) -> None:
    """End it; one that had not begun is left with an empty period."""
    condition.period = DateTimeTZRange(condition.period.lower, max(at, condition.period.lower))
    condition.save(update_fields=["period"])


def _reached(door: Door, order_id: str) -> Order:
    order = locked_order(order_id)
    door.permit(order.person, order.public_id, basis=order.public_id)
    return still_running(order)


def _running(door: Door, condition_id: str) -> Condition:
    """The condition with its order locked, if the actor reaches it and neither has ended."""
    found = Condition.objects.select_related("order").filter(public_id=condition_id).first()
    if found is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    _reached(door, found.order.public_id)
    locked = Condition.objects.select_for_update(of=("self",)).select_related(
        "order__person", "zone"
    )
    condition = locked.get(pk=found.pk)
    if condition.period.isempty or condition.period.upper <= clock.now():
        raise Refused(Refusal.CONDITION_ENDED)
    return condition


def _asked(order: Order, demand_id: str) -> DraftCondition:
    """The line of an approved document of this order that has no zone yet."""
    found = DraftCondition.objects.select_for_update(of=("self",)).filter(
        public_id=demand_id, draft__order=order, draft__state=DraftState.APPROVED
    )
    asked = found.first()
    if asked is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    if asked.condition_id is not None:
        raise Refused(Refusal.ALREADY_DRAWN)
    return asked


def _zone_of(order: Order, name: str, shape: Shape | str, replaces: Zone | None = None) -> Zone:
    """A new zone of the person's; or the one that stands for a class of shared zones."""
    if not isinstance(shape, str):
        own = replaces if replaces is not None and replaces.person_id is not None else None
        return zone_of_person(order.person, _named(name), shape, replaces=own)
    zone = places_of(shape)
    if zone is None:
        raise Refused(CoreRefusal.NOT_FOUND)
    return zone


def _named(name: str) -> str:
    name = one_line(name)
    if not 0 < len(name) <= NAME_LENGTH_MAX:
        raise Refused(Refusal.ZONE_UNREADABLE, reason="it has no name")
    return name
