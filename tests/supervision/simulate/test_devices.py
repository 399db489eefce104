# SPDX-License-Identifier: EUPL-1.2
"""Three clients' requests, part by part, as their formats say."""

import json
from base64 import b64decode
from urllib.parse import parse_qs, urlsplit

import pytest

from tarazy.supervision.gateway import osmand, owntracks, traccar
from tarazy.supervision.gateway.interface import Language, Message
from tarazy.supervision.gateway.languages import guess
from tarazy.supervision.simulate.devices import Credential, encode
from tarazy.supervision.simulate.records import DeviceKind
from tarazy.supervision.simulate.reports import Report

CREDENTIAL = Credential("ulg-00042", "0123456789abcdef0123456789abcdef")
MOVING = Report(
    at=1_740_000_000.0,
    lat=46.2015,
    lon=69.6031,
    accuracy_m=12.4,
    speed_kmh=18.52,
    course_deg=271.0,
    battery_percent=64,
)
RESTING = Report(
    at=1_740_000_060.0,
    lat=46.2,
    lon=69.6,
    accuracy_m=8.0,
    speed_kmh=0.0,
    course_deg=None,
    battery_percent=63,
)


def test_owntracks_sends_json_with_whole_kmh_and_a_log_in() -> None:
    request = encode("owntracks", MOVING, CREDENTIAL)
    assert (request.method, request.target) == ("POST", "/pub")
    scheme, login = request.headers["Authorization"].split(" ")
    assert scheme == "Basic"
    assert b64decode(login).decode() == f"{CREDENTIAL.identifier}:{CREDENTIAL.secret}"
    assert json.loads(request.body) == {
        "_type": "location",
        "tid": "42",
        "lat": 46.2015,
        "lon": 69.6031,
        "tst": 1_740_000_000,
        "batt": 64,
        "bs": 1,
        "conn": "m",
        "acc": 12,
        "vel": 19,
        "cog": 271,
    }


def test_owntracks_leaves_out_what_is_zero() -> None:
    location = json.loads(encode("owntracks", RESTING, CREDENTIAL).body)
    assert "vel" not in location
    assert "cog" not in location


def test_osmand_sends_a_query_with_knots() -> None:
    request = encode("osmand", MOVING, CREDENTIAL)
    address = urlsplit(request.target)
    assert (request.method, address.path, request.body) == ("GET", "/", b"")
    assert parse_qs(address.query) == {
        "id": [CREDENTIAL.secret],
        "lat": ["46.2015"],
        "lon": ["69.6031"],
        "timestamp": ["1740000000"],
        "speed": ["10.0"],
        "bearing": ["271.0"],
        "accuracy": ["12.4"],
        "batt": ["64"],
    }
    assert "bearing" not in encode("osmand", RESTING, CREDENTIAL).target


@pytest.mark.parametrize(
    ("report", "speed_mps", "heading", "activity"),
    [(MOVING, 5.14, 271.0, "in_vehicle"), (RESTING, 0.0, -1, "still")],
)
def test_traccar_client_sends_json_with_metres_per_second(
    report: Report, speed_mps: float, heading: float, activity: str
) -> None:
    request = encode("traccar", report, CREDENTIAL)
    assert (request.method, request.target) == ("POST", "/")
    body = json.loads(request.body)
    assert body["device_id"] == CREDENTIAL.secret
    location = body["location"]
    assert location["timestamp"].startswith("2025-02-19T21:2")
    assert location["coords"] == {
        "latitude": report.lat,
        "longitude": report.lon,
        "accuracy": report.accuracy_m,
        "speed": speed_mps,
        "heading": heading,
    }
    assert location["is_moving"] is (report.speed_kmh > 0)
    assert location["battery"]["level"] == report.battery_percent / 100
    assert location["activity"]["type"] == activity


@pytest.mark.parametrize("report", [MOVING, RESTING])
@pytest.mark.parametrize(
    ("kind", "language"), [("owntracks", owntracks), ("osmand", osmand), ("traccar", traccar)]
)
def test_the_gateway_understands_each_client(
    kind: DeviceKind, language: Language, report: Report
) -> None:
    request = encode(kind, report, CREDENTIAL)
    query = urlsplit(request.target).query.encode()
    message = Message(query, request.body)
    assert guess(message) == language
    decoded = language.decode(message)
    assert decoded.token == (None if kind == "owntracks" else CREDENTIAL.secret)
    (read,) = decoded.reports
    assert read.at is not None
    assert read.at.timestamp() == report.at
    assert (read.lat, read.lon) == (report.lat, report.lon)
    assert read.accuracy_m == pytest.approx(report.accuracy_m, abs=0.5)
    assert read.speed_kmh is None or read.speed_kmh == pytest.approx(report.speed_kmh, abs=0.5)
    assert read.battery_percent == report.battery_percent
