# SPDX-License-Identifier: EUPL-1.2
"""OwnTracks over HTTP and MQTT: one JSON object a message (or an array of them), by its `_type`.

Source: https://owntracks.org/booklet/tech/json/ and .../tech/http/.

1. `location` and `transition` carry a place and the time of the fix, `tst`; `t` is why it was sent,
   `u` by hand, which answers a check-in: when the message was made, `created_at`. The fix may be
   older, of before the check-in was asked for. A ping, `p`, and an answer to a command, `r`, repeat
   the last place where there is no newer one (`SendLocationPingWorker` on Android, each quarter of
   an hour, also with the phone's location switched off): such a message says that there is none.
2. `vel` is km/h. `acc`, `alt`, `vel` and `cog` are left out when zero, so missing is unknown; old
   iOS data has -1 there, and quotes around numbers. `bs` is 1 unplugged, 2 charging, 3 full.
3. `status` says what the phone does to the app. Android: `loc` 0 and -1 may read the place always,
   -2 and -3 only while it is looked at, -4 not at all: the app counts what it is denied, downwards
   (its DeviceMetricsProvider), and a number above zero is taken for the same. `bo`, `ps`, `hib`: 1
   is put to sleep. Since owntracks/android#2218 what is 0 is left out. iOS: the names of its own
   constants. That is a phone's own kind of tamper, and an alarm; a status that tells of Android, or
   of the place on iOS, and names nothing of it says that all is well.
4. `lwt` is the broker's last will: the phone went without a goodbye. `steps`, `waypoint` (a region
   that the phone keeps, not where it is), `card`, `cmd` and the like tell at most that it lives.
5. `encrypted` holds one of the others under the device's passphrase. What is kept is the message
   inside: evidence must be readable. It does not nest.
6. The answer is always a JSON array: the Android app takes any other body for a failure and sends
   the message again (owntracks/android#2240), and the iOS app throws a message away on any 4xx
   (owntracks/ios#665). What can never be kept is therefore answered 200, and counted; only a wrong
   credential is 401, since the phone's owner has to see that. Commands go out in the same array.
7. A phone's app can be asked to report and to report more often; it shows no message of ours. It
   says its status (3) when it is asked, and on Android when its wearer reports by hand; never by
   itself. Who asks for the place therefore asks for the status too: an Android app older than 2.5,
   which knows no `status`, takes no such command over HTTP at all.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from tarazy.core.errors import Refused
from tarazy.supervision.gateway import reading, sealed
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

NAME = "owntracks"
TITLE = "OwnTracks"
COMMANDS = frozenset({CommandKind.LOCATE, CommandKind.INTERVAL})

PARTS_MAX = 1000
WITH_PLACE = frozenset({"location", "transition"})
SIGNS_OF_LIFE = frozenset({"status", "steps", "lwt"})
CHARGING = {1: False, 2: True, 3: True}
BY_HAND, REPEATING = "u", frozenset({"p", "r"})
REPEATED_S = 900.0  # as old a place is no longer where one is (presence/constants.py)
LOC_WHILE_USED, LOC_OFF = (2, 3), 4
IOS_WITHDRAWN = ("Denied", "Restricted", "WhenInUse", "NotDetermined")
IOS_ASLEEP = ("Denied", "Restricted")


class Head(msgspec.Struct, frozen=True):
    """Which kind of message it is."""

    kind: str = msgspec.field(name="_type")


class Sealed(msgspec.Struct, frozen=True):
    """An encrypted message."""

    data: str


class Told(msgspec.Struct, frozen=True):
    """What we read of a message."""

    kind: str = msgspec.field(name="_type")
    tst: float | None = None
    created_at: float | None = None
    lat: float | None = None
    lon: float | None = None
    acc: float | None = None
    vel: float | None = None
    cog: float | None = None
    alt: float | None = None
    batt: float | None = None
    bs: int | None = None
    t: str | None = None


class Android(msgspec.Struct, frozen=True):
    """What an Android phone does to the app (3)."""

    loc: int | None = None
    bo: int | None = None
    ps: int | None = None
    hib: int | None = None


class Ios(msgspec.Struct, frozen=True):
    """What an iPhone does to the app (3)."""

    location: str = msgspec.field(name="locationManagerAuthorizationStatus", default="")
    refresh: str = msgspec.field(name="backgroundRefreshStatus", default="")


class Status(msgspec.Struct, frozen=True):
    """One of the two is there."""

    android: Android | None = None
    ios: Ios | None = msgspec.field(name="iOS", default=None)


def decode(message: Message) -> Decoded:
    """The reports of one object or of an array of them."""
    body = message.body.strip()
    if not body:
        return Decoded()
    if not body.startswith(b"["):
        reading.read_json(Head, body)
        return collect(lambda content: _report(content, message), [body])
    parts = reading.read_json(list[msgspec.Raw], body)
    if len(parts) > PARTS_MAX:
        raise Refused(Refusal.TOO_MANY_PARTS, parts_max=PARTS_MAX)
    return collect(lambda content: _report(content, message), [bytes(part) for part in parts])


def reply(fates: Sequence[Fate], commands: Sequence[Command] = ()) -> Reply:
    """See (6)."""
    status = 401 if Refusal.UNKNOWN_DEVICE in fates else 200
    asked = [told for command in commands for told in commands_of(command)]
    return Reply(status, msgspec.json.encode(asked), b"application/json")


def commands_of(command: Command) -> list[dict[str, object]]:
    """The app's own objects for a command (7)."""
    if command.kind is CommandKind.LOCATE:
        return [{"_type": "cmd", "action": action} for action in ("reportLocation", "status")]
    settings = {
        "_type": "configuration",
        "locatorInterval": command.seconds,
        "moveModeLocatorInterval": command.seconds,
    }
    return [{"_type": "cmd", "action": "setConfiguration", "configuration": settings}]


def _report(content: bytes, message: Message) -> Sequence[Report]:
    kind = reading.read_json(Head, content).kind
    if kind == "encrypted":  # (5)
        if message.passphrase is None:
            raise Refused(Refusal.NO_KEY)
        content = sealed.opened(reading.read_json(Sealed, content).data, message.passphrase())
        kind = reading.read_json(Head, content).kind
    if kind in WITH_PLACE:
        return _with_place(kind, content, message.arrived)
    return (_sign_of_life(kind, content, message.arrived),) if kind in SIGNS_OF_LIFE else ()


def _with_place(kind: str, content: bytes, arrived: datetime | None) -> Sequence[Report]:
    told = reading.read_json(Told, content)
    lat, lon = reading.place(told.lat, told.lon)
    if told.tst is None:
        raise Refused(Refusal.BAD_TIME)
    by_hand = (Alarm.CHECK_IN,) if kind == "location" and told.t == BY_HAND else ()
    created_at = _made(told.created_at or told.tst, arrived)
    age_s = created_at - told.tst
    made = created_at if by_hand and age_s > 0 else None
    repeated = told.t in REPEATING and age_s > REPEATED_S
    marks = (Mark.TRANSITION,) if kind == "transition" else (Mark.STALE,) if repeated else ()
    place = Report(
        at=reading.epoch(told.tst + age_s if repeated else told.tst),
        lat=lat,
        lon=lon,
        accuracy_m=reading.accuracy(told.acc, "acc"),  # (2)
        speed_kmh=reading.speed(told.vel, "vel"),
        course_deg=reading.course(told.cog, "cog"),
        altitude_m=reading.altitude(told.alt, "alt"),
        battery_percent=reading.battery(told.batt, "batt"),
        charging=None if told.bs is None else CHARGING.get(told.bs),
        alarms=by_hand if made is None else (),
        marks=marks,
        content=content,
        digest=digest_of_content(reading.canonical_json(content)),
    )
    if made is None:
        return (place,)
    sign = placeless(by_hand, place.battery_percent)  # where one was then, nobody says
    return place, msgspec.structs.replace(sign, at=reading.epoch(made))


def _made(told: float, arrived: datetime | None) -> float:
    """When a message was made, which was before it came (1); seconds since 1970."""
    return told if arrived is None else min(told, arrived.timestamp())


def _sign_of_life(kind: str, content: bytes, arrived: datetime | None) -> Report:
    told = reading.read_json(Told, content)
    alarms: tuple[Alarm, ...] = ()
    if kind == "lwt":
        alarms = (Alarm.DISCONNECTED,)  # (4)
    elif kind == "status":
        alarms = _alarms(reading.read_json(Status, content))
    # The broker sends a last will long after the phone wrote its time into it.
    at = None if told.tst is None or kind == "lwt" else _made(told.tst, arrived)
    return Report(
        at=None if at is None else reading.epoch(at),
        content=content,
        digest=digest_of_content(reading.canonical_json(content)),
        battery_percent=reading.battery(told.batt, "batt"),
        alarms=alarms,
    )


def _alarms(status: Status) -> tuple[Alarm, ...]:
    """See (3)."""
    found: list[Alarm] = []
    if status.android is not None:
        phone = status.android
        denied = abs(phone.loc or 0)
        if denied == LOC_OFF:
            found.append(Alarm.LOCATION_OFF)
        elif denied in LOC_WHILE_USED:
            found.append(Alarm.PERMISSION_WITHDRAWN)
        if 1 in {phone.bo, phone.ps, phone.hib}:
            found.append(Alarm.BATTERY_OPTIMISATION)
    if status.ios is not None:
        if status.ios.location.endswith(IOS_WITHDRAWN):
            found.append(Alarm.PERMISSION_WITHDRAWN)
        if status.ios.refresh.endswith(IOS_ASLEEP):
            found.append(Alarm.BATTERY_OPTIMISATION)
    told = status.android is not None or (status.ios is not None and bool(status.ios.location))
    return tuple(found) if found or not told else (Alarm.PHONE_IN_ORDER,)
