# SPDX-License-Identifier: EUPL-1.2
"""A GT06 tracker's own bytes: what the demo, tests and benchmarks send instead of a real device.

Written from the maker's description and not from our decoder, so that the two check each other.
Source: "GT06 GPS tracker communication protocol", Concox, 1.8.
"""

import struct
from binascii import crc_hqx
from datetime import UTC, datetime

LOGIN, LOCATION, STATUS, ALARM = 0x01, 0x12, 0x13, 0x16
COMMAND_ANSWER = 0x15
DEGREE = 1_800_000
VALID, NORTH, WEST = 1 << 12, 1 << 10, 1 << 11
REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
SOS = 1


def frame(kind: int, body: bytes, serial: int) -> bytes:
    """A whole frame: start, length, kind, body, serial number, CRC-16/X-25, end."""
    inner = struct.pack(">BB", len(body) + 5, kind) + body + struct.pack(">H", serial & 0xFFFF)
    return b"\x78\x78" + inner + struct.pack(">H", crc_x25(inner)) + b"\r\n"


def crc_x25(data: bytes) -> int:
    """CRC-16/X-25: the CCITT polynomial over reflected bits, start and end inverted."""
    crc = crc_hqx(data.translate(REVERSED), 0xFFFF) ^ 0xFFFF
    return REVERSED[crc & 0xFF] << 8 | REVERSED[crc >> 8]


def login(imei: str, serial: int = 1) -> bytes:
    """The first frame of a connection."""
    return frame(LOGIN, bytes.fromhex(imei.zfill(16)), serial)


def place(at: datetime, lat: float, lon: float, speed_kmh: int = 0, course_deg: int = 0) -> bytes:
    """The part of a frame that says when and where, with 9 satellites."""
    moment = at.astimezone(UTC)
    flags = VALID | (NORTH if lat >= 0 else 0) | (WEST if lon < 0 else 0) | course_deg
    return struct.pack(
        ">6BBIIBH",
        *(moment.year - 2000, moment.month, moment.day),
        *(moment.hour, moment.minute, moment.second),
        0xC9,
        *(round(abs(lat) * DEGREE), round(abs(lon) * DEGREE), speed_kmh, flags),
    )


CELL = struct.pack(">HBHBH", 401, 1, 0x04D2, 0, 0x2E1F)


def location(at: datetime, lat: float, lon: float, serial: int = 2, speed_kmh: int = 0) -> bytes:
    """Where the tracker is."""
    return frame(LOCATION, place(at, lat, lon, speed_kmh) + CELL, serial)


def heartbeat(serial: int = 3, voltage_level: int = 4) -> bytes:
    """The sign of life between two places: terminal, voltage level of 0 to 6, GSM level."""
    return frame(STATUS, bytes([0x40, voltage_level, 4, 0, 1]), serial)


def alarm(at: datetime, lat: float, lon: float, code: int = SOS, serial: int = 4) -> bytes:
    """An alarm and where it was."""
    body = place(at, lat, lon) + b"\x08" + CELL + bytes([0x40, 4, 4, code, 1])
    return frame(ALARM, body, serial)


def command_answer(number: int, text: str, serial: int = 5) -> bytes:
    """What the tracker says to a command with this number."""
    words = text.encode("ascii")
    body = bytes([len(words) + 4]) + struct.pack(">I", number) + words + b"\x00\x01"
    return frame(COMMAND_ANSWER, body, serial)


def acknowledgement(kind: int, serial: int) -> bytes:
    """What the server answers."""
    return frame(kind, b"", serial)
