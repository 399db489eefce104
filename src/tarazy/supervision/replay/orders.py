# SPDX-License-Identifier: EUPL-1.2
"""An order's public form (form.py) into what is judged; what cannot be is refused by its field."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from tarazy.core.errors import Refused
from tarazy.supervision.gateway.reading import FIELD_IN_ERROR
from tarazy.supervision.judging import facets
from tarazy.supervision.judging.permits import Permit, permitted_at
from tarazy.supervision.judging.subjects import Subject, Watched, Wearer
from tarazy.supervision.presence.geometry import Extent, circle, corridor, polygon
from tarazy.supervision.presence.geometry import Places as AllPlaces
from tarazy.supervision.presence.geometry import Zone as Shape
from tarazy.supervision.presence.timetable import Interval, Timetable, exception, merged, parse
from tarazy.supervision.refusals import Refusal
from tarazy.supervision.replay.form import (
    Absence,
    Circle,
    Condition,
    Corridor,
    Hours,
    Order,
    Period,
    Places,
    Polygon,
    Zone,
)
from tarazy.supervision.replay.terms import check_ins_of, moment_of, settings_of, unreadable

Meta = msgspec.Meta
Aware = Annotated[datetime, Meta(tz=True)]
MACHINES_OWN = "localtime"


def read_orders(text: bytes, person: str | None = None) -> list[Order]:
    """The orders of a file, or the one of a person. Raises Refused."""
    try:
        orders = _read(text)
    except msgspec.ValidationError as error:
        found = FIELD_IN_ERROR.search(str(error))
        raise Refused(
            Refusal.ORDER_UNREADABLE, reason=str(error), field=found[1] if found else "$"
        ) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Refused(Refusal.ORDER_UNREADABLE, reason="it is no JSON", field="$") from None
    chosen = [one for one in orders if person in (None, one.person)]
    if not chosen:
        raise Refused(
            Refusal.ORDER_UNREADABLE, reason="it is not about this person", field="$.person"
        )
    return chosen


def subject_of(order: Order, number: int) -> Subject:
    """What is judged, with keys of its own. Raises Refused with the condition's number."""
    in_force = interval_of(order.in_force, "$.in_force")
    zone = _zone(order.time_zone)
    fitted = moment_of(order.monitored_since or in_force.since, "$.monitored_since")
    if len({one.name for one in order.conditions}) != len(order.conditions):
        raise unreadable("$.conditions", "two conditions have one name")
    permitted = permitted_at(permits_of(order), None)
    classes = _classes(order)
    watched = [
        facet
        for n, one in enumerate(order.conditions)
        for facet in _watched(one, n, (in_force, zone), classes)
    ]
    priority = {n: one.priority for n, one in enumerate(order.conditions)}
    rested = [facets.resting(one, permitted) for one in watched]
    return Subject(
        order_id=number,
        person_id=number,
        in_force=in_force,
        report_interval_s=order.report_interval_s,
        monitored_since=max(fitted, in_force.since),
        wearer=Wearer(),
        watched=tuple(facets.ranked(rested, priority)),
        time_zone=zone,
        settings=settings_of(order.rule_settings),
        check_ins=check_ins_of(order.check_ins),
    )


def _zone(name: str) -> ZoneInfo:
    """By its name, never the machine's own: files are judged alike everywhere. Raises Refused."""
    try:
        if name != MACHINES_OWN:
            return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass
    raise unreadable("$.time_zone", "it is no zone of time")


def permits_of(order: Order) -> tuple[Permit, ...]:
    """The permitted absences with the times at which they were known."""
    found = []
    for n, one in enumerate(order.permitted_absences):
        field = f"$.permitted_absences[{n}]"
        granted_at = one.granted_at and moment_of(one.granted_at, f"{field}.granted_at")
        withdrawn_at = one.withdrawn_at and moment_of(one.withdrawn_at, f"{field}.withdrawn_at")
        found.append(Permit(interval_of(one, field), granted_at, withdrawn_at))
    return tuple(found)


def outages_of(order: Order) -> tuple[Interval, ...]:
    """When nobody listened, in order."""
    found = (interval_of(one, f"$.outages[{n}]") for n, one in enumerate(order.outages))
    return tuple(merged(found))


def _classes(order: Order) -> Mapping[str, AllPlaces]:
    """The classes of shared zones, by name."""
    found: dict[str, list[tuple[str, Shape]]] = {}
    for n, one in enumerate(order.shared_zones):
        try:
            shape = _shape(one.zone)
        except ValueError as error:
            raise unreadable(f"$.shared_zones[{n}].zone", str(error)) from None
        found.setdefault(one.place_class, []).append((one.name, shape))
    return {
        name: AllPlaces(
            name,
            hashlib.sha256(repr(members).encode()).hexdigest(),
            *(tuple(shape for _, shape in members), tuple(title for title, _ in members)),
        )
        for name, members in found.items()
    }


def _watched(
    told: Condition,
    number: int,
    whole: tuple[Interval, ZoneInfo],
    classes: Mapping[str, AllPlaces],
) -> list[Watched]:
    in_force, time_zone = whole
    field = f"$.conditions[{number}]"
    own = interval_of(told.period, f"{field}.period") if told.period else in_force
    period = Interval(max(own.since, in_force.since), min(own.until, in_force.until))
    if period.since >= period.until:
        raise unreadable(f"{field}.period", "it lies outside the order's")
    try:
        zone = _extent(told, classes)
    except ValueError as error:
        raise unreadable(f"{field}.zone", str(error)) from None
    try:
        timetable = _timetable(told)
    except ValueError as error:
        raise unreadable(f"{field}.timetable", str(error)) from None
    try:
        if told.buffer_m is not None:
            facets.check_buffer(told.kind, zone, told.buffer_m)
    except ValueError as error:
        raise unreadable(f"{field}.buffer_m", str(error)) from None
    fence = Watched(
        id=number,
        public_id=told.name,
        kind=told.kind,
        zone=zone,
        zone_name=told.name,
        timetable=timetable,
        time_zone=time_zone,
        period=period,
        state=facets.unheard(period),
        changes=(),
    )
    return facets.facets(fence, told.buffer_m)


def _extent(told: Condition, classes: Mapping[str, AllPlaces]) -> Extent:
    if not isinstance(told.zone, Places):
        return _shape(told.zone)
    if told.kind != "exclusion":
        raise ValueError("only a demand to keep out can be about a class of zones")
    if told.zone.place_class not in classes:
        raise ValueError("no shared zone is of this class")
    return classes[told.zone.place_class]


def _timetable(told: Condition) -> Timetable:
    lines = [{"days": one.days, **_clocks(one)} for one in told.timetable]
    days = [exception(one.date, [_clocks(line) for line in one.hours]) for one in told.exceptions]
    if len({one.day for one in days}) != len(days):
        raise ValueError("a date has two exceptions")
    return Timetable(parse(lines).hours, tuple(days))


def _clocks(hours: Hours) -> dict[str, Any]:
    return {"from": hours.from_, "until": hours.until}


def _shape(zone: Zone) -> Shape:
    match zone:
        case Circle():
            return circle(zone.lat, zone.lon, zone.radius_m)
        case Polygon():
            return polygon(zone.rings)
        case Corridor():
            return corridor(zone.line, zone.width_m)


def interval_of(period: Period, field: str) -> Interval:
    """Raises Refused with the field's name."""
    found = Interval(moment_of(period.since, field), moment_of(period.until, field))
    if not found.since < found.until:
        raise unreadable(field, "it ends before it begins")
    return found


class _Away(msgspec.Struct, frozen=True):
    since: Aware
    until: Aware


class _SimulatedOrder(msgspec.Struct, frozen=True):
    in_force_from: Aware
    in_force_until: Aware
    conditions: tuple[Condition, ...]
    permitted_absences: tuple[_Away, ...] = ()


class _Simulated(msgspec.Struct, frozen=True):
    key: str
    order: _SimulatedOrder
    monitored_since: Aware | None = None
    """Files of earlier versions have none: then from the first midnight on."""


class _Noise(msgspec.Struct, frozen=True):
    rest_interval_s: Annotated[float, Meta(ge=1, le=86_400)]


class _People(msgspec.Struct, frozen=True):
    time_zone: str
    start: date
    noise: _Noise
    people: tuple[_Simulated, ...]


def _read(text: bytes) -> Sequence[Order]:
    fields = msgspec.json.decode(text, type=dict[str, msgspec.Raw])
    if "people" not in fields:
        return [msgspec.json.decode(text, type=Order)]
    file = msgspec.json.decode(text, type=_People)
    try:
        begin = datetime.combine(file.start, time(), _zone(file.time_zone)).astimezone(UTC)
    except OverflowError:
        raise unreadable("$.start", "it is no day that can be judged") from None
    return [
        Order(
            person=one.key,
            report_interval_s=int(file.noise.rest_interval_s),
            monitored_since=one.monitored_since or begin,
            in_force=Period(one.order.in_force_from, one.order.in_force_until),
            time_zone=file.time_zone,
            conditions=one.order.conditions,
            permitted_absences=tuple(
                Absence(away.since, away.until) for away in one.order.permitted_absences
            ),
        )
        for one in file.people
    ]
