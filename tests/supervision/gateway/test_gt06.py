# SPDX-License-Identifier: EUPL-1.2
"""GT06 by frames of the field: the many places where its dialects put status, alarm and memory."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from supervision.gateway.captured import ARRIVED

from tarazy.supervision.gateway import gt06
from tarazy.supervision.gateway.alarms import Alarm
from tarazy.supervision.gateway.checksums import crc_x25
from tarazy.supervision.gateway.interface import Report
from tarazy.supervision.gateway.stream import Session, Told, frames_in
from tarazy.supervision.refusals import Refusal
from tarazy.supervision.simulate import trackers

ALARMS: dict[str, tuple[str, float | None, bool | None, tuple[Alarm, ...]]] = {
    "0x16, cell of 8 with its length": (
        "7878251610051b0f1c34c5022515d504b5dcd20738080902d4022bdf009cba5006640201006759680d0a",
        100,
        False,
        (Alarm.POWER_CUT,),
    ),
    "0x16, cell of 9 with its length: SOS": (
        "787826161709130f3a2dcc02c55f2a089f9af9005c210901360481fe066d9b03413e420102035f92fe0d0a",
        62,
        False,
        (Alarm.SOS,),
    ),
    "0x16, the same, opened": (
        "78782616170a080c0e24c0027c58ad0c2b8b0100454e0901cc0025030328e7a0005d4b13021ec373170d0a",
        93,
        False,
        (Alarm.CASE_TAMPER,),
    ),
    "0x16, cell without a length: SOS": (
        "7878241617070a150e24ca01fba0040780e177005c0001720253360027db6204e40400004bf1e90d0a",
        None,
        False,
        (Alarm.SOS,),
    ),
    "0x16, no cell but room for several": (
        "78784a1614051c150204ec02777e560c2a2a2a5314af"
        + "00" * 6
        + "04"
        + "00" * 40
        + "7e061b0982004b24c00d0a",
        100,
        True,
        (Alarm.REMOVAL, Alarm.VIBRATION),
    ),
    "0x27, country with its bit, a length that counts itself": (
        "78782727110c0b0e170f850450059107f461ae001c7e0a81360104cb8a00bef32806030c02ff000316b10d0a",
        100,
        False,
        (Alarm.POWER_ON,),
    ),
    "0x32, a length that does not count itself": (
        "78782732180214123324ca0162bdf0041f45d900190b0a02d4000bc5270000ec025206040202005e07e10d0a",
        100,
        False,
        (Alarm.POWER_CUT,),
    ),
    "0xA2, percent": (
        "787840a2180b0f0f3407cf00602cd208354064001c6a02dc650000698100000000095674c9114100002a04000100"
        "004b31000000000863829079286793020001a22a8f0d0a",
        42,
        False,
        (),
    ),
    "0xA2, nearly empty": (
        "787840a2180b0f0f3407cf00602cd208354064001c6a02dc650000698100000000095674c9114100000504000100"
        "004b31000000000863829079286793020001a22a8f0d0a",
        5,
        False,
        (),
    ),
    "0x16, VXT01: too fast": (
        "7878241617070a150e24ca01fba0040780e177005c0001720253360027db7a04e40400004bf1e90d0a",
        None,
        False,
        (Alarm.OVERSPEED,),
    ),
    "0xA3 with a place": (
        "78782ca3110b10081336f000000000000000000004003901cc0000009191000000000906170304050400010003e0"
        "940d0a",
        80,
        True,
        (),
    ),
    "0x13, half of a voltage where others have an alarm": (
        "78780a130604ea04000006bc8a0d0a",
        60,
        True,
        (),
    ),
    "0x19, a list of cells": (
        "7878171915061810051a01f90101700d08c8f50c0000065494ae0d0a",
        None,
        None,
        (),
    ),
    "0x19, SOS": ("78781219028f0a29e10036f12003040102000875dc0d0a", 40, False, (Alarm.SOS,)),
    "0x70, an event": (
        "797900a87000000001020035000101003300125d7e3a180600d504b598f708814b3a001d1500340006125d7e39dc"
        "000011000a012e02620000000000000001000803537601000129800002000803102608593397620003000a890126"
        "08522933976266001800020172002b000114002c00045d7df3c70009000106000a000109002800010d002e000400"
        "00f25d002a000111002900040000017e0030000a000100b4000a00b402d0000591250d0a",
        None,
        None,
        (Alarm.REMOVAL,),
    ),
}


def read(frame: bytes) -> Told:
    return gt06.decode(frame, Session(), ARRIVED)


def report_of(text: str) -> Report:
    (report,) = read(bytes.fromhex(text)).reports
    return report


@pytest.mark.parametrize("name", ALARMS)
def test_status_and_alarm_where_each_dialect_has_them(name: str) -> None:
    text, percent, charging, alarms = ALARMS[name]
    report = report_of(text)
    assert (report.battery_percent, report.charging) == (percent, charging)
    assert report.alarms == alarms


@pytest.mark.parametrize(
    ("level", "percent"), [*enumerate([0, 10, 20, 40, 60, 80, 100]), (7, None)]
)
def test_a_level_is_what_the_maker_calls_it(level: int, percent: float | None) -> None:
    frame = trackers.heartbeat(voltage_level=level)
    (report,) = read(frame).reports
    assert report.battery_percent == percent


@pytest.mark.parametrize("signal", range(5))
def test_a_weak_signal_is_no_alarm(signal: int) -> None:
    (report,) = read(trackers.frame(0x23, bytes([0xC0, 1, 0x22, signal, 0, 1]), 1)).reports
    assert report.alarms == ()


@pytest.mark.parametrize(
    ("text", "lat", "lon"),
    [
        (
            "78782e2416061a103600c80275298404a0a24000184602d4023a49006f060104ed01940000086508004139765"
            "000be7d640d0a",
            -22.9071,
            -43.1312,
        ),
        (
            "7878281718060e021831c6026e8acc0c361b1000140001cc00286d000f4dbf0000012ca7e001000004b2630d"
            "0a",
            22.666068,
            113.818035,
        ),
        (
            "78784e25010356354871186947190909100e0f190909100e0fbf02846fe805078c900018000a02d410c80b0c"
            "352c17044605112a4700020000000005840f0102353130303635383036424446030113ed780d0a",
            -23.46324,
            -46.878231,
        ),
    ],
)
def test_kinds_that_are_a_place_only_sometimes(text: str, lat: float, lon: float) -> None:
    report = report_of(text)
    assert report.lat == pytest.approx(lat, abs=1e-5)
    assert report.lon == pytest.approx(lon, abs=1e-5)


def test_a_list_of_cells_is_never_a_place() -> None:
    cells = bytes.fromhex("1a05010c1e0f02080003100500a1b2c350") + bytes(50)
    (report,) = read(trackers.frame(0x33, cells, 1)).reports
    assert report.lat is None


@pytest.mark.parametrize(
    ("kind", "tail"),
    [
        (0x22, "01cc00287d001f71000001"),
        (0x22, "81cc000000287d1f71000001"),
        (0x31, "02d4000ac3c70dbdc415000001"),
        (0xA0, "02d4020000912e000000000718798d000e01"),
        (0x38, "0e01"),
    ],
)
def test_what_waited_in_memory(kind: int, tail: str) -> None:
    place = "1a05010c1e0fcd01635100041e96d000147c"
    stored: list[Any] = []
    for text in (tail, tail[: tail.rindex("01")] + "00"):
        (report,) = read(trackers.frame(kind, bytes.fromhex(place + text), 1)).reports
        stored.append(report.stored)
    assert stored == [True, False]


@pytest.mark.parametrize("kind", [0x16, 0x26])
def test_an_alarm_counts_without_a_clock(kind: int) -> None:
    body = bytes(18) + bytes.fromhex("0901cc00287d001f712004040102")
    told = read(trackers.frame(kind, body, 1))
    assert told.refused == (Refusal.BAD_TIME,)
    assert [report.alarms for report in told.reports] == [(Alarm.SOS,)]
    assert told.answer


LISTS = (
    # The lists of two captured frames (kind 32), and the same without any cell.
    "0901fe0a060f006a1e3f24" + "00" * 36 + "00",
    "0901fe0a007c0009112424007c000912230081004efe1e00c500100f12" + "00" * 18 + "0710bef565574e37",
    "000000",
)


@pytest.mark.parametrize("lists", LISTS)
@pytest.mark.parametrize("place", ["00", "0ccf01635100041e96d000147c"])
@pytest.mark.parametrize(
    ("code", "alarms"),
    [
        ("a0", ()),
        ("a1", ()),
        ("a2", (Alarm.LOW_BATTERY,)),
        ("a3", (Alarm.LOW_BATTERY,)),
        ("a4", (Alarm.OTHER,)),
        ("a5", (Alarm.DOOR,)),
        ("00", (Alarm.OTHER,)),
    ],
)
def test_an_alarm_behind_lists_of_cells_and_wifi(
    lists: str, place: str, code: str, alarms: tuple[Alarm, ...]
) -> None:
    for extension in ("00", "020102"):
        body = bytes.fromhex("1a05010c1e0f" + place + lists + code + extension)
        (report,) = read(long_frame(0x33, body)).reports
        assert report.alarms == alarms
        assert (report.lat is None) == (place == "00")
        (report,) = read(long_frame(0x32, body)).reports
        assert report.alarms == ()


@pytest.mark.parametrize("cut", [1, 2, 9, 40, 48])
def test_an_alarm_whose_lists_end_beyond_the_frame_is_one_all_the_same(cut: int) -> None:
    body = bytes.fromhex("1a05010c1e0f00" + LISTS[0] + "a200")[:-cut]
    (report,) = read(long_frame(0x33, body)).reports
    assert report.alarms == (Alarm.OTHER,)


def long_frame(kind: int, body: bytes) -> bytes:
    inner = (len(body) + 5).to_bytes(2, "big") + bytes([kind]) + body + b"\x00\x01"
    return b"\x79\x79" + inner + crc_x25(inner).to_bytes(2, "big") + b"\r\n"


def test_lists_of_wifi_are_answered_with_their_time() -> None:
    frame = bytes.fromhex(
        "787803691604130318491475905bd30e25001e10bbf7635d14759006e626560501cc0028660f213228660f1f2828"
        "660ea81e286610731428660f20140d0a"
    )
    assert read(frame).answer == bytes.fromhex("787800691604130318490d0a")


def test_a_login_without_a_trailer_names_the_device() -> None:
    session = Session()
    gt06.decode(bytes.fromhex("78780d010359339075005244340d0a"), session, ARRIVED)
    assert session.identity == "359339075005244"


@pytest.mark.parametrize(
    ("flag", "words", "done"),
    [(7, "TIMER OK", True), (7, "Command error!", False), (0, "Battery:5.56V", None)],
)
def test_only_what_was_asked_is_confirmed(flag: int, words: str, done: bool | None) -> None:
    confirmed = read(trackers.command_answer(flag, words, serial=1)).confirmed
    assert (confirmed and confirmed.done) == done


GREENWICH = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def login_with_zone(told: int) -> bytes:
    """A log-in that names its zone: hours and minutes as one number, the sign in bit 3."""
    body = bytes.fromhex("0860000000000017") + b"\x10\x0b" + told.to_bytes(2, "big")
    return trackers.frame(0x01, body, 1)


@pytest.mark.parametrize(
    ("zone", "ahead", "off"),
    [
        (500 << 4, 5 * HOUR, 5 * HOUR),
        (530 << 4, 5.5 * HOUR, 5.5 * HOUR),
        (500 << 4, 0 * HOUR, 0 * HOUR),  # it reports in UTC, as most do
        (500 << 4, 3 * HOUR, 0 * HOUR),  # not what its zone explains
        (400 << 4 | 8, -4 * HOUR, 0 * HOUR),  # perhaps it waited in memory
        (0xFFFF, 5 * HOUR, 0 * HOUR),
    ],
)
def test_a_clock_in_its_own_zone_shows_east_of_greenwich(
    zone: int, ahead: timedelta, off: timedelta
) -> None:
    session = Session()
    gt06.decode(login_with_zone(zone), session, GREENWICH)
    for late in (timedelta(minutes=1), 7 * HOUR):  # the second waited in memory
        told = GREENWICH + ahead - late
        frame = trackers.location(told, 43.25, 76.9)
        (report,) = gt06.decode(frame, session, GREENWICH).reports
        assert report.at == told - off
    gt06.decode(trackers.login("860000000000017"), session, GREENWICH)
    assert (session.variant, session.offset_s) == ("", 0)


@pytest.mark.parametrize("noise", [b"noise", b"\r\n", b"\x78", b"\x78\x78\x01"])
@pytest.mark.parametrize("length", [1, 0x21, 0xF0])
def test_noise_after_a_frame_of_a_wrong_length_takes_no_other_frame(
    noise: bytes, length: int
) -> None:
    right = trackers.location(GREENWICH, 43.25, 76.9)
    wrong = right[:2] + bytes([length]) + right[3:]
    for stream in (wrong + noise + right + right, noise + right + noise + wrong + noise + right):
        assert [found for found in frames_in(gt06, stream) if found == right] == [right, right]
    found = frames_in(gt06, wrong + noise + right)
    assert found[0].startswith(wrong)


@pytest.mark.parametrize("flood", [b"\x78", b"\x78\x78\x00", b"\x79\x79\x0f\xff"])
def test_a_flood_of_starts_is_passed_over_in_large_pieces(flood: bytes) -> None:
    right = trackers.location(GREENWICH, 43.25, 76.9)
    rest = flood * (4 * gt06.FRAME_BYTES_MAX // len(flood)) + right + right
    cuts, found = 0, []
    while rest:
        cut = gt06.cut(rest[: gt06.FRAME_BYTES_MAX])
        if not cut.used:
            break
        cuts += 1
        found.append(cut.frame)
        rest = rest[cut.used :]
    assert cuts < 50
    assert right in found


@pytest.mark.parametrize("kind", [0x36, 0x41])
def test_of_a_photo_only_that_it_came_is_kept(kind: int) -> None:
    body = bytes([kind]) + bytes(12) + b"\xff\xd8\xff\xe0JFIF" + b"\0\1"
    inner = (len(body) + 2).to_bytes(2, "big") + body
    frame = b"\x79\x79" + inner + crc_x25(inner).to_bytes(2, "big") + b"\r\n"
    told = read(frame)
    (report,) = told.reports
    assert report.content == frame[:5]
    assert told.answer[4:5] == bytes([kind])
