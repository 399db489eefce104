# SPDX-License-Identifier: EUPL-1.2
"""A really running service for the whole run: every process, real PostgreSQL, a real browser."""

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings
from free_ports import free_ports
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tarazy.site.postgres import Postgres

START_S_MAX = 60
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


def wait_for(url: str, seconds: float) -> None:
    """Until the address answers 200."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            pass
        if time.monotonic() > deadline:
            raise TimeoutError(f"{url} did not answer within {seconds} s")
        time.sleep(0.1)


@dataclass(frozen=True, slots=True)
class Service:
    """Where the running service answers, and the environment of its commands."""

    web: str
    gateway: str
    events: str
    environment: dict[str, str]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """One `tarazy` command against this service."""
        return subprocess.run(
            [sys.executable, "-m", "tarazy.site.cli", *words],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(scope="session")
def service(
    postgres: Postgres, django_db_setup: None, django_db_blocker: pytest.FixtureRequest
) -> Iterator[Service]:
    """`tarazy up` with all processes, on the run's own database."""
    web, gateway, events, metrics = free_ports(4)
    environment = {
        **{name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"},
        "DATABASE_URL": settings.TARAZY.database_url,
        "TARAZY_OWNER_DATABASE_URL": settings.TARAZY.owner_database_url,
        "TARAZY_FOLDER": str(settings.TARAZY.folder),
        "TARAZY_WEB_PORT": str(web),
        "TARAZY_GATEWAY_PORT": str(gateway),
        "TARAZY_EVENTS_PORT": str(events),
        "TARAZY_METRICS_PORT": str(metrics),
        "DJANGO_SETTINGS_MODULE": "tarazy.site.settings",
    }
    log = settings.TARAZY.folder / "up.log"
    with log.open("w") as output:
        running = subprocess.Popen(
            [sys.executable, "-m", "tarazy.site.cli", "up"],
            env=environment,
            stdout=output,
            stderr=output,
        )
    made = Service(
        f"http://127.0.0.1:{web}",
        f"http://127.0.0.1:{gateway}",
        f"http://127.0.0.1:{events}",
        environment,
    )
    try:
        engine = f"http://127.0.0.1:{metrics}"
        for address in (made.web, made.gateway, made.events, engine):
            wait_for(f"{address}/health/ready", START_S_MAX)
        hashers = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]  # as the service has it
        with django_db_blocker.unblock(), override_settings(PASSWORD_HASHERS=hashers):  # type: ignore[attr-defined]
            yield made
    finally:
        running.send_signal(signal.SIGINT)
        running.wait(30)
        sys.stdout.write(log.read_text()[-4000:])


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, driven by Playwright."""
    found = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("there is no Chromium on this machine: install the package `chromium`")
    # Playwright's own loop runs in this thread; Django's guard would refuse the tests' queries.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        opened = playwright.chromium.launch(executable_path=found, args=options)
        yield opened
        opened.close()


def is_fault(said: ConsoleMessage) -> bool:
    """Errors in the console; a form that is answered with "mend this" (422) is none."""
    return said.type == "error" and "status of 422" not in said.text


@contextmanager
def window(browser: Browser, **options: Any) -> Iterator[Page]:
    """A fresh window; a fault in a page's script fails the test."""
    context = browser.new_context(**options)
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda said: faults.append(said.text) if is_fault(said) else None)
    yield opened
    context.close()
    assert faults == []


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A window in English."""
    with window(browser, locale="en-GB", viewport={"width": 1440, "height": 900}) as opened:
        yield opened


def sign_in(page: Page, service: Service, name: str, password: str) -> None:
    """Through the log-in page, as anybody does."""
    page.goto(f"{service.web}/accounts/login/")
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", password)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "login" not in url)
