# SPDX-License-Identifier: EUPL-1.2
"""The public form of an order, for replays: who, when, where, at which hours.

    {"person": "P-1",
     "in_force": {"since": "2026-03-01T00:00:00Z", "until": "2026-06-01T00:00:00Z"},
     "time_zone": "Asia/Almaty", "conditions": [{"name": "home", "kind": "home_curfew",
     "zone": {"kind": "circle", "lat": 43.238, "lon": 76.945, "radius_m": 100},
     "timetable": [{"days": [0, 1, 2, 3, 4, 5, 6], "from": "22:00", "until": "06:00"}]}]}

1. What is not of this form is refused by the name of the field; unknown fields are refused too: a
   misspelt one must not be passed over in silence.
2. `until` is exclusive. Times carry their zone; hours are wall-clock hours of `time_zone`.
3. A permitted absence lets curfews and inclusion zones rest; an exclusion zone never.
4. The file of `tarazy simulate people` is taken as well: each of its people is an order.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
import numpy as np
import shapely
from pyproj import Proj

from tarazy.core.errors import Refused
from tarazy.supervision.gateway.reading import FIELD_IN_ERROR
from tarazy.supervision.judging.subjects import Subject, Watched, Wearer
from tarazy.supervision.presence.geometry import Zone as Shape
from tarazy.supervision.presence.geometry import circle, polygon
from tarazy.supervision.presence.interface import Presence, State
from tarazy.supervision.presence.timetable import Interval, Timetable, exception, merged, parse
from tarazy.supervision.refusals import Refusal
from tarazy.supervision.rules.interface import Kind

NEVER = datetime.fromtimestamp(0, UTC)
YEARS = (1980, 2200)
CONDITIONS_MAX = 100
PERIODS_MAX = 1000
LINE_POINTS_MAX = 1000
CORRIDOR_M_MAX = 5_000.0
QUARTER_CORNERS = 8
"""Corners of a rounded corridor's quarter circle: it lies at most 0.5 % of its width inside."""

Meta = msgspec.Meta
Aware = Annotated[datetime, Meta(tz=True)]
Text = Annotated[str, Meta(min_length=1, max_length=120)]
Point = tuple[float, float]
T = TypeVar("T")


class Period(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stretch of time; `until` is exclusive."""

    since: Annotated[Aware, Meta(description="Its beginning, with its zone.")]
    until: Annotated[Aware, Meta(description="Its end, exclusive.")]


class Circle(
    msgspec.Struct, frozen=True, tag_field="kind", tag="circle", forbid_unknown_fields=True
):
    """All places within a distance of the centre, on the WGS 84 ellipsoid."""

    lat: Annotated[float, Meta(description="Degrees north.", ge=-90, le=90)]
    lon: Annotated[float, Meta(description="Degrees east.", ge=-180, le=180)]
    radius_m: Annotated[float, Meta(description="Metres.", gt=0, le=1_000_000)]


class Polygon(
    msgspec.Struct, frozen=True, tag_field="kind", tag="polygon", forbid_unknown_fields=True
):
    """An area with holes."""

    rings: Annotated[
        tuple[tuple[Point, ...], ...],
        Meta(
            description="The outer ring, then holes; each closed, longitude before latitude.",
            min_length=1,
        ),
    ]


class Corridor(
    msgspec.Struct, frozen=True, tag_field="kind", tag="corridor", forbid_unknown_fields=True
):
    """All places within a distance of a line, such as the way to work."""

    line: Annotated[
        tuple[Point, ...],
        Meta(
            description="Its corners, longitude before latitude.",
            min_length=2,
            max_length=LINE_POINTS_MAX,
        ),
    ]
    width_m: Annotated[float, Meta(description="Metres to each side.", gt=0, le=CORRIDOR_M_MAX)]


Zone = Circle | Polygon | Corridor
Clock = Annotated[str, Meta(pattern=r"^\d\d:\d\d$")]


class Hours(msgspec.Struct, frozen=True, rename={"from_": "from"}, forbid_unknown_fields=True):
    """Hours that begin on a day; `until` not after `from` lies on the next day."""

    from_: Annotated[Clock, Meta(description="Local wall-clock time such as 22:00.")]
    until: Annotated[Clock, Meta(description="Such as 06:00; 24:00 is the end of the day.")]


class WeekHours(Hours, frozen=True, rename={"from_": "from"}, forbid_unknown_fields=True):
    """The same on some days of every week."""

    days: Annotated[
        tuple[Annotated[int, Meta(ge=0, le=6)], ...],
        Meta(description="Days of the week, Monday is 0.", min_length=1),
    ]


class ExceptionalDay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A date on which other hours begin than on that day of the week."""

    date: Annotated[date, Meta(description="The local date.")]
    hours: Annotated[
        tuple[Hours, ...], Meta(description="In place of the weekly ones; empty: none at all.")
    ] = ()


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One demand of the order: be in a zone, or keep out of it, at some hours."""

    name: Annotated[Text, Meta(description="The zone's name; different for each condition.")]
    kind: Annotated[
        Kind, Meta(description="home_curfew: at home; inclusion: stay in; exclusion: keep out.")
    ]
    zone: Zone
    timetable: Annotated[
        tuple[WeekHours, ...], Meta(description="When it applies; empty: always.", max_length=50)
    ] = ()
    exceptions: Annotated[tuple[ExceptionalDay, ...], Meta(max_length=PERIODS_MAX)] = ()
    period: Annotated[
        Period | None, Meta(description="The condition's own, inside the order's.")
    ] = None


class NoContact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody to keep away from: a protected person, or somebody whose order says the same."""

    with_: Annotated[
        Text, Meta(description="`person` of the other order, or `protected` of a protected person.")
    ] = msgspec.field(name="with")
    radius_m: Annotated[
        int | None, Meta(description="How near is too near; default 300 m, of two orders 100 m.")
    ] = None
    inner_m: Annotated[
        int | None, Meta(description="The inner circle around a protected person, default 100 m.")
    ] = None
    period: Annotated[Period | None, Meta(description="The demand's own, inside the order's.")] = (
        None
    )


class Order(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A court's order, as far as judging it needs."""

    person: Annotated[Text, Meta(description="Who: any name that is not a personal one.")]
    in_force: Annotated[Period, Meta(description="Reports from outside it are refused.")]
    time_zone: Annotated[str, Meta(description="IANA name, such as Asia/Almaty.")]
    conditions: Annotated[tuple[Condition, ...], Meta(max_length=CONDITIONS_MAX)] = ()
    report_interval_s: Annotated[
        int, Meta(description="How often the device is to report.", ge=1, le=86_400)
    ] = 60
    monitored_since: Annotated[
        Aware | None, Meta(description="When the device was fitted; the order's begin if absent.")
    ] = None
    permitted_absences: Annotated[
        tuple[Period, ...],
        Meta(description="When curfews and inclusion zones rest.", max_length=PERIODS_MAX),
    ] = ()
    outages: Annotated[
        tuple[Period, ...],
        Meta(description="When the monitoring service was away.", max_length=PERIODS_MAX),
    ] = ()
    no_contact: Annotated[
        tuple[NoContact, ...],
        Meta(description="Judged if the other file is given too.", max_length=CONDITIONS_MAX),
    ] = ()


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
    try:
        zone = ZoneInfo(order.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise unreadable("$.time_zone", "it is no zone of time") from None
    fitted = order.monitored_since or in_force.since
    if not YEARS[0] <= fitted.year <= YEARS[1]:
        raise unreadable("$.monitored_since", f"it is not from {YEARS[0]} to {YEARS[1]}")
    if len({one.name for one in order.conditions}) != len(order.conditions):
        raise unreadable("$.conditions", "two conditions have one name")
    permitted = tuple(
        merged(
            interval_of(one, f"$.permitted_absences[{n}]")
            for n, one in enumerate(order.permitted_absences)
        )
    )
    watched = [
        _watched(one, n, (in_force, zone, permitted)) for n, one in enumerate(order.conditions)
    ]
    return Subject(
        order_id=number,
        person_id=number,
        in_force=in_force,
        report_interval_s=order.report_interval_s,
        monitored_since=max(order.monitored_since or in_force.since, in_force.since).astimezone(
            UTC
        ),
        wearer=Wearer(),
        watched=tuple(one for one in watched if one.period.since < one.period.until),
    )


def outages_of(order: Order) -> tuple[Interval, ...]:
    """When nobody listened, in order."""
    found = (interval_of(one, f"$.outages[{n}]") for n, one in enumerate(order.outages))
    return tuple(merged(found))


def _watched(
    told: Condition, number: int, whole: tuple[Interval, ZoneInfo, tuple[Interval, ...]]
) -> Watched:
    in_force, time_zone, permitted = whole
    field = f"$.conditions[{number}]"
    own = interval_of(told.period, f"{field}.period") if told.period else in_force
    period = Interval(max(own.since, in_force.since), min(own.until, in_force.until))
    try:
        zone = _shape(told.zone)
    except ValueError as error:
        raise unreadable(f"{field}.zone", str(error)) from None
    try:
        timetable = _timetable(told)
    except ValueError as error:
        raise unreadable(f"{field}.timetable", str(error)) from None
    return Watched(
        id=number,
        public_id=told.name,
        kind=told.kind,
        zone=zone,
        zone_name=told.name,
        timetable=timetable,
        time_zone=time_zone,
        period=period,
        state=State(Presence.UNKNOWN, period.since, NEVER, NEVER, NEVER, 0.0),
        changes=(),
        permitted=() if told.kind == "exclusion" else permitted,
    )


def _timetable(told: Condition) -> Timetable:
    lines = [{"days": one.days, **_clocks(one)} for one in told.timetable]
    days = [exception(one.date, [_clocks(line) for line in one.hours]) for one in told.exceptions]
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
            return polygon(_around(zone))


def _around(corridor: Corridor) -> list[list[Point]]:
    """The corridor's outline, drawn on a plane through its middle."""
    lons, lats = np.array(corridor.line).T
    if not (np.abs(lats).max() <= 90 and np.abs(lons).max() <= 180):  # noqa: PLR2004 - degrees
        raise ValueError("a place of it is not on earth")
    middle = {"lat_0": (lats.min() + lats.max()) / 2, "lon_0": (lons.min() + lons.max()) / 2}
    plane = Proj(proj="aeqd", ellps="WGS84", **middle)
    line = shapely.LineString(np.column_stack(plane(lons, lats)))
    if line.length == 0:
        raise ValueError("its line has no length")
    outline = line.buffer(corridor.width_m, quad_segs=QUARTER_CORNERS)
    return [_ring(plane, ring) for ring in (outline.exterior, *outline.interiors)]


def _ring(plane: Proj, ring: Any) -> list[Point]:
    x, y = np.array(ring.coords).T
    lon, lat = plane(x, y, inverse=True)
    points: list[Point] = list(zip(lon.tolist(), lat.tolist(), strict=True))
    return [*points[:-1], points[0]]


def interval_of(period: Period, field: str) -> Interval:
    """Raises Refused with the field's name."""
    if not YEARS[0] <= period.since.year <= period.until.year <= YEARS[1]:
        raise unreadable(field, f"it is not from {YEARS[0]} to {YEARS[1]}")
    if not period.since < period.until:
        raise unreadable(field, "it ends before it begins")
    return Interval(period.since.astimezone(UTC), period.until.astimezone(UTC))


def unreadable(field: str, reason: str) -> Refused:
    """The refusal of a field."""
    return Refused(Refusal.ORDER_UNREADABLE, field=field, reason=reason)


class _SimulatedOrder(msgspec.Struct, frozen=True):
    in_force_from: Aware
    in_force_until: Aware
    conditions: tuple[Condition, ...]


class _Simulated(msgspec.Struct, frozen=True):
    key: str
    order: _SimulatedOrder


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
        begin = datetime.combine(file.start, time(), ZoneInfo(file.time_zone)).astimezone(UTC)
    except (ZoneInfoNotFoundError, ValueError, OSError, OverflowError):
        raise unreadable("$.time_zone", "it is no zone of time") from None
    return [
        Order(
            person=one.key,
            report_interval_s=int(file.noise.rest_interval_s),
            monitored_since=begin,
            in_force=Period(one.order.in_force_from, one.order.in_force_until),
            time_zone=file.time_zone,
            conditions=one.order.conditions,
        )
        for one in file.people
    ]
