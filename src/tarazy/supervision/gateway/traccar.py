# SPDX-License-Identifier: EUPL-1.2
"""Traccar Client 9 and newer: one JSON object a request.

Source: `lib/geolocation_service.dart` of github.com/traccar/traccar-client, which sends the
locations of the library flutter_background_geolocation.

1. `device_id` holds the token where the client can put it nowhere else; it is cut out of what is
   kept, and so is `_` inside `location`, where the client's template repeats it for old servers.
2. `speed` is m/s, `battery.level` a fraction; -1 is unknown in both and in `heading`.
3. Without `coords` it is a sign of life; without `timestamp` it is refused, as nothing tells a live
   location from a stored one.
4. Replies: 200, or 404 for an unknown device. The client sends a message again until it hears 200,
   so that what can never be kept is answered 200 as well, and counted.
5. `alarm` has Traccar's names. It counts also where what stands beside it cannot be read.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from tarazy.core.errors import Refused
from tarazy.supervision.gateway import reading
from tarazy.supervision.gateway.alarms import Alarm, alarms_of_traccar
from tarazy.supervision.gateway.commands import Command, CommandKind
from tarazy.supervision.gateway.interface import (
    Decoded,
    Fate,
    Mark,
    Message,
    Reply,
    Report,
    collect,
    digest_of_content,
    placeless,
)
from tarazy.supervision.refusals import Refusal

NAME = "traccar"
TITLE = "Traccar Client"
COMMANDS: frozenset[CommandKind] = frozenset()

KMH_PER_M_S = 3.6
PERCENT_PER_LEVEL = 100.0


class Coords(msgspec.Struct, frozen=True):
    """Where the phone was."""

    latitude: float | None = None
    longitude: float | None = None
    accuracy: float | None = None
    speed: float | None = None
    heading: float | None = None
    altitude: float | None = None


class Battery(msgspec.Struct, frozen=True):
    """What is left of it, as a fraction."""

    level: float | None = None
    is_charging: bool | None = None


class Location(msgspec.Struct, frozen=True):
    """What we read of a location."""

    timestamp: str | None = None
    coords: Coords | None = None
    battery: Battery | None = None
    mock: bool | None = None
    is_moving: bool | None = None
    alarm: str | None = None


class Envelope(msgspec.Struct, frozen=True):
    """What we read around it."""

    location: Location


def decode(message: Message) -> Decoded:
    """One report, with a place or as a sign of life."""
    parts = reading.read_json(dict[str, msgspec.Raw], message.body)
    identity = parts.pop("device_id", None)
    token = None if identity is None else reading.read_json(str, identity)
    location = parts.get("location")
    if location is not None:
        parts["location"] = _without_query(location)
    decoded = collect(_report, [msgspec.json.encode(parts)], token)  # (1)
    alarms = _alarms(location) if decoded.refused else ()
    if alarms:  # (5)
        return msgspec.structs.replace(decoded, parts=(*decoded.parts, placeless(alarms)))
    return decoded


def reply(fates: Sequence[Fate], commands: Sequence[Command] = ()) -> Reply:  # noqa: ARG001 - none
    """See (4)."""
    return Reply(404 if Refusal.UNKNOWN_DEVICE in fates else 200)


def _report(content: bytes) -> Report:
    told = reading.read_json(Envelope, content).location
    at = _time(told.timestamp)
    digest = digest_of_content(reading.canonical_json(content))
    level = told.battery.level if told.battery else None
    life = Report(
        at=at,
        content=content,
        digest=digest,
        battery_percent=reading.battery(level, "battery.level", PERCENT_PER_LEVEL),
        charging=told.battery.is_charging if told.battery else None,
        moving=told.is_moving,
        alarms=alarms_of_traccar(told.alarm or ""),
        marks=(Mark.MOCK,) if told.mock else (),
    )
    return life if told.coords is None else _with_place(life, told.coords)


def _without_query(location: msgspec.Raw) -> msgspec.Raw:
    """See (1); as it came where it is no object: it is refused then."""
    try:
        told = reading.read_json(dict[str, msgspec.Raw], location)
    except Refused:
        return location
    told.pop("_", None)
    return msgspec.Raw(msgspec.json.encode(told))


def _alarms(location: msgspec.Raw | None) -> tuple[Alarm, ...]:
    """Those of a location that cannot be read as a whole."""
    try:
        told = reading.read_json(dict[str, msgspec.Raw], location or b"{}").get("alarm", b'""')
        return alarms_of_traccar(reading.read_json(str, told))
    except Refused:
        return ()


def _with_place(life: Report, coords: Coords) -> Report:
    lat, lon = reading.place(coords.latitude, coords.longitude)
    return msgspec.structs.replace(
        life,
        lat=lat,
        lon=lon,
        accuracy_m=reading.accuracy(coords.accuracy, "coords.accuracy"),
        speed_kmh=reading.speed(coords.speed, "coords.speed", KMH_PER_M_S),  # (2)
        course_deg=reading.course(coords.heading, "coords.heading"),
        altitude_m=reading.altitude(coords.altitude, "coords.altitude"),
    )


def _time(text: str | None) -> datetime:
    if text is None:
        raise Refused(Refusal.BAD_TIME)  # (3)
    return reading.iso_time(text)
