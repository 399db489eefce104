# SPDX-License-Identifier: EUPL-1.2
"""H02, a language of many cheap trackers: text, or the same as packed digits.

    *HQ,id,V1,hhmmss,A,ddmm.mmmm,N,dddmm.mmmm,E,knots,course,ddmmyy,status#
    $ id (5)  hhmmss  ddmmyy  ddmm.mmmm  battery  dddmm.mmmm+flags  speed course (3)  status (4) …

Source: "H02 GPS tracker protocol" in its many copies; where makers differ, captured frames decide.

1. The place is found by its shape: validity, a latitude and N or S, a longitude and E or W. Other
   fields before and after it come and go by maker and kind (V1, V2, V4 answers, V19, VP1, VI1 …).
2. Minutes are the last two digits before the point; without a point the last four digits are its
   decimals. `-23-3.34,S` is 23 degrees, 3.34 minutes; the letter has the sign. No checksum guards
   it: 60 minutes or more are no place. A frame whose place or time is none still has its alarm.
3. A is a valid place; so is a digit (the scheme of coding); B and V are not. VP1 sends valid ones.
4. Times are UTC. VP1 has a date alone: that is of now where it is today's, else of nobody knows
   when. Without a date there is no time.
5. Status bits are active when 0: bit 0 vibration, 1 and 18 SOS, 2 overspeed, 19 power cut.
6. Packed: the flags after the longitude are bit 1 valid, 2 north, 3 east; speed is in knots. The id
   has five bytes, in frames of 42 bytes eight. What follows the status differs by maker, and no
   length tells where it ends: a frame ends where another begins, or with what was received. X in
   place of $ ("X mode"): 32 bytes, where the id is there are a mileage and, for the battery, a
   temperature; it is from whoever spoke before on this connection.
7. V1 and NBR are answered with V4 and the time, a heartbeat with itself.
8. The status follows the date, or three fields about the SIM after it (V19), of which the last is
   the number of the card; V6 has that number at its end. Any other field of eight digits is a cell
   or a telephone number.
9. Some leave their id out: then it is the one that spoke before on this connection.
"""

import re
from datetime import UTC, datetime
from typing import NamedTuple

from msgspec.structs import replace

from tarazy.core.errors import Refused
from tarazy.supervision.gateway import framing, reading
from tarazy.supervision.gateway.alarms import Alarm
from tarazy.supervision.gateway.cards import card
from tarazy.supervision.gateway.commands import Command, CommandKind, Confirmed
from tarazy.supervision.gateway.interface import Mark, Report, digest_of_content, placeless
from tarazy.supervision.gateway.stream import MORE, Cut, Session, Told
from tarazy.supervision.refusals import Refusal

NAME = "h02"
TITLE = "H02"
PORT = 5013
FRAME_BYTES_MAX = 1024
COMMANDS = frozenset({CommandKind.INTERVAL})

TEXT, PACKED, PACKED_X = b"*", b"$", b"X"
END = b"#"
PACKED_BYTES_MIN, PACKED_BYTES_MAX = 32, 128
LONG_ID_BYTES = 42
PACKED_LENGTHS = (32, 42, 45, 47, 48)
TEXT_HEAD_BYTES, PACKED_HEAD_BYTES = 4, 16
DECIMAL = b"[" + b"".join(b"\\x%x0-\\x%x9" % (tens, tens) for tens in range(10)) + b"]"
START = re.compile(rb"\*[A-Za-z0-9]{2},|[$X]" + DECIMAL + b"{7}." + DECIMAL + b"{7}", re.DOTALL)
"""Two digits a byte: id, time, date and latitude; the eighth byte may end a long id with F."""
KNOT_KMH = 1.852
MINUTES = 60
ID = re.compile(r"[0-9A-Za-z]{1,20}", re.ASCII)
SIX = re.compile(r"\d{6}", re.ASCII)
STATUS = re.compile(r"[0-9A-Fa-f]{8}", re.ASCII)
DEGREES = re.compile(
    r"-(\d{1,3})-(\d{1,2}\.\d+)|(\d*?)(\d{1,2}\.\d+)|(\d+)(\d{2})(\d{4})", re.ASCII
)
VALIDITY = re.compile(r"[ABV]?|\d+", re.ASCII)
DIGITS = re.compile(r"\d{1,3}", re.ASCII)
ALTITUDE = re.compile(r"-?\d{1,5}", re.ASCII)
FUEL = re.compile(r"\d+\.\d+", re.ASCII)
ANSWERED = frozenset({"V1", "NBR"})
BEATS = frozenset({"HTBT", "V0"})
BATTERY_AT = {"HTBT": 0, "V0": 0, "LINK": 3}
SIM_FIELDS = 3
CAR_FIELDS = 6
"""After the status: odometer, temperature, fuel, altitude, area, cell."""

ALARM_BITS = (
    (0, Alarm.VIBRATION),
    (1, Alarm.SOS),
    (18, Alarm.SOS),
    (2, Alarm.OVERSPEED),
    (19, Alarm.POWER_CUT),
)


class Place(NamedTuple):
    """A place as it stands in a frame, in our units."""

    lat: float
    lon: float
    valid: bool
    at: datetime | None
    speed_kmh: float | None
    course_deg: float | None


def cut(buffer: bytes) -> Cut:
    """A text up to its #, or packed digits up to the next start (6)."""
    skipped = framing.skip_to(buffer, (TEXT, PACKED, PACKED_X))
    if skipped:
        return Cut(skipped)
    text = buffer[:1] == TEXT
    if len(buffer) < (TEXT_HEAD_BYTES if text else PACKED_BYTES_MIN):
        return MORE
    if not START.match(buffer):
        return Cut(1)  # the tail of a packed frame that came in pieces may look like a start
    if text:
        return framing.delimited(buffer, START, END, FRAME_BYTES_MAX)
    end = PACKED_BYTES_MIN if buffer[:1] == PACKED_X else _packed_length(buffer)
    return Cut(end, buffer[:end])


def _packed_length(buffer: bytes) -> int:
    following = START.search(buffer, PACKED_BYTES_MIN, PACKED_BYTES_MAX + PACKED_HEAD_BYTES)
    if following:
        return min(following.start(), PACKED_BYTES_MAX)
    for length in PACKED_LENGTHS:
        if buffer[length : length + 1] in {TEXT, PACKED, PACKED_X}:  # of which more is to come
            return length
    return min(len(buffer), PACKED_BYTES_MAX)


def decode(frame: bytes, session: Session, arrived: datetime) -> Told:
    """Read one frame."""
    if frame[:1] in {PACKED, PACKED_X}:
        return _packed(frame, session, arrived)
    if frame[:1] != TEXT or frame[-1:] != END:
        raise Refused(Refusal.NOT_A_FRAME)
    fields = [field.strip() for field in frame[1:-1].decode("latin-1").split(",")]
    if len(fields) < 3 or (fields[1] and not ID.fullmatch(fields[1])):
        raise Refused(Refusal.NOT_A_FRAME)
    session.identity = fields[1] or session.identity  # (9)
    session.variant = fields[0][:2]
    kind, rest = fields[2], fields[3:]
    answer = _answer(fields, kind, arrived)
    confirmed = _confirmed(rest) if kind == "V4" else None
    start = _start_of_place(rest)
    try:
        place = None if start is None else _place(kind, rest, start, arrived)
    except Refused as refusal:
        status = _status_at(rest, start)
        sign = placeless(() if status is None else _alarms(int(rest[status], 16)))
        return Told(reports=(sign,), refused=(Refusal(refusal.name),), answer=answer)
    report = _report(frame, kind, rest, place, start)
    return Told(reports=(report,), answer=answer, confirmed=confirmed)


def command(command: Command, session: Session) -> bytes:
    """S71: report every so many seconds."""
    maker, identity = session.variant or "HQ", session.identity or ""
    return f"*{maker},{identity},S71,000000,22,{command.seconds}#".encode()


def _answer(fields: list[str], kind: str, arrived: datetime) -> bytes:
    """See (7)."""
    maker, identity = fields[0][:2], fields[1]
    if not identity:
        return b""
    if kind in BEATS:
        return f"*{maker},{identity},{kind}#".encode("latin-1")
    if kind in ANSWERED:
        moment = arrived.astimezone(UTC)
        return f"*{maker},{identity},V4,{kind},{moment:%Y%m%d%H%M%S}#".encode("latin-1")
    return b""


def _confirmed(rest: list[str]) -> Confirmed | None:
    """An answer to our command; V4 answers those of others too, by text message or by wire."""
    if rest[:1] != ["S71"]:
        return None
    return Confirmed(
        kind=CommandKind.INTERVAL, done="ERROR" not in rest[1:4], text=",".join(rest[:2])
    )


def _start_of_place(rest: list[str]) -> int | None:
    """Where the validity stands, found by the shape of what follows it (1)."""
    for at in range(len(rest) - 5):
        if rest[at + 2] in {"N", "S"} and rest[at + 4] in {"E", "W"}:
            return at
    return None


def _date_at(rest: list[str], start: int) -> int:
    """Two after the speed, or three: some put a level of the battery between."""
    at = start + 7
    return at + 1 if at + 1 < len(rest) and SIX.fullmatch(rest[at + 1]) else at


def _place(kind: str, rest: list[str], start: int, arrived: datetime) -> Place | None:
    """The place of a text. Raises Refused where it cannot be one."""
    valid, lat, north, lon, east, speed = rest[start : start + 6]
    if not lat or not lon or not VALIDITY.fullmatch(valid):
        return None
    spot = reading.place(
        _degrees(lat) * (1 if north == "N" else -1), _degrees(lon) * (1 if east == "E" else -1)
    )
    course = rest[start + 6] if start + 6 < len(rest) else ""
    date_at = _date_at(rest, start)
    date = rest[date_at] if date_at < len(rest) else ""
    time = rest[start - 1] if start else ""
    return Place(
        *spot,
        valid == "A" or valid.isdecimal() or kind == "VP1",
        _moment(time, date, arrived),
        reading.speed(reading.read_number(speed, "speed"), "speed", KNOT_KMH),
        reading.course(reading.read_number(course, "course"), "course"),
    )


def _degrees(text: str) -> float:
    """Degrees and minutes in one of three writings (2)."""
    found = DEGREES.fullmatch(text)
    if found is None:
        raise Refused(Refusal.BAD_PLACE)
    if found[1]:
        degrees, minutes = found[1], float(found[2])
    elif found[4]:
        degrees, minutes = found[3], float(found[4])
    else:
        degrees, minutes = found[5], int(found[6]) + int(found[7]) / 10_000
    return _from_minutes(int(degrees or 0), minutes)


def _from_minutes(degrees: int, minutes: float) -> float:
    if minutes >= MINUTES:
        raise Refused(Refusal.BAD_PLACE)
    return degrees + minutes / MINUTES


def _moment(time: str, date: str, arrived: datetime) -> datetime | None:
    """hhmmss and ddmmyy (4)."""
    if not date:
        return None
    if not SIX.fullmatch(date):
        raise Refused(Refusal.BAD_TIME)
    clock = time if SIX.fullmatch(time) else ""
    at = reading.digits_time(f"{date[4:]}{date[2:4]}{date[:2]}", clock or "000000")
    if clock:
        return at
    if at.date() != arrived.astimezone(UTC).date():
        raise Refused(Refusal.BAD_TIME)
    return None


def _report(
    frame: bytes, kind: str, rest: list[str], place: Place | None, start: int | None
) -> Report:
    status = _status_at(rest, start)
    alarms = _alarms(int(rest[status], 16)) if status is not None else ()
    at = BATTERY_AT.get(kind)
    battery = "" if at is None else "".join(rest[at : at + 1])
    percent = float(battery) if DIGITS.fullmatch(battery) else None
    percent = reading.known(percent, 0, reading.BATTERY_PERCENT_MAX)
    altitude = _altitude(rest[status + 1 :]) if status is not None else None
    report = _made(frame, place, alarms, percent, altitude)
    return replace(report, card=_card(kind, rest, start))


def _card(kind: str, rest: list[str], start: int | None) -> str | None:
    """See (8)."""
    if start is None or kind not in {"V19", "V6"}:
        return None
    at = len(rest) - 1 if kind == "V6" else _date_at(rest, start) + SIM_FIELDS
    return card(rest[at]) if at < len(rest) else None


def _status_at(rest: list[str], start: int | None) -> int | None:
    """See (8)."""
    if start is not None:
        after = _date_at(rest, start) + 1
        candidates = [after, after + SIM_FIELDS]
    else:
        candidates = [
            n for n in range(len(rest) - 1, 0, -1) if not rest[n - 1] or SIX.fullmatch(rest[n - 1])
        ]
    return next((n for n in candidates if n < len(rest) and STATUS.fullmatch(rest[n])), None)


def _altitude(car: list[str]) -> float | None:
    """Metres, in the one dialect that tells about the car; others have cells there."""
    if len(car) != CAR_FIELDS or not FUEL.fullmatch(car[2]) or not ALTITUDE.fullmatch(car[3]):
        return None
    return reading.altitude(float(car[3]), "altitude")


def _alarms(status: int) -> tuple[Alarm, ...]:
    """See (5)."""
    told = (alarm for bit, alarm in ALARM_BITS if not status >> bit & 1)
    return tuple(dict.fromkeys(told))


def _packed(frame: bytes, session: Session, arrived: datetime) -> Told:
    """See (6)."""
    id_bytes = 8 if len(frame) == LONG_ID_BYTES else 5
    if len(frame) < 1 + id_bytes + 23:
        raise Refused(Refusal.TRUNCATED)
    identity = frame[1 : 1 + id_bytes].hex()[: 15 if id_bytes == 8 else 10]
    digits = frame[1 + id_bytes : 1 + id_bytes + 19].hex()
    time, date, lat, battery = digits[:6], digits[6:12], digits[12:20], int(digits[20:22], 16)
    lon, flags, speed, course = digits[22:31], int(digits[31], 16), digits[32:35], digits[35:38]
    if not (identity + time + date + lat + lon + speed + course[1:]).isdecimal():
        raise Refused(Refusal.BAD_FIELD, field="digits")
    alone = frame[:1] == PACKED
    session.identity = identity if alone else session.identity
    session.variant = session.variant or "HQ"
    start = 1 + id_bytes + 19
    alarms = _alarms(int.from_bytes(frame[start : start + 4], "big"))
    percent = _level(battery) if alone else None
    try:
        spot = reading.place(
            _packed_degrees(lat, 2) * (1 if flags & 4 else -1),
            _packed_degrees(lon, 3) * (1 if flags & 8 else -1),
        )
        at = _moment(time, date, arrived)
    except Refused as refusal:
        sign = placeless(alarms, percent)
        return Told(reports=(sign,), refused=(Refusal(refusal.name),))
    knots, degrees = float(speed), float((int(course[0], 16) & 0x0F) * 100 + int(course[1:]))
    place = Place(
        *spot,
        bool(flags & 2),
        at,
        knots * KNOT_KMH,
        reading.known(degrees, 0, reading.COURSE_DEG_MAX),
    )
    return Told(reports=(_made(frame, place, alarms, percent, None),))


def _packed_degrees(digits: str, degrees: int) -> float:
    return _from_minutes(int(digits[:degrees]), int(digits[degrees:]) / 10_000)


def _level(value: int) -> float | None:
    """The battery byte: a level up to 6, or percent; makers differ and 0 is none."""
    if value in {1, 2, 3}:
        return float((value - 1) * 10)
    if value in {4, 5, 6}:
        return float((value - 1) * 20)
    return float(value) if 6 < value <= 100 else None


def _made(
    frame: bytes,
    place: Place | None,
    alarms: tuple[Alarm, ...],
    battery_percent: float | None,
    altitude_m: float | None,
) -> Report:
    if place is None:
        return Report(
            at=None,
            content=frame,
            digest=digest_of_content(frame),
            battery_percent=battery_percent,
            alarms=alarms,
        )
    return Report(
        at=place.at,
        content=frame,
        digest=digest_of_content(f"{place[:6]}{alarms}".encode()),
        lat=place.lat,
        lon=place.lon,
        speed_kmh=place.speed_kmh,
        course_deg=place.course_deg,
        altitude_m=altitude_m,
        battery_percent=battery_percent,
        alarms=alarms,
        marks=() if place.valid else (Mark.INVALID_FIX,),
    )
