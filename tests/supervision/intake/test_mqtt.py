# SPDX-License-Identifier: EUPL-1.2
"""Phones over MQTT, through a real Mosquitto."""

import base64
import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nacl.secret import SecretBox
from supervision.broker import MOSQUITTO, Broker, Client, phone, wait_for
from supervision.running import LOG, Process, Wearer, World, ago
from supervision.trackers import KEY, queue, state_of

from tarazy.supervision.gateway.credentials import secret_of
from tarazy.supervision.gateway.sealed import key_of
from tarazy.supervision.intake import mqtt

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(not Path(MOSQUITTO).is_file(), reason="Mosquitto is not installed"),
]
PHONES = 4
LOCATE = [{"_type": "cmd", "action": action} for action in ("reportLocation", "status")]


@pytest.fixture(scope="module")
def phones(world: World) -> list[tuple[Wearer, str]]:
    return [phone(world) for _ in range(PHONES)]


@pytest.fixture(scope="module")
def broker(
    world: World, phones: list[tuple[Wearer, str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Broker]:
    made = Broker(tmp_path_factory.mktemp("broker"), world)
    made.configure()
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def gateway(world: World, broker: Broker) -> Iterator[Process]:
    process = Process(world.server, settings={"TARAZY_MQTT_URL": broker.url}).start()
    yield process
    assert process.stop() == 0


def place(minutes: float, **more: Any) -> dict[str, Any]:
    at = ago(minutes=minutes).timestamp()
    return {"_type": "location", "lat": 43.25, "lon": 76.9, "tst": at, **more}


def connected(broker: Broker, one: tuple[Wearer, str]) -> Client:
    wearer, device = one
    client = Client(broker.port, device, wearer.token)
    assert client.connected.wait(10)
    return client


def test_a_place_is_kept_once_with_both_clocks(
    gateway: Process, broker: Broker, world: World, phones: list[tuple[Wearer, str]]
) -> None:
    wearer, device = phones[0]
    client = connected(broker, phones[0])
    told = place(3)
    for _ in range(2):
        client.say(told).wait_for_publish(10)
    sealed = SecretBox(key_of(secret_of(device, KEY))).encrypt(json.dumps(place(2)).encode())
    client.say({"_type": "encrypted", "data": base64.b64encode(sealed).decode()})
    client.say({"_type": "status", "android": {"loc": -4}}, kind="/status")
    client.say(b"\xff nonsense")
    client.say({"_type": "cmd"}, kind="/cmd")
    wait_for(lambda: len(world.fixes(wearer)) == 3)
    fixes = world.fixes(wearer)
    assert [fix["lat"] for fix in fixes] == [43.25, 43.25, None]
    assert fixes[2]["alarms"] == ["location_off"]
    wait_for(lambda: world.counts(wearer.device_id) == {"duplicate": 1, "not_json": 1})
    client.close()


def test_nobody_gets_in_or_writes_elsewhere(
    gateway: Process, broker: Broker, world: World, phones: list[tuple[Wearer, str]]
) -> None:
    (mine, device), (other, elsewhere) = phones[1], phones[2]
    stranger = Client(broker.port, device, "wrong")
    assert stranger.refused.wait(10)
    stranger.close()
    client = connected(broker, phones[1])
    client.client.subscribe(f"owntracks/{elsewhere}/#", 1)
    victim = connected(broker, phones[2])
    client.say(place(9), user=elsewhere).wait_for_publish(10)
    victim.say(place(8)).wait_for_publish(10)
    client.say(place(7))  # Mosquitto hangs up on who writes where it may not; then it is sent
    wait_for(lambda: len(world.fixes(mine)) == 1 and len(world.fixes(other)) == 1)
    assert client.heard == []
    client.close()
    victim.close()


def test_nobody_takes_over_the_gateways_place(
    broker: Broker, world: World, phones: list[tuple[Wearer, str]], gateway: Process
) -> None:
    """What the broker keeps for us would be gone with it."""
    (wearer, _), (hostile, device) = phones[1], phones[2]
    before = len(world.fixes(wearer))
    client = connected(broker, phones[1])
    gateway.kill()
    for n in range(10):
        client.say(place(150 + n / 10)).wait_for_publish(10)
    thief = Client(broker.port, device, hostile.token, name=mqtt.CLIENT_ID)
    assert thief.connected.wait(10)
    time.sleep(0.5)
    thief.close()
    gateway.start()
    wait_for(lambda: len(world.fixes(wearer)) == before + 10)
    client.close()


def test_a_phone_that_wants_no_answer_does_no_harm(
    gateway: Process, broker: Broker, world: World, phones: list[tuple[Wearer, str]]
) -> None:
    """An answer to such a message would break our connection, and with it everybody's."""
    wearer, device = phones[0]
    before, log = len(world.fixes(wearer)), LOG.read_text().count("broker_left")
    client = connected(broker, phones[0])
    for n, qos in enumerate((0, 0, 1, 2)):
        client.client.publish(f"owntracks/{device}/phone", json.dumps(place(170 + n)), qos=qos)
    wait_for(lambda: len(world.fixes(wearer)) == before + 4)
    time.sleep(0.5)
    assert LOG.read_text().count("broker_left") == log
    client.close()


def test_a_phone_that_is_cut_off_leaves_its_last_will(
    gateway: Process, broker: Broker, world: World, phones: list[tuple[Wearer, str]]
) -> None:
    wearer, device = phones[3]

    def field(text: str) -> bytes:
        return len(text).to_bytes(2, "big") + text.encode()

    will = json.dumps({"_type": "lwt", "tst": 1})
    body = b"\x00\x04MQTT\x04\xe6\x00\x05" + field("x") + field(f"owntracks/{device}/phone")
    body = body[:7] + b"\xce" + body[8:] + field(will) + field(device) + field(wearer.token)
    with socket.create_connection(("127.0.0.1", broker.port)) as line:
        line.sendall(
            b"\x10" + len(body).to_bytes(1, "big") + body
            if len(body) < 128
            else b"\x10" + bytes([len(body) % 128 + 128, len(body) // 128]) + body
        )
        assert line.recv(4) == b"\x20\x02\x00\x00"
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    wait_for(lambda: ["disconnected"] in [fix["alarms"] for fix in world.fixes(wearer)])


def test_what_the_broker_keeps_is_no_sign_of_life_again(
    gateway: Process, broker: Broker, world: World, phones: list[tuple[Wearer, str]]
) -> None:
    """A phone that is long off would live again with each restart of ours."""
    wearer, device = phones[0]
    before, counted = len(world.fixes(wearer)), world.counts(wearer.device_id)
    client = connected(broker, phones[0])
    topic = f"owntracks/{device}/kept"
    client.client.publish(topic, json.dumps(place(200)), qos=1, retain=True)
    status = json.dumps({"_type": "status", "android": {"loc": -4}})
    client.client.publish(f"{topic}/status", status, qos=1, retain=True)
    wait_for(lambda: len(world.fixes(wearer)) == before + 2)
    client.close()
    gateway.kill()
    gateway.start()
    again = {name: counted.get(name, 0) + 1 for name in ("duplicate", "bad_time")}
    wait_for(lambda: world.counts(wearer.device_id).items() >= again.items())
    assert len(world.fixes(wearer)) == before + 2
    # Nor is a command sent there: it waits until the phone itself is heard.
    row = queue(world, wearer.device_id, "locate")
    time.sleep(1)
    assert state_of(world, row)[0] == "queued"
    client = connected(broker, phones[0])
    client.say(place(0.5))
    wait_for(lambda: client.heard == LOCATE)
    wait_for(lambda: state_of(world, row)[0] == "sent")
    client.close()


def test_a_command_reaches_the_phone(
    gateway: Process, broker: Broker, world: World, phones: list[tuple[Wearer, str]]
) -> None:
    wearer, _ = phones[0]
    client = connected(broker, phones[0])
    client.say(place(1)).wait_for_publish(10)
    row = queue(world, wearer.device_id, "locate")
    wait_for(lambda: client.heard == LOCATE)
    wait_for(lambda: state_of(world, row)[0] == "sent")
    client.close()


def test_what_came_while_we_or_the_broker_were_away_comes_once(
    broker: Broker, world: World, phones: list[tuple[Wearer, str]], gateway: Process
) -> None:
    wearer, _ = phones[2]
    before = len(world.fixes(wearer))
    client = connected(broker, phones[2])
    gateway.kill()
    told = [client.say(place(30 + n / 10)) for n in range(50)]
    for one in told:
        one.wait_for_publish(10)
    gateway.start()
    wait_for(lambda: len(world.fixes(wearer)) == before + 50)
    told = [client.say(place(60 + n / 10)) for n in range(200)]
    broker.stop()
    time.sleep(0.5)
    broker.start()
    told += [client.say(place(90 + n / 10)) for n in range(50)]  # sent when it is connected again
    wait_for(lambda: len(world.fixes(wearer)) == before + 300)
    client.close()


def test_while_the_database_is_away_the_broker_keeps_it(
    broker: Broker, world: World, phones: list[tuple[Wearer, str]], gateway: Process
) -> None:
    wearer, _ = phones[1]
    before = len(world.fixes(wearer))
    client = connected(broker, phones[1])
    world.server.stop()
    try:
        for n in range(20):
            client.say(place(120 + n / 10)).wait_for_publish(10)
        time.sleep(1)
    finally:
        world.server.start()
    wait_for(lambda: len(world.fixes(wearer)) == before + 20)
    client.close()
