# SPDX-License-Identifier: EUPL-1.2
"""Teltonika: what is peculiar to it; what it has in common is in test_streams.py.

The packets are written here after the maker's wiki.
"""

import struct
from collections.abc import Mapping, Sequence

import pytest
from supervision.gateway.captured import ARRIVED

from tarazy.supervision.gateway import teltonika
from tarazy.supervision.gateway.alarms import Alarm
from tarazy.supervision.gateway.checksums import crc_ibm
from tarazy.supervision.gateway.interface import Mark
from tarazy.supervision.gateway.stream import Session, frames_in
from tarazy.supervision.refusals import Refusal

START_MS = 1_777_638_615_000
SIZES = (1, 2, 4, 8)
LARGE = (*SIZES, 16)


def record(
    number: int,
    elements: Mapping[int, tuple[int, int]],
    event: int = 0,
    *,
    wide: bool = False,
    sizes: Sequence[int] = SIZES,
) -> bytes:
    """A record of codec 8 or 8E; `elements` have their size and value."""
    width = 2 if wide else 1
    told = struct.pack(
        ">QBiihHBH", START_MS + number * 1000, 0, 769000000, 432500000, 700, 90, 9, 5
    )
    told += event.to_bytes(width, "big") + len(elements).to_bytes(width, "big")
    for size in sizes:
        of_size = {name: value for name, (bytes_, value) in elements.items() if bytes_ == size}
        told += len(of_size).to_bytes(width, "big")
        for name, value in of_size.items():
            told += name.to_bytes(width, "big") + value.to_bytes(size, "big")
    return told + bytes(2 if wide else 0)


def packet(codec: int, records: Sequence[bytes]) -> bytes:
    """A whole packet of TCP."""
    count = bytes([len(records)])
    content = bytes([codec]) + count + b"".join(records) + count
    return (
        bytes(4) + struct.pack(">I", len(content)) + content + struct.pack(">I", crc_ibm(content))
    )


@pytest.mark.parametrize("large", [{}, {7: (16, 2**127 + 1)}])
def test_elements_of_sixteen_bytes_are_found_by_the_length(
    large: Mapping[int, tuple[int, int]],
) -> None:
    elements = {21: (1, 3), 66: (2, 12_000), **large}
    frame = packet(8, [record(number, elements, sizes=LARGE) for number in range(11)])
    told = teltonika.decode(frame, Session(), ARRIVED)
    assert told.refused == ()
    assert [(one.lat, one.lon, one.speed_kmh) for one in told.reports] == [(43.25, 76.9, 5)] * 11
    assert [one.at and one.at.timestamp() * 1000 - START_MS for one in told.reports] == [
        number * 1000 for number in range(11)
    ]
    assert told.answer == b"\0\0\0\x0b"


def test_what_fits_in_no_shape_gives_what_is_whole() -> None:
    frame = packet(8, [record(0, {21: (1, 3)}), record(1, {})[:20]])
    told = teltonika.decode(frame, Session(), ARRIVED)
    assert [one.lat for one in told.reports] == [43.25]
    assert told.refused == (Refusal.TRUNCATED,)


@pytest.mark.parametrize(
    ("elements", "event", "alarms"),
    [
        ({252: (1, 1)}, 252, (Alarm.POWER_CUT,)),
        ({252: (1, 0)}, 252, (Alarm.POWER_RESTORED,)),
        ({252: (1, 0)}, 240, ()),
        ({255: (1, 130)}, 255, (Alarm.OVERSPEED,)),
        ({255: (1, 130)}, 0, ()),
        ({246: (1, 1), 249: (1, 1)}, 246, (Alarm.MOVEMENT, Alarm.JAMMING)),
        ({20019: (2, 0)}, 20019, (Alarm.REMOVAL,)),
        ({20019: (2, 2)}, 20019, ()),
        ({20019: (2, 0)}, 0, ()),
    ],
)
def test_alarms(
    elements: Mapping[int, tuple[int, int]], event: int, alarms: tuple[Alarm, ...]
) -> None:
    frame = packet(0x8E, [record(0, elements, event, wide=True)])
    (report,) = teltonika.decode(frame, Session(), ARRIVED).reports
    assert (report.alarms, report.marks) == (alarms, ())


@pytest.mark.parametrize("noise", [b"\0", b"\0\0\0", b"\0\x41\0\1\1\1\0\x0fno imei here!!!"])
def test_noise_before_a_packet_is_passed_over(noise: bytes) -> None:
    frame = packet(8, [record(0, {21: (1, 3)})])
    assert frames_in(teltonika, noise + frame + noise + frame) == [frame, frame]


def test_a_wrong_checksum_is_a_mark() -> None:
    frame = packet(8, [record(0, {})])
    (report,) = teltonika.decode(frame[:-1] + b"\xff", Session(), ARRIVED).reports
    assert report.marks == (Mark.BAD_CHECKSUM,)


def test_of_a_photo_only_that_it_came_is_kept() -> None:
    photo = b"\x02" + bytes(10) + b"\xff\xd8\xff\xe0JFIF"
    content = b"\x0c\x01\x0d" + len(photo).to_bytes(4, "big") + photo + b"\x01"
    frame = bytes(4) + len(content).to_bytes(4, "big") + content
    frame += crc_ibm(content).to_bytes(4, "big")
    told = teltonika.decode(frame, Session(), ARRIVED)
    (report,) = told.reports
    assert (report.content, told.confirmed) == (b"\x0c\x01\x0d", None)
