# SPDX-License-Identifier: EUPL-1.2
"""Queclink: what is peculiar to it; what it has in common is in test_streams.py."""

from datetime import UTC, datetime

import pytest
from supervision.gateway.captured import ARRIVED

from tarazy.supervision.gateway import queclink
from tarazy.supervision.gateway.alarms import Alarm
from tarazy.supervision.gateway.stream import Session

AT = datetime(2026, 5, 1, 12, 30, 15, tzinfo=UTC)
HEAD = "+RESP:GTFRI,1A0900,860000000000017,GL300,0,0,1,1,"
TAIL = ",0401,0001,18D8,6141,,80,20260501123016,11F0$"


@pytest.mark.parametrize(
    ("place", "at", "course_deg", "hdop"),
    [
        ("1,4.3,92,70.0,76.900000,43.250000,20260501123015", AT, 92, 1),
        ("12.34,4.3,92.5,70.0,76.900000,43.250000,20260501123015", AT, 92.5, 12.34),
        ("1,4.3,,70.0,76.900000,43.250000,20260501123015", AT, None, 1),
        ("1,4.3,92,70.0,76.900000,43.250000,", None, 92, 1),
    ],
)
def test_a_place_in_its_shapes(
    place: str, at: datetime | None, course_deg: float | None, hdop: float
) -> None:
    (report,) = queclink.decode((HEAD + place + TAIL).encode(), Session(), ARRIVED).reports
    assert (report.lat, report.lon, report.speed_kmh) == (43.25, 76.9, 4.3)
    assert (report.at, report.course_deg, report.hdop) == (at, course_deg, hdop)


def test_a_speed_that_is_not_known_costs_no_place() -> None:
    place = "2,-1,0,70.0,76.900000,43.250000,20260501123015"
    (report,) = queclink.decode((HEAD + place + TAIL).encode(), Session(), ARRIVED).reports
    assert (report.at, report.lat, report.lon, report.speed_kmh) == (AT, 43.25, 76.9, None)
    assert report.marks == ()


@pytest.mark.parametrize(
    ("version", "tail", "percent"),
    [
        ("300800", "0401,0001,18D8,6141,61.3,53,00,20260501123016,11F0$", 53),  # with its ports
        ("300400", "0401,0001,18D8,6141,61.3,53,20260501123016,11F0$", 53),
        ("02010D", ",,,,,91,20260501123016,11F0$", 91),
        ("020102", "0401,0001,18D8,6141,00,,20260501123016,11F0$", None),
        ("0A0100", "0401,0001,18D8,6141,00,40.0,9,20260501123016,11F0$", 9),
    ],
)
def test_the_state_of_the_ports_is_no_battery(
    version: str, tail: str, percent: float | None
) -> None:
    place = "0,0,1,1,4.3,92,70.0,76.900000,43.250000,20260501123015"
    frame = f"+RESP:GTFRI,{version},860000000000017,,{place},{tail}"
    (report,) = queclink.decode(frame.encode(), Session(), ARRIVED).reports
    assert (report.lat, report.battery_percent) == (43.25, percent)


def test_what_a_car_used_is_no_place() -> None:
    frame = (
        "+RESP:GTCAN,802005,860000000000017,,00,1,FFFFFFFF,,,,22.54,0,,,,,,,7.84,4.61,3.24,3.33,,"
        "8080,,,00,20260501123016,3F6D$"
    )
    (report,) = queclink.decode(frame.encode(), Session(), ARRIVED).reports
    assert report.lat is None


@pytest.mark.parametrize(
    ("version", "tail", "percent"),
    [
        ("1A0800", "20260501123015,69,1,44,,,20260501123016,022C$", 69),
        ("423036", "20260501123015,57,,,,,20260501123016,005C$", 57),
        ("060100", "20260501123015,0,1300,2000,00,00,+0800,0,20260501123016,11F0$", None),
        ("1A0800", ",69,1,44,,,20260501123016,022C$", None),
    ],
)
def test_the_battery_of_what_is_carried(version: str, tail: str, percent: float | None) -> None:
    frame = f"+RESP:GTINF,{version},860000000000017,,41,8970,17,0,1,26.6,,3.90,1,1,0,0,0,{tail}"
    (report,) = queclink.decode(frame.encode(), Session(), ARRIVED).reports
    assert (report.lat, report.battery_percent) == (None, percent)


@pytest.mark.parametrize(
    ("kind", "status", "alarms"),
    [
        ("JDS", "2,5", (Alarm.JAMMING,)),
        ("JDS", "1,2", ()),  # over: 2 is what was jammed
        ("JDS", "1,3", ()),
        ("ANT", "1", (Alarm.ANTENNA_CUT,)),
        ("ANT", "2", (Alarm.ANTENNA_CUT,)),
        ("ANT", "0", ()),
        ("ANT", "", ()),
        ("GSS", "0,0,11,", (Alarm.NO_SATELLITES,)),
        ("GSS", "1,9,11,", ()),
        ("GPJ", "15,3", (Alarm.JAMMING,)),
        ("GPJ", "3,1", ()),
        ("GEO", ",21,1", (Alarm.FENCE_ENTER,)),  # a vehicle's, in one field
        ("GEO", ",20,1", (Alarm.FENCE_EXIT,)),
        ("GEO", "0,1,1", (Alarm.FENCE_ENTER,)),  # of what is carried, in two
        ("GEO", "1,0,1", (Alarm.FENCE_EXIT,)),
        ("GEO", "10,0,1", (Alarm.FENCE_EXIT,)),
    ],
)
def test_what_is_over_is_no_alarm(kind: str, status: str, alarms: tuple[Alarm, ...]) -> None:
    frame = (
        f"+RESP:GT{kind},6E0C03,135790246811220,GV310LAU,{status},0,4.3,92,70.0,121.354335,"
        "31.222073,20260214013254,0460,0000,18D8,6141,00,20260214093254,11F0$"
    )
    (report,) = queclink.decode(frame.encode(), Session(), ARRIVED).reports
    assert report.alarms == alarms


@pytest.mark.parametrize(
    ("kind", "alarm"),
    [
        ("EPN", Alarm.POWER_RESTORED),
        ("EPF", Alarm.POWER_CUT),
        ("MPN", Alarm.POWER_RESTORED),
        ("MPF", Alarm.POWER_CUT),
        ("SOA", Alarm.CASE_TAMPER),
    ],
)
def test_what_a_kind_calls_out(kind: str, alarm: Alarm) -> None:
    frame = (
        f"+RESP:GT{kind},2C0600,860000000000017,GL300W,1,4.3,92,70.0,76.900000,43.250000,"
        "20260501123015,0401,0001,18D8,6141,61.3,20260501123016,11F0$"
    )
    (report,) = queclink.decode(frame.encode(), Session(), ARRIVED).reports
    assert (report.at, report.alarms) == (AT, (alarm,))
