# SPDX-License-Identifier: EUPL-1.2
"""Each language by its own frames: what they say, what is answered, what is asked and confirmed."""

from datetime import UTC, datetime

import pytest
from supervision.gateway.captured import ARRIVED
from supervision.gateway.frames import (
    AT,
    FRAMES,
    IMEI,
    PLACE,
    QUECLINK,
    RECORD,
    meitrack,
    watch,
)

from tarazy.core.errors import Refused
from tarazy.supervision.gateway.alarms import Alarm
from tarazy.supervision.gateway.checksums import crc_ibm, crc_x25
from tarazy.supervision.gateway.commands import Command, CommandKind, Confirmed
from tarazy.supervision.gateway.interface import Mark, Report
from tarazy.supervision.gateway.languages import STREAMS
from tarazy.supervision.gateway.stream import Session, Told
from tarazy.supervision.gateway.times import settle
from tarazy.supervision.refusals import Refusal
from tarazy.supervision.simulate import trackers as gt06


def told(name: str, number: int) -> Told:
    """One of the frames, after the ones before it on the same connection."""
    session = Session()
    found = Told()
    for frame in FRAMES[name][: number + 1]:
        found = STREAMS[name].decode(frame, session, ARRIVED)
    return found


def seen(report: Report) -> tuple[object, ...]:
    return (
        report.at,
        report.lat,
        report.lon,
        report.speed_kmh and round(report.speed_kmh, 3),
        report.course_deg,
        report.battery_percent,
        report.stored,
        report.alarms,
        report.marks,
    )


def h02(content: str) -> bytes:
    return f"*HQ,8600000017,V1,{content}#".encode()


SOS = (Alarm.SOS,)
LAST_KNOWN = (Mark.STALE,)
NOT_VALID = (Mark.INVALID_FIX,)
HOME = (AT, 43.25, 76.9)
FAR = (AT, -43.25, -76.9)
SIGN = (None, None, None, None, None)


@pytest.mark.parametrize(
    ("name", "number", "expected"),
    [
        ("gt06", 1, (*HOME, 5, 0, None, False, (), ())),
        ("gt06", 2, (*SIGN, 60, False, (), ())),
        ("gt06", 3, (*FAR, 0, 0, 60, False, (Alarm.SOS,), ())),
        ("h02", 0, (*HOME, 5, 90, None, False, (), ())),
        ("h02", 1, (*FAR, 0, 0, None, False, (Alarm.SOS, Alarm.POWER_CUT), NOT_VALID)),
        ("h02", 2, (*SIGN, 87, False, (), ())),
        ("h02", 3, (*SIGN, 84, False, (), ())),
        ("h02", 5, (*HOME, 5.556, 90, 80, False, (), ())),
        ("meitrack", 0, (*HOME, 5, 90, None, False, (), ())),
        ("meitrack", 1, (*FAR, 0, 0, None, False, (Alarm.SOS,), NOT_VALID)),
        ("queclink", 0, (*HOME, 4.3, 92, 80, False, (), ())),
        ("queclink", 1, (*HOME, 4.3, 92, 80, True, (), ())),
        ("queclink", 2, (*HOME, 0, 92, None, False, (Alarm.SOS,), LAST_KNOWN)),
        ("watch", 0, (*SIGN, 80, False, (), ())),
        ("watch", 1, (*HOME, 5, 90, 80, False, (), ())),
        ("watch", 2, (*HOME, 5, 90, 80, True, (), ())),
        ("watch", 3, (*HOME, 5, 90, 80, False, (Alarm.REMOVAL,), ())),
    ],
)
def test_what_a_frame_says(name: str, number: int, expected: tuple[object, ...]) -> None:
    (report,) = told(name, number).reports
    speed = None if report.speed_kmh is None else pytest.approx(report.speed_kmh, abs=0.01)
    assert seen(report)[:3] == expected[:3]
    assert expected[3] == speed
    assert seen(report)[4:] == expected[4:]


def test_many_records_in_one_packet() -> None:
    first, second = told("teltonika", 3).reports
    assert first.at == datetime(2019, 7, 10, 12, 6, 54, tzinfo=UTC)
    assert second.at == datetime(2019, 7, 10, 12, 6, 55, tzinfo=UTC)
    assert (first.lat, first.satellites, first.marks) == (0.0, 0, NOT_VALID)
    one, two = told("queclink", 3).reports
    assert [report.battery_percent for report in (one, two)] == [None, 88]
    (record,) = told("meitrack", 2).reports
    assert seen(record)[:6] == (*HOME, 5, 90, 80)
    assert (record.altitude_m, record.hdop, record.marks) == (700, 0.9, ())


@pytest.mark.parametrize(
    ("name", "number", "answer"),
    [
        ("gt06", 0, bytes.fromhex("787805010001d9dc0d0a")),
        ("gt06", 2, gt06.acknowledgement(gt06.STATUS, 3)),
        ("gt06", 4, b""),
        ("h02", 0, b"*HQ,8600000017,V4,V1,20261124120000#"),
        ("h02", 2, b"*HQ,860000000000017,HTBT#"),
        ("meitrack", 0, b""),
        ("meitrack", 1, b"@@A30,860000000000017,AFF,0004*49\r\n"),
        ("queclink", 0, b"+SACK:11F0$"),
        ("queclink", 4, b"+SACK:GTHBD,1A0401,11F3$"),
        ("teltonika", 0, b"\x01"),
        ("teltonika", 3, b"\0\0\0\2"),
        ("teltonika", 4, bytes.fromhex("0005cafe010501")),
        ("teltonika", 5, b""),
        ("watch", 0, b"[3G*8800000015*0002*LK]"),
        ("watch", 3, b"[3G*8800000015*0007*0002*AL]"),
    ],
)
def test_what_is_answered(name: str, number: int, answer: bytes) -> None:
    assert told(name, number).answer == answer


def test_the_time_is_told_to_who_asks_for_it() -> None:
    asked = gt06.frame(0x8A, b"", 6)
    answer = STREAMS["gt06"].decode(asked, Session(), ARRIVED).answer
    assert answer == gt06.frame(0x8A, bytes([26, 11, 24, 12, 0, 0]), 6)


@pytest.mark.parametrize(
    ("name", "number", "confirmed"),
    [
        ("gt06", 4, Confirmed(number=7, text="TIMER OK")),
        ("h02", 4, Confirmed(kind=CommandKind.INTERVAL, text="S71,20260501123015")),
        ("meitrack", 3, Confirmed(kind=CommandKind.INTERVAL, text="OK")),
        ("queclink", 5, Confirmed(kind=CommandKind.LOCATE, number=7, text="GTRTO")),
        ("watch", 4, Confirmed(kind=CommandKind.LOCATE, text="CR")),
    ],
)
def test_what_is_confirmed(name: str, number: int, confirmed: Confirmed) -> None:
    assert told(name, number).confirmed == confirmed


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("gt06", CommandKind.LOCATE, gt06.frame(0x80, b"\x0a\0\0\0\x07WHERE#\0\x02", 1)),
        ("gt06", CommandKind.INTERVAL, gt06.frame(0x80, b"\x10\0\0\0\x07TIMER,60,60#\0\x02", 1)),
        ("h02", CommandKind.INTERVAL, f"*HQ,{IMEI},S71,000000,22,60#".encode()),
        ("meitrack", CommandKind.INTERVAL, f"@@H27,{IMEI},A12,6*".encode()),
        ("queclink", CommandKind.LOCATE, b"AT+GTRTO=tarazy,1,,,,,,0007$"),
        (
            "teltonika",
            CommandKind.LOCATE,
            bytes.fromhex("000000000000000e0c01050000000667657467707301"),
        ),
        ("watch", CommandKind.LOCATE, f"[3G*{IMEI}*0002*CR]".encode()),
        ("watch", CommandKind.INTERVAL, f"[3G*{IMEI}*0009*UPLOAD,60]".encode()),
        ("watch", CommandKind.MESSAGE, f"[3G*{IMEI}*0010*MESSAGE,04AE0439]".encode()),
        ("watch", CommandKind.VIBRATE, f"[3G*{IMEI}*0004*FIND]".encode()),
    ],
)
def test_what_is_asked(name: str, kind: CommandKind, words: bytes) -> None:
    command = Command(kind=kind, number=7, seconds=60, text="Үй")
    assert STREAMS[name].command(command, Session(identity=IMEI)).startswith(words)


def test_the_identity_is_what_is_printed_on_the_device() -> None:
    expected = {
        "gt06": IMEI,
        "h02": "8600000017",
        "meitrack": IMEI,
        "queclink": IMEI,
        "teltonika": IMEI,
        "watch": "8800000015",
    }
    for name, identity in expected.items():
        session = Session()
        STREAMS[name].decode(FRAMES[name][0], session, ARRIVED)
        assert session.identity == identity


def test_a_wrong_checksum_is_a_mark() -> None:
    damaged = bytearray(FRAMES["gt06"][1])
    damaged[-3] ^= 0xFF
    (report,) = STREAMS["gt06"].decode(bytes(damaged), Session(), ARRIVED).reports
    assert report.marks == (Mark.BAD_CHECKSUM,)
    assert report.lat == 43.25


@pytest.mark.parametrize(
    ("name", "frame", "refusal"),
    [
        ("gt06", b"\x78\x78\x05", Refusal.NOT_A_FRAME),
        ("h02", b"*HQ#", Refusal.NOT_A_FRAME),
        ("h02", b"$\x86\x00", Refusal.TRUNCATED),
        ("queclink", b"+RESP:GTFRI,1A0900,,x$", Refusal.BAD_FIELD),
        ("teltonika", bytes(8), Refusal.TRUNCATED),
        ("teltonika", bytes(7) + b"\2\x99\1" + bytes(4), Refusal.NOT_A_FRAME),
        ("meitrack", b"$$A9,x*00\r\n", Refusal.NOT_A_FRAME),
        ("watch", b"[3G]", Refusal.NOT_A_FRAME),
    ],
)
def test_what_nobody_can_read_is_refused_by_name(name: str, frame: bytes, refusal: Refusal) -> None:
    with pytest.raises(Refused) as caught:
        STREAMS[name].decode(frame, Session(), ARRIVED)
    assert caught.value.name == refusal


NO_TIME = "000000,000000,V,0.0,N,0.0,E,0,0,0,0,60,80,0,0"
"""A watch that has seen no satellite since it was switched on."""


@pytest.mark.parametrize(
    ("name", "frame", "refusal", "alarms"),
    [
        ("gt06", gt06.frame(gt06.LOCATION, b"\x1a\x05", 9), Refusal.TRUNCATED, ()),
        ("gt06", gt06.alarm(AT, 91.0, 76.9, serial=4), Refusal.BAD_PLACE, (Alarm.SOS,)),
        ("h02", h02("1,A,9915.0000,N,07654.0000,E,0,0,010526,FFFFFFFF"), Refusal.BAD_PLACE, ()),
        (
            "h02",
            h02("123015,A,4360.0,N,07654.0,E,0,0,010526,FFFFFFFD"),
            Refusal.BAD_PLACE,
            (Alarm.SOS,),
        ),
        (
            "h02",
            h02("123015,A,4315.0,N,07654.0,E,0,0,310226,FFF7FFFF"),
            Refusal.BAD_TIME,
            (Alarm.POWER_CUT,),
        ),
        ("h02", h02("123015,A,4315.0,N,07654.0,E,0,0,01052,FFFFFFFF"), Refusal.BAD_TIME, ()),
        ("h02", h02("123015,V,0000.0,N,00000.0,E,0,0,000000,FFFFFFFF"), Refusal.BAD_TIME, ()),
        (
            "h02",
            bytes.fromhex("2486000000171230150105264375000050076540000e003090fffffbfd000000"),
            Refusal.BAD_PLACE,
            (Alarm.SOS,),
        ),
        (
            "meitrack",
            meitrack(b"AAA,1,95.250000,76.900000,260501123015,A,9,24,5,90,0.9,700,3,3,401"),
            Refusal.BAD_PLACE,
            (Alarm.SOS,),
        ),
        ("queclink", QUECLINK[2].replace(b"76.9", b"276.9"), Refusal.BAD_PLACE, (Alarm.SOS,)),
        ("queclink", QUECLINK[2].replace(b"20260501", b"00000000", 1), Refusal.BAD_TIME, SOS),
        ("queclink", QUECLINK[1].replace(b"20260501123015", b"", 1), Refusal.BAD_TIME, ()),
        ("watch", watch("UD,010526,123015,A,43.25"), Refusal.TRUNCATED, ()),
        ("watch", watch("AL,010526,123015,A,43.25"), Refusal.TRUNCATED, (Alarm.OTHER,)),
        ("watch", watch(f"AL,{NO_TIME},00100000,0"), Refusal.BAD_TIME, (Alarm.REMOVAL,)),
        ("watch", watch(f"AL,{PLACE},00010000".replace("43", "93")), Refusal.BAD_PLACE, SOS),
    ],
)
def test_of_a_frame_that_says_nonsense_stay_its_alarm_and_that_it_came(
    name: str, frame: bytes, refusal: Refusal, alarms: tuple[Alarm, ...]
) -> None:
    found = STREAMS[name].decode(frame, Session(), ARRIVED)
    assert found.refused == (refusal,)
    (sign,) = found.reports
    assert (sign.at, sign.lat, sign.content, sign.alarms) == (None, None, b"", alarms)
    assert found.answer or name in {"watch", "meitrack"} or frame[:1] == b"$"


def test_an_alarm_of_a_watch_that_sees_no_satellite_has_its_time() -> None:
    frame = watch("AL,010526,123015,V,,N,,E,0,0,0,0,60,80,0,0,00010000,0")
    found = STREAMS["watch"].decode(frame, Session(), ARRIVED)
    (report,) = found.reports
    assert (report.at, report.lat, report.alarms, found.refused) == (AT, None, SOS, ())


@pytest.mark.parametrize("name", ["h02", "watch"])
def test_a_year_that_lost_2048_weeks_is_of_the_century_before(name: str) -> None:
    frames = {
        "h02": h02("115900,A,4315.0,N,07654.0,E,0,0,250887,FFFFFFFF"),
        "watch": watch("UD," + PLACE.replace("010526,123015", "250887,115900") + ",0"),
    }
    (report,) = STREAMS[name].decode(frames[name], Session(), ARRIVED).reports
    moment = settle(report.at, ARRIVED)
    assert moment.at == datetime(2026, 11, 24, 11, 59, tzinfo=UTC)
    assert moment.marks == (Mark.ROLLED_OVER,)


def test_a_day_without_a_time_is_of_now_or_of_nobody_knows_when() -> None:
    today = b"*hq,356327080425330,VP1,A,2702.7245,S,15251.9311,E,0.48,0.0000,241126#"
    found = STREAMS["h02"].decode(today, Session(), ARRIVED)
    assert found.reports[0].at is None
    assert found.reports[0].lat == pytest.approx(-27.0454083)
    found = STREAMS["h02"].decode(today.replace(b"241126", b"231126"), Session(), ARRIVED)
    assert (found.reports[0].lat, found.refused) == (None, (Refusal.BAD_TIME,))


def test_a_record_from_memory_without_a_time_is_no_place() -> None:
    record = RECORD.replace(
        bytes.fromhex("030250f1930203a06695040457598731"), bytes.fromhex("020250f1930203a0669504")
    )
    frame = meitrack(b"CCE," + bytes(4) + b"\x01\x00" + len(record).to_bytes(2, "little") + record)
    found = STREAMS["meitrack"].decode(frame, Session(), ARRIVED)
    assert found.refused == (Refusal.BAD_TIME,)
    assert [(one.lat, one.battery_percent) for one in found.reports] == [(None, 80)]


def test_checksums_have_their_published_check_values() -> None:
    assert crc_x25(b"123456789") == 0x906E
    assert crc_ibm(b"123456789") == 0xBB3D
