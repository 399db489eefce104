# SPDX-License-Identifier: EUPL-1.2
"""What the simulator hands out: people, orders, conditions, zones, timetables, devices.

The forms of a zone and of a timetable are those of the tables: `{"kind": "circle", "lat", "lon",
"radius_m"}`, `{"kind": "polygon", "rings": [[[lon, lat], ...], hole, ...]}`, and a list of
`{"days": [0..6, Monday = 0], "from": "22:00", "until": "06:00"}`, where an `until` that is not
after `from` lies on the next day, and round the clock is "00:00" to "24:00".
"""

from datetime import date, datetime
from typing import Literal

from msgspec import Struct

ConditionKind = Literal["home_curfew", "inclusion", "exclusion"]
DeviceKind = Literal["owntracks", "osmand", "traccar"]
Measure = Literal[
    "house_arrest",
    "bail",
    "recognisance",
    "restriction_of_liberty",
    "suspended_sentence",
    "parole",
]


class Circle(Struct, frozen=True, tag_field="kind", tag="circle"):
    """A zone by its centre and radius."""

    lat: float
    lon: float
    radius_m: float


class Polygon(Struct, frozen=True, tag_field="kind", tag="polygon"):
    """A zone by its outer ring and its holes; each ring is closed, longitude before latitude."""

    rings: tuple[tuple[tuple[float, float], ...], ...]


Zone = Circle | Polygon


class Hours(Struct, frozen=True, rename={"from_": "from"}):
    """One line of a weekly timetable, in the court's local time."""

    days: tuple[int, ...]
    from_: str
    until: str


Timetable = tuple[Hours, ...]


class Condition(Struct, frozen=True):
    """What an order asks: be in the zone (or keep out of it) at the hours of the timetable."""

    kind: ConditionKind
    name: str
    zone: Zone
    timetable: Timetable


class Absence(Struct, frozen=True):
    """When curfews and zones to stay in rest; `until` is exclusive."""

    since: datetime
    until: datetime
    reason: str


class Order(Struct, frozen=True):
    """A court's order. `in_force_until` is exclusive."""

    measure: Measure
    number: str
    court: str
    judge: str
    dated: date
    in_force_from: datetime
    in_force_until: datetime
    conditions: tuple[Condition, ...]
    permitted_absences: tuple[Absence, ...] = ()


class Device(Struct, frozen=True):
    """What the person carries, by the language that it speaks."""

    kind: DeviceKind
    identifier: str


class Person(Struct, frozen=True):
    """A fictional supervised person. `household` is shared by wearers who live together."""

    index: int
    key: str
    family_name: str
    given_name: str
    patronymic: str
    born_on: date
    phone: str
    address: str
    home_lat: float
    home_lon: float
    household: int
    order: Order
    device: Device
