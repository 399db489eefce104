# SPDX-License-Identifier: EUPL-1.2
"""The OsmAnd query form, as OsmAnd, Traccar Client before version 9 and many trackers send it.

Source: https://www.traccar.org/osmand/ and `OsmAndProtocolDecoder` of github.com/traccar/traccar.

1. Fields stand in the query or in a form body. `id` (or `deviceid`) holds the token where the
   client can put it nowhere else; it is cut out of what is kept, and so is `notificationToken`.
2. `speed` is in knots, as Traccar reads it. (The OsmAnd app itself sends m/s and nothing tells the
   two apart: its speeds come out too low by half.)
3. Without `timestamp` the message is of now. It is epoch seconds below 2^31 and milliseconds from
   there, or ISO 8601, or `yyyy-MM-dd HH:mm:ss` in UTC.
4. Without a place it is a sign of life. `hdop` alone gives no accuracy in metres.
5. Replies: 200, or 400 for an unknown device. Traccar Client sends its oldest message again until
   it hears 200, so that what can never be kept is answered 200 as well, and counted.
6. `alarm` has Traccar's names, several separated by commas; one that we do not know is `other`.
   It counts also where the place or the time beside it cannot be read.
"""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import unquote_to_bytes

from msgspec.structs import replace

from tarazy.core.errors import Refused
from tarazy.supervision.gateway import reading
from tarazy.supervision.gateway.alarms import alarms_of_traccar
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

NAME = "osmand"
TITLE = "OsmAnd, Traccar Client before 9"
COMMANDS: frozenset[CommandKind] = frozenset()

FIELDS_MAX = 200
KMH_PER_KNOT = 1.852
MILLISECONDS_FROM = 2**31
SECRETS = ("id", "deviceid", "notificationToken")

HDOP_MAX = 100.0
TRUTH = {"true": True, "1": True, "false": False, "0": False}

Fields = dict[str, str]


def decode(message: Message) -> Decoded:
    """One report, with a place or as a sign of life."""
    segments = [*message.query.split(b"&"), *message.body.strip().split(b"&")]
    if len(segments) > FIELDS_MAX:
        raise Refused(Refusal.TOO_MANY_PARTS, parts_max=FIELDS_MAX)
    pairs = [(*_pair(segment), segment) for segment in segments if segment]
    fields: Fields = {}
    for name, value, _ in pairs:
        fields.setdefault(name, value)
    kept = [segment for name, _, segment in pairs if name not in SECRETS]
    token = fields.get("id") or fields.get("deviceid")
    decoded = collect(lambda content: _report(fields, content), [kept], token)  # (1)
    alarms = alarms_of_traccar(fields.get("alarm", ""))
    if decoded.refused and alarms:  # (6)
        return replace(decoded, parts=(*decoded.parts, placeless(alarms)))
    return decoded


def reply(fates: Sequence[Fate], commands: Sequence[Command] = ()) -> Reply:  # noqa: ARG001 - none
    """See (5)."""
    return Reply(400 if Refusal.UNKNOWN_DEVICE in fates else 200)


def _pair(segment: bytes) -> tuple[str, str]:
    name, _, value = segment.replace(b"+", b" ").partition(b"=")
    return _text(name), _text(value)


def _text(escaped: bytes) -> str:
    return unquote_to_bytes(escaped).decode("utf-8", "replace")


def _report(fields: Fields, content: list[bytes]) -> Report:
    lat, lon = _place(fields)
    return Report(
        at=_time(fields.get("timestamp", "").strip()),
        lat=lat,
        lon=lon,
        accuracy_m=reading.accuracy(_number(fields, "accuracy"), "accuracy"),
        speed_kmh=reading.speed(_number(fields, "speed"), "speed", KMH_PER_KNOT),  # (2)
        course_deg=reading.course(_number(fields, "bearing", "heading"), "bearing"),
        altitude_m=reading.altitude(_number(fields, "altitude"), "altitude"),
        battery_percent=reading.battery(_number(fields, "batt"), "batt"),
        hdop=reading.known(_number(fields, "hdop"), 0, HDOP_MAX),
        charging=TRUTH.get(fields.get("charge", "").lower()),
        alarms=alarms_of_traccar(fields.get("alarm", "")),
        marks=_marks(fields),
        content=b"&".join(content),
        digest=digest_of_content(b"&".join(sorted(content))),
    )


def _number(fields: Fields, *names: str) -> float | None:
    for name in names:
        number = reading.read_number(fields.get(name), name)
        if number is not None:
            return number
    return None


def _place(fields: Fields) -> tuple[float, float] | tuple[None, None]:
    lat, lon = _number(fields, "lat"), _number(fields, "lon")
    if lat is None and lon is None:
        if not fields.get("location"):
            return None, None  # (4)
        first, _, second = fields["location"].partition(",")
        lat, lon = (reading.read_number(text, "location") for text in (first, second))
    return reading.place(lat, lon)


def _time(text: str) -> datetime | None:
    if not text:
        return None  # (3)
    if not reading.NUMBER.fullmatch(text):
        return reading.iso_time(text)
    number = float(text)
    return reading.epoch(number if number < MILLISECONDS_FROM else number / 1000)


def _marks(fields: Fields) -> tuple[Mark, ...]:
    marks = []
    if fields.get("valid", "true").lower() not in {"true", "1"}:
        marks.append(Mark.INVALID_FIX)
    if fields.get("mock", "").lower() in {"true", "1"}:
        marks.append(Mark.MOCK)
    return tuple(marks)
