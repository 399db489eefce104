# SPDX-License-Identifier: EUPL-1.2
"""A really running gateway process, and the database below it as its owner sees it."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
from django.conf import settings
from free_ports import free_port

from tarazy.core import clock, ids
from tarazy.site.postgres import Postgres
from tarazy.supervision.gateway.credentials import digest_of, new_token

START_S_MAX = 30
LOG = settings.TARAZY.folder / "gateway.log"
SOURCES = str(Path(__file__).parents[2] / "src")
FAR = timedelta(days=390)


@dataclass(frozen=True)
class Wearer:
    """A person under an order, and the device on them."""

    token: str
    device_id: int
    person_id: int
    order_id: int


@dataclass(frozen=True)
class World:
    """The database as its owner sees it, outside of Django's one."""

    server: Postgres

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.server.url("tarazy_owner"), autocommit=True) as connection:
            cursor = connection.execute(query.encode(), values)
            return cursor.fetchall() if cursor.description else []

    def wearer(
        self,
        *,
        ends: timedelta = FAR,
        revoked: timedelta | None = None,
        worn_until: timedelta | None = None,
    ) -> Wearer:
        """One whose order began 390 days ago; times are from now on, negative for the past."""
        now, token = clock.now(), new_token()
        ((person_id,),) = self.rows(
            "INSERT INTO supervision_person (public_id, full_name, sort_key, phone)"
            " VALUES (%s, 'Test Person', 'x', '') RETURNING id",
            ids.new_id("per"),
        )
        ((device_id,),) = self.rows(
            "INSERT INTO supervision_device"
            " (public_id, kind, identifier, broker_hash, report_interval_s)"
            " VALUES (%s, 'owntracks', %s, '', 60) RETURNING id",
            *(ids.new_id("dev"), token),
        )
        self.address(device_id, digest_of(token, settings.TARAZY.device_key))
        self.rows(
            "INSERT INTO supervision_fitting (public_id, device_id, person_id, period)"
            " VALUES (%s, %s, %s, tstzrange(%s, %s))",
            *(ids.new_id("fit"), device_id, person_id, now - FAR),
            None if worn_until is None else now + worn_until,
        )
        ((order_id,),) = self.rows(
            "INSERT INTO supervision_order (public_id, person_id, measure, court, document_number,"
            " judge, decided_on, in_force, revoked_at, late_upload_h, time_zone, version)"
            " VALUES (%s, %s, 'house_arrest', '', '', '', now(), tstzrange(%s, %s), %s, 72,"
            " 'Asia/Almaty', 1) RETURNING id",
            *(ids.new_id("ord"), person_id, now - FAR, now + ends),
            None if revoked is None else now + revoked,
        )
        return Wearer(token, device_id, person_id, order_id)

    def address(self, device_id: int, digest: bytes) -> None:
        """One more by which the gate knows a device."""
        self.rows(
            "INSERT INTO supervision_deviceaddress (device_id, digest) VALUES (%s, %s)",
            *(device_id, digest),
        )

    def fixes(self, wearer: Wearer) -> list[dict[str, Any]]:
        """What the fix store has of somebody, in the order of its being committed."""
        found = self.rows(
            "SELECT to_jsonb(fix) FROM supervision_fix AS fix WHERE device_id = %s"
            " ORDER BY transaction, id",
            wearer.device_id,
        )
        return [fix for (fix,) in found]

    def counts(self, device_id: int) -> dict[str, int]:
        """What was not kept of a device, by reason."""
        return dict(
            self.rows(
                "SELECT outcome, sum(count)::int FROM supervision_intakecount"
                " WHERE device_id = %s GROUP BY outcome",
                device_id,
            )
        )


@dataclass
class Process:
    """A gateway that listens on a free port."""

    server: Postgres
    port: int = field(default_factory=lambda: free_port())
    settings: dict[str, str] = field(default_factory=dict)
    code: str = "from tarazy.site import service; service.gateway()"
    popen: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> "Process":
        self.launch()
        self.until_ready()
        return self

    def launch(self) -> None:
        with LOG.open("ab") as log:
            self.popen = subprocess.Popen(
                [sys.executable, "-c", self.code],
                env=environment(self.server)
                | {"TARAZY_GATEWAY_PORT": str(self.port)}
                | self.settings,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def until_ready(self) -> None:
        """Wait for it, as a load balancer does."""
        assert self.popen is not None
        deadline_s = time.monotonic() + START_S_MAX
        while time.monotonic() < deadline_s and self.popen.poll() is None:
            if self.ready():
                return
            time.sleep(0.05)
        self.kill()
        raise AssertionError(f"the gateway did not become ready:\n{LOG.read_text()[-2000:]}")

    def ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health/ready", timeout=2).status_code == 200
        except httpx.TransportError:
            return False

    def kill(self) -> None:
        """As the kernel does it: no chance to finish anything."""
        assert self.popen is not None
        self.popen.kill()
        self.popen.wait()

    def stop(self) -> int:
        """SIGTERM, as a service manager does it; the exit code."""
        assert self.popen is not None
        self.popen.terminate()
        return self.popen.wait(30)


def environment(server: Postgres) -> dict[str, str]:
    """This run's settings, on the server of these tests."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tarazy.site.settings",
        "PYTHONPATH": SOURCES,
        "DATABASE_URL": server.url("tarazy_app"),
        "TARAZY_OWNER_DATABASE_URL": server.url("tarazy_owner"),
    }


def owntracks(
    token: str, at: datetime, lat: float = 43.2, lon: float = 76.9, **more: object
) -> dict[str, Any]:
    """A request of the OwnTracks app, in the words of httpx."""
    place = {"_type": "location", "lat": lat, "lon": lon, "tst": at.timestamp(), "acc": 10}
    return {"method": "POST", "url": "/pub", "json": place | more, "auth": ("phone", token)}


def ago(**distance: float) -> datetime:
    """A moment before now, on a whole second: asked once for moments a few seconds apart.

    Between two readings the clock may tick, and two moments become one.
    """
    return (datetime.now(UTC) - timedelta(**distance)).replace(microsecond=0)  # noqa: TID251
