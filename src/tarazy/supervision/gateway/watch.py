# SPDX-License-Identifier: EUPL-1.2
"""The watches of Setracker and its kin (Q50, GW, 4P-Touch …), also as bracelets.

Some feel whether they are worn, and say when they are taken off.

    [3G*id*length*KIND,…]      or with a number of the message: [ZJ*id*number*length*KIND,…]

Source: "Beijing Sanhai intelligent GPS watch protocol" in its copies, "Beesure GPS SeTracker Server
Protocol" of Yushengchang (2025); captured frames decide.

1. The maker has two letters (3G, SG, CS, ZJ …), the length four hexadecimal digits. Inside, `}` is
   an escape: `}` and 1 to 5 are `} [ ] , *`. Where the length is wrong, the last `]` before another
   frame ends it, or before nothing: names of Wi-Fi networks may have brackets in them.
2. Places are UD (live), UD2 (from memory), AL (alarm), WT (weather asked), some with _LTE,
   _WCDMA and the like after it: ddmmyy, hhmmss, A or V, latitude, N/S, longitude, E/W, km/h,
   course, altitude, satellites, GSM, battery %, steps, tumbles, state, cells, Wi-Fi. Times are UTC.
   WG asks what is there, WAD as well, with a language before the date.
3. The letters have the sign, some makers write it twice. V: the coordinates are old, zeros or left
   out. Where they or the time cannot be read, the alarm and the battery count, as of now.
4. State, hexadecimal: bit 0 low battery, 1 left, 2 entered a fence, 3 not worn, 14 power cut, 16
   SOS, 17 low battery, 18 left, 19 entered a fence, 20 taken off, 21 fall, 22 a heart
   rate out of its bounds. Bit 4 means still by one maker and moving by another: it is not read.
5. Bit 3 stands for as long as the watch is off the wrist, bit 20 once, when it is taken off. Only
   the second is an alarm: the first is set by watches that have no sensor at all.
6. LK, TKQ and AL are answered with themselves, and so are blood pressure and temperature; INIT,
   CONFIG, voice, oxygen and a changed Wi-Fi network with 1 after it. Without it they come again.
   What was said, photographed or measured on the body, a password, and what else we do not read is
   not kept: only that it came.
7. A message is text in UTF-16 as hexadecimal digits. An interval has 60 to 65,535 seconds.
"""

import re
from datetime import datetime

from tarazy.core.errors import Refused
from tarazy.supervision.gateway import framing, reading
from tarazy.supervision.gateway.alarms import Alarm
from tarazy.supervision.gateway.commands import Command, CommandKind, Confirmed
from tarazy.supervision.gateway.interface import Mark, Report, digest_of_content, placeless
from tarazy.supervision.gateway.stream import MORE, Cut, Session, Told
from tarazy.supervision.refusals import Refusal

NAME = "watch"
TITLE = "Setracker watch"
PORT = 5093
FRAME_BYTES_MAX = 64 * 1024  # pictures and voice come too
COMMANDS = frozenset(CommandKind)

START, END = b"[", b"]"
HEAD = re.compile(
    rb"\[([0-9A-Za-z]{2})\*([0-9A-Za-z]{4,20})\*(?:([^*\]]{1,8})\*)?([0-9A-Fa-f]{4})\*"
)
HEAD_BYTES_MAX = 48
LAST = re.compile(rb"\](?=[\r\n]*\Z)")
ESCAPED = re.compile(rb"\}([\x01-\x05])")
PLAIN = b"}[],*"
WITH_PLACE = ("UD", "AL", "WT")
WITH_LANGUAGE = "WAD"
ASKING = frozenset({"WG", WITH_LANGUAGE})
PLACE_IN = re.compile(rb"(?:\A|,)\d{6},\d{6},[AV],")
FROM_MEMORY = "UD2"
FIELDS_MIN = 16
BATTERY_AT, STATE_AT = 12, 15
SIX = re.compile(r"\d{6}", re.ASCII)
STATE = re.compile(r"[0-9A-Fa-f]{1,8}", re.ASCII)
SATELLITES_MAX = 255
PERCENT = re.compile(r"\d{1,3}", re.ASCII)
BATTERY_IN_BEAT = 2
CANONICAL_FIELDS = 10

ALARM_BITS = {
    0: Alarm.LOW_BATTERY,
    1: Alarm.FENCE_EXIT,
    2: Alarm.FENCE_ENTER,
    14: Alarm.POWER_CUT,
    16: Alarm.SOS,
    17: Alarm.LOW_BATTERY,
    18: Alarm.FENCE_EXIT,
    19: Alarm.FENCE_ENTER,
    20: Alarm.REMOVAL,
    21: Alarm.FALL,
    22: Alarm.OTHER,
}
ANSWERS = {
    **{name: name for name in ("LK", "TKQ", "TKQ2", "bphrt", "btemp2")},
    **{name: f"{name},1" for name in ("INIT", "CONFIG", "oxygen", "WIFIINFOUP")},
}
VOICE = {"TK": "TK,1", "JXTK": "JXTKR,1"}
BEAT = "LK"
UPLOAD_S_MIN, UPLOAD_S_MAX = 60, 0xFFFF
SHORTEST_VOICE_BYTES = 2
"""One byte is not a voice: it says whether ours was received."""
WORDS = {
    CommandKind.LOCATE: "CR",
    CommandKind.INTERVAL: "UPLOAD",
    CommandKind.MESSAGE: "MESSAGE",
    CommandKind.VIBRATE: "FIND",
}
CONFIRMED = {word: kind for kind, word in WORDS.items()}


def cut(buffer: bytes) -> Cut:
    """A frame by its length, or where that is wrong by what follows (1)."""
    skipped = framing.skip_to(buffer, (START,))
    if skipped:
        return Cut(skipped)
    head = HEAD.match(buffer)
    if head is not None:
        whole = head.end() + int(head[4], 16) + 1
        if buffer[whole - 1 : whole] == END and whole <= FRAME_BYTES_MAX:
            return framing.with_line_ends(buffer, whole)
    elif len(buffer) >= HEAD_BYTES_MAX:
        return Cut(1)
    following = HEAD.search(buffer, 1, FRAME_BYTES_MAX)
    if following:
        end = buffer.rfind(END, 0, following.start()) + 1
        return Cut(end, buffer[:end]) if end and head else Cut(following.start())
    last = LAST.search(buffer, 0, FRAME_BYTES_MAX)
    if last:
        return framing.with_line_ends(buffer, last.end())
    return MORE if len(buffer) < FRAME_BYTES_MAX else Cut(1)


def decode(frame: bytes, session: Session, arrived: datetime) -> Told:  # noqa: ARG001 - see Protocol
    """Read one frame."""
    head = HEAD.match(frame)
    if head is None or frame[-1:] != END:
        raise Refused(Refusal.NOT_A_FRAME)
    maker, identity, number, _ = (part.decode("latin-1") if part else "" for part in head.groups())
    session.identity = identity
    session.variant = f"{maker}*{number}"
    content = ESCAPED.sub(
        lambda found: PLAIN[found[1][0] - 1 : found[1][0]], frame[head.end() : -1]
    )
    kind, _, rest = content.partition(b",")
    name = kind.decode("latin-1")
    answer = _answer(session, name, rest)
    fields = [field.strip() for field in rest.decode("latin-1").split(",")]
    if name.startswith(WITH_PLACE) or (name in ASKING and PLACE_IN.search(rest)):
        fields = fields[name == WITH_LANGUAGE :]
        try:
            return Told(reports=(_report(name, fields, frame),), answer=answer)
        except Refused as refusal:
            sign = placeless(
                _alarms(name, fields), _percent("".join(fields[BATTERY_AT : BATTERY_AT + 1]))
            )
            return Told(reports=(sign,), refused=(Refusal(refusal.name),), answer=answer)
    confirmed = CONFIRMED.get(name.upper())
    sign = Report(
        at=None,
        content=frame if name == BEAT else frame[: head.end()] + kind,
        digest=digest_of_content(content if name == BEAT else kind),
        battery_percent=_beat_battery(rest) if name == BEAT else None,
    )
    told = Confirmed(kind=confirmed, text=name) if confirmed else None
    return Told(reports=(sign,), answer=answer, confirmed=told)


def command(command: Command, session: Session) -> bytes:
    """The maker's word for it."""
    words = WORDS[command.kind]
    if command.kind is CommandKind.INTERVAL:
        words = f"{words},{min(max(command.seconds, UPLOAD_S_MIN), UPLOAD_S_MAX)}"
    elif command.kind is CommandKind.MESSAGE:
        words = f"{words},{command.text.encode('utf-16-be').hex().upper()}"  # (7)
    return _framed(session, words)


def _framed(session: Session, words: str) -> bytes:
    maker, _, number = session.variant.partition("*")
    parts = [maker or "3G", session.identity or "", *([number] if number else [])]
    return f"[{'*'.join(parts)}*{len(words):04X}*{words}]".encode("latin-1")


def _answer(session: Session, kind: str, rest: bytes) -> bytes:
    """See (6)."""
    words = "AL" if kind.startswith("AL") else ANSWERS.get(kind)
    if kind in VOICE and len(rest) >= SHORTEST_VOICE_BYTES:
        words = VOICE[kind]
    return _framed(session, words) if words else b""


def _beat_battery(rest: bytes) -> float | None:
    """LK: steps, tumbles, battery."""
    fields = rest.decode("latin-1").split(",")
    told = fields[BATTERY_IN_BEAT] if len(fields) > BATTERY_IN_BEAT else ""
    return _percent(told)


def _satellites(text: str) -> int | None:
    count = int(text) if PERCENT.fullmatch(text) else None
    return count if count is not None and count <= SATELLITES_MAX else None


def _percent(text: str) -> float | None:
    percent = float(text) if PERCENT.fullmatch(text) else None
    return reading.known(percent, 0, reading.BATTERY_PERCENT_MAX)


def _report(kind: str, fields: list[str], frame: bytes) -> Report:
    """A place (2)."""
    if len(fields) < FIELDS_MIN:
        raise Refused(Refusal.TRUNCATED)
    date, time, validity, lat, north, lon, east, speed, course, altitude, satellites = fields[:11]
    spot: tuple[float | None, float | None] = None, None
    if lat or lon or validity == "A":
        spot = reading.place(_degrees(lat, south=north == "S"), _degrees(lon, south=east == "W"))
    alarms = _alarms(kind, fields)
    canonical = f"{fields[:CANONICAL_FIELDS]}{[alarm.value for alarm in alarms]}"
    return Report(
        at=_moment(date, time),
        content=frame,
        digest=digest_of_content(canonical.encode()),
        lat=spot[0],
        lon=spot[1],
        speed_kmh=reading.speed(reading.read_number(speed, "speed"), "speed"),
        course_deg=reading.course(reading.read_number(course, "course"), "course"),
        altitude_m=reading.altitude(reading.read_number(altitude, "altitude"), "altitude"),
        satellites=_satellites(satellites),
        battery_percent=_percent(fields[BATTERY_AT]),
        stored=kind.startswith(FROM_MEMORY),
        alarms=alarms,
        marks=() if validity == "A" else (Mark.INVALID_FIX,),
    )


def _alarms(kind: str, fields: list[str]) -> tuple[Alarm, ...]:
    """Those of the state (4); an alarm without one is an alarm all the same."""
    told = "".join(fields[STATE_AT : STATE_AT + 1])
    state = int(told, 16) if STATE.fullmatch(told) else 0
    found = tuple(dict.fromkeys(alarm for bit, alarm in ALARM_BITS.items() if state >> bit & 1))
    return found or ((Alarm.OTHER,) if kind.startswith("AL") else ())


def _degrees(text: str, *, south: bool) -> float | None:
    """The letter has the sign (3)."""
    degrees = reading.read_number(text, "place")
    return None if degrees is None else -abs(degrees) if south else degrees


def _moment(date: str, time: str) -> datetime:
    if not SIX.fullmatch(date) or not SIX.fullmatch(time):
        raise Refused(Refusal.BAD_TIME)
    return reading.digits_time(f"{date[4:]}{date[2:4]}{date[:2]}", time)
