# SPDX-License-Identifier: EUPL-1.2
"""GT06, the language of Concox and of many makers after it: binary frames over TCP or UDP.

    78 78  length (1)  kind (1)  body  serial number (2)  CRC-16/X-25 (2)  0D 0A
    79 79  length (2)  the same

Source: "GT06 GPS tracker communication protocol" 1.8 and the documents of GK310, JM01, JC400 and
AZ735, as far as they are public; where makers differ, captured frames decide.

1. The length counts from the kind to the checksum, but some firmware counts wrongly or writes 0:
   then a frame ends at the last CR LF before another frame, or before nothing.
2. A place is: year, month, day, hour, minute, second; satellites in the low four bits; latitude and
   longitude in 1/1,800,000 degree; km/h; flags: bits 0-9 course, 10 north, 11 west, 12 valid.
   Times are UTC. The zone that a log-in names is mostly for the device's own display; but some old
   firmware reports in it. East of Greenwich that shows: the clock is ahead of ours by the zone.
   From then on, on this connection, the zone is taken off. To the west it cannot be told from a
   place that waited in memory: such devices are set to UTC (docs/devices.md).
3. Some write the IMEI, or the IMEI and the time of sending, before the place. A place is taken
   where its date is one and its coordinates are on earth.
4. The battery is told in levels from 0 to 6, by newer devices in percent. Of levels 1 and 2 the
   maker says "extremely" and "very low": 10 and 20 percent. Where a kind has either, a number up to
   6 is taken for a level: most are, and the last six percent of a newer device are then overlooked,
   but not its alarm.
5. The alarm stands in three bits of the terminal's status and again in a byte of its own. By the
   makers' tables 0C is that the device was switched on (JM-VL03 and others); Traccar has it as
   tampering, which here only a person may clear.
6. One captured frame in six has a wrong checksum, mostly of makers who never compute it: such a
   frame is taken where it reads well, and marked.
7. Cells and Wi-Fi are not looked up: a frame with those alone is a sign of life.
8. The frame of information (94) has the number of the SIM card: packed digits behind the IMEI and
   the number of its owner (kind 0A), or ICCID: in a text.
9. Everything is acknowledged, also places, of which not all makers ask it.
10. AZ735 has its alarm behind three lists, each with its length before it: its cell with the
    strength of the signal, other cells, Wi-Fi. Captured frames show the lists; what the alarms mean
    is as Traccar has it. One that it does not know is `other`.
"""

import re
import struct
from datetime import UTC, datetime, timedelta
from itertools import islice

from msgspec.structs import replace

from tarazy.core.errors import Refused
from tarazy.supervision.gateway import framing, reading
from tarazy.supervision.gateway.cards import card
from tarazy.supervision.gateway.checksums import crc_x25
from tarazy.supervision.gateway.commands import Command, CommandKind, Confirmed
from tarazy.supervision.gateway.gt06_fields import (
    CENTURY,
    PLACE,
    Place,
    Status,
    altitude_after,
    behind_lists,
    camera,
    from_memory,
    modules,
    place_at,
    status_of,
)
from tarazy.supervision.gateway.interface import Mark, Report, digest_of_content, placeless
from tarazy.supervision.gateway.stream import MORE, Cut, Session, Told
from tarazy.supervision.refusals import Refusal

NAME = "gt06"
TITLE = "GT06 / Concox"
PORT = 5023
FRAME_BYTES_MAX = 4096
COMMANDS = frozenset({CommandKind.LOCATE, CommandKind.INTERVAL})

STARTS = (b"\x78\x78", b"\x79\x79")
NEXT = re.compile(rb"(?=(?:\x78\x78|\x79\x79)..)", re.DOTALL)
NEXT_BEHIND_END = re.compile(rb"(?<=\r\n)(?:\x78\x78|\x79\x79)")
NEXT_MAX = 32
"""So many starts are looked at closely: a flood of them must not stall other connections."""

END = b"\r\n"
FRAME_BYTES_MIN = 6
TRAILER = 6  # serial number, checksum, end

LOGIN, ALARM, X1, MODULES, STRING, TEXT = 0x01, 0x95, 0x34, 0x70, 0x15, 0x21
COMMAND, TIME_REQUEST, INFO = 0x80, 0x8A, 0x94
LISTED, LISTED_ALARM = 0x32, 0x33
"""Long frames of AZ735 (10)."""
SILENT = {STRING, TEXT, INFO, COMMAND, 0x81, 0x82}
"""What is not answered: the device's own answers, and what it sends in passing."""
WITH_PLACE = frozenset(
    {0x10, 0x11, 0x12, 0x16, 0x1A, 0x1E, 0x22, 0x25, 0x26, 0x27, 0x2D, 0x31, 0x32, 0x37, 0x38}
    | {0x61, 0xA0, 0xA3, 0xA4}
)
WITH_PLACE_BYTES = {0x17: 0x23, 0x24: 0x29, 0xA2: 0x3B}
"""These are mostly lists of cells and Wi-Fi; with this length of the body they are a place."""
X1_CELLS_BYTES = 0x32
"""With this length the kind X1 is a list of cells."""
WIFI = frozenset({0x17, 0x69})
PICTURES = frozenset({0x36, 0x41})
"""Long frames of a photo: only that it came is kept."""
SHORT_ANSWER = frozenset({MODULES, 0xF1, 0xF2})
"""Long frames that are acknowledged by short ones."""

LOCAL_CLOCK = "local clock"
ZONE_S_MAX = 14 * 3600
AHEAD_MAX = timedelta(minutes=10)
"""How far a clock may be off, or a report late, and still show which zone it is in."""

INFO_OF_CARD = b"\x0a"
CARD_AT, CARD_BYTES = 17, 10
CARD_IN_TEXT = re.compile(rb"ICCID:([0-9A-Fa-f]{18,20})")

OFFSETS = (0, 8, 15)  # (3)
IMEI_AT = {8: 0, 15: 1}
IMEI_BYTES = 8
PLACE_ALWAYS = frozenset({0x10, 0x12, 0x16, 0x22, 0x26, 0x27, 0x2D})

WORDS_PLACE = re.compile(
    r"Lat:([NS])(\d+\.\d+),\s*Lon:([EW])(\d+\.\d+),\s*Course:(\d+\.?\d*),\s*"
    r"Speed:(\d+\.?\d*)[^,]*,\s*DateTime:(\d{4})-(\d\d)-(\d\d) +(\d\d):(\d\d):(\d\d)"
)
WORDS_OF_FAILURE = re.compile(r"error|fail", re.IGNORECASE)


def cut(buffer: bytes) -> Cut:
    """A frame by its length, or where that is wrong by what follows (1)."""
    skipped = framing.skip_to(buffer, STARTS)
    if skipped:
        return Cut(skipped)
    if len(buffer) < FRAME_BYTES_MIN:
        return MORE
    length = _length(buffer, 0)
    if buffer[length - 2 : length] == END and length <= FRAME_BYTES_MAX:
        return Cut(length, buffer[:length])
    return _odd(buffer[:FRAME_BYTES_MAX], length)


def _odd(window: bytes, length: int) -> Cut:
    """What to do where no frame ends after this length (1)."""
    following = _following(window)
    if following is not None:
        end = window.rfind(END, FRAME_BYTES_MIN - len(END), following) + len(END)
        return Cut(end, window[:end]) if end >= FRAME_BYTES_MIN else Cut(following)
    if len(window) > length and window.endswith(END):
        return Cut(len(window), window)
    return MORE if len(window) < FRAME_BYTES_MAX else Cut(FRAME_BYTES_MAX // 2)


def _length(buffer: bytes, at: int) -> int:
    """The length of a frame that begins here, as its head tells it."""
    if buffer[at] == STARTS[0][0]:
        return 5 + buffer[at + 2]
    return 6 + int.from_bytes(buffer[at + 2 : at + 4], "big")


def _following(buffer: bytes) -> int | None:
    """Where the next frame begins: a start behind an end, or one whose own length is right."""
    for found in islice(NEXT.finditer(buffer, 1, len(buffer) - 3), NEXT_MAX):
        end = found.start() + _length(buffer, found.start())
        if buffer[found.start() - 2 : found.start()] == END or buffer[end - 2 : end] == END:
            return found.start()
    behind = NEXT_BEHIND_END.search(buffer, 1)
    return behind.start() if behind else None


def decode(frame: bytes, session: Session, arrived: datetime) -> Told:
    """Read one frame."""
    head = 3 if frame[:1] == b"\x78" else 4
    if frame[:2] not in STARTS or len(frame) < head + 1 + len(END):
        raise Refused(Refusal.NOT_A_FRAME)
    kind, body = frame[head], frame[head + 1 : -TRAILER]
    answer = _answer(frame, kind, head, arrived)
    if kind == LOGIN:
        return _login(frame[head + 1 : -len(END)], session, answer)
    if kind in {STRING, TEXT}:
        return _words(frame, body)
    place, status = _content(frame, kind, head)
    refused = _refused(body, kind, place)
    if refused:
        sign = placeless(status.alarms, status.battery_percent)
        return Told(reports=(sign,), refused=refused, answer=answer)
    stored = False
    if place is not None and head == 3:
        _note_imei(frame[head + 1 :], place.start, session)
        stored = from_memory(body, kind, place)
    if place is not None:
        place = _in_utc(place, session, arrived)
    report = _report(frame, kind, place, status, stored=stored)
    if kind == INFO:
        report = replace(report, card=_card(body))
    return Told(reports=(report,), answer=answer)


def _card(body: bytes) -> str | None:
    """The number of the SIM card (8)."""
    if body[:1] == INFO_OF_CARD:
        return card(body[CARD_AT : CARD_AT + CARD_BYTES].hex())
    found = CARD_IN_TEXT.search(body)
    return card(found[1].decode()) if found else None


def _refused(body: bytes, kind: int, place: Place | None) -> tuple[Refusal, ...]:
    """Why a frame of a kind that always has a place has none; its alarm is taken all the same."""
    if place is not None or kind not in PLACE_ALWAYS:
        return ()
    if len(body) < PLACE.size:
        return (Refusal.TRUNCATED,)
    return (Refusal.BAD_TIME if body[1] == 0 or body[1] > 12 else Refusal.BAD_PLACE,)


def _content(frame: bytes, kind: int, head: int) -> tuple[Place | None, Status]:
    body = frame[head + 1 : -TRAILER]
    if kind == MODULES:
        return modules(body)
    if kind == ALARM:
        return camera(frame[head + 1 : -len(END)], body)
    place = _place_of(frame, kind, head)
    if head == 4:
        return place, behind_lists(body) if kind == LISTED_ALARM else Status()
    if place is not None and kind in {0x31, 0x32}:
        place = place._replace(altitude_m=altitude_after(body, kind, place))
    return place, status_of(body, kind, place)


def command(command: Command, session: Session) -> bytes:
    """The command as the words of the maker's text messages, with our number as server flag."""
    words = b"WHERE#"
    if command.kind is CommandKind.INTERVAL:
        words = f"TIMER,{command.seconds},{command.seconds}#".encode()
    session.serial = session.serial % 0xFFFF + 1
    body = struct.pack(">BI", 4 + len(words), command.number) + words + b"\x00\x02"
    return _framed(STARTS[0], COMMAND, body, session.serial.to_bytes(2, "big"))


def _framed(start: bytes, kind: int, body: bytes, serial: bytes) -> bytes:
    length = (len(body) + 5).to_bytes(1 if start == STARTS[0] else 2, "big")
    inner = length + bytes([kind]) + body + serial
    return start + inner + crc_x25(inner).to_bytes(2, "big") + END


def _answer(frame: bytes, kind: int, head: int, arrived: datetime) -> bytes:
    """The acknowledgement (9); it gives back the serial number."""
    if kind in SILENT:
        return b""
    if kind in WIFI and head == 3 and len(frame) != frame[2] + 5:
        # Some makers' lists of Wi-Fi have no number and checksum, and a count for a length.
        return frame[:2] + b"\0" + frame[3:10] + END
    if len(frame) < head + 1 + TRAILER:
        return b""
    body = b""
    if kind == TIME_REQUEST:
        moment = arrived.astimezone(UTC).timetuple()
        body = bytes([moment.tm_year - CENTURY, *moment[1:6]])
    start = STARTS[0] if kind in SHORT_ANSWER else frame[:2]
    return _framed(start, kind, body, frame[-TRAILER:-4])


def _login(body: bytes, session: Session, answer: bytes) -> Told:
    if len(body) < IMEI_BYTES:
        raise Refused(Refusal.TRUNCATED)
    identity = body[:IMEI_BYTES].hex()[1:]
    if not identity.isdecimal():
        raise Refused(Refusal.BAD_FIELD, field="imei")
    session.identity, session.variant = identity, ""
    session.offset_s = 0
    if len(body) >= IMEI_BYTES + 4 + TRAILER - len(END):
        session.offset_s = _zone_s(int.from_bytes(body[IMEI_BYTES + 2 : IMEI_BYTES + 4], "big"))
    return Told(answer=answer)


def _zone_s(told: int) -> int:
    """Hours and minutes as one decimal number in the upper twelve bits, bit 3 for west."""
    hours, minutes = divmod(told >> 4, 100)
    seconds = (hours * 60 + minutes) * 60
    return 0 if seconds > ZONE_S_MAX else -seconds if told & 8 else seconds


def _in_utc(place: Place, session: Session, arrived: datetime) -> Place:
    """The place with the zone of the log-in taken off, where its clock shows that zone (2)."""
    zone = timedelta(seconds=session.offset_s)
    if zone > AHEAD_MAX and abs(place.at - zone - arrived) <= AHEAD_MAX:
        session.variant = LOCAL_CLOCK
    if session.variant != LOCAL_CLOCK:
        return place
    return place._replace(at=place.at - zone)


def _note_imei(content: bytes, start: int, session: Session) -> None:
    if start in IMEI_AT:
        session.identity = _imei(content, start)[1:]


def _imei(content: bytes, start: int) -> str:
    return content[IMEI_AT[start] :][:IMEI_BYTES].hex()


def _place_of(frame: bytes, kind: int, head: int) -> Place | None:
    content = frame[head + 1 : -len(END)]  # up to the end: some firmware forgets the trailer
    if head == 4 and kind in {LISTED, LISTED_ALARM}:  # the length of the place stands inside it
        if len(content) < 7 or content[6] == 0:
            return None
        return place_at(content[:6] + content[7:], 0, 1)
    if kind == X1:
        return place_at(content, 4) if len(content) - 4 != X1_CELLS_BYTES else None
    if kind in WITH_PLACE or WITH_PLACE_BYTES.get(kind) == len(content) - 4:
        for offset in OFFSETS:
            if offset and not _imei(content, offset).isdecimal():
                continue
            place = place_at(content, offset)
            if place is not None:
                return place
    return None


def _words(frame: bytes, body: bytes) -> Told:
    """The device's answer to a command, in words; to WHERE# it says where it is."""
    if frame[:1] == b"\x78":
        flag, words = body[1:5], body[5 : 1 + max(body[0], 4)] if body else b""
    else:
        flag, words = body[:4], body[5:]
    wide = frame[:1] == b"\x79" and body[4:5] == b"\x02"
    text = words.decode("utf-16-be" if wide else "latin-1", "replace").strip("\0 ")
    number = int.from_bytes(flag, "big")
    confirmed = None
    if 0 < number <= 0xFFFF:  # 0 is said unasked, or to a text message of somebody
        confirmed = Confirmed(number=number, done=not WORDS_OF_FAILURE.search(text), text=text)
    found = WORDS_PLACE.search(text)
    reports = (_report_in_words(frame, found),) if found else ()
    return Told(reports=reports, confirmed=None if text.startswith("<") else confirmed)


def _report_in_words(frame: bytes, found: re.Match[str]) -> Report:
    north, lat, east, lon, course, speed, *clock = found.groups()
    try:
        at = datetime(*(int(part) for part in clock), tzinfo=UTC)  # type: ignore[misc,arg-type]
    except ValueError as error:
        raise Refused(Refusal.BAD_TIME) from error
    spot = reading.place(
        float(lat) * (1 if north == "N" else -1), float(lon) * (1 if east == "E" else -1)
    )
    return Report(
        at=at,
        lat=spot[0],
        lon=spot[1],
        speed_kmh=reading.speed(float(speed), "speed"),
        course_deg=reading.course(float(course), "course"),
        content=frame,
        digest=digest_of_content(found[0].encode()),
    )


def _report(
    frame: bytes, kind: int, place: Place | None, status: Status, *, stored: bool
) -> Report:
    marks: tuple[Mark, ...] = ()
    start = 2
    if crc_x25(frame[start:-4]) != int.from_bytes(frame[-4:-2], "big"):
        marks = (Mark.BAD_CHECKSUM,)  # (6)
    if place is None:
        photo = kind in PICTURES and frame[:2] == STARTS[1]
        return Report(
            at=None,
            content=frame[:5] if photo else frame,
            digest=digest_of_content(frame[:-TRAILER]),
            battery_percent=status.battery_percent,
            charging=status.charging,
            alarms=status.alarms,
            marks=marks,
        )
    # The same place again from memory, or under another number, is the same report.
    told = f"{kind}{place.at}{place.lat}{place.lon}{status.alarms}" if status.alarms else place[:4]
    return Report(
        at=place.at,
        content=frame,
        digest=digest_of_content(str(told).encode()),
        lat=place.lat,
        lon=place.lon,
        speed_kmh=place.speed_kmh,
        course_deg=place.course_deg,
        altitude_m=place.altitude_m,
        satellites=place.satellites,
        hdop=place.hdop,
        battery_percent=status.battery_percent,
        charging=status.charging,
        alarms=status.alarms,
        stored=stored,
        marks=marks if place.valid else (*marks, Mark.INVALID_FIX),
    )
