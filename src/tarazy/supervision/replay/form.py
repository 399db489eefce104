# SPDX-License-Identifier: EUPL-1.2
"""The public form of an order, for replays: who, when, where, at which hours.

    {"person": "P-1",
     "in_force": {"since": "2026-03-01T00:00:00Z", "until": "2026-06-01T00:00:00Z"},
     "time_zone": "Asia/Almaty", "conditions": [{"name": "home", "kind": "home_curfew",
     "zone": {"kind": "circle", "lat": 43.238, "lon": 76.945, "radius_m": 100},
     "timetable": [{"days": [0, 1, 2, 3, 4, 5, 6], "from": "22:00", "until": "06:00"}],
     "exceptions": [{"date": "2026-03-08", "hours": [{"from": "23:30", "until": "06:00"}]},
                    {"date": "2026-03-22", "hours": []}]}],
     "permitted_absences": [{"since": "2026-04-01T08:00:00+05:00",
     "until": "2026-04-04T20:00:00+05:00", "granted_at": "2026-03-30T10:00:00+05:00"}]}

1. What is not of this form is refused by the name of the field; unknown fields are refused too: a
   misspelt one must not be passed over in silence.
2. `until` is exclusive. Times carry their zone; hours are wall-clock hours of `time_zone`.
3. A permitted absence lets curfews and inclusion zones rest; an exclusion zone never. One that was
   granted when it had begun judges again what was said of it; one that was withdrawn ends then.
4. An exception says what begins on one local date in place of that day's weekly hours; what began
   on the day before runs on. An empty list: nothing begins on that date.
5. Of conditions to be somewhere, the one of the lower `priority` rests while the other applies.
6. A condition may name a class of shared zones in place of one zone; the file then lists them.
7. The file of `tarazy simulate people` is taken as well: each of its people is an order.
"""

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

from tarazy.supervision.judging.bonds import CONTACT_M_RANGE, INNER_M_RANGE, OUTER_M_RANGE
from tarazy.supervision.replay.terms import AskedCheckIn, AskedInterval, BoundedSetting

CONDITIONS_MAX = 100
PERIODS_MAX = 1000
LINE_POINTS_MAX = 1000
CORRIDOR_M_MAX = 5_000.0
SHARED_MAX = 10_000
PRIORITY_MAX = 100

Meta = msgspec.Meta
Aware = Annotated[datetime, Meta(tz=True)]
Text = Annotated[str, Meta(min_length=1, max_length=120)]
Point = tuple[float, float]
Demanded = Literal["home_curfew", "inclusion", "exclusion"]


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


class Places(
    msgspec.Struct, frozen=True, tag_field="kind", tag="places", forbid_unknown_fields=True
):
    """All shared zones of a class, such as every school: inside one of them is inside."""

    place_class: Annotated[Text, Meta(description="As in `shared_zones`.")]


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
    """A date on which other hours begin than on that day of the week.

    What began on the day before runs on: whoever is to be free from the morning of a Sunday on
    shortens the hours of the Saturday.
    """

    date: Annotated[date, Meta(description="The local date.")]
    hours: Annotated[
        tuple[Hours, ...], Meta(description="In place of the weekly ones; empty: none at all.")
    ] = ()


class SharedZone(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One zone of a class that conditions may name."""

    name: Text
    place_class: Text
    zone: Zone


class Absence(Period, frozen=True, forbid_unknown_fields=True):
    """When an absence is permitted, and what stands on the permission."""

    granted_at: Annotated[
        Aware | None, Meta(description="When it was known; from the beginning if absent.")
    ] = None
    withdrawn_at: Annotated[
        Aware | None, Meta(description="From then on it is permitted no more.")
    ] = None
    reason: Annotated[str, Meta(max_length=500)] = ""
    evidence: Annotated[str, Meta(max_length=200, description="Such as a document's number.")] = ""
    decided_by: Annotated[str, Meta(max_length=200)] = ""


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One demand of the order: be in a zone, or keep out of it, at some hours."""

    name: Annotated[Text, Meta(description="The zone's name; different for each condition.")]
    kind: Annotated[
        Demanded, Meta(description="home_curfew: at home; inclusion: stay in; exclusion: keep out.")
    ]
    zone: Zone | Places
    timetable: Annotated[
        tuple[WeekHours, ...], Meta(description="When it applies; empty: always.", max_length=50)
    ] = ()
    exceptions: Annotated[
        tuple[ExceptionalDay, ...],
        Meta(description="Dates with other hours, each once.", max_length=PERIODS_MAX),
    ] = ()
    buffer_m: Annotated[
        float | None,
        Meta(description="A ring of so many metres before the fence, with alerts of its own."),
    ] = None
    priority: Annotated[
        int,
        Meta(
            description="A demand to be somewhere rests while one of a higher priority applies.",
            ge=0,
            le=PRIORITY_MAX,
        ),
    ] = 0
    period: Annotated[
        Period | None, Meta(description="The condition's own, inside the order's.")
    ] = None


class NoContact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody to keep away from: a protected person, or somebody whose order says the same."""

    with_: Annotated[
        Text, Meta(description="`person` of the other order, or `protected` of a protected person.")
    ] = msgspec.field(name="with")
    radius_m: Annotated[
        int | None,
        Meta(
            description="How near is too near; default 300 m, at least 100 m. Of two orders 100 m, "
            "50 to 1,000 m.",
            extra_json_schema={"minimum": CONTACT_M_RANGE[0], "maximum": OUTER_M_RANGE[1]},
        ),
    ] = None
    inner_m: Annotated[
        int | None,
        Meta(
            description="The inner circle around a protected person, smaller than the outer one; "
            "default 100 m.",
            extra_json_schema={"minimum": INNER_M_RANGE[0], "maximum": INNER_M_RANGE[1]},
        ),
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
        tuple[Absence, ...],
        Meta(description="When curfews and inclusion zones rest.", max_length=PERIODS_MAX),
    ] = ()
    outages: Annotated[
        tuple[Period, ...],
        Meta(description="When the monitoring service was away.", max_length=PERIODS_MAX),
    ] = ()
    shared_zones: Annotated[
        tuple[SharedZone, ...],
        Meta(description="The zones of the classes that conditions name.", max_length=SHARED_MAX),
    ] = ()
    rule_settings: Annotated[tuple[BoundedSetting, ...], Meta(max_length=PERIODS_MAX)] = ()
    check_ins: Annotated[tuple[AskedCheckIn, ...], Meta(max_length=PERIODS_MAX)] = ()
    no_contact: Annotated[
        tuple[NoContact, ...],
        Meta(description="Judged if the other file is given too.", max_length=CONDITIONS_MAX),
    ] = ()
    asked_intervals: Annotated[tuple[AskedInterval, ...], Meta(max_length=PERIODS_MAX)] = ()
