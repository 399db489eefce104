# SPDX-License-Identifier: EUPL-1.2
"""OwnTracks beyond the place: what the phone does to the app, last wills, sealed messages."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from nacl.secret import SecretBox

from tarazy.core.errors import Refused
from tarazy.supervision.gateway import owntracks
from tarazy.supervision.gateway.alarms import Alarm
from tarazy.supervision.gateway.commands import Command, CommandKind
from tarazy.supervision.gateway.interface import Mark, Message, Outcome
from tarazy.supervision.gateway.sealed import key_of
from tarazy.supervision.refusals import Refusal

PASSPHRASE = "a passphrase"
TST = 1777638615
LOCATION = {"_type": "location", "lat": 43.25, "lon": 76.9, "tst": TST, "bs": 2}
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["_type", "lat", "lon", "tst", "data", "android", "iOS", "loc", "batt"])
            | st.text(max_size=5),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


def message(body: object, passphrase: str | None = PASSPHRASE) -> Message:
    def told() -> str:
        if passphrase is None:
            raise Refused(Refusal.NO_KEY)
        return passphrase

    return Message(b"", body if isinstance(body, bytes) else json.dumps(body).encode(), told)


def seal(inside: object, passphrase: str = PASSPHRASE) -> dict[str, Any]:
    box = SecretBox(key_of(passphrase)).encrypt(json.dumps(inside).encode())
    return {"_type": "encrypted", "data": base64.b64encode(box).decode()}


@pytest.mark.parametrize(
    ("told", "alarms"),
    [
        ({"android": {"hib": 0, "bo": 0, "loc": 0, "ps": 0, "wifi": 1}}, (Alarm.PHONE_IN_ORDER,)),
        ({"android": {"loc": 1}}, (Alarm.PHONE_IN_ORDER,)),
        ({"android": {"wifi": 1}}, (Alarm.PHONE_IN_ORDER,)),  # what is 0 is left out
        ({"android": {}}, (Alarm.PHONE_IN_ORDER,)),
        ({"android": {"loc": 2}}, (Alarm.PERMISSION_WITHDRAWN,)),
        ({"android": {"loc": 3}}, (Alarm.PERMISSION_WITHDRAWN,)),
        ({"android": {"loc": 4, "bo": 1}}, (Alarm.LOCATION_OFF, Alarm.BATTERY_OPTIMISATION)),
        ({"android": {"loc": -1}}, (Alarm.PHONE_IN_ORDER,)),  # as the app itself counts
        ({"android": {"loc": -2}}, (Alarm.PERMISSION_WITHDRAWN,)),
        ({"android": {"loc": -3}}, (Alarm.PERMISSION_WITHDRAWN,)),
        ({"android": {"loc": -4, "bo": 1}}, (Alarm.LOCATION_OFF, Alarm.BATTERY_OPTIMISATION)),
        ({"android": {"hib": 1}}, (Alarm.BATTERY_OPTIMISATION,)),
        ({"android": None, "iOS": None}, ()),
        (
            {"iOS": {"locationManagerAuthorizationStatus": "kCLAuthorizationStatusDenied"}},
            (Alarm.PERMISSION_WITHDRAWN,),
        ),
        (
            {
                "iOS": {
                    "locationManagerAuthorizationStatus": "kCLAuthorizationStatusAuthorizedAlways"
                }
            },
            (Alarm.PHONE_IN_ORDER,),
        ),
        (
            {"iOS": {"backgroundRefreshStatus": "UIBackgroundRefreshStatusDenied"}},
            (Alarm.BATTERY_OPTIMISATION,),
        ),
        ({}, ()),
    ],
)
def test_what_the_phone_does_to_the_app(told: dict[str, Any], alarms: tuple[Alarm, ...]) -> None:
    (report,) = owntracks.decode(message({"_type": "status", **told})).reports
    assert (report.alarms, report.lat, report.at) == (alarms, None, None)


@pytest.mark.parametrize(
    ("why", "alarms"), [("u", (Alarm.CHECK_IN,)), ("p", ()), ("t", ()), (None, ())]
)
def test_who_reports_by_hand_answers(why: str | None, alarms: tuple[Alarm, ...]) -> None:
    (report,) = owntracks.decode(message({**LOCATION, "t": why})).reports
    assert report.alarms == alarms


def test_an_answer_is_of_when_it_was_made_and_not_of_an_older_fix() -> None:
    made = TST + 1_800
    told = message({**LOCATION, "t": "u", "created_at": made})
    place, answer = owntracks.decode(told).reports
    assert (place.alarms, place.lat) == ((), LOCATION["lat"])
    assert (answer.alarms, answer.lat) == ((Alarm.CHECK_IN,), None)
    assert answer.at == datetime.fromtimestamp(made, UTC)
    again = owntracks.decode(told).reports
    assert [one.digest for one in again] == [place.digest, answer.digest]
    for at in (TST, TST - 5, None):
        (report,) = owntracks.decode(message({**LOCATION, "t": "u", "created_at": at})).reports
        assert report.alarms == (Alarm.CHECK_IN,)


def test_a_last_will_is_of_now_whatever_time_it_names() -> None:
    (report,) = owntracks.decode(message({"_type": "lwt", "tst": 1440363922})).reports
    assert (report.alarms, report.at) == ((Alarm.DISCONNECTED,), None)


def test_steps_are_a_sign_of_life() -> None:
    told = {"_type": "steps", "tst": 1777638615, "steps": 900, "from": 1, "to": 2}
    (report,) = owntracks.decode(message(told)).reports
    assert (report.at, report.lat) == (datetime(2026, 5, 1, 12, 30, 15, tzinfo=UTC), None)


def test_regions_are_not_where_the_person_is() -> None:
    regions = [{"desc": "home", "lat": 1, "lon": 2, "rad": 50, "tst": 1}]
    bodies: list[object] = [
        {"_type": "waypoint", **regions[0]},
        {"_type": "waypoints", "waypoints": regions},
        [{"_type": "cmd"}, {"_type": "beacon"}, {"_type": "dump"}, {"_type": "unknown"}],
    ]
    for body in bodies:
        assert owntracks.decode(message(body)).parts == ()


def test_a_sealed_message_is_the_same_as_the_plain_one() -> None:
    (plain,) = owntracks.decode(message(LOCATION)).reports
    (sealed,) = owntracks.decode(message(seal(LOCATION))).reports
    assert sealed == plain
    assert sealed.charging is True
    assert json.loads(sealed.content) == LOCATION


def test_sealed_and_plain_come_together() -> None:
    told = owntracks.decode(message([seal(LOCATION), LOCATION, seal({"_type": "lwt"})]))
    assert len(told.reports) == 3


def test_the_published_example_of_the_key() -> None:
    # The booklet: a key shorter than 32 bytes is padded with zeros.
    assert key_of("s3cr3t") == b"s3cr3t" + bytes(26)
    assert len(key_of("ключ" * 9)) == 32


@pytest.mark.parametrize(
    ("body", "passphrase", "refusal"),
    [
        (seal(LOCATION), None, Refusal.NO_KEY),
        (seal(LOCATION), "another", Refusal.NOT_DECRYPTED),
        ({"_type": "encrypted", "data": "????"}, PASSPHRASE, Refusal.NOT_DECRYPTED),
        ({"_type": "encrypted", "data": ""}, PASSPHRASE, Refusal.NOT_DECRYPTED),
        ({"_type": "encrypted", "data": 5}, PASSPHRASE, Refusal.BAD_FIELD),
        ({"_type": "encrypted"}, PASSPHRASE, Refusal.BAD_FIELD),
        (seal([1]), PASSPHRASE, Refusal.BAD_FIELD),
    ],
)
def test_what_cannot_be_opened_is_refused_by_name(
    body: object, passphrase: str | None, refusal: Refusal
) -> None:
    assert owntracks.decode(message(body, passphrase)).refused == (refusal,)


def test_it_does_not_nest() -> None:
    assert owntracks.decode(message(seal(seal(LOCATION)))).parts == ()


def test_commands_go_out_in_the_answer() -> None:
    asked = [
        Command(kind=CommandKind.LOCATE),
        Command(kind=CommandKind.INTERVAL, seconds=120),
    ]
    reply = owntracks.reply([Outcome.KEPT], asked)
    locate, status, interval = json.loads(reply.body)
    assert locate == {"_type": "cmd", "action": "reportLocation"}
    assert status == {"_type": "cmd", "action": "status"}  # no phone says it by itself
    assert interval["action"] == "setConfiguration"
    assert interval["configuration"]["locatorInterval"] == 120


@pytest.mark.parametrize(
    ("why", "age_s", "repeated"),
    [
        *[("p", 60, False), ("p", 901, True), ("r", 7_200, True)],
        *[("t", 7_200, False), (None, 7_200, False), ("u", 7_200, False), ("p", -7_200, False)],
    ],
)
def test_a_ping_that_repeats_an_old_place_says_that_there_is_none(
    why: str | None, age_s: int, repeated: bool
) -> None:
    """Location was switched off on the phone, and it would have been seen where it once was."""
    told = {**LOCATION, "t": why, "created_at": TST + age_s}
    place = owntracks.decode(message(told)).reports[0]
    assert place.marks == ((Mark.STALE,) if repeated else ())
    assert place.at == datetime.fromtimestamp(TST + age_s if repeated else TST, UTC)
    assert place.lat == LOCATION["lat"]


@pytest.mark.parametrize(
    ("why", "age_s", "marks"), [("p", 60, ()), ("r", 60, ()), ("p", 1_000, (Mark.STALE,))]
)
def test_a_phone_whose_clock_is_ahead_does_not_age_its_places(
    why: str, age_s: int, marks: tuple[Mark, ...]
) -> None:
    """The fix has the satellites' time, the message the phone's: they are not of one clock."""
    arrived = datetime.fromtimestamp(TST + age_s, UTC)
    told = {**LOCATION, "t": why, "created_at": TST + age_s + 1_200}
    (place,) = owntracks.decode(replace(message(told), arrived=arrived)).reports
    assert place.marks == marks
    assert place.at == (arrived if marks else datetime.fromtimestamp(TST, UTC))


def test_a_report_by_hand_is_made_before_it_arrives() -> None:
    arrived = datetime.fromtimestamp(TST + 60, UTC)
    told = {**LOCATION, "t": "u", "created_at": TST + 1_200}
    place, sign = owntracks.decode(replace(message(told), arrived=arrived)).reports
    assert (place.at, place.alarms) == (datetime.fromtimestamp(TST, UTC), ())
    assert (sign.at, sign.alarms) == (arrived, (Alarm.CHECK_IN,))


def refusal_of(body: object) -> Refusal | None:
    """None where it was read; any other exception is the failure that the fuzzer looks for."""
    try:
        owntracks.decode(message(body))
    except Refused as refused:
        return Refusal(refused.name)
    return None


@given(ANY_JSON)
def test_any_json_is_read_or_refused(value: object) -> None:
    status = {"_type": "status", "android": value, "iOS": value}
    for body in (value, [value], status, {"_type": "lwt", "x": value}, seal(value)):
        assert isinstance(refusal_of(body), Refusal | None)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    assert isinstance(refusal_of(body), Refusal | None)
