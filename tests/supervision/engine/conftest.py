# SPDX-License-Identifier: EUPL-1.2
"""A small world for the engine: one person under one order, and a clock that the test moves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from itertools import count
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from tarazy.core import clock
from tarazy.supervision.engine import Engine, StepResult
from tarazy.supervision.models import (
    Alert,
    AlertVersion,
    Condition,
    Device,
    EngineCheckpoint,
    Fitting,
    Heartbeat,
    Order,
    Person,
    Zone,
)
from tarazy.supervision.presence.geometry import WGS84

HOME = (43.238, 76.945)
START = datetime.combine(clock.now().date() - timedelta(days=3), time(12), UTC)

_numbers = count(1)
SHOWN = ("battery_percent", "charging", "moving", "speed_kmh")


def at(text: str, *, day: int = 0) -> datetime:
    """A time of the first day (UTC), or of one after it."""
    return datetime.combine(
        START.date() + timedelta(days=day), time.fromisoformat(text), tzinfo=UTC
    )


@dataclass
class Ward:
    """A person under an order, with the device that reports."""

    person: Person
    order: Order
    device: Device

    def condition(
        self,
        kind: str,
        *,
        radius_m: float = 100,
        away_m: float = 0,
        timetable: Any = (),
        **more: Any,
    ) -> Condition:
        """A condition on a circle east of the home."""
        lon, lat, _ = WGS84.fwd(HOME[1], HOME[0], 90, away_m)
        zone = Zone.objects.create(
            person=self.person,
            name=f"zone {next(_numbers)}",
            kind="circle",
            lat=lat,
            lon=lon,
            radius_m=radius_m,
        )
        return Condition.objects.create(
            order=self.order,
            kind=kind,
            zone=zone,
            period=self.order.in_force,
            timetable=list(timetable),
            **more,
        )

    def alerts(self, *rules: str) -> list[tuple[str, str, datetime, datetime | None]]:
        """Rule, state, since and until of each alert (of some rules), in order of birth."""
        found = Alert.objects.filter(person=self.person).order_by("pk")
        if rules:
            found = found.filter(rule__in=rules)
        return [(one.rule, one.state, one.since, one.until) for one in found]

    def versions(self, rule: str) -> list[tuple[int, str, str]]:
        """Number, state and sentence of each version of the person's alerts of a rule."""
        mine = AlertVersion.objects.filter(alert__person=self.person, alert__rule=rule)
        found = mine.order_by("alert", "number")
        return [(one.number, one.state, one.sentence) for one in found]


@dataclass
class World:
    """Devices report, the gateway beats, the engine steps."""

    engine: Engine = field(default_factory=Engine)
    transaction: int = 0

    since: datetime = field(default_factory=lambda: at("06:00"))

    def ward(self, *, until: datetime | None = None, report_interval_s: int = 60) -> Ward:
        """Somebody new, under an order from 06:00 on."""
        number = next(_numbers)
        person = Person.objects.create(full_name=f"Person {number}", sort_key=f"{number:05}")
        in_force = DateTimeTZRange(self.since, until or at("06:00", day=30))
        order = Order.objects.create(
            person=person,
            measure="house_arrest",
            court="Court",
            document_number=str(number),
            judge="Judge",
            decided_on=START.date(),
            in_force=in_force,
            time_zone="Asia/Almaty",
        )
        device = Device.objects.create(
            kind="owntracks",
            identifier=f"d-{number}",
            report_interval_s=report_interval_s,
        )
        Fitting.objects.create(device=device, person=person, period=DateTimeTZRange(self.since))
        return Ward(person, order, device)

    def report(  # noqa: PLR0913 - a test names what it changes
        self,
        ward: Ward,
        when: datetime,
        away_m: float | None,
        *,
        known_at: datetime | None = None,
        accuracy_m: float | None = 10.0,
        marks: Sequence[str] = (),
        alarms: Sequence[str] = (),
        **shown: Any,
    ) -> None:
        """A report from so many metres east of the home, or one without a place."""
        lat = lon = None
        if away_m is not None:
            lon, lat, _ = WGS84.fwd(HOME[1], HOME[0], 90, away_m)
        self.transaction += 1
        with connection.cursor() as cursor:
            cursor.execute("SELECT supervision_ensure_fix_day(%s)", [when.date()])
            cursor.execute(
                "INSERT INTO supervision_fix (transaction, device_id, person_id, order_id, at,"
                " known_at, lat, lon, accuracy_m, marks, alarms, content, digest,"
                " battery_percent, charging, moving, speed_kmh)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, '', %s, %s, %s, %s, %s)",
                [
                    *(self.transaction, ward.device.pk, ward.person.pk, ward.order.pk, when),
                    *(known_at or when, lat, lon, None if lat is None else accuracy_m),
                    *(list(marks), list(alarms), self.transaction.to_bytes(16, "big")),
                    *(shown.get(name) for name in SHOWN),
                ],
            )

    def stay(self, ward: Ward, since: datetime, minutes: int, away_m: float) -> datetime:
        """A report each minute; the time after the last one."""
        for minute in range(minutes):
            self.report(ward, since + timedelta(minutes=minute), away_m)
        return since + timedelta(minutes=minutes)

    def beat(self, now: datetime) -> None:
        """The gateway lives."""
        Heartbeat.objects.update_or_create(process="gateway", defaults={"at": now})

    def step(self, now: datetime, *, beat: bool = True) -> StepResult:
        """The engine at a time, with a gateway that lives."""
        if beat:
            self._beat_until(now)
        return self.engine.step(now)

    def _beat_until(self, now: datetime) -> None:
        """As if it had beaten all the time: the gap since the last beat is none."""
        Heartbeat.objects.filter(process="gateway").delete()
        self.beat(now)

    def listen(self, since: datetime, until: datetime) -> None:
        """As if the gateway had lived all the time between."""
        EngineCheckpoint.objects.create(name="intake", judged_at=since)
        self.beat(until)

    def restart(self) -> None:
        """Forget what only the process knew."""
        self.engine = Engine()


@pytest.fixture(scope="session")
def world_class() -> type[World]:
    """For tests that make a world in a database of their own."""
    return World


@pytest.fixture
def world(db: None) -> World:
    """An empty world whose service has listened since 06:00."""
    world = World()
    world.step(at("06:00"))
    return world


@pytest.fixture(name="at")
def at_fixture(world: World) -> Callable[..., datetime]:
    """Times of the world's first day, or of one after it."""
    return at
