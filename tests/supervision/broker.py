# SPDX-License-Identifier: EUPL-1.2
"""A real Mosquitto with our own configuration, and phones at it."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from free_ports import free_port
from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion
from supervision.running import Wearer, World, environment
from supervision.trackers import KEY

from tarazy.supervision.gateway.credentials import address_of, broker_hash

MOSQUITTO = "/usr/sbin/mosquitto"
WAIT_S_MAX = 20.0


def phone(world: World, **order: Any) -> tuple[Wearer, str]:
    """Somebody under an order with a phone at the broker, and its public id."""
    wearer = world.wearer(**order)
    ((device,),) = world.rows(
        "UPDATE supervision_device SET broker_hash = %s WHERE id = %s RETURNING public_id",
        *(broker_hash(wearer.token), wearer.device_id),
    )
    world.address(wearer.device_id, address_of("mqtt", device, KEY))
    return wearer, device


@dataclass
class Broker:
    """Mosquitto in a folder of its own, set up by our command."""

    folder: Path
    world: World
    port: int = field(default_factory=free_port)
    running: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"mqtt://gateway:secret%2Fword@127.0.0.1:{self.port}"

    def configure(self) -> None:
        (self.folder / "store").mkdir(exist_ok=True)
        code = "from tarazy.site.cli import app; app()"
        words = ["devices", "mosquitto-config", str(self.folder)]
        words += ["--port", str(self.port), "--store", str(self.folder / "store")]
        subprocess.run(
            [sys.executable, "-c", code, *words],
            env=environment(self.world.server) | {"TARAZY_MQTT_URL": self.url},
            check=True,
            capture_output=True,
        )
        if os.geteuid() == 0:  # else it changes to a user who cannot read the test's folder
            with (self.folder / "tarazy.conf").open("a") as conf:
                conf.write("\nuser root\n")

    def start(self) -> None:
        self.running = subprocess.Popen(
            [MOSQUITTO, "-c", str(self.folder / "tarazy.conf")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def stop(self) -> None:
        assert self.running is not None
        self.running.terminate()
        self.running.wait(20)

    def kill(self) -> None:
        """As the kernel does it."""
        assert self.running is not None
        self.running.kill()
        self.running.wait(20)


class Client:
    """One phone's connection to the broker."""

    def __init__(self, port: int, user: str, token: str, *, name: str = "") -> None:
        self.heard: list[Any] = []
        self.refused = threading.Event()
        self.connected = threading.Event()
        self.client = paho.Client(
            CallbackAPIVersion.VERSION2, client_id=name or user, clean_session=False
        )
        self.client.username_pw_set(user, token)
        self.client.on_connect = self._on_connect
        self.client.on_message = lambda _c, _d, message: self.heard.append(
            json.loads(message.payload)
        )
        self.user = user
        self.client.connect_async("127.0.0.1", port, 5)
        self.client.loop_start()

    def _on_connect(self, client: paho.Client, _d: Any, _f: Any, reason: Any, _p: Any) -> None:
        if reason.is_failure:
            self.refused.set()
            return
        client.subscribe(f"owntracks/{self.user}/phone/cmd", 1)
        self.connected.set()

    def say(self, told: object, user: str = "", kind: str = "") -> paho.MQTTMessageInfo:
        payload = told if isinstance(told, bytes) else json.dumps(told).encode()
        topic = f"owntracks/{user or self.user}/phone{kind}"
        return self.client.publish(topic, payload, qos=1)

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


def wait_for(true: Callable[[], bool]) -> None:
    """Until it is so; a moment later is soon enough."""
    deadline_s = time.monotonic() + WAIT_S_MAX
    while not true():
        assert time.monotonic() < deadline_s, "it did not come"
        time.sleep(0.05)
