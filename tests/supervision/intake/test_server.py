# SPDX-License-Identifier: EUPL-1.2
"""Faults under load: whatever was acknowledged is in the fix store, once."""

import asyncio
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx
import pytest
from supervision.running import Process, Wearer, World, ago, owntracks

from tarazy.core.errors import Misconfigured
from tarazy.supervision.intake.server import Doors, run

pytestmark = pytest.mark.system

CLIENTS = 20
OUTAGE_S = 10


@pytest.fixture
def own_gateway(world: World) -> Iterator[Process]:
    """A process that the test may kill."""
    process = Process(world.server).start()
    yield process
    process.kill()


@dataclass
class Load:
    """Clients that send one report after another, and again until it is acknowledged or not."""

    url: str
    wearers: list[Wearer]
    began: datetime = field(default_factory=lambda: ago(days=1))
    acknowledged: set[tuple[int, int]] = field(default_factory=set)
    statuses: set[int] = field(default_factory=set)
    running: bool = True

    async def drive(self, trouble: Callable[[], None]) -> None:
        """Send while a thread makes trouble, and a moment longer."""
        async with httpx.AsyncClient(base_url=self.url, timeout=40) as client:
            senders = [asyncio.create_task(self.send(client, one)) for one in self.wearers]
            await asyncio.sleep(0.5)
            await asyncio.to_thread(trouble)
            await asyncio.sleep(0.5)
            self.running = False
            await asyncio.gather(*senders)

    async def send(self, client: httpx.AsyncClient, wearer: Wearer) -> None:
        second = 0
        while self.running:
            second += 1
            at = self.began + timedelta(seconds=second)
            with suppress(httpx.TransportError):
                reply = await client.request(**owntracks(wearer.token, at))
                self.statuses.add(reply.status_code)
                if reply.status_code == 200:
                    self.acknowledged.add((wearer.device_id, int(at.timestamp())))

    def stored(self, world: World) -> list[tuple[int, int]]:
        return world.rows(
            "SELECT device_id, extract(epoch FROM at)::bigint FROM supervision_fix"
            " WHERE device_id = ANY(%s)",
            [wearer.device_id for wearer in self.wearers],
        )

    def check(self, world: World) -> None:
        stored = self.stored(world)
        assert len(stored) == len(set(stored))
        assert self.acknowledged <= set(stored)
        assert len(self.acknowledged) > len(self.wearers)


def test_the_database_goes_away_under_load(own_gateway: Process, world: World) -> None:
    load = Load(own_gateway.url, [world.wearer() for _ in range(CLIENTS)])
    seen: list[bool] = []

    def outage() -> None:
        world.server.stop()
        time.sleep(OUTAGE_S)
        seen.append(own_gateway.ready())
        world.server.start()

    asyncio.run(load.drive(outage))
    load.check(world)
    assert load.statuses == {200}, "what waited for ten seconds was held, not sent back"
    assert seen == [False]
    own_gateway.until_ready()


def test_a_killed_gateway_loses_nothing_that_it_acknowledged(
    own_gateway: Process, world: World
) -> None:
    load = Load(own_gateway.url, [world.wearer() for _ in range(CLIENTS)])

    def crash() -> None:
        own_gateway.kill()
        own_gateway.start()

    asyncio.run(load.drive(crash))
    load.check(world)
    before = load.stored(world)
    asyncio.run(resend(load))
    assert sorted(load.stored(world)) == sorted(before)


async def resend(load: Load) -> None:
    """Everything again that was acknowledged, as a phone does that missed the answer."""
    tokens = {wearer.device_id: wearer.token for wearer in load.wearers}
    async with httpx.AsyncClient(base_url=load.url, timeout=40) as client:
        for device_id, second in list(load.acknowledged)[:100]:
            at = load.began + timedelta(seconds=second - load.began.timestamp())
            reply = await client.request(**owntracks(tokens[device_id], at))
            assert reply.status_code == 200


def test_a_clean_stop_answers_what_is_under_way(own_gateway: Process, world: World) -> None:
    load = Load(own_gateway.url, [world.wearer() for _ in range(CLIENTS)])
    codes: list[int] = []
    asyncio.run(load.drive(lambda: codes.append(own_gateway.stop())))
    load.check(world)
    assert codes == [0]
    assert load.statuses == {200}
    stored, acknowledged = set(load.stored(world)), load.acknowledged
    assert stored == acknowledged, "everything that was committed was answered"


def test_a_port_that_is_taken_stops_the_start_by_its_name() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        doors = Doors(
            bind="127.0.0.1",
            http_port=port,
            device_key="k" * 32,
            database_url="postgresql://nowhere",
        )
        running = run(doors)
        with pytest.raises(Misconfigured) as misconfigured:
            asyncio.run(running)
    assert misconfigured.value.setting == "TARAZY_GATEWAY_PORT"
