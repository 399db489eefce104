# SPDX-License-Identifier: EUPL-1.2
"""Teltonika: many records in one binary packet, newest or oldest first, over TCP or UDP.

    TCP log-in   length (2)  IMEI in ASCII                                  answered 01
    TCP packet   00 00 00 00  length (4)  codec  count  records  count  CRC (4)   answered count (4)
    UDP packet   length (2)  packet id (2)  type  AVL id  IMEI length (2)  IMEI
                 codec  count  records  count       answered 00 05, packet id, 01, AVL id, count

Source: Teltonika Telematics wiki, "Teltonika Data Sending Protocols" (codecs 8, 8E, 16, 12 to 14).

1. A record: milliseconds since 1970 (8), priority (1), longitude and latitude in 1/10,000,000
   degree (4 each, signed), altitude m (2), course (2), satellites (1), speed km/h (2), the id of
   the element that made it, then elements by their length: 1, 2, 4, 8 bytes, in 8E any length.
   Ids and counts have one byte in codec 8, two in 8E; in codec 16 ids have two and counts one.
2. No satellites: the coordinates are the last known ones, and not valid.
3. Codec 7 (GH3000) has masks instead: seconds since 2007 in 30 bits, floats, course in 1/256 turn.
4. The checksum is CRC-16-IBM from the codec to the second count. A wrong one is a mark (not all
   makers of clones compute it); a packet that ends too early gives what is whole of it.
5. Element ids mean other things on other models; those used here are common to FMB, TMT and TAT.
   Some are alarms only in the record that they made: else they are a state, or an old speed.
6. Some models (FMB with CAN adapters) put elements of 16 bytes behind those of 8. Nothing says so
   but the length: such a packet ends at its second count only when it is read so.
7. The SIM card's number is told in two elements, its first and its last part.
8. Priority 2 is "panic". All records are acknowledged, also refused ones: else they come for ever.
"""

import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from tarazy.core.errors import Refused
from tarazy.supervision.gateway import framing, reading
from tarazy.supervision.gateway.alarms import Alarm
from tarazy.supervision.gateway.checksums import crc_ibm
from tarazy.supervision.gateway.commands import Command, CommandKind, Confirmed
from tarazy.supervision.gateway.interface import Mark, Report, digest_of_content
from tarazy.supervision.gateway.stream import MORE, Cut, Session, Told
from tarazy.supervision.refusals import Refusal

NAME = "teltonika"
TITLE = "Teltonika"
PORT = 5027
FRAME_BYTES_MAX = 16 * 1024
COMMANDS = frozenset({CommandKind.LOCATE})

PING = b"\xff"
IMEI_BYTES_MAX = 17
HEAD = struct.Struct(">4xI")
UDP_HEAD = struct.Struct(">HHBBH")
CODEC_7, CODEC_8, CODEC_8E, CODEC_16 = 0x07, 0x08, 0x8E, 0x10
TEXT_CODECS = {0x0C: 1, 0x0D: 5, 0x0E: 9, 0x0F: 5}
"""Codecs of commands and their answers: how many bytes stand between the length and the text."""
RECORD = struct.Struct(">QBiihHBH")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_2007 = datetime(2007, 1, 1, tzinfo=UTC)
PANIC = 2
DEGREE = 10_000_000.0

BATTERY, HDOP, MOVING = 113, 182, 240
ALARMS = {
    175: {0: Alarm.FENCE_EXIT, 1: Alarm.FENCE_ENTER},
    236: {1: Alarm.SOS},
    242: {1: Alarm.FALL},
    246: {1: Alarm.MOVEMENT},
    247: dict.fromkeys(range(1, 7), Alarm.SHOCK),
    249: {1: Alarm.JAMMING},
    252: {1: Alarm.POWER_CUT},
    253: dict.fromkeys((1, 2, 3), Alarm.HARSH_DRIVING),
    318: dict.fromkeys((1, 2), Alarm.JAMMING),
}
ALARMS_OF_EVENT = {
    252: {0: Alarm.POWER_RESTORED},
    20019: {0: Alarm.REMOVAL, 3: Alarm.REMOVAL},  # TAT: its holder is off, or it is off the metal
}
OVERSPEED = 255
CARD_PARTS = (11, 14)
GH_BATTERY, GH_HDOP, GH_SOS = 1, 20, 222


class Shape(NamedTuple):
    """How many bytes ids and counts have in a codec (1)."""

    id_bytes: int
    count_bytes: int
    generation_bytes: int = 0
    sizes: tuple[int, ...] = (1, 2, 4, 8)


LARGE = (1, 2, 4, 8, 16)  # (6)
SHAPES = {CODEC_8: Shape(1, 1), CODEC_8E: Shape(2, 2), CODEC_16: Shape(2, 1, 1)}
CODECS = {CODEC_7, *SHAPES, *TEXT_CODECS}


class Reader:
    """Reads numbers one after the other. Raises Refused where the packet ends too early."""

    __slots__ = ("at", "data")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, count: int) -> bytes:
        """The next bytes."""
        end = self.at + count
        if end > len(self.data):
            raise Refused(Refusal.TRUNCATED)
        found, self.at = self.data[self.at : end], end
        return found

    def number(self, count: int) -> int:
        """An unsigned number of so many bytes."""
        return int.from_bytes(self.take(count), "big")


def cut(buffer: bytes) -> Cut:
    """A log-in, a packet, a ping, or a whole UDP packet."""
    if buffer[:1] == PING:
        return Cut(1, PING)
    if len(buffer) < 2:
        return MORE
    length = int.from_bytes(buffer[:2], "big")
    if length:
        return _cut_with_name(buffer, length)
    return _cut_packet(buffer)


def _cut_packet(buffer: bytes) -> Cut:
    """Zeros that no packet follows belong to nothing: it may begin one further."""
    if len(buffer) <= HEAD.size:
        return Cut(1) if any(buffer[:4]) else MORE
    if any(buffer[:4]) or buffer[HEAD.size] not in CODECS:
        return Cut(1)
    length = HEAD.unpack_from(buffer)[0]
    if not length:
        return MORE if len(buffer) < FRAME_BYTES_MAX else Cut(1)
    return framing.counted(buffer, length + HEAD.size + 4, FRAME_BYTES_MAX)


def _cut_with_name(buffer: bytes, length: int) -> Cut:
    if length <= IMEI_BYTES_MAX:
        if not buffer[2 : 2 + length].isdigit() and len(buffer) > 2:
            return Cut(1)
        return framing.counted(buffer, 2 + length, FRAME_BYTES_MAX)
    if len(buffer) < UDP_HEAD.size:
        return MORE if length < FRAME_BYTES_MAX else Cut(1)
    *_, name_bytes = UDP_HEAD.unpack_from(buffer)
    name = buffer[UDP_HEAD.size : UDP_HEAD.size + name_bytes]
    if not 0 < name_bytes <= IMEI_BYTES_MAX or not (name.isdigit() or not name):
        return Cut(1)
    return framing.counted(buffer, 2 + length, FRAME_BYTES_MAX)


def decode(frame: bytes, session: Session, arrived: datetime) -> Told:  # noqa: ARG001 - see Protocol
    """Read a log-in or a packet."""
    if frame == PING:
        return Told()
    length = int.from_bytes(frame[:2], "big")
    if length and len(frame) == 2 + length and length <= IMEI_BYTES_MAX:
        session.identity = _imei(frame[2:])
        return Told(answer=b"\x01")
    if length:
        return _udp(frame, session)
    if len(frame) < HEAD.size + 2:
        raise Refused(Refusal.TRUNCATED)
    length = HEAD.unpack_from(frame)[0] or len(frame)
    content, tail = frame[HEAD.size : HEAD.size + length], frame[HEAD.size + length :][:4]
    right = int.from_bytes(tail, "big") == crc_ibm(content)
    return _packet(content, b"", () if right else (Mark.BAD_CHECKSUM,))


def command(command: Command, session: Session) -> bytes:  # noqa: ARG001 - see Protocol
    """The maker's text command in codec 12."""
    words = b"getgps"
    content = struct.pack(">BBBI", 0x0C, 1, 0x05, len(words)) + words + b"\x01"
    return (
        bytes(4) + struct.pack(">I", len(content)) + content + struct.pack(">I", crc_ibm(content))
    )


def _imei(name: bytes) -> str:
    if not name.isdigit():
        raise Refused(Refusal.BAD_FIELD, field="imei")
    return name.decode("ascii")


def _udp(frame: bytes, session: Session) -> Told:
    if len(frame) < UDP_HEAD.size + 2:
        raise Refused(Refusal.TRUNCATED)
    _, packet, _, avl, name_bytes = UDP_HEAD.unpack_from(frame)
    start = UDP_HEAD.size + name_bytes
    session.identity = _imei(frame[UDP_HEAD.size : start])
    return _packet(frame[start:], struct.pack(">HHBB", 5, packet, 1, avl))


def _packet(content: bytes, udp: bytes, marks: tuple[Mark, ...] = ()) -> Told:
    """Codec, count, records. The answer says how many were taken (8)."""
    if len(content) < 2:
        raise Refused(Refusal.TRUNCATED)
    codec, count = content[0], content[1]
    if codec in TEXT_CODECS:
        return _words(content)
    if codec != CODEC_7 and codec not in SHAPES:
        raise Refused(Refusal.NOT_A_FRAME)
    answer = udp + bytes([count]) if udp else count.to_bytes(4, "big")
    read = _read(content, SHAPES.get(codec))
    if codec in SHAPES and not read.fits:
        large = _read(content, SHAPES[codec]._replace(sizes=LARGE))
        read = large if large.fits else read
    reports = tuple(_report(codec, part, record, marks) for part, record in read.records)
    return Told(reports=reports, refused=read.refused, answer=answer)


class Read(NamedTuple):
    """The records of a packet, and whether they end where its second count says that they do."""

    records: tuple[tuple[bytes, "Record"], ...]
    refused: tuple[Refusal, ...]
    fits: bool


def _read(content: bytes, shape: Shape | None) -> Read:
    """The records in this shape; without one, those of the GH3000."""
    reader = Reader(content)
    reader.at = 2
    records: list[tuple[bytes, Record]] = []
    for _ in range(content[1]):
        start = reader.at
        try:
            record = _old_record(reader) if shape is None else _record(reader, shape)
        except Refused as refusal:
            return Read(tuple(records), (Refusal(refusal.name),), fits=False)
        records.append((content[start : reader.at], record))
        if record.cut_off:
            return Read(tuple(records), (), fits=False)
    return Read(tuple(records), (), fits=content[reader.at :] == content[1:2])


class Record(NamedTuple):
    """One record in our units; `elements` by id."""

    at: datetime | None
    lat: float | None
    lon: float | None
    elements: dict[int, int]
    altitude_m: float | None = None
    course_deg: float | None = None
    speed_kmh: float | None = None
    satellites: int | None = None
    panic: bool = False
    event: int = 0
    """The element that made the record."""
    cut_off: bool = False


def _record(reader: Reader, shape: Shape) -> Record:
    told = RECORD.unpack(reader.take(RECORD.size))
    milliseconds, priority, lon, lat, altitude, course, satellites, speed = told
    elements: dict[int, int] = {}
    cut_off, event = False, 0
    try:
        event = reader.number(shape.id_bytes)
        reader.take(shape.generation_bytes + shape.count_bytes)
        elements.update(_elements(reader, shape))
    except Refused:  # (4): the place is whole, its elements are not
        cut_off = True
        reader.at = len(reader.data)
    return Record(
        _moment(milliseconds),
        lat / DEGREE,
        lon / DEGREE,
        elements,
        float(altitude),
        float(course),
        float(speed),
        satellites,
        panic=priority == PANIC,
        event=event,
        cut_off=cut_off,
    )


def _moment(milliseconds: int) -> datetime:
    try:
        return EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError as error:
        raise Refused(Refusal.BAD_TIME) from error


def _elements(reader: Reader, shape: Shape) -> Iterator[tuple[int, int]]:
    """The elements of a record by their lengths (1); those of any length are passed over."""
    for size in shape.sizes:
        for _ in range(reader.number(shape.count_bytes)):
            number = reader.number(shape.id_bytes)
            yield number, reader.number(size)
    if shape.count_bytes == 2:
        for _ in range(reader.number(2)):
            reader.take(2)
            reader.take(reader.number(2))


def _old_record(reader: Reader) -> Record:
    """A record of the GH3000 (3)."""
    at = EPOCH_2007 + timedelta(seconds=reader.number(4) & 0x3FFFFFFF)
    mask = reader.number(1)
    place = _old_place(reader) if mask & 1 else {}
    satellites = place.get("satellites")
    elements: dict[int, int] = {}
    for bit, size in ((2, 1), (4, 2), (8, 4)):
        if mask & bit:
            for _ in range(reader.number(1)):
                number = reader.number(1)
                elements[number] = reader.number(size)
    names = {GH_BATTERY: BATTERY, GH_HDOP: HDOP, GH_SOS: 236, MOVING: MOVING}
    common = {names[number]: value for number, value in elements.items() if number in names}
    return Record(
        at,
        place.get("lat"),
        place.get("lon"),
        common,
        place.get("altitude_m"),
        place.get("course_deg"),
        place.get("speed_kmh"),
        None if satellites is None else int(satellites),
    )


def _old_place(reader: Reader) -> dict[str, float]:
    parts = reader.number(1)
    place: dict[str, float] = {}
    if parts & 1:
        place["lat"], place["lon"] = struct.unpack(">ff", reader.take(8))
    if parts & 2:
        place["altitude_m"] = float(reader.number(2))
    if parts & 4:
        place["course_deg"] = reader.number(1) * 360 / 256
    if parts & 8:
        place["speed_kmh"] = float(reader.number(1))
    if parts & 16:
        place["satellites"] = reader.number(1)
    reader.take((4 if parts & 32 else 0) + (parts >> 6 & 1) + (4 if parts & 128 else 0))
    return place


def _report(codec: int, part: bytes, record: Record, marks: tuple[Mark, ...]) -> Report:
    elements = record.elements
    if record.satellites == 0:
        marks = (*marks, Mark.INVALID_FIX)  # (2)
    lat, lon = record.lat, record.lon
    if lat is not None and lon is not None and not (abs(lat) <= 90 and abs(lon) <= 180):
        lat = lon = None
        marks = (*marks, Mark.INVALID_FIX)
    alarms = _alarms(record)
    hdop = elements.get(HDOP)
    moving = elements.get(MOVING)
    return Report(
        at=record.at,
        content=bytes([codec]) + part,
        digest=digest_of_content(part),
        lat=lat,
        lon=lon,
        altitude_m=record.altitude_m,
        course_deg=reading.known(record.course_deg, 0, reading.COURSE_DEG_MAX),
        speed_kmh=reading.known(record.speed_kmh, 0, reading.SPEED_KMH_MAX),
        satellites=record.satellites,
        hdop=None if hdop is None else hdop / 10,
        battery_percent=reading.known(elements.get(BATTERY), 0, reading.BATTERY_PERCENT_MAX),
        moving=None if moving is None else moving == 1,
        alarms=alarms,
        marks=marks,
        card=_card(elements),
    )


def _card(elements: dict[int, int]) -> str | None:
    first, last = (elements.get(one, 0) for one in CARD_PARTS)  # (7)
    return f"{first}-{last}" if first and last else None


def _alarms(record: Record) -> tuple[Alarm, ...]:
    """Each once; those of an event only where it made the record (5)."""
    elements, event = record.elements, record.event
    told = [Alarm.SOS if record.panic else None]
    told += (ALARMS[number].get(elements[number]) for number in ALARMS if number in elements)
    if event in elements:
        told.append(ALARMS_OF_EVENT.get(event, {}).get(elements[event]))
        told.append(Alarm.OVERSPEED if event == OVERSPEED else None)
    return tuple(dict.fromkeys(alarm for alarm in told if alarm))


def _words(content: bytes) -> Told:
    """What the device says to a command. Of photos and serial data only that they came is kept."""
    if len(content) < 7 or content[2] != 0x06:
        named = content[:3]
        return Told(reports=(Report(at=None, content=named, digest=digest_of_content(named)),))
    length = int.from_bytes(content[3:7], "big")
    text = content[6 + TEXT_CODECS[content[0]] : 7 + length].decode("latin-1")
    kind = CommandKind.LOCATE if "Lat:" in text else None
    return Told(confirmed=Confirmed(kind=kind, text=text.strip()))
