# SPDX-License-Identifier: EUPL-1.2
"""Meitrack (MVT, T1, T3xx, MT90, P88 …): text reports, and binary ones with many records.

    $$ flag length ,IMEI,AAA,event,lat,lon,yymmddHHMMSS,A,satellites,GSM,km/h,course,HDOP,altitude,
                                               odometer,runtime,mcc|mnc|lac|cid,state,…*checksum\\r\\n
    $$ flag length ,IMEI,CCE, records *checksum\\r\\n

Source: "Meitrack GPRS Protocol" 1.6 and later.

1. The length counts from the first comma to the end. Binary records may hold any byte, so nothing
   but the length ends such a frame; text whose length is wrong ends with its line.
2. The checksum is the sum of the bytes up to and with the asterisk, two hexadecimal digits. A wrong
   one is a mark.
3. CCE: cached records (4), count (2); a record is its length (2), its number (2), then elements of
   1, 2, 4 bytes and of any length, each group with its count. An id FE takes a second byte. Numbers
   are little-endian, degrees in millionths, times in seconds since 2000-01-01. Element FEA8 has
   two bytes for each battery: its state, 0 for none, and percent.
4. CCC: records of 52 bytes with fixed fields.
5. AFF and CCC wait for an answer that deletes them from the device's memory; AAA and CCE do not.
6. An answer to a command has the command's name. Of anything else, as a photo, only that it came
   is kept.
"""

import re
import struct
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from tarazy.core.errors import Refused
from tarazy.supervision.gateway import framing, reading
from tarazy.supervision.gateway.alarms import Alarm
from tarazy.supervision.gateway.checksums import sum_of_bytes
from tarazy.supervision.gateway.commands import Command, CommandKind, Confirmed
from tarazy.supervision.gateway.interface import Mark, Report, digest_of_content, placeless
from tarazy.supervision.gateway.stream import MORE, Cut, Session, Told
from tarazy.supervision.refusals import Refusal

NAME = "meitrack"
TITLE = "Meitrack"
PORT = 5020
FRAME_BYTES_MAX = 8 * 1024
COMMANDS = frozenset({CommandKind.LOCATE, CommandKind.INTERVAL})

START = b"$$"
HEAD = re.compile(rb"\$\$(.)(\d{1,5}),", re.DOTALL)
HEAD_BYTES_MAX = 9
TEXT_END = re.compile(rb"\*[0-9A-Fa-f]{2}\r\n")
NAMES = re.compile(rb"\$\$.\d{1,5},(\d{10,16}),([A-Z0-9]{3})(?:,|\*|$)", re.DOTALL)
TAIL = re.compile(rb"\*([0-9A-Fa-f]{2})(?:\r\n)?$")
PLACE = re.compile(
    rb",(\d{1,3}),(-?\d{1,2}\.\d+),(-?\d{1,3}\.\d+),(\d{12}),([AV]),(\d{0,3}),(\d*),(\d+\.?\d*),"
    rb"(\d{1,3}\.?\d*),(\d+\.?\d*),(-?\d+\.?\d*),"
)
RECORD_C = struct.Struct("<BiiIBBBHHHh")
RECORD_C_BYTES, HEAD_C_BYTES = 0x34, 8
EPOCH_2000 = datetime(2000, 1, 1, tzinfo=UTC)
MILLIONTH = 1_000_000
TEN_S = 10
SATELLITES_MAX = 255
CONFIRMED = {"A10": CommandKind.LOCATE, "A12": CommandKind.INTERVAL}

EVENT, VALID, SATELLITES, BATTERY = 0x01, 0x05, 0x06, 0xFE69
BATTERIES = 0xFEA8
SPEED, COURSE, HDOP, ALTITUDE, WIDE_EVENT = 0x08, 0x09, 0x0A, 0x0B, 0x40
LAT, LON, SECONDS = 0x02, 0x03, 0x04
SIGNED = {ALTITUDE, LAT, LON}
KNOWN = {EVENT, VALID, SATELLITES, BATTERY, SPEED, COURSE, HDOP, ALTITUDE, WIDE_EVENT}
KNOWN |= {LAT, LON, SECONDS}

ALARMS = {
    1: Alarm.SOS,
    17: Alarm.LOW_BATTERY,
    18: Alarm.LOW_BATTERY,
    19: Alarm.OVERSPEED,
    20: Alarm.FENCE_ENTER,
    21: Alarm.FENCE_EXIT,
    22: Alarm.POWER_RESTORED,
    23: Alarm.POWER_CUT,
    24: Alarm.NO_SATELLITES,
    28: Alarm.ANTENNA_CUT,
    29: Alarm.POWER_ON,  # "device reboot", which its own text message calls "power on"
    30: Alarm.SHOCK,
    36: Alarm.MOVEMENT,
    40: Alarm.POWER_OFF,
    44: Alarm.JAMMING,
    50: Alarm.TEMPERATURE,
    51: Alarm.TEMPERATURE,
    65: Alarm.SOS,  # pressed to call somebody
    78: Alarm.SHOCK,
    79: Alarm.FALL,
    81: Alarm.CASE_TAMPER,  # it came off where it was installed
    90: Alarm.HARSH_DRIVING,
    91: Alarm.HARSH_DRIVING,
    129: Alarm.HARSH_DRIVING,
    130: Alarm.HARSH_DRIVING,
}


def cut(buffer: bytes) -> Cut:
    """A frame by its length, or a line where that is wrong (1)."""
    skipped = framing.skip_to(buffer, (START,))
    if skipped:
        return Cut(skipped)
    head = HEAD.match(buffer)
    if head is None:
        return MORE if len(buffer) < HEAD_BYTES_MAX and b"," not in buffer[3:] else Cut(1)
    whole = head.end() - 1 + int(head[2])
    if whole <= FRAME_BYTES_MAX:
        if len(buffer) < whole:
            return MORE
        if buffer[whole - 2 : whole] == b"\r\n":
            return Cut(whole, buffer[:whole])
    return _line(buffer, head.end())


def _line(buffer: bytes, after: int) -> Cut:
    line = TEXT_END.search(buffer, after, FRAME_BYTES_MAX)
    other = HEAD.search(buffer, after, line.start() if line else FRAME_BYTES_MAX)
    if other is not None:
        return Cut(other.start())  # the first was cut off
    if line is not None:
        return Cut(line.end(), buffer[: line.end()])
    return MORE if len(buffer) < FRAME_BYTES_MAX else Cut(1)


def decode(frame: bytes, session: Session, arrived: datetime) -> Told:  # noqa: ARG001 - see Protocol
    """Read one frame."""
    names = NAMES.match(frame)
    if names is None:
        raise Refused(Refusal.NOT_A_FRAME)
    identity, kind = names[1].decode(), names[2].decode()
    session.identity = identity
    tail = TAIL.search(frame)
    right = tail is not None and int(tail[1], 16) == sum_of_bytes(frame[: tail.start() + 1])
    marks = () if right else (Mark.BAD_CHECKSUM,)
    content = frame[names.end() : tail.start() if tail else len(frame)]
    if kind == "CCE":
        return _told(list(_many(_records_e(content), marks)))
    if kind == "CCC":
        told = _told(list(_many(_records_c(content), marks)))
        # Each record is a report, with its place or without.
        return replace(told, answer=_answer(frame, identity, f"CCC,{len(told.reports)}"))
    if kind in {"AAA", "AFF"}:
        answer = b""
        if kind == "AFF":
            answer = _answer(frame, identity, f"AFF,{content.partition(b',')[0].decode('latin-1')}")
        return _told(_text(b"," + content + b",", frame, marks), answer)
    confirmed = CONFIRMED.get(kind)
    if confirmed is None:
        named = frame[: names.end()]
        sign = Report(at=None, content=named, digest=digest_of_content(named))
        return Told(reports=(sign,))
    return Told(confirmed=Confirmed(kind=confirmed, text=content[:40].decode("latin-1")))


def command(command: Command, session: Session) -> bytes:
    """A10: place now. A12: every so many tens of seconds."""
    words = "A10"
    if command.kind is CommandKind.INTERVAL:
        words = f"A12,{max(1, command.seconds // TEN_S)}"
    flag = bytes([ord("A") + command.number % 26])
    return _framed(flag, session.identity or "", words)


def _framed(flag: bytes, identity: str, words: str) -> bytes:
    body = f",{identity},{words}*".encode("latin-1")
    start = b"@@" + flag + str(len(body) + 4).encode() + body
    return start + f"{sum_of_bytes(start):02X}\r\n".encode()


def _answer(frame: bytes, identity: str, words: str) -> bytes:
    return _framed(frame[2:3], identity, words)


Part = Report | Refusal


def _told(parts: Sequence[Part], answer: bytes = b"") -> Told:
    return Told(
        reports=tuple(part for part in parts if isinstance(part, Report)),
        refused=tuple(part for part in parts if isinstance(part, Refusal)),
        answer=answer,
    )


def _text(content: bytes, frame: bytes, marks: tuple[Mark, ...]) -> tuple[Part, ...]:
    found = PLACE.search(content)
    if found is None:
        return placeless(), Refusal.BAD_FIELD
    event, lat, lon, time, validity, satellites, _, *numbers = found.groups()
    speed, course, hdop, altitude = (float(number) for number in numbers)
    alarms = _alarms(int(event))
    try:
        at = reading.digits_time(time[:6].decode(), time[6:].decode())
        spot = reading.place(float(lat), float(lon))
    except Refused as refusal:
        return placeless(alarms), Refusal(refusal.name)
    report = Report(
        at=at,
        content=frame,
        digest=digest_of_content(b",".join((event, lat, lon, time, validity))),
        lat=spot[0],
        lon=spot[1],
        speed_kmh=reading.known(speed, 0, reading.SPEED_KMH_MAX),
        course_deg=reading.known(course, 0, reading.COURSE_DEG_MAX),
        altitude_m=reading.known(altitude, *reading.ALTITUDE_M),
        satellites=_satellites(int(satellites)) if satellites else None,
        hdop=hdop or None,
        alarms=alarms,
        marks=marks if validity == b"A" else (*marks, Mark.INVALID_FIX),
    )
    return (report,)


def _alarms(event: int) -> tuple[Alarm, ...]:
    alarm = ALARMS.get(event)
    return (alarm,) if alarm else ()


def _satellites(count: int) -> int | None:
    return count if count <= SATELLITES_MAX else None


Record = tuple[bytes, dict[int, int]]


def _many(records: Iterator[Record], marks: tuple[Mark, ...]) -> Iterator[Part]:
    """What is whole; where a record ends too early, the refusal of the rest."""
    try:
        for part, elements in records:
            yield from _report(part, elements, marks)
    except Refused as refusal:
        yield Refusal(refusal.name)


def _records_c(content: bytes) -> Iterator[Record]:
    """See (4)."""
    at = HEAD_C_BYTES
    while at + RECORD_C_BYTES <= len(content):
        told = RECORD_C.unpack_from(content, at)
        event, lat, lon, seconds, valid, satellites, _, speed, course, hdop, altitude = told
        values = (event, lat, lon, seconds, valid, satellites, speed, course, hdop, altitude)
        ids = (EVENT, LAT, LON, SECONDS, VALID, SATELLITES, SPEED, COURSE, HDOP, ALTITUDE)
        yield content[at : at + RECORD_C_BYTES], dict(zip(ids, values, strict=True))
        at += RECORD_C_BYTES


def _records_e(content: bytes) -> Iterator[Record]:
    """See (3)."""
    if len(content) < 6:
        raise Refused(Refusal.TRUNCATED)
    count, at = int.from_bytes(content[4:6], "little"), 6
    for _ in range(count):
        if len(content) < at + 4:
            raise Refused(Refusal.TRUNCATED)
        end = at + 2 + int.from_bytes(content[at : at + 2], "little")
        part = content[at + 4 : end]
        if len(content) < end:
            raise Refused(Refusal.TRUNCATED)
        yield part, dict(_elements(part))
        at = end


def _elements(part: bytes) -> Iterator[tuple[int, int]]:
    at = 0
    for size in (1, 2, 4):
        if at >= len(part):
            return
        count, at = part[at], at + 1
        for _ in range(count):
            number, start = _number(part, at)
            at = start + size
            if at > len(part):
                raise Refused(Refusal.TRUNCATED)
            if number in KNOWN:
                yield number, int.from_bytes(part[start:at], "little", signed=number in SIGNED)
    for _ in range(int.from_bytes(part[at : at + 1], "big")):
        number, start = _number(part, at + 1)
        length = int.from_bytes(part[start : start + 1], "big")
        at = start + length
        if number == BATTERIES and length > 1 and len(part) > start + 2 and part[start + 1]:
            yield BATTERY, part[start + 2]


def _number(part: bytes, at: int) -> tuple[int, int]:
    """An element's number, of one byte or two (3), and where its content begins."""
    wide = part[at : at + 1] == b"\xfe"
    return int.from_bytes(part[at : at + 1 + wide], "big"), at + 1 + wide


def _report(part: bytes, elements: dict[int, int], marks: tuple[Mark, ...]) -> tuple[Part, ...]:
    lat, lon, seconds = (elements.get(number) for number in (LAT, LON, SECONDS))
    at = None if seconds is None else EPOCH_2000 + timedelta(seconds=seconds)
    alarms = _alarms(elements.get(EVENT, elements.get(WIDE_EVENT, 0)))
    percent = reading.known(elements.get(BATTERY), 0, reading.BATTERY_PERCENT_MAX)
    spot: tuple[float | None, float | None] = None, None
    if lat is not None and lon is not None:
        if at is None:  # it may have waited in memory: nobody knows when it was
            return placeless(alarms, percent), Refusal.BAD_TIME
        try:
            spot = reading.place(lat / MILLIONTH, lon / MILLIONTH)
        except Refused as refusal:
            return placeless(alarms, percent), Refusal(refusal.name)
    hdop, satellites = elements.get(HDOP), elements.get(SATELLITES)
    report = Report(
        at=at,
        content=part,
        digest=digest_of_content(part),
        lat=spot[0],
        lon=spot[1],
        speed_kmh=reading.known(elements.get(SPEED), 0, reading.SPEED_KMH_MAX),
        course_deg=reading.known(elements.get(COURSE), 0, reading.COURSE_DEG_MAX),
        altitude_m=reading.known(elements.get(ALTITUDE), *reading.ALTITUDE_M),
        satellites=None if satellites is None else _satellites(satellites),
        hdop=hdop / 10 if hdop else None,
        battery_percent=percent,
        alarms=alarms,
        marks=marks if elements.get(VALID) == 1 else (*marks, Mark.INVALID_FIX),
    )
    return (report,)
