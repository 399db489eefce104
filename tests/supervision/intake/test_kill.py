# SPDX-License-Identifier: EUPL-1.2
"""`kill -9` at random moments under load over every door: what was acknowledged is there once."""

import asyncio
import os
import random
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from free_ports import free_port
from supervision.broker import MOSQUITTO, Broker, phone, wait_for
from supervision.running import Process, Wearer, World
from supervision.storm import Phone, Publisher, Storm, Tracker, until
from supervision.trackers import tracker
from supervision.wire import Wire

from tarazy.core.errors import Temporary

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(not Path(MOSQUITTO).is_file(), reason="Mosquitto is not installed"),
]

TRACKERS, PHONES, BATCHES, PUBLISHERS = 8, 8, 4, 6
KILLS = 4
STILL_S = 8  # longer than the phones wait for a sign of life
FIXES_AT_LEAST = 2_000


@dataclass
class Scene:
    """Everything that runs, with a broker of its own."""

    world: World
    gateway: Process
    broker: Broker
    port: int
    wire: Wire
    publishers: list[tuple[Wearer, str]]

    def play(self, trouble: Callable[[], Awaitable[None]]) -> None:
        """Load over every door while there is trouble; then the count."""
        storm = Storm()
        asyncio.run(self._load(storm, trouble))
        storm.ledger.check(self.world)
        assert len(storm.ledger.acknowledged) > FIXES_AT_LEAST

    async def _load(self, storm: Storm, trouble: Callable[[], Awaitable[None]]) -> None:
        await self.wire.lay()
        async with httpx.AsyncClient(base_url=self.gateway.url, timeout=45) as client:
            ledger = storm.ledger
            trackers = [Tracker(*tracker(self.world), self.port, ledger) for _ in range(TRACKERS)]
            phones = [Phone(self.world.wearer(), client, ledger) for _ in range(PHONES + BATCHES)]
            store = self.broker.folder / "store" / "mosquitto.db"
            await until(store.exists)  # the broker knows the gateway, and has written that down
            publishers = [Publisher(*one, self.broker.port, ledger) for one in self.publishers]
            talking = [storm.talk(one, 15, 0.1) for one in trackers]
            talking += [storm.talk(one, 1, 0.05) for one in phones[BATCHES:]]
            talking += [storm.talk(one, 40, 0.1) for one in phones[:BATCHES]]
            talking += [one.talk(storm, 0.03) for one in publishers]
            await storm.blow(talking, trouble)
            await until(lambda: storm.ledger.stored(self.world).keys() >= storm.ledger.sent)
        self.wire.take_away()


@pytest.fixture
def scene(world: World, tmp_path: Path) -> Iterator[Scene]:
    publishers = [phone(world) for _ in range(PUBLISHERS)]
    broker, port = Broker(tmp_path, world), free_port()
    wire = Wire(broker.port)
    broker.configure()
    broker.start()
    doors = {
        "TARAZY_MQTT_URL": broker.url.replace(str(broker.port), str(wire.port)),
        "TARAZY_TRACKERS": f"gt06={port}",
    }
    gateway = Process(world.server, settings=doors).start()
    try:
        yield Scene(world, gateway, broker, port, wire, publishers)
    finally:
        gateway.kill()
        broker.kill()


def moments(seed: int) -> Iterator[float]:
    """Seconds until the next blow."""
    chance = random.Random(seed)
    return (chance.uniform(0.05, 1.2) for _ in range(KILLS))


def test_the_gateway_is_killed(scene: Scene) -> None:
    async def trouble() -> None:
        for pause_s in moments(1):
            await asyncio.sleep(pause_s)
            scene.gateway.kill()
            await asyncio.to_thread(scene.gateway.start)

    scene.play(trouble)


def test_the_database_is_killed(scene: Scene) -> None:
    async def trouble() -> None:
        for number, pause_s in enumerate(moments(2)):
            await asyncio.sleep(pause_s)
            await asyncio.to_thread(kill_one_backend if number % 2 else kill_all, scene.world)

    scene.play(trouble)


def test_the_broker_is_killed(scene: Scene) -> None:
    async def trouble() -> None:
        for pause_s in moments(3):
            await asyncio.sleep(pause_s)
            scene.broker.kill()
            await asyncio.sleep(0.2)
            scene.broker.start()
            await asyncio.sleep(2)

    scene.play(trouble)


def test_the_broker_is_cut_off_and_stands_still(scene: Scene) -> None:
    async def trouble() -> None:
        for pause_s in moments(4):
            await asyncio.sleep(pause_s)
            scene.wire.cut()
            await asyncio.sleep(0.5)
            scene.wire.mend()
        assert scene.broker.running is not None
        scene.broker.running.send_signal(signal.SIGSTOP)
        await asyncio.sleep(STILL_S)
        scene.broker.running.send_signal(signal.SIGCONT)

    scene.play(trouble)
    assert scene.wire.cuts > 1


def kill_all(world: World) -> None:
    """The server as the kernel ends it; it comes back as the watcher of processes does it."""
    server = world.server
    os.kill(int((server.folder / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)

    def back() -> bool:
        with suppress(Temporary):  # what the dead one left is still ending
            return server.alive() or not server.start()
        return False

    wait_for(lambda: not server.alive())
    wait_for(back)


def kill_one_backend(world: World) -> None:
    """The one that commits: the server then ends all others, and begins again by itself."""
    found = world.rows("SELECT pid FROM pg_stat_activity WHERE application_name = 'tarazy gateway'")
    for (pid,) in found:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            return
