# SPDX-License-Identifier: EUPL-1.2
"""OwnTracks: real messages of an iPhone, and everything that must not get through."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarazy.core.errors import Refused
from tarazy.supervision.gateway import owntracks
from tarazy.supervision.gateway.interface import Fate, Mark, Message, Outcome, Report
from tarazy.supervision.refusals import Refusal

# Line 1 of a real iPhone's recording: -1 is unknown, the accuracy is that of a mobile cell.
IPHONE = {
    "tst": 1440395361,
    "acc": 3000,
    "_type": "location",
    "alt": 51,
    "lon": 10.02785726730668,
    "vac": 29,
    "vel": -1,
    "lat": 52.37888580984668,
    "cog": -1,
    "tid": "NE",
    "batt": 96,
}


def message(body: object) -> Message:
    return Message(b"u=any&d=phone", body if isinstance(body, bytes) else json.dumps(body).encode())


def one(body: object) -> Report:
    decoded = owntracks.decode(message(body))
    assert decoded.refused == ()
    assert decoded.token is None
    (report,) = decoded.reports
    return report


def test_a_real_location() -> None:
    report = one(IPHONE)
    assert report.at == datetime(2015, 8, 24, 5, 49, 21, tzinfo=UTC)
    assert (report.lat, report.lon) == (52.37888580984668, 10.02785726730668)
    assert (report.accuracy_m, report.speed_kmh, report.course_deg) == (3000, None, None)
    assert (report.altitude_m, report.battery_percent, report.marks) == (51, 96, ())
    assert json.loads(report.content) == IPHONE
    assert len(report.digest) == 16


@pytest.mark.parametrize(
    ("field", "value", "name", "expected"),
    [
        ("acc", 0, "accuracy_m", None),
        ("acc", -1, "accuracy_m", None),
        ("acc", 1e9, "accuracy_m", 100_000),
        ("acc", "12.5", "accuracy_m", 12.5),
        ("vel", 0, "speed_kmh", 0),
        ("vel", 72, "speed_kmh", 72),
        ("vel", 1e9, "speed_kmh", None),
        ("cog", 360, "course_deg", 360),
        ("cog", 361, "course_deg", None),
        ("batt", -1, "battery_percent", None),
        ("alt", None, "altitude_m", None),
    ],
)
def test_units_and_unknowns(field: str, value: object, name: str, expected: object) -> None:
    assert getattr(one({**IPHONE, field: value}), name) == expected


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"lat": None}, Refusal.NO_PLACE),
        ({"lon": None}, Refusal.NO_PLACE),
        ({"lat": 91}, Refusal.BAD_PLACE),
        ({"lon": -180.1}, Refusal.BAD_PLACE),
        ({"lat": "nan"}, Refusal.BAD_PLACE),
        ({"lat": "north"}, Refusal.BAD_FIELD),
        ({"lat": True}, Refusal.BAD_FIELD),
        ({"lat": [[[1]]]}, Refusal.BAD_FIELD),
        ({"acc": "inf"}, Refusal.BAD_FIELD),
        ({"batt": {"level": 1}}, Refusal.BAD_FIELD),
        ({"tst": None}, Refusal.BAD_TIME),
        ({"tst": 1e300}, Refusal.BAD_TIME),
        ({"tst": "nan"}, Refusal.BAD_TIME),
        ({"tst": "yesterday"}, Refusal.BAD_FIELD),
    ],
)
def test_a_bad_field_is_refused_by_name(change: dict[str, Any], refusal: Refusal) -> None:
    decoded = owntracks.decode(message({**IPHONE, **change}))
    assert decoded.refused == (refusal,)
    assert decoded.reports == ()


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        (b"hello", Refusal.NOT_JSON),
        (b'{"_type": "location", "lat": NaN}', Refusal.NOT_JSON),
        (b'{"_type": "location"', Refusal.NOT_JSON),
        (b'{"_type": "loc\xff"}', Refusal.NOT_JSON),
        (b'{"_type": "location", "x": ' + b"[" * 100_000, Refusal.NOT_JSON),
        (b"[" * 100_000, Refusal.NOT_JSON),
        (b"3", Refusal.BAD_FIELD),
        (b"{}", Refusal.BAD_FIELD),
        (b"[" + b"{}," * 1000 + b"{}]", Refusal.TOO_MANY_PARTS),
    ],
)
def test_an_unreadable_message_is_refused_as_a_whole(body: bytes, refusal: Refusal) -> None:
    with pytest.raises(Refused) as refused:
        owntracks.decode(message(body))
    assert refused.value.name == refusal


@pytest.mark.parametrize(
    "body",
    [b"", b"  \n", {"_type": "waypoint", "lat": 1}, {"_type": "card", "lat": []}, b"[]"],
)
def test_other_types_and_empty_bodies_are_ignored(body: object) -> None:
    decoded = owntracks.decode(message(body))
    assert (decoded.reports, decoded.refused) == ((), ())


def test_a_transition_is_a_place_with_a_mark() -> None:
    transition = {"_type": "transition", "event": "leave", "wtst": 1, "tst": 1440395361}
    report = one({**transition, "lat": 52.3, "lon": 10.1, "acc": 20})
    assert report.marks == (Mark.TRANSITION,)
    assert report.accuracy_m == 20


def test_a_bad_part_of_an_array_does_not_take_the_others_along() -> None:
    decoded = owntracks.decode(message([IPHONE, {**IPHONE, "lat": 91}, 3, {"_type": "card"}]))
    assert len(decoded.reports) == 1
    assert decoded.refused == (Refusal.BAD_PLACE, Refusal.BAD_FIELD)


def test_the_digest_is_of_the_content_not_of_its_spelling() -> None:
    turned = json.dumps(dict(reversed(IPHONE.items())), indent=2).encode()
    assert one(turned).digest == one(IPHONE).digest
    assert one({**IPHONE, "batt": 95}).digest != one(IPHONE).digest
    huge = b'{"_type":"location","lat":1,"lon":2,"tst":3,"x":' + b"9" * 60 + b"}"
    assert one(huge).digest != one(IPHONE).digest


@pytest.mark.parametrize(
    ("fates", "status"),
    [
        ([], 200),
        ([Outcome.KEPT], 200),
        ([Outcome.DUPLICATE, Refusal.NO_ORDER], 200),
        ([Refusal.BAD_PLACE], 200),
        ([Refusal.UNKNOWN_DEVICE], 401),
    ],
)
def test_reply(fates: list[Fate], status: int) -> None:
    reply = owntracks.reply(fates)
    assert (reply.status, reply.body) == (status, b"[]")


def test_a_real_recording(shared_data: Path) -> None:
    lines = (shared_data / "owntracks" / "demo-iphone.rec").read_text().splitlines()
    decoded = [owntracks.decode(message(line.split("\t")[2].encode())) for line in lines]
    places = [one for told in decoded for one in told.reports if one.lat is not None]
    assert len(places) == sum('"location"' in one for one in lines)
    assert [one.refused for one in decoded if one.refused] == []


TEXT = st.text(st.sampled_from("0179.+-eEnaifNTZ:, _\x00é\ud800"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=8,
)
FIELDS = st.sampled_from([*IPHONE, "event", "x"])


@given(st.dictionaries(FIELDS, JSON), st.sampled_from(["location", "transition", "lwt", None, 3]))
def test_fuzz_fields(fields: dict[str, Any], kind: object) -> None:
    body = json.dumps({**IPHONE, **fields, "_type": kind}).encode()
    try:
        decoded = owntracks.decode(message(body))
    except Refused:
        return
    for report in decoded.reports:
        assert (report.lat is None) == (kind == "lwt")
        assert report.lat is None or -90 <= report.lat <= 90
        assert report.accuracy_m is None or report.accuracy_m > 0


def refusal_of(message: Message) -> Refusal | None:
    """None where it was read; any other exception is the failure that the fuzzer looks for."""
    try:
        owntracks.decode(message)
    except Refused as refused:
        return Refusal(refused.name)
    return None


@given(st.binary() | st.binary().map(lambda junk: json.dumps(IPHONE).encode()[: len(junk)] + junk))
def test_fuzz_bytes(body: bytes) -> None:
    assert isinstance(refusal_of(message(body)), Refusal | None)
