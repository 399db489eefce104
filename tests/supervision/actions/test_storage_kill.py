# SPDX-License-Identifier: EUPL-1.2
"""The worker's jobs of storage, killed while days are closed and late fixes come: nothing is lost.

Each fix is in the database or in the archive and is read once; of what retention may delete, only
that goes.
"""

import asyncio
import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from supervision.running import Wearer, World, environment
from typing_extensions import override

from tarazy.core import clock
from tarazy.site.postgres import DATABASE, Postgres
from tarazy.supervision.actions.intake import FixStore, entry_of
from tarazy.supervision.gateway.credentials import digest_of
from tarazy.supervision.gateway.interface import Outcome, Report, digest_of_content
from tarazy.supervision.gateway.times import settle

pytestmark = pytest.mark.system

PEOPLE, DAYS, FIXES_A_DAY = 8, 3, 1_500
KILLED_WITHIN_S = (0.1, 0.2, 0.4, 1.0)
"""Short at first: a quick machine has closed a day in a third of a second."""
ROUNDS = len(KILLED_WITHIN_S) + 3
BEFORE = timedelta(days=ROUNDS + 2)
"""Rounds are a day apart; the database holds the age of a plan against its own clock."""
FIRST_DAY = (clock.now() - BEFORE - timedelta(days=DAYS + 5)).date()
LATE_S = 0.03
JOB_S_MAX = 60

JOB = """
import sys, django
django.setup()
from datetime import datetime
from tarazy.site.worker import SLOW_JOBS, tick
print("begins", flush=True)
tick(datetime.fromisoformat(sys.argv[1]), SLOW_JOBS)
"""
READ = """
import json, sys, django
django.setup()
from datetime import timedelta
from tarazy.core import clock
from tarazy.supervision.looks.history import fixes_of
now = clock.now()
wanted = json.loads(sys.argv[1])
print(json.dumps([
    [fix.at.timestamp() for fix in fixes_of(*one, now - timedelta(days=99), now, limit=10**6)]
    for one in wanted
]))
"""
FILL = """
INSERT INTO supervision_fix (device_id, person_id, order_id, at, known_at, lat, lon, accuracy_m,
    speed_kmh, alarms, marks, content, digest)
SELECT %(device)s, %(person)s, %(order)s, moment, moment + interval '2.5 s', 43 + n / 1e5, 76.9, 12,
    4, '{}', '{}', convert_to('x' || n, 'UTF8'), decode(md5(n::text), 'hex')
FROM generate_series(0, %(count)s - 1) AS n,
    LATERAL (SELECT %(day)s::timestamptz + n * interval '30 s') AS one (moment)
"""


@dataclass(frozen=True)
class Own(Postgres):
    """A server, and a database of its own there."""

    database: str = DATABASE

    @override
    def url(self, role: str, database: str = "") -> str:
        return Postgres.url(self, role, database or self.database)


@dataclass
class Storage:
    """People with closed days, and what must be read of them."""

    world: World
    folder: Path
    chance: random.Random = field(default_factory=lambda: random.Random(11))
    people: list[Wearer] = field(default_factory=list)
    expected: list[set[float]] = field(default_factory=list)

    def fill(self) -> None:
        """Days that are closed, of everybody; the last one's may not be kept any more."""
        self.people = [self.world.wearer() for _ in range(PEOPLE)]
        self.people.append(self.world.wearer(ends=-BEFORE - timedelta(days=4)))
        self.world.rows(
            "UPDATE supervision_order SET retain_days = 1 WHERE id = %s", self.people[-1].order_id
        )
        for day in self.days():
            self.world.rows("SELECT supervision_ensure_fix_day(%s)", day.date())
        with psycopg.connect(self.world.server.url("tarazy_owner"), autocommit=True) as owner:
            for one in self.people:
                facts = {"device": one.device_id, "person": one.person_id, "order": one.order_id}
                for day in self.days():
                    owner.execute(FILL.encode(), {**facts, "day": day, "count": FIXES_A_DAY})
            owner.execute(
                "INSERT INTO supervision_enginecheckpoint (name, transaction, fix_id, judged_at)"
                " VALUES ('engine', %s, 0, now())",
                [2**62],
            )
        told = {day.timestamp() + 30.0 * n for day in self.days() for n in range(FIXES_A_DAY)}
        self.expected = [set(told) for _ in self.people]

    def days(self) -> list[datetime]:
        first = datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, tzinfo=UTC)
        return [first + timedelta(days=n) for n in range(DAYS)]

    def job(self, now: datetime) -> "subprocess.Popen[bytes]":
        job = subprocess.Popen(
            [sys.executable, "-c", JOB, now.isoformat()],
            env=self.environment(),
            stdout=subprocess.PIPE,
        )
        assert job.stdout is not None
        assert job.stdout.readline() == b"begins\n"
        return job

    def read(self) -> list[list[float]]:
        """What a look at each shows, of the database and the archive together."""
        wanted = json.dumps([[one.person_id, one.order_id] for one in self.people])
        words = [sys.executable, "-c", READ, wanted]
        done = subprocess.run(words, env=self.environment(), check=True, stdout=subprocess.PIPE)
        found: list[list[float]] = json.loads(done.stdout)
        return found

    def environment(self) -> dict[str, str]:
        return environment(self.world.server) | {"TARAZY_FOLDER": str(self.folder)}

    def check(self) -> None:
        """Everything once of those whose order lasts, nothing twice of the other."""
        *kept, ended = self.read()
        for found, expected in zip(kept, self.expected[:-1], strict=True):
            assert len(found) == len(set(found))
            assert set(found) == expected
        assert len(ended) == len(set(ended))
        assert set(ended) <= self.expected[-1]

    async def send_late(self, job: "subprocess.Popen[bytes]", until_s: float) -> bool:
        """Late fixes through the gate until the job is killed; whether it had to be."""
        store = FixStore(self.world.server.url("tarazy_app"))
        while job.poll() is None and time.monotonic() < until_s:
            await self.send_one(store)
            await asyncio.sleep(LATE_S)
        killed = job.poll() is None
        end(job)
        await store.close()
        return killed

    async def send_one(self, store: FixStore) -> None:
        number = self.chance.randrange(PEOPLE)
        second = self.chance.randrange(86_400)
        at = self.chance.choice(self.days()) + timedelta(seconds=second, milliseconds=500)
        if at.timestamp() in self.expected[number]:
            return
        content = f"late {at}".encode()
        report = Report(at=at, content=content, digest=digest_of_content(content), lat=43.5, lon=77)
        now = clock.now()
        credential = digest_of(self.people[number].token, settings.TARAZY.device_key)
        (verdict,) = await store.keep([entry_of(report, settle(at, now), credential, now)])
        assert verdict.fate is Outcome.KEPT
        self.expected[number].add(at.timestamp())


def end(job: "subprocess.Popen[bytes]") -> None:
    """As the kernel does it."""
    job.kill()
    job.communicate()


@pytest.fixture
def storage(intake_postgres: Postgres, tmp_path: Path) -> Iterator[Storage]:
    name = f"storage_{clock.now():%H%M%S%f}"
    intake_postgres.create_database(name)
    world = World(Own(intake_postgres.folder, name))
    words = [sys.executable, "-m", "django", "migrate", "--database", "owner", "--verbosity", "0"]
    subprocess.run(words, env=environment(world.server), check=True)
    storage = Storage(world, tmp_path)
    storage.fill()
    yield storage
    with suppress(psycopg.Error), psycopg.connect(intake_postgres.url("postgres")) as server:
        server.autocommit = True
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def test_the_worker_is_killed_while_it_closes_days_and_deletes(storage: Storage) -> None:
    now, kills = clock.now() - BEFORE, 0
    for within_s in KILLED_WITHIN_S:
        job = storage.job(now)
        until_s = time.monotonic() + storage.chance.uniform(0, within_s)
        kills += asyncio.run(storage.send_late(job, until_s))
        storage.check()
        now += timedelta(days=1)
    assert kills >= 2
    for _ in range(3):  # and now in peace: a plan, what it allows, and what came late
        job = storage.job(now)
        job.communicate(timeout=JOB_S_MAX)
        assert job.returncode == 0
        now += timedelta(days=1)
    storage.check()
    assert storage.read()[-1] == [], "what may not be kept is gone in the end"
    ((hot,),) = storage.world.rows("SELECT count(*) FROM supervision_fix")
    assert hot == 0, "every closed day is in the archive"
