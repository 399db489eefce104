# SPDX-License-Identifier: EUPL-1.2
"""Traccar Client's JSON, and everything of it that is refused."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarazy.core.errors import Refused
from tarazy.supervision.gateway import traccar
from tarazy.supervision.gateway.alarms import Alarm
from tarazy.supervision.gateway.interface import Fate, Mark, Message, Outcome, Report
from tarazy.supervision.refusals import Refusal

# The shape that the client's own code sends (lib/geolocation_service.dart, version 9).
LOCATION: dict[str, Any] = {
    "timestamp": "2025-04-05T07:09:13.123Z",
    "coords": {
        "latitude": 43.238949,
        "longitude": 76.889709,
        "accuracy": 14.2,
        "speed": 10.0,
        "heading": 271.5,
        "altitude": 812.0,
    },
    "is_moving": True,
    "odometer": 1200.5,
    "event": "motionchange",
    "battery": {"level": 0.84, "is_charging": False},
    "activity": {"type": "walking", "confidence": 90},
    "extras": {},
    "uuid": "5a1e",
    "age": 12,
}


def message(location: object, device_id: object = "secret") -> Message:
    return Message(b"", json.dumps({"device_id": device_id, "location": location}).encode())


def one(location: object) -> Report:
    decoded = traccar.decode(message(location))
    assert decoded.refused == ()
    (report,) = decoded.reports
    return report


def test_a_location() -> None:
    report = one(LOCATION)
    assert report.at == datetime(2025, 4, 5, 7, 9, 13, 123000, tzinfo=UTC)
    assert (report.lat, report.lon, report.accuracy_m) == (43.238949, 76.889709, 14.2)
    assert report.speed_kmh == pytest.approx(36)
    assert (report.course_deg, report.altitude_m) == (271.5, 812)
    assert report.battery_percent == pytest.approx(84)
    assert json.loads(report.content) == {"location": LOCATION}


def test_the_credential_is_found_and_not_kept() -> None:
    decoded = traccar.decode(message(LOCATION))
    assert decoded.token == "secret"
    assert b"secret" not in decoded.reports[0].content
    assert traccar.decode(Message(b"", b'{"location": {}}')).token is None


def test_the_credential_in_the_clients_template_is_not_kept() -> None:
    query = "&id=secret&lat=43.238949&lon=76.889709&timestamp=2025-04-05T07:09:13.123Z&"
    report = one({**LOCATION, "_": query})
    assert json.loads(report.content) == {"location": LOCATION}
    assert (report.lat, report.lon) == (43.238949, 76.889709)


@pytest.mark.parametrize(
    ("coords", "name", "expected"),
    [
        ({"speed": -1}, "speed_kmh", None),
        ({"speed": None}, "speed_kmh", None),
        ({"heading": -1}, "course_deg", None),
        ({"accuracy": 0}, "accuracy_m", None),
        ({"accuracy": -1}, "accuracy_m", None),
        ({"altitude": 1e12}, "altitude_m", None),
    ],
)
def test_unknowns(coords: dict[str, Any], name: str, expected: object) -> None:
    told = {**LOCATION, "coords": {**LOCATION["coords"], **coords}}
    assert getattr(one(told), name) is expected


def test_an_unknown_battery() -> None:
    assert one({**LOCATION, "battery": {"level": -1}}).battery_percent is None
    assert one({**LOCATION, "battery": None}).battery_percent is None


@pytest.mark.parametrize("missing", [{}, {"coords": None}])
def test_without_coordinates_it_is_a_sign_of_life(missing: dict[str, Any]) -> None:
    told = {name: value for name, value in LOCATION.items() if name != "coords"}
    report = one({**told, **missing})
    assert (report.lat, report.lon) == (None, None)
    assert report.battery_percent == pytest.approx(84)


def test_a_mock_location_is_marked() -> None:
    assert one({**LOCATION, "mock": True}).marks == (Mark.MOCK,)
    assert one({**LOCATION, "mock": False}).marks == ()


@pytest.mark.parametrize(
    ("location", "refusal"),
    [
        ({**LOCATION, "coords": {"latitude": 91, "longitude": 0}}, Refusal.BAD_PLACE),
        ({**LOCATION, "coords": {"latitude": 1}}, Refusal.NO_PLACE),
        ({**LOCATION, "coords": {}}, Refusal.NO_PLACE),
        ({**LOCATION, "coords": [1, 2]}, Refusal.BAD_FIELD),
        ({**LOCATION, "coords": {**LOCATION["coords"], "speed": "nan"}}, Refusal.BAD_FIELD),
        ({**LOCATION, "timestamp": "soon"}, Refusal.BAD_TIME),
        ({**LOCATION, "timestamp": None}, Refusal.BAD_TIME),
        ({**LOCATION, "timestamp": {"at": 1}}, Refusal.BAD_FIELD),
        (None, Refusal.BAD_FIELD),
        ("here", Refusal.BAD_FIELD),
    ],
)
def test_a_bad_field_is_refused_by_name(location: object, refusal: Refusal) -> None:
    decoded = traccar.decode(message(location))
    assert decoded.refused == (refusal,)
    assert decoded.token == "secret"


@pytest.mark.parametrize(
    ("beside", "refusal"),
    [
        ({"coords": {"latitude": 91, "longitude": 0}}, Refusal.BAD_PLACE),
        ({"coords": {"latitude": 43.25}}, Refusal.NO_PLACE),
        ({"coords": [43.25, 76.9]}, Refusal.BAD_FIELD),
        ({"coords": {**LOCATION["coords"], "speed": "nan"}}, Refusal.BAD_FIELD),
        ({"timestamp": "soon"}, Refusal.BAD_TIME),
        ({"timestamp": None}, Refusal.BAD_TIME),
        ({"battery": "full"}, Refusal.BAD_FIELD),
    ],
)
@pytest.mark.parametrize(
    ("alarm", "alarms"),
    [
        ("sos", (Alarm.SOS,)),
        ("tampering", (Alarm.CASE_TAMPER,)),
        ("removing,lowBattery", (Alarm.REMOVAL, Alarm.LOW_BATTERY)),
        ("strange", (Alarm.OTHER,)),
    ],
)
def test_an_alarm_counts_whatever_stands_beside_it(
    alarm: str, alarms: tuple[Alarm, ...], beside: dict[str, Any], refusal: Refusal
) -> None:
    assert one({**LOCATION, "alarm": alarm}).alarms == alarms
    decoded = traccar.decode(message({**LOCATION, "alarm": alarm, **beside}))
    assert decoded.refused == (refusal,)
    (sign,) = decoded.reports
    assert (sign.at, sign.lat, sign.content) == (None, None, b"")
    assert sign.alarms == alarms


@pytest.mark.parametrize("alarm", [None, "", 7, ["sos"], {"sos": True}])
def test_what_is_no_alarm_saves_nothing_of_a_refused_location(alarm: object) -> None:
    decoded = traccar.decode(message({**LOCATION, "alarm": alarm, "timestamp": "soon"}))
    assert (len(decoded.refused), decoded.reports) == (1, ())


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        (b"", Refusal.NOT_JSON),
        (b"id=1&lat=2", Refusal.NOT_JSON),
        (b'{"device_id": "a", "location": {"coords": {"latitude": NaN}}}', Refusal.NOT_JSON),
        (b'{"location": ' + b'{"a":' * 50_000, Refusal.NOT_JSON),
        (b"[]", Refusal.BAD_FIELD),
        (b'{"device_id": ["a"], "location": {}}', Refusal.BAD_FIELD),
    ],
)
def test_an_unreadable_message_is_refused_as_a_whole(body: bytes, refusal: Refusal) -> None:
    with pytest.raises(Refused) as refused:
        traccar.decode(Message(b"", body))
    assert refused.value.name == refusal


@pytest.mark.parametrize(
    ("fates", "status"),
    [([Outcome.KEPT], 200), ([Refusal.NO_ORDER], 200), ([Refusal.UNKNOWN_DEVICE], 404)],
)
def test_reply(fates: list[Fate], status: int) -> None:
    assert traccar.reply(fates).status == status


TEXT = st.text(st.sampled_from("0179.+-eEnaifNTZ:, _\x00é\ud800"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=8,
)


@given(
    st.dictionaries(st.sampled_from([*LOCATION, "mock", "alarm"]), JSON),
    st.dictionaries(st.sampled_from([*LOCATION["coords"]]), JSON),
)
def test_fuzz_fields(fields: dict[str, Any], coords: dict[str, Any]) -> None:
    told = {**LOCATION, "coords": {**LOCATION["coords"], **coords}, **fields}
    try:
        decoded = traccar.decode(message(told))
    except Refused:
        return
    whole = [one for one in decoded.reports if one.content]
    assert len(whole) + len(decoded.refused) == 1
    assert len(decoded.reports) - len(whole) <= len(decoded.refused)  # its alarm alone


def refusal_of(message: Message) -> Refusal | None:
    """None where it was read; any other exception is the failure that the fuzzer looks for."""
    try:
        traccar.decode(message)
    except Refused as refused:
        return Refusal(refused.name)
    return None


@given(st.binary())
def test_fuzz_bytes(body: bytes) -> None:
    assert isinstance(refusal_of(Message(b"", body)), Refusal | None)
