# SPDX-License-Identifier: EUPL-1.2
"""Requests of the three clients to a running gateway: what is kept, counted, and answered."""

import gzip
import json
import socket
import time
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import psycopg
import pytest
from django.conf import settings
from supervision.running import LOG, Process, World, ago, owntracks

from tarazy.supervision.gateway.credentials import address_of
from tarazy.supervision.intake.bodies import BODY_BYTES_MAX

pytestmark = pytest.mark.system

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
WEEKS_1024 = timedelta(weeks=1024)


@pytest.fixture(scope="module")
def client(gateway: Process) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=gateway.url) as client:
        yield client


def test_a_report_is_kept_before_the_answer(client: httpx.Client, world: World) -> None:
    wearer = world.wearer()
    at = ago(minutes=1)
    reply = client.request(**owntracks(wearer.token, at, vel=36, batt=80))
    assert (reply.status_code, reply.content) == (200, b"[]")
    (fix,) = world.fixes(wearer)
    assert (fix["lat"], fix["lon"], fix["accuracy_m"], fix["speed_kmh"]) == (43.2, 76.9, 10, 36)
    assert datetime.fromisoformat(fix["at"]) == at
    assert timedelta(0) < datetime.fromisoformat(fix["known_at"]) - at < timedelta(minutes=2)
    assert (fix["person_id"], fix["order_id"]) == (wearer.person_id, wearer.order_id)
    assert fix["marks"] == []
    assert world.counts(wearer.device_id) == {}


def test_the_places_of_a_phone_whose_clock_is_ahead_are_kept(
    client: httpx.Client, world: World
) -> None:
    """A ping is all that a phone at rest sends, each quarter of an hour."""
    wearer = world.wearer()
    at = ago(minutes=1)
    ahead = ago(minutes=-20).timestamp()
    for why in ("p", "u"):
        told = owntracks(wearer.token, at, t=why, created_at=ahead)
        assert client.request(**told).status_code == 200
        at += timedelta(seconds=1)
    status = {"_type": "status", "tst": ahead, "android": {"loc": -4}}
    told = owntracks(wearer.token, at)
    assert client.request(**{**told, "json": status}).status_code == 200
    ping, by_hand, sign, state = world.fixes(wearer)
    assert (ping["lat"], ping["marks"]) == (43.2, [])
    assert (by_hand["lat"], by_hand["marks"]) == (43.2, [])
    assert (sign["alarms"], sign["marks"]) == (["check_in"], [])
    assert (state["alarms"], state["marks"]) == (["location_off"], [])


def test_a_reader_is_woken(client: httpx.Client, world: World) -> None:
    wearer = world.wearer()
    with psycopg.connect(world.server.url("tarazy_app"), autocommit=True) as connection:
        connection.execute("LISTEN tarazy_fixes")
        client.request(**owntracks(wearer.token, ago(minutes=1)))
        (notify,) = connection.notifies(timeout=5, stop_after=1)
    assert (notify.channel, notify.payload) == ("tarazy_fixes", "")


def traccar_body(token: str, at: datetime) -> dict[str, Any]:
    coords = {"latitude": 43.2, "longitude": 76.9, "accuracy": 9, "speed": 10}
    return {"device_id": token, "location": {"timestamp": at.isoformat(), "coords": coords}}


def query(token: str, at: datetime, **more: object) -> dict[str, str]:
    told = {"id": token, "lat": 43.2, "lon": 76.9, "timestamp": int(at.timestamp()), **more}
    return {name: str(value) for name, value in told.items()}


@pytest.mark.parametrize("path", ["/", "/osmand"])
@pytest.mark.parametrize("as_form", [False, True])
def test_osmand(client: httpx.Client, world: World, path: str, *, as_form: bool) -> None:
    wearer = world.wearer()
    told = query(wearer.token, ago(minutes=1), speed=10)
    reply = client.post(path, data=told) if as_form else client.get(path, params=told)
    assert reply.status_code == 200
    (fix,) = world.fixes(wearer)
    assert fix["speed_kmh"] == pytest.approx(18.52)
    assert wearer.token.encode().hex() not in fix["content"]


@pytest.mark.parametrize("path", ["/", "/traccar"])
def test_traccar(client: httpx.Client, world: World, path: str) -> None:
    wearer = world.wearer()
    assert client.post(path, json=traccar_body(wearer.token, ago(minutes=1))).status_code == 200
    (fix,) = world.fixes(wearer)
    assert fix["speed_kmh"] == pytest.approx(36)
    assert wearer.token.encode().hex() not in fix["content"]


def test_the_credential_may_stand_in_the_address_or_a_header(
    client: httpx.Client, world: World
) -> None:
    wearer = world.wearer()
    bearer = {"authorization": f"Bearer {wearer.token}"}
    assert client.get("/", params=query("", ago(minutes=1)), headers=bearer).status_code == 200
    path = f"/d/{wearer.token}"
    assert client.get(path, params=query("printed-label", ago(minutes=2))).status_code == 200
    assert client.post(path, json=traccar_body("label", ago(minutes=3))).status_code == 200
    assert len(world.fixes(wearer)) == 3


def test_a_header_wins_over_any_id_in_the_message(client: httpx.Client, world: World) -> None:
    wearer, other = world.wearer(), world.wearer()
    told = query(other.token, ago(minutes=1))
    assert client.get("/", params=told, auth=("any", wearer.token)).status_code == 200
    assert (len(world.fixes(wearer)), len(world.fixes(other))) == (1, 0)
    assert client.get("/", params=told, auth=("any", "wrong")).status_code == 400
    assert client.get("/", params=told, headers={"authorization": "Basic ?"}).status_code == 400
    assert world.fixes(other) == []


def test_what_a_device_is_called_is_no_credential(client: httpx.Client, world: World) -> None:
    """Anybody may know an IMEI, or the name of a phone at the broker."""
    wearer = world.wearer()
    world.address(wearer.device_id, address_of("mqtt", "dev_x", settings.TARAZY.device_key))
    told = "\0mqtt\0dev_x"
    place = owntracks("", ago(minutes=1))["json"]
    assert client.post("/pub", json=place, auth=("phone", told)).status_code == 401
    assert client.post(f"/d/{quote(told)}", json=place).status_code == 401
    assert client.get("/", params=query(told, ago(minutes=1))).status_code == 400
    assert client.post("/", json=traccar_body(told, ago(minutes=1))).status_code == 404
    assert world.fixes(wearer) == []


@pytest.mark.parametrize(
    ("request_of", "status"),
    [
        (lambda: owntracks("wrong", ago(minutes=1)), 401),
        (lambda: {**owntracks("x", ago(minutes=1)), "auth": None}, 401),
        (lambda: {"method": "GET", "url": "/", "params": query("wrong", ago())}, 400),
        (lambda: {"method": "GET", "url": "/", "params": {"lat": "1", "lon": "2"}}, 400),
        (lambda: {"method": "POST", "url": "/", "json": traccar_body("wrong", ago())}, 404),
        (lambda: {"method": "POST", "url": "/d/wrong", "content": b"junk"}, 401),
    ],
)
def test_an_unknown_credential(
    client: httpx.Client, world: World, request_of: Any, status: int
) -> None:
    before = world.counts(0).get("unknown_device", 0)
    assert client.request(**request_of()).status_code == status
    assert world.counts(0)["unknown_device"] == before + 1


@pytest.mark.parametrize(
    ("content", "encoding", "answer"),
    [
        (b"{not json", "identity", (400, "not_json")),
        (b'{"_type": "location", "lat": NaN}', "identity", (400, "not_json")),
        (b"x" * (BODY_BYTES_MAX + 1), "identity", (413, "body_too_large")),
        (gzip.compress(b" " * 9 * BODY_BYTES_MAX), "gzip", (413, "body_too_large")),
        (gzip.compress(b"{}" * 99, mtime=0)[:-9], "gzip", (400, "bad_encoding")),
        (b"no gzip", "gzip", (400, "bad_encoding")),
        (b"{}", "br", (400, "bad_encoding")),
    ],
)
def test_an_unreadable_body_is_refused_in_words(
    client: httpx.Client, world: World, content: bytes, encoding: str, answer: tuple[int, str]
) -> None:
    auth = ("phone", world.wearer().token)
    headers = {"content-encoding": encoding}
    reply = client.post("/owntracks", content=content, headers=headers, auth=auth)
    assert (reply.status_code, reply.json()["refused"]) == answer
    assert reply.json()["sentence"]


def test_a_large_body_is_refused_before_it_is_sent(gateway: Process) -> None:
    head = b"POST /pub HTTP/1.1\r\nHost: x\r\nContent-Length: 900000000\r\n\r\n"
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=5) as connection:
        connection.sendall(head)
        assert connection.recv(1000).startswith(b"HTTP/1.1 413 ")


def test_a_large_body_without_a_length_is_cut_off(client: httpx.Client) -> None:
    chunks = (b"x" * 65_536 for _ in range(20))
    assert client.post("/pub", content=chunks).status_code == 413


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_a_packed_body(client: httpx.Client, world: World, pack: Any) -> None:
    wearer = world.wearer()
    told = owntracks(wearer.token, ago(minutes=1))
    encoding = "gzip" if pack is gzip.compress else "deflate"
    reply = client.post(
        "/pub",
        content=pack(json.dumps(told["json"]).encode()),
        headers={"content-encoding": encoding},
        auth=told["auth"],
    )
    assert reply.status_code == 200
    assert len(world.fixes(wearer)) == 1


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"lat": 91}, "bad_place"),
        ({"lat": None}, "no_place"),
        ({"lat": "nan"}, "bad_place"),
        ({"tst": None}, "bad_time"),
        ({"acc": "much"}, "bad_field"),
    ],
)
def test_what_can_never_be_kept_is_answered_and_counted(
    client: httpx.Client, world: World, change: dict[str, Any], refusal: str
) -> None:
    wearer = world.wearer()
    reply = client.request(**owntracks(wearer.token, ago(minutes=1), **change))
    assert (reply.status_code, reply.content) == (200, b"[]")
    assert world.fixes(wearer) == []
    assert world.counts(wearer.device_id) == {refusal: 1}


@pytest.mark.parametrize("year", [1999, 2099])
def test_an_implausible_time_keeps_no_place(client: httpx.Client, world: World, year: int) -> None:
    wearer = world.wearer()
    days = "SELECT count(*) FROM pg_class WHERE relname ~ '^supervision_fix_[0-9]*$'"
    before = world.rows(days)
    at = datetime(year, 6, 1, tzinfo=UTC)
    reply = client.request(**owntracks(wearer.token, at, batt=50, vel=9, cog=9, alt=9))
    assert reply.status_code == 200
    (fix,) = world.fixes(wearer)
    assert fix["marks"] == ["clock_fault"]
    placed = ("lat", "lon", "accuracy_m", "speed_kmh", "course_deg", "altitude_m")
    assert [fix[name] for name in placed] == [None] * len(placed)
    assert fix["content"] == "\\x"
    assert fix["at"] == fix["known_at"]
    assert fix["battery_percent"] == 50
    assert world.rows(days) == before


@pytest.mark.parametrize("times", [1, 2])
def test_a_rolled_over_week_is_repaired(client: httpx.Client, world: World, times: int) -> None:
    wearer = world.wearer()
    at = ago(minutes=5)
    client.request(**owntracks(wearer.token, at - times * WEEKS_1024))
    (fix,) = world.fixes(wearer)
    assert (fix["lat"], fix["marks"]) == (43.2, ["rolled_over"])
    assert datetime.fromisoformat(fix["at"]) == at


def test_a_report_without_a_place_is_a_sign_of_life(client: httpx.Client, world: World) -> None:
    wearer = world.wearer()
    assert client.get("/", params={"id": wearer.token, "batt": "7"}).status_code == 200
    (fix,) = world.fixes(wearer)
    assert (fix["lat"], fix["battery_percent"], fix["marks"]) == (None, 7, ["arrival_time"])


def test_two_identical_reports_are_kept_once(client: httpx.Client, world: World) -> None:
    wearer = world.wearer()
    told = owntracks(wearer.token, ago(minutes=1))
    assert [client.request(**told).status_code for _ in range(2)] == [200, 200]
    twice = {**told, "json": [told["json"], {**told["json"], "batt": 3}, told["json"]]}
    assert client.request(**twice).status_code == 200
    assert len(world.fixes(wearer)) == 2
    assert world.counts(wearer.device_id) == {"duplicate": 3}


@pytest.mark.parametrize(
    ("order", "told_ago", "fate"),
    [
        ({"ends": -DAY}, 25 * HOUR, "kept"),
        ({"ends": -DAY}, HOUR, "no_order"),
        ({"ends": -71 * HOUR}, 72 * HOUR, "kept"),
        ({"ends": -73 * HOUR}, 74 * HOUR, "too_late"),
        ({"ends": -DAY, "revoked": -DAY}, 25 * HOUR, "too_late"),
        ({"ends": -DAY, "revoked": -DAY}, HOUR, "no_order"),
        ({"revoked": -HOUR}, 2 * HOUR, "too_late"),
        ({}, 391 * DAY, "not_fitted"),
        ({}, 200 * DAY, "kept"),
        ({"worn_until": -DAY}, 25 * HOUR, "kept"),
        ({"worn_until": -DAY}, HOUR, "not_fitted"),
    ],
)
def test_the_legal_gate(
    client: httpx.Client,
    world: World,
    order: dict[str, Any],
    told_ago: timedelta,
    fate: str,
) -> None:
    wearer = world.wearer(**order)
    at = ago(seconds=told_ago.total_seconds())
    assert client.request(**owntracks(wearer.token, at)).status_code == 200
    kept = fate == "kept"
    assert len(world.fixes(wearer)) == int(kept)
    assert world.counts(wearer.device_id) == ({} if kept else {fate: 1})


def test_a_faulty_clock_is_gated_by_its_arrival(client: httpx.Client, world: World) -> None:
    wearer = world.wearer(ends=-DAY)
    client.request(**owntracks(wearer.token, datetime(1999, 6, 1, tzinfo=UTC)))
    assert world.fixes(wearer) == []
    assert world.counts(wearer.device_id) == {"no_order": 1}


def test_a_revocation_counts_from_its_moment(client: httpx.Client, world: World) -> None:
    wearer = world.wearer()
    client.request(**owntracks(wearer.token, ago(minutes=2)))
    world.rows("UPDATE supervision_order SET revoked_at = now() WHERE id = %s", wearer.order_id)
    client.request(**owntracks(wearer.token, ago(minutes=1)))
    assert len(world.fixes(wearer)) == 1
    assert world.counts(wearer.device_id) == {"too_late": 1}


def test_other_messages_of_a_phone(client: httpx.Client, world: World) -> None:
    wearer = world.wearer()
    for body in (b"", b'{"_type":"card","tid":"x"}', b'{"_type":"waypoints"}'):
        reply = client.post("/pub?u=a&d=b", content=body, auth=("a", wearer.token))
        assert (reply.status_code, reply.content) == (200, b"[]")
    assert world.fixes(wearer) == []


def test_pages_and_methods(client: httpx.Client) -> None:
    assert client.get("/health/live").text == "live"
    assert client.get("/health/ready").text == "ready"
    assert client.get("/admin").status_code == 404
    assert client.delete("/pub").status_code == 405
    metrics = client.get("/metrics")
    assert 'tarazy_gateway_reports_total{language="owntracks",outcome="kept"}' in metrics.text


def test_a_slow_sender_stalls_nobody(gateway: Process, client: httpx.Client, world: World) -> None:
    wearer = world.wearer()
    silent = [socket.create_connection(("127.0.0.1", gateway.port)) for _ in range(100)]
    for connection in silent[:50]:
        connection.sendall(b"POST /pub HTTP/1.1\r\nHost: x\r\nContent-Length: 999\r\n\r\n{")
    began_s = time.monotonic()
    assert client.request(**owntracks(wearer.token, ago(minutes=1))).status_code == 200
    assert time.monotonic() - began_s < 5
    for connection in silent:
        connection.close()


def test_a_real_phones_recording(client: httpx.Client, world: World, shared_data: Path) -> None:
    wearer = world.wearer()
    lines = (shared_data / "owntracks" / "demo-iphone.rec").read_text().splitlines()
    told = [json.loads(line.split("\t")[2]) for line in lines]
    places = [one for one in told if one["_type"] == "location"]
    shift = int(time.time()) - max(one["tst"] for one in places)
    for one in told:
        moved = {**one, "tst": int(one["tst"]) + shift}
        reply = client.post("/pub", json=moved, auth=("phone", wearer.token))
        assert (reply.status_code, reply.content) == (200, b"[]")
    kept = world.fixes(wearer)
    assert {tuple(fix["alarms"]) for fix in kept if fix["lat"] is None} == {("disconnected",)}
    fixes = [fix for fix in kept if fix["lat"] is not None]
    assert [fix["lat"] for fix in fixes] == [one["lat"] for one in places]
    assert len(fixes) == 23
    assert {fix["speed_kmh"] for fix in fixes if fix["accuracy_m"] >= 1000} == {None}
    assert world.counts(wearer.device_id) == {}


def test_the_log_names_no_place_and_no_credential(client: httpx.Client, world: World) -> None:
    wearer = world.wearer()
    client.request(**owntracks(wearer.token, ago(minutes=1), lat=41.987654))
    client.post(f"/d/{wearer.token}", content=b"{")
    written = LOG.read_text()
    assert "gateway_started" in written
    assert "41.987654" not in written
    assert wearer.token not in written
