# SPDX-License-Identifier: EUPL-1.2
"""Queclink's @Track text: the GL, GV, GB, GMT and CV families.

    +RESP:GTxxx,version,IMEI,name,…,accuracy,km/h,course,altitude,longitude,latitude,
                                                yyyymmddHHMMSS,mcc,mnc,lac,cell,…,sent,count$

Source: Queclink's "@Track Air Interface Protocol" of several models (GL200, GL300M, GV65, GV300).

1. +RESP is live, +BUFF waited in the device's memory, +ACK answers a command or is a heartbeat.
2. Fields come and go by model and version. Places are found by their shape, which all share: seven
   fields from the accuracy to the time of the fix (UTC). A report may hold several. A speed that
   the device does not know is empty or -1.
3. The accuracy is the HDOP from 1 to 50. 0 says that there was no fix and that these are the last
   known coordinates: such a place is marked stale; in reports of the vehicle's bus (GTCAN) the
   device marks it as not valid itself.
4. The battery, in percent, stands before the device's state of six or ten digits; in status reports
   of the GL5xx before the accuracy; in the GL500M, the GL200 and the GL3xx families at a fixed
   distance after the time (behind it may stand a state of the ports, which is no battery); in GTINF
   of handheld devices behind the time of the last fix; else in these devices before the time of
   sending.
5. The state's first two digits say whether it moves: 12, 22 and 42 do, 11, 21 and 41 do not.
6. Time of sending and count change when a report is sent again; they are no part of its identity.
7. Each report is answered with its count (+SACK), which the device expects only if it is set so.
8. A command needs the device's password. Ours is `tarazy`, set when the device is configured.
9. GTJDS, GTANT and GTGSS tell a status after the name: jammed (2) or not any more (1), the
   antenna's wire open (1), short (2) or well again (0), satellites lost (0) or found (1). GTGPJ
   tells its own after a measure of the disturbance: 3 is jammed. What stands behind is not theirs.
10. What is carried tells of its outside power as GTEPN and GTEPF, a vehicle as GTMPN and GTMPF.
"""

import re
from datetime import datetime

from msgspec.structs import replace

from tarazy.core.errors import Refused
from tarazy.supervision.gateway import framing, reading
from tarazy.supervision.gateway.alarms import Alarm
from tarazy.supervision.gateway.cards import card
from tarazy.supervision.gateway.commands import Command, CommandKind, Confirmed
from tarazy.supervision.gateway.interface import Mark, Report, digest_of_content, placeless
from tarazy.supervision.gateway.stream import Cut, Session, Told
from tarazy.supervision.refusals import Refusal

NAME = "queclink"
TITLE = "Queclink"
PORT = 5004
FRAME_BYTES_MAX = 4096
COMMANDS = frozenset({CommandKind.LOCATE})

STARTS = (b"+RESP:", b"+BUFF:", b"+ACK:")
START = re.compile(b"|".join(map(re.escape, STARTS)))
END = b"$"
PASSWORD = "tarazy"  # noqa: S105 - see (8): it keeps off nobody but strangers' text messages

HEAD = re.compile(r"\+(RESP|BUFF|ACK):GT([A-Z0-9]{3}),", re.ASCII)
IDENTITY = re.compile(r"[0-9A-Z]{14,15}", re.ASCII)
PLACE = re.compile(
    r",([\d.]{0,6}),(-?[\d.]{1,8}|),(\d{0,3}(?:\.\d{0,2})?),(-?[\d.]{0,9}),"
    r"(-?\d{1,3}\.\d{4,9}),(-?\d{1,2}\.\d{4,9}),(\d{14})?(?=,)",
    re.ASCII,
)
FENCE = re.compile(r",(?:[0-9A-F]|\d{1,2},)([01]),\d{1,2}$", re.ASCII)
STATE = re.compile(r",(\d{1,3})?,([1-4][0-9A-F](?:[0-9A-F]{4}|[0-9A-F]{8})),", re.ASCII)
PERCENT = re.compile(r"\d{1,3}", re.ASCII)
TIME = re.compile(r"20\d{12}", re.ASCII)
SERIAL = re.compile(r"[0-9A-Fa-f]{4}", re.ASCII)
COUNT = re.compile(r"[0-9A-Fa-f]{4}", re.ASCII)
HDOP_MAX = 50.0

BUS = "CAN"
HANDHELD = frozenset({"FRI", "ERI", "SOS", "RTL", "LBC", "DOG", "WIF", "NMR", "SPD", "GEO", "PNL"})
BEFORE_ACCURACY = frozenset({"STR", "CTN"})
BATTERY_AFTER_TIME = {"DE": 8, **dict.fromkeys(("02", "1A", "21", "28", "2C", "30", "C3"), 6)}
"""(4) by the model, which the version's first two digits name."""
HANDHELD_MODELS = frozenset({"11", "1A", "21", "28", "2C", "30", "42", "F5"})
STATES = {"11": False, "21": False, "41": False, "12": True, "22": True, "42": True}

ALARMS = {
    "SOS": Alarm.SOS,
    "BPL": Alarm.LOW_BATTERY,
    "JDR": Alarm.JAMMING,
    "PNA": Alarm.POWER_ON,
    "PNR": Alarm.POWER_ON,
    "PFA": Alarm.POWER_OFF,
    "PFR": Alarm.POWER_OFF,
    "MPN": Alarm.POWER_RESTORED,
    "MPF": Alarm.POWER_CUT,
    "EPN": Alarm.POWER_RESTORED,
    "EPF": Alarm.POWER_CUT,
    "BTC": Alarm.CHARGING_STARTED,
    "STC": Alarm.CHARGING_STOPPED,
    "TOW": Alarm.MOVEMENT,
    "HBM": Alarm.HARSH_DRIVING,
    "SPD": Alarm.OVERSPEED,
    "CRA": Alarm.SHOCK,
    "TMP": Alarm.TEMPERATURE,
    "TEM": Alarm.TEMPERATURE,
    "MDN": Alarm.FALL,
    "RMV": Alarm.REMOVAL,
    "SOA": Alarm.CASE_TAMPER,
}
CARD_BEFORE = 6
TOWED = "16"
ALARMS_OF_STATUS = {
    "JDS": {"2": Alarm.JAMMING},
    "ANT": {"1": Alarm.ANTENNA_CUT, "2": Alarm.ANTENNA_CUT},
    "GSS": {"0": Alarm.NO_SATELLITES},
    "GPJ": {"3": Alarm.JAMMING},
}
STATUS_AT = {"GPJ": 4}
"""Which field it is (9); else the one after the name."""


def cut(buffer: bytes) -> Cut:
    """A report up to its dollar sign."""
    skipped = framing.skip_to(buffer, STARTS)
    if skipped:
        return Cut(skipped)
    return framing.delimited(buffer, START, END, FRAME_BYTES_MAX)


def decode(frame: bytes, session: Session, arrived: datetime) -> Told:  # noqa: ARG001 - see Protocol
    """Read one report."""
    text = frame.decode("latin-1").strip().rstrip("$\0")
    head = HEAD.match(text)
    if head is None:
        raise Refused(Refusal.NOT_A_FRAME)
    origin, kind = head.groups()
    fields = text[head.end() :].split(",")
    identity = next((one for one in fields[:2] if IDENTITY.fullmatch(one)), None)
    if identity is None:
        raise Refused(Refusal.BAD_FIELD, field="IMEI")
    session.identity = identity
    answer = _answer(origin, kind, fields)
    if origin == "ACK":
        return Told(answer=answer, confirmed=_confirmed(kind, fields))
    reports, refused = _reports(text, kind, fields, frame)
    return Told(reports=tuple(reports), refused=tuple(refused), answer=answer)


def command(command: Command, session: Session) -> bytes:  # noqa: ARG001 - see Protocol
    """GTRTO with the sub-command "report your place"."""
    return f"AT+GTRTO={PASSWORD},1,,,,,,{command.number:04X}$".encode()


def _answer(origin: str, kind: str, fields: list[str]) -> bytes:
    count = fields[-1]
    if not COUNT.fullmatch(count):
        return b""
    if origin == "ACK":
        return f"+SACK:GTHBD,{fields[0]},{count}$".encode() if kind == "HBD" else b""
    return f"+SACK:{count}$".encode()


def _confirmed(kind: str, fields: list[str]) -> Confirmed | None:
    if kind == "HBD" or len(fields) < 5:
        return None
    serial = fields[-3]
    return Confirmed(
        kind=CommandKind.LOCATE if kind == "RTO" else None,
        number=int(serial, 16) if SERIAL.fullmatch(serial) else None,
        text=f"GT{kind}",
    )


def _reports(
    text: str, kind: str, fields: list[str], frame: bytes
) -> tuple[list[Report], list[Refusal]]:
    """One report for each place (2); without any, a sign of life."""
    found = list(PLACE.finditer(text))
    facts = _facts(text, kind, fields, found[-1] if found else None)
    stored = text.startswith("+BUFF")
    if not found:
        sign = Report(
            at=None, content=frame, digest=digest_of_content(text.encode()), stored=stored
        )
        told = _with(sign, facts)
        return [replace(told, card=_card(fields)) if kind == "INF" else told], []
    reports: list[Report] = []
    refused: list[Refusal] = []
    for number, match in enumerate(found, 1):
        content = frame if len(found) == 1 else f"{text[: found[0].start()]}{match[0]}$".encode()
        try:
            report = _report(kind, match, content, stored=stored)
        except Refused as refusal:
            refused.append(Refusal(refusal.name))
            if number == len(found):
                battery_percent, _, alarms = facts
                reports.append(placeless(alarms, battery_percent))
        else:
            reports.append(_with(report, facts) if number == len(found) else report)
    return reports, refused


def _card(fields: list[str]) -> str | None:
    """The number of the SIM card: one of the fields after the identity."""
    told = (card(one) for one in fields[1:CARD_BEFORE])
    return next((one for one in told if one), None)


def _report(kind: str, match: re.Match[str], content: bytes, *, stored: bool) -> Report:
    accuracy, speed, course, altitude, lon, lat, time = match.groups()
    hdop = reading.known(_number(accuracy), 0, HDOP_MAX)
    marks: tuple[Mark, ...] = ()
    if hdop == 0:
        marks = (Mark.INVALID_FIX if kind == BUS else Mark.STALE,)  # (3)
    spot = reading.place(float(lat), float(lon))
    return Report(
        at=_moment(time, stored=stored),
        content=content,
        digest=digest_of_content(f"{kind}{match[0]}".encode()),
        lat=spot[0],
        lon=spot[1],
        speed_kmh=reading.speed(_number(speed), "speed"),
        course_deg=reading.course(_number(course), "course"),
        altitude_m=reading.altitude(_number(altitude), "altitude"),
        hdop=hdop or None,
        stored=stored,
        marks=marks,
    )


def _number(text: str) -> float | None:
    return reading.read_number(text, "number") if text.strip(".") else None


def _moment(text: str | None, *, stored: bool) -> datetime | None:
    """The time of a fix; of one from memory that tells none nobody knows when it was."""
    if text is None:
        if stored:
            raise Refused(Refusal.BAD_TIME)
        return None
    return reading.digits_time(text[:8], text[8:])


Facts = tuple[float | None, bool | None, tuple[Alarm, ...]]


def _with(report: Report, facts: Facts) -> Report:
    """The same with what the report says once for all its places: of the last one it is true."""
    battery_percent, moving, alarms = facts
    if facts == (None, None, ()):
        return report
    return Report(
        **{name: getattr(report, name) for name in KEPT_FIELDS},
        digest=digest_of_content(report.digest + repr(alarms).encode())
        if alarms
        else report.digest,
        battery_percent=battery_percent,
        moving=moving,
        alarms=alarms,
    )


KEPT_FIELDS = (
    *("at", "content", "lat", "lon", "speed_kmh", "course_deg", "altitude_m", "hdop"),
    *("stored", "marks"),
)


def _facts(text: str, kind: str, fields: list[str], last: re.Match[str] | None) -> Facts:
    after = text[last.end() :] if last else text
    state = STATE.search(after + ",")
    code = fields[3][-2:] if kind == "STT" and len(fields) > 3 else state[2][:2] if state else ""
    if kind == "STT" and last is not None:
        code = text[: last.start()].rpartition(",")[2]
    moving = STATES.get(code)
    told = [ALARMS.get(kind)]
    at = STATUS_AT.get(kind, 3)
    told += (ALARMS_OF_STATUS.get(kind, {}).get(status) for status in fields[at : at + 1])
    if kind == "STT" and code == TOWED:
        told.append(Alarm.MOVEMENT)
    if kind == "GEO" and last is not None:
        told.append(_fence(text[: last.start()]))
    return _battery(kind, fields, last, state), moving, tuple(one for one in told if one)


def _fence(before: str) -> Alarm | None:
    """GTGEO: the fence and 1 for in or 0 for out, in one field of two digits or in two fields."""
    found = FENCE.search(before[-24:])
    return None if found is None else Alarm.FENCE_ENTER if found[1] == "1" else Alarm.FENCE_EXIT


def _battery(
    kind: str, fields: list[str], last: re.Match[str] | None, state: re.Match[str] | None
) -> float | None:
    """See (4)."""
    told = ""
    if kind in BEFORE_ACCURACY and last is not None:
        told = last.string[: last.start()].rpartition(",")[2]
    elif kind == "INF":
        at = next((n for n, one in enumerate(fields[:-3]) if TIME.fullmatch(one)), None)
        told = fields[at + 1] if at and fields[0][:2] in HANDHELD_MODELS else ""
    elif state is not None:
        told = state[1] or ""
    elif last is not None and fields[0][:2] in BATTERY_AFTER_TIME:
        after = last.string[last.end() :].split(",")
        distance = BATTERY_AFTER_TIME[fields[0][:2]]
        told = after[distance] if len(after) > distance + 2 else ""
    elif kind in HANDHELD and len(fields) > 4:
        told = fields[-3]
    percent = float(told) if PERCENT.fullmatch(told) else None
    return reading.known(percent, 0, reading.BATTERY_PERCENT_MAX)
