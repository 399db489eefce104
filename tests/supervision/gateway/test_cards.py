# SPDX-License-Identifier: EUPL-1.2
"""Numbers of SIM cards: read out of frames, and believed only where their check digit is right."""

from datetime import UTC, datetime
from typing import Any

import pytest
from supervision.gateway.captured import ARRIVED, lines
from supervision.gateway.frames import IMEI

from tarazy.core.errors import Refused
from tarazy.supervision.gateway import gt06, h02, queclink, teltonika
from tarazy.supervision.gateway.cards import card
from tarazy.supervision.gateway.checksums import crc_ibm, crc_x25
from tarazy.supervision.gateway.stream import Session, frames_in

CARD = "8999700000000000008"
"""Invented; its last digit is the check digit."""
NOW = datetime(2026, 5, 1, 12, 30, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (CARD, CARD),
        (CARD + "F", CARD),
        (CARD + "f", CARD),
        (CARD + "?", CARD),
        (f" {CARD} ", CARD),
        ("898600000000F0000001", "898600000000F0000001"),
        ("8999700000000000009", None),
        ("8999700000000000018", None),
        ("9999700000000000008", None),
        ("89", None),
        ("", None),
        ("F" * 20, None),
        ("89" + "Z" * 18, None),
        ("٨" * 19, None),
    ],
)
def test_a_number_that_was_read_wrongly_is_none(text: str, read: str | None) -> None:
    assert card(text) == read


def read_by(language: Any, frame: bytes) -> list[str | None]:
    session = Session(identity=IMEI)
    told = language.decode(frame, session, NOW)
    return [one.card for one in told.reports]


def information(body: bytes) -> bytes:
    """A frame 94 of GT06, as its document has it."""
    inner = (len(body) + 5).to_bytes(2, "big") + b"\x94" + body + b"\x00\x03"
    return b"\x79\x79" + inner + crc_x25(inner).to_bytes(2, "big") + b"\r\n"


def record(*elements: tuple[int, int]) -> bytes:
    """A packet of Teltonika in codec 8 with one record that has elements of eight bytes."""
    place = bytes.fromhex("0000019de3a4b1580000000000000000000000000000000500000000")
    eight = b"".join(bytes([key]) + value.to_bytes(8, "big") for key, value in elements)
    tail = bytes([len(elements), 0, 0, 0, len(elements)]) + eight
    content = b"\x08\x01" + place[:24] + b"\x00" + tail + b"\x01"
    return (
        bytes(4) + len(content).to_bytes(4, "big") + content + crc_ibm(content).to_bytes(4, "big")
    )


V19 = (
    "*HQ,8600000017,V19,123015,A,4315.0000,N,07654.0000,E,000.00,000,010526,,70000000000,"
    f"{CARD}F,FFFFFBFF#"
).encode()
V6 = (
    "*HQ,8600000017,V6,123015,A,4315.0000,N,07654.0000,E,000.00,000,010526,FFFFFBFF,401,01,8000,"
    f"24963,{CARD}F#"
).encode()
INF = (
    f"+RESP:GTINF,1A0800,{IMEI},GL300,41,{CARD},17,0,1,26.6,,3.90,1,1,0,0,0,"
    "20260501123015,69,1,44,,,20260501123015,022C$"
).encode()
DIGITS = bytes.fromhex("0" + IMEI) + bytes.fromhex("0" + "1" * 15) + bytes.fromhex(CARD + "f")


@pytest.mark.parametrize(
    ("language", "frame", "read"),
    [
        pytest.param(h02, V19, CARD, id="H02 V19"),
        pytest.param(h02, V19.replace(b"V19", b"V1"), None, id="H02, another kind"),
        pytest.param(h02, V6, CARD, id="H02 V6"),
        pytest.param(h02, V6.replace(f",{CARD}F".encode(), b""), None, id="H02 V6, without"),
        pytest.param(queclink, INF, CARD, id="Queclink GTINF"),
        pytest.param(queclink, INF.replace(CARD.encode(), b""), None, id="Queclink, without"),
        pytest.param(gt06, information(b"\x0a" + DIGITS), CARD, id="GT06, digits"),
        pytest.param(gt06, information(b"\x0a" + DIGITS[:-4]), None, id="GT06, cut off"),
        pytest.param(
            gt06, information(b"\x04SOS=;ICCID:" + CARD.encode() + b"F;M"), CARD, id="GT06, words"
        ),
        pytest.param(gt06, information(b"\x00\x01\x02"), None, id="GT06, a voltage"),
        pytest.param(teltonika, record((11, 899970), (14, 5)), "899970-5", id="Teltonika"),
        pytest.param(teltonika, record((11, 899970)), None, id="Teltonika, half of it"),
    ],
)
def test_frames_by_the_makers_documents(language: Any, frame: bytes, read: str | None) -> None:
    assert read_by(language, frame) == [read]


@pytest.mark.parametrize(
    ("language", "protocol", "least"),
    [(h02, "h02", 3), (queclink, "gl200text", 8), (gt06, "gt06", 1)],
)
def test_captured_frames_tell_cards(language: Any, protocol: str, least: int) -> None:
    """Real frames; nothing but a number of a card is ever taken for one."""
    found = set()
    for line in lines(protocol):
        for frame in frames_in(language, line.data):
            try:
                told = language.decode(frame, Session(identity=IMEI), ARRIVED)
            except Refused:
                continue
            found |= {one.card for one in told.reports if one.card}
    assert len(found) >= least
    assert all(one.startswith("89") and len(one) >= 18 for one in found)
