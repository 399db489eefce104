# SPDX-License-Identifier: EUPL-1.2
"""The OsmAnd form: queries as Traccar's own tests have them, and everything that is refused."""

from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarazy.core.errors import Refused
from tarazy.supervision.gateway import osmand
from tarazy.supervision.gateway.alarms import Alarm
from tarazy.supervision.gateway.interface import Fate, Mark, Message, Outcome, Report
from tarazy.supervision.refusals import Refusal

CLIENT = (
    b"id=902064&lat=42.06288&lon=-88.23412&timestamp=1442068686&hdop=19.0&altitude=134"
    b"&speed=10&bearing=95.5&batt=87.5&accuracy=12"
)


def one(query: bytes, body: bytes = b"") -> Report:
    decoded = osmand.decode(Message(query, body))
    assert decoded.refused == ()
    (report,) = decoded.reports
    return report


def refusal(query: bytes) -> Refusal:
    decoded = osmand.decode(Message(query, b""))
    assert decoded.reports == ()
    (name,) = decoded.refused
    return name


@pytest.mark.parametrize(
    ("beside", "name"),
    [
        (b"lat=91&lon=76.9&timestamp=1442068686", Refusal.BAD_PLACE),
        (b"lat=43.25&lon=76.9&timestamp=yesterday", Refusal.BAD_TIME),
        (b"lat=43.25&timestamp=1442068686", Refusal.NO_PLACE),
    ],
)
def test_an_alarm_counts_whatever_stands_beside_it(beside: bytes, name: Refusal) -> None:
    decoded = osmand.decode(Message(b"id=1&alarm=sos,tampering&" + beside, b""))
    assert decoded.refused == (name,)
    (sign,) = decoded.reports
    assert (sign.at, sign.lat, sign.content) == (None, None, b"")
    assert sign.alarms == (Alarm.SOS, Alarm.CASE_TAMPER)


def test_a_real_query() -> None:
    report = one(CLIENT)
    assert report.at == datetime(2015, 9, 12, 14, 38, 6, tzinfo=UTC)
    assert (report.lat, report.lon) == (42.06288, -88.23412)
    assert report.speed_kmh == pytest.approx(18.52)
    assert (report.accuracy_m, report.course_deg) == (12, 95.5)
    assert (report.altitude_m, report.battery_percent) == (134, 87.5)


def test_a_form_body_is_the_same_as_a_query() -> None:
    assert one(b"", CLIENT) == one(CLIENT)


@pytest.mark.parametrize(
    ("query", "token"),
    [
        (b"id=abc&lat=1&lon=2", "abc"),
        (b"deviceid=abc", "abc"),
        (b"id=&deviceid=abc", "abc"),
        (b"id=abc&id=other", "abc"),
        (b"lat=1&lon=2", None),
    ],
)
def test_the_credential_is_found_and_not_kept(query: bytes, token: str | None) -> None:
    decoded = osmand.decode(Message(query + b"&notificationToken=push&%69d=abc", b""))
    assert decoded.token == (token or "abc")
    assert b"abc" not in decoded.reports[0].content
    assert b"push" not in decoded.reports[0].content


@pytest.mark.parametrize(
    ("timestamp", "at"),
    [
        ("1442068686", datetime(2015, 9, 12, 14, 38, 6, tzinfo=UTC)),
        ("1442068686123", datetime(2015, 9, 12, 14, 38, 6, 123000, tzinfo=UTC)),
        ("1442068686.5", datetime(2015, 9, 12, 14, 38, 6, 500000, tzinfo=UTC)),
        ("2015-09-12T14:38:06Z", datetime(2015, 9, 12, 14, 38, 6, tzinfo=UTC)),
        ("2015-09-12T19:38:06+05:00", datetime(2015, 9, 12, 14, 38, 6, tzinfo=UTC)),
        ("2015-09-12 14:38:06", datetime(2015, 9, 12, 14, 38, 6, tzinfo=UTC)),
        ("", None),
    ],
)
def test_times(timestamp: str, at: datetime | None) -> None:
    assert one(urlencode({"lat": 1, "lon": 2, "timestamp": timestamp}).encode()).at == at


@pytest.mark.parametrize(
    ("query", "name"),
    [
        (b"lat=91&lon=2", Refusal.BAD_PLACE),
        (b"lat=1&lon=181", Refusal.BAD_PLACE),
        (b"lat=1", Refusal.NO_PLACE),
        (b"location=1", Refusal.NO_PLACE),
        (b"lat=nan&lon=2", Refusal.BAD_FIELD),
        (b"lat=inf&lon=2", Refusal.BAD_FIELD),
        (b"lat=1_0&lon=2", Refusal.BAD_FIELD),
        (b"lat=1&lon=2&speed=1e999", Refusal.BAD_FIELD),
        (b"lat=1&lon=2&accuracy=good", Refusal.BAD_FIELD),
        (b"lat=1&lon=2&timestamp=never", Refusal.BAD_TIME),
        (b"lat=1&lon=2&timestamp=1e300", Refusal.BAD_TIME),
        (b"lat=1&lon=2&timestamp=0001-01-01T00:00:00%2B05:00", Refusal.BAD_TIME),
    ],
)
def test_a_bad_field_is_refused_by_name(query: bytes, name: Refusal) -> None:
    assert refusal(query) == name


@pytest.mark.parametrize(
    ("query", "marks"),
    [
        (b"lat=1&lon=2", ()),
        (b"lat=1&lon=2&valid=true", ()),
        (b"lat=1&lon=2&valid=1", ()),
        (b"lat=1&lon=2&valid=false", (Mark.INVALID_FIX,)),
        (b"lat=1&lon=2&mock=true", (Mark.MOCK,)),
    ],
)
def test_marks(query: bytes, marks: tuple[Mark, ...]) -> None:
    assert one(query).marks == marks


def test_without_a_place_it_is_a_sign_of_life() -> None:
    report = one(b"id=x&batt=20&cell=310,410,1,2")
    assert (report.lat, report.lon, report.at) == (None, None, None)
    assert report.battery_percent == 20


def test_unknown_is_never_zero() -> None:
    report = one(b"location=1.5,2.5&speed=&accuracy=0&bearing=-1&heading=7")
    assert (report.lat, report.lon) == (1.5, 2.5)
    assert (report.speed_kmh, report.accuracy_m, report.course_deg) == (None, None, None)


def test_the_digest_is_of_the_content_not_of_its_order() -> None:
    assert one(b"id=x&lat=1&lon=2").digest == one(b"lon=2&lat=1").digest
    assert one(b"lat=1&lon=2").digest != one(b"lat=1&lon=3").digest


def test_too_many_fields() -> None:
    with pytest.raises(Refused) as refused:
        osmand.decode(Message(b"x=1&" * 300, b""))
    assert refused.value.name == Refusal.TOO_MANY_PARTS


@pytest.mark.parametrize(
    ("fates", "status"),
    [
        ([Outcome.KEPT], 200),
        ([Refusal.TOO_LATE], 200),
        ([Refusal.BAD_TIME], 200),
        ([Refusal.UNKNOWN_DEVICE], 400),
    ],
)
def test_reply(fates: list[Fate], status: int) -> None:
    assert osmand.reply(fates).status == status


TEXT = st.text(st.sampled_from("0179.+-eEnaifNTZ:, _\x00é\ud800"))
NAMES = st.sampled_from(
    ["lat", "lon", "location", "timestamp", "speed", "accuracy", "batt", "valid", "id", "mock"]
)


@given(st.dictionaries(NAMES, TEXT | st.floats().map(str) | st.integers().map(str)))
def test_fuzz_fields(fields: dict[str, str]) -> None:
    query = urlencode(fields, errors="surrogatepass").encode()
    decoded = osmand.decode(Message(query, b""))
    assert len(decoded.reports) + len(decoded.refused) == 1
    for report in decoded.reports:
        assert (report.lat is None) == (report.lon is None)
        assert report.lat is None or -90 <= report.lat <= 90


def refusal_of(message: Message) -> Refusal | None:
    """None where it was read; any other exception is the failure that the fuzzer looks for."""
    try:
        osmand.decode(message)
    except Refused as refused:
        return Refusal(refused.name)
    return None


@given(st.binary(), st.binary())
def test_fuzz_bytes(query: bytes, body: bytes) -> None:
    assert isinstance(refusal_of(Message(query, body)), Refusal | None)
