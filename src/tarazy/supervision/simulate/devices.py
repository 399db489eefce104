# SPDX-License-Identifier: EUPL-1.2
"""Reports in the words of three real clients: OwnTracks, OsmAnd, Traccar Client 9.

Formats: the OwnTracks booklet (JSON, HTTP mode); Traccar's OsmAnd protocol (speed in knots); the
JSON of Traccar Client 9 (speed in m/s, -1 for unknown).
"""

from base64 import b64encode
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import msgspec
from msgspec import Struct

from tarazy.supervision.simulate.records import DeviceKind
from tarazy.supervision.simulate.reports import Report

PATHS: dict[DeviceKind, str] = {"owntracks": "/pub", "osmand": "/", "traccar": "/"}
KMH_PER_KNOT = 1.852
KMH_PER_MPS = 3.6
JSON = {"Content-Type": "application/json"}


class Credential(Struct, frozen=True):
    """What the gateway gave out. OwnTracks sends both; the others know one word, the secret."""

    identifier: str
    secret: str


class Request(Struct, frozen=True):
    """The parts of an HTTP request; `target` is the path with its query."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


def encode(kind: DeviceKind, report: Report, credential: Credential) -> Request:
    """The request with which a device of a kind sends one report."""
    match kind:
        case "owntracks":
            return _owntracks(report, credential)
        case "osmand":
            return _osmand(report, credential)
        case "traccar":
            return _traccar(report, credential)


def _owntracks(report: Report, credential: Credential) -> Request:
    """Whole numbers, and what is 0 or unknown is left out, as the apps do."""
    optional = {
        "acc": round(report.accuracy_m),
        "vel": round(report.speed_kmh),
        "cog": round(report.course_deg or 0),
    }
    location: dict[str, Any] = {
        "_type": "location",
        "tid": credential.identifier[-2:],
        "lat": report.lat,
        "lon": report.lon,
        "tst": round(report.at),
        "batt": report.battery_percent,
        "bs": 1,
        "conn": "m",
        **{name: value for name, value in optional.items() if value},
    }
    login = b64encode(f"{credential.identifier}:{credential.secret}".encode()).decode()
    headers = {
        **JSON,
        "Authorization": f"Basic {login}",
        "X-Limit-U": credential.identifier,
        "X-Limit-D": "phone",
    }
    return Request("POST", PATHS["owntracks"], headers, msgspec.json.encode(location))


def _osmand(report: Report, credential: Credential) -> Request:
    query = {
        "id": credential.secret,
        "lat": report.lat,
        "lon": report.lon,
        "timestamp": round(report.at),
        "speed": round(report.speed_kmh / KMH_PER_KNOT, 2),
        "accuracy": report.accuracy_m,
        "batt": report.battery_percent,
    }
    if report.course_deg is not None:
        query["bearing"] = report.course_deg
    return Request("GET", f"{PATHS['osmand']}?{urlencode(query)}", {}, b"")


def _traccar(report: Report, credential: Credential) -> Request:
    moving = report.speed_kmh > 0
    location = {
        "timestamp": datetime.fromtimestamp(round(report.at), UTC).isoformat(),
        "coords": {
            "latitude": report.lat,
            "longitude": report.lon,
            "accuracy": report.accuracy_m,
            "speed": round(report.speed_kmh / KMH_PER_MPS, 2),
            "heading": -1 if report.course_deg is None else report.course_deg,
        },
        "is_moving": moving,
        "event": "",
        "battery": {"level": report.battery_percent / 100, "is_charging": False},
        "activity": {"type": "in_vehicle" if moving else "still", "confidence": 100},
    }
    body = msgspec.json.encode({"device_id": credential.secret, "location": location})
    return Request("POST", PATHS["traccar"], JSON, body)
