# SPDX-License-Identifier: EUPL-1.2
"""H02: what is peculiar to it; what it has in common is in test_streams.py."""

import pytest
from supervision.gateway.captured import ARRIVED

from tarazy.supervision.gateway import h02
from tarazy.supervision.gateway.alarms import Alarm
from tarazy.supervision.gateway.commands import Command, CommandKind, Confirmed
from tarazy.supervision.gateway.stream import Session

TEXT = b"*HQ,4106000826,V1,124552,A,5035.3129,N,00431.8211,E,000.20,000,131116,FFFFFBFF#"
PACKED = bytes.fromhex(
    "24410600082621532131081504419390060740418306000000fffffbffff0015060000002c02dc0c000000001f"
)
MODE_X = bytes.fromhex("5800009814991024031101175540227006012321670c000095fffffbffff0033")


def cut_all(*pieces: bytes) -> list[bytes]:
    buffer, found = b"", []
    for piece in pieces:
        buffer += piece
        while buffer:
            used, frame = h02.cut(buffer)
            if not used:
                break
            if frame is not None:
                found.append(frame)
            buffer = buffer[used:]
    return found


@pytest.mark.parametrize(
    "frames",
    [
        (PACKED, PACKED),
        (b"$\x04" + PACKED[2:], b"$\x04" + PACKED[2:]),  # an id that begins with 0
        (PACKED[:37] + b"$\x12" + PACKED[39:], PACKED, TEXT),  # a start that is none
        (PACKED[:37] + b"*HQ" + PACKED[40:], PACKED, TEXT),
        (PACKED[:32], TEXT, PACKED, TEXT),
    ],
)
def test_packed_frames_that_stick_together(frames: tuple[bytes, ...]) -> None:
    assert cut_all(b"".join(frames)) == list(frames)


@pytest.mark.parametrize("at", range(1, 45))
def test_a_packed_frame_in_two_pieces_costs_no_other_frame(at: int) -> None:
    first = PACKED[:37] + b"*$" + PACKED[39:]
    found = cut_all(first[:at], first[at:], PACKED, PACKED, TEXT)
    assert found[0][:32] == PACKED[:32]
    assert found[-3:] == [PACKED, PACKED, TEXT]


def test_a_burst_that_is_cut_anywhere_loses_nothing() -> None:
    burst = PACKED * 4
    for at in range(32, len(burst)):
        found = cut_all(burst[:at], burst[at:], TEXT)
        whole = [frame for frame in found if frame[:28] == PACKED[:28]]
        assert len(whole) == 4, at
        assert found[-1] == TEXT


def test_mode_x_is_from_who_spoke_before() -> None:
    assert cut_all(PACKED + MODE_X + TEXT) == [PACKED, MODE_X, TEXT]
    assert cut_all(MODE_X, TEXT) == [MODE_X, TEXT]
    session = Session()
    same = bytes.fromhex("2442061191301024031101175540227006012321670c000095fffffbffff0032")
    (one,) = h02.decode(same, session, ARRIVED).reports
    (other,) = h02.decode(MODE_X, session, ARRIVED).reports
    assert session.identity == "4206119130"
    assert (one.battery_percent, other.battery_percent) == (100, None)
    assert (other.at, other.lat, other.course_deg) == (one.at, one.lat, 95)
    assert other.digest == one.digest, "the same fix in two writings"


@pytest.mark.parametrize(
    ("text", "alarms"),
    [
        ("NBR,160453,234,10,0,1,21580,20045312,67,291019,FFFFFBFF,6", ()),
        ("NBR,160453,234,10,0,1,21580,20045312,67,291019,FFFFFBFD,6", (Alarm.SOS,)),
        ("V3,044855,28403,01,001450,20045312,158,-62,0292,0,X,030817,FFFFFBFF", ()),
        ("V19,181519,V,3853.2,S,06205.9,W,000.00,000,090217,,54929320,8954,FFFFFBFF", ()),
        (
            "V19,181519,V,3853.2,S,06205.9,W,000.00,000,090217,,5492,8954,FFFFFBFE",
            (Alarm.VIBRATION,),
        ),
        ("V1,105759,L,37573392,S,145037022,E,000.00,173,280122,FFFFFBFF", ()),
        ("V1,,V,,N,,E,0.00,0,,FFF7F7FF,f0,a,11a0,00000000", (Alarm.POWER_CUT,)),
        ("V1,054048,A,2828.2297,N,07733.4332,E,000.5,047,4,080918,EEE7FBDF,0", (Alarm.POWER_CUT,)),
    ],
)
def test_only_the_status_is_one(text: str, alarms: tuple[Alarm, ...]) -> None:
    (report,) = h02.decode(f"*HQ,4106000826,{text}#".encode(), Session(), ARRIVED).reports
    assert report.alarms == alarms


@pytest.mark.parametrize(
    ("after_status", "altitude_m"),
    [
        ("69129336,0,100.0,18,5141,5A20", 18),
        ("69129336,0,100.0,-7,5141,5A20", -7),
        ("69129336,0,100.0,--18,5141,5A20", None),
        ("460,11,9338,3692,6,1", None),
    ],
)
def test_altitude(after_status: str, altitude_m: float | None) -> None:
    frame = TEXT[:-1] + f",{after_status}#".encode()
    (report,) = h02.decode(frame, Session(), ARRIVED).reports
    assert report.altitude_m == altitude_m


def test_who_leaves_the_id_out_is_the_one_from_before() -> None:
    session = Session()
    h02.decode(TEXT, session, ARRIVED)
    told = h02.decode(TEXT.replace(b"4106000826", b""), session, ARRIVED)
    assert session.identity == "4106000826"
    assert told.reports[0].lat == pytest.approx(50.588548333)
    assert told.answer == b""


@pytest.mark.parametrize(
    ("words", "confirmed"),
    [
        ("S71,123015", Confirmed(kind=CommandKind.INTERVAL, text="S71,123015")),
        ("S71,ERROR,123015", Confirmed(kind=CommandKind.INTERVAL, done=False, text="S71,ERROR")),
        ("S20,DONE,123015", None),
    ],
)
def test_only_an_answer_to_our_command_is_one(words: str, confirmed: Confirmed | None) -> None:
    frame = TEXT.replace(b"V1", b"V4," + words.encode())
    assert h02.decode(frame, Session(), ARRIVED).confirmed == confirmed


def test_a_maker_is_asked_by_his_own_name() -> None:
    session = Session()
    h02.decode(TEXT.replace(b"HQ", b"TH"), session, ARRIVED)
    h02.decode(PACKED, session, ARRIVED)
    asked = h02.command(Command(kind=CommandKind.INTERVAL, seconds=60), session)
    assert asked.startswith(b"*TH,4106000826,S71,")


@pytest.mark.parametrize("kind", ["NBR", "V1", "V3", "LINK", "HTBT", "XX"])
def test_a_long_list_is_read_like_a_short_one(kind: str) -> None:
    frame = f"*HQ,8600000017,{kind},123015,401,01{',1,2,3' * 80},010526,FFFFFBFF#".encode()
    assert h02.cut(frame).frame == frame
    (report,) = h02.decode(frame, Session(), ARRIVED).reports
    assert (report.lat, report.alarms) == (None, ())
