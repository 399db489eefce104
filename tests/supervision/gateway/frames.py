# SPDX-License-Identifier: EUPL-1.2
"""Frames in the shape of the makers' documents, with invented people: they need no capture.

Teltonika's are the examples of its own wiki; the others are written here, checksums and all.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from tarazy.supervision.gateway.checksums import sum_of_bytes
from tarazy.supervision.simulate import trackers as gt06

IMEI = "860000000000017"
AT = datetime(2026, 5, 1, 12, 30, 15, tzinfo=UTC)


def watch(content: str, maker: str = "3G", number: str = "") -> bytes:
    """A frame of a watch, with its length."""
    middle = f"*{number}" if number else ""
    return f"[{maker}*8800000015{middle}*{len(content):04X}*{content}]".encode()


def meitrack(content: bytes, flag: bytes = b"A") -> bytes:
    """A frame of Meitrack, with its length and checksum."""
    body = b"," + IMEI.encode() + b"," + content + b"*"
    start = b"$$" + flag + str(len(body) + 4).encode() + body
    return start + f"{sum_of_bytes(start):02X}\r\n".encode()


GT06 = (
    gt06.login(IMEI),
    gt06.location(AT, 43.25, 76.9, serial=2, speed_kmh=5),
    gt06.heartbeat(serial=3),
    gt06.alarm(AT, -43.25, -76.9, serial=4),
    gt06.command_answer(7, "TIMER OK", serial=5),
)
H02 = (
    b"*HQ,8600000017,V1,123015,A,4315.0000,N,07654.0000,E,002.70,090,010526,FFFFFBFF#",
    b"*HQ,8600000017,V1,123015,V,4315.0000,S,07654.0000,W,000.00,000,010526,FFF7FBFD#",
    b"*HQ,860000000000017,HTBT,87#",
    b"*HQ,8600000017,LINK,123015,15,9,84,120,0,010526,FFFFFBFF#",
    b"*HQ,8600000017,V4,S71,20260501123015,123015,A,4315.0000,N,07654.0000,E,000.00,000,010526,"
    b"FFFFFBFF#",
    bytes.fromhex("2486000000171230150105264315000050076540000e003090fffffbff000000"),
)
QUECLINK = (
    b"+RESP:GTFRI,1A0900,860000000000017,GL300,0,0,1,1,4.3,92,70.0,76.900000,43.250000,"
    b"20260501123015,0401,0001,18D8,6141,,80,20260501123016,11F0$",
    b"+BUFF:GTFRI,060100,860000000000017,,,00,1,1,4.3,92,70.0,76.900000,43.250000,"
    b"20260501123015,0401,0001,18D8,6141,00,2000.0,12345:12:34,,,80,220100,,,,20260501150016,11F1$",
    b"+RESP:GTSOS,020102,860000000000017,,0,0,1,0,0.0,92,70.0,76.900000,43.250000,"
    b"20260501123015,0401,0001,18D8,6141,00,,20260501123016,11F2$",
    b"+RESP:GTFRI,2C0204,860000000000017,GL300W,0,0,2,1,1.7,205,286.0,76.900000,43.250000,"
    b"20260501123015,0401,0001,7596,5891C,0.0,2,1.7,205,286.0,76.910000,43.260000,"
    b"20260501123045,0401,0001,7596,5891C,0.0,88,20260501123046,1E78$",
    b"+ACK:GTHBD,1A0401,860000000000017,,20260501123016,11F3$",
    b"+ACK:GTRTO,1A0401,860000000000017,,GPS,0007,20260501123016,11F4$",
)
TELTONIKA = (
    bytes.fromhex("000f") + IMEI.encode(),
    bytes.fromhex(
        "000000000000003608010000016b40d8ea30010000000000000000000000000000000105021503010101425e"
        "0f01f10000601a014e0000000000000000010000c7cf"
    ),
    bytes.fromhex(
        "000000000000004a8e010000016b412cee00010000000000000000000000000000000001000500010001010001"
        "0011001d00010010015e2c880002000b000000003544c87a000e000000001dd7e06a00000100002994"
    ),
    bytes.fromhex(
        "000000000000005f10020000016bdbc7833000000000000000000000000000000000000b05040200010000030002"
        "000b00270042563a00000000016bdbc7871800000000000000000000000000000000000b0504020001000003000200"
        "0b00260042563a00000200005fb3"
    ),
    bytes.fromhex(
        "003dcafe0105000f33353230393330383634303336353508010000016b4f815b3001000000000000000000000000"
        "0000000103021503010101425dbc000001"
    ),
    b"\xff",
)
RECORD = bytes.fromhex(
    "0100"  # its number, then the elements of 1, 2, 4 and any number of bytes
    "0305010609fe6950"
    "04080500095a000a09000bbc02"
    "030250f1930203a06695040457598731"
    "00"
)
MEITRACK = (
    meitrack(
        b"AAA,35,43.250000,76.900000,260501123015,A,9,24,5,90,0.9,700,32573389,31405012,"
        b"401|1|2BC0|250B,0000,0000|0000|0000|018D|04F0,00000001,,3,0000"
    ),
    meitrack(
        b"AFF,0004,1,-43.250000,-76.900000,260501123015,V,0,24,0,0,0,-7,1648894,435695,"
        b"401|1|88B9|E435,0000,|||0A22|0000,00000001,,50,,"
    ),
    meitrack(b"CCE," + bytes(4) + b"\x01\x00" + len(RECORD).to_bytes(2, "little") + RECORD),
    meitrack(b"A12,OK"),
)
PLACE = "010526,123015,A,43.250000,N,76.9000000,E,5.00,90.0,700.0,9,100,80,120,0"
WATCH = (
    watch("LK,120,0,80"),
    watch(f"UD,{PLACE},00000010,1,255,401,1,9360,4082,131,0,5.0"),
    watch(f"UD2,{PLACE},00000000,1,255,401,1,9360,4082,131,0,5.0"),
    watch(f"AL_LTE,{PLACE},00100000,1,255,401,1,9360,4082,131,0,5.0", number="0007"),
    watch("CR"),
    watch("TK,#!AMR}\x01}\x03"),
)
FRAMES: Mapping[str, tuple[bytes, ...]] = {
    "gt06": GT06,
    "h02": H02,
    "meitrack": MEITRACK,
    "queclink": QUECLINK,
    "teltonika": TELTONIKA,
    "watch": WATCH,
}
