# SPDX-License-Identifier: EUPL-1.2
"""Our own batch form, `POST /v1/fixes`: for gateways of other makers, and for our own apps.

    {"fixes": [{"at": "2026-05-01T12:30:15Z", "lat": 43.25, "lon": 76.9, "accuracy_m": 12}, …]}

1. Each fix is taken or refused by itself; the answer says so in the order of the fixes. The same
   again is `duplicate`: a sender that got no answer sends the whole batch once more.
2. `at` is RFC 3339 with its zone. Without `lat` and `lon` a fix is a sign of life.
   An alarm counts also where the rest of its fix is refused: then as of now and without a place.
3. Unknown fields are kept with the message and otherwise passed over, so that a sender may be newer
   than the service. A field of the wrong type refuses its fix by the field's name.
4. The credential is a Bearer token. Answers: 200, 400 (unreadable as a whole), 401, 408, 413, 503.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

import msgspec

from tarazy.core.errors import Refused
from tarazy.supervision.gateway import reading
from tarazy.supervision.gateway.alarms import Alarm
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

NAME = "fixes"
TITLE = "Tarazy API"
COMMANDS: frozenset[CommandKind] = frozenset()
PATH = "/v1/fixes"
FIXES_MAX = 1000
ALARMS_MAX = 8
DOCUMENT = "application/json"

Aware = Annotated[datetime, msgspec.Meta(tz=True)]


class Fix(msgspec.Struct, frozen=True):
    """One report of a device. Leave out what is not known; never send zero for it."""

    at: Annotated[Aware, msgspec.Meta(description="When it happened, with its zone.")]
    lat: Annotated[
        float | None,
        msgspec.Meta(description="Degrees north, WGS 84, -90 to 90.", examples=[43.25]),
    ] = None
    lon: Annotated[
        float | None, msgspec.Meta(description="Degrees east, -180 to 180.", examples=[76.9])
    ] = None
    accuracy_m: Annotated[float | None, msgspec.Meta(description="68 % radius, metres.")] = None
    speed_kmh: float | None = None
    course_deg: Annotated[float | None, msgspec.Meta(description="Clockwise from north.")] = None
    altitude_m: float | None = None
    battery_percent: float | None = None
    satellites: Annotated[int | None, msgspec.Meta(description="Used for the fix, 0 to 255.")] = (
        None
    )
    hdop: float | None = None
    charging: bool | None = None
    moving: bool | None = None
    stored: Annotated[bool, msgspec.Meta(description="It waited in the device's memory.")] = False
    mock: Annotated[bool, msgspec.Meta(description="The phone says the place is invented.")] = False
    valid: Annotated[bool, msgspec.Meta(description="False: the coordinates are not fresh.")] = True
    alarms: Annotated[tuple[Alarm, ...], msgspec.Meta(max_length=ALARMS_MAX)] = ()


class Batch(msgspec.Struct, frozen=True):
    """A request: its fixes in any order, at most 1000."""

    fixes: Annotated[list[Fix], msgspec.Meta(max_length=FIXES_MAX)]


class RawBatch(msgspec.Struct, frozen=True):
    """The same with each fix as it came."""

    fixes: list[msgspec.Raw]


class Called(msgspec.Struct, frozen=True):
    """What is read of a fix whose rest is refused."""

    alarms: Annotated[tuple[Alarm, ...], msgspec.Meta(max_length=ALARMS_MAX)] = ()


class Result(msgspec.Struct, frozen=True):
    """What became of one fix: kept, clock_fault, duplicate, or the name of a refusal."""

    outcome: str


class Answer(msgspec.Struct, frozen=True):
    """The answer: one result for each fix, in the order of the request."""

    results: list[Result]


class Refusals(msgspec.Struct, frozen=True):
    """A request that was refused as a whole, and why, in words."""

    refused: str
    sentence: str


def decode(message: Message) -> Decoded:
    """The reports of a batch."""
    batch = reading.read_json(RawBatch, message.body)
    if len(batch.fixes) > FIXES_MAX:
        raise Refused(Refusal.TOO_MANY_PARTS, parts_max=FIXES_MAX)
    fixes = [bytes(part) for part in batch.fixes]
    decoded = collect(_report, fixes)
    told = zip(fixes, decoded.parts, strict=True)
    alarms = (_alarms(one) for one, part in told if isinstance(part, Refusal))
    beside = (placeless(each) for each in alarms if each)  # (2)
    return msgspec.structs.replace(decoded, beside=tuple(beside))


def reply(fates: Sequence[Fate], commands: Sequence[Command] = ()) -> Reply:  # noqa: ARG001 - none
    """See (4)."""
    status = 401 if Refusal.UNKNOWN_DEVICE in fates else 200
    answer = Answer([Result(fate.value) for fate in fates])
    return Reply(status, msgspec.json.encode(answer), b"application/json")


def _report(content: bytes) -> Report:
    told = reading.read_json(Fix, content, strict=True)
    lat, lon = told.lat, told.lon
    if lat is not None or lon is not None:
        lat, lon = reading.place(lat, lon)
    satellites = told.satellites
    return Report(
        at=reading.in_utc(told.at),
        lat=lat,
        lon=lon,
        accuracy_m=reading.accuracy(told.accuracy_m, "accuracy_m"),
        speed_kmh=reading.speed(told.speed_kmh, "speed_kmh"),
        course_deg=reading.course(told.course_deg, "course_deg"),
        altitude_m=reading.altitude(told.altitude_m, "altitude_m"),
        battery_percent=reading.battery(told.battery_percent, "battery_percent"),
        satellites=satellites if satellites is not None and 0 <= satellites <= 255 else None,
        hdop=reading.known(told.hdop, 0, 100),
        charging=told.charging,
        moving=told.moving,
        stored=told.stored,
        alarms=told.alarms,
        marks=_marks(told),
        content=content,
        digest=digest_of_content(reading.canonical_json(content)),
    )


def _alarms(content: bytes) -> tuple[Alarm, ...]:
    """Those of a fix that is refused, where they can be read."""
    try:
        return reading.read_json(Called, content, strict=True).alarms
    except Refused:
        return ()


def _marks(told: Fix) -> tuple[Mark, ...]:
    marks: tuple[Mark, ...] = ()
    if told.mock:
        marks = (Mark.MOCK,)
    return marks if told.valid else (*marks, Mark.INVALID_FIX)


def openapi(base_url: str = "") -> Mapping[str, object]:
    """The description of this form, OpenAPI 3.1, made of the types themselves."""
    kinds = (Batch, Answer, Refusals)
    (batch, answer, refusals), parts = msgspec.json.schema_components(
        kinds, ref_template="#/components/schemas/{name}"
    )

    def answered(words: str, schema: object) -> dict[str, object]:
        return {"description": words, "content": {DOCUMENT: {"schema": schema}}}

    responses = {
        "200": answered("Each fix was judged; see its result.", answer),
        "400": answered("The request is not readable.", refusals),
        "401": answered("No enrolled device has this token.", answer),
        "408": answered("The request did not come within 20 seconds.", refusals),
        "413": answered("The request is larger than 512 KiB.", refusals),
        "503": {"description": "The database is away. Send the same again after Retry-After."},
    }
    operation = {
        "operationId": "postFixes",
        "summary": "Report fixes of one device",
        "description": "Idempotent: the same fix again is a duplicate. gzip and deflate are taken.",
        "security": [{"device": []}],
        "requestBody": {"required": True, "content": {DOCUMENT: {"schema": batch}}},
        "responses": responses,
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Tarazy device gateway", "version": "1"},
        "servers": [{"url": base_url or "/"}],
        "paths": {PATH: {"post": operation}},
        "components": {
            "schemas": parts,
            "securitySchemes": {"device": {"type": "http", "scheme": "bearer"}},
        },
    }
