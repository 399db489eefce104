# SPDX-License-Identifier: EUPL-1.2
"""`tarazy demo` and `tarazy up` themselves: start, stop, restart, an orphaned database."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from free_ports import free_ports
from live.conftest import Service, sign_in, wait_for
from playwright.sync_api import Page, expect

from tarazy.site import secrets
from tarazy.site.postgres import Postgres

pytestmark = pytest.mark.live
ALIVE_S_MAX = 90
AGAIN_S_MAX = 15
STOP_S_MAX = 30


def surroundings(folder: Path, **more: str) -> dict[str, str]:
    """A clean environment with free ports."""
    web, gateway, events, metrics, mqtt = free_ports(5)
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("TARAZY_") and name not in {"DJANGO_SETTINGS_MODULE", "DATABASE_URL"}
    }
    return {
        **kept,
        "TARAZY_FOLDER": str(folder),
        "TARAZY_WEB_PORT": str(web),
        "TARAZY_GATEWAY_PORT": str(gateway),
        "TARAZY_EVENTS_PORT": str(events),
        "TARAZY_METRICS_PORT": str(metrics),
        "TARAZY_MQTT_PORT": str(mqtt),
        **more,
    }


def start(words: list[str], environment: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("a") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "tarazy.site.cli", *words],
            env=environment,
            cwd=log.parent,
            stdout=output,
            stderr=output,
        )


def stop(running: subprocess.Popen[bytes]) -> int:
    running.send_signal(signal.SIGINT)
    return running.wait(STOP_S_MAX)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    made = tmp_path_factory.mktemp("demo")
    yield made
    Postgres(made / "data" / "postgres").stop()


def counts(folder: Path) -> tuple[int, int]:
    address = Postgres(folder / "data" / "postgres").url("tarazy_app")
    with psycopg.connect(address) as connection:
        fixes = connection.execute("SELECT count(*) FROM supervision_fix").fetchone()
        alerts = connection.execute(
            "SELECT count(*) FROM supervision_alert WHERE person_id IS NOT NULL"
        ).fetchone()
    assert fixes is not None
    assert alerts is not None
    return fixes[0], alerts[0]


def test_the_demo_is_alive_in_time_and_goes_on_after_a_restart(folder: Path, page: Page) -> None:
    environment = surroundings(folder / "data")
    web = f"http://127.0.0.1:{environment['TARAZY_WEB_PORT']}"
    log = folder / "demo.log"
    began = time.monotonic()
    running = start(["demo"], environment, log)
    try:
        wait_for(f"{web}/health/ready", ALIVE_S_MAX)
        while 0 in counts(folder):
            assert time.monotonic() - began < ALIVE_S_MAX, log.read_text()[-3000:]
            time.sleep(0.5)
        service = Service(web, "", "", environment)
        sign_in(page, service, "operator", "tarazy-demo")
        page.goto(f"{web}/supervision/")
        expect(page.locator("#alerts a[href*='/alerts/']").first).to_be_visible()
        page.context.clear_cookies()
        sign_in(page, service, "analyst", "tarazy-demo")
        expect(page.locator("main table a").first).to_be_visible()
    except AssertionError:
        sys.stdout.write(log.read_text()[-3000:])
        raise
    finally:
        fixes_before, _ = counts(folder)
        code = stop(running)
    assert code == 0
    assert not Postgres(folder / "data" / "postgres").running()
    assert "http://127.0.0.1" in log.read_text()

    began = time.monotonic()
    running = start(["demo"], environment, log)
    try:
        wait_for(f"{web}/health/ready", AGAIN_S_MAX)
        assert time.monotonic() - began < AGAIN_S_MAX
        assert counts(folder)[0] >= fixes_before > 0
    finally:
        assert stop(running) == 0


def test_a_killed_watcher_leaves_an_orphan_that_the_next_one_adopts(tmp_path: Path) -> None:
    environment = surroundings(tmp_path / "data", **secrets.make())
    web = f"http://127.0.0.1:{environment['TARAZY_WEB_PORT']}"
    log = tmp_path / "up.log"
    running = start(["up"], environment, log)
    wait_for(f"{web}/health/ready", 60)
    running.kill()
    running.wait()
    server = Postgres(tmp_path / "data" / "postgres")
    assert server.running()
    running = start(["up"], environment, log)
    try:
        deadline = time.monotonic() + 30
        while "database_adopted" not in log.read_text():
            assert time.monotonic() < deadline, log.read_text()[-2000:]
            if running.poll() is not None:  # the children of the first had not left their ports
                running = start(["up"], environment, log)
            time.sleep(0.2)
        wait_for(f"{web}/health/ready", 30)
        server.stop()  # it dies under the running service, which starts it again
        deadline = time.monotonic() + 30
        while not server.running():
            assert time.monotonic() < deadline, log.read_text()[-2000:]
            time.sleep(0.2)
        wait_for(f"{web}/health/ready", 30)
    finally:
        assert stop(running) == 0
    assert not server.running()


def test_a_real_service_refuses_the_demos_secrets(tmp_path: Path) -> None:
    environment = surroundings(tmp_path, **secrets.make("demo-"))
    log = tmp_path / "up.log"
    running = start(["up"], environment, log)
    assert running.wait(30) == 2
    assert "TARAZY_SECRET_KEY" in log.read_text()
    assert "tarazy secrets" in log.read_text()
