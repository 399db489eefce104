# SPDX-License-Identifier: EUPL-1.2
"""Watches: what is peculiar to them; what they have in common is in test_streams.py."""

import pytest
from supervision.gateway.captured import ARRIVED
from supervision.gateway.frames import PLACE
from supervision.gateway.frames import watch as frame_of

from tarazy.supervision.gateway import watch
from tarazy.supervision.gateway.alarms import Alarm
from tarazy.supervision.gateway.commands import Command, CommandKind
from tarazy.supervision.gateway.stream import Session

WI_FI = f"UD,{PLACE},00000000,0,1,[LG_Wall-Mount A/C]e725,66:aa:ed:e1:e7:25,-82,15.0"


def cut_all(*pieces: bytes) -> list[bytes]:
    buffer, found = b"", []
    for piece in pieces:
        buffer += piece
        while buffer:
            used, frame = watch.cut(buffer)
            if not used:
                break
            if frame is not None:
                found.append(frame)
            buffer = buffer[used:]
    return found


@pytest.mark.parametrize("wrong", [0, -3, 9])
def test_brackets_in_the_name_of_a_network_end_nothing(wrong: int) -> None:
    right = frame_of(WI_FI)
    frame = right.replace(b"*%04X*" % len(WI_FI), b"*%04X*" % (len(WI_FI) + wrong))
    assert cut_all(frame + right) == [frame, right]
    inside = frame.index(b"]") + 1  # there alone nothing tells that more will come
    for at in range(1, len(frame)):
        if at != inside:
            assert cut_all(frame[:at], frame[at:], right) == [frame, right]


@pytest.mark.parametrize("wrong", [-3, 9])
@pytest.mark.parametrize("noise", [b"noise", b"\r\n", b"]*[", b"[3G*"])
def test_noise_after_a_frame_of_a_wrong_length_takes_no_other_frame(
    wrong: int, noise: bytes
) -> None:
    right = frame_of(f"UD,{PLACE},00000000,0,1")
    content = right[right.rindex(b"*") + 1 :]
    frame = right.replace(b"*%04X*" % (len(content) - 1), b"*%04X*" % (len(content) - 1 + wrong))
    found = cut_all(frame + noise + right + noise + right)
    assert found[0].startswith(frame)
    assert found[1:] == [right, right]


@pytest.mark.parametrize("words", ["WG,", "WAD,CH,"])
def test_who_asks_what_is_there_says_where(words: str) -> None:
    told = watch.decode(frame_of(f"{words}{PLACE},00000000,0,1"), Session(), ARRIVED)
    assert [(one.lat, one.lon) for one in told.reports] == [(43.25, 76.9)]
    told = watch.decode(frame_of(words), Session(), ARRIVED)
    assert [one.lat for one in told.reports] == [None]
    assert told.refused == ()


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (b"TK,#!AMR}\x01\xff", b"[3G*8800000015*0004*TK,1]"),
        (b"TK,1", b""),
        (b"JXTK,0,watch_7,1,6,#!AMR", b"[3G*8800000015*0007*JXTKR,1]"),
        (b"img,5,160429110950,\xff\xd8", b""),
        (b"bphrt,120,79,73,,,,", b"[3G*8800000015*0005*bphrt]"),
        (b"oxygen,0,98", b"[3G*8800000015*0008*oxygen,1]"),
        (b"btemp2,1,36.5", b"[3G*8800000015*0006*btemp2]"),
        (b"WIFIINFOUP,686f6d65,31323334,1c:fa:68:13:a5:b4", b"[3G*8800000015*000C*WIFIINFOUP,1]"),
        (b"heart,71", b""),
        (b"ICCID,8970101", b""),
    ],
)
def test_what_is_not_read_is_answered_as_the_maker_says_and_not_kept(
    words: bytes, answer: bytes
) -> None:
    frame = b"[3G*8800000015*%04X*%b]" % (len(words), words)
    told = watch.decode(frame, Session(), ARRIVED)
    (report,) = told.reports
    assert told.answer == answer
    assert report.content == frame[: frame.index(b",")]


def test_nonsense_for_satellites_is_unknown() -> None:
    frame = frame_of(f"UD,{PLACE},00000010,0,0").replace(b",9,100,80,", b",999,100,80,")
    (report,) = watch.decode(frame, Session(), ARRIVED).reports
    assert report.satellites is None
    assert report.moving is None, "makers use bit 4 both ways"


@pytest.mark.parametrize(
    ("state", "alarms"),
    [
        ("00200010", (Alarm.FALL,)),
        ("00400000", (Alarm.OTHER,)),  # the heart
        ("00100008", (Alarm.REMOVAL,)),
        ("00030000", (Alarm.SOS, Alarm.LOW_BATTERY)),
    ],
)
def test_the_alarms_of_the_makers_table(state: str, alarms: tuple[Alarm, ...]) -> None:
    (report,) = watch.decode(frame_of(f"AL_LTE,{PLACE},{state},1,255"), Session(), ARRIVED).reports
    assert report.alarms == alarms


@pytest.mark.parametrize(("seconds", "asked"), [(10, 60), (60, 60), (600, 600), (86_400, 65_535)])
def test_an_interval_is_one_that_a_watch_can_keep(seconds: int, asked: int) -> None:
    told = Command(kind=CommandKind.INTERVAL, seconds=seconds)
    words = watch.command(told, Session(identity="8800000015", variant="3G*"))
    assert words.endswith(f"*UPLOAD,{asked}]".encode())
