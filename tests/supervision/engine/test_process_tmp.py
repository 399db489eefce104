# SPDX-License-Identifier: EUPL-1.2
"""The engine as a process: killed at random moments it finds what an undisturbed one finds."""

import os
import random
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import connections

from tarazy.site.postgres import Postgres

pytestmark = pytest.mark.system

WARDS, MINUTES, STEP_FIXES = 12, 150, 40
WAIT_S_MAX = 300
KILLS_MAX = 6
PARTS = 3
RUN = """
import functools, django
django.setup()
from tarazy.supervision import engine
from tarazy.supervision.engine import ahead, batch, parts
if %d:
    ahead.ROWS_MIN, batch.PART_MAX, batch.CATCH_UP_MAX = 1, 7, %d
parts.Engine = functools.partial(engine.Engine, fixes_max=%d)
engine.serve()
"""
"""The one that is disturbed also reads ahead, in parts; the other one all that waits at once."""
HELP = """
import functools, sys, django
django.setup()
from tarazy.supervision import engine
from tarazy.supervision.engine import parts
parts.Engine = functools.partial(engine.Engine, fixes_max=%d)
parts.help_out(*sys.argv[1:])
"""
RUN_WITH_HELPERS = """
import functools, os, sys, django
django.setup()
from tarazy.supervision import engine
from tarazy.supervision.engine import parts
parts.WAITING_MIN, os.cpu_count = 1, lambda: %d
parts.Engine = functools.partial(engine.Engine, fixes_max=%d)
engine.serve([sys.executable, "-c", %r])
"""
FOUND = """
SELECT a.person_id, a.rule, a.condition_id, a.state, a.since, a.until, v.number, v.state, v.since,
    v.until, v.probability, v.sentence, v.facts::text, v.evidence::text
FROM supervision_alert a JOIN supervision_alertversion v ON v.alert_id = a.id
ORDER BY a.person_id, a.rule, a.condition_id, a.since, v.number
"""
CHANGES = """
SELECT condition_id, state, at, known_at, probability, evidence::text
FROM supervision_presencechange ORDER BY condition_id, at, id
"""


@contextmanager
def into(database: str) -> Iterator[None]:
    """Django's connections on another database of the run's server, committing for real."""
    before = {name: connections[name].settings_dict["NAME"] for name in ("default", "owner")}
    try:
        for name in before:
            connections[name].close()
            connections[name].settings_dict["NAME"] = database
        yield
    finally:
        for name, old in before.items():
            connections[name].close()
            connections[name].settings_dict["NAME"] = old


def fill(world: Any, now: datetime) -> None:
    """People who come and go, fall silent and return; everything waits for the engine."""
    chance = random.Random(20_261)
    start = now - timedelta(minutes=MINUTES + 60)
    wards = [world.ward() for _ in range(WARDS)]
    for ward in wards:
        ward.condition("inclusion", radius_m=1_000)
        ward.condition("exclusion", away_m=4_000, radius_m=500)
    away = dict.fromkeys(range(WARDS), 0.0)
    silent = dict.fromkeys(range(WARDS), 0)
    for minute in range(MINUTES):
        for number, ward in enumerate(wards):
            if chance.random() < 0.02:
                away[number] = chance.choice([0, 0, 4_000, 9_000])
            if chance.random() < 0.01:
                silent[number] = minute + chance.randint(5, 40)
            if silent[number] <= minute:
                drift_m = chance.gauss(0, 20)
                world.report(ward, start + timedelta(minutes=minute), away[number] + drift_m)


def engine(
    postgres: Postgres, database: str, *, in_parts: bool = False, helped: bool = False
) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tarazy.site.settings",
        "DATABASE_URL": postgres.url("tarazy_app", database),
        "TARAZY_METRICS_PORT": "28753",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    code = RUN % (in_parts, STEP_FIXES, STEP_FIXES)
    if helped:
        code = RUN_WITH_HELPERS % (PARTS, STEP_FIXES, HELP % STEP_FIXES)
    return subprocess.Popen([sys.executable, "-c", code], env=environment)


def reached(postgres: Postgres, database: str) -> tuple[int, int, datetime] | None:
    """How far the engine came: the last row that it read, and up to when it judged."""
    with psycopg.connect(postgres.url("tarazy_owner", database)) as owner:
        return owner.execute(
            "SELECT transaction, fix_id, judged_at FROM supervision_enginecheckpoint"
            " WHERE name = 'engine'"
        ).fetchone()


def parts_of(postgres: Postgres, database: str) -> list[Any]:
    """How far each part came, while there are some."""
    with psycopg.connect(postgres.url("tarazy_owner", database)) as owner:
        return owner.execute(
            "SELECT name, transaction, fix_id, judged_at FROM supervision_enginecheckpoint"
            " WHERE name LIKE 'engine %' ORDER BY name"
        ).fetchall()


def finished(postgres: Postgres, database: str, last: int, now: datetime) -> bool:
    row = reached(postgres, database)
    return row is not None and row[0] == last and row[2] >= now - timedelta(seconds=30)


def findings(postgres: Postgres, database: str) -> tuple[list[Any], list[Any]]:
    with psycopg.connect(postgres.url("tarazy_owner", database)) as owner:
        return owner.execute(FOUND).fetchall(), owner.execute(CHANGES).fetchall()


@pytest.fixture
def databases(
    postgres: Postgres, world_class: type[Any], django_db_blocker: Any
) -> tuple[str, str, int, datetime]:
    """Two databases with the same fixes in them, and the number of the last transaction."""
    now = datetime.now(UTC)  # noqa: TID251 - the process that is tested has the real clock
    name = f"engine_{now:%H%M%S%f}"
    postgres.create_database(name)
    with django_db_blocker.unblock(), into(name):
        call_command("migrate", database="owner", verbosity=0)
        world = world_class(since=now - timedelta(minutes=MINUTES + 90))
        fill(world, now)
        world.listen(now - timedelta(minutes=MINUTES + 90), now + timedelta(hours=1))
    postgres.create_database(f"{name}_twin", template=name)
    return name, f"{name}_twin", world.transaction, now


def test_kill_9_changes_nothing(
    postgres: Postgres, databases: tuple[str, str, int, datetime]
) -> None:
    calm, stormy, last, now = databases
    undisturbed = engine(postgres, calm)
    until(lambda: finished(postgres, calm, last, now))
    with urllib.request.urlopen("http://127.0.0.1:28753/metrics") as answer:
        assert b"tarazy_engine_fixes_total" in answer.read()
    undisturbed.send_signal(signal.SIGTERM)
    assert undisturbed.wait(timeout=20) == 0

    chance, kills = random.Random(5), 0
    process = engine(postgres, stormy, in_parts=True)
    while not finished(postgres, stormy, last, now):
        before = reached(postgres, stormy)
        until(lambda before=before: reached(postgres, stormy) != before)
        time.sleep(chance.uniform(0.0, 0.1))
        process.kill()
        process.wait()
        kills += 1
        process = engine(postgres, stormy, in_parts=True)
        if kills > KILLS_MAX:
            until(lambda: finished(postgres, stormy, last, now))
    process.kill()
    process.wait()

    expected, found = findings(postgres, calm), findings(postgres, stormy)
    assert kills >= 2
    assert len(expected[0]) > WARDS
    assert found == expected


def test_what_helpers_judge_is_counted_and_the_engine_is_at_work_meanwhile(
    postgres: Postgres, databases: tuple[str, str, int, datetime]
) -> None:
    database, _, last, now = databases
    process = engine(postgres, database, helped=True)
    until(lambda: finished(postgres, database, last, now))
    with urllib.request.urlopen("http://127.0.0.1:28753/health/ready") as answer:
        assert answer.status == 200
    with urllib.request.urlopen("http://127.0.0.1:28753/metrics") as answer:
        metrics = dict(line.rsplit(b" ", 1) for line in answer.read().splitlines())
    with psycopg.connect(postgres.url("tarazy_owner", database)) as owner:
        (fixes,) = owner.execute("SELECT count(*) FROM supervision_fix").fetchone() or (0,)
    assert float(metrics[b"tarazy_engine_fixes_total"]) == fixes
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 0


def judge_undisturbed(postgres: Postgres, calm: str, last: int, now: datetime) -> None:
    """What the other database has to come to, whatever happens to its engines."""
    process = engine(postgres, calm)
    until(lambda: finished(postgres, calm, last, now))
    process.kill()
    process.wait()


def test_a_database_that_restarts_in_the_middle_changes_nothing(
    postgres: Postgres, databases: tuple[str, str, int, datetime]
) -> None:
    calm, stormy, last, now = databases
    judge_undisturbed(postgres, calm, last, now)
    process = engine(postgres, stormy, in_parts=True)
    for _ in range(2):
        before = reached(postgres, stormy)
        until(lambda before=before: reached(postgres, stormy) != before)
        postgres.stop()
        assert process.poll() is None
        postgres.start()
    until(lambda: finished(postgres, stormy, last, now))
    process.kill()
    process.wait()
    expected, found = findings(postgres, calm), findings(postgres, stormy)
    assert len(expected[0]) > WARDS
    assert found == expected


def test_kill_9_while_helpers_judge_changes_nothing(
    postgres: Postgres, databases: tuple[str, str, int, datetime]
) -> None:
    calm, stormy, last, now = databases
    judge_undisturbed(postgres, calm, last, now)
    process = engine(postgres, stormy, helped=True)
    for _ in range(2):
        until(lambda: len(parts_of(postgres, stormy)) == PARTS)
        before = parts_of(postgres, stormy)
        until(lambda before=before: parts_of(postgres, stormy) != before)
        process.kill()
        process.wait()
        process = engine(postgres, stormy, helped=True)
        assert reached(postgres, stormy) is None, "the parts are not put together yet"
    until(lambda: finished(postgres, stormy, last, now))
    assert parts_of(postgres, stormy) == []
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 0
    expected, found = findings(postgres, calm), findings(postgres, stormy)
    assert len(expected[0]) > WARDS
    assert found == expected


def until(done: Any) -> None:
    """Wait for it; a failure after five minutes."""
    deadline = time.monotonic() + WAIT_S_MAX
    while not done():
        assert time.monotonic() < deadline, "the engine does not come to an end"
        time.sleep(0.01)
