# SPDX-License-Identifier: EUPL-1.2
"""Our own batch form."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarazy.core.errors import Refused
from tarazy.supervision.gateway import fixes
from tarazy.supervision.gateway.alarms import Alarm
from tarazy.supervision.gateway.fixes import FIXES_MAX, openapi
from tarazy.supervision.gateway.interface import Mark, Message, Outcome, Report
from tarazy.supervision.refusals import Refusal

FULL = {
    "at": "2026-05-01T17:30:15+05:00",
    "lat": 43.25,
    "lon": 76.9,
    "accuracy_m": 12,
    "speed_kmh": 5,
    "course_deg": 90,
    "altitude_m": 700,
    "battery_percent": 80,
    "satellites": 9,
    "hdop": 0.9,
    "charging": True,
    "moving": False,
    "stored": True,
    "mock": True,
    "valid": False,
    "alarms": ["sos", "strap_tamper"],
    "note": "kept, not read",
}


def message(*told: object) -> Message:
    return Message(b"", json.dumps({"fixes": told}).encode())


def test_every_field() -> None:
    (report,) = fixes.decode(message(FULL)).reports
    assert report.at == datetime(2026, 5, 1, 12, 30, 15, tzinfo=UTC)
    assert (report.lat, report.lon, report.accuracy_m) == (43.25, 76.9, 12)
    assert (report.speed_kmh, report.course_deg, report.altitude_m) == (5, 90, 700)
    assert (report.battery_percent, report.satellites, report.hdop) == (80, 9, 0.9)
    assert (report.charging, report.moving, report.stored) == (True, False, True)
    assert report.alarms == (Alarm.SOS, Alarm.STRAP_TAMPER)
    assert report.marks == (Mark.MOCK, Mark.INVALID_FIX)
    assert json.loads(report.content) == FULL


@pytest.mark.parametrize(
    ("beside", "refusal"),
    [
        ({"lat": 91}, Refusal.BAD_PLACE),
        ({"lat": None}, Refusal.NO_PLACE),
        ({"lat": "north"}, Refusal.BAD_FIELD),
        ({"at": "yesterday"}, Refusal.BAD_FIELD),
        ({"at": None}, Refusal.BAD_FIELD),
    ],
)
def test_an_alarm_counts_whatever_stands_beside_it(
    beside: dict[str, Any], refusal: Refusal
) -> None:
    decoded = fixes.decode(message(FULL, {**FULL, **beside}, {**FULL, **beside, "alarms": []}))
    assert decoded.parts[1:] == (refusal, refusal)
    (sign,) = decoded.beside
    assert (sign.at, sign.lat, sign.content) == (None, None, b"")
    assert sign.alarms == (Alarm.SOS, Alarm.STRAP_TAMPER)


@pytest.mark.parametrize("alarms", [["help"], "sos", 7, ["sos"] * 9, None])
def test_what_is_no_list_of_alarms_saves_nothing_of_a_fix(alarms: object) -> None:
    decoded = fixes.decode(message({**FULL, "alarms": alarms}))
    assert (decoded.parts, decoded.beside) == ((Refusal.BAD_FIELD,), ())


def test_a_time_alone_is_a_sign_of_life() -> None:
    (report,) = fixes.decode(message({"at": "2026-05-01T12:30:15Z"})).reports
    assert (report.lat, report.accuracy_m, report.battery_percent) == (None, None, None)


def test_the_order_of_keys_is_no_difference() -> None:
    turned = dict(reversed(FULL.items()))
    one, other = fixes.decode(message(FULL, turned)).reports
    assert one.digest == other.digest


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"at": "2026-05-01T12:30:15"}, Refusal.BAD_FIELD),
        ({"at": 5}, Refusal.BAD_FIELD),
        ({"at": None}, Refusal.BAD_FIELD),
        ({"at": "9999-12-31T23:59:59-23:59"}, Refusal.BAD_TIME),
        ({"at": "0001-01-01T00:00:00+23:59"}, Refusal.BAD_TIME),
        ({"lat": "north"}, Refusal.BAD_FIELD),
        ({"lat": 91}, Refusal.BAD_PLACE),
        ({"lon": None}, Refusal.NO_PLACE),
        ({"alarms": ["boom"]}, Refusal.BAD_FIELD),
        ({"alarms": ["sos"] * 9}, Refusal.BAD_FIELD),
    ],
)
def test_a_bad_fix_is_refused_by_itself_and_in_its_place(
    change: dict[str, Any], refusal: Refusal
) -> None:
    good = fixes.decode(message(FULL)).parts[0]
    assert fixes.decode(message(FULL, FULL | change, FULL)).parts == (good, refusal, good)


def test_limits_and_shapes() -> None:
    with pytest.raises(Refused) as caught:
        fixes.decode(message(*[{"at": "2026-05-01T12:30:15Z"}] * (FIXES_MAX + 1)))
    assert caught.value.name == Refusal.TOO_MANY_PARTS
    for body in (b"", b"[]", b"{}", b'{"fixes": {}}', b"nonsense", b'{"fixes": [1]'):
        with pytest.raises(Refused):
            fixes.decode(Message(b"", body))
    assert fixes.decode(message()).parts == ()


def test_the_answer_names_each_fate_in_order() -> None:
    told = fixes.reply([Outcome.KEPT, Refusal.BAD_PLACE, Outcome.DUPLICATE])
    outcomes = [one["outcome"] for one in json.loads(told.body)["results"]]
    assert (told.status, outcomes) == (200, ["kept", "bad_place", "duplicate"])
    assert fixes.reply([Refusal.UNKNOWN_DEVICE]).status == 401


def test_the_description_is_of_the_types_themselves() -> None:
    told = json.loads(json.dumps(openapi()))
    assert told["openapi"] == "3.1.0"
    fix = told["components"]["schemas"]["Fix"]
    assert set(fix["properties"]) == set(FULL) - {"note"}
    assert fix["required"] == ["at"]
    assert told["components"]["schemas"]["Alarm"]["enum"] == sorted(Alarm)
    operation = told["paths"]["/v1/fixes"]["post"]
    assert set(operation["responses"]) == {"200", "400", "401", "408", "413", "503"}


VALUES = st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.text() | st.integers()


@given(st.dictionaries(st.sampled_from(sorted(FULL)), VALUES))
def test_any_fix_is_read_or_refused(fix: dict[str, Any]) -> None:
    (part,) = fixes.decode(message(fix)).parts
    assert isinstance(part, Report | Refusal)


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-"])
def test_numbers_that_json_does_not_have_are_refused(number: bytes) -> None:
    body = b'{"fixes": [{"at": "2026-05-01T12:30:15Z", "speed_kmh": ' + number + b"}]}"
    with pytest.raises(Refused):
        fixes.decode(Message(b"", body))
