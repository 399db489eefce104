# SPDX-License-Identifier: EUPL-1.2
"""What holds for every language over TCP and UDP: the capture, framing, and hostile bytes."""

import random
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from supervision.gateway.captured import ARRIVED, decoded, differences, lines, placed
from supervision.gateway.frames import FRAMES

from tarazy.core.errors import Refused
from tarazy.supervision.gateway.commands import Command, CommandKind
from tarazy.supervision.gateway.interface import Report
from tarazy.supervision.gateway.languages import STREAMS, commands_of
from tarazy.supervision.gateway.stream import Session, StreamLanguage, Told, frames_in

IN_CAPTURE = {"queclink": "gl200text"}
NAMES = sorted(STREAMS)
SEED = 20261124
MUTATIONS = 4_000

TRACCAR_IS_WRONG = {
    14: "gt06: its altitude of -31,703 m is the frame's checksum",
    16: "gt06: its altitude of 3,338 m is the frame's end, 0D 0A",
    132: "h02: VP1 tells the day alone, and midnight is not when it was there",
    133: "h02: V19 has a date, which it takes for a battery and says no time",
    134: "h02: VP1, the same",
    138: "h02: V19, the same",
    144: "h02: V19, the same",
    153: "h02: V19, the same",
    187: "queclink: it overlooks the place in a GTCAN of a newer model",
}
"""Lines of the capture where the other decoder errs, each looked at by hand."""


@pytest.mark.parametrize("name", NAMES)
def test_the_capture(name: str) -> None:
    wrong: list[tuple[int, object]] = []
    count = 0
    for line, reports in decoded(STREAMS[name], IN_CAPTURE.get(name, name)):
        expected = placed(line)
        count += len(expected)
        if line.number in TRACCAR_IS_WRONG:
            continue
        if isinstance(reports, str) or len(reports) != len(expected):
            if expected or not isinstance(reports, str):
                wrong.append((line.number, reports))
            continue
        for report, one in zip(reports, expected, strict=True):
            if found := differences(report, one):
                wrong.append((line.number, found))
    assert wrong == []
    assert count > 20


def corpus(name: str) -> list[bytes]:
    """Frames to be hurt: those of the tests, and the capture where it is at hand."""
    found = list(FRAMES[name])
    with suppress(pytest.skip.Exception):  # without the capture the inline frames do
        found += [line.data for line in lines(IN_CAPTURE.get(name, name))]
    return found


def read(language: StreamLanguage, data: bytes) -> None:
    """As the gateway does it: nothing but Refused may come out, and framing must move on."""
    session = Session()
    for frame in frames_in(language, data):
        try:
            told = language.decode(frame, session, ARRIVED)
        except Refused:
            continue
        assert isinstance(told, Told)
        for report in told.reports:
            assert_sound(report)


def assert_sound(report: Report) -> None:
    assert (report.lat is None) == (report.lon is None)
    assert report.lat is None or (-90 <= report.lat <= 90 and -180 <= report.lon <= 180)  # type: ignore[operator]
    assert report.battery_percent is None or 0 <= report.battery_percent <= 100
    assert report.satellites is None or 0 <= report.satellites <= 255
    assert len(report.digest) == 16


@pytest.mark.parametrize("name", NAMES)
def test_mutated_frames_never_break_the_decoder(name: str) -> None:
    chance = random.Random(SEED)
    frames = corpus(name)
    for _ in range(MUTATIONS):
        data = bytearray(chance.choice(frames)[:2_500])
        for _ in range(chance.randint(1, 4)):
            match chance.randrange(4):
                case 0 if data:
                    data[chance.randrange(len(data))] = chance.randrange(256)
                case 1 if data:
                    del data[chance.randrange(len(data)) :]
                case 2 if data:
                    at = chance.randrange(len(data))
                    del data[at : at + chance.randint(1, 8)]
                case _:
                    at = chance.randrange(len(data) + 1)
                    data[at:at] = chance.randbytes(chance.randint(1, 8))
        read(STREAMS[name], bytes(data))


@settings(max_examples=300, deadline=timedelta(seconds=2))
@given(st.sampled_from(NAMES), st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(name: str, data: bytes) -> None:
    read(STREAMS[name], data)


@settings(max_examples=300, deadline=timedelta(seconds=2))
@given(st.sampled_from(NAMES), st.data())
def test_a_frame_around_any_bytes_is_read_or_refused(name: str, data: st.DataObject) -> None:
    frame = data.draw(st.sampled_from(FRAMES[name]))
    at = data.draw(st.integers(0, len(frame)))
    end = data.draw(st.integers(at, len(frame)))
    read(STREAMS[name], frame[:at] + data.draw(st.binary(max_size=60)) + frame[end:])


def cut_all(language: StreamLanguage, data: bytes) -> tuple[list[bytes], bytes]:
    """The frames of a stream, and what waits for more."""
    frames = []
    while data:
        used, frame = language.cut(data[: language.FRAME_BYTES_MAX])
        if not used:
            break
        if frame is not None:
            frames.append(frame)
        data = data[used:]
    return frames, data


@pytest.mark.parametrize("name", NAMES)
def test_a_stream_may_come_in_any_pieces(name: str) -> None:
    language = STREAMS[name]
    whole = b"".join(FRAMES[name])
    frames, rest = cut_all(language, whole)
    assert frames == list(FRAMES[name])
    assert rest == b""
    for size in (1, 2, 7, 64):
        buffer, found = b"", []
        for at in range(0, len(whole), size):
            more, buffer = cut_all(language, buffer + whole[at : at + size])
            found += more
        if name != "h02":  # packed frames have no length: they end with what was received
            assert found == list(FRAMES[name])


@pytest.mark.parametrize("name", NAMES)
def test_garbage_between_frames_is_passed_over(name: str) -> None:
    language = STREAMS[name]
    noise = b"\r\n\r\nnoise!\x01\x02"
    if name == "teltonika":
        noise = b"\x05\x05noise!"  # zeros are the beginning of its packets
    stream = noise + noise.join(FRAMES[name]) + noise
    frames, _ = cut_all(language, stream)
    # Packed frames of H02 have no length: what follows them until the next start goes with them.
    for frame in FRAMES[name]:
        assert any(found.startswith(frame) for found in frames)


@pytest.mark.parametrize("name", NAMES)
def test_framing_always_moves_on(name: str) -> None:
    language = STREAMS[name]
    chance = random.Random(SEED)
    starts = [frame[:4] for frame in FRAMES[name]]
    for _ in range(60):
        noise = b"".join(
            chance.choice(starts) + chance.randbytes(chance.randint(0, 400)) for _ in range(40)
        )
        data = (noise * (language.FRAME_BYTES_MAX // max(1, len(noise)) + 2))[
            : 2 * language.FRAME_BYTES_MAX
        ]
        used, frame = language.cut(data[: language.FRAME_BYTES_MAX])
        assert used > 0, "a full window never waits for more"
        assert frame is None or len(frame) <= used <= language.FRAME_BYTES_MAX


@pytest.mark.parametrize("name", NAMES)
def test_the_same_fix_twice_has_one_digest(name: str) -> None:
    session = Session()
    for frame in FRAMES[name]:
        once, again = (STREAMS[name].decode(frame, session, ARRIVED) for _ in range(2))
        assert [one.digest for one in once.reports] == [one.digest for one in again.reports]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", CommandKind)
def test_a_command_is_one_message_whatever_its_text(name: str, kind: CommandKind) -> None:
    language = STREAMS[name]
    if kind not in commands_of(name):
        return
    session = Session(identity="860000000000017")
    told = Command(kind=kind, number=7, seconds=60, text="Үйге қайтыңыз, [*]#$")
    words = language.command(told, session)
    assert words
    assert language.command(told, Session())
    if name in {"watch", "h02"}:  # these speak the same way in both directions
        frames, rest = cut_all(language, words)
        assert len(frames) == 1
        assert rest == b""


@pytest.mark.parametrize("name", ["h02", "meitrack", "queclink"])
def test_a_frame_that_was_cut_off_does_not_take_the_next_with_it(name: str) -> None:
    language = STREAMS[name]
    texts = [frame for frame in FRAMES[name] if frame.isascii()]
    for first in texts:
        for at in range(1, len(first)):
            frames, rest = cut_all(language, first[:at] + b"".join(texts))
            assert frames[-len(texts) :] == texts
            assert rest == b""
