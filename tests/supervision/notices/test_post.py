# SPDX-License-Identifier: EUPL-1.2
"""The worker carries notices for real: slow gateways beside good ones, and kills in between."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from free_ports import free_port
from supervision.gateways import Gateway, web_gateway
from supervision.running import Process, Wearer, World
from typing_extensions import override

from tarazy.core import clock, ids
from tarazy.core.access import Role
from tarazy.core.errors import Misconfigured
from tarazy.supervision.notices.post import check
from tarazy.supervision.notices.routes import Occasion, Route

WORKER = "from tarazy.site import service; service.worker()"


@dataclass
class Worker(Process):
    """A worker process; its health is on the port after the engine's."""

    code: str = WORKER
    port: int = field(default_factory=free_port)

    @override
    def ready(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/health/ready", timeout=2).is_success
        except httpx.TransportError:
            return False


def worker(world: World, folder: Path, **gateways: Gateway) -> Worker:
    path = folder / "notices.toml"
    path.write_text(
        "".join(
            f'[{name}]\nurl = "json://127.0.0.1:{one.port}?rto=60"\nrole = "operator"\n'
            'language = "en"\npause_s = 0\n'
            for name, one in gateways.items()
        )
    )
    port = free_port()
    settings = {"TARAZY_NOTICES": str(path), "TARAZY_METRICS_PORT": str(port - 1)}
    return Worker(world.server, port=port, settings=settings)


def raise_alert(world: World, wearer: Wearer, rule: str) -> str:
    alert_id, now = ids.new_id("alr"), clock.now()
    ((key,),) = world.rows(
        "INSERT INTO supervision_alert (public_id, person_id, order_id, rule, rule_version,"
        " severity, state, since, known_at, version)"
        " VALUES (%s, %s, %s, %s, 1, 'critical', 'active', %s, %s, 1) RETURNING id",
        *(alert_id, wearer.person_id, wearer.order_id, rule, now, now),
    )
    world.rows(
        "INSERT INTO supervision_alertversion (alert_id, number, state, known_at, since,"
        " sentence, facts, evidence, actor, note)"
        " VALUES (%s, 1, 'active', %s, %s, '', '{}', '[]', 'sys_engine', '')",
        *(key, now, now),
    )
    return alert_id


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with web_gateway() as found:
        yield found


@pytest.mark.system
def test_a_gateway_that_hangs_holds_up_nobody_else(
    world: World, gateway: Gateway, tmp_path: Path
) -> None:
    with web_gateway() as hanging:
        hanging.hold = True
        process = worker(world, tmp_path, good=gateway, hanging=hanging)
        process.start()
        wearer = world.wearer()
        try:
            first = raise_alert(world, wearer, "S-SOS")
            assert gateway.until(1, about=first)
            assert hanging.arrived.wait(10)
            second = raise_alert(world, wearer, "S-STRAP-TAMPER")
            assert gateway.until(1, about=second), "while the other one hangs"
            begun = "SELECT protocol_id FROM supervision_alert WHERE public_id = %s"
            assert world.rows(begun, second) != [(None,)]
            assert process.ready()
        finally:
            hanging.let_go.set()
            assert process.stop() == 0


@pytest.mark.system
def test_a_worker_that_is_killed_after_sending_sends_again_and_says_so(
    world: World, gateway: Gateway, tmp_path: Path
) -> None:
    gateway.hold = True
    process = worker(world, tmp_path, killed=gateway)
    process.start()
    alert_id = raise_alert(world, world.wearer(), "S-SOS")
    assert gateway.arrived.wait(20)
    process.kill()
    gateway.hold = False
    gateway.let_go.set()
    row = "SELECT state, trying FROM supervision_dispatch WHERE route = 'killed'"
    assert world.rows(row) == [("waiting", True)]
    world.rows("UPDATE supervision_dispatch SET next_at = now() WHERE route = 'killed'")
    process = worker(world, tmp_path, killed=gateway).start()  # type: ignore[assignment]
    try:
        first, again = gateway.until(2, about=alert_id)
        assert alert_id in first
        assert alert_id in again
        assert "may have come to you once already" not in first
        assert "may have come to you once already" in again
        done = "SELECT state, perhaps_twice, attempts FROM supervision_dispatch WHERE route = %s"
        deadline_s = time.monotonic() + 10
        while world.rows(done, "killed")[0][0] != "sent" and time.monotonic() < deadline_s:
            time.sleep(0.05)
        assert world.rows(done, "killed") == [("sent", True, 2)]
    finally:
        assert process.stop() == 0


def test_an_address_that_is_none_stops_the_start_and_is_not_shown() -> None:
    wrong = Route(
        name="wrong",
        url="nothing://s3cret",
        role=Role.OPERATOR,
        occasions=frozenset({Occasion.RAISED}),
    )
    with pytest.raises(Misconfigured) as caught:
        check((wrong,))
    assert caught.value.setting == "TARAZY_NOTICES"
    assert "[wrong]" in caught.value.remedy
    assert "s3cret" not in str(caught.value)
