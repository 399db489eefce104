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
LEVEL_MAX = 6
HEARTBEAT_WITH_PERCENT_BYTES = 13
PERCENT_AT = 5
ALTITUDE_AFTER_PLACE = 10 + 3 + 4
WITH_STATUS = frozenset({0x16, 0x26, 0x27, 0xA4})  # after the place and a cell with its length
BARE_STATUS = {0x13: 0, 0x23: 0, 0x36: 0, 0xA3: 0, 0x19: 8, 0xA5: 15}
"""Kinds without a place: where their status begins."""

WITH_ORIGIN = frozenset({0x22, 0x2D, 0x37})  # after a cell: ignition, reason, memory

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
    0x0C: Alarm.CASE_TAMPER,
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
    0x23: Alarm.FALL,
    0x25: Alarm.CASE_TAMPER,
    0x28: Alarm.HARSH_DRIVING,
    0x29: Alarm.HARSH_DRIVING,
    0x2A: Alarm.HARSH_DRIVING,
    0x2B: Alarm.HARSH_DRIVING,
    0x2C: Alarm.SHOCK,
    0x30: Alarm.JAMMING,
    0x32: Alarm.CASE_TAMPER,
}
CAMERA_ALARMS = {
    0x01: Alarm.SOS,
    0x80: Alarm.VIBRATION,
    0x87: Alarm.OVERSPEED,
    0x90: Alarm.HARSH_DRIVING,
    0x91: Alarm.HARSH_DRIVING,
    0x92: Alarm.HARSH_DRIVING,
    0x93: Alarm.SHOCK,
}
MODULE_ALARMS = {
    0x11: Alarm.LOW_BATTERY,
    0x12: Alarm.LOW_BATTERY,
    0x13: Alarm.POWER_CUT,
    0x14: Alarm.REMOVAL,
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


def altitude_after(body: bytes, place: Place) -> float | None:
    """4G trackers: behind cell, ignition, reason, memory flag and odometer."""
    at = place.end + ALTITUDE_AFTER_PLACE
    if len(body) < at + 2:
        return None
    return float(int.from_bytes(body[at : at + 2], "big", signed=True))


def status_after(body: bytes, kind: int, place: Place) -> Status:
    """The status behind a place and a cell, whose length byte counts itself or not."""
    if kind not in WITH_STATUS or len(body) <= place.end:
        return Status()
    length = body[place.end]
    cell = length if length in {0, 8, 10} else length - 1
    return _status(body[place.end + 1 + cell :])


def bare_status(body: bytes, kind: int) -> Status:
    if kind not in BARE_STATUS:
        return Status()
    if kind == 0x13 and len(body) >= HEARTBEAT_WITH_PERCENT_BYTES:
        told = _status(body[:1] + b"\xff\x00" + body[3:4])
        percent = reading.known(float(body[PERCENT_AT]), 0, reading.BATTERY_PERCENT_MAX)
        return told._replace(battery_percent=percent)
    told = _status(body[BARE_STATUS[kind] :])
    if kind == 0x36:
        for module, value in _parts(body[5:], 1):
            if module == 0x6A and len(value) == 1:
                percent = reading.known(float(value[0]), 0, reading.BATTERY_PERCENT_MAX)
                return told._replace(battery_percent=percent)
    return told._replace(battery_percent=None) if kind == 0x23 else told


def _status(part: bytes) -> Status:
    """Terminal, battery level, GSM level, alarm (4) (5). A level above six is half of a voltage."""
    if not part:
        return Status()
    terminal = part[0]
    level = part[1] if len(part) > 1 else LEVEL_MAX + 1
    code = part[3] if len(part) > 3 and (level <= LEVEL_MAX or level == 0xFF) else 0
    told = STATUS_ALARMS.get(terminal >> 3 & 7), ALARMS.get(code)
    alarms = tuple(dict.fromkeys(alarm for alarm in told if alarm))
    percent = float(level * 100 // LEVEL_MAX) if level <= LEVEL_MAX else None
    return Status(percent, bool(terminal & 4), alarms)


def from_memory(body: bytes, kind: int, place: Place) -> bool:
    """After the cell: ignition, reason, and whether it was sent again from memory."""
    if kind not in WITH_ORIGIN or len(body) <= place.end:
        return False
    at = place.end + (9 if body[place.end] & 0x80 else 8) + 2
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
            hdop = value[0] / 10
        elif module == 0x2B and value and value[0] in MODULE_ALARMS:
            status = Status(alarms=(MODULE_ALARMS[value[0]],))
    return (place._replace(hdop=hdop) if place else None), status


def _parts(body: bytes, length_bytes: int) -> list[tuple[int, bytes]]:
    found, at = [], 0
    while at + 2 + length_bytes <= len(body):
        start = at + 2 + length_bytes
        end = start + int.from_bytes(body[at + 2 : start], "big")
        found.append((int.from_bytes(body[at : at + 2], "big"), body[start:end]))
        at = end
    return found
