# SPDX-License-Identifier: EUPL-1.2
"""Our batch form, sealed phones and commands in the reply, on a running gateway."""

import base64
import gzip
import json
import time
from collections.abc import Iterator

import httpx
import pytest
from nacl.secret import SecretBox
from supervision.running import Process, Wearer, World, ago
from supervision.trackers import KEY, queue, state_of

from tarazy.supervision.gateway.credentials import secret_of
from tarazy.supervision.gateway.sealed import key_of

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def client(gateway: Process) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=gateway.url) as client:
        yield client


def post(client: httpx.Client, token: str, body: bytes, **headers: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"} | headers
    return client.post("/v1/fixes", content=body, headers=headers)


def batch(count: int) -> bytes:
    told = [{"at": ago(minutes=n + 1).isoformat(), "lat": 43.25, "lon": 76.9} for n in range(count)]
    return json.dumps({"fixes": told}).encode()


def test_a_batch_is_kept_once_packed_or_not(client: httpx.Client, world: World) -> None:
    wearer = world.wearer()
    body = batch(40)
    packed = {"Content-Encoding": "gzip"}
    first = post(client, wearer.token, gzip.compress(body), **packed)
    again = post(client, wearer.token, body)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == {"results": [{"outcome": "kept"}] * 40}
    assert again.json() == {"results": [{"outcome": "duplicate"}] * 40}
    assert len(world.fixes(wearer)) == 40


def test_each_fix_has_its_own_fate_in_order(client: httpx.Client, world: World) -> None:
    wearer = world.wearer()
    told = [
        {"at": ago(minutes=1).isoformat(), "lat": 43.25, "lon": 76.9, "alarms": ["strap_tamper"]},
        {"at": ago(minutes=2).isoformat(), "lat": 143.25, "lon": 76.9},
        {"at": ago(days=900).isoformat(), "lat": 43.25, "lon": 76.9},
        {"at": ago(minutes=3).isoformat(), "battery_percent": 4},
    ]
    answer = post(client, wearer.token, json.dumps({"fixes": told}).encode())
    outcomes = [one["outcome"] for one in answer.json()["results"]]
    assert outcomes == ["kept", "bad_place", "clock_fault", "kept"]
    assert ["strap_tamper"] in [fix["alarms"] for fix in world.fixes(wearer)]
    assert world.counts(wearer.device_id) == {"bad_place": 1}


def test_an_alarm_beside_a_refused_place_is_kept_and_the_fix_refused(
    client: httpx.Client, world: World
) -> None:
    wearer = world.wearer()
    told = [
        {"at": ago(minutes=2).isoformat(), "lat": 143.25, "lon": 76.9, "alarms": ["sos"]},
        {"at": ago(minutes=1).isoformat(), "lat": 43.25, "lon": 76.9},
    ]
    answer = post(client, wearer.token, json.dumps({"fixes": told}).encode())
    assert [one["outcome"] for one in answer.json()["results"]] == ["bad_place", "kept"]
    assert [(fix["lat"], fix["alarms"]) for fix in world.fixes(wearer)] == [
        (43.25, []),
        (None, ["sos"]),
    ]
    assert world.counts(wearer.device_id) == {"bad_place": 1}


def test_a_stranger_and_a_broken_batch(client: httpx.Client, world: World) -> None:
    assert post(client, "nobody", batch(2)).status_code == 401
    wearer = world.wearer()
    answer = post(client, wearer.token, b'{"fixes": 5}')
    assert (answer.status_code, answer.json()["refused"]) == (400, "bad_field")
    assert post(client, wearer.token, batch(1001)).json()["refused"] == "too_many_parts"
    assert client.get("/v1/openapi.json").json()["openapi"] == "3.1.0"


def seal(wearer: Wearer, passphrase: str, minutes: int) -> str:
    place = {
        "_type": "location",
        "lat": 43.25,
        "lon": 76.9,
        "tst": ago(minutes=minutes).timestamp(),
    }
    box = SecretBox(key_of(passphrase)).encrypt(json.dumps(place).encode())
    return json.dumps({"_type": "encrypted", "data": base64.b64encode(box).decode()})


def test_a_sealed_place_is_kept_readable(client: httpx.Client, world: World) -> None:
    wearer = world.wearer()
    ((device,),) = world.rows(
        "SELECT public_id FROM supervision_device WHERE id = %s", wearer.device_id
    )
    passphrase = secret_of(device, KEY)
    by_header = client.post(
        "/pub", content=seal(wearer, passphrase, 1), auth=(device, wearer.token)
    )
    by_query = client.post(
        f"/d/{wearer.token}?u={device}&d=phone", content=seal(wearer, passphrase, 2)
    )
    assert (by_header.status_code, by_query.status_code) == (200, 200)
    fixes = world.fixes(wearer)
    assert [fix["lat"] for fix in fixes] == [43.25, 43.25]
    assert b'"location"' in bytes.fromhex(fixes[0]["content"].removeprefix("\\x"))


def test_a_sealed_place_under_another_key_is_counted(client: httpx.Client, world: World) -> None:
    wearer = world.wearer()
    for user in ("somebody", ""):
        body = seal(wearer, "a wrong one", 1)
        assert client.post("/pub", content=body, auth=(user, wearer.token)).status_code == 200
    assert world.fixes(wearer) == []
    assert world.counts(wearer.device_id) == {"not_decrypted": 1, "no_key": 1}


def test_a_command_goes_out_in_the_reply_once(client: httpx.Client, world: World) -> None:
    wearer = world.wearer()
    row = queue(world, wearer.device_id, "locate")
    told: list[object] = []
    deadline_s = time.monotonic() + 10
    while not told and time.monotonic() < deadline_s:
        place = {"_type": "location", "lat": 43.25, "lon": 76.9, "tst": time.time()}
        told = client.post("/pub", json=place, auth=("x", wearer.token)).json()
    assert told == [{"_type": "cmd", "action": action} for action in ("reportLocation", "status")]
    place = {"_type": "location", "lat": 43.25, "lon": 76.9, "tst": time.time()}
    assert client.post("/pub", json=place, auth=("x", wearer.token)).json() == []
    while state_of(world, row)[0] == "queued" and time.monotonic() < deadline_s:
        time.sleep(0.05)
    assert state_of(world, row)[0] == "sent"
