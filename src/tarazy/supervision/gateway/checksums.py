# SPDX-License-Identifier: EUPL-1.2
"""Checksums of device languages, made of what the standard library does in C."""

from binascii import crc_hqx

REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def crc_x25(data: bytes) -> int:
    """CRC-16/X-25 (ITU-T V.42): the CCITT polynomial over reflected bits, both ends inverted."""
    crc = crc_hqx(data.translate(REVERSED), 0xFFFF) ^ 0xFFFF
    return REVERSED[crc & 0xFF] << 8 | REVERSED[crc >> 8]


def _ibm_table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = value >> 1 ^ 0xA001 if value & 1 else value >> 1
        table.append(value)
    return tuple(table)


IBM = _ibm_table()


def crc_ibm(data: bytes) -> int:
    """CRC-16/ARC, which Teltonika calls CRC-16-IBM: polynomial 0x8005 reflected, start 0."""
    crc = 0
    for byte in data:
        crc = crc >> 8 ^ IBM[(crc ^ byte) & 0xFF]
    return crc


def sum_of_bytes(data: bytes) -> int:
    """The sum modulo 256."""
    return sum(data) & 0xFF
