# SPDX-License-Identifier: EUPL-1.2
"""Meitrack: what is peculiar to it; what it has in common is in test_streams.py."""

import pytest
from supervision.gateway.captured import ARRIVED
from supervision.gateway.frames import meitrack as frame_of

from tarazy.supervision.gateway import meitrack
from tarazy.supervision.gateway.alarms import Alarm
from tarazy.supervision.gateway.stream import Session

TEXT = (
    "AAA,35,43.250000,76.900000,260501123015,A,{},24,5,{},0.9,{},32573389,31405012,401|1|2BC0|250B,"
)


@pytest.mark.parametrize(
    ("satellites", "course", "altitude", "expected"),
    [
        ("9", "90", "700", (9, 90, 700)),
        ("", "90.5", "-7.5", (None, 90.5, -7.5)),
        ("322", "0", "0", (None, 0, 0)),
    ],
)
def test_a_place_in_its_shapes(
    satellites: str, course: str, altitude: str, expected: tuple[float | None, ...]
) -> None:
    frame = frame_of(TEXT.format(satellites, course, altitude).encode())
    (report,) = meitrack.decode(frame, Session(), ARRIVED).reports
    assert (report.lat, report.lon, report.speed_kmh) == (43.25, 76.9, 5)
    assert (report.satellites, report.course_deg, report.altitude_m) == expected


@pytest.mark.parametrize(
    ("rest", "percent"),
    [
        ("00", None),
        ("010e0ccc010000922781abb90c0000", None),
        ("01fea807024d0000000000", 77),
        ("024b030101 00fea807024d0000000000", 77),
        ("01fea80700000258000000", None),
        ("01fea807", None),  # it ends too early
        ("05", None),
    ],
)
def test_the_battery_among_elements_of_any_length(rest: str, percent: float | None) -> None:
    elements = "01050101080500030250f1930203a06695040457598731" + rest
    record = bytes.fromhex("0100" + elements)
    content = bytes(4) + b"\x01\x00" + len(record).to_bytes(2, "little") + record
    told = meitrack.decode(frame_of(b"CCE," + content), Session(), ARRIVED)
    (report,) = told.reports
    assert (report.lat, report.battery_percent) == (43.25, percent)


@pytest.mark.parametrize(
    ("event", "alarms"),
    [
        (1, (Alarm.SOS,)),
        (65, (Alarm.SOS,)),
        (30, (Alarm.SHOCK,)),
        (44, (Alarm.JAMMING,)),
        (29, (Alarm.POWER_ON,)),
        (40, (Alarm.POWER_OFF,)),
        (81, (Alarm.CASE_TAMPER,)),
        (35, ()),  # by its interval
        (144, ()),  # ignition on
    ],
)
def test_what_an_event_calls_out(event: int, alarms: tuple[Alarm, ...]) -> None:
    told = TEXT.format("9", "90", "700").replace("AAA,35,", f"AAA,{event},")
    (report,) = meitrack.decode(frame_of(told.encode()), Session(), ARRIVED).reports
    assert report.alarms == alarms


def test_of_a_photo_only_that_it_came_is_kept() -> None:
    frame = frame_of(b"D00,0918101221_C2E03.jpg,6,0,\xff\xd8\xff\xe0JFIF")
    told = meitrack.decode(frame, Session(), ARRIVED)
    (report,) = told.reports
    assert report.content == frame[: frame.index(b"0918101221")]
    assert told.refused == ()
