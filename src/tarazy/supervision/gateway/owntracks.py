# SPDX-License-Identifier: EUPL-1.2
"""OwnTracks in HTTP mode: one JSON object a request (or an array of them), by its `_type`.

Source: https://owntracks.org/booklet/tech/json/ and .../tech/http/.

1. `location` and `transition` carry a place and the time of the fix, `tst`. Other types are
   accepted and ignored; so is an empty body, which the apps send.
2. `vel` is km/h. `acc`, `alt`, `vel` and `cog` are left out when zero, so missing is unknown; old
   iOS data has -1 there, and quotes around numbers.
3. The answer is always a JSON array: the Android app takes any other body for a failure and sends
   the message again (owntracks/android#2240), and the iOS app throws a message away on any 4xx
   (owntracks/ios#665). What can never be kept is therefore answered 200, and counted; only a wrong
   credential is 401, since the phone's owner has to see that.
"""

from collections.abc import Sequence

import msgspec

from tarazy.core.errors import Refused
from tarazy.supervision.gateway import reading
from tarazy.supervision.gateway.interface import (
    Decoded,
    Fate,
    Mark,
    Message,
    Reply,
    Report,
    collect,
    digest_of_content,
)
from tarazy.supervision.refusals import Refusal

NAME = "owntracks"

PARTS_MAX = 1000
WITH_PLACE = ("location", "transition")


class Head(msgspec.Struct, frozen=True):
    """Which kind of message it is."""

    kind: str = msgspec.field(name="_type")


class Place(msgspec.Struct, frozen=True):
    """What we read of a `location` or a `transition`."""

    tst: float | None = None
    lat: float | None = None
    lon: float | None = None
    acc: float | None = None
    vel: float | None = None
    cog: float | None = None
    alt: float | None = None
    batt: float | None = None


def decode(message: Message) -> Decoded:
    """The reports of one object or of an array of them."""
    body = message.body.strip()
    if not body:
        return Decoded()
    if not body.startswith(b"["):
        reading.read_json(Head, body)
        return collect(_report, [body])
    parts = reading.read_json(list[msgspec.Raw], body)
    if len(parts) > PARTS_MAX:
        raise Refused(Refusal.TOO_MANY_PARTS, parts_max=PARTS_MAX)
    return collect(_report, [bytes(part) for part in parts])


def reply(fates: Sequence[Fate]) -> Reply:
    """See (3)."""
    status = 401 if Refusal.UNKNOWN_DEVICE in fates else 200
    return Reply(status, b"[]", b"application/json")


def _report(content: bytes) -> Report | None:
    kind = reading.read_json(Head, content).kind
    if kind not in WITH_PLACE:
        return None  # (1)
    told = reading.read_json(Place, content)
    lat, lon = reading.place(told.lat, told.lon)
    if told.tst is None:
        raise Refused(Refusal.BAD_TIME)
    return Report(
        at=reading.epoch(told.tst),
        lat=lat,
        lon=lon,
        accuracy_m=reading.accuracy(told.acc, "acc"),  # (2)
        speed_kmh=reading.speed(told.vel, "vel"),
        course_deg=reading.course(told.cog, "cog"),
        altitude_m=reading.altitude(told.alt, "alt"),
        battery_percent=reading.battery(told.batt, "batt"),
        marks=(Mark.TRANSITION,) if kind == "transition" else (),
        content=content,
        digest=digest_of_content(reading.canonical_json(content)),
    )
