# SPDX-License-Identifier: EUPL-1.2
"""The gateway at the demo's own broker, which begins anew with each start."""

import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest
from free_ports import free_port
from supervision.broker import Client, phone, wait_for
from supervision.running import Process, World, ago, environment
from supervision.trackers import KEY

from tarazy.site.secrets import BROKER_USER, broker_password

pytestmark = pytest.mark.system


@pytest.fixture
def port(world: World) -> Iterator[int]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", "from tarazy.site import service; service.broker()"],
        env=environment(world.server) | {"TARAZY_MQTT_PORT": str(port)},
    )
    yield port
    process.terminate()
    process.wait(30)


def test_a_phone_is_heard(port: int, world: World) -> None:
    wearer, device = phone(world)
    url = f"mqtt://{BROKER_USER}:{broker_password(KEY)}@127.0.0.1:{port}"
    gateway = Process(world.server, settings={"TARAZY_MQTT_URL": url}).start()
    client = Client(port, device, wearer.token)
    client.client.reconnect_delay_set(1, 1)
    assert client.connected.wait(20)
    place = {"_type": "location", "lat": 43.25, "lon": 76.9, "tst": ago(minutes=1).timestamp()}

    def heard() -> bool:
        client.say(place)  # this broker keeps nothing for a gateway that was not there yet
        return bool(world.fixes(wearer))

    wait_for(heard)
    client.close()
    assert len(world.fixes(wearer)) == 1
    assert gateway.stop() == 0


def test_a_port_in_use_is_said_in_a_line(world: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = subprocess.run(
            [sys.executable, "-c", "from tarazy.site.cli import app; app()", "broker"],
            env=environment(world.server) | {"TARAZY_MQTT_PORT": port},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert ended.returncode == 2
    last = ended.stderr.splitlines()[-1]
    assert f"TARAZY_MQTT_PORT cannot listen on 127.0.0.1:{port}" in last
