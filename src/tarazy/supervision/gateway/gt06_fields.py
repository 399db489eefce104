# SPDX-License-Identifier: EUPL-1.2
"""What the frames of GT06 are made of: places, states, alarms. The numbers refer to gt06.py."""

import struct
from datetime import UTC, datetime
from typing import NamedTuple

from tarazy.supervision.gateway import reading
from tarazy.supervision.gateway.alarms import Alarm

PLACE = struct.Struct(">6BBIIBH")
PLACE_BARE = struct.Struct(">6BIIH")  # without satellites and speed
PLACE_CAMERA = struct.Struct(">6BBIIHH")  # with the speed after the flags
PLACE_MODULE = struct.Struct(">IBhIIBH")
DEGREE = 1_800_000.0
LAT_MAX, LON_MAX = 90 * 1_800_000, 180 * 1_800_000
COURSE, NORTH, WEST, VALID = 0x3FF, 1 << 10, 1 << 11, 1 << 12
CENTURY = 2000
LEVELS_PERCENT = (0, 10, 20, 40, 60, 80, 100)
"""By the maker's words: shut down, extremely low, very low (it warns), low, medium, high, full."""
HEARTBEAT_WITH_PERCENT_BYTES = 13
PERCENT_AT = 5
ALTITUDE_AFTER_PLACE = 10 + 3 + 4
STATUS_BYTES = {0x16: 5, 0x19: 5, 0x26: 5, 0x27: 6, 0x32: 5, 0xA3: 5, 0xA4: 6, 0xA5: 5}
"""Kinds with an alarm: how long their status is, with the alarm and the language in it."""

AFTER_STATUS = (0, 2, 4)
"""Behind it may stand an altitude of two bytes, or a mileage of four."""
STATUS_FRAME_BYTES_MIN = 13
HEARTBEATS = frozenset({0x13, 0x23, 0x36, 0xA3})
CELLS_BYTES_MIN = 18
"""From this length 0x19 is a list of cells, without a status."""
WITHOUT_CELL_LENGTH_BYTES = 31
"""VXT01: 0x16 of this length has no byte for the length of its cell, and a voltage for a level. It
is a car's: what others call taken off is too fast here."""
CELL_BYTES = {0x22: 8, 0x2D: 8, 0x37: 8, 0x31: 10, 0xA0: 15}
"""Behind such a cell stand ignition, reason, and whether it was sent again from memory."""
WIDE_NETWORK = 0x80
"""With this bit of the country the network has two bytes instead of one."""

STATUS_ALARMS = {
    1: Alarm.VIBRATION,
    2: Alarm.POWER_CUT,
    3: Alarm.LOW_BATTERY,
    4: Alarm.SOS,
    6: Alarm.FENCE_EXIT,
    7: Alarm.REMOVAL,
}
ALARMS = {
    0x01: Alarm.SOS,
    0x02: Alarm.POWER_CUT,
    0x03: Alarm.VIBRATION,
    0x04: Alarm.FENCE_ENTER,
    0x05: Alarm.FENCE_EXIT,
    0x06: Alarm.OVERSPEED,
    0x09: Alarm.VIBRATION,
    0x0A: Alarm.NO_SATELLITES,
    0x0C: Alarm.POWER_ON,
    0x0E: Alarm.LOW_BATTERY,
    0x0F: Alarm.LOW_BATTERY,
    0x10: Alarm.SIM_CHANGED,
    0x11: Alarm.POWER_OFF,
    0x13: Alarm.CASE_TAMPER,
    0x14: Alarm.DOOR,
    0x15: Alarm.POWER_OFF,
    0x17: Alarm.JAMMING,  # a false base station
    0x18: Alarm.REMOVAL,
    0x19: Alarm.LOW_BATTERY,
    0x1A: Alarm.HARSH_DRIVING,
    0x1B: Alarm.HARSH_DRIVING,
    0x23: Alarm.FALL,
    0x25: Alarm.CASE_TAMPER,
    0x26: Alarm.HARSH_DRIVING,
    0x27: Alarm.HARSH_DRIVING,
    0x28: Alarm.HARSH_DRIVING,
    0x29: Alarm.HARSH_DRIVING,
    0x2A: Alarm.HARSH_DRIVING,
    0x2B: Alarm.HARSH_DRIVING,
    0x2C: Alarm.SHOCK,
    0x2E: Alarm.HARSH_DRIVING,
    0x30: Alarm.JAMMING,  # of newer trackers; of some for cars it is harsh braking
    0x32: Alarm.CASE_TAMPER,
}
NO_ALARMS = frozenset({0x00, 0x0B, 0x0D, 0x20, 0xFE, 0xFF})
"""Satellites found again, first fix, deep sleep, ignition."""
CAMERA_ALARMS = {
    0x01: Alarm.SOS,
    0x0E: Alarm.LOW_BATTERY,
    0x76: Alarm.TEMPERATURE,
    0x80: Alarm.VIBRATION,
    0x87: Alarm.OVERSPEED,
    0x88: Alarm.POWER_CUT,
    0x90: Alarm.HARSH_DRIVING,
    0x91: Alarm.HARSH_DRIVING,
    0x92: Alarm.HARSH_DRIVING,
    0x93: Alarm.SHOCK,
}
LISTED_ALARMS = {
    0xA2: Alarm.LOW_BATTERY,
    0xA3: Alarm.LOW_BATTERY,
    0xA5: Alarm.DOOR,
}
NO_LISTED_ALARMS = frozenset({0xA0, 0xA1})
"""Armed, disarmed."""
CLOCK_BYTES, LISTS = 6, 4
MODULE_ALARMS = {
    0x10: Alarm.DOOR,
    0x12: Alarm.REMOVAL,
    0x14: Alarm.FENCE_ENTER,
    0x15: Alarm.FENCE_EXIT,
    0x16: Alarm.TEMPERATURE,
    0x1A: Alarm.LOW_BATTERY,
    0x1B: Alarm.OVERSPEED,
    0x1C: Alarm.POWER_ON,
    0x1D: Alarm.POWER_OFF,
    0x20: Alarm.VIBRATION,
    0x21: Alarm.POWER_CUT,
    0x23: Alarm.CASE_TAMPER,
}


class Place(NamedTuple):
    """A place as it stands in a frame (2), in our units."""

    at: datetime
    lat: float
    lon: float
    speed_kmh: float | None
    course_deg: float
    satellites: int | None
    valid: bool
    start: int
    end: int
    """Where in the body it begins and ends."""
    altitude_m: float | None = None
    hdop: float | None = None


class Status(NamedTuple):
    """What a status says (4) (5)."""

    battery_percent: float | None = None
    charging: bool | None = None
    alarms: tuple[Alarm, ...] = ()


def place_at(content: bytes, start: int, more: int = 0) -> Place | None:
    """The place at this byte (2); None where there can be none."""
    if len(content) < start + PLACE.size:
        return None
    *clock, satellites, lat, lon, speed_kmh, flags = PLACE.unpack_from(content, start)
    at = _time(clock)
    if at is None or lat > LAT_MAX or lon > LON_MAX:
        return None
    return Place(
        at,
        *_signed(lat, lon, flags),
        float(speed_kmh),
        float(flags & COURSE),
        satellites & 0x0F,
        bool(flags & VALID),
        start,
        start + PLACE.size + more,
    )


def _time(clock: list[int]) -> datetime | None:
    year, month, day, hour, minute, second = clock
    try:
        return datetime(CENTURY + year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None


def _signed(lat: int, lon: int, flags: int) -> tuple[float, float]:
    north, west = flags & NORTH, flags & WEST
    return (lat if north else -lat) / DEGREE, (-lon if west else lon) / DEGREE


def altitude_after(body: bytes, kind: int, place: Place) -> float | None:
    """4G trackers: behind the odometer, or behind the status of an alarm."""
    at = place.end + ALTITUDE_AFTER_PLACE
    if kind == 0x32:
        at = _status_at(body, kind, place.end) + STATUS_BYTES[kind]
    if len(body) < at + 2:
        return None
    return float(int.from_bytes(body[at : at + 2], "big", signed=True))


def status_of(body: bytes, kind: int, place: Place | None) -> Status:
    """What a frame says of the device's state, wherever that stands in its kind."""
    end = place.end if place is not None else PLACE.size
    if kind in STATUS_BYTES and len(body) >= STATUS_FRAME_BYTES_MIN:
        return _status_of_alarm(body, kind, end)
    if kind in HEARTBEATS:
        return _heartbeat(body, kind)
    if place is None:
        return Status()
    if place.start and kind in {0x22, 0x25}:
        return _with_voltage(body[_behind_cell(body, end) :])
    if kind == 0xA2:
        part = body[end + _network(body, end) + CELL_BYTES[0xA0] + 1 :]
        percent = _percent(part[3]) if part[3:] else None
        return _with_voltage(part)._replace(battery_percent=percent)
    return Status()


def _status_of_alarm(body: bytes, kind: int, end: int) -> Status:
    if kind == 0x19 and len(body) >= CELLS_BYTES_MIN:
        return Status()
    if kind == 0x16 and len(body) == WITHOUT_CELL_LENGTH_BYTES:
        alarms = _alarms_of(body[-5], 0)
        alarms = (Alarm.OVERSPEED,) if alarms == (Alarm.REMOVAL,) else alarms
        return Status(None, bool(body[-5] & 4), alarms)
    terminal, level, _, code = body[_status_at(body, kind, end) :][:4]
    return Status(_level(level), bool(terminal & 4), _alarms_of(terminal, code))


def _status_at(body: bytes, kind: int, end: int) -> int:
    """Behind the cell, whose length byte counts itself or not; else at the end of the body."""
    size = STATUS_BYTES[kind]
    if len(body) > end and kind not in {0x19, 0xA3, 0xA5}:
        for cell in (body[end] - 1, body[end]):
            if cell >= 0 and len(body) - end - 1 - cell - size in AFTER_STATUS:
                return end + 1 + cell
    return len(body) - size


def _with_voltage(part: bytes) -> Status:
    """NT11, LW4G: terminal, voltage, battery, GSM level, alarm. The battery may be in volts."""
    if len(part) < 6:
        return Status()
    return Status(None, bool(part[0] & 4), _alarms_of(part[0], part[5]))


def _behind_cell(body: bytes, end: int) -> int:
    length = body[end] if len(body) > end else 0
    return end + 1 + (length if length in {0, 8, 10} else length - 1)


def _network(body: bytes, end: int) -> int:
    return int(len(body) > end and bool(body[end] & WIDE_NETWORK))


def _heartbeat(body: bytes, kind: int) -> Status:
    """Terminal, battery level, GSM level. What follows in 0x13 is no alarm: it is the state of a
    port, or half of a voltage; 0x23 has a voltage for the level and no alarm either."""
    if not body:
        return Status()
    charging = bool(body[0] & 4)
    if kind == 0x23 or len(body) < 2:
        return Status(charging=charging)
    if kind == 0x13 and len(body) >= HEARTBEAT_WITH_PERCENT_BYTES:
        return Status(_percent(body[PERCENT_AT]), charging, _alarms_of(0, body[3]))
    percent = _level(body[1]) if body[1] < len(LEVELS_PERCENT) else None
    code = body[3] if kind != 0x13 and len(body) > 3 else 0
    if kind == 0x36:
        for module, value in _parts(body[5:], 1):
            if module == 0x6A and len(value) == 1:
                percent = _percent(value[0])
    return Status(percent, charging, _alarms_of(body[0], code))


def _level(told: int) -> float | None:
    """Up to six it is a level, above it percent (4)."""
    return float(LEVELS_PERCENT[told]) if told < len(LEVELS_PERCENT) else _percent(told)


def _percent(told: int) -> float | None:
    return reading.known(float(told), 0, reading.BATTERY_PERCENT_MAX)


def _alarms_of(terminal: int, code: int) -> tuple[Alarm, ...]:
    """The alarm in three bits of the terminal's state, and the one of its own byte (5)."""
    other = None if code in NO_ALARMS else ALARMS.get(code, Alarm.OTHER)
    told = STATUS_ALARMS.get(terminal >> 3 & 7), other
    return tuple(dict.fromkeys(alarm for alarm in told if alarm))


def from_memory(body: bytes, kind: int, place: Place) -> bool:
    """After the cell: ignition, reason, and whether it was sent again from memory."""
    if kind == 0x38:
        at = place.end + 1
    elif kind in CELL_BYTES and not place.start:
        at = place.end + CELL_BYTES[kind] + 2
        at += _network(body, place.end) if kind != 0x31 else 0
    else:
        return False
    return len(body) > at and body[at] == 1


def camera(content: bytes, body: bytes) -> tuple[Place | None, Status]:
    """JC100, JC400: an alarm with a place in one of two shapes, or without one."""
    layout, start, code_at = PLACE_BARE, 0, PLACE_BARE.size
    if content[:2] == b"\xff\xff":
        layout, start, code_at = PLACE_CAMERA, 3, 3 + PLACE_CAMERA.size + 2
    elif len(body) <= 7:
        return None, _camera_status(body[6:7])
    if len(content) < start + layout.size:
        return None, Status()
    told = layout.unpack_from(content, start)
    at = _time(list(told[:6]))
    if layout is PLACE_BARE:
        satellites, (lat, lon, flags), speed_kmh = None, told[6:], None
    else:
        satellites, lat, lon, flags, speed_kmh = told[6:]
        satellites &= 0x0F
    status = _camera_status(content[code_at : code_at + 1])
    if at is None or lat > LAT_MAX or lon > LON_MAX:
        return None, status
    course, valid = float(flags & COURSE), bool(flags & VALID)
    spot = _signed(lat, lon, flags)
    return Place(at, *spot, speed_kmh, course, satellites, valid, start, len(content)), status


def _camera_status(code: bytes) -> Status:
    return Status(alarms=(CAMERA_ALARMS.get(code[0], Alarm.OTHER),)) if code else Status()


def behind_lists(body: bytes) -> Status:
    """AZ735: behind the clock stand the place and three lists, each after its length (10). Behind
    the alarm stands a part of the maker's own, so that it shows whether it was found."""
    at = CLOCK_BYTES
    for _ in range(LISTS):
        at += 1 + body[at] if len(body) > at else 0
    code, extension = body[at : at + 1], body[at + 1 : at + 2]
    if not extension or at + 2 + extension[0] != len(body):
        return Status(alarms=(Alarm.OTHER,))  # that it is an alarm is known all the same
    if code[0] in NO_LISTED_ALARMS:
        return Status()
    return Status(alarms=(LISTED_ALARMS.get(code[0], Alarm.OTHER),))


def modules(body: bytes) -> tuple[Place | None, Status]:
    """X3 and WD-209: parts with a number and a length each."""
    place, status, hdop = None, Status(), None
    for module, value in _parts(body, 2):
        if module == 0x33 and len(value) >= PLACE_MODULE.size:
            seconds, satellites, altitude, lat, lon, speed, flags = PLACE_MODULE.unpack_from(value)
            if lat <= LAT_MAX and lon <= LON_MAX:
                place = Place(
                    reading.epoch(seconds),
                    *_signed(lat, lon, flags),
                    float(speed),
                    float(flags & COURSE),
                    satellites,
                    valid=bool(flags & VALID),
                    start=0,
                    end=0,
                    altitude_m=float(altitude),
                )
        elif module == 0x28 and value:
            hdop = value[0] / 10 or None
        elif module == 0x34 and value and value[0] in MODULE_ALARMS:
            status = Status(alarms=(*status.alarms, MODULE_ALARMS[value[0]]))
    return (place._replace(hdop=hdop) if place else None), status


def _parts(body: bytes, length_bytes: int) -> list[tuple[int, bytes]]:
    found, at = [], 0
    while at + 2 + length_bytes <= len(body):
        start = at + 2 + length_bytes
        end = start + int.from_bytes(body[at + 2 : start], "big")
        found.append((int.from_bytes(body[at : at + 2], "big"), body[start:end]))
        at = end
    return found
